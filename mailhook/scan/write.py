"""The draft write protocol: at most one draft for a message, while the store keeps what it acknowledged.

A draft's identity is on disk before the store is asked, the store is asked once, and a lost answer is looked up, never repeated
blindly. When doubt stays, mailhook stops and says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailhook.connector import Arrival, Connector, Kept, Place
from mailhook.errors import AccountError, DoubtfulWrite, NoDrafts, NotWritten, OverQuota, Unreadable
from mailhook.ledger.drafts import Drafts
from mailhook.ledger.records import DraftRecord, Lease
from mailhook.ledger.states import MAY_FOLLOW, State
from mailhook.reading.here import Mail, Reads
from mailhook.reply.draft import Draft
from mailhook.scan.crash import crash_point

MOST_WRITES = 2
LOOKS = 2
BETWEEN_LOOKS = timedelta(seconds=60)

_STATE_BY_PLACE: dict[Place, State] = {"sent": "sent", "trash": "deleted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a draft, and the fault that a person must see to, if any."""

    record: DraftRecord
    fault: AccountError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What writing needs: the store, the ledger's drafts, who reads mail, the lease to write under, and a clock."""

    mailbox: Connector
    drafts: Drafts
    reading: Reads
    lease: Lease
    clock: Callable[[], datetime]

    def move(self, record: DraftRecord, to: State, **changes: object) -> DraftRecord:
        """Move a draft to another state, on disk."""
        return self.drafts.move(record, to, lease=self.lease, now=self.clock(), **changes)


def write_draft(pen: Pen, record: DraftRecord, draft: Draft, *, conversation: Sequence[Arrival]) -> Written:
    """Take a draft whose identity is in the ledger to the store, unless it is there, or something else stands in its place.

    Raise DoubtfulWrite where the answer was lost: the draft is `ambiguous` then, and the connection is to be given up.
    """
    crash_point(2)
    try:
        return _write(pen, record, draft, conversation)
    except (OverQuota, NoDrafts) as exc:
        held = pen.drafts.of(record.account, record.identity) or record
        if "blocked" in MAY_FOLLOW[held.state]:
            held = pen.move(held, "blocked", reason=str(exc))
        return Written(record=held, fault=exc)


def _write(pen: Pen, record: DraftRecord, draft: Draft, conversation: Sequence[Arrival]) -> Written:
    mark = pen.mailbox.mark()
    kept = pen.mailbox.find(draft)
    if kept is not None:
        return Written(record=settle(pen, record, kept, "found again where it was kept before"))
    if is_taken(draft, conversation, pen.reading):
        reason = "another draft stands in this conversation already"
        return Written(record=pen.move(record, "superseded", reason=reason))
    crash_point(3)
    record = pen.move(
        record,
        "writing",
        mark=mark,
        body_sha256=draft.body_sha256,
        writes=record.writes + 1,
        misses=0,
        missed=None,
        reason="",
    )
    crash_point(4)
    try:
        kept = pen.mailbox.keep(draft, thread_id=record.thread_id)
    except NotWritten as exc:
        if record.writes < MOST_WRITES:
            return Written(record=pen.move(record, "planned", reason=str(exc)), fault=exc)
        return Written(record=pen.move(record, "needs_human", reason=str(exc)), fault=exc)
    except DoubtfulWrite as exc:
        pen.move(record, "ambiguous", reason=str(exc))
        raise
    crash_point(5)
    record = settle(pen, record, kept, "" if kept.in_thread else "kept, but outside its thread")
    crash_point(6)
    return Written(record=record)


def look_again(pen: Pen, record: DraftRecord) -> DraftRecord:
    """Look for a draft that may or may not have been written: it is found, or the look is counted.

    Once two looks at least 60 seconds apart have found nothing, `may_write_again` says so; where it was written twice by then,
    doubt stays, and it `needs_human`.
    """
    if record.state == "writing":
        record = pen.move(record, "ambiguous", reason="mailhook was stopped before the store answered")
    looked_for = shadow(record)
    kept = (pen.mailbox.find(looked_for, since=record.mark) if record.mark else None) or pen.mailbox.find(
        looked_for
    )
    if kept is not None:
        return settle(pen, record, kept, "found after its answer was lost")
    now = pen.clock()
    first = record.missed if record.missed is not None and record.missed <= now else now
    record = pen.drafts.note(record, lease=pen.lease, misses=record.misses + 1, missed=first)
    if _looked_enough(record, now) and record.writes >= MOST_WRITES:
        return pen.move(
            record,
            "needs_human",
            reason="the store gave no answer twice and shows no draft; look into Drafts, and answer by hand if there is none",
        )
    return record


def may_write_again(pen: Pen, record: DraftRecord) -> bool:
    """Say whether a draft may go to the store: nothing was asked yet, or it was looked for often and long enough."""
    if record.state in {"planned", "blocked"}:
        return True
    return record.state == "ambiguous" and record.writes < MOST_WRITES and _looked_enough(record, pen.clock())


def _looked_enough(record: DraftRecord, now: datetime) -> bool:
    return record.misses >= LOOKS and record.missed is not None and now - record.missed >= BETWEEN_LOOKS


def settle(pen: Pen, record: DraftRecord, kept: Kept, reason: str) -> DraftRecord:
    """Write down where a draft was found, and what that says about it."""
    state = _STATE_BY_PLACE.get(kept.place, "confirmed")
    return pen.move(record, state, ref=kept.ref, mailbox=kept.mailbox, misses=0, missed=None, reason=reason)


def shadow(record: DraftRecord) -> Draft:
    """Return what is known of a draft without its text: enough to look for it."""
    return Draft(
        message_id=record.message_id,
        recipient=record.recipient,
        subject="",
        text="",
        raw=b"",
        in_reply_to=record.answers,
        body_sha256=record.body_sha256,
    )


def is_taken(draft: Draft, conversation: Sequence[Arrival], reading: Reads) -> bool:
    """Say whether another draft stands in the conversation. (Whether the person has answered there is for the plan to say.)

    One that cannot be read stands there as well.
    """
    others = (Mail(raw=each.raw, size=each.size) for each in conversation if each.place == "drafts")
    try:
        return any(reading.glance(other).message_id != draft.message_id for other in others)
    except Unreadable:
        return True
