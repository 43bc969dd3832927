"""All shapes at work: those that state a decision, in every language at once, and the rest of one language at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from mailhook.mail.message import Message
from mailhook.verdict.match import Matcher, Searchable, mask
from mailhook.verdict.settings import Phrase
from mailhook.verdict.shapes import TELLING, FactShape, Shape, languages

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
        """Find every shape of a matcher in the parts, in the order of the parts."""
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
            for index in possible:
                shape = matcher.patterns[index]
                assert isinstance(shape, Shape)
                if (
                    shape.part != part
                    if shape.part is not None
                    else part == "quoted" and shape.role.startswith("stage.")
                ):
                    continue
                found += [Hit(shape, part, span.start, span.end) for span in matcher.spans(index, searched)]
        return found


@cache
def decisions() -> Matcher:
    """The shapes that state a decision, hint at one or leave one open, in all languages."""
    return Matcher(
        shape for language in languages().values() for shape in language.shapes if shape.role in TELLING
    )


@cache
def context(code: str) -> Matcher:
    """Every other shape of one language; empty for a language that has no lexicon."""
    language = languages().get(code)
    return (
        Matcher(shape for shape in language.shapes if shape.role not in TELLING) if language else Matcher(())
    )


@cache
def fact_patterns(code: str, part: str) -> Matcher:
    """The ways one language names roles and companies in the text or in the subject, in the order they are tried."""
    language = languages().get(code)
    rows: Sequence[FactShape] = language.facts if language else ()
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
                language="own",
                role=role,
                pattern=pattern,
                weight=weight,
                boundaries="both",
            )
        )
    return Matcher(shapes)
