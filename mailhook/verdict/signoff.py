"""How a message ends: the lines below its text, and the pieces they are made of."""

import re
from dataclasses import dataclass

from mailhook.mail.message import Message
from mailhook.verdict.person import bare, lines_of, words_of

MOST_LINES = 8
LONGEST = 90
LONGEST_UNSPACED = 30
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_CUT = re.compile(
    r"\s+[|–—•·-]\s+|\s*[|•;]\s*|,\s+|，|\s+/\s+|\s+@\s+|\s+(?=(?:ul|tel|al|str|Tel|Str|Tlf|Tél)\.?:? )|[(（)）]|\s*[:：]\s+"
)
_SENTENCE = re.compile(r"[.!?。！？:…](?:[\"'”»)]*)\Z")
_DOMAINLIKE = re.compile(r"\S+@\S+|https?:|www\.")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a closing line; `whole` where it is the line."""

    part: str
    start: int
    end: int
    whole: bool


def closing_pieces(message: Message, code: str) -> list[Piece]:
    """Return the lines of the signature and the last lines of the text that are no sentences, whole and in pieces."""
    found: list[Piece] = []
    closings = words_of(code, "closing")
    for part in ("signature", "text"):
        lines = lines_of(message.part(part))
        if part == "text":
            lines = _last(lines)
        for offset, line in lines[: MOST_LINES * 2]:
            if bare(line) in closings or _DOMAINLIKE.search(line) or len(line) > LONGEST:
                continue
            cuts = [*_CUT.finditer(line), None]
            position = 0
            for cut in cuts:
                end = cut.start() if cut else len(line)
                if end - position > 1:
                    found.append(
                        Piece(part, offset + position, offset + end, (position, end) == (0, len(line)))
                    )
                position = cut.end() if cut else position
    return found


def _last(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the lines at the end that are no sentences."""
    kept: list[tuple[int, str]] = []
    for offset, line in reversed(lines):
        if len(line) > (LONGEST_UNSPACED if _UNSPACED.search(line) else LONGEST) or (
            _SENTENCE.search(line) and len(line.split()) > 3
        ):
            break
        kept.append((offset, line))
        if len(kept) == MOST_LINES:
            break
    return kept[::-1] if len(kept) < len(lines) else kept[::-1][1:]
