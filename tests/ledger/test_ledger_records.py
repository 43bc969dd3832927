"""What is put into a ledger comes out whole: accounts, judgements, tries, leases, heartbeats, proposals."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from mailhook.errors import LedgerError
from mailhook.ledger.ledger import Ledger
from mailhook.ledger.records import (
    AccountRecord,
    DraftRecord,
    Heartbeat,
    Lease,
    Logged,
    MessageRecord,
    Proposal,
)

MakeMessage = Callable[..., MessageRecord]
MakeDraft = Callable[..., DraftRecord]


def test_a_cursor_and_the_judgements_before_it_are_kept_together(
    ledger: Ledger, message: MakeMessage, now: datetime
) -> None:
    """After advancing, the cursor is new and each message is known by its identity, once."""
    assert ledger.account("personal") is None
    assert ledger.begin_account("personal", "c0", begun=now) == AccountRecord(
        name="personal", cursor="c0", begun=now
    )
    ledger.advance("personal", "c1", handled=now, messages=[message(1), message(2)])
    ledger.advance("personal", "c2", handled=now - timedelta(days=3), messages=[message(2), message(3)])
    assert ledger.account("personal") == AccountRecord(name="personal", cursor="c2", begun=now, handled=now)
    ledger.advance("personal", None, handled=now + timedelta(days=1))
    earlier = now - timedelta(days=90)
    assert ledger.begin_account("personal", "c9", begun=earlier) == AccountRecord(
        name="personal", cursor="c2", begun=earlier, handled=now + timedelta(days=1)
    )
    assert ledger.known("personal", ["identity-1", "identity-3", "identity-9"]) == {
        "identity-1",
        "identity-3",
    }
    assert ledger.known("other", ["identity-1"]) == frozenset()
    assert [logged.message for logged in ledger.log()] == [message(1), message(2), message(3)]
    assert ledger.judged("personal", "identity-2") == message(2)


def test_a_ledger_reopened_holds_what_was_put_into_it(
    ledger_path: Path, message: MakeMessage, draft: MakeDraft, now: datetime
) -> None:
    """Times come back aware and equal, whatever zone they were given in."""
    elsewhere = now.astimezone(timezone(timedelta(hours=-7)))
    with Ledger.open(ledger_path) as ledger:
        lease = ledger.take_lease("personal", "here", now=now, seconds=600)
        assert lease is not None
        ledger.drafts.plan(draft(1, stale_after=elsewhere), message(1, received=elsewhere), lease=lease)
    with Ledger.open(ledger_path) as ledger:
        expected = draft(1, stale_after=elsewhere, fence=1)
        assert list(ledger.log()) == [Logged(message=message(1, received=elsewhere), draft=expected)]


def test_the_log_leaves_out_what_was_judged_other_unless_asked(
    ledger: Ledger, message: MakeMessage, now: datetime
) -> None:
    """By default the log holds what a person may care about."""
    ledger.begin_account("personal", "c0", begun=now)
    ledger.advance("personal", "c1", messages=[message(1), message(2, label="other")])
    assert [each.message.identity for each in ledger.log()] == ["identity-1"]
    assert [each.message.identity for each in ledger.log(others=True)] == ["identity-1", "identity-2"]
    assert list(ledger.log("other")) == []


def test_a_pass_that_died_is_noticed_by_the_next(ledger: Ledger, now: datetime) -> None:
    """Only a pass that never ended makes the next one careful."""
    assert ledger.begin_reading("personal", now) is False
    assert ledger.begin_reading("personal", now) is True
    ledger.end_reading("personal")
    assert ledger.begin_reading("personal", now) is False


def test_tries_are_counted_until_a_pass_ends_and_quarantine_is_for_ever(
    ledger: Ledger, now: datetime
) -> None:
    """A message is suspected only while passes die on it; one in quarantine stays there."""
    assert [ledger.try_message("personal", "poison") for _ in range(3)] == [1, 2, 3]
    ledger.try_message("personal", "innocent")
    ledger.acquit("personal", "innocent")
    assert ledger.try_message("personal", "innocent") == 1
    ledger.quarantine("personal", "poison")
    ledger.end_reading("personal")
    assert ledger.quarantined("personal") == {"poison"}
    assert ledger.try_message("personal", "innocent") == 1


def test_a_lease_keeps_others_out_until_it_ends(ledger: Ledger, now: datetime) -> None:
    """Another holder waits for the end; the same holder, whose earlier self is gone, does not. The fence only grows."""
    first = ledger.take_lease("personal", "here", now=now, seconds=600)
    assert first == Lease(account="personal", holder="here", fence=1, until=now + timedelta(seconds=600))
    assert ledger.take_lease("personal", "there", now=now + timedelta(seconds=599), seconds=600) is None
    again = ledger.take_lease("personal", "here", now=now, seconds=600)
    assert again is not None
    assert again.fence == 2
    ledger.release(first, now=now)  # not ours any more: changes nothing
    assert ledger.take_lease("personal", "there", now=now, seconds=600) is None
    ledger.release(again, now=now)
    there = ledger.take_lease("personal", "there", now=now, seconds=600)
    assert there is not None
    assert there.fence == 3
    longer = ledger.renew(there, now=now + timedelta(minutes=5), seconds=600)
    assert longer == replace(there, until=now + timedelta(minutes=15))
    with pytest.raises(LedgerError, match="another mailhook has taken over"):
        ledger.renew(again, now=now, seconds=600)


def test_who_was_overtaken_may_not_write(
    ledger: Ledger, message: MakeMessage, draft: MakeDraft, now: datetime
) -> None:
    """A process that slept past its lease is refused at its next step, and the draft stays as its successor left it."""
    sleeper = ledger.take_lease("personal", "here", now=now, seconds=600)
    assert sleeper is not None
    planned = ledger.drafts.plan(draft(1), message(1), lease=sleeper)
    later = ledger.take_lease("personal", "there", now=now + timedelta(hours=1), seconds=600)
    assert later is not None
    with pytest.raises(LedgerError, match="another mailhook has taken over"):
        ledger.drafts.move(planned, "writing", lease=sleeper, now=now)
    with pytest.raises(LedgerError, match="another mailhook has taken over"):
        ledger.drafts.plan(draft(2), message(2), lease=sleeper)
    assert ledger.drafts.pending("personal") == (planned,)


def test_a_draft_is_planned_once_for_a_message(
    ledger: Ledger, lease: Lease, message: MakeMessage, draft: MakeDraft
) -> None:
    """A second plan for the same source returns the first, whatever random identity it came with."""
    planned = ledger.drafts.plan(draft(1), message(1), lease=lease)
    assert planned == draft(1, fence=lease.fence)
    assert ledger.drafts.plan(draft(1, tuid="other"), message(1), lease=lease) == planned
    assert ledger.drafts.of("personal", "identity-1") == planned
    assert ledger.known("personal", ["identity-1"]) == {"identity-1"}


def test_a_draft_moves_only_from_the_state_the_ledger_holds(
    ledger: Ledger, lease: Lease, message: MakeMessage, draft: MakeDraft, now: datetime
) -> None:
    """Every move is checked against the table and against the disk."""
    planned = ledger.drafts.plan(draft(1), message(1), lease=lease)
    writing = ledger.drafts.move(planned, "writing", lease=lease, now=now, mark="m1", writes=1)
    assert writing == draft(1, state="writing", mark="m1", writes=1, changed=now, fence=1)
    assert ledger.drafts.of("personal", "identity-1") == writing
    with pytest.raises(LedgerError, match="is not planned in the ledger any more"):
        ledger.drafts.move(planned, "writing", lease=lease, now=now)
    with pytest.raises(LedgerError, match="cannot become abandoned"):
        ledger.drafts.move(writing, "abandoned", lease=lease, now=now)
    confirmed = ledger.drafts.move(writing, "confirmed", lease=lease, now=now, ref="r", mailbox="Drafts")
    assert ledger.drafts.pending("personal") == ()
    noted = ledger.drafts.note(confirmed, lease=lease, followed=now)
    assert ledger.drafts.in_states("personal", ["confirmed"]) == (noted,)
    assert ledger.drafts.in_states("personal", ["confirmed"], since=now + timedelta(days=1)) == ()
    assert ledger.drafts.count() == {("personal", "confirmed"): 1}
    assert ledger.drafts.own("personal", ["tuid-1@example.org", "else@example.org"]) == {"tuid-1@example.org"}


def test_the_last_heartbeat_of_each_account_is_kept(ledger: Ledger, now: datetime) -> None:
    """A newer sign of life replaces the older."""
    ledger.beat(Heartbeat(account="personal", pid=1, at=now, state="connecting"))
    newer = Heartbeat(account="personal", pid=2, at=now, state="waiting", connected=now, fault="none")
    ledger.beat(newer)
    ledger.beat(Heartbeat(account="archive", pid=2, at=now, state="waiting"))
    assert ledger.heartbeats() == (Heartbeat(account="archive", pid=2, at=now, state="waiting"), newer)


def test_a_proposal_is_made_once_and_settled(ledger: Ledger, now: datetime) -> None:
    """The same message proposes once; what a person settled is not open any more."""
    proposal = Proposal(
        account="personal", identity="i", recipient="r@acme.example", answers="a@acme.example",
        source_cursor="c", received=now, created=now,
    )  # fmt: skip
    ledger.propose(proposal)
    ledger.propose(proposal)
    (found,) = ledger.proposals()
    assert found.id is not None
    ledger.settle(found.id, "dismissed")
    assert ledger.proposals() == ()
    assert [each.state for each in ledger.proposals(None)] == ["dismissed"]


def test_old_messages_judged_other_are_forgotten_and_nothing_else(
    ledger: Ledger, message: MakeMessage, now: datetime
) -> None:
    """What needed no answer is kept no longer than it serves."""
    ledger.begin_account("personal", "c0", begun=now)
    ledger.advance(
        "personal", "c1", messages=[message(1), message(2, label="other"), message(600, label="other")]
    )
    assert ledger.prune(now + timedelta(minutes=10)) == 1
    assert [each.message.identity for each in ledger.log(others=True)] == ["identity-1", "identity-600"]


def test_a_forgotten_account_leaves_no_trace(
    ledger: Ledger, lease: Lease, message: MakeMessage, draft: MakeDraft, now: datetime
) -> None:
    """Everything of the account goes; other accounts stay."""
    ledger.begin_account("other", "c1", begun=now)
    ledger.begin_account("personal", "c1", begun=now)
    ledger.advance("personal", "c1", messages=[message(2)])
    ledger.drafts.plan(draft(1), message(1), lease=lease)
    ledger.beat(Heartbeat(account="personal", pid=1, at=now, state="waiting"))
    ledger.forget("personal")
    assert (ledger.account("personal"), list(ledger.log()), ledger.heartbeats()) == (None, [], ())
    assert ledger.account("other") is not None


def test_no_column_is_meant_for_a_body_or_a_subject(ledger_path: Path) -> None:
    """The columns that hold text, all of them: a new one must be looked at here."""
    from sqlalchemy import String

    from mailhook.ledger.schema import metadata

    texts = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String)
    }
    assert texts == {
        "account.name", "account.cursor", "reading.account", "attempt.account", "attempt.key",
        "message.account", "message.identity", "message.message_id", "message.thread_id", "message.label",
        "message.language", "message.stage", "message.kind", "message.company", "message.role", "message.channel",
        "message.intent", "message.recipient", "message.reason",
        "draft.account", "draft.identity", "draft.tuid", "draft.message_id", "draft.answers", "draft.thread_id",
        "draft.recipient", "draft.body_sha256", "draft.source_cursor", "draft.state", "draft.mark", "draft.ref",
        "draft.mailbox", "draft.reason",
        "lease.account", "lease.holder", "heartbeat.account", "heartbeat.state", "heartbeat.fault",
        "proposal.account", "proposal.identity", "proposal.recipient", "proposal.answers", "proposal.source_cursor",
        "proposal.state",
    }  # fmt: skip
