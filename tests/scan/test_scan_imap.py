"""The whole way over IMAP, on a real server behind a line that fails: one draft, and the inbox untouched to its last modification sequence."""

import email
import email.policy
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailhook.ledger.ledger import Ledger
from mailhook.scan.place import job_of
from mailhook.scan.report import Report
from mailhook.scan.run import scan_account
from tests.scan.mailroom import INTERVIEWED, Mailroom, make_mail, the_judge
from tests.servers.dovecot import Dovecot
from tests.servers.imap_store import DovecotStore
from tests.servers.proxy import FaultProxy, cut_at, cut_literal, rewrite, swallow

pytestmark = pytest.mark.dovecot


class ImapRoom:
    """A person's mail on a server, and their state folder here."""

    def __init__(self, folder: Path, store: DovecotStore) -> None:
        self.store = store
        self.local = Mailroom(folder)

    def scan(self, **wanted: Any) -> Report:
        """Scan once; the connector gives up after a second of silence."""
        config = self.local.config
        with Ledger.open(config.ledger) as ledger:
            job = job_of(
                config, config.accounts["personal"], ledger, clock=self.local.clock, judge=the_judge()
            )
            return scan_account(
                replace(job, open_mailbox=lambda: self.store.connector(timeout=1.0), **wanted)
            )

    def answers(self) -> list[str]:
        """Return what the drafts answer."""
        read = (email.message_from_bytes(raw, policy=email.policy.default) for raw in self.store.drafts())
        return sorted(str(mail["In-Reply-To"]).strip("<>") for mail in read)


@pytest.fixture
def imap_room(tmp_path: Path, dovecot: Dovecot) -> Iterator[ImapRoom]:
    store = DovecotStore(dovecot)
    room = ImapRoom(tmp_path, store)
    room.scan()
    yield room
    store.close()


