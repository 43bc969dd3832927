"""Find the lexicon's shapes in a text: one linear pass for all of them, then spans of those that are there.

Every pattern needs certain words (`anchors`). One pass over the text's words leaves a handful of patterns whose words are
there; each is then searched for by its own expression, compiled when first needed. Both are linear in the text: no pattern
can run away. (An RE2 Set of those words took as long and its automaton grew to tens of megabytes; RE2's own filter compiles
every expression at the start.)

RE2 knows word boundaries of ASCII only, so the edges of words are spelt out here for every script.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import re2

from mailhook.verdict.anchors import BEGINNINGS, Index, Pattern, index
from mailhook.verdict.folding import runs_in, words_in
from mailhook.verdict.shapes import expand

# Letters, marks and digits as ranges: the same as \pL\pM\pN in the scripts people write mail in, and compiled 25 times faster.
_WORD = (
    r"0-9A-Za-zªµºÀ-\x{5BD}\x{5C1}-\x{5F2}\x{610}-\x{61A}\x{620}-\x{669}\x{66E}-\x{6D3}\x{6D5}-\x{963}\x{966}-\x{96F}"
    r"\x{971}-\x{1FFF}\x{3005}-\x{3007}\x{3041}-\x{318E}\x{3400}-\x{A48C}\x{AC00}-\x{D7A3}\x{F900}-\x{FAFF}"
)
_ENDS = r".!?;\n"  # what ends a sentence (`unify` turns other scripts' into these); a gap never crosses it
_GAP = f"(?-i:[^{_ENDS}])"
_BETWEEN = f"(?-i:[^{_WORD}{_ENDS}])"
_EDGE = f"(?-i:[^{_WORD}])"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a pattern stands in a text, in characters; `groups` holds the named groups that took part."""

    start: int
    end: int
    groups: tuple[tuple[str, int, int], ...] = ()


class Searchable:
    """A text made ready for searching, of the same length as it was, so that spans hold in the original too."""

    __slots__ = ("_at", "_data", "_words", "text")

    def __init__(self, text: str) -> None:
        self.text = unify(text)
        self._data: bytes | None = None
        self._words: list[str] | None = None
        self._at = (0, 0)

    @property
    def data(self) -> bytes:
        """The text as expressions read it."""
        if self._data is None:
            self._data = self.text.encode("utf-8", "replace")
        return self._data

    @property
    def words(self) -> list[str]:
        """The words of the text, in coarse form."""
        if self._words is None:
            self._words = words_in(self.text)
        return self._words

    def chars(self, offset: int) -> int:
        """Turn an offset in bytes into one in characters; cheapest where offsets ascend."""
        if len(self.data) == len(self.text):
            return offset
        before, chars = self._at if self._at[0] <= offset else (0, 0)
        self._at = offset, chars + len(self.data[before:offset].decode())
        return self._at[1]


_LOOK_ALIKES = tuple(
    zip(
        "\u00a0\u202f\u3000’‘ʼ´“”„«»。！？؟।…；\u2126\u212a\u212b",
        "   ''''" + '"' * 5 + ".!??..;ΩKÅ",
        strict=True,
    )
)
_TITLES = "Mr Mrs Ms Dr Prof Sr Jr St Sra Dra Srta Mme Mlle M Sig Dott Dhr Mevr Hr Fr"
_SHORT = (
    "Inc Ltd Co Corp No Nr vs etc approx dept e.g i.e z.B d.h u.a bzw ca núm nº Ref ref inkl usw evtl ggf "
    "ds m.in tzw mgr inż hab np Ing Mgr Bc tzv např ul im т.е т.к т.д руб ул стор вул bl.a f.eks vedr esim "
    "dvs Dvs Exmo Exma Sres Sras Gent Spett Egr Sigg art réf Réf"
)
_ABBREVIATIONS = frozenset(f"{_TITLES} {_SHORT}".split())
_LONGEST = max(map(len, _ABBREVIATIONS)) + 1


