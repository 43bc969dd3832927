"""A value and where it was read: what facts are made of."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from mailhook.mail.message import Message
from mailhook.verdict.spelling import latin
from mailhook.verdict.verdict import Fact

_PLACEHOLDER = re.compile(
    r"[{}<>\[\]]|\$\w|%\w+%|\b(?:undefined|null|none|nan|n/a|job title|first ?name|insert)\b", re.IGNORECASE
)
_EDGES = " \t\n\"'“”«»„,;:.!?–—-|·*_"


@cache
def tables() -> dict[str, Any]:
    """Read facts.toml, once."""
    return tomllib.loads((files("mailhook.verdict") / "facts.toml").read_text(encoding="utf-8"))


def fact(message: Message, part: str, start: int, end: int, *, value: str | None = None) -> Fact | None:
    """Make a fact of a stretch of a part, less the marks at its edges; None where nothing sensible is left.

    `value` is how the words are written where that differs from the message (a domain's label, shouting).
    """
    text = message.part(part)
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES and not _closes(text, start, end):
        end -= 1
    words = text[start:end] if value is None else value
    if len(words) < 2 or len(words) > 120 or "\n" in words or _PLACEHOLDER.search(words):
        return None
    return Fact(value=calm(words), source=message.message_id, part=part, start=start, end=end)


def _closes(text: str, start: int, end: int) -> bool:
    """Whether the mark at the end belongs to what it closes: a legal form, an initial ("S.p.A.", "Inc."), or a quotation within."""
    last = text[end - 1]
    if last in _QUOTES:
        return any(char in _QUOTES[last] for char in text[start : end - 1])
    return (
        last == "."
        and re.search(r"(?:\b[A-Za-z]\.){2,}\Z|\b(?:Inc|Ltd|Co|Corp|e\.V)\.\Z", text[start:end]) is not None
    )


_QUOTES = {"»": "«", '"': '"', "”": "“„", "“": "„"}


def calm(words: str) -> str:
    """Take the shouting out of words written in capitals only; short ones are abbreviations and stay."""
    letters = [char for char in words if char.isalpha()]
    if len(letters) < 8 or not all(char.isupper() for char in letters if char.lower() != char.upper()):
        return words
    return " ".join(word if len(word) <= 3 else word.capitalize() for word in words.split(" "))


def key(words: str) -> str:
    """Return letters and digits only, in lower case: how names are compared."""
    return "".join(char for char in words.lower().replace("&", "and") if char.isalnum())


@cache
def _employers_words() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    table = tables()["company"]["employers"]
    words, beginnings = ([latin(word) for word in table[name]] for name in ("words", "beginnings"))
    return frozenset(words), tuple(beginnings), tuple(table["anywhere"])


def names_employer(value: str) -> bool:
    """Say whether a name holds a word that employers' names hold: "Hospital", "GmbH", "大学"."""
    return any(is_employers_word(word) for word in value.split()) or any(
        each in f" {value.lower()} " for each in _employers_words()[2]
    )


def is_employers_word(word: str) -> bool:
    """Say whether one word, or a part of it, is one that employers' names hold."""
    words, beginnings, _ = _employers_words()
    return any(
        part in words or part.startswith(beginnings)
        for each in (word, *re.split(r"[-/'’]", word))
        if (part := latin(each))
    )
