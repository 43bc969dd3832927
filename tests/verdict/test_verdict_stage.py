"""How far an application had come: the mailbox decides whether an interview happened, the text which round."""

from datetime import UTC, datetime, timedelta

import pytest

from mailhook.mail.message import Address, Me, Message
from mailhook.verdict.judge import Judge
from mailhook.verdict.verdict import Stage

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
NO = "We have decided to move forward with other candidates for the position."


def _invitation(
    summary: str = "Interview Data Engineer",
    *,
    start: datetime = NOW - timedelta(days=5),
    minutes: int = 60,
    method: str = "REQUEST",
    uid: str = "e1",
    sequence: int = 0,
    organizer: str = "jane@employer.example",
    extra: str = "",
    sent: datetime = NOW - timedelta(days=9),
    sender: str = "jane@employer.example",
) -> Message:
    stamp = "%Y%m%dT%H%M%SZ"
    calendar = "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//x//EN",
            f"METHOD:{method}",
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"SEQUENCE:{sequence}",
            f"DTSTAMP:{sent:{stamp}}",
            f"DTSTART:{start:{stamp}}",
            f"DTEND:{start + timedelta(minutes=minutes):{stamp}}",
            f"SUMMARY:{summary}",
            f"ORGANIZER:mailto:{organizer}",
            *([extra] if extra else []),
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )
    return Message(
        message_id=f"{uid}.{sequence}.{method}@x",
        date=sent,
        calendars=(calendar,),
        from_=(Address(address=sender),),
    )


def _stage(judge: Judge, text: str, *earlier: Message, me: Me | None = None) -> Stage:
    message = Message(
        message_id="no@x",
        text=text,
        subject="News",
        date=NOW,
        from_=(Address(address="jane@employer.example"),),
    )
    return judge.judge(message, conversation=earlier, me=me).stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("We went with someone else for the job, sorry.", "unknown"),
        (f"Thank you for your interest in the job. {NO}", "application"),
        (f"We received a large number of applications. {NO}", "application"),
        (f"We reviewed your resume. {NO}", "application"),
        ("We have decided not to invite you to an interview.", "application"),
        (f"Thank you for the introductory call last week. {NO}", "screen"),
        (f"Thank you for completing the coding challenge. {NO}", "assessment"),
        (f"Thank you for meeting with us on Monday. {NO}", "interview"),
        (f"Thank you for coming in for the final round. {NO}", "final"),
        (f"Thank you for your time and interest in the job. {NO}", "application"),
        ("We went with someone else for the job. Our interviews are always on Fridays.", "unknown"),
    ],
)
def test_the_text_tells_the_stage(text: str, stage: Stage, judge: Judge) -> None:
    """Each cue of the text has its stage, and what every template says has none."""
    assert _stage(judge, text) == stage


def test_an_invitation_that_took_place_is_an_interview(judge: Judge) -> None:
    """A REQUEST whose time is over, and that nobody called off, happened."""
    assert _stage(judge, NO, _invitation()) == "interview"


def test_the_text_says_which_round_it_was(judge: Judge) -> None:
    """The mailbox knows of an interview; the text that it was the last."""
    assert _stage(judge, f"Thank you for coming in for the final round. {NO}", _invitation()) == "final"
    assert _stage(judge, f"We received a large number of applications. {NO}", _invitation()) == "interview"
    assert _stage(judge, NO, _invitation("Final interview with the founder")) == "final"


def test_a_short_event_is_a_first_talk(judge: Judge) -> None:
    """Thirty minutes without a telling title, or a title that says so, are a screen."""
    assert _stage(judge, NO, _invitation("Alex and Jane", minutes=30)) == "screen"
    assert _stage(judge, NO, _invitation("Phone screen")) == "screen"


def test_what_was_called_off_did_not_happen(judge: Judge, me: Me) -> None:
    """A cancelled, declined or later event is no interview; one moved to a new time is."""
    invited = _invitation()
    cancelled = _invitation(method="CANCEL", sequence=1, sent=NOW - timedelta(days=8))
    moved = _invitation(sequence=2, start=NOW - timedelta(days=2), sent=NOW - timedelta(days=7))
    declined = _invitation(
        method="REPLY",
        extra="ATTENDEE;PARTSTAT=DECLINED:mailto:alex.morgan@example.org",
        sent=NOW - timedelta(days=8),
        sender="alex.morgan@example.org",
    )
    assert _stage(judge, NO, invited, cancelled) == "unknown"
    assert _stage(judge, NO, cancelled, invited) == "unknown"
    assert _stage(judge, NO, invited, cancelled, moved) == "interview"
    assert _stage(judge, NO, invited, declined, me=me) == "unknown"
    assert _stage(judge, NO, _invitation(start=NOW + timedelta(days=1))) == "unknown"


def test_somebody_elses_event_is_not_this_application(judge: Judge) -> None:
    """An event of another organiser with another title says nothing."""
    assert _stage(judge, NO, _invitation("Dentist", organizer="praxis@dentist.example")) == "unknown"


def test_senders_of_tests_and_of_times_tell(judge: Judge, me: Me) -> None:
    """A test's invitation, a scheduler's confirmation and the person's own thanks are evidence."""
    test = Message(
        message_id="t@x",
        text="Your test is ready.",
        from_=(Address(address="support@hackerrankforwork.com"),),
    )
    booked = Message(
        message_id="b@x",
        subject="Confirmed: Interview with Acme",
        from_=(Address(address="notifications@calendly.com"),),
    )
    thanks = Message(
        message_id="s@x",
        text="Dear Jane, thank you for meeting with me today.",
        from_=(Address(address="alex.morgan@example.org"),),
    )
    assert _stage(judge, NO, test) == "assessment"
    assert _stage(judge, NO, booked) == "interview"
    assert _stage(judge, NO, thanks, me=me) == "interview"
    assert _stage(judge, NO, thanks) == "unknown"
