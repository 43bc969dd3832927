"""Whether a mail domain spells a name: whole, cut short, by its initials, or in Latin letters."""

import unicodedata
from collections.abc import Sequence

_LATIN = {
    **dict(
        zip(
            "абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя",
            "a|b|v|h|g|d|e|e|ie|zh|z|i|i|i|i|k|l|m|n|o|p|r|s|t|u|f|kh|ts|ch|sh|shch||y||e|iu|ia".split("|"),  # noqa: SIM905  # as a table reads
            strict=True,
        )
    ),
    **dict(
        zip(
            "αβγδεζηθικλμνξοπρσςτυφχψω",
            "a|v|g|d|e|z|i|th|i|k|l|m|n|x|o|p|r|s|s|t|y|f|ch|ps|o".split("|"),  # noqa: SIM905  # as a table reads
            strict=True,
        )
    ),
    "ß": "ss",
    "ø": "o",
    "ł": "l",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "đ": "d",
    "ð": "d",
    "þ": "th",
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_VOWELS = frozenset("aeiouyjhgwv")  # and what writers in Latin letters do not agree on
_SMALL = frozenset(
    (
        "and",
        "of",
        "the",
        "de",
        "la",
        "le",
        "du",
        "des",
        "und",
        "der",
        "e",
        "i",
        "et",
        "og",
        "och",
        "ja",
        "van",
        "von",
        "for",
        "do",
        "da",
        "a",
    )
)
SHORTEST = 3
MOST_SKIPPED = 1


def latin(words: str) -> str:
    """Return letters and digits only, in small Latin letters without marks; y is i, on which writers do not agree."""
    spelt = "".join(
        _LATIN.get(char, char) for char in unicodedata.normalize("NFC", words).lower().replace("&", " and ")
    )
    plain = "".join(char for char in unicodedata.normalize("NFKD", spelt) if char.isalnum())
    return plain.replace("y", "i")


def spells(label: str, words: Sequence[str]) -> bool:
    """Say whether beginnings of the words, in their order, make up the whole label."""
    plain = [latin(word) for word in words]
    umlauts = [latin(unicodedata.normalize("NFC", word).lower().translate(_UMLAUTS)) for word in words]
    return _made_of(label, plain) or (umlauts != plain and _made_of(label, umlauts))


def _made_of(label: str, words: Sequence[str]) -> bool:
    """Take beginnings of words off the label: how much of it is left, after how many words passed over."""
    whole = "".join(words)
    if label == whole:
        return True
    if len(label) < SHORTEST or len(words) < 2 or words[0][:1] != label[:1]:
        return False
    states = {(0, 0)}
    for word in words:
        following: set[tuple[int, int]] = set()
        for at, skipped in states:
            if word in _SMALL or skipped < MOST_SKIPPED:
                following.add((at, skipped + (word not in _SMALL)))
            length = 0
            while length < len(word) and label[at + length : at + length + 1] == word[length]:
                length += 1
                following.add((at + length, skipped))
        states = following
    return any(at == len(label) for at, _ in states)


def alike(label: str, name: str) -> bool:
    """Say whether a label and a name begin alike: one with the other, or in their consonants where scripts differ."""
    short = latin(name)
    if min(len(short), len(label)) >= SHORTEST and (label.startswith(short) or short.startswith(label)):
        return True
    one, other = _skeleton(label), _skeleton(short)
    return min(len(one), len(other)) >= SHORTEST and (
        one == other or (one.startswith(other) and len(other) > SHORTEST)
    )


def _skeleton(spelt: str) -> str:
    found = ""
    for char in spelt:
        if char not in _VOWELS and found[-1:] != char:
            found += {"c": "k", "q": "k", "z": "s", "x": "k"}.get(char, char)
    return found
