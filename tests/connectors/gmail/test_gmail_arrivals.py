"""Mail that arrives in Gmail is read once, for little, and nothing in the mailbox changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailhook.connector import Arrival
from mailhook.errors import AccountError, CursorExpired
from mailhook.mail.parse import parse
from tests.servers.gmail.emulator import ADDRESS
from tests.servers.gmail.fixtures import Connect
from tests.servers.gmail.letters import letter
from tests.servers.gmail.shim import Shim

pytestmark = pytest.mark.emulator

MARCH = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def refs(arrivals: list[Arrival]) -> list[str]:
    """Return the messages' ids."""
    return [each.ref for each in arrivals]


def test_a_pass_with_nothing_new_is_one_request_of_two_units(gmail: Shim, connect: Connect) -> None:
    """That is what a mailbox costs most of the time."""
    with connect() as box:
        cursor = box.start(None)
    gmail.forget()
    with connect() as box:
        assert list(box.arrived(cursor)) == []
        assert box.cursor_after(cursor) == cursor
    assert (gmail.asked(), gmail.units()) == (["GET /history"], 2)


def test_a_new_message_is_read_in_one_get(gmail: Shim, connect: Connect) -> None:
    """One search for large messages, one get for each that is new; every byte is as it came."""
    with connect() as box:
        cursor = box.start(None)
        first = gmail.mailbox.deliver(letter(1), received=MARCH)
        second = gmail.mailbox.deliver(letter(2), received=MARCH + timedelta(hours=1))
        with gmail.counting() as asked:
            found = list(box.arrived(cursor))
        after = box.cursor_after(cursor)
        assert list(box.arrived(after)) == []
    assert asked == [
        "GET /history",
        "GET /messages",
        f"GET /messages/{first['id']}",
        f"GET /messages/{second['id']}",
    ]
    assert found == [
        Arrival(
            ref=message["id"],
            cursor=f"{cursor.partition(':')[0]}:{message['historyId']}",
            mailbox="INBOX",
            place="inbox",
            raw=letter(number),
            size=len(letter(number)),
            received=MARCH + timedelta(hours=number - 1),
            durable_id=message["id"],
            thread_id=message["threadId"],
        )
        for number, message in ((1, first), (2, second))
    ]


def test_nothing_in_the_mailbox_changes(gmail: Shim, connect: Connect) -> None:
    """Unread mail stays unread, and every label stays."""
    with connect(mailboxes=["*"]) as box:
        cursor = box.start(None)
        for number in range(3):
            gmail.mailbox.deliver(letter(number), labels=["INBOX", "UNREAD", "IMPORTANT"])
        before = gmail.mailbox.labels()
        found = list(box.arrived(cursor))
        box.conversation(parse(found[0].raw), thread_id=found[0].thread_id)
        box.health()
    assert gmail.mailbox.labels() == before


def test_reading_goes_on_behind_the_last_message_handled(gmail: Shim, connect: Connect) -> None:
    """A pass that stops in the middle repeats nothing and loses nothing."""
    with connect() as box:
        cursor = box.start(None)
        expected = [gmail.mailbox.deliver(letter(number))["id"] for number in range(4)]
        taken = [arrival for arrival, _ in zip(box.arrived(cursor), range(2), strict=False)]
    with connect() as box:
        rest = list(box.arrived(taken[-1].cursor))
    assert refs(taken) + refs(rest) == expected


def test_a_message_deleted_before_it_is_read_is_passed_over(gmail: Shim, connect: Connect) -> None:
    """Gone between the list and the get is no error."""
    with connect() as box:
        cursor = box.start(None)
        gmail.mailbox.deliver(letter(1))
        kept = gmail.mailbox.deliver(letter(2))
        gmail.fail(r"GET /messages/.*", status=404, reason="notFound")
        assert refs(list(box.arrived(cursor))) == [kept["id"]]


def test_a_message_thrown_away_while_it_is_read_is_passed_over(gmail: Shim, connect: Connect) -> None:
    """The history may still tell of the labels it came with."""
    with connect() as box:
        cursor = box.start(None)
        thrown = gmail.mailbox.deliver(letter(1))
        told = gmail.mailbox.ask("GET", f"/history?startHistoryId={cursor.partition(':')[2]}")
        gmail.mailbox.label(thrown["id"], add=["TRASH"], remove=["INBOX"])
        gmail.shuffle = lambda page: told
        assert list(box.arrived(cursor)) == []


