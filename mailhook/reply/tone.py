"""The tone check: fifteen ways in which a reply goes wrong, each with where, why, and what to say instead.

It is a gate on everything that mailhook composes, and a help for what the person wrote. The words are data (`tone.toml`); only the
candidate's own text is checked, never the quoted mail.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from mailhook.reply.invented import unknown_dates, unknown_names, unknown_praise
from mailhook.verdict.verdict import Stage

Level = Literal["block", "warn"]
NOT_MET: frozenset[str] = frozenset({"application", "unknown"})
LONGEST = 32_768

_CAPS = re.compile(r"\b[A-ZÄÖÜÀ-ÖØ-Þ]{2,}(?:\s+[A-ZÄÖÜÀ-ÖØ-Þ]{2,})+\b")
_MARKS = re.compile(r"[!?！？]{2,}")
_ELLIPSIS = re.compile(r"…|\.{3,}")
_EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]|(?<!\\S)[:;]-?[)(DP](?!\\S)")
_RESIDUE = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\[(?:your |my |the |ihr |votre |su )?(?:name|company|role|position|date|title|firma|nom|nombre|empresa|unternehmen|stelle|poste|puesto)[^\]\n]{0,30}\]"
    r"|<(?:name|company|role)>|\b(?:dear|hi|hello|hallo|bonjour|hola|liebe[r]?)\s+(?:undefined|none|null|nan)\b|\bundefined\b|\blorem ipsum\b|\bxxx+\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?。！？\n]*(?:[.!?。！？\n]|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneFinding:
    """One thing a reply should not say.

    `id` is T1 to T15, `start` and `end` count the text's characters, `quote` is the text there; `why` completes "this …", and
    `better` is what to write instead. A finding of level `block` keeps a draft from being made.
    """

    id: str
    level: Level
    why: str
    start: int
    end: int
    quote: str
    better: str


def check_tone(
    text: str,
    language: str = "en",
    *,
    stage: Stage | None = None,
    names: Sequence[str] = (),
    thread: str | None = None,
) -> tuple[ToneFinding, ...]:
    """Return what is wrong with a reply's own text, in the order of the text.

    `stage` is how far the application went, None where that is not known: with it, a meeting that never was is found. `names` are words from
    the mailbox (a company, a role) that are not the candidate's and are passed over. `thread` is the text of the conversation: with it,
    dates, names and compliments are found that stand nowhere in it.
    """
    own = text[:LONGEST]
    code = language.lower().split("-")[0]
    plain = _passed_over(_simple(own), names)
    found = [
        *_phrases(plain, own, code),
        *_not_met(plain, own, code, stage),
        *_invented(plain, _passed_over(own, names), own, code, thread),
        *_questions(plain, own, code),
        *_minimisers(plain, own, code),
        *_form(_passed_over(own, names), own, code),
        *(_finding("T15", m.start(), m.end(), own, code) for m in _RESIDUE.finditer(own)),
    ]
    return tuple(sorted(_distinct(found), key=lambda one: (one.start, one.id)))


def blocking(findings: Sequence[ToneFinding]) -> tuple[ToneFinding, ...]:
    """Return the findings that keep a draft from being made."""
    return tuple(one for one in findings if one.level == "block")


def tone_languages() -> tuple[str, ...]:
    """Return the languages whose demands, accusations, threats and pleading are known, sorted."""
    return tuple(sorted(code for code, value in _tables()["T3"].items() if isinstance(value, list)))


def _phrases(plain: str, own: str, code: str) -> Iterator[ToneFinding]:
    for number in (f"T{n}" for n in range(1, 11)):
        yield from _matches(number, plain, own, code)


def _not_met(plain: str, own: str, code: str, stage: Stage | None) -> Iterator[ToneFinding]:
    if stage is not None and stage in NOT_MET:
        yield from _matches("T11", plain, own, code)


def _matches(number: str, plain: str, own: str, code: str) -> Iterator[ToneFinding]:
    """Find a category's patterns; one search for all of them together, which nearly always fails, spares the search for each."""
    together, patterns = _compiled(number, code)
    if patterns and together.search(plain):
        for match in (match for pattern in patterns for match in pattern.finditer(plain)):
            yield _finding(number, match.start(), match.end(), own, code)