FAULTS: dict[str, Callable[[FaultProxy], None]] = {
    "before-the-command": lambda p: setattr(p, "up", cut_at(rb" APPEND ", times=9)),
    "before-the-literal": lambda p: setattr(p, "down", cut_at(rb"^\+ ", times=9)),
    "inside-the-literal": lambda p: setattr(p, "up", cut_literal(keep=100)),
    "before-the-answer": lambda p: setattr(p, "down", cut_at(rb"OK \[APPENDUID", times=9)),
    "no-answer-at-all": lambda p: setattr(p, "down", cut_at(rb"OK \[APPENDUID", then="hang", times=9)),
    "goodbye-for-an-answer": lambda p: setattr(p, "down", rewrite(rb"^\w+ OK \[APPENDUID.*\r\n", b"* BYE Bye\r\n")),
    "answer-without-code": lambda p: setattr(p, "down", rewrite(rb"OK \[APPENDUID [^\]]*\]", b"OK")),
    "refused": lambda p: setattr(p, "down", rewrite(rb"^(\w+) OK \[APPENDUID.*\r\n", rb"\1 NO [LIMIT] not now" + b"\r\n")),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_whatever_breaks_around_the_append_there_is_one_draft(
    imap_room: ImapRoom, fault: Callable[[FaultProxy], None]
) -> None:
    """The line fails through one whole scan and is whole afterwards. (Where a server keeps what it says it refused, that one is found.)"""
    imap_room.store.deliver(make_mail())
    before = imap_room.store.inbox_state()
    fault(imap_room.store.proxy)
    imap_room.scan()
    assert len(imap_room.store.drafts()) <= 1
    imap_room.store.proxy.up = imap_room.store.proxy.down = None
    for _ in range(3):
        imap_room.local.sleep(seconds=61)
        imap_room.scan()
    assert (imap_room.answers(), imap_room.local.states()) == (["source-1@acme.example"], ["confirmed"])
    assert imap_room.store.inbox_state() == before
    assert set(imap_room.store.proxy.wire.verbs()) <= {
        "AUTHENTICATE", "LOGIN", "CAPABILITY", "ENABLE", "ID", "NAMESPACE", "LIST", "EXAMINE", "STATUS", "UID FETCH", "UID SEARCH",
        "SEARCH", "FETCH", "NOOP", "IDLE", "APPEND", "LOGOUT",
    }  # fmt: skip


def test_a_server_that_falls_silent_while_reading_loses_nothing(imap_room: ImapRoom) -> None:
    """A half-open connection is a fault of this pass; the next one begins where the last had come to."""
    imap_room.store.deliver(make_mail())
    imap_room.store.proxy.down = swallow
    report = imap_room.scan()
    assert (report.complete, report.made) == (False, ())
    assert report.fault is not None
    imap_room.store.proxy.down = None
    assert len(imap_room.scan().made) == 1


def test_renumbered_mailboxes_are_looked_through_again_and_nothing_is_made_twice(imap_room: ImapRoom) -> None:
    """UIDVALIDITY changed: what was judged is known by its identity, what is new is drafted."""
    imap_room.store.deliver(make_mail(number=1, company="One", sender="jo@one.example"))
    imap_room.scan()
    imap_room.store.deliver(make_mail(number=2, company="Two", sender="jo@two.example"))
    imap_room.store.outdate_cursors()
    report = imap_room.scan()
    assert [note.action for note in report.notes] == ["cursor-expired"]
    assert imap_room.answers() == ["source-1@one.example", "source-2@two.example"]
    assert imap_room.scan().silent


def test_a_full_mailbox_on_the_server_blocks_the_draft_until_there_is_room(imap_room: ImapRoom) -> None:
    """The server says OVERQUOTA; the draft waits, and is made when it stops saying so."""
    imap_room.store.deliver(make_mail())
    imap_room.store.proxy.up = rewrite(rb'APPEND "?Drafts"?', b"APPEND Nowhere", times=0)
    imap_room.store.proxy.down = rewrite(
        rb"^(\w+) OK \[APPENDUID.*\r\n", rb"\1 NO [OVERQUOTA] Quota exceeded" + b"\r\n"
    )
    report = imap_room.scan()
    assert report.fault is not None
    assert imap_room.local.states() in (["blocked"], ["confirmed"])
    imap_room.store.proxy.down = None
    imap_room.scan()
    assert (imap_room.answers(), imap_room.local.states()) == (["source-1@acme.example"], ["confirmed"])


def test_the_draft_stands_in_drafts_marked_as_one_and_threaded(imap_room: ImapRoom) -> None:
    """In the mailbox that the server calls Drafts, seen and a draft, held to its message by header fields."""
    raw = make_mail(
        INTERVIEWED,
        message_id="news@acme.example",
        headers={"References": "<first@acme.example> <second@example.org>"},
    )
    imap_room.store.deliver(raw)
    (made,) = imap_room.scan().made
    assert (made.mailbox, imap_room.store.drafts_are_marked()) == ("Drafts", True)
    (draft,) = (
        email.message_from_bytes(each, policy=email.policy.default) for each in imap_room.store.drafts()
    )
    assert re.split(r"\s+", str(draft["References"])) == [
        "<first@acme.example>",
        "<second@example.org>",
        "<news@acme.example>",
    ]


def test_reading_back_over_many_messages_drafts_for_the_rejections_among_them(
    tmp_path: Path, dovecot: Dovecot
) -> None:
    """Three hundred messages, thirty rejections: each once, in two passes with a death between them."""
    store = DovecotStore(dovecot)
    room = ImapRoom(tmp_path, store)
    for number in range(300):
        rejection = number % 10 == 0
        about: dict[str, Any] = {"company": f"Firm {number}", "sender": f"jo@firm{number}.example"}
        store.deliver(
            make_mail(number=number, **about)
            if rejection
            else make_mail("Hello {person}.\n", number=number, subject="Hello", **about)
        )
    since = datetime.now(UTC) - timedelta(days=1)
    read: list[int] = []
    room.scan(since=since, progress=read.append, stop=lambda: len(read) > 150)
    first = len(store.drafts())
    room.scan()
    assert 0 < first < 30
    assert room.answers() == sorted(f"source-{n}@firm{n}.example" for n in range(0, 300, 10))
    store.close()


def test_this_process_is_left_as_it_was() -> None:
    """No variable of the crash points is set here."""
    assert "MAILHOOK_CRASH_AT" not in os.environ
