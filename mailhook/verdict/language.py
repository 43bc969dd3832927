"""Which language a text is written in: by its script, or else by the function words it uses."""

import re
from collections import Counter
from functools import cache

from mailhook.verdict.kept import kept
from mailhook.verdict.shapes import languages

SAMPLE = 4000
UNKNOWN = "und"
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# Scripts that one of our languages writes alone. Kana and Hangul come before Han, which Japanese and Chinese share.
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3\u1100-\u11ff]")),
    ("zh", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("ar", re.compile("[\u0620-\u06ff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_RUSSIAN = re.compile("[ыэёъЫЭЁЪ]")
_ASCII = "".join(char if char.isalpha() or char == "'" else " " for char in map(chr, range(128)))
_LATIN = re.compile("[A-Za-zÀ-ɏ]")
# Latin letters that one of our languages writes alone: a few of them tell what few words cannot.
_LETTERS = {
    letter: code
    for code, letters in {
        "cs": "ěřů", "de": "ß", "es": "ñ¿", "hu": "őű", "pl": "ąćęłńśźż", "pt": "ãõ", "ro": "țș", "tr": "ğı",
        "vi": "ơưạảấầậẩắằặẳếềệểịỉọỏốồộổớờợởụủứừựử",
    }.items()
    for letter in letters
}  # fmt: skip
_MOST_LETTERS = 3


def language_of(text: str, hints: tuple[str, ...] = ()) -> str:
    """Return the code of the language most of the text is in, or `und`; `hints` (best first) decide where it is too short to tell."""
    sample = text[:SAMPLE]
    script = _script(sample)
    if script is not None:
        return script
    counts, known = Counter(_words(sample.lower())), _function_words()
    scores: Counter[str] = Counter()
    for word, times in counts.items():
        for code, weight in known.get(word, ()):
            scores[code] += weight * min(times, 5)
    if not sample.isascii():
        for letter, times in Counter(sample.lower()).items():
            if letter in _LETTERS:
                scores[_LETTERS[letter]] += 2 * min(times, _MOST_LETTERS)
    for hint in hints[:1]:
        scores[hint] += 2
    if not scores:
        return UNKNOWN
    best, score = scores.most_common(1)[0]
    return best if score >= 2 else UNKNOWN


def _script(sample: str) -> str | None:
    """Return the language whose script most of the letters are in, unless that is Latin."""
    if sample.isascii():
        return None
    latin = len(_LATIN.findall(sample))
    cyrillic = len(_CYRILLIC.findall(sample))
    if cyrillic > latin:
        return "uk" if len(_UKRAINIAN.findall(sample)) > len(_RUSSIAN.findall(sample)) else "ru"
    found = {code: len(pattern.findall(sample)) for code, pattern in _SCRIPTS}
    if found["ja"] and (found["ja"] + found["zh"]) * 2 > latin:
        return "ja" if found["ja"] * 10 > found["zh"] else "zh"
    code = max(found, key=lambda each: found[each])
    return code if found[code] * (2 if code in {"zh", "ko"} else 1) > latin else None


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case, each with what follows its apostrophe."""
    if not text.isascii():
        return _WORDS.findall(text.replace("’", "'"))
    words = text.translate(_ASCII).split()
    if "'" in text:
        words = [each for word in words for each in (_WORDS.findall(word) if "'" in word else (word,))]
    return words


@cache
def _function_words() -> dict[str, list[tuple[str, int]]]:
    """Map each function word to the languages that use it; the fewer they are, the more it tells."""
    words: dict[str, list[tuple[str, int]]] = kept("function-words", _weigh_function_words)
    return words


def _weigh_function_words() -> dict[str, list[tuple[str, int]]]:
    users: dict[str, list[str]] = {}
    for code, language in languages().items():
        for word in language.words.get("function_words", ()):
            users.setdefault(word.lower(), []).append(code)
    return {
        word: [(code, 4 if len(codes) == 1 else 2 if len(codes) == 2 else 1) for code in codes]
        for word, codes in users.items()
    }