def _invented(plain: str, shown: str, own: str, code: str, thread: str | None) -> Iterator[ToneFinding]:
    if thread is None:
        return
    for spans in (
        unknown_dates(shown, thread),
        unknown_names(shown, code, thread),
        unknown_praise(plain, code, _simple(thread)),
    ):
        yield from (_finding("T11", start, end, own, code) for start, end in spans)


def _questions(plain: str, own: str, code: str) -> Iterator[ToneFinding]:
    asked = [sentence for sentence in _SENTENCE.finditer(plain) if sentence[0].endswith(("?", "？"))]
    if len(asked) > 2:
        yield _finding("T10", asked[2].start(), asked[2].end(), own, code)
    opening = _tables()["open_words"].get(code)
    if asked and opening and not any(re.search(opening, question[0]) for question in asked):
        yield _finding("T12", asked[-1].start(), asked[-1].end(), own, code)


def _minimisers(plain: str, own: str, code: str) -> Iterator[ToneFinding]:
    hits = sorted(
        match.span()
        for pattern in _tables()["minimisers"].get(code, ())
        for match in re.finditer(_spaced(pattern), plain)
    )
    if len(hits) >= 2:
        yield _finding("T13", *hits[1], own, code)


def _form(shown: str, own: str, code: str) -> Iterator[ToneFinding]:
    for pattern in (_CAPS, _MARKS, _ELLIPSIS, _EMOJI):
        for match in pattern.finditer(shown):
            yield _finding("T14", match.start(), match.end(), own, code)
    marks = [match.start() for match in re.finditer("[!！]", shown)]
    if len(marks) > 1:
        yield _finding("T14", marks[1], marks[1] + 1, own, code)


def _finding(number: str, start: int, end: int, own: str, code: str) -> ToneFinding:
    row = _tables()[number]
    while start < end and own[start].isspace():
        start += 1
    return ToneFinding(
        id=number,
        level=row["level"],
        why=row["name"],
        start=start,
        end=end,
        quote=own[start:end],
        better=row["better"].get(code, row["better"]["en"]),
    )


def _distinct(found: Sequence[ToneFinding]) -> Iterator[ToneFinding]:
    """Yield each finding once: of two of one kind that overlap, the first."""
    taken: list[ToneFinding] = []
    for one in sorted(found, key=lambda f: (f.start, f.start - f.end)):
        if not any(other.id == one.id and other.start < one.end and one.start < other.end for other in taken):
            taken.append(one)
            yield one


def _simple(text: str) -> str:
    """Return the text in lower case with straight apostrophes and plain spaces, character for character."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter such as İ becomes two
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lowered.translate(
        {0x2019: "'", 0x2018: "'", 0x02BC: "'", 0xA0: " ", 0x202F: " ", 0x0A: " ", 0x09: " "}
    )


def _passed_over(text: str, names: Sequence[str]) -> str:
    """Return the text with every name made of as many dots, so that nothing is found in it."""
    for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
        for form in (name, _simple(name)):
            text = text.replace(form, "·" * len(form))
    return text


@lru_cache(maxsize=256)
def _compiled(number: str, code: str) -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    patterns = [_spaced(pattern) for pattern in _tables()[number].get(code, ())]
    together = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    return together, tuple(re.compile(pattern) for pattern in patterns)


def _spaced(pattern: str) -> str:
    return (
        pattern.replace("’", "'").replace("~", r"[^.!?。]{0,40}?").replace(" ?", r"\s*").replace(" ", r"\s+")
    )


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("mailhook.reply").joinpath("tone.toml").read_text(encoding="utf-8"))