def test_a_message_archived_before_the_pass_is_read(gmail: Shim, connect: Connect) -> None:
    """It came to the inbox; that it is filed by now does not matter."""
    with connect() as box:
        cursor = box.start(None)
        message = gmail.mailbox.deliver(letter(1))
        gmail.mailbox.label(message["id"], remove=["INBOX"])
        (found,) = box.arrived(cursor)
    assert (found.ref, found.place) == (message["id"], "archive")


def test_mail_rescued_from_junk_arrives(gmail: Shim, connect: Connect) -> None:
    """Junk is not read until the person says that it is none."""
    with connect() as box:
        cursor = box.start(None)
        message = gmail.mailbox.deliver(letter(1), labels=["SPAM"])
        assert list(box.arrived(cursor)) == []
        cursor = box.cursor_after(cursor)
        gmail.mailbox.label(message["id"], add=["INBOX"], remove=["SPAM"])
        assert refs(list(box.arrived(cursor))) == [message["id"]]


def test_changes_that_bring_no_mail_cost_no_get(gmail: Shim, connect: Connect) -> None:
    """Reading, starring, drafting, sending and deleting are not mail that arrives."""
    with connect() as box:
        old = gmail.mailbox.deliver(letter(1))
        cursor = box.start(None)
        gmail.mailbox.label(old["id"], remove=["UNREAD"])
        gmail.mailbox.label(old["id"], add=["STARRED"])
        gmail.mailbox.write_draft(letter(2))
        gmail.mailbox.deliver(letter(3), labels=["SENT"])
        gmail.mailbox.delete(old["id"])
        with gmail.counting() as asked:
            assert list(box.arrived(cursor)) == []
        assert asked == ["GET /history"]
        assert list(box.arrived(box.cursor_after(cursor))) == []


def test_all_mail_finds_what_filters_moved_each_once(gmail: Shim, connect: Connect) -> None:
    """`mailboxes = ["*"]`: everything but junk, trash, drafts and sent."""
    jobs = gmail.mailbox.make_label("Jobs")
    with connect(mailboxes=["*"]) as box:
        cursor = box.start(None)
        expected = [
            gmail.mailbox.deliver(letter(n), labels=labels)["id"]
            for n, labels in enumerate(([jobs], ["INBOX", jobs]))
        ]
        for n, label in enumerate(("SPAM", "TRASH", "SENT"), 10):
            gmail.mailbox.deliver(letter(n), labels=[label])
        gmail.mailbox.label(expected[0], add=["INBOX"])
        assert refs(list(box.arrived(cursor))) == expected
        assert sorted(refs(list(box.arrived(box.start(MARCH))))) == sorted(expected)


def test_a_label_is_watched_by_its_name(gmail: Shim, connect: Connect) -> None:
    """Whatever its case; a label that is not there is said so."""
    jobs = gmail.mailbox.make_label("Job hunt")
    with connect(mailboxes=["job hunt"]) as box:
        cursor = box.start(None)
        gmail.mailbox.deliver(letter(1))
        filed = gmail.mailbox.deliver(letter(2), labels=[jobs])
        assert refs(list(box.arrived(cursor))) == [filed["id"]]
    with connect(mailboxes=["INBOX", "Jobs"]) as box, pytest.raises(AccountError, match='no label "Jobs"'):
        list(box.arrived(cursor))


def test_reading_back_begins_at_the_moment_asked_for(gmail: Shim, connect: Connect) -> None:
    """Oldest first, and to the millisecond, though Gmail searches by seconds."""
    gmail.mailbox.deliver(letter(1), received=MARCH - timedelta(milliseconds=1))
    expected = [
        gmail.mailbox.deliver(letter(2 + n), received=MARCH + timedelta(hours=n))["id"] for n in range(3)
    ]
    with connect() as box:
        cursor = box.start(MARCH)
        found = list(box.arrived(cursor))
        assert refs(found) == expected
        after = box.cursor_after(cursor)
        assert list(box.arrived(after)) == []
        new = gmail.mailbox.deliver(letter(9))
        assert refs(list(box.arrived(after))) == [new["id"]]


