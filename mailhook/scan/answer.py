"""From a rejection to its draft: history, plan, composition, the ledger's record, and the store."""

from dataclasses import dataclass, replace
from uuid import uuid4

from mailhook.connector import Arrival, Connector
from mailhook.errors import TemplateError, Unreadable
from mailhook.ledger.records import DraftRecord, MessageRecord, Proposal
from mailhook.reading.here import Mail, Reading
from mailhook.reply.plan import History, Plan
from mailhook.scan.consider import Outcome
from mailhook.scan.crash import crash_point
from mailhook.scan.job import Job, Tally
from mailhook.scan.news import company_key, role_key
from mailhook.scan.report import JudgedMessage
from mailhook.scan.write import Pen, write_draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A message that may call for a draft: as it arrived, as it was read, with its conversation as the store holds it."""

    arrival: Arrival
    identity: str
    reading: Reading
    conversation: tuple[Arrival, ...]
    source_cursor: str

    @property
    def news(self) -> tuple[str | None, ...]:
        """What tells this news from other news: company and role, or the message itself where no company was read."""
        company = company_key(self.reading.facts)
        return (company, role_key(self.reading.facts)) if company is not None else (None, self.identity)


def study(job: Job, mailbox: Connector, arrival: Arrival, identity: str, source_cursor: str) -> Case:
    """Read a message carefully, and judge it within its conversation where that is worth asking for. Raise Unreadable."""
    reading = job.reading.study(mail_of(arrival))
    conversation: tuple[Arrival, ...] = ()
    if reading.verdict.label != "other":
        found = mailbox.conversation(reading.message, thread_id=arrival.thread_id)
        conversation = tuple(each for each in found if each.place != "trash")
        # Drafts are no part of what was said.
        said = [mail_of(each) for each in conversation if each.place != "drafts"]
        reading = job.reading.study(mail_of(arrival), said) if said else reading
    return Case(
        arrival=arrival,
        identity=identity,
        reading=reading,
        conversation=conversation,
        source_cursor=source_cursor,
    )


def mail_of(arrival: Arrival) -> Mail:
    """Return what is to be read of an arrival."""
    return Mail(raw=arrival.raw, size=arrival.size)


def plan_answer(job: Job, case: Case) -> Plan:
    """Plan the answer by everything that was asked before, in this conversation, of this company, about this news."""
    now = job.clock()
    if case.reading.verdict.label != "rejection":
        return job.reader.plan(case.reading, history=History(), now=now)
    company, role = company_key(case.reading.facts), role_key(case.reading.facts)
    received = case.arrival.received
    same = None
    if company is not None:
        same = job.ledger.asked.same_news(company, role, received=received, besides=case.identity)
    besides = {case.identity}
    if same is not None and not same.answerable:
        besides.add(same.identity)
    message = case.reading.message
    history = History(
        asked_in_thread=job.ledger.asked.in_thread(
            job.account,
            {*message.references, *message.in_reply_to, *filter(None, [message.message_id])},
            thread_id=case.arrival.thread_id,
            besides=besides,
        ),
        asked_company=job.ledger.asked.company(company, besides=besides) if company is not None else None,
    )
    plan = job.reader.plan(case.reading, history=history, now=now)
    # Of several messages with one news the answerable one has the draft: a portal text made before does not stand in its way.
    if same is not None and (same.answerable or plan.recipient is None):
        history = replace(history, same_news=same.message_id or same.identity)
        plan = job.reader.plan(case.reading, history=history, now=now)
    return plan


def compose_answer(job: Job, case: Case, plan: Plan, tally: Tally, *, tuid: str) -> Outcome:
    """Compose and build the draft; where that fails, the reason says so and a person has to answer."""
    try:
        return job.reader.answer(case.reading, plan, tuid=tuid, now=job.clock())
    except (TemplateError, Unreadable) as exc:
        tally.note("draft-not-made", f"{exc}", needs_person=True)
        reading = case.reading
        failed = replace(plan, channel="none", intent="none", recipient=None, reason=str(exc))
        return Outcome(message=reading.message, verdict=reading.verdict, facts=reading.facts, plan=failed)


def answer(job: Job, pen: Pen, case: Case, tally: Tally) -> None:
    """Answer one rejection that has no draft yet, or write down why there is none."""
    crash_point(1)
    plan = plan_answer(job, case)
    tuid = str(uuid4())
    outcome = compose_answer(job, case, plan, tally, tuid=tuid)
    source = message_record(job, case, outcome.plan)
    if outcome.draft is None:
        job.ledger.advance(job.account, None, messages=[source])
        _propose(job, case, plan)
        tally.hear(judged(job, case, outcome))
        return
    now = job.clock()
    record = pen.drafts.plan(
        DraftRecord(
            account=job.account,
            identity=case.identity,
            tuid=tuid,
            message_id=outcome.draft.message_id,
            answers=outcome.draft.in_reply_to,
            thread_id=case.arrival.thread_id,
            recipient=outcome.draft.recipient,
            body_sha256=outcome.draft.body_sha256,
            source_cursor=case.source_cursor,
            received=case.arrival.received,
            created=now,
            changed=now,
            suggested_send=plan.suggested_send,
            stale_after=plan.stale_after,
        ),
        source,
        lease=pen.lease,
    )
    bring(job, pen, case, outcome, record, tally)


def bring(job: Job, pen: Pen, case: Case, outcome: Outcome, record: DraftRecord, tally: Tally) -> None:
    """Bring a planned draft to the store, and tell of it."""
    assert outcome.draft is not None
    written = write_draft(pen, record, outcome.draft, conversation=case.conversation)
    tally.blame(written.fault)
    if written.record.state == "needs_human":
        tally.note("draft-needs-person", f"{written.record.reason}", needs_person=True)
    tally.hear(judged(job, case, outcome, written.record))


def _propose(job: Job, case: Case, plan: Plan) -> None:
    if plan.proposed is None:
        return
    job.ledger.propose(
        Proposal(
            account=job.account,
            identity=case.identity,
            recipient=plan.proposed,
            answers=plan.proposed_answers,
            source_cursor=case.source_cursor,
            received=case.arrival.received,
            created=job.clock(),
        )
    )


def judged(job: Job, case: Case, outcome: Outcome, record: DraftRecord | None = None) -> JudgedMessage:
    """Say what a message came to; its draft is told only where it stands in the store."""
    stands = record is not None and record.state == "confirmed"
    plan = outcome.plan
    if record is not None and not stands and record.reason:
        plan = replace(plan, reason=f"{plan.reason} No draft was left: {record.reason}.")
    return JudgedMessage(
        account=job.account,
        identity=case.identity,
        received=case.arrival.received,
        message=outcome.message,
        verdict=outcome.verdict,
        facts=outcome.facts,
        plan=plan,
        draft=outcome.draft if stands else None,
        mailbox=record.mailbox if record is not None and stands else None,
        state=record.state if record is not None else None,
    )


def message_record(job: Job, case: Case, plan: Plan) -> MessageRecord:
    """Return what the ledger remembers of a message: nothing of its body, and no subject."""
    reading = case.reading
    return MessageRecord(
        account=job.account,
        identity=case.identity,
        message_id=reading.message.message_id,
        thread_id=case.arrival.thread_id,
        received=case.arrival.received,
        judged=job.clock(),
        label=reading.verdict.label,
        score=reading.verdict.score,
        language=reading.verdict.language,
        stage=reading.verdict.stage,
        kind=reading.verdict.kind,
        company=company_key(reading.facts),
        role=role_key(reading.facts),
        channel=plan.channel,
        intent=plan.intent,
        recipient=plan.recipient,
        reason=plan.reason,
    )