def mask(text: str) -> str:
    """Replace full stops that end no sentence (abbreviations, initials, numbers, addresses) by a dot of the same length."""
    place = text.find(".")
    if place < 0:
        return text
    pieces, start = [], 0
    while place >= 0:
        after = text[place + 1 : place + 2]
        word = (
            text[max(place - _LONGEST, 0) : place].rpartition(" ")[2].rpartition("\n")[2]
            if after == " "
            else ""
        )
        inside = after not in {"", "."} and not after.isspace()
        initial = word.rpartition(".")[2]
        day = word.isdigit() and len(word) <= 2 and text[place + 2 : place + 3].islower()  # "1. mars"
        if inside or day or word.lstrip("(") in _ABBREVIATIONS or (len(initial) == 1 and initial.isupper()):
            pieces += [text[start:place], "·"]
            start = place + 1
        place = text.find(".", place + 1)
    return "".join([*pieces, text[start:]])


def unify(text: str) -> str:
    """Replace the look-alikes of spaces and apostrophes, one character by one."""
    if text.isascii():
        return text
    for odd, plain in _LOOK_ALIKES:
        if odd in text:
            text = text.replace(odd, plain)
    return text


# What stands in for a role, a company and a person's name in a pattern of facts.
_CAPITAL = "(?-i:[0-9A-ZÀ-ÖØ-ÞĀ-ſΑ-ΫЀ-Я])"
_REST = f'(?-i:[^ {_ENDS},:()<>"|]){{0,40}}'
_JOINT = r"(?: (?:&|and|und|et|y|e|of|de|del|della|der|des|du|da|do|dos|for|für|la|le|the|van|von|i|og|och|ja|a)| ?[&+/-])"
_CAPTURES = {
    "role": r"(?P<role>[^\n.!?;]{2,90}?)",
    "company": f"(?P<company>{_CAPITAL}{_REST}(?:{_JOINT}{{0,2}} {_CAPITAL}{_REST}){{0,5}})",
    "name": f"(?P<name>{_CAPITAL}{_REST}(?: {_CAPITAL}{_REST}){{0,3}})",
}
_CAPTURES_UNSPACED = {slot: rf"(?P<{slot}>[^\n!?;.]{{1,40}}?)" for slot in _CAPTURES}


def expression(wanted: Pattern, *, captures: bool = False) -> str:
    """Write the pattern as an RE2 expression whose first group is what it matches; patterns of facts have `captures`."""
    body, left, right = expand(wanted.pattern, wanted.fragments).strip(), "", ""
    if wanted.boundaries != "none":
        left = f"(?:^|{_EDGE})"
        right = f"(?:{_EDGE}|$)" if wanted.boundaries == "both" and not captures else ""
    if body.startswith("^"):
        body, left = body[1:].lstrip(), "(?m:^)"
    if body.endswith("$") and not body.endswith("\\$"):
        body, right = body[:-1].rstrip(), f" *(?:[{_ENDS})]|$)"
    gap = {
        "both": f"{_BETWEEN}{{1,3}}?(?:{_GAP}{{0,{wanted.gap}}}?{_BETWEEN})??",
        "start": f"{_GAP}{{0,{wanted.gap}}}?{_BETWEEN}",
        "none": f"{_GAP}{{0,{wanted.gap}}}?",
    }[wanted.boundaries]
    body = re.sub(r" *~ *", lambda _: gap, body).replace("\\w", f"(?-i:[{_WORD}])").replace("\\.", "[.·]")
    if captures:
        slots = _CAPTURES_UNSPACED if wanted.boundaries == "none" else _CAPTURES
        body = re.sub(r"\{(role|company|name)\}", lambda slot: slots[slot[1]], body)
    return f"{left}({body}){right}"


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    # For each expression: many times what the largest takes. Most of it is a cache, which fills slowly and is not given back.
    options.max_mem = 8 << 20
    return options


