"""Text in the form in which it is judged: one form for every space, quotation mark and letter; soft line breaks joined.

`normalise` is also for phrases that are to be found in such text.
"""

import re
import unicodedata

# Zero-width and direction marks, soft hyphens, joiners, byte order marks and their mangled kin: nothing to a reader.
_NOTHING = (
    "\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u034f\u00ad\ufeff\ufffe\ufff9\ufffa\ufffb\u061c\u180e"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u115f\u1160\u3164\uffa0\ufe0e\ufe0f"
)
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u2800\t\x0b"
_FORMS = (
    dict.fromkeys(_NOTHING, "")
    | dict.fromkeys(_SPACES, " ")
    | dict.fromkeys("‘’‚‛′ʼ＇`´", "'")
    | dict.fromkeys("“”„‟″＂«»", '"')
    | dict.fromkeys("\u2028\u2029\x85\r\x0c", "\n")
    | {"\u2010": "-", "\u2011": "-", "…": "..."}
    | dict.fromkeys(
        map(chr, [*range(5), *range(6, 9), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)]), ""
    )
)
_FORMED = frozenset(_FORMS)
# Compatibility forms that stand for ordinary letters: ligatures, Arabic shapes, full and half width, mathematical letters.
_COMPATIBLE = re.compile("[\uf900-\ufdff\ufe30-\ufefc\uff01-\uffef\u3300-\u33ff\U0001d400-\U0001d7ff]+")

_PIECE = 1000
_WIDTH = 100
_LIST_ITEM = re.compile(r"(?:[-*+•·◦▪‣–—>|#]|\(?\d{1,2}[.)]|[a-z]\))\s")
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]")
_CJK = re.compile("[\u2e80-\u30ff\u3100-\u9fff\uf900-\ufaff\uff00-\uffef]")


def normalise(text: str) -> str:
    """Bring characters to their one form; lines stay."""
    if text.isascii():
        if text.replace("\n", "").isprintable():
            return text
        found = _FORMED.intersection(text)
    else:
        chars = set(text)
        found = _FORMED & chars
        if max(chars) >= "\u3300":
            text = _COMPATIBLE.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
        text = (
            _composed(text) if any(map(unicodedata.combining, chars)) else unicodedata.normalize("NFC", text)
        )
    for char in found:
        text = text.replace(char, _FORMS[char])
    return text


def _composed(text: str) -> str:
    """Return the text in NFC, piece by piece, as putting a long run of combining marks in order takes quadratic time."""
    return "".join(
        unicodedata.normalize("NFC", line[at : at + _PIECE])
        for line in text.splitlines(keepends=True)
        for at in range(0, len(line), _PIECE)
    )


def fold(text: str) -> str:
    """Put normal text into lower case as tables have it: the Turkish dotted capital becomes a plain letter."""
    return text.lower() if "İ" not in text else text.replace("İ", "i").lower()


def join_lines(lines: list[str]) -> str:
    """Join the lines of one stretch of text where only the width of a page broke them; keep its paragraphs and lists."""
    width = max((len(line) for line in lines if len(line) <= _WIDTH), default=0)
    out: list[str] = []
    before = ""
    for line in lines:
        if "  " in line or line[:1] == " " or line[-1:] == " ":
            line = " ".join(line.split())
        if not line:
            if before:
                out.append("")
        elif before and _is_soft(before, line, width):
            out[-1] = out[-1] + line if _joins_tight(before, line) else f"{out[-1]} {line}"
        else:
            out.append(line)
        before = line
    while out and not out[-1]:
        out.pop()
    return "\n".join(out)


def tidy_lines(lines: list[str]) -> str:
    """Keep lines as they are, such as a signature's, without needless space."""
    out: list[str] = []
    for line in (" ".join(line.split()) for line in lines):
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).rstrip("\n")


def _is_soft(before: str, line: str, width: int) -> bool:
    """Say whether the break between two neighbouring lines is only where a page ended."""
    length = len(before)
    if length < 25 and not _WIDE.match(before[-1]):
        return False
    if _LIST_ITEM.match(line) or (length < 40 and before[-1] in ",:;"):
        return False
    first = line[0]
    if first.islower():
        return before[-1] not in ".!?:" or length > 50
    if _WIDE.match(before[-1]) and _WIDE.match(first):
        return length >= 12 and length >= min(width, 60) * 3 // 4 and before[-1] not in "。！？!?"
    room = line.find(" ")
    return width >= 60 and length <= _WIDTH and length + 1 + (len(line) if room < 0 else room) > width


def _joins_tight(before: str, line: str) -> bool:
    return bool(_CJK.match(before[-1]) and _CJK.match(line[0]))
