"""Hostile mail: whatever a message does to whoever reads it, the pass goes to its end, and the others are answered."""

import logging
import os
import sys
from collections.abc import Iterator

import pytest

from mailhook.connectors._identity import is_draft_by_text
from mailhook.mail.message import Me
from mailhook.mail.mime import first_plain
from mailhook.reading.apart import TRIES, ReadsApart
from mailhook.reading.wire import Limits
from mailhook.reply.draft import Draft, body_digest
from mailhook.scan import place
from tests.reading.mischief import LETHAL
from tests.scan.mailroom import INTERVIEWED, ME, Mailroom, make_mail
from tests.scan.malformed import bombs, malformed

PERSON = Me(name="Alex Morgan", addresses=(ME,))
BOMBS = bombs()


@pytest.fixture(scope="module")
def apart() -> Iterator[ReadsApart]:
    """Return who reads mail for a scan and for the service."""
    with ReadsApart(PERSON) as reading:
        yield reading


@pytest.fixture
def naughty() -> Iterator[ReadsApart]:
    """Return who reads mail in a process that does what messages tell it to."""
    limits = Limits(cpu_seconds=0.5, wall_seconds=2.0)
    with ReadsApart(PERSON, limits=limits, program="tests.reading.mischief") as reading:
        yield reading


def endings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return why processes were ended."""
    return [
        record.getMessage() for record in caplog.records if getattr(record, "action", "") == "reader-ended"
    ]


@pytest.mark.parametrize("deed", ["loop", "eat-memory", "exit"])
def test_a_message_that_kills_its_reader_is_left_alone_and_the_others_are_answered(
    room: Mailroom, naughty: ReadsApart, deed: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Three tries, then quarantine: the person is told, and no later scan reads it."""
    if deed == "eat-memory" and sys.platform != "linux":
        pytest.skip("macOS does not hold a process to its address space")
    assert deed in LETHAL
    caplog.set_level(logging.DEBUG, "mailhook.reading")
    room.deliver(number=1, company="Acme", sender="jo@acme.example")
    room.deliver(number=2, body=f"MISCHIEF: {deed}\n{INTERVIEWED}", company="Evil", sender="jo@evil.example")
    room.deliver(number=3, company="Globex", sender="jo@globex.example")
    before = room.inbox()
    report = room.scan(reading=naughty)
    assert (report.complete, report.fault, report.read) == (True, None, 3)
    assert sorted(draft.answers for draft in room.drafts()) == [
        "source-1@acme.example",
        "source-3@globex.example",
    ]
    assert [(note.action, note.needs_person) for note in report.notes] == [("message-quarantined", True)]
    assert len(endings(caplog)) == TRIES
    caplog.clear()
    room.deliver(number=4, company="Initech", sender="jo@initech.example")
    later = room.scan(reading=naughty)
    assert (later.complete, later.notes, len(room.drafts())) == (True, (), 3)
    assert endings(caplog) == []
    assert before.items() <= room.inbox().items()


def test_a_message_whose_conversation_kills_its_reader_is_left_alone(
    room: Mailroom, naughty: ReadsApart
) -> None:
    """What was said before cannot be read, so nothing is answered: the person is told, and other news is answered."""
    room.deliver(make_mail("MISCHIEF: exit", number=1, sender="jo@evil.example"), mailbox=".Sent")
    room.deliver(number=2, in_reply_to="source-1@evil.example", sender="jo@evil.example")
    room.deliver(number=3, company="Globex", sender="jo@globex.example")
    report = room.scan(reading=naughty)
    assert (report.complete, report.fault) == (True, None)
    assert [note.action for note in report.notes] == ["message-quarantined"]
    assert [draft.answers for draft in room.drafts()] == ["source-3@globex.example"]


def test_every_bomb_goes_off_in_vain(
    room: Mailroom, apart: ReadsApart, caplog: pytest.LogCaptureFixture
) -> None:
    """Depth, parts, recipients, HTML, patterns, calendars: each is read within its bounds; nothing is even ended."""
    caplog.set_level(logging.DEBUG, "mailhook.reading")
    for raw in BOMBS.values():
        room.deliver(raw)
    room.deliver(number=1, company="Acme", sender="jo@acme.example")
    report = room.scan(reading=apart)
    assert (report.complete, report.fault, report.read) == (True, None, len(BOMBS) + 1)
    assert endings(caplog) == []
    assert [note.action for note in report.notes] == []
    assert "source-1@acme.example" in {draft.answers for draft in room.drafts()}


def test_a_thousand_malformed_messages_leave_the_scan_complete(
    room: Mailroom, apart: ReadsApart, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is judged; none stands in the way of the two that are real."""
    caplog.set_level(logging.DEBUG, "mailhook.reading")
    room.deliver(number=1, company="Acme", sender="jo@acme.example")
    for raw in malformed(1000):
        room.deliver(raw)
    room.deliver(number=2, company="Globex", sender="jo@globex.example")
    before = room.inbox()
    report = room.scan(reading=apart)
    assert (report.complete, report.fault, report.read) == (True, None, 1002)
    assert endings(caplog) == []
    assert {"source-1@acme.example", "source-2@globex.example"} <= {draft.answers for draft in room.drafts()}
    assert room.inbox() == before


def test_what_cannot_start_fails_the_account_and_quarantines_nothing(room: Mailroom) -> None:
    """The next scan reads everything."""
    room.deliver(number=1)
    with ReadsApart(PERSON, program="mailhook.reading.nothing_of_that_name") as broken:
        report = room.scan(reading=broken)
    assert "does not start" in str(report.fault)
    assert (report.complete, room.drafts()) == (False, [])
    room.scan()
    assert len(room.drafts()) == 1


def test_what_scan_and_service_are_given_reads_apart(room: Mailroom) -> None:
    """What they are given reads in another process."""
    with place.reading_of(room.config) as reading:
        assert isinstance(reading, ReadsApart)
        assert reading.protection()
        assert reading.process_id() not in {None, os.getpid()}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_that_answers_the_same_message_is_told_from_a_draft(name: str) -> None:
    """The look for a draft by its text reads what others have put into Trash and the archive too."""
    sought = Draft(
        message_id="d@example.org",
        recipient=None,
        subject="",
        text="",
        raw=b"",
        in_reply_to="a@b",
        body_sha256="0",
    )
    assert not is_draft_by_text(sought, b"In-Reply-To: <a@b>\r\n" + BOMBS[name])


def test_a_draft_is_known_by_its_text_however_long_and_encoded(room: Mailroom) -> None:
    """The digest that the ledger holds is the one of the text that lies in the store."""
    for number, text in enumerate(("x", "Größe, 日本語 " * 3, "word " * 9000)):
        room.deliver(
            number=number,
            body=f"{INTERVIEWED}\n{text}\n",
            company=f"Firm {number}",
            sender=f"jo@firm{number}.example",
        )
    assert len(room.scan().made) == 3
    for draft, record in zip(room.drafts(), room.records(), strict=True):
        assert body_digest(first_plain(draft.path.read_bytes())) == record.body_sha256
