"""Below the new text: the signature, and the footer that law, lists and programs add.

Only what surely is one is split off: a closing line of a letter with short lines under it, what stands under "-- ", and
paragraphs that begin as legal and unsubscribing notices do. All else stays in the text.
"""

import re
from dataclasses import dataclass, field

from mailhook.mail.footers import is_banner, is_footer
from mailhook.mail.normal import fold
from mailhook.mail.wording import CLOSINGS, DEVICE_STARTS

_SIGNATURE_LINES = 16
_NAME_LENGTH = 90
_DELIMITED_LINES = 30
_PARAGRAPHS = 14
_BANNER_LINES, _BANNER_LENGTH = 6, 25
_STOP = ".!?。！？"


@dataclass(slots=True)
class Split:
    """The lines of new text, of the signature and of the footer."""

    text: list[str] = field(default_factory=list)
    signature: list[str] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)


def split_signature(lines: list[str]) -> Split:
    """Split the normalised lines of new text."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    footer = _footer_start(lines, end)
    start, stop = _closing(lines, footer)
    delimiter = _delimiter(lines, footer)
    if delimiter is not None and not _any(lines[stop:delimiter]):
        start, stop = min(start, delimiter), footer
    elif delimiter is not None:
        start, stop = delimiter, footer
    signature = [line for number, line in enumerate(lines[start:stop], start) if number != delimiter]
    text, rest = lines[:start], lines[stop:footer]
    notice = _first_notice(rest)
    text += rest[:notice]
    if not _any(text):
        return Split(text=lines[:footer], footer=lines[footer:end])
    text, devices = _devices(text)
    banner = _banner_end(text)
    return Split(
        text=text[banner:],
        signature=signature + devices,
        footer=text[:banner] + rest[notice:] + lines[footer:end],
    )


def _banner_end(lines: list[str]) -> int:
    """Return where the text begins below a gateway's banner."""
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    end = next((number for number in range(start, len(lines)) if not lines[number].strip()), len(lines))
    if end - start > _BANNER_LINES or (end - start == 1 and len(lines[start]) < _BANNER_LENGTH):
        return 0
    return end if _any(lines[end:]) and is_banner(" ".join(lines[start:end]).strip()) else 0


def _any(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _first_notice(lines: list[str]) -> int:
    """Return where, below a signature, a paragraph begins as notices do; from there on all is footer."""
    for number, line in enumerate(lines):
        if line.strip() and (number == 0 or not lines[number - 1].strip()) and is_footer(line.strip()):
            return number
    return len(lines)


def _footer_start(lines: list[str], end: int) -> int:
    """Return where the footer begins, walking up paragraph by paragraph."""
    found = stop = end
    for _ in range(_PARAGRAPHS):
        while stop and not lines[stop - 1].strip():
            stop -= 1
        start = stop
        while start and lines[start - 1].strip() and stop - start < 40:
            start -= 1
        if start == stop:
            break
        paragraph = " ".join(lines[start:stop]).strip()
        if is_footer(paragraph):
            found = start
        elif not _is_filler(paragraph):
            break
        stop = start
    return found


def _is_filler(paragraph: str) -> bool:
    """Say whether a paragraph may stand between two notices: an address, a link, a name."""
    if len(paragraph) > 70 or paragraph[-1] in _STOP or paragraph.endswith(","):
        return False
    return (
        paragraph.count(" ") < 4
        or any(mark in paragraph for mark in ("|", "@", "//", "©", "www."))
        or bool(re.search(r"\d", paragraph))
    )


def _delimiter(lines: list[str], end: int) -> int | None:
    """Return the number of the line "-- " whose rest is short enough to be a signature."""
    for number in range(max(end - _DELIMITED_LINES, 1), end):
        if lines[number].rstrip() == "--" and sum(map(len, lines[number:end])) < 2000:
            return number
    return None


def _closing(lines: list[str], end: int) -> tuple[int, int]:
    """Return where a letter's closing and the lines under it begin and end; (end, end) where there is none."""
    for number in range(max(end - 40, 0), end):
        line = lines[number]
        if len(line) > 60 or not line:
            continue
        if fold(line.strip(" ,.!;*_-–—")) in CLOSINGS or _closing_with_name(line):
            stop = _end_of_names(lines, number + 1, end)
            if stop > number + 1 or not _any(lines[stop:end]):
                return number, stop
    return end, end


def _closing_with_name(line: str) -> bool:
    head, comma, name = line.partition(",")
    return bool(
        comma and fold(head.strip()) in CLOSINGS and 0 < len(name.split()) <= 4 and name.strip()[0].isupper()
    )


def _end_of_names(lines: list[str], at: int, end: int) -> int:
    """Return the number of the first line that does not look like a name, a title, an address or a telephone number."""
    count = 0
    last = at
    for number in range(at, end):
        line = lines[number].strip()
        if not line:
            continue
        count += 1
        if count > _SIGNATURE_LINES or not _is_name_like(line, first=count == 1):
            break
        last = number + 1
    return last


def _is_name_like(line: str, *, first: bool) -> bool:
    spaces = line.count(" ")
    if len(line) > _NAME_LENGTH or (line[-1] in _STOP and spaces > 3) or line[:2].lower() in ("ps", "p."):
        return False
    # A sentence may stand under "Thanks," as well: the first line has to be as short as a name.
    return (spaces < 5 if first else spaces < 12) and not (line[0].islower() and spaces > 2)


def _devices(text: list[str]) -> tuple[list[str], list[str]]:
    """Take off the line that a telephone or a mail program added at the end."""
    end = len(text)
    while end and not text[end - 1].strip():
        end -= 1
    if end and len(text[end - 1]) < 120 and fold(text[end - 1].strip()).startswith(DEVICE_STARTS):
        return text[: end - 1], [text[end - 1]]
    return text, []
