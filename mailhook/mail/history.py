"""Older mail inside a message: where quoted and forwarded text begins and ends.

New text is never given up on a guess: a line counts as a mark of older mail only when its shape and its words agree, and
what stands below a quotation whose lines are marked is new text again, as in a reply written underneath.
"""

import re
from dataclasses import dataclass, field

from mailhook.mail.html import HISTORY
from mailhook.mail.normal import fold
from mailhook.mail.wording import ATTRIBUTION_STARTS, FORWARDED, FROM, ORIGINAL, SENT, SUBJECT, TO, WROTE

_DATE = re.compile(r"\d{1,2}[:.h]\d{2}|(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_ADDRESS = re.compile(r"[^\s<>@\"]{1,100}@[^\s<>@\"]{1,100}")
_IN_ANGLES = re.compile(r"<[^\s<>@]{1,100}@[^\s<>]{1,100}>|\[mailto:")
_RULE = re.compile(r"[-_=*–—\s]{5,}\Z")
_LABELS = {
    word: kind
    for kind, words in (("to", TO), ("sent", SENT), ("subject", SUBJECT), ("from", FROM))
    for word in words
}
_LINES_OF_ATTRIBUTION = 4
_LINES_OF_BLOCK = 16
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\s,.:;(]+")
_WROTE = re.compile("|".join(sorted(map(re.escape, WROTE), key=len, reverse=True)))
LINES = 4000


@dataclass(slots=True)
class Split:
    """The lines of a body: what is new, what is older, whether it forwards, and whether a mark (not only `>`) said so."""

    new: list[str] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    forwarded: bool = False
    marked: bool = False


def split_history(lines: list[str], *, reply: bool = False, forward: bool = False) -> Split:
    """Split normalised lines into new and older ones; `reply` and `forward` say what the header tells about the message."""
    split = Split()
    hints = _hints(lines)
    if not hints:
        split.new = lines
        return split
    at = 0
    for hint in hints:
        if hint < at:
            continue
        mark = _mark(lines, hint, reply=reply)
        if mark is None:
            continue
        start, kind = mark
        start = max(start, at)
        split.new += lines[at:start]
        if kind in ("block", "forward"):
            split.forwarded = split.forwarded or kind == "forward" or forward
            split.marked = True
            split.old += lines[start:]
            return _checked(split)
        end = _end_of_quote(lines, hint)
        split.marked = split.marked or kind == "attribution"
        split.old += lines[start:end]
        at = end
    split.new += lines[at:]
    return _checked(split)


def _checked(split: Split) -> Split:
    """Where everything is quoted and nothing says by whom, it is the text."""
    split.new = [line for line in split.new if HISTORY not in line]
    split.old = [line for line in split.old if HISTORY not in line]
    if not split.marked and not any(line.strip() for line in split.new):
        return Split(new=[line.lstrip("> ") for line in split.old])
    return split


def _hints(lines: list[str]) -> list[int]:
    """Return the numbers of the lines that might begin older mail: cheap, and never too few."""
    return [
        number
        for number, line in enumerate(lines[:LINES])
        if line and (":" in line or line[0] in ">-_ *\x05" or line[-1] == ">")
    ]


def _mark(lines: list[str], at: int, *, reply: bool) -> tuple[int, str] | None:
    """Say whether older mail is marked at this line: where it begins, and by what."""
    line = lines[at].strip()
    if line[:1] == ">":
        run = at + 1 < len(lines) and lines[at + 1].lstrip()[:1] == ">"
        return (at, "quote") if run or reply else None
    if line == HISTORY:
        return _after_program_mark(lines, at)
    bare = fold(line.strip("-_=*–—> \t").rstrip(":").rstrip())
    if bare in FORWARDED or (bare.startswith("forwarded message") and line[0] == "-"):
        return _with_rule(lines, at), "forward"
    if bare in ORIGINAL and line[0] in "-_=*–—":
        return _with_rule(lines, at), "block"
    if ":" not in line:
        return None
    if line[-1] == ":":
        start = _attribution(lines, at)
        if start is not None:
            below = _next(lines, at + 1)
            return (
                (start, "attribution")
                if below is not None and lines[below].lstrip()[:1] == ">"
                else (start, "block")
            )
    if _is_block(lines, at):
        return _with_rule(lines, at), "block"
    return None


def _next(lines: list[str], at: int) -> int | None:
    """Return the number of the first line from here that holds anything."""
    return next(
        (n for n in range(at, min(at + 6, len(lines))) if lines[n].strip() and lines[n] != HISTORY), None
    )


def _with_rule(lines: list[str], at: int) -> int:
    """Return where a block begins: with the rule drawn above it, if there is one."""
    above = at - 1
    while above >= 0 and at - above < 4 and (not lines[above].strip() or lines[above] == HISTORY):
        above -= 1
    return above if above >= 0 and _RULE.match(lines[above]) else at


def _after_program_mark(lines: list[str], at: int) -> tuple[int, str] | None:
    """Read the mark that a mail program put into HTML: it counts where a quotation or a header block does follow."""
    first = _next(lines, at + 1)
    if first is None:
        return None
    for number in range(first, min(first + 6, len(lines))):
        if lines[number].lstrip()[:1] == ">":
            return at, "attribution"
    return (at, "block") if lines[first].rstrip()[-1:] == ":" else None


def _end_of_quote(lines: list[str], at: int) -> int:
    """Return the number of the line where the marked lines end that begin at or soon after this one."""
    end = at
    while end < len(lines) and lines[end].lstrip()[:1] != ">":
        end += 1
    last = end
    while end < len(lines):
        line = lines[end].lstrip()
        if line[:1] == ">":
            last = end + 1
        elif line:
            break
        end += 1
    return last


def _attribution(lines: list[str], at: int) -> int | None:
    """Return where the attribution line begins that ends here, if one does: its verb, and a date or an address."""
    below = _next(lines, at + 1)
    quoted = below is not None and lines[below].lstrip()[:1] == ">"
    near = "".join(lines[max(at - _LINES_OF_ATTRIBUTION, 0) : at + 1])
    if not quoted and "@" not in near and not _DIGIT.search(near):
        return None
    joined = ""
    found: int | None = None
    for start in range(at, max(at - _LINES_OF_ATTRIBUTION, -1), -1):
        line = lines[start].strip()
        if not line or line == HISTORY or (line[0] == ">" and start != at):
            break
        joined = f"{line} {joined}".strip()
        if len(joined) > 400:
            break
        if not _attributes(joined, quoted=quoted):
            continue
        word = _WORD.match(joined)
        begins = joined[0].isdigit() or (word and fold(word[0]) in ATTRIBUTION_STARTS)
        if begins and (_DATE.search(joined) or _ADDRESS.search(joined)):
            return start
        found = start if found is None else found
    return found


def _attributes(joined: str, *, quoted: bool) -> bool:
    verb = _WROTE.search(fold(joined))
    dated = bool(_DATE.search(joined))
    if verb:
        if dated or _ADDRESS.search(joined):
            return True
        return quoted and len(joined) < 120
    return dated and bool(_IN_ANGLES.search(joined))


def _is_block(lines: list[str], at: int) -> bool:
    """Say whether a block of header lines (From, Sent, To, Subject) begins at this line."""
    if _label(lines[at]) is None:
        return False
    kinds: dict[str, str] = {}
    others = 0
    for line in lines[at : at + _LINES_OF_BLOCK]:
        kind = _label(line)
        if kind:
            kinds.setdefault(kind, line.partition(":")[2].strip(" *_"))
            others = 0
        elif line.strip():
            others += 1
            if others > 2:
                break
    if len(kinds) < 3 or "from" not in kinds:
        return False
    if "subject" in kinds or any("@" in value for value in kinds.values()):
        return True
    return bool(_DATE.search(kinds["sent"])) and kinds["from"][:1].isalpha()


def _label(line: str) -> str | None:
    name, colon, _ = line[:60].partition(":")
    return _LABELS.get(fold(name.strip("*_|> \t"))) if colon else None
