"""`mailhook explain`: what a message says, why, and what would be answered; touches nothing."""

import hashlib
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailhook.cli.options import ConfigOption, JsonOption, load_config_if_any
from mailhook.cli.show import clean_line, console, json_line, line, paragraph
from mailhook.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from mailhook.config import Config
    from mailhook.mail.message import Me, Message
    from mailhook.scan.consider import Outcome
    from mailhook.verdict.judge import Judge

# More than any text is read of one message; attachments beyond it cannot change the verdict.
_LARGEST = 8 * 1024 * 1024


def explain(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Raw messages (.eml), or - for standard input. Messages of one thread given together are read as one conversation.",
            show_default=False,
        ),
    ],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show the verdict on a message with its evidence, the facts, the plan, and the draft as it would be written.

    Works without a configuration; then you are whom the message is addressed to. Touches nothing.

    \b
    Examples:
      mailhook explain rejection.eml
      mailhook explain - < rejection.eml
      mailhook explain *.eml --json
    """
    from mailhook.mail.parse import parse
    from mailhook.verdict.judge import Judge

    raws = [(name, _read(name)) for name in files]
    settings = load_config_if_any(context, config)
    judge = Judge(settings.verdict.phrases if settings else ())
    messages = [parse(raw) for _, raw in raws]
    out = console()
    for number, ((name, raw), message) in enumerate(zip(raws, messages, strict=True)):
        others = messages[:number] + messages[number + 1 :]
        outcome = _consider(raw, message, others, judge, settings)
        if as_json:
            from mailhook.cli.record import record

            json_line(
                record(outcome.message, outcome.verdict, outcome.facts, outcome.plan, draft=outcome.draft)
            )
        else:
            if number:
                line()
            _print(name, outcome, out)


def _read(name: str) -> bytes:
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(_LARGEST)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(_LARGEST)
    except OSError as exc:
        raise UsageError(
            f"{name} cannot be read ({exc.strerror}); give the path of a raw message, or - for standard input"
        ) from exc
    if not raw.strip():
        raise UsageError(f"{'standard input' if name == '-' else name} is empty; give a raw message")
    return raw


def _consider(
    raw: bytes, message: "Message", others: "Sequence[Message]", judge: "Judge", settings: "Config | None"
) -> "Outcome":
    from mailhook.reply.settings import ReplySettings
    from mailhook.scan.consider import Reader, consider

    reader = Reader(
        judge=judge,
        me=settings.me if settings else _addressee(message),
        reply=settings.reply if settings else ReplySettings(),
        never_answer=settings.verdict.never_answer if settings else (),
    )
    return consider(
        raw,
        reader,
        tuid=hashlib.sha256(message.fingerprint.encode()).hexdigest()[:32],
        now=datetime.now(UTC),
        conversation=list(_conversation(message, others)),
    )


def _conversation(message: "Message", others: "Sequence[Message]") -> "Iterator[Message]":
    """Yield, of the other messages, those of this one's conversation, as a store would give them."""
    thread = _ids(message)
    for other in others:
        if thread & _ids(other) and other.fingerprint != message.fingerprint:
            yield other


def _ids(message: "Message") -> set[str]:
    return {*message.in_reply_to, *message.references, *filter(None, [message.message_id])}


def _addressee(message: "Message") -> "Me":
    """Take the person to be whom the message is addressed to."""
    from mailhook.mail.message import Me

    to = next(iter(message.to), None)
    addresses = tuple(dict.fromkeys([*message.delivered_to, *(each.address for each in message.to)]))
    if to is not None and to.name:
        return Me(name=to.name, addresses=addresses)
    local = addresses[0].partition("@")[0].partition("+")[0] if addresses else ""
    return Me(name=" ".join(word.capitalize() for word in local.split(".")), addresses=addresses)


def _print(name: str, outcome: "Outcome", out: "Console") -> None:
    from rich.text import Text

    from mailhook.cli import describe

    message, verdict = outcome.message, outcome.verdict
    out.rule(Text(clean_line(name), "bold"), align="left", style="")
    for each in describe.head_lines(message):
        paragraph(each)
    line()
    paragraph(describe.with_evidence(message.text, "text", verdict.evidence))
    line()
    for each in describe.verdict_lines(verdict):
        paragraph(each)
    if verdict.label != "other":
        for each in describe.fact_lines(outcome.facts, message.message_id):
            paragraph(each)
    for each in describe.plan_lines(outcome.plan):
        paragraph(each)
    if outcome.draft is not None:
        line()
        out.rule("the draft", align="left", style="dim")
        for each in describe.draft_lines(outcome.draft):
            paragraph(each)
    elif outcome.text is None and outcome.plan.intent != "none":
        paragraph("no draft: nothing could be composed")
