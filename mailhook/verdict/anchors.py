"""Which words a text must hold for a pattern to be in it: worked out from the pattern alone, without compiling it.

For each alternative of a pattern this gives *needs*: sets of literals, of each of which at least one stands in every
text that the alternative matches. One pass for all literals of all patterns then leaves few patterns to be tried.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Need = frozenset[str]

_TOKEN = re.compile(
    r"(?P<escaped>\\.)|<(?P<fragment>[a-z_]+)>|(?P<set>\[[^\]]*\])|(?P<slot>\{[a-z]+\})|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<or>\|)"
    r"|(?P<gap>~)|(?P<times>[?*+])|(?P<edge>[\^$.])|(?P<literal>[^\\<\[{()|~?*+.^$]+)"
)
LONG_ENOUGH = 9
MOST_NEEDS = 3


@dataclass(slots=True)
class _Branch:
    """One alternative as it is being read: the needs found so far, and the literal run that is not finished."""

    needs: list[Need] = field(default_factory=list)
    run: str = ""
    last: Need | None = None

    def finish_run(self) -> None:
        literal = self.run.strip().lower()
        self.run = ""
        if literal:
            self.needs.append(frozenset({literal}))

    def best(self) -> Need | None:
        return max(self.needs, key=worth, default=None)


def worth(need: Need) -> tuple[int, int]:
    """Say how telling a need is: the longer its shortest literal, and the fewer there are, the more."""
    return min(LONG_ENOUGH, min(map(len, need))), -len(need)


class Anchors:
    """Works out the needs of patterns that share fragments."""

    def __init__(self, fragments: Mapping[str, str]) -> None:
        self._fragments = fragments
        self._known: dict[str, Need | None] = {}

    def needs(self, pattern: str) -> list[tuple[Need, ...]]:
        """Return the most telling needs of each alternative of a pattern."""
        return [
            tuple(sorted(set(branch.needs), key=worth, reverse=True)[:MOST_NEEDS])
            for branch in self._read(pattern)
        ]

    def _fragment(self, name: str) -> Need | None:
        if name not in self._known:
            self._known[name] = _either(self._read(self._fragments[name]))
        return self._known[name]

    def _read(self, pattern: str) -> list[_Branch]:
        """Read a pattern into its alternatives."""
        stack: list[list[_Branch]] = [[_Branch()]]
        for token in _TOKEN.finditer(pattern):
            branch, kind = stack[-1][-1], token.lastgroup
            if kind == "literal":
                branch.run += token[0]
                branch.last = None
                continue
            if kind == "times":
                _repeat(branch, token[0])
                continue
            if kind == "escaped" and not token[0][1].isalnum():
                branch.run += token[0][1]
                branch.last = None
                continue
            branch.finish_run()
            branch.last = None
            if kind == "open":
                stack.append([_Branch()])
            elif kind == "or":
                stack[-1].append(_Branch())
            elif kind == "close":
                need = _either(stack.pop())
                _add(stack[-1][-1], need)
            elif kind == "fragment":
                _add(branch, self._fragment(token["fragment"]))
        for branch in stack[0]:
            branch.finish_run()
        return stack[0]


def _add(branch: _Branch, need: Need | None) -> None:
    branch.last = need
    if need is not None:
        branch.needs.append(need)


def _repeat(branch: _Branch, times: str) -> None:
    """Take back what may be missing: the last group, or the last character of a run."""
    if times == "+":
        return
    if branch.run:
        kept = branch.run[:-1]
        branch.run = kept
        branch.finish_run()
    elif branch.last is not None:
        branch.needs.pop()
    branch.last = None


def _either(branches: list[_Branch]) -> Need | None:
    """Return what is needed whichever alternative it is; None where one of them needs nothing."""
    found: set[str] = set()
    for branch in branches:
        branch.finish_run()
        need = branch.best()
        if need is None:
            return None
        found |= need
    return frozenset(found)
