"""Words in a form so coarse that letters which any expression takes for the same are the same: how the one pass sees text.

An expression of RE2 that ignores case takes the Kelvin sign for a k and both small sigmas for one. Here accents go too, so that
`[íi]` is one letter. What is coarser than the expressions can only make a pattern possible that is not there, never lose one.
"""

import re
import unicodedata
from collections.abc import Iterable

# Letters, marks and digits as ranges: the same as \pL\pM\pN in the scripts people write mail in.
LETTERS = (
    "0-9A-Za-zªµºÀ-\u05bd\u05c1-\u05f2\u0610-\u061a\u0620-\u0669\u066e-\u06d3\u06d5-\u0963\u0966-\u096f"
    "\u0971-\u1fff\u3005-\u3007\u3041-\u318e\u3400-\ua48c\uac00-\ud7a3\uf900-\ufaff"
)
_WORD = re.compile(f"[{LETTERS}]+")
# Scripts in which words stand without spaces, are short or take prefixes: there so many neighbouring characters are looked for.
_DENSE = (
    (1, 2, re.compile("[\u3041-\u318e\u3400-\ua48c\uac00-\ud7a3\uf900-\ufaff]+")),
    (2, 3, re.compile("[\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u0900-\u0963\u0971-\u097f]+")),
)
_ASCII = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
_FOLDED_BELOW = 0x2000  # accents stand in the scripts before this
_LIKE = {
    "ı": "i",
    "ł": "l",
    "đ": "d",
    "ø": "o",
    "·": ".",  # which stands for full stops that end no sentence
    "ς": "σ",
    "ſ": "s",
    "ϐ": "β",
    "ϑ": "θ",
    "ϕ": "φ",
    "ϖ": "π",
    "ϰ": "κ",
    "ϱ": "ρ",
    "ϵ": "ε",
    "µ": "μ",
    "\u0345": "ι",
    "ᲀ": "в",
    "ᲁ": "д",
    "ᲂ": "о",
    "ᲃ": "с",
    "ᲄ": "т",
    "ᲅ": "т",
    "ᲆ": "ъ",
    "ᲇ": "ѣ",
}


class _Table(dict[int, int]):
    """Maps characters to their coarse forms, each worked out when it is first met."""

    def __missing__(self, code: int) -> int:
        if code >= _FOLDED_BELOW:
            return code
        char = chr(code)
        base = unicodedata.normalize("NFD", char.lower())[0]
        base = _LIKE.get(base, base)
        of_one_kind = (_WORD.match(char) is None) == (_WORD.match(base) is None)
        self[code] = ord(base) if of_one_kind else code
        return self[code]


_TABLE = _Table()


def fold(text: str) -> str:
    """Return the coarse form of a text, of the same length."""
    if text.isascii():
        return text.lower()
    return (
        text.lower().translate(_TABLE)
        if "İ" not in text
        else text.replace("İ", "i").lower().translate(_TABLE)
    )


def words_in(text: str) -> list[str]:
    """Return the words of a text in coarse form, in their order."""
    if text.isascii():
        return text.translate(_ASCII).split()
    return [word.lower() if word.isascii() else fold(word) for word in _WORD.findall(text)]


def runs_in(text: str) -> set[str]:
    """Return the shortest runs of neighbouring characters that are looked for in dense scripts."""
    found: set[str] = set()
    if not text.isascii():
        for least, most, letters in _DENSE:
            for run in map(fold, letters.findall(text)):
                for size in range(least, most + 1):
                    found.update(run[place : place + size] for place in range(len(run) - size + 1))
    return found


def pieces(text: str) -> Iterable[re.Match[str]]:
    """Yield the words of a coarse text with their places."""
    return _WORD.finditer(text)
