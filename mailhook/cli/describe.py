"""One judged message in words: what it says and why, what to answer and why, the draft in full."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mailhook.cli.show import clean, clean_line

if TYPE_CHECKING:
    from rich.text import Text

    from mailhook.mail.message import Message
    from mailhook.reply.draft import Draft
    from mailhook.reply.plan import Plan
    from mailhook.verdict.verdict import Evidence, Fact, Facts, Verdict

LABEL_STYLES = {"rejection": "red", "uncertain": "yellow", "other": "dim"}


def with_evidence(text: str, part: str, evidence: "Sequence[Evidence]") -> "Text":
    """Return a part of a message with its evidence marked in place: red speaks for a rejection, green against one."""
    from rich.text import Text

    # One character for each: the places of the evidence stay true.
    shown = Text(clean(text))
    for each in sorted(evidence, key=lambda each: abs(each.weight)):
        if each.part == part:
            shown.stylize(_style(each.weight), each.start, each.end)
    return shown


def _style(weight: float) -> str:
    if weight > 0:
        return "bold white on red"
    return "bold black on green" if weight < 0 else "underline"


def verdict_lines(verdict: "Verdict") -> Iterator[str]:
    """Yield the verdict, then each piece of evidence with its weight; their sum is the score."""
    words = [f"verdict: {verdict.label} (score {verdict.score:g})", f"language {verdict.language}"]
    if verdict.label != "other":
        words.append(f"stage {verdict.stage}")
    if verdict.kind:
        words.append(f"kind {verdict.kind.replace('_', ' ')}")
    yield ", ".join(words)
    for each in verdict.evidence:
        place = "all words, most of all in this" if each.is_of_all_words else f"in the {each.part}"
        yield f'  {each.weight:+5.1f}  {each.rule} {place}: "{clean_line(each.quote)}"'


def fact_lines(facts: "Facts", own: str | None) -> Iterator[str]:
    """Yield each fact and where it was read."""
    for name in ("company", "role", "requisition", "recruiter", "candidate"):
        fact: Fact | None = getattr(facts, name)
        if fact is not None:
            where = _PARTS.get(fact.part) or fact.part.removeprefix("header:").capitalize()
            message = "" if fact.source in (None, own) else f" of <{clean_line(str(fact.source))}>"
            yield f"{name}: {clean_line(fact.value)} (from its {where}{message})"


_PARTS = {part: part for part in ("text", "subject", "signature", "footer", "html")} | {
    "quoted": "quoted mail",
    "from": "From",
}


def plan_lines(plan: "Plan") -> Iterator[str]:
    """Yield how the answer goes, to whom and why, and the gates that were tried."""
    if plan.intent == "none":
        yield f"answer: none. {clean_line(plan.reason)}"
    else:
        to = f" to {clean_line(plan.recipient)}" if plan.recipient else ""
        yield f"answer: {plan.intent.replace('_', ' ')} by {plan.channel}{to}. {clean_line(plan.reason)}"
    if plan.proposed:
        yield f"proposed: ask {clean_line(plan.proposed)} instead"
    if plan.suggested_send:
        yield f"best sent: {plan.suggested_send:%A %d %B, %H:%M %Z}"
    if plan.stale_after:
        yield f"stale after: {plan.stale_after:%A %d %B}"
    for gate in plan.gates:
        if gate.closed:
            yield f"gate closed: {gate.name}. {clean_line(gate.reason)}"
    if passed := [gate.name for gate in plan.gates if not gate.closed]:
        yield f"gates passed: {', '.join(passed)}"


def draft_lines(draft: "Draft") -> Iterator[str]:
    """Yield the draft as its reader will see it: header, attachments, text; quoted mail is only mentioned."""
    from mailhook.mail.parse import parse

    whole = parse(draft.raw)
    yield f"To: {clean_line(draft.recipient) if draft.recipient else '(nobody: this draft cannot be sent by accident)'}"
    yield f"Subject: {clean_line(draft.subject)}"
    for each in whole.attachments:
        yield f"Attached: {clean_line(each.filename or each.content_type)}"
    yield ""
    yield from clean(draft.text).rstrip("\n").split("\n")
    if whole.quoted:
        yield ""
        yield "[below it, their message is quoted]"


def head_lines(message: "Message") -> Iterator[str]:
    """Yield who wrote, when, and about what."""
    yield f"From: {clean_line(message.part('from')) or '(nobody)'}"
    if message.date:
        yield f"Date: {message.date:%Y-%m-%d %H:%M %z}"
    yield f"Subject: {clean_line(message.subject)}"
