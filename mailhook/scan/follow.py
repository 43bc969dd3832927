"""What the person did with earlier drafts, as far as the store shows it: edited, sent or deleted. For the log; nothing is ever touched."""

from datetime import timedelta

from mailhook.connector import Arrival
from mailhook.errors import Unreadable
from mailhook.ledger.records import DraftRecord
from mailhook.ledger.states import OPEN, State
from mailhook.mail.message import Message
from mailhook.mail.mime import first_plain
from mailhook.reading.here import Mail, Reads
from mailhook.reply.draft import body_digest
from mailhook.scan.job import Job, Tally
from mailhook.scan.write import LOOKS, Pen, settle, shadow

EVERY = timedelta(hours=1)
FOR = timedelta(days=30)
_CLOCKS_DIFFER = timedelta(minutes=2)


def follow_up(job: Job, pen: Pen, tally: Tally) -> None:
    """Look at the drafts of the last month that are still the person's to send, each at most once an hour."""
    now = job.clock()
    for record in pen.drafts.in_states(job.account, OPEN, since=now - FOR):
        if now - (record.followed or record.changed) < EVERY:
            continue
        if job.stop():
            return
        after = _followed(pen, record)
        if after.state != record.state:
            tally.changed.append(after)


def _followed(pen: Pen, record: DraftRecord) -> DraftRecord:
    record = pen.drafts.note(record, lease=pen.lease, followed=pen.clock())
    answered = Message(message_id=record.answers)
    around = pen.mailbox.conversation(answered, thread_id=record.thread_id) if record.answers else ()
    if any(_answers(arrival, record, pen.reading) for arrival in around if arrival.place == "sent"):
        return pen.move(record, "sent", reason="")
    drafts = [a for a in around if a.place == "drafts" and _answers(a, record, pen.reading)]
    if drafts:
        return _still_there(pen, record, drafts)
    kept = pen.mailbox.find(shadow(record))
    if kept is not None:
        same = record.state == "confirmed" and kept.place in {"drafts", "archive", "inbox"}
        return record if same else settle(pen, record, kept, "")
    return _missing(pen, record)


def _still_there(pen: Pen, record: DraftRecord, drafts: list[Arrival]) -> DraftRecord:
    whole = [each for each in drafts if len(each.raw) >= each.size]  # of a part nothing can be told
    edited = bool(whole) and all(body_digest(first_plain(each.raw)) != record.body_sha256 for each in whole)
    state: State = "edited" if edited else "confirmed"
    if record.misses:
        record = pen.drafts.note(record, lease=pen.lease, misses=0, missed=None)
    if record.state == state or record.state == "edited":
        return record
    return pen.move(record, state, reason="")


def _missing(pen: Pen, record: DraftRecord) -> DraftRecord:
    """A draft that is nowhere was deleted, if it is nowhere a second time too: a mail program may be moving it just now."""
    if record.state == "needs_human":
        return record
    record = pen.drafts.note(
        record, lease=pen.lease, misses=record.misses + 1, missed=record.missed or pen.clock()
    )
    return pen.move(record, "deleted", reason="") if record.misses >= LOOKS else record


def _answers(arrival: Arrival, record: DraftRecord, reading: Reads) -> bool:
    try:
        message = reading.glance(Mail(raw=arrival.raw, size=arrival.size))
    except Unreadable:
        return False
    if message.message_id == record.message_id:
        return True
    # An earlier answer to the same message is none to the news (a draft may go to a person known from before).
    later = message.date is None or message.date >= record.created - _CLOCKS_DIFFER
    return later and record.answers in message.in_reply_to
