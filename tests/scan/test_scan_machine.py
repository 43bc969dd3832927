"""Anything in any order: mail arrives, scans run, die and lose answers, a person edits, sends, deletes and answers, a ledger is lost."""

import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mailhook.errors import DoubtfulWrite
from mailhook.ledger.states import STATES
from tests.scan.dovecot_room import DovecotRoom
from tests.scan.mailroom import ME, PRIVATE, RECEIPT, Draft, Mailroom, make_mail
from tests.scan.test_scan_protocol import faulty
from tests.servers.dovecot import Dovecot

_ANY = st.integers(min_value=0, max_value=9)


class MailboxMachine(RuleBasedStateMachine):
    """A mailbox and everybody who lays hands on it."""

    def __init__(self) -> None:
        super().__init__()
        self.room = self.room_in(Path(tempfile.mkdtemp(prefix="mailroom-"))).make()
        self.room.scan()
        self.rejections: list[str] = []
        self.inbox = self.room.inbox()
        self.lost = False

    def room_in(self, folder: Path) -> Mailroom:
        """Return the room of a mailbox on disk."""
        return Mailroom(folder)

    def teardown(self) -> None:
        """After the last step everything comes to rest: every rejection has one draft, or a reason why not."""
        try:
            for _ in range(4):
                self.room.sleep(seconds=61)
                self.scan()
            self.never_two_drafts_for_a_message()
            self.the_inbox_is_as_it_was_delivered()
            answered = {draft.answers for draft in self._ours()}
            with sqlite3.connect(self.room.config.ledger) as raw:
                reasons = dict(
                    raw.execute("SELECT message_id, reason FROM message WHERE label = 'rejection'")
                )
            raw.close()
            assert all(source in answered or reasons.get(source) for source in self.rejections)
        finally:
            shutil.rmtree(self.room.folder, ignore_errors=True)

    # --- what happens ------------------------------------------------------------------------------

    @rule()
    def a_rejection_arrives(self) -> None:
        """Each of a firm of its own."""
        number = len(self.rejections) + 1
        self._deliver(number=number, company=f"Firm {number}", sender=f"jo@firm{number}.example")
        self.rejections.append(f"source-{number}@firm{number}.example")

    @rule(body=st.sampled_from([RECEIPT, PRIVATE]))
    def other_mail_arrives(self, body: str) -> None:
        """What is no rejection."""
        self._deliver(body=body, number=900 + len(self.inbox), sender="li@else.example", company="Else")

    @precondition(lambda self: self.inbox)
    @rule(which=_ANY)
    def a_message_arrives_again(self, which: int) -> None:
        """The same bytes, in another file."""
        self._deliver(sorted(self.inbox.values())[which % len(self.inbox)])

    @rule()
    def scan(self) -> None:
        """A pass that nobody disturbs."""
        self.room.scan(since=self._since())

    @rule(step=st.integers(min_value=1, max_value=8), how=st.sampled_from(["", ":kill", ":term"]))
    def a_scan_dies(self, step: int, how: str) -> None:
        """At any step, by any death."""
        self.room.scan_apart(crash=f"{step}{how}", since=self._since())

    @rule(keeps=st.booleans())
    def a_scan_loses_its_answers(self, keeps: bool) -> None:
        """The store keeps the drafts, or does not, and nobody hears of it."""
        lost = [DoubtfulWrite("the connection broke") for _ in range(3)]
        self.room.scan(since=self._since(), wrap=faulty(*lost, keeps=keeps))

    @rule(seconds=st.sampled_from([5, 61, 7200]))
    def time_passes(self, seconds: int) -> None:
        """A moment, a minute, two hours."""
        self.room.sleep(seconds=seconds)

    @precondition(lambda self: self.room.drafts())
    @rule(which=_ANY)
    def the_person_deletes_a_draft(self, which: int) -> None:
        """Into the trash, as mail programs do."""
        self._move(which, ".Trash")

    @precondition(lambda self: self.room.drafts())
    @rule(which=_ANY)
    def the_person_sends_a_draft(self, which: int) -> None:
        """It lies in Sent then."""
        self._move(which, ".Sent")

    @precondition(lambda self: self.room.drafts())
    @rule(which=_ANY)
    def the_person_edits_a_draft(self, which: int) -> None:
        """In their own words."""
        drafts = self.room.drafts()
        self.room.edit(drafts[which % len(drafts)], b"\nPS: in my own words.\n")

    @precondition(lambda self: self.rejections)
    @rule(which=_ANY)
    def the_person_answers_by_hand(self, which: int) -> None:
        """With a mail program, without any draft of ours."""
        source = self.rejections[which % len(self.rejections)]
        own = make_mail(
            PRIVATE,
            sender=ME,
            person="Alex Morgan",
            message_id=f"own-{which}@example.org",
            in_reply_to=source,
        )
        self.room.deliver(own, mailbox=".Sent")

    @rule()
    def the_ledger_is_lost(self) -> None:
        """The state folder is gone; from then on the person reads back."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self.room.state)
        self.lost = True

    # --- what must always hold -----------------------------------------------------------------------

    @invariant()
    def never_two_drafts_for_a_message(self) -> None:
        """Not even counting those sent and thrown away."""
        counts = Counter(draft.answers for draft in self._ours())
        assert not [source for source, count in counts.items() if count > 1]

    @invariant()
    def every_draft_goes_to_who_wrote(self) -> None:
        """The recipient is the sender of the message answered."""
        for draft in self._ours():
            domain = draft.answers.partition("@")[2]
            assert [a.addr_spec for a in draft.mail["To"].addresses] == [f"jo@{domain}"]

    @invariant()
    def the_inbox_is_as_it_was_delivered(self) -> None:
        """Names carry the flags: nothing was marked, taken away or changed."""
        assert self.room.inbox() == self.inbox

    @invariant()
    def the_ledger_is_whole(self) -> None:
        """SQLite finds no fault, and every state is one of ours."""
        path = self.room.config.ledger
        if not path.exists():
            return
        raw = sqlite3.connect(path)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {row[0] for row in raw.execute("SELECT name FROM sqlite_master")}
        states = {row[0] for row in raw.execute("SELECT state FROM draft")} if "draft" in tables else set()
        raw.close()
        assert states <= {*STATES}

    # --- for the rules --------------------------------------------------------------------------------

    def _deliver(self, raw: bytes | None = None, **about: Any) -> None:
        """Let a message arrive; from then on the inbox is to stay as it is."""
        self.room.deliver(raw, **about)
        self.inbox = self.room.inbox()

    def _since(self) -> datetime | None:
        return datetime.now(UTC) - timedelta(days=1) if self.lost else None

    def _ours(self) -> list[Draft]:
        found = [each for box in (".Drafts", ".Sent", ".Trash") for each in self.room.found(box)]
        return [each for each in found if not each.message_id.startswith("own-")]

    def _move(self, which: int, mailbox: str) -> None:
        drafts = self.room.drafts()
        self.room.move(drafts[which % len(drafts)], mailbox)


def _go_through(machine: type[MailboxMachine], *, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_anything_in_any_order_on_a_maildir() -> None:
    """All that can happen, in every order that chance brings."""
    _go_through(MailboxMachine, examples=20, steps=12)


@pytest.mark.dovecot
def test_anything_in_any_order_on_a_server(dovecot: Dovecot) -> None:
    """The same over IMAP, a little shorter; the person's mail program is one too."""

    class OnServer(MailboxMachine):
        def room_in(self, folder: Path) -> Mailroom:
            return DovecotRoom.of(dovecot, folder)

    _go_through(OnServer, examples=10, steps=10)
