"""From what a process that reads mail answers to values. It has read what a stranger wrote, and is not to be trusted.

JSON cannot be executed; every value has its type; and every promise that reading gives is held here once more: no control character and no
broken msg-id comes through, wherever it was made.
"""

import math
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from mailhook.errors import Unreadable
from mailhook.mail.header import clean, msg_ids
from mailhook.mail.message import Address, Message
from mailhook.reading.here import Reading, Screened
from mailhook.reading.wire import Ready
from mailhook.verdict.verdict import Facts, Verdict

T = TypeVar("T")

# What may not stand in a text of several lines; `mail.body` takes it out.
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def decode(answer: bytes, kind: type[T]) -> T:
    """Make a value of an answer, with every promise that reading gives held. Raise Unreadable where one is broken."""
    wanted: Any = kind
    try:
        value: T = _adapter(wanted).validate_json(answer)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_context=False, include_input=False)[0]
        raise Unreadable(f"the answer is none ({first['type']})") from None
    _hold(value)
    return value


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _hold(value: object) -> None:
    if isinstance(value, Screened):
        _promise(_FINGERPRINT.fullmatch(value.fingerprint), "fingerprint")
        _hold_ids([value.message_id])
        if value.message is not None:
            _hold_message(value.message)
    elif isinstance(value, Reading):
        _hold_verdict(value.verdict, value.message)
        _hold_facts(value.facts)
        for message in (value.message, *value.conversation):
            _hold_message(message)
    elif isinstance(value, Message):
        _hold_message(value)
    elif isinstance(value, Ready):
        _hold_lines(value.protection)


def _hold_message(message: Message) -> None:
    _promise(_FINGERPRINT.fullmatch(message.fingerprint), "fingerprint")
    _hold_ids([message.message_id, *message.in_reply_to, *message.references])
    lists = (message.from_, message.reply_to, message.to, message.cc)
    for address in (each for some in lists for each in some):
        _hold_address(address)
    if message.sender is not None:
        _hold_address(message.sender)
    _hold_lines([message.subject, *message.delivered_to, message.content_type, *message.defects])
    _hold_lines(text for pair in message.header_fields for text in pair)
    _hold_lines(text for each in message.attachments for text in (each.filename, each.content_type))
    for text in (message.text, message.quoted, message.signature, message.footer, message.original):
        _promise(not _NOT_IN_TEXT.search(text), "text")
    _promise(message.date is None or message.date.tzinfo is not None, "date")
    _promise(message.size >= 0, "size")


def _hold_address(address: Address) -> None:
    _hold_lines([address.name, address.address])


def _hold_ids(ids: Sequence[str | None]) -> None:
    for one in ids:
        _promise(one is None or msg_ids(f"<{one}>") == (one,), "msg-id")


def _hold_lines(texts: Iterable[str]) -> None:
    for text in texts:
        _promise(text.isprintable() or clean(text) == text.strip(), "line")


def _hold_verdict(verdict: Verdict, message: Message) -> None:
    _promise(math.isfinite(verdict.score), "score")
    _promise(_LANGUAGE.fullmatch(verdict.language), "language")
    _hold_lines(verdict.cues)
    for each in verdict.evidence:
        _promise(math.isfinite(each.weight), "weight")
        _hold_lines([each.rule])
        _promise(each.quote == _stretch(message, each.part, each.start, each.end), "quote")


def _stretch(message: Message, part: str, start: int, end: int) -> str:
    try:
        return message.part(part)[start:end] if 0 <= start <= end else ""
    except KeyError:
        return ""


def _hold_facts(facts: Facts) -> None:
    for fact in (facts.company, facts.role, facts.requisition, facts.recruiter, facts.candidate):
        if fact is not None:
            _hold_lines([fact.value, fact.part])
            _hold_ids([fact.source])


def _promise(held: object, what: str) -> None:
    if not held:
        raise Unreadable(f"the answer breaks a promise ({what})")
