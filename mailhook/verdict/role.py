"""The role applied for and its requisition, as the message names them."""

import re
from collections.abc import Iterator
from functools import cache

from mailhook.mail.message import Message
from mailhook.mail.thread import base_subject
from mailhook.verdict.place import fact, key, tables
from mailhook.verdict.rules import Reading, fact_patterns
from mailhook.verdict.shapes import FactShape, languages
from mailhook.verdict.spelling import latin
from mailhook.verdict.verdict import Fact

MOST_WORDS = 12
_HEAD_FIRST = frozenset(
    {"es", "fr", "it", "pt", "ro"}
)  # "archiviste au Musée de Rivecourt": the role stands before the place
_TOKEN = re.compile(r"\S+")
_JOINS = frozenset(
    {
        "of",
        "and",
        "&",
        "the",
        "for",
        "in",
        "to",
        "de",
        "la",
        "du",
        "des",
        "und",
        "für",
        "der",
        "y",
        "e",
        "en",
        "-",
        "–",
        "|",
        "/",
        "with",
        "et",
        "von",
        "van",
    }
)
_SEPARATOR = re.compile(r"\s+[|–—/·-]\s+|\s*[|:]\s+|,\s+| (?=\()|<>|\s*\[|\]\s*")
_REQUISITION_AT_END = re.compile(
    r"\s*[(\[]?(?:Job|Req|Ref|JR|R|ID)?[ .:#-]*[A-Z]{0,5}[-/]?\d[\w./-]*[)\]]?\s*\Z"
)
_NUMBER = re.compile(r"#?[\d-]{4,}:?")
_QUOTED = re.compile(r"[“„«「『\"]([^”“»」』\"]{2,60})[”“»」』\"]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_COUNT = re.compile(r"[#№]?\d[\d/.:-]*")
MOST_IN_SUBJECT = 7
MOST_MORE = 3  # words that a subject may add to a role
_ELIDED = ("d'", "d’", "l'", "l’")
LONGEST_ELISION = 3
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_HEADWORD = re.compile(r"[^\W\d_]+")


def named(message: Message, code: str, slot: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield each place where the language's patterns read a slot: the part, the row's name, start and end."""
    reading = Reading(message)
    for part in ("text", "subject"):
        for each in dict.fromkeys((code, "en")):
            matcher = fact_patterns(each, part)
            searched = reading.masked(part)
            for index in sorted(matcher.possible(searched)):
                row = matcher.patterns[index]
                assert isinstance(row, FactShape)
                for span in matcher.spans(index, searched):
                    for name, start, end in span.groups:
                        if name == slot:
                            yield part, row.name, start, end


def read_role(message: Message, code: str) -> Fact | None:
    """Return the role that a message names: by the language's patterns if it has a word for somebody at work, by the subject, or by a pattern alone."""
    by_pattern = list(_by_pattern(message, code))
    spoken = next((found for found in by_pattern if names_role(found.value)), None)
    subject = _in_subject(message)
    if (
        spoken is not None
        and subject is not None
        and subject.value.lower().startswith(f"{spoken.value.lower()} ")
    ):
        more = subject.value[len(spoken.value) :].split()
        return subject if len(more) <= MOST_MORE and more[0] in _OF else spoken
    return spoken or subject or next((found for found in by_pattern if _is_titled(found.value, code)), None)


_POST_OF = re.compile(r"(?:post|position|role|job|vacancy) of (?:an? |the )?", re.IGNORECASE)
_OF = frozenset({"de", "di", "del", "della", "da", "do", "des", "du", "of", "für", "van", "ds."})


def _is_titled(words: str, code: str) -> bool:
    """Say whether words that no known role is among may be one: in English only if each is written as in a title."""
    letters = re.search(r"[^\W\d_]{3}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}", words)
    if letters is None or words.count("(") != words.count(")"):
        return False
    return code != "en" or all(_is_title(word) or word in _JOINS for word in words.split())


def _by_pattern(message: Message, code: str) -> Iterator[Fact]:
    for part, _, start, end in named(message, code, "role"):
        text = message.part(part)
        ahead = _POST_OF.match(text, start, end)
        trimmed = _trim(text, ahead.end() if ahead is not None else start, end, code)
        if trimmed is None or (
            code == "en" and text[trimmed[0]].islower() and not ends_like_role(text[slice(*trimmed)])
        ):
            continue
        found = fact(message, part, *trimmed)
        if found is not None and key(found.value) not in key(message.part("from")):
            yield found


def read_requisition(message: Message) -> Fact | None:
    """Return the requisition's number as written, from the subject or else the text."""
    for part in ("subject", "text"):
        text = message.part(part)
        for pattern in _requisitions(part):
            found = pattern.search(text)
            if found is not None:
                group = 1 if found.re.groups else 0
                return fact(message, part, found.start(group), found.end(group))
    return None


@cache
def _requisitions(part: str) -> tuple[re.Pattern[str], ...]:
    table = tables()["requisition"]
    return tuple(
        re.compile(each) for each in (*table["patterns"], *(table["in_subject"] if part == "subject" else ()))
    )


def _trim(text: str, start: int, end: int, code: str) -> tuple[int, int] | None:
    """Narrow a stretch to the role in it; None where it is a sentence rather than a role."""
    tail = _REQUISITION_AT_END.search(text, start, end)
    if tail is not None and tail.start() > start and any(char.isdigit() for char in tail[0]):
        end = tail.start()
    if _UNSPACED.search(text, start, end):
        start = max(start, *(text.rfind(mark, start, end) + 1 for mark in ",，、"))
    tokens = [(found.start(), found.end()) for found in _TOKEN.finditer(text, start, end)]
    language = languages().get(code)
    common = set(language.words.get("function_words", ())) - _JOINS if language else set()
    plain = [_plain(text[a:b]) for a, b in tokens]
    if code in _HEAD_FIRST:
        common -= {"di", "del", "da", "do", "das", "dos", "della", "dello", "dei", "delle", "degli"}
        first = next((n for n, word in enumerate(plain) if word not in common | _JOINS), 0)
        end = next((n for n, word in enumerate(plain) if n > first and word in common), len(tokens))
        while end > first and plain[end - 1] in _JOINS:
            end -= 1
        tokens, plain = tokens[first:end], plain[first:end]
    if len(tokens) > 6 or any(word in common for word in plain):
        kept = len(tokens)
        while kept and (_is_title(text[slice(*tokens[kept - 1])]) or plain[kept - 1] in _JOINS):
            kept -= 1
        tokens, plain = tokens[kept:], plain[kept:]
    talk = next((n for n in range(len(plain) - 2, -1, -1) if plain[n] in _TALK), -1)
    tokens, plain = tokens[talk + 1 :], plain[talk + 1 :]
    while tokens and (
        plain[0] in _JOINS
        or plain[0] in common
        or plain[0] in ("a", "an", "our", "this")
        or _NUMBER.fullmatch(plain[0])
        or plain[0] in ("posting", "job", "vacancy", "req", "requisition", "competition")
    ):
        tokens, plain = tokens[1:], plain[1:]
    while tokens and plain[-1] in _AFTER:
        tokens, plain = tokens[:-1], plain[:-1]
    if not tokens or len(tokens) > MOST_WORDS or plain[-1].endswith(("'s", "’s")):
        return None
    if len(tokens) == 1 and (plain[0] in _NOT_ROLES or plain[0] in _MONTHS):
        return None
    return tokens[0][0], tokens[-1][1]


_NOT_ROLES = frozenset(
    {
        "above",
        "this",
        "current",
        "vacant",
        "open",
        "advertised",
        "following",
        "right",
        "same",
        "next",
        "new",
        "any",
        "job",
        "role",
        "position",
        "post",
        "team",
        "interview",
        "above-mentioned",
        "other",
        "available",
        "employment",
        "opportunity",
        "future",
        "further",
        "consideration",
        "hiring",
        "application",
        "其他",
        "同一",
        "相关",
        "該",
        "该",
        "本",
        "此",
        "全部",
        "上記",
        "下記",
        "弊社",
    }
)


def _plain(token: str) -> str:
    """Return a word in small letters without its marks; an abbreviation ("IT") as it stands."""
    bare = token.strip(",.()")
    return bare if bare.isupper() and bare.isascii() and len(bare) in (2, 3) else bare.lower()


_TALK = frozenset(
    {
        "interest",
        "application",
        "applying",
        "candidacy",
        "posizione",
        "stanowisko",
        "urzędnicze",
        "stelle",
        "puesto",
        "poste",
        "vacature",
        "functie",
        "tjänsten",
        "stillingen",
        "pozici",
        "pozice",
        "poziția",
        "postul",
    }
)


_AFTER = frozenset(
    {"opportunity", "position", "role", "vacancy", "job", "opening", "post", "n°", "pozíció", "pozisyonu"}
)


def _is_title(token: str) -> bool:
    first = next((char for char in token if char.isalnum()), "")
    return not first.isalpha() or first.isupper() or first.lower() == first.upper()


def _in_subject(message: Message) -> Fact | None:
    """Return the part of the subject that names a role, less the talk of applications around it."""
    base = base_subject(message.subject)
    offset = message.subject.lower().find(base.lower())
    if not base or offset < 0:
        return None
    pieces: list[tuple[int, int]] = []
    position = 0
    for cut in [*_SEPARATOR.finditer(base), None]:
        pieces.append((position, cut.start() if cut else len(base)))
        position = cut.end() if cut else position
    for start, end in pieces:
        narrowed = _without_noise(base, *_less_tail(base, start, end))
        if narrowed is None:
            continue
        found = fact(message, "subject", offset + narrowed[0], offset + narrowed[1])
        if found is not None and key(found.value) not in key(message.part("from")):
            return found
    return None


def _less_tail(base: str, start: int, end: int) -> tuple[int, int]:
    """Take off what follows a role: its place, or the talk of it in a script without spaces; or take what is quoted."""
    quoted = _QUOTED.search(base, start, end)
    if quoted is not None:
        return quoted.span(1)
    if _UNSPACED.search(base, start, end):
        tail = _unspaced_tail().search(base, start, end)
        return start, tail.start() if tail is not None and tail.start() > start else end
    places = tables()["role"]["places"]
    place = next((each for each in _TOKEN.finditer(base, start, end) if each[0].lower() in places), None)
    return start, place.start() if place is not None else end


@cache
def _unspaced_tail() -> re.Pattern[str]:
    return re.compile(tables()["role"]["unspaced_tail"])


def _without_noise(base: str, start: int, end: int) -> tuple[int, int] | None:
    noise = _noise()
    tokens = [(found.start(), found.end()) for found in _TOKEN.finditer(base, start, end)]
    low = [base[a:b].lower().strip("?!.,:;()'\"„“”«»") for a, b in tokens]
    while tokens and (low[-1] in noise or not low[-1] or _COUNT.fullmatch(low[-1])):
        tokens, low = tokens[:-1], low[:-1]
    kept = tables()["role"]["kept_first"]
    while tokens and (
        (low[0] in noise and not (low[0] in kept and len(tokens) > 1 and names_role(base[slice(*tokens[1])])))
        or not low[0]
        or _COUNT.fullmatch(low[0])
    ):
        tokens, low = tokens[1:], low[1:]
    if not tokens or len(tokens) > MOST_IN_SUBJECT:
        return None
    start, end = tokens[0][0], tokens[-1][1]
    if low[0][:2] in _ELIDED and len(low[0]) > LONGEST_ELISION:
        start += 2
    return (start, end) if names_role(base[start:end]) else None


@cache
def _noise() -> frozenset[str]:
    return frozenset(tables()["role"]["noise"])


@cache
def _at_work() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    table = tables()["role"]
    beginnings, endings = ([latin(word) for word in table[name]] for name in ("beginnings", "endings"))
    return frozenset(map(latin, table["words"])), tuple(beginnings), tuple(endings)


def names_role(words: str) -> bool:
    """Say whether words hold one for somebody at work, in any language: "Staff Nurse, Acute Medicine", "Kyrkomusiker"."""
    known, beginnings, endings = _at_work()
    return any(
        part in known
        or part.removesuffix("s") in known
        or part.startswith(beginnings)
        or part.endswith(endings)
        for word in _HEADWORD.findall(words)
        if len(part := latin(word)) > 2
    ) or any(each in words for each in tables()["role"]["anywhere"])


def ends_like_role(words: str) -> bool:
    """Say whether words name a role: a part of them ends in such a noun ("Staff Nurse, Acute Medicine"), or they begin with "Head of"."""
    heads = frozenset(tables()["role"]["words"])
    pieces = [_HEADWORD.findall(piece.lower()) for piece in re.split(r"[,(/–-]| for | of | in ", words)]
    return any(piece and (piece[-1] in heads or piece[-1].removesuffix("s") in heads) for piece in pieces)
