"""What earlier passes left open: drafts planned and not written, answers that were lost, stores that took nothing."""

from datetime import timedelta

from mailhook.connector import Arrival, Connector
from mailhook.errors import CursorExpired, Unreadable
from mailhook.ledger.records import DraftRecord, Proposal
from mailhook.reading.here import Mail
from mailhook.scan.answer import bring, compose_answer, plan_answer, study
from mailhook.scan.job import Job, Tally
from mailhook.scan.write import Pen, look_again, may_write_again

_MOST_LOOKED_THROUGH = 2000


def resolve(job: Job, pen: Pen, tally: Tally) -> None:
    """Take every open draft of this account as far as it can be taken now."""
    for record in pen.drafts.pending(job.account):
        if job.stop():
            return
        looked = look_again(pen, record) if record.state in {"writing", "ambiguous"} else record
        if may_write_again(pen, looked):
            _write_again(job, pen, looked, tally)
        elif looked.state == "ambiguous":
            tally.note(
                "draft-ambiguous",
                "a draft may or may not have been kept; mailhook looks for it again with the next scan",
                again=looked.misses > 1,
            )
        else:
            tally.changed.append(looked)
            if looked.state == "needs_human":
                tally.note("draft-needs-person", looked.reason, needs_person=True)


def _write_again(job: Job, pen: Pen, record: DraftRecord, tally: Tally) -> None:
    arrival = find_source(job, pen.mailbox, record)
    if arrival is None:
        gone = pen.move(record, "abandoned", reason="the message it answers is not where it was any more")
        tally.changed.append(gone)
        return
    try:
        case = study(job, pen.mailbox, arrival, record.identity, record.source_cursor)
    except Unreadable:
        held = pen.move(record, "abandoned", reason="the message it answers cannot be read any more")
        tally.changed.append(held)
        return
    plan = plan_answer(job, case)
    outcome = compose_answer(job, case, plan, tally, tuid=record.tuid)
    if outcome.draft is None:
        tally.changed.append(pen.move(record, "abandoned", reason=outcome.plan.reason))
        return
    bring(job, pen, case, outcome, record, tally)


def find_source(job: Job, mailbox: Connector, sought: DraftRecord | Proposal) -> Arrival | None:
    """Fetch a message again by where it was first found; where the store has forgotten that place, by its date."""
    try:
        return _first(job, mailbox, sought.identity, sought.source_cursor)
    except CursorExpired:
        return _first(job, mailbox, sought.identity, mailbox.start(sought.received - timedelta(days=1)))


def _first(job: Job, mailbox: Connector, identity: str, cursor: str) -> Arrival | None:
    for number, arrival in enumerate(mailbox.arrived(cursor)):
        if number >= _MOST_LOOKED_THROUGH:
            return None
        if arrival.durable_id == identity:
            return arrival
        if arrival.durable_id is None and _fingerprint(job, arrival) == identity:
            return arrival
    return None


def _fingerprint(job: Job, arrival: Arrival) -> str | None:
    (screened,) = job.reading.screen([Mail(raw=arrival.raw, size=arrival.size)])
    return screened.fingerprint if screened is not None else None
