"""What arrived since the last pass, oldest first: screened, judged, answered. The cursor moves only past what was handled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from mailhook.connector import Arrival
from mailhook.errors import CursorExpired, Unreadable
from mailhook.ledger.records import MessageRecord
from mailhook.mail.message import Message
from mailhook.reading.here import Screened
from mailhook.reply.plan import Plan
from mailhook.scan.answer import Case, answer, judged, mail_of, message_record, plan_answer, study
from mailhook.scan.consider import Outcome
from mailhook.scan.crash import crash_point
from mailhook.scan.job import LEASE_SECONDS, Job, Tally
from mailhook.scan.report import JudgedMessage
from mailhook.scan.suspicion import TRIES, Suspicion, key_of
from mailhook.scan.write import Pen
from mailhook.verdict.verdict import Facts, Verdict

BATCH = 100
# The store's clock may go behind ours; mail is rather looked at than lost.
_CLOCKS_DIFFER = timedelta(minutes=15)
_RENEW_AFTER = timedelta(seconds=LEASE_SECONDS / 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Screened:
    """A message quickly read, its identity, and the cursor before it."""

    arrival: Arrival
    before: str
    identity: str
    screened: Screened


class Arrivals:
    """The new messages of one account, on one connection."""

    def __init__(self, job: Job, pen: Pen, tally: Tally) -> None:
        self._job = job
        self._pen = pen
        self._tally = tally
        self._mailbox = pen.mailbox
        self._suspicion = Suspicion(job.ledger, job.account, job.reading, job.reader)
        self._oldest: datetime | None = None  # nothing received before it is looked at
        self._newest: datetime | None = None
        self._waiting: list[tuple[Case, Plan]] = []
        self._records: list[MessageRecord] = []
        self._seen: set[str] = set()
        self._safe: str | None = None  # the cursor behind the last message up to which all are handled
        self._saved: str | None = None
        self._renewed = job.clock()

    def handle(self) -> None:
        """Handle them all; where the store has forgotten the cursor, begin again from the last handled date."""
        try:
            self._walk(self._begin())
        except CursorExpired:
            self._walk(self._begin_again())

    def _begin(self) -> str:
        """Return the cursor to read from; a first run begins now, unless it was asked to read back."""
        job = self._job
        found = job.ledger.account(job.account)
        if job.since is None and found is not None:
            self._saved = found.cursor
            return found.cursor
        cursor = self._mailbox.start(job.since)
        job.ledger.begin_account(job.account, cursor, begun=job.since or job.clock())
        if job.since is None:
            self._tally.note(
                "first-run",
                f"this is the first scan of {job.account}: it looks at what arrives from now on; "
                f"for earlier mail type: mailhook scan --account {job.account} --since 30d",
            )
        return cursor

    def _begin_again(self) -> str:
        job = self._job
        found = job.ledger.account(job.account)
        assert found is not None, "an account is begun before it is read"
        back_to = job.since or (found.handled or found.begun) - timedelta(days=1)
        self._oldest = found.begun - _CLOCKS_DIFFER
        self._waiting.clear()
        # What waited for its answer is to be taken again.
        self._seen = {each.identity for each in self._records}
        self._safe = self._saved = None
        self._tally.note(
            "cursor-expired",
            f"the mailboxes of {job.account} were renumbered; mail since {back_to:%Y-%m-%d} is looked through again, "
            "and nothing is drafted twice",
        )
        return self._mailbox.start(back_to)

    def _walk(self, cursor: str) -> None:
        before = cursor
        for batch in self._batches(self._mailbox.arrived(cursor)):
            self._handle(batch, before)
            before = batch[-1].cursor
            self._save()
            if self._job.since is not None:
                self._answer_waiting(behind=before)
                self._save()
            if self._tally.too_many or self._job.stop():
                return
        self._answer_waiting(behind=self._mailbox.cursor_after(cursor))
        if not self._waiting:
            self._save(handled=self._newest)

    def _batches(self, arrivals: Iterator[Arrival]) -> Iterator[list[Arrival]]:
        """Yield what arrived in batches. The first message notes that a pass has begun, or finds that one has died."""
        first = next(arrivals, None)
        if first is None:
            return
        self._job.reading.begin()
        if self._tally.careful is None:
            self._tally.careful = self._job.ledger.begin_reading(self._job.account, self._job.clock())
        if self._tally.careful:
            self._suspicion.after_a_death(self._job.clock())
        rest = chain([first], arrivals)
        while batch := list(islice(rest, BATCH)):
            yield batch

    def _save(self, *, handled: datetime | None = None) -> None:
        """Put what was judged on disk, and the cursor as far as everything before it is handled."""
        job, now = self._job, self._job.clock()
        if now - self._renewed >= _RENEW_AFTER:
            job.ledger.renew(self._pen.lease, now=now, seconds=LEASE_SECONDS)
            self._renewed = now
        moved = self._safe if self._safe != self._saved else None
        if moved is None and not self._records and handled is None:
            return
        crash_point(7)
        job.ledger.advance(job.account, moved, handled=handled, messages=self._records)
        crash_point(8)
        self._records.clear()
        self._saved = self._safe

    # --- one batch -----------------------------------------------------------------------------------

    def _handle(self, batch: list[Arrival], before: str) -> None:
        screened = list(self._screen(batch, before))
        known = self._job.ledger.known(self._job.account, [each.identity for each in screened])
        for each in screened:
            if each.identity in known or each.identity in self._seen:
                self._tally.known += 1
            else:
                self._seen.add(each.identity)
                self._take(each)
                if self._tally.too_many:
                    return
            if not self._waiting:
                self._safe = each.arrival.cursor

    def _screen(self, batch: list[Arrival], before: str) -> Iterator[_Screened]:
        cursors = [before, *(arrival.cursor for arrival in batch)]
        wanted = [each for each in zip(batch, cursors, strict=False) if self._is_to_be_read(each[0])]
        screened = self._job.reading.screen(
            [mail_of(arrival) for arrival, _ in wanted], whole=self._job.others
        )
        for (arrival, behind), seen in zip(wanted, screened, strict=True):
            self._count()
            if seen is None:
                self._suspicion.convict(arrival)
                self._leave_alone(arrival)
                continue
            yield _Screened(
                arrival=arrival,
                before=behind,
                identity=arrival.durable_id or seen.fingerprint,
                screened=seen,
            )

    def _is_to_be_read(self, arrival: Arrival) -> bool:
        too_old = self._oldest is not None and arrival.received < self._oldest
        if too_old or self._suspicion.is_left_alone(arrival):
            self._count()
            return False
        if self._suspicion.convicts(arrival, self._job.clock()):
            self._count()
            self._leave_alone(arrival)
            return False
        self._newest = max(self._newest or arrival.received, arrival.received)
        return True

    def _count(self) -> None:
        self._tally.read += 1
        self._job.progress(self._tally.read)

    def _leave_alone(self, arrival: Arrival) -> None:
        """Tell of a message that nobody could read."""
        reason = (
            f"a message received on {arrival.received:%Y-%m-%d %H:%M} in {arrival.mailbox} could not be read in "
            f"{TRIES} tries and is left alone; look at it yourself"
        )
        self._tally.note("message-quarantined", reason, needs_person=True)
        unread = JudgedMessage(
            account=self._job.account,
            identity=key_of(arrival),
            received=arrival.received,
            message=Message(),
            verdict=Verdict(label="uncertain", score=0.0),
            facts=Facts(),
            plan=_nothing(None, reason),
        )
        self._tally.hear(unread)

    def _take(self, each: _Screened) -> None:
        """Judge a message that was never judged: most are clearly something else; what calls for a draft waits."""
        if not each.screened.candidate:
            self._take_other(each)
            return
        try:
            case = study(self._job, self._mailbox, each.arrival, each.identity, each.before)
        except Unreadable:
            self._suspicion.convict(each.arrival)
            self._leave_alone(each.arrival)
            return
        plan = plan_answer(self._job, case)
        if plan.proposed is None and (plan.channel == "none" or plan.intent == "none"):
            reading = case.reading
            outcome = Outcome(
                message=reading.message, verdict=reading.verdict, facts=reading.facts, plan=plan
            )
            self._records.append(message_record(self._job, case, plan))
            self._tally.hear(judged(self._job, case, outcome))
            return
        self._waiting.append((case, plan))
        self._stop_where_too_many()

    def _take_other(self, each: _Screened) -> None:
        job, message = self._job, each.screened.message
        self._records.append(
            MessageRecord(
                account=job.account,
                identity=each.identity,
                message_id=each.screened.message_id,
                thread_id=each.arrival.thread_id,
                received=each.arrival.received,
                judged=job.clock(),
                label="other",
            )
        )
        if message is not None:
            other = JudgedMessage(
                account=job.account,
                identity=each.identity,
                received=each.arrival.received,
                message=message,
                verdict=Verdict(label="other", score=0.0),
                facts=Facts(),
                plan=_nothing(message.message_id, "Nothing in it speaks of a rejection."),
            )
            self._tally.hear(other)

    # --- what calls for a draft ------------------------------------------------------------------------

    def _stop_where_too_many(self) -> None:
        """Stop and ask where a pass that nobody asked to read back would make more drafts than is believable."""
        job, most = self._job, self._job.reader.reply.max_per_pass
        news = {case.news for case, plan in self._waiting if plan.intent != "none"}
        if job.since is not None or len(news) <= most:
            return
        first = min(case.arrival.received for case, _ in self._waiting)
        self._tally.too_many = True
        self._tally.note(
            "too-many-drafts",
            f"more than {most} drafts would be made for {job.account} at once, which looks wrong, so none was; see them with: "
            f"mailhook scan --account {job.account} --since {first:%Y-%m-%d} --dry-run, and make them with the same command without --dry-run",
            needs_person=True,
        )

    def _answer_waiting(self, *, behind: str) -> None:
        """Answer what waits, unless the pass is to end; then it is read again by the next."""
        order = _answerable_first(self._waiting)
        while order:
            if self._tally.too_many or self._job.stop():
                return
            answer(self._job, self._pen, order.pop(0), self._tally)
        self._waiting.clear()
        self._safe = behind


def _answerable_first(waiting: list[tuple[Case, Plan]]) -> list[Case]:
    """Keep the order, but of messages with the same news put those that can be answered first, so that one of them gets the draft."""
    groups: dict[tuple[str | None, ...], list[tuple[Case, Plan]]] = {}
    for case, plan in waiting:
        groups.setdefault(case.news, []).append((case, plan))
    return [
        case
        for group in groups.values()
        for case, _ in sorted(group, key=lambda each: each[1].recipient is None)
    ]


def _nothing(answers: str | None, reason: str) -> Plan:
    return Plan(channel="none", intent="none", recipient=None, answers=answers, reason=reason)
