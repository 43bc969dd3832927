"""What a text says of its own: names, dates and compliments that no message of the conversation holds. How they look in a language is data (`invented.toml`)."""

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

Span = tuple[int, int]

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*")
# What a capital may follow without a name: the end of a sentence, a mark, or a name that is passed over and may have ended one ("Ginestra S.p.A.").
_OPENS = re.compile(r"(?:^|[.!?:;…\n\"“”„«»「」『』()\[\]–—•*|·-])\s*$")
_DATE = re.compile(
    r"\b(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|[12]\d|3[01])(?:[./-]\d{2,4})?\b(?![./:-]?\d)|\d{1,2}月\s?\d{1,2}[日号號]|\d{1,2}월\s?\d{1,2}일|\b\d{1,2}(?:\.|er|[º°])? (?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|"
    r"januari|februari|maart|mei|augustus|augusti|marts|maj|desember|gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre|"
    r"stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia|"
    r"ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|"
    r"de (?:janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro)|"
    r"de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre))\b",
    re.IGNORECASE,
)
_CONTENT = re.compile(r"[^\W\d_]{4,}")


def unknown_dates(text: str, thread: str) -> Iterator[Span]:
    """Yield where a text names a date that stands nowhere in the thread."""
    known = " ".join(thread.lower().split())
    for match in _DATE.finditer(text):
        if " ".join(match[0].lower().split()) not in known:
            yield match.span()


def unknown_names(text: str, code: str, thread: str) -> Iterator[Span]:
    """Yield where a text names a person or a company that stands nowhere in the thread, as far as a language shows what is a name.

    The first word of a sentence or a line tells nothing and is passed over, unless what stands beside it makes it a name.
    """
    known = {word.casefold().removesuffix("'s") for word in _WORD.findall(thread.replace("’", "'"))}
    for start, end in sorted({*_by_capital(text, code), *_by_neighbours(text, code)}):
        word = text[start:end].replace("’", "'").casefold()
        if word.removesuffix("'s") not in known and text[start:end] not in thread:
            yield start, end


def unknown_praise(plain: str, code: str, thread: str) -> Iterator[Span]:
    """Yield where a text (in lower case) praises a thing of which no word stands in the thread."""
    known = thread.lower()
    for pattern in _praise(code):
        for match in pattern.finditer(plain):
            words = _CONTENT.findall(match["what"])
            if not any(word in known for word in words or (match["what"].strip(),)):
                yield match.span()


def _by_capital(text: str, code: str) -> Iterator[Span]:
    allowed = _tables()["capitals"].get(code)
    if allowed is None:
        return
    spaced = code not in {"ja", "ko", "zh"}  # there a Latin capital is a name wherever it stands
    for match in (_WORD if spaced else _LATIN_WORD).finditer(text):
        word = match[0].rstrip("'’-")
        if not word[0].isupper() or re.split("['’]", word)[0] in allowed:
            continue
        if not (spaced and _OPENS.search(text[: match.start()][-6:])):
            yield match.start(), match.start() + len(word)


def _by_neighbours(text: str, code: str) -> Iterator[Span]:
    none = _tables()["no_names"].get(code, ())
    for pattern in _tables()["names"].get(code, ()):
        for match in re.finditer(pattern, text, re.MULTILINE):
            if match[1].casefold() not in none:
                yield match.span(1)


@lru_cache(maxsize=32)
def _praise(code: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(pattern.replace("’", "'").replace(" ", r"\s+"))
        for pattern in _tables()["praise"].get(code, ())
    )


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("mailhook.reply").joinpath("invented.toml").read_text(encoding="utf-8"))
