"""From what was read to a plan and a draft: the pure way that `scan` and `explain` both go."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailhook.mail.message import Message
from mailhook.mail.origin import origin
from mailhook.mail.parse import parse
from mailhook.reading.here import Reading, ReadsHere
from mailhook.reply.build import build_draft, reply_address
from mailhook.reply.compose import Text, compose
from mailhook.reply.draft import Draft
from mailhook.reply.plan import Gate, History, Plan, answered_message, make_plan
from mailhook.reply.settings import ReplySettings
from mailhook.verdict.verdict import Facts, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a message comes to: its verdict, what to do about it and why, and the draft, where one is called for."""

    message: Message
    verdict: Verdict
    facts: Facts
    plan: Plan
    text: Text | None = None
    draft: Draft | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader(ReadsHere):
    """What judging and answering depend on besides the mail: the judge, the person, and what they have set."""

    reply: ReplySettings = field(default_factory=ReplySettings)
    never_answer: tuple[str, ...] = ()
    authserv_id: str | None = None

    def plan(self, reading: Reading, *, history: History, now: datetime) -> Plan:
        """Decide what to do about a message, and why."""
        message = reading.message
        plan = make_plan(
            message,
            reading.verdict,
            reading.facts,
            me=self.me,
            origin=origin(message, authserv_id=self.authserv_id),
            conversation=reading.conversation,
            history=history,
            settings=self.reply,
            now=now,
        )
        return self._unless_never(plan, message)

    def _unless_never(self, plan: Plan, message: Message) -> Plan:
        """Take back a plan to answer a sender whom the person never wants to answer."""
        never = {entry.lower().removeprefix("@") for entry in self.never_answer}
        reached = {a.address.lower() for a in (*message.from_, *message.reply_to)} | {plan.recipient or ""}
        named = sorted(a for a in reached if a in never or a.rpartition("@")[2] in never)
        if not named:
            return plan
        reason = f"You never answer {named[0]} ([verdict] never_answer)."
        return replace(
            plan,
            channel="none",
            intent="none",
            recipient=None,
            proposed=None,
            proposed_answers=None,
            reason=reason,
            gates=(*plan.gates, Gate(name="never_answer", closed=True, reason=reason)),
        )

    def answer(self, reading: Reading, plan: Plan, *, tuid: str, now: datetime) -> Outcome:
        """Compose what the plan calls for, and build the draft whose msg-id begins with `tuid`."""
        answered = answered_message(plan, reading.message, reading.conversation)
        text = compose(
            plan,
            reading.message,
            reading.verdict,
            reading.facts,
            me=self.me,
            conversation=reading.conversation,
            settings=self.reply,
        )
        draft = None
        if text is not None:
            message_id = f"{tuid}@{reply_address(answered, self.me).rpartition('@')[2].lower()}"
            draft = build_draft(plan, text, answered, me=self.me, message_id=message_id, now=now)
        return Outcome(
            message=reading.message,
            verdict=reading.verdict,
            facts=reading.facts,
            plan=plan,
            text=text,
            draft=draft,
        )


def consider(
    raw: bytes,
    reader: Reader,
    *,
    tuid: str,
    now: datetime,
    size: int | None = None,
    conversation: Sequence[Message] = (),
    history: History = History(),  # noqa: B008  (frozen)
) -> Outcome:
    """Go the whole way with one message, and touch nothing."""
    reading = reader.judged(parse(raw, size=size), conversation)
    plan = reader.plan(reading, history=history, now=now)
    return reader.answer(reading, plan, tuid=tuid, now=now)
