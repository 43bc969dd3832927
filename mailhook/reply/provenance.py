"""What the messages of a conversation say in so many words: a name that stands in none of them is in no answer."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from mailhook.mail.message import Message
from mailhook.verdict.verdict import Fact

_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "\u00ad": None, "\u200b": None, "\ufeff": None})
_JOINS = ("&", "+")


def readable(messages: Iterable[Message]) -> str:
    """Return everything that a person can read in these messages, each part on a line of its own: subjects, display names, texts, invitations."""
    parts: list[str] = []
    for message in messages:
        parts += (message.subject, *(address.name for address in message.from_))
        parts += (message.text, message.original, message.signature, message.footer, message.quoted)
        parts += (re.sub(r"\r?\n[ \t]", "", calendar) for calendar in message.calendars)
    return "\n".join(part for part in parts if part)


def stands_in(value: str, text: str) -> bool:
    """Say whether a name stands in a text in the same letters and as whole words, and not as a piece of a longer name such as "Tallis & Grove"."""
    name, known = _plain(value), _plain(text)
    return bool(name) and any(
        _whole(known, match.start(), match.end()) for match in re.finditer(re.escape(name), known)
    )


def is_told(fact: Fact, messages: Sequence[Message]) -> bool:
    """Say whether a fact stands literally in the conversation, or in that header field of its own message which it was read from."""
    if stands_in(fact.value, readable(messages)):
        return True
    return fact.part.startswith("header:") and any(
        stands_in(fact.value, message.part(fact.part))
        for message in messages
        if message.message_id == fact.source
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).translate(_STRAIGHT).split())


def _whole(text: str, start: int, end: int) -> bool:
    before, after = text[:start], text[end:]
    if (before and _same_word(before[-1], text[start])) or (after and _same_word(text[end - 1], after[0])):
        return False
    joined = before.rstrip().endswith(_JOINS) or after.lstrip().startswith(_JOINS)
    return not joined and not re.search(r"\w-$", before[-2:])


def _same_word(left: str, right: str) -> bool:
    """Say whether two neighbouring characters belong to one word. Scripts without spaces have no such border, and none runs on into Latin letters."""
    return left.isalnum() and right.isalnum() and not (_unspaced(left) or _unspaced(right))


def _unspaced(character: str) -> bool:
    return unicodedata.east_asian_width(character) == "W"
