"""Invitations and cancellations are read as RFC 5545 and 5546 mean them, and nothing a calendar part says can do harm."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mailhook.mail.calendar import Attendee, Event, read_events
from mailhook.mail.parse import parse

INVITATION = """BEGIN:VCALENDAR
METHOD:REQUEST
VERSION:2.0
PRODID:-//Acme//Cal//EN
BEGIN:VEVENT
UID:u1@acme.example
SEQUENCE:2
STATUS:CONFIRMED
DTSTART;TZID=Europe/Berlin:20260306T100000
DURATION:PT45M
SUMMARY:Final interview\\, Acme
LOCATION:https://meet.example/abc
ORGANIZER;CN=Jane Roe:mailto:jane@acme.example
ATTENDEE;CN=Alex;PARTSTAT=ACCEPTED:MAILTO:alex@example.org
ATTENDEE:mailto:bo@acme.example
END:VEVENT
END:VCALENDAR
"""
BERLIN = ZoneInfo("Europe/Berlin")
EVENT = Event(
    method="REQUEST",
    uid="u1@acme.example",
    sequence=2,
    status="CONFIRMED",
    start=datetime(2026, 3, 6, 10, tzinfo=BERLIN),
    end=datetime(2026, 3, 6, 10, 45, tzinfo=BERLIN),
    summary="Final interview, Acme",
    location="https://meet.example/abc",
    organizer=Attendee(address="jane@acme.example", name="Jane Roe"),
    attendees=(
        Attendee(address="alex@example.org", name="Alex", partstat="ACCEPTED"),
        Attendee(address="bo@acme.example"),
    ),
)


def test_an_invitation_is_read_whole() -> None:
    assert read_events([INVITATION]) == (EVENT,)
    assert not EVENT.cancelled


def test_a_cancellation_is_one_by_method_or_by_status() -> None:
    assert read_events([INVITATION.replace("METHOD:REQUEST", "METHOD:CANCEL")])[0].cancelled
    assert read_events([INVITATION.replace("STATUS:CONFIRMED", "STATUS:cancelled")])[0].cancelled


def test_a_day_and_a_floating_time_count_as_utc() -> None:
    day = INVITATION.replace("DTSTART;TZID=Europe/Berlin:20260306T100000", "DTSTART;VALUE=DATE:20260306")
    floating = INVITATION.replace("DTSTART;TZID=Europe/Berlin:", "DTSTART:")
    assert read_events([day])[0].start == datetime(2026, 3, 6, tzinfo=UTC)
    assert read_events([floating])[0].start == datetime(2026, 3, 6, 10, tzinfo=UTC)


def test_windows_names_of_time_zones_are_known() -> None:
    text = INVITATION.replace("Europe/Berlin", "W. Europe Standard Time")
    start = read_events([text])[0].start
    assert start is not None
    assert start.astimezone(UTC) == datetime(2026, 3, 6, 9, tzinfo=UTC)


def test_what_is_broken_is_left_out_and_the_rest_is_kept() -> None:
    broken = INVITATION.replace("20260306T100000", "soon").replace("SEQUENCE:2", "SEQUENCE:two")
    event = read_events(["", "no calendar", "BEGIN:VEVENT", broken])[0]
    assert (event.uid, event.start, event.end, event.sequence) == ("u1@acme.example", None, None, 0)


def test_a_time_zone_that_would_be_expanded_for_ever_is_not_believed() -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Bomb\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE\n"
    text = INVITATION.replace("BEGIN:VEVENT", zone + "BEGIN:VEVENT").replace(
        "TZID=Europe/Berlin", "TZID=Bomb"
    )
    assert read_events([text])[0].start == datetime(2026, 3, 6, 10, tzinfo=UTC)


def test_at_most_twenty_events_and_fifty_attendees_are_read() -> None:
    event = INVITATION[INVITATION.index("BEGIN:VEVENT") : INVITATION.index("END:VCALENDAR")]
    crowd = event.replace(
        "ATTENDEE:", "".join(f"ATTENDEE:mailto:p{n}@x.example\n" for n in range(60)) + "ATTENDEE:"
    )
    text = INVITATION.replace(event, crowd + event * 30)
    events = read_events([text])
    assert len(events) == 20
    assert len(events[0].attendees) == 50


LINES = [*INVITATION.splitlines(), "RRULE:FREQ=SECONDLY", "DTEND:99991231T235959Z", "DURATION:P99999999D", "RECURRENCE-ID:x", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "ATTENDEE;PARTSTAT=;CN=\"x:y", "DTSTART;TZID=/x/y:20260101T000000", "DTSTART;TZID=../../etc/passwd:20260101T000000", "\x00", ":", ";", "X;=:"]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=20)), max_size=40))
@settings(deadline=None, max_examples=200)
def test_any_text_is_read_without_raising(lines: list[str]) -> None:
    for event in read_events(
        [
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + "\n".join(lines) + "\nEND:VEVENT\nEND:VCALENDAR\n",
            "\n".join(lines),
        ]
    ):
        assert event.start is None or event.start.tzinfo is not None
        assert event.end is None or event.end.tzinfo is not None


def test_calendar_parts_come_with_the_message_and_never_as_text() -> None:
    raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello.\n--b\nContent-Type: application/ics; name=i.ics\nContent-Disposition: attachment\n\n"
    message = parse(f"{raw}{INVITATION}--b--\n".encode())
    assert message.text == "Hello."
    assert read_events(message.calendars) == (EVENT,)
    assert [a.filename for a in message.attachments] == ["i.ics"]
