"""All shapes at work: those that state a decision, in every language at once, and the rest of one language at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, overload

from mailhook.mail.message import Message
from mailhook.verdict.anchors import index
from mailhook.verdict.kept import kept
from mailhook.verdict.match import Matcher, Searchable, mask
from mailhook.verdict.settings import Phrase
from mailhook.verdict.shapes import TELLING, Shape, languages

OWN = "own"  # the language of the person's own phrases
_SAYS = {"rejection": ("strong", 4.0), "hint": ("weak", 0.5), "other": ("withdrawal", -6.0)}
_SPECIAL = "\\.+*?()[]{}|^$~<"


@dataclass(frozen=True, slots=True)
class Hit:
    """A shape at its place in a part of the message."""

    shape: Shape
    part: str
    start: int
    end: int


class Reading:
    """A message's parts, each made ready for searching when it is first needed, once raw and once masked."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._masked: dict[str, Searchable] = {}
        self._plain: dict[str, Searchable] = {}

    def masked(self, part: str) -> Searchable:
        """Return a part in which full stops end sentences."""
        if part not in self._masked:
            self._masked[part] = Searchable(mask(self._message.part(part)))
        return self._masked[part]

    def hits(self, matcher: Matcher, parts: Iterable[str]) -> list[Hit]:
        """Find every shape of a matcher in the parts, in the order of the parts and of their text."""
        found: list[Hit] = []
        for part in parts:
            text = self._message.part(part)
            if not text:
                continue
            if part not in self._plain:
                self._plain[part] = Searchable(text)
            possible = matcher.possible(self._plain[part])
            if not possible:
                continue
            searched = self.masked(part)
            here: list[Hit] = []
            for number in possible:
                shape = matcher.patterns[number]
                assert isinstance(shape, Shape)
                if (
                    shape.part != part
                    if shape.part is not None
                    else part == "quoted" and shape.role.startswith("stage.")
                ):
                    continue
                here += [Hit(shape, part, span.start, span.end) for span in matcher.spans(number, searched)]
            found += sorted(here, key=lambda hit: hit.start)
        return found


class _Rows(Sequence[Shape]):
    """Rows of the language files by the language and their number in it, read when one of a language is asked for."""

    def __init__(self, rows: Sequence[tuple[str, int]]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, number: int) -> Shape: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Shape]: ...
    def __getitem__(self, number: int | slice) -> Shape | Sequence[Shape]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        code, place = self._rows[number]
        return languages()[code].shapes[place]


@cache
def decisions() -> Matcher:
    """The shapes that state a decision, hint at one or leave one open, in all languages."""
    ready = kept("decisions", _index_decisions)
    return Matcher(_Rows(ready["rows"]), ready=ready["index"])


def _index_decisions() -> dict[str, Any]:
    rows = [
        (code, place)
        for code, language in languages().items()
        for place, shape in enumerate(language.shapes)
        if shape.role in TELLING
    ]
    return {"rows": rows, "index": index(_Rows(rows))}


@cache
def context(code: str) -> Matcher:
    """Every other shape of one language; empty for a language that has no lexicon."""
    if code not in languages():
        return Matcher(())
    shapes = [shape for shape in languages()[code].shapes if shape.role not in TELLING]
    return Matcher(shapes, ready=kept(f"context-{code}", lambda: index(shapes)))


@cache
def fact_patterns(code: str, part: str) -> Matcher:
    """The ways one language names roles and companies in the text or in the subject, in the order they are tried."""
    rows = languages()[code].facts if code in languages() else ()
    return Matcher((row for row in rows if row.part == part), captures=True)


def own_phrases(phrases: Iterable[Phrase]) -> Matcher:
    """The person's own phrases, taken as they stand."""
    shapes = []
    for number, phrase in enumerate(phrases, start=1):
        role, weight = _SAYS[phrase.says]
        words = " ".join(phrase.text.replace("’", "'").split())
        pattern = "".join(f"\\{char}" if char in _SPECIAL else char for char in words)
        shapes.append(
            Shape(
                name=f"own.{number}",
                language=OWN,
                role=role,
                pattern=pattern,
                weight=weight,
                boundaries="both",
            )
        )
    return Matcher(shapes)
