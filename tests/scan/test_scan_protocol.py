"""The draft write protocol over a real Maildir whose answers get lost: never a second draft, and never silence about doubt."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from mailhook.connector import Connector, Kept
from mailhook.errors import AccountError, DoubtfulWrite, LedgerError, NotWritten, OverQuota
from mailhook.reply.draft import Draft
from mailhook.scan.rehearsal import OnlyRead
from tests.scan.mailroom import ME, PRIVATE, Mailroom, make_mail


class Faulty(OnlyRead):
    """The real store behind a line that fails: what it was asked to keep is kept or not, and the answer is an error."""

    def __init__(self, store: Connector, faults: list[AccountError], *, keeps: bool) -> None:
        super().__init__(store)
        self._faults = faults
        self._keeps = keeps

    def keep(self, draft: Draft, *, thread_id: str | None = None) -> Kept:
        """Keep the draft, or not, and fail as often as there are faults."""
        if not self._faults:
            return self._store.keep(draft, thread_id=thread_id)
        if self._keeps:
            self._store.keep(draft, thread_id=thread_id)
        raise self._faults.pop(0)


def faulty(*faults: AccountError, keeps: bool) -> Callable[[Connector], Connector]:
    """Put the same failing line before every new connection."""
    left = list(faults)
    return lambda store: Faulty(store, left, keeps=keeps)


def lost() -> DoubtfulWrite:
    """The answer did not come."""
    return DoubtfulWrite("the connection broke while a draft was written")


def test_a_lost_answer_to_a_kept_draft_is_looked_up_on_a_new_connection(room: Mailroom) -> None:
    """The same pass finds it, and nobody hears of the trouble."""
    room.deliver()
    report = room.scan(wrap=faulty(lost(), keeps=True))
    assert (room.states(), len(room.drafts()), report.fault) == (["confirmed"], 1, None)
    assert room.records()[0].message_id == room.drafts()[0].message_id


def test_a_lost_answer_to_a_draft_not_kept_is_waited_for_then_the_same_draft_is_written(
    room: Mailroom,
) -> None:
    """Not at the second look within a minute, for the server may still be at it; after the minute, under the same msg-id."""
    room.deliver()
    report = room.scan(wrap=faulty(lost(), keeps=False))
    assert ([note.action for note in report.notes], room.states()) == (["draft-ambiguous"], ["ambiguous"])
    planned = room.records()[0].message_id
    room.sleep(seconds=30)
    room.scan()
    assert (room.states(), room.drafts()) == (["ambiguous"], [])
    room.sleep(seconds=31)
    room.scan()
    assert room.states() == ["confirmed"]
    assert [draft.message_id for draft in room.drafts()] == [planned]


def test_a_draft_in_doubt_is_one_line_in_the_log_however_much_mail_arrives(
    room: Mailroom, caplog: pytest.LogCaptureFixture
) -> None:
    """The service passes at every arrival, and each pass looks; the report of each says so, the log once."""
    caplog.set_level("INFO", logger="mailhook")
    room.deliver()
    reports = [room.scan(wrap=faulty(lost(), keeps=False)), *(room.scan() for _ in range(5))]
    assert [[note.action for note in report.notes] for report in reports] == [["draft-ambiguous"]] * 6
    said = [getattr(record, "action", "") for record in caplog.records]
    assert said.count("draft-ambiguous") == 1


def test_a_draft_that_the_store_keeps_late_is_found(room: Mailroom) -> None:
    """The server committed half a minute after the line broke."""
    kept_late: list[Draft] = []

    class Late(OnlyRead):
        def keep(self, draft: Draft, *, thread_id: str | None = None) -> Kept:
            if kept_late:
                return self._store.keep(draft, thread_id=thread_id)
            kept_late.append(draft)
            raise lost()

    room.deliver()
    room.scan(wrap=Late)
    room.sleep(seconds=30)
    room.deliver(kept_late[0].raw, mailbox=".Drafts")
    room.scan(wrap=Late)
    assert (room.states(), len(room.drafts())) == (["confirmed"], 1)


def test_after_two_lost_answers_a_person_has_to_look(room: Mailroom) -> None:
    """Doubt is said, and nothing is written a third time, whatever happens later."""
    room.deliver()
    line = faulty(lost(), lost(), keeps=False)
    for _ in range(4):
        room.scan(wrap=line)
        room.sleep(seconds=61)
    assert room.states() == ["needs_human"]
    assert room.records()[0].writes == 2
    last = room.scan()
    assert (room.drafts(), last.made) == ([], ())


def test_a_refused_draft_is_tried_once_more_and_then_left_to_the_person(room: Mailroom) -> None:
    """A tagged NO means that nothing was written, so the next pass may try."""
    room.deliver()
    first = room.scan(wrap=faulty(NotWritten("the server said no"), keeps=False))
    assert (room.states(), str(first.fault)) == (["planned"], "the server said no")
    second = room.scan(wrap=faulty(NotWritten("the server said no"), keeps=False))
    assert (room.states(), [note.action for note in second.notes]) == (
        ["needs_human"],
        ["draft-needs-person"],
    )


def test_a_refusal_that_passes_costs_nothing(room: Mailroom) -> None:
    """The next pass writes the draft."""
    room.deliver()
    room.scan(wrap=faulty(NotWritten("the server said no"), keeps=False))
    assert len(room.scan().made) == 1
    assert room.states() == ["confirmed"]


def test_a_full_mailbox_blocks_the_draft_and_nothing_else(room: Mailroom) -> None:
    """Reading goes on; the draft waits for room, however long."""
    room.deliver(number=1)
    full = faulty(*[OverQuota("the mailbox is full; make room")] * 3, keeps=False)
    assert str(room.scan(wrap=full).fault) == "the mailbox is full; make room"
    room.deliver(number=2, body=PRIVATE, subject="Sunday")
    again = room.scan(wrap=full)
    assert (again.read, room.states()) == (1, ["blocked"])
    room.sleep(days=3)
    assert len(room.scan().made) == 1
    assert room.states() == ["confirmed"]


def test_one_blocked_draft_does_not_hold_up_another(room: Mailroom) -> None:
    """Each draft has its own fate."""
    room.deliver(number=1, company="One", sender="jo@one.example")
    room.deliver(number=2, company="Two", sender="jo@two.example")
    room.scan(wrap=faulty(OverQuota("full"), keeps=False))
    assert sorted(room.states()) == ["blocked", "confirmed"]


def test_a_draft_the_person_deleted_is_never_made_again(room: Mailroom) -> None:
    """Thrown away, or moved to the trash; after two looks the log says so."""
    room.deliver(number=1, company="One", sender="jo@one.example")
    room.deliver(number=2, company="Two", sender="jo@two.example")
    room.scan()
    first, second = room.drafts()
    first.path.unlink()
    second.path.rename(room.maildir / ".Trash" / "cur" / second.path.name)
    for _ in range(3):
        room.sleep(hours=2)
        room.scan()
    assert (room.drafts(), room.states()) == ([], ["deleted", "deleted"])
    room.scan(since=datetime.now(UTC) - timedelta(days=1))
    assert room.drafts() == []


def test_a_draft_the_person_edited_stays_theirs(room: Mailroom) -> None:
    """Same draft or a new copy of it: it is not touched, and nothing is added."""
    room.deliver()
    room.scan()
    (draft,) = room.drafts()
    draft.path.write_bytes(
        draft.path.read_bytes().replace(b"Alex Morgan\n", b"Alex\n", 1) + b"\nPS: my own words.\n"
    )
    edited = room.everything()
    room.sleep(hours=2)
    report = room.scan()
    assert ([record.state for record in report.changed], room.states()) == (["edited"], ["edited"])
    after = room.everything()
    assert {name: raw for name, raw in after.items() if "Maildir" in name} == {
        name: raw for name, raw in edited.items() if "Maildir" in name
    }


def test_a_draft_the_person_sent_is_seen_in_sent(room: Mailroom) -> None:
    """By what it answers, whatever msg-id the mail program gave it."""
    room.deliver(number=1, company="One", sender="jo@one.example")
    room.deliver(number=2, company="Two", sender="jo@two.example")
    room.scan()
    first, second = room.drafts()
    first.path.rename(room.maildir / ".Sent" / "cur" / first.path.name)
    sent = second.path.read_bytes().replace(second.message_id.encode(), b"new-id@example.org")
    second.path.unlink()
    room.deliver(sent, mailbox=".Sent")
    room.sleep(hours=2)
    report = room.scan()
    assert [record.state for record in report.changed] == ["sent", "sent"]
    assert room.scan(since=datetime.now(UTC) - timedelta(days=1)).made == ()


def test_after_the_ledger_is_lost_the_draft_is_taken_back(room: Mailroom) -> None:
    """Its msg-id is forgotten; parent and text tell that it is ours."""
    room.deliver()
    room.scan()
    before = room.everything()
    shutil.rmtree(room.state)
    report = room.scan(since=datetime.now(UTC) - timedelta(days=1))
    assert (len(room.drafts()), room.states()) == (1, ["confirmed"])
    assert {n: raw for n, raw in room.everything().items() if n.startswith("Maildir")} == {
        n: raw for n, raw in before.items() if n.startswith("Maildir")
    }
    assert report.fault is None


@pytest.mark.parametrize("place", [".Sent", ".Trash"])
def test_after_the_ledger_is_lost_what_was_sent_or_deleted_is_not_made_again(
    room: Mailroom, place: str
) -> None:
    """Sent and Trash are looked through before anything is written."""
    room.deliver()
    room.scan()
    (draft,) = room.drafts()
    draft.path.rename(room.maildir / place / "cur" / draft.path.name)
    shutil.rmtree(room.state)
    room.scan(since=datetime.now(UTC) - timedelta(days=1))
    assert room.drafts() == []


def test_an_old_copy_of_the_ledger_makes_nothing_twice(room: Mailroom) -> None:
    """Restored from before the draft was made: it is found in the mailbox."""
    shutil.copytree(room.state, room.folder / "backup")
    room.deliver()
    room.scan()
    shutil.rmtree(room.state)
    (room.folder / "backup").rename(room.state)
    room.scan()
    assert (len(room.drafts()), room.states()) == (1, ["confirmed"])


def test_two_hosts_on_one_mailbox_make_one_draft(room: Mailroom) -> None:
    """Each has its own ledger; the second finds what the first has left."""
    other = room.folder / "other-host"
    room.scan(state=other)
    room.deliver()
    room.scan()
    room.scan(state=other)
    assert len(room.drafts()) == 1


def test_a_person_who_answers_while_the_draft_is_in_doubt_is_left_alone(room: Mailroom) -> None:
    """The second writing looks into the conversation first."""
    room.deliver(number=1)
    room.scan(wrap=faulty(lost(), keeps=False))
    own = make_mail(
        PRIVATE,
        sender=ME,
        person="Alex Morgan",
        message_id="own@example.org",
        in_reply_to="source-1@acme.example",
    )
    room.deliver(own, mailbox=".Sent")
    room.sleep(seconds=61)
    room.scan()
    assert (room.drafts(), len(room.states())) == ([], 1)
    assert room.states()[0] in {"abandoned", "superseded"}


def test_a_source_that_vanished_while_its_draft_was_blocked_is_given_up(room: Mailroom) -> None:
    """Nothing is left to answer, and the log says so."""
    path = room.deliver()
    room.scan(wrap=faulty(OverQuota("full"), keeps=False))
    path.unlink()
    room.scan()
    assert (room.states(), room.drafts()) == (["abandoned"], [])


def test_a_clock_that_jumps_back_never_shortens_the_wait(room: Mailroom) -> None:
    """A minute must pass between two looks, by whatever clock."""
    room.deliver()
    room.scan(wrap=faulty(lost(), keeps=False))
    room.sleep(days=-2)
    room.scan()
    room.sleep(seconds=30)
    room.scan()
    assert room.drafts() == []
    room.sleep(seconds=61)
    room.scan()
    assert len(room.drafts()) == 1


def test_a_byte_flipped_anywhere_in_the_ledger_never_makes_a_second_draft(room: Mailroom) -> None:
    """At two hundred places: the ledger is refused with the way out, or what it still knows and the mailbox tells are enough."""
    room.deliver()
    room.scan()
    whole = room.config.ledger.read_bytes()
    refused = 0
    for offset in range(0, len(whole), len(whole) // 200):
        shutil.rmtree(room.state)
        room.state.mkdir()
        room.config.ledger.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0xFF]) + whole[offset + 1 :])
        try:
            room.scan(since=datetime.now(UTC) - timedelta(days=1))
        except LedgerError:
            refused += 1
        assert len(room.drafts()) == 1
    assert refused > 0
