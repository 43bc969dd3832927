"""Which words a text must hold for a pattern to be in it: worked out from the pattern alone, without compiling it.

A pattern is read into *needs*: sets of strings, of each of which at least one stands in every text that the pattern matches. The
most telling need of each alternative becomes its *keys*, which are looked up at once for all patterns; what is left of the needs
is asked one by one. Everything is in the coarse form of `folding`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Protocol, TypedDict

from mailhook.verdict.folding import LETTERS, fold, pieces, runs_in

_TOKEN = re.compile(
    r"\\(?P<escaped>.)|<(?P<fragment>[a-z_]+)>|\[(?P<set>\^?(?:\\.|[^\]\\])*)\]|(?P<slot>\{[a-z]+\})|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<or>\|)"
    r"|(?P<gap> *~ *)|(?P<times>[?*+]\??|\{[\d,]+\})|(?P<edge>[\^$])|(?P<literal>(?: +(?!~| )|[^ \\<\[{()|~?*+.^$])+)|(?P<other>.)",
    re.DOTALL,
)
_IS_LETTER = re.compile(f"[{LETTERS}]").match
_OF_CLASS = re.compile(r"\^|\\[a-zA-Z]|.-.", re.DOTALL)
# Letters of which one case is a letter to the expressions and the other is not: strings with them are not worked out.
_CROSSING = re.compile("[ȺȾɀȿɐ-ʯႠ-ჿᎠ-Ᏽᲈᵹᵽᶎ\u2100-\u214f\u2c00-\u2d2f\ua640-\ua7ff\uab30-\uabbf\ufb00-\ufb06]")
BEGINNINGS = (7, 5, 4, 3)  # the lengths at which beginnings of words are looked up
_TIMES = frozenset("?*+{")
MOST_STRINGS = 32
MOST_NEEDS = 5
MOST_COMBINED = 3
MOST_PAIRS = 200
LONG_ENOUGH = 9


@dataclass(frozen=True, slots=True)
class Literal:
    """A node: one of some strings."""

    strings: frozenset[str]


@dataclass(frozen=True, slots=True)
class Either:
    """A node: alternatives that are no plain strings; an `optional` one may be missing, a `repeated` one also come again."""

    branches: "tuple[tuple[Node, ...], ...]"
    optional: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """A node that takes characters nobody knows, or none; `ends` and `starts` say whether words end before and start after it."""

    ends: bool = False
    starts: bool = False


Node = Literal | Either | Break
_EMPTY = frozenset({""})
_UNKNOWN, _EDGE = Break(), Break(ends=True, starts=True)


# Strings of which one must be there. Where one begins or ends at the edge of a word, it has the mark of an edge there.
Need = frozenset[str]
_MARK = "\0"
_Memory = dict[tuple[int, bool, bool], tuple[Node, list[Need]]]


class Pattern(Protocol):
    """What can be searched for: a pattern of the lexicon, its word boundaries and the greatest length of its gaps."""

    @property
    def pattern(self) -> str: ...
    @property
    def boundaries(self) -> str: ...
    @property
    def gap(self) -> int: ...
    @property
    def fragments(self) -> Mapping[str, str]: ...


class Index(TypedDict):
    """What to look for at once, and what each alternative of each pattern needs besides. JSON can hold it.

    A key is a word, the beginning of one (which ends in `-`), a pair of neighbours or a run of a dense script. `keys` gives the
    alternatives each may belong to, by number. `alternatives` are the number of a pattern, then those of what it needs besides:
    in `needs`, sets of keys of which one must be there, a key on a line. Alternatives that have no key are `unkeyed`. All keys
    of both kinds are in `pairs`, by twos, and in `words`: as text, which is quickly read and cut when it is wanted.
    """

    keys: dict[str, list[int]]
    alternatives: list[list[int]]
    needs: list[str]
    unkeyed: list[int]
    words: str
    pairs: str


def index(patterns: Iterable[Pattern], *, captures: bool = False) -> Index:
    """Work out what each of some patterns needs."""
    keys: dict[str, list[int]] = {}
    alternatives: list[list[int]] = []
    needs: dict[tuple[str, ...], int] = {}
    unkeyed: list[int] = []
    readers: dict[tuple[int, str], Anchors] = {}
    for number, wanted in enumerate(patterns):
        anchors = readers.setdefault(
            (id(wanted.fragments), wanted.boundaries), Anchors(wanted.fragments, wanted.boundaries)
        )
        for first, *others in anchors.needs(wanted.pattern, captures=captures):
            for key in first:
                keys.setdefault(key, []).append(len(alternatives))
            if not first:
                unkeyed.append(len(alternatives))
            alternatives.append([number, *(needs.setdefault(need, len(needs)) for need in others)])
    every = set(keys).union(*needs)
    pairs = {key for key in every if " " in key}
    return Index(
        keys=keys,
        alternatives=alternatives,
        needs=list(map("\n".join, needs)),
        unkeyed=unkeyed,
        words=" ".join(sorted(every - pairs)),
        pairs=" ".join(sorted(pairs)),
    )


class Anchors:
    """Works out the needs of patterns that share fragments and a way of meeting the edges of words."""

    def __init__(self, fragments: Mapping[str, str], boundaries: str) -> None:
        self._fragments = fragments
        self._gap = Break(ends=boundaries == "both", starts=boundaries != "none")
        self._left, self._right = boundaries != "none", boundaries == "both"
        self._known: dict[str, Node] = {}
        self._ready: dict[Need, list[tuple[float, tuple[str, ...]]]] = {}
        self._memory: _Memory = {}

    def needs(self, pattern: str, *, captures: bool = False) -> list[list[tuple[str, ...]]]:
        """Return the keys of each need of each alternative of a pattern, the most telling first; the first may have none."""
        read = self._read(pattern.strip())
        while (
            len(read) == 1
            and len(read[0]) == 1
            and isinstance(only := read[0][0], Either)
            and not only.optional
        ):
            read = only.branches
        return [
            self._ranked(_needs(nodes, self._left, self._right and not captures, self._memory))
            for nodes in read
        ]

    def _read(self, pattern: str) -> "tuple[tuple[Node, ...], ...]":
        """Read a pattern into its alternatives."""
        stack: list[list[list[Node]]] = [[[]]]
        for token in _TOKEN.finditer(pattern):
            kind, written = token.lastgroup, token[0]
            nodes = stack[-1][-1]
            if kind == "literal":
                last = len(written) - (pattern[token.end() : token.end() + 1] in _TIMES)
                nodes += [_literal(piece) for piece in (written[:last], written[last:]) if piece]
            elif kind == "times":
                _repeat(nodes, written)
            elif kind == "open":
                stack.append([[]])
            elif kind == "or":
                stack[-1].append([])
            elif kind == "close":
                group = _group(stack.pop())
                stack[-1][-1].append(group)
            elif kind == "set":
                nodes.append(_class(token["set"]))
            elif kind == "fragment":
                nodes.append(self._fragment(token["fragment"]))
            elif kind == "gap":
                nodes.append(self._gap)
            elif kind == "edge":
                nodes.append(_EDGE)
            elif kind == "escaped" and (not written[1].isalnum() or written[1] == "n"):
                nodes.append(_literal("\n" if written[1] == "n" else written[1]))
            else:
                nodes.append(_UNKNOWN)
        return tuple(tuple(nodes) for nodes in stack[0])

    def _fragment(self, name: str) -> Node:
        if name not in self._known:
            self._known[name] = _group([list(nodes) for nodes in self._read(self._fragments[name])])
        return self._known[name]

    def _ranked(self, needs: Iterable[Need]) -> list[tuple[str, ...]]:
        """Return the keys of needs, those that are least likely in any text first."""
        keys: set[tuple[float, tuple[str, ...]]] = set()
        for need in needs:
            if need not in self._ready:
                self._ready[need] = _keys_of_need(need)
            keys.update(self._ready[need])
        return [each for _, each in sorted(keys)[:MOST_NEEDS]] or [()]


def _keys_of_need(need: Need) -> list[tuple[float, tuple[str, ...]]]:
    """Return the best key of each string of a need, and the second best of each, with how likely it is to meet one by chance."""
    best = [_keys_of(string) for string in need]
    return [
        (sum(chances.values()), tuple(sorted(chances)))
        for place in range(min(2, *map(len, best)))
        if (chances := {key: chance for keys in best for chance, key in (keys[place],)})
    ]


@lru_cache(1 << 12)
def _keys_of(string: str) -> list[tuple[float, str]]:
    """Return the two least likely keys in a string."""
    keys: list[tuple[float, str]] = []
    before, chance_before = "", 1.0
    for word in pieces(string):
        text, start, end = word[0], word.start(), word.end()
        chance = _CHANCE_OF_WORD[min(len(text), _LONG)]
        if not text.isascii() and (runs := runs_in(text)):
            keys += [(_CHANCE_OF_RUN[len(run)], run) for run in runs]
        elif start and end < len(string):
            keys.append((chance, text))
            if before:
                keys.append((chance_before * chance, f"{before} {text}"))
            before, chance_before = text, chance
            continue
        elif start:
            keys += [
                (_CHANCE_OF_BEGINNING[length], f"{text[:length]}-")
                for length in BEGINNINGS
                if len(text) >= length
            ]
        before = ""
    return sorted(keys)[:2]


# How likely words of these lengths are in any text: guesses, which only decide what is looked for first.
_CHANCE_OF_WORD = (1.0, 0.5, 0.3, 0.1, 0.03, 0.01, 0.004)
_LONG = len(_CHANCE_OF_WORD) - 1
_CHANCE_OF_BEGINNING = {7: 0.005, 5: 0.02, 4: 0.05, 3: 0.2}
_CHANCE_OF_RUN = (1.0, 0.2, 0.02, 0.03)


def crosses(text: str) -> bool:
    """Say whether a letter is in it whose other case is no letter to the expressions."""
    return not text.isascii() and _CROSSING.search(text) is not None


@lru_cache(1 << 12)
def _literal(written: str) -> Node:
    return _UNKNOWN if crosses(written) else Literal(frozenset({fold(written)}))


@lru_cache(1 << 10)
def _class(written: str) -> Node:
    if _OF_CLASS.search(written) or crosses(written):
        return _UNKNOWN
    return Literal(frozenset(fold(written.replace("\\", ""))))


def _repeat(nodes: list[Node], times: str) -> None:
    """Make the last node what its quantifier makes of it."""
    if not nodes:
        return
    node = nodes.pop()
    if isinstance(node, Break):
        nodes.append(_UNKNOWN)
    elif times[0] == "+":
        nodes += [node, Either(((node,),), optional=True, repeated=True)]
    elif times[0] != "?":
        nodes.append(Either(((node,),), optional=True, repeated=True))
    elif isinstance(node, Literal):
        nodes.append(Literal(node.strings | _EMPTY))
    else:
        nodes.append(Either(node.branches, optional=True, repeated=node.repeated))


def _group(branches: list[list[Node]]) -> Node:
    """Make one node of alternatives: their strings where these are few, and else all of them."""
    strings: set[str] = set()
    for nodes in branches:
        exact = _EMPTY
        for node in nodes:
            if not isinstance(node, Literal) or len(exact) * len(node.strings) > MOST_STRINGS:
                return Either(tuple(map(tuple, branches)))
            exact = _join(exact, node.strings)
        strings |= exact
    return Literal(frozenset(strings))


def _join(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if one is _EMPTY:
        return other
    return frozenset(map("".join, product(one, other)))


def _starts(nodes: Sequence[Node], otherwise: bool) -> bool:
    """Say whether every text of the nodes begins with an edge of a word; `otherwise` is what follows them."""
    for number, node in enumerate(nodes):
        if isinstance(node, Break):
            return node.ends
        if isinstance(node, Either):
            rest = _starts(nodes[number + 1 :], otherwise)
            return all(_starts(branch, rest) for branch in node.branches) and (rest or not node.optional)
        if any(string and _IS_LETTER(string) for string in node.strings):
            return False
        if "" not in node.strings:
            return True
    return otherwise


def _stops(nodes: Sequence[Node], otherwise: bool) -> bool:
    """Say whether every text of the nodes ends with an edge of a word; `otherwise` is what stands before them."""
    for number, node in reversed(list(enumerate(nodes))):
        if isinstance(node, Break):
            return node.starts
        if isinstance(node, Either):
            rest = _stops(nodes[:number], otherwise)
            return all(_stops(branch, rest) for branch in node.branches) and (rest or not node.optional)
        if any(string and _IS_LETTER(string[-1]) for string in node.strings):
            return False
        if "" not in node.strings:
            return True
    return otherwise


def _needs(nodes: Sequence[Node], left: bool, right: bool, memory: _Memory) -> list[Need]:
    """Return the needs of a sequence; `left` and `right` say whether edges of words stand around it."""
    found: list[Need] = []
    strings, begun = _EMPTY, left

    def finish(ends: bool) -> None:
        if "" not in strings:
            found.append(frozenset(f"{_MARK * begun}{string}{_MARK * ends}" for string in strings))

    for number, node in enumerate(nodes):
        if isinstance(node, Literal):
            if len(strings) * len(node.strings) > MOST_STRINGS:
                finish(_starts(nodes[number:], right))
                found += _pairs(nodes, number, left, right)
                begun = _stops([Literal(strings)], begun)
                strings = _EMPTY
            strings = _join(strings, node.strings)
            continue
        rest = _starts(nodes[number + 1 :], right)
        finish(_starts([node], rest))
        before = _stops([Literal(strings)], begun)
        strings = _EMPTY
        if isinstance(node, Either):
            found += _pairs(nodes, number, left, right)
            if not node.optional:
                at = id(node), before, rest
                if (
                    at not in memory
                ):  # fragments come again and again; the node is kept, so that its id stays its own
                    memory[at] = (
                        node,
                        _combine([_needs(each, before, rest, memory) for each in node.branches]),
                    )
                found += memory[at][1]
            begun = _stops([node], before)
        else:
            begun = node.starts
    finish(right)
    return found


def _pairs(nodes: Sequence[Node], number: int, left: bool, right: bool) -> list[Need]:
    """Return a need of the pairs of words that meet before a node, where these are known and few."""
    before, after = nodes[:number], nodes[number:]
    if not (_stops(before, False) or _starts(after, False)):
        return []
    first = _last_words(before, True, left)
    second = _first_words(after, True, right) if first else None
    if not first or not second or len(first) * len(second) > MOST_PAIRS:
        return []
    return [frozenset(f"{_MARK}{one} {other}{_MARK}" for one, other in product(first, second))]


def _last_words(nodes: Sequence[Node], edge: bool, left: bool) -> set[str] | None:
    """Return the words that a text of the nodes ends with, or None where they are not all known; an `edge` may stand after them."""
    if not nodes or isinstance(node := nodes[-1], Break) or (isinstance(node, Either) and node.repeated):
        return None
    before = nodes[:-1]
    found: set[str] = set()
    if isinstance(node, Either):
        for branch in (*node.branches, *([()] if node.optional else [])):
            words = _last_words((*before, *branch), edge, left)
            if words is None or len(found) > MOST_PAIRS:
                return None
            found |= words
        return found
    for string in node.strings:
        words_here = list(pieces(string))
        if not words_here:
            words = _last_words(before, edge or string != "", left)
            if words is None:
                return None
            found |= words
            continue
        last = words_here[-1]
        if (last.end() == len(string) and not edge) or (last.start() == 0 and not _stops(before, left)):
            return None
        found.add(last[0])
    return found


def _first_words(nodes: Sequence[Node], edge: bool, right: bool) -> set[str] | None:
    """Return the words that a text of the nodes begins with, or None where they are not all known; an `edge` may stand before them."""
    if not nodes or isinstance(node := nodes[0], Break) or (isinstance(node, Either) and node.repeated):
        return None
    after = nodes[1:]
    found: set[str] = set()
    if isinstance(node, Either):
        for branch in (*node.branches, *([()] if node.optional else [])):
            words = _first_words((*branch, *after), edge, right)
            if words is None or len(found) > MOST_PAIRS:
                return None
            found |= words
        return found
    for string in node.strings:
        first = next(iter(pieces(string)), None)
        if first is None:
            words = _first_words(after, edge or string != "", right)
            if words is None:
                return None
            found |= words
            continue
        if (first.start() == 0 and not edge) or (first.end() == len(string) and not _starts(after, right)):
            return None
        found.add(first[0])
    return found


def _combine(branches: Sequence[list[Need]]) -> list[Need]:
    """Return what is needed whichever alternative it is: the most telling need of each, then the next."""
    ranked = [sorted(needs, key=_worth, reverse=True) for needs in branches]
    return [frozenset().union(*level) for level in zip(*ranked, strict=False)][:MOST_COMBINED]


def _worth(need: Need) -> tuple[int, int]:
    return min(LONG_ENOUGH, min(map(len, need))), -len(need)