def test_reading_back_goes_on_where_it_stopped(gmail: Shim, connect: Connect) -> None:
    """In the middle of the list, with mail arriving and messages vanishing meanwhile: nothing is lost, nothing read twice."""
    old = [gmail.mailbox.deliver(letter(n), received=MARCH + timedelta(hours=n))["id"] for n in range(5)]
    gmail.page_size = 2
    with connect() as box:
        taken = [each for each, _ in zip(box.arrived(box.start(MARCH)), range(3), strict=False)]
    new = gmail.mailbox.deliver(letter(9), received=MARCH + timedelta(days=9))["id"]
    gmail.mailbox.delete(old[0])
    with connect() as box:
        rest = list(box.arrived(taken[-1].cursor))
    assert refs(taken) + refs(rest) == [*old, new]


def test_reading_back_starts_over_where_its_place_is_gone(gmail: Shim, connect: Connect) -> None:
    """The message that marked the place was deleted: some come twice, by the same lasting id, and none is lost."""
    old = [gmail.mailbox.deliver(letter(n), received=MARCH + timedelta(hours=n))["id"] for n in range(3)]
    with connect() as box:
        first = next(iter(box.arrived(box.start(MARCH))))
        gmail.mailbox.delete(old[0])
        assert refs(list(box.arrived(first.cursor))) == old[1:]


def test_forgotten_history_is_told_and_read_again_without_loss(gmail: Shim, connect: Connect) -> None:
    """Gmail forgets after a week or so: reading starts again from a date, and lasting ids tell what is known already."""
    with connect() as box:
        cursor = box.start(None)
        known = gmail.mailbox.deliver(letter(1), received=MARCH)
        assert refs(list(box.arrived(cursor))) == [known["id"]]
        cursor = box.cursor_after(cursor)
        missed = gmail.mailbox.deliver(letter(2), received=MARCH + timedelta(days=9))
        gmail.lose_history()
        with pytest.raises(CursorExpired, match="last handled date"):
            list(box.arrived(cursor))
        again = box.start(MARCH - timedelta(days=1))
        found = list(box.arrived(again))
        assert [each.durable_id for each in found] == [known["id"], missed["id"]]
        new = gmail.mailbox.deliver(letter(3))
        assert refs(list(box.arrived(box.cursor_after(again)))) == [new["id"]]


def test_history_is_where_it_stood_before_the_list_was_made(gmail: Shim, connect: Connect) -> None:
    """Mail that arrives between the profile and the list comes once, not never."""
    gmail.mailbox.deliver(letter(1), received=MARCH)
    with connect() as box:
        cursor = box.start(MARCH)
        between = gmail.mailbox.deliver(letter(2), received=MARCH + timedelta(hours=1))
        found = list(box.arrived(cursor))
        assert refs(found)[-1] == between["id"]
        assert len(found) == 2
        assert list(box.arrived(box.cursor_after(cursor))) == []


def _spread(page: dict[str, Any]) -> dict[str, Any]:
    return page | {"history": page["history"][::-1] + page["history"]} if page.get("history") else page


def test_pages_out_of_order_and_repeated_change_nothing(gmail: Shim, connect: Connect) -> None:
    """Pages of two, each reversed and with every record twice."""
    with connect() as box:
        cursor = box.start(None)
        expected = [gmail.mailbox.deliver(letter(number))["id"] for number in range(5)]
        gmail.page_size, gmail.shuffle = 2, _spread
        assert refs(list(box.arrived(cursor))) == expected
        assert list(box.arrived(box.cursor_after(cursor))) == []


def test_another_accounts_cursor_is_not_read_on(gmail: Shim, connect: Connect) -> None:
    """Somebody signed in to a different account under the same name."""
    with connect() as box, pytest.raises(CursorExpired):
        list(box.arrived("00000000:7"))