MOST_WORDS = 10_000  # that are remembered
MOST_COMPILED = 500  # expressions of one matcher that are kept


class _Vocabulary:
    """The keys of an index, as they are looked up in a text."""

    def __init__(self, keys: Index) -> None:
        self._keys = frozenset(keys["words"].split(" "))
        parts = iter(keys["pairs"].split(" "))
        self._pairs = frozenset(zip(parts, parts, strict=False))
        self._telling: dict[str, tuple[str, ...]] = {}  # what is known of words met before: the keys in them
        self._plain: set[str] = set()  # and those without any

    def found_in(self, searched: Searchable) -> set[str]:
        """Return those of the keys that are in a text."""
        words = searched.words
        found = set(self._keys.intersection(runs_in(searched.text)))
        for word in set(words).difference(self._plain):
            found.update(self._telling.get(word) or self._meet(word))
        found.update(map(" ".join, self._pairs.intersection(pairwise(words))))
        return found

    def _meet(self, word: str) -> tuple[str, ...]:
        """Work out the keys in a word that was not met before."""
        if len(self._plain) >= MOST_WORDS:
            self._plain.clear()
        if len(self._telling) >= MOST_WORDS:
            self._telling.clear()
        keys = tuple(self._keys.intersection((word, *(f"{word[:length]}-" for length in BEGINNINGS))))
        if keys:
            self._telling[word] = keys
        else:
            self._plain.add(word)
        return keys


class Matcher:
    """All patterns of one purpose, searched for at once."""

    def __init__(
        self, patterns: Iterable[Pattern], *, captures: bool = False, ready: Index | None = None
    ) -> None:
        self._captures = captures
        self.patterns: Sequence[Pattern] = patterns if isinstance(patterns, Sequence) else tuple(patterns)
        self._index = ready or index(self.patterns, captures=captures)
        self._known = _Vocabulary(self._index)
        self._needs: dict[int, frozenset[str]] = {}
        self._compiled: dict[int, tuple[re2._Regexp, tuple[tuple[str, int], ...]]] = {}

    def possible(self, searched: Searchable) -> list[int]:
        """Return the numbers of the patterns that may be in the text, and surely of all that are."""
        by_key, alternatives = self._index["keys"], self._index["alternatives"]
        here = self._known.found_in(searched)
        found: set[int] = set()
        for numbers in (*(by_key[key] for key in here & by_key.keys()), self._index["unkeyed"]):
            for number in numbers:
                pattern, *others = alternatives[number]
                if pattern in found:
                    continue
                for need in others:
                    if (self._needs.get(need) or self._need(need)).isdisjoint(here):
                        break
                else:
                    found.add(pattern)
        return sorted(found)

    def _need(self, number: int) -> frozenset[str]:
        self._needs[number] = frozenset(self._index["needs"][number].split("\n"))
        return self._needs[number]

    def spans(self, index: int, searched: Searchable) -> list[Span]:
        """Find every place of one pattern; places do not overlap."""
        if index not in self._compiled:
            regexp = re2.compile(
                expression(self.patterns[index], captures=self._captures).encode(), _options()
            )
            names = tuple((name.decode(), number) for name, number in regexp.groupindex.items())
            if len(self._compiled) >= MOST_COMPILED:
                del self._compiled[next(iter(self._compiled))]
            self._compiled[index] = regexp, names
        regexp, names = self._compiled[index]
        found: list[Span] = []
        position = 0
        while (hit := regexp.search(searched.data, position)) is not None:
            start, end = hit.span(1)
            groups = tuple(
                (name, searched.chars(hit.start(number)), searched.chars(hit.end(number)))
                for name, number in names
                if hit.start(number) >= 0
            )
            found.append(Span(searched.chars(start), searched.chars(end), groups))
            position = max(end, position + 1)
        return found
