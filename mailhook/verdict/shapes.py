"""The lexicon as values: what a language file holds, and how it is read.

A language is one file, `lexicon/<code>.toml`; `lexicon/README.md` tells how to write one. The files are plain TOML
(a test reads each with `tomllib` and compares), but they have to be there within milliseconds of the first message, so
they are read here line by line: only what judging needs, not the sentences that the rows are tested with, and each file
when its language is first met.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from mailhook.verdict.verdict import Kind

# What a shape of each class weighs in points, if its row does not say. The judge says what the classes mean.
CLASSES: dict[str, float] = {
    # a decision
    "strong": 4.0,
    "likely": 2.5,
    "weak": 0.5,
    # what takes a decision back, in its own clause
    "conditional": 0.0,
    "unless": 0.0,
    "negating": 0.0,
    "someone_else": 0.0,
    # what speaks against a decision, anywhere in the message
    "acknowledgement": -0.5,
    "undecided": -1.5,
    "reserve": 0.0,
    "next_step": -2.0,
    "offer": -4.0,
    "incomplete": -4.0,
    "withdrawal": -6.0,
    # what the message is about
    "job": 1.0,
    "foreign": 1.0,
    # how far the application had come
    "stage.application": 1.0,
    "stage.screen": 1.0,
    "stage.assessment": 1.0,
    "stage.interview": 1.0,
    "stage.final": 1.0,
    # what the answer depends on
    "no_inquiry": 0.0,
    "no_feedback": 0.0,
    "feedback_offered": 0.0,
    "feedback_given": 0.0,
    "unmonitored": 0.0,
}
DECISION = frozenset({"strong", "likely", "weak"})
# What can make a message anything but `other`: searched for in every language at once.
TELLING = DECISION | {"reserve"}

Boundaries = str  # "both", "start" or "none": where a pattern has to meet the edge of a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One row of the lexicon: a way of saying something. `name` is `<language>.<id>`; `weight` is in points; `part` names the one it counts in, if not all."""

    name: str
    language: str
    role: str
    pattern: str
    weight: float
    kind: Kind | None = None
    part: str | None = None
    boundaries: Boundaries = "both"
    gap: int = 60
    fragments: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactShape:
    """One way of naming the role, the company or a person; `part` is `text` or `subject`."""

    name: str
    language: str
    part: str
    pattern: str
    boundaries: Boundaries = "both"
    gap: int = 60
    fragments: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language file: its shapes, and the words by which its texts are read."""

    code: str
    shapes: tuple[Shape, ...]
    facts: tuple[FactShape, ...]
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)


_ROW = re.compile(r"^\[\[(shape|fact)\]\]\s*$|^\[(fragments|words)\]\s*$", re.MULTILINE)
_PAIR = re.compile(
    r"""^([a-z_]+) *= *(?:'''(.*?)'''|'([^'\n]*)'|("(?:[^"\\\n]|\\.)*")|(\[[^\]]*\])|([-+0-9.]+)) *(?:\#.*)?$""",
    re.MULTILINE,
)
_FRAGMENT = re.compile(r"(?<!\?P)<([a-z_]+)>")
_OPEN = re.compile(r"(?<!\\)\((?!\?)")


def _pairs(block: str) -> dict[str, str]:
    """Read the keys of one table; a list is returned as written."""
    return {
        key: literal or single or (json.loads(basic) if basic else bracket or number)
        for key, literal, single, basic, bracket, number in _PAIR.findall(block)
    }


def _list(written: str) -> tuple[str, ...]:
    return tuple(json.loads(re.sub(r",\s*\]$", "]", written)))


def expand(pattern: str, fragments: Mapping[str, str], within: frozenset[str] = frozenset()) -> str:
    """Put the named fragments into a pattern, each as a group. Raise ValueError for one that is not defined or holds itself."""
    if "<" not in pattern:
        return pattern

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name in within or name not in fragments:
            raise ValueError(f"the fragment <{name}> is not defined, or holds itself")
        return f"(?:{expand(fragments[name], fragments, within | {name})})"

    return _FRAGMENT.sub(put, pattern)


def read_language(text: str) -> Language:
    """Read one language file. Raise ValueError or KeyError where it does not follow the format."""
    starts = list(_ROW.finditer(text))
    ends = [row.start() for row in starts[1:]] + [len(text)]
    head = _pairs(text[: starts[0].start()])
    code, boundaries, gap = head["language"], head.get("boundaries", "both"), int(head.get("gap", 60))
    fragments: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    shapes: list[Shape] = []
    facts: list[FactShape] = []
    for row, end in zip(starts, ends, strict=True):
        pairs = _pairs(text[row.end() : end])
        if row[2] == "fragments":
            fragments = {name: _OPEN.sub("(?:", pattern) for name, pattern in pairs.items()}
            continue
        if row[2] == "words":
            words = {name: _list(written) for name, written in pairs.items()}
            continue
        pattern = _OPEN.sub("(?:", pairs["pattern"])
        if row[1] == "fact":
            facts.append(
                FactShape(
                    name=f"{code}.{pairs['id']}",
                    language=code,
                    part=pairs.get("part", "text"),
                    pattern=pattern,
                    boundaries=pairs.get("boundaries", boundaries),
                    gap=gap,
                    fragments=fragments,
                )
            )
            continue
        role = pairs["class"]
        shapes.append(
            Shape(
                name=f"{code}.{pairs['id']}",
                language=code,
                role=role,
                pattern=pattern,
                weight=float(pairs["weight"]) if "weight" in pairs else CLASSES[role],
                kind=pairs.get("kind"),  # type: ignore[arg-type]  # the lexicon's test holds it to Kind
                part=pairs.get("part"),
                boundaries=pairs.get("boundaries", boundaries),
                gap=gap,
                fragments=fragments,
            )
        )
    return Language(code=code, shapes=tuple(shapes), facts=tuple(facts), words=words)


class _Languages(Mapping[str, Language]):
    """The language files of the package, each read when it is first asked for."""

    def __init__(self, folder: Traversable) -> None:
        self._files = {
            entry.name.removesuffix(".toml"): entry
            for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
            if entry.name.endswith(".toml")
        }
        self._read: dict[str, Language] = {}

    def __getitem__(self, code: str) -> Language:
        if code not in self._read:
            self._read[code] = read_language(self._files[code].read_text(encoding="utf-8"))
        return self._read[code]

    def __contains__(self, code: object) -> bool:
        return code in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@cache
def languages() -> Mapping[str, Language]:
    """Return all languages by their codes."""
    return _Languages(files("mailhook.verdict") / "lexicon")
