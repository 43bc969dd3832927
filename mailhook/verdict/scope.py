"""Where words reach to: sentences, clauses, and what stands in quotation marks or in a question."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

REACH = 400  # characters: no word governs more, so that work grows with the text alone
_SENTENCE_END = re.compile(r"[.!?]+[\"')\]]*(?=\s|$|[^\x00-\x7f])|\n")
_CLAUSE_END = re.compile(r";| [-–—] |—")
_QUOTED = re.compile(r'"[^"\n]{3,300}"|(?<![\w])\'[^\'\n]{12,300}\'(?!\w)')


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text, by its first character and the one after its last."""

    start: int
    end: int

    def overlaps(self, start: int, end: int) -> bool:
        """Say whether both share a character."""
        return self.start < end and start < self.end


class Text:
    """A text cut into sentences and clauses. It must be masked and unified, so that its full stops end sentences."""

    def __init__(self, text: str, turns: Iterable[str] = ()) -> None:
        self.text = text
        ends = [found.end() for found in _SENTENCE_END.finditer(text)]
        if not ends or ends[-1] < len(text):
            ends.append(len(text))
        self._ends = ends
        words = sorted(set(turns), key=len, reverse=True)
        self._turn = (
            re.compile(rf"(?:,? )\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE) if words else None
        )
        self.quoted = [Stretch(found.start(), found.end()) for found in _QUOTED.finditer(text)]

    @property
    def sentences(self) -> int:
        """How many sentences there are."""
        return len(self._ends)

    def stretches(self) -> list[Stretch]:
        """Return all sentences."""
        return [Stretch(start, end) for start, end in zip([0, *self._ends], self._ends, strict=False)]

    def sentence(self, place: int) -> Stretch:
        """Return the sentence that a character stands in."""
        number = min(bisect_right(self._ends, place), len(self._ends) - 1)
        return Stretch(self._ends[number - 1] if number else 0, self._ends[number])

    def rest_of_clause(self, start: int, after: int) -> Stretch:
        """Return what a word at `start` governs: from there to the end of its clause; `after` is where the word itself ends."""
        end = min(self.sentence(start).end, after + REACH)
        for pattern in (_CLAUSE_END, self._turn):
            found = pattern.search(self.text, after, end) if pattern is not None else None
            if found is not None:
                end = min(end, found.start())
        return Stretch(start, end)

    def is_question(self, start: int) -> bool:
        """Say whether the sentence there ends in a question mark."""
        whole = self.sentence(start)
        return "?" in self.text[max(whole.end - 4, whole.start) : whole.end]