def test_a_large_message_is_read_without_its_attachment_in_one_get(gmail: Shim, connect: Connect) -> None:
    """All header fields and the text, in one request of 20 units; 2 MB stay where they are."""
    large = letter(
        1,
        subject="Ihre Bewerbung als Köchin",
        text="Leider müssen wir Ihnen absagen. – Grüße\n",
        attachment=bytes(2_000_000),
    )
    with connect() as box:
        cursor = box.start(None)
        message = gmail.mailbox.deliver(large, received=datetime.now(UTC))
        with gmail.counting() as asked:
            (found,) = box.arrived(cursor)
    assert asked[2:] == [f"GET /messages/{message['id']}"]
    assert gmail.requests[-1].first("format") == "full"
    assert len(found.raw) < 4_000
    assert found.size == len(large)
    whole, cut = parse(large), parse(found.raw)
    for name in ("message_id", "subject", "from_", "to", "date", "text", "original"):
        assert getattr(cut, name) == getattr(whole, name)
    assert cut.header("Authentication-Results") == whole.header("Authentication-Results")
    assert [each.filename for each in cut.attachments] == ["letter.pdf"]


def test_a_large_message_that_no_search_finds_yet_is_still_read(
    gmail: Shim, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search may lag: an answer that is too large is dropped, and the message asked for without its attachments."""
    monkeypatch.setattr("mailhook.connectors._gmail_transport.LARGEST_ANSWER", 100_000)
    with connect() as box:
        cursor = box.start(None)
        gmail.mailbox.deliver(letter(1, text="Leider nein.\n", attachment=bytes(200_000)))
        (found,) = box.arrived(cursor)
    assert parse(found.raw).text.strip() == "Leider nein."


def test_a_conversation_holds_the_rest_of_the_thread(gmail: Shim, connect: Connect) -> None:
    """Earlier mail, own answers, drafts and archived mail, oldest first, for one request of 40 units; junk is left out."""
    thread = gmail.mailbox.deliver(letter(1, subject="Invitation"), received=MARCH, labels=[])["threadId"]

    def add(number: int, hours: int, label: str) -> None:
        at = MARCH + timedelta(hours=hours)
        gmail.mailbox.deliver(
            letter(number, answers="1@acme.example"), labels=[label], thread=thread, received=at
        )

    add(2, 1, "SENT")
    add(3, 2, "SPAM")
    add(4, 3, "DRAFT")
    add(5, 4, "INBOX")
    message = parse(letter(5, answers="1@acme.example"))
    with connect() as box:
        with gmail.counting() as asked:
            found = box.conversation(message, thread_id=thread)
        unaided = box.conversation(message)
    assert [(parse(each.raw).message_id, each.place, each.cursor) for each in found] == [
        ("1@acme.example", "archive", ""),
        ("2@acme.example", "sent", ""),
        ("4@acme.example", "drafts", ""),
    ]
    assert asked == [f"GET /threads/{thread}"]
    assert unaided == found


def test_a_conversation_that_is_gone_is_empty(gmail: Shim, connect: Connect) -> None:
    """The thread was deleted meanwhile."""
    with connect() as box:
        assert box.conversation(parse(letter(1)), thread_id="thr_gone") == ()
        assert box.conversation(parse(letter(1))) == ()


def test_an_invitation_in_the_thread_is_read(gmail: Shim, connect: Connect) -> None:
    """A calendar part stands outside the message; it is small, and worth 20 units."""
    calendar = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    invitation = (
        letter(1, attachment=calendar)
        .replace(b"application/pdf", b"text/calendar; method=REQUEST")
        .replace(b"letter.pdf", b"invite.ics")
    )
    thread = gmail.mailbox.deliver(invitation)["threadId"]
    with connect() as box:
        (found,) = box.conversation(parse(letter(2)), thread_id=thread)
    (read,) = parse(found.raw).calendars
    assert read.split() == calendar.decode().split()


def test_waiting_ends_when_something_changed(gmail: Shim, connect: Connect) -> None:
    """Each look costs 2 units; nothing new, and it waits on."""
    with connect(poll=0.02) as box:
        list(box.arrived(box.start(None)))
        gmail.forget()
        assert box.wait(0.1) is False
        assert set(gmail.asked()) == {"GET /history"}
        gmail.mailbox.deliver(letter(1))
        assert box.wait(5) is True


def test_the_health_names_the_account(gmail: Shim, connect: Connect) -> None:
    """What `mailhook check` shows."""
    with connect() as box:
        health = box.health()
    assert (health.server, health.drafts, health.mailboxes, health.wakes) == (
        f"Gmail API ({ADDRESS})",
        "Drafts",
        ("INBOX",),
        False,
    )
