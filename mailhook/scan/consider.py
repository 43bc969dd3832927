"""From a message's bytes to its verdict, plan and draft: the pure way that `scan` and `explain` both go.

A message is screened on quickly read text first. Only what passes is read carefully, and only what is then not clearly
something else is worth asking the store for the rest of its conversation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailhook.mail.message import Me, Message
from mailhook.mail.origin import origin
from mailhook.mail.parse import parse
from mailhook.reply.build import build_draft, reply_address
from mailhook.reply.compose import Text, compose
from mailhook.reply.draft import Draft
from mailhook.reply.plan import Gate, History, Plan, answered_message, make_plan
from mailhook.reply.settings import ReplySettings
from mailhook.verdict.facts import read_facts
from mailhook.verdict.judge import Judge
from mailhook.verdict.verdict import Facts, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message as it was read and judged, with the conversation it stands in."""

    message: Message
    verdict: Verdict
    facts: Facts = field(default_factory=Facts)
    conversation: tuple[Message, ...] = ()


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
class Reader:
    """What judging and answering depend on besides the mail: the judge, the person, and what they have set."""

    judge: Judge
    me: Me
    reply: ReplySettings = field(default_factory=ReplySettings)
    never_answer: tuple[str, ...] = ()
    authserv_id: str | None = None

    def screen(self, raw: bytes, *, size: int | None = None) -> tuple[Message, bool]:
        """Read a message quickly, and say whether it could be a rejection at all."""
        message = parse(raw, careful=False, size=size)
        return message, self.judge.screen(message)

    def read(self, raw: bytes, *, size: int | None = None, conversation: Sequence[Message] = ()) -> Reading:
        """Read a message carefully and judge it, with the conversation where it is known."""
        return self.judged(parse(raw, size=size), conversation)

    def judged(self, message: Message, conversation: Sequence[Message]) -> Reading:
        """Judge a message that was read carefully."""
        verdict = self.judge.judge(message, conversation=conversation, me=self.me)
        facts = read_facts(message, verdict, conversation=conversation, me=self.me)
        return Reading(message=message, verdict=verdict, facts=facts, conversation=tuple(conversation))

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
    reading = reader.read(raw, size=size, conversation=conversation)
    plan = reader.plan(reading, history=history, now=now)
    return reader.answer(reading, plan, tuid=tuid, now=now)
