"""Who wrote, and who is addressed: names as they stand in the message, never guessed."""

import re
from functools import cache

from mailhook.mail.message import Address, Me, Message
from mailhook.verdict.place import fact, key, names_employer, tables
from mailhook.verdict.platforms import platforms
from mailhook.verdict.shapes import languages
from mailhook.verdict.spelling import latin, spells
from mailhook.verdict.verdict import Fact

_MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0951-\u0957"
_WORD = rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}'’ʼ-])*(?:\.[^\W\d_]+)*\.?"
_NAME = re.compile(rf"{_WORD}(?: {_WORD}){{0,4}}")
_NO_CASE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0590-\u06ff\u0900-\u097f]")
_PARTICLES = frozenset(
    {
        "de",
        "da",
        "van",
        "von",
        "der",
        "den",
        "del",
        "della",
        "la",
        "le",
        "bin",
        "al",
        "do",
        "dos",
        "du",
        "di",
        "ten",
        "ter",
        "el",
        "ben",
        "zu",
        "y",
        "e",
    }
)
_AFTER_NAME = re.compile(r"\s*(?:,.*|\||–|-\s|\(.*)?")
LINES = 6


def words_of(code: str, name: str) -> frozenset[str]:
    """Return one of the lists of words of a language and of English."""
    return frozenset(
        word.lower()
        for each in (code, "en")
        if each in languages()
        for word in languages()[each].words.get(name, ())
    )


def looks_like_name(text: str, code: str) -> bool:
    """Say whether words could be a person's name: one to five of them, capitalised, and none that names a team or an office."""
    if not _NAME.fullmatch(text):
        return False
    words = text.split()
    if len(words) == 1 and words[0].lower() in tables()["role"]["words"]:
        return False
    if text.lower() in platforms().ats_names:
        return False
    barred = words_of(code, "not_a_name") | _not_people()
    if any(word.lower().strip(".,") in barred for word in words):
        return False
    return all(
        word[0].isupper() or word.lower() in _PARTICLES or _NO_CASE.match(word) for word in words
    ) and any(len(word.strip(".")) > 1 for word in words)


@cache
def _not_people() -> frozenset[str]:
    """Words of offices, legal forms and employers' names."""
    table = tables()["company"]
    legal = {"gmbh", "ag", "inc", "ltd", "llc", "plc", "sa", "srl", "bv", "nv", "ab", "oy", "kg", "se"}
    return (
        frozenset({word for word in table["affixes"] if word.isalpha()} - _PARTICLES)
        | legal
        | set(table["tails"])
    )


def is_person(sender: Address, code: str = "en") -> bool:
    """Say whether a sender's display name is a person's: its local part or domain does not make it an office or an employer."""
    name = _in_order(without_titles(sender.name))
    if not looks_like_name(name, code) or (names_employer(name) and not _is_surname(name, sender)):
        return False
    words = [key(word) for word in name.split()]
    if len(words) == 2 and len(words[0]) == 1:
        return True
    local = key(sender.local.partition("+")[0])
    if platforms().is_ats(sender.domain) and sender.local == local and key(name).startswith(local):
        return False  # a system's short name of an employer: "Thistledown Toys" <thistledown@system>
    if len(words) >= 2 and (
        any(len(word) > 2 and word in local for word in words) or local == "".join(word[:1] for word in words)
    ):
        return True
    domain = key(sender.domain.rpartition(".")[0])
    return (
        len(words) in (2, 3)
        and local not in _offices()
        and key(name) not in domain
        and not any(spells(latin(label), name.split()) for label in sender.domain.split("."))
    )


def _is_surname(name: str, sender: Address) -> bool:
    """Say whether a word of employers' names is a person's surname here: "Sanne Bakker" <sanne@tulp.example>."""
    first, _, last = name.partition(" ")
    if not last or " " in last or names_employer(first):
        return False
    local, one, other = sender.local.lower(), key(first), key(last)
    return (
        local == one
        or key(local) in (one[:1] + other, other)
        or (key(local) == one + other and not local.isalnum())
    )


def without_titles(name: str) -> str:
    """Return a name without the titles before it."""
    words = name.split()
    while len(words) > 1 and words[0].lower().strip(".,") in _titles():
        words = words[1:]
    return " ".join(words)


@cache
def _titles() -> frozenset[str]:
    return frozenset(tables()["company"]["titles"])


def _offices() -> frozenset[str]:
    return frozenset(key(local) for local in tables()["company"]["local_roles"])


def _in_order(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and " " not in first.strip() else name


def read_recruiter(message: Message, code: str) -> Fact | None:
    """Return the person who signed, or else the person the message is from."""
    sender = message.from_[0] if message.from_ else None
    from_person = sender is not None and is_person(sender, code)
    signed = _signed(message, code)
    if signed is not None and (" " in signed.value or not from_person):
        return signed
    if from_person and sender is not None:
        start = message.part("from").index(sender.name)
        return fact(message, "from", start, start + len(sender.name))
    return signed


def _signed(message: Message, code: str) -> Fact | None:
    """Return the name below the closing words: the first, or the full one that follows a short one."""
    closings = words_of(code, "closing")
    for part in ("signature", "text"):
        lines = lines_of(message.part(part))
        start = next((n + 1 for n, (_, line) in enumerate(lines) if bare(line) in closings), None)
        if start is None:
            if part == "text" or not lines:
                continue
            start = 0
        names = [
            (offset, found)
            for offset, line in lines[start : start + LINES]
            if (found := _name_in(line, code)) is not None
        ]
        if (
            names
            and lines[start : start + 2]
            and names[0][0] in {offset for offset, _ in lines[start : start + 2]}
        ):
            offset, name = max(names[:2], key=lambda each: " " in each[1]) if _agree(names) else names[0]
            return fact(message, part, offset, offset + len(name))
    return None


def _agree(names: list[tuple[int, str]]) -> bool:
    """Whether a second name is the first in full: "Jo", then "Joanne Tully"."""
    return len(names) > 1 and " " not in names[0][1] and key(names[1][1])[:2] == key(names[0][1])[:2]


def lines_of(text: str) -> list[tuple[int, str]]:
    """Return the lines of a text that are not empty, without the spaces around them, and where each begins."""
    found, position = [], 0
    for line in text.split("\n"):
        if line.strip():
            found.append((position + len(line) - len(line.lstrip()), line.strip()))
        position += len(line) + 1
    return found


def bare(line: str) -> str:
    """Return a line in small letters, without the marks at its ends."""
    return line.lower().strip(" ,.!-–—")


def _name_in(line: str, code: str) -> str | None:
    """Return the name a line consists of, or begins with before a title or a mark."""
    found = _NAME.match(line)
    if found is None:
        return None
    name = found[0].rstrip(".") if found[0].count(" ") == 0 else found[0]
    if not _AFTER_NAME.fullmatch(line[len(name) :]) or not looks_like_name(name, code):
        return None
    return name


def read_candidate(message: Message, code: str, me: Me | None) -> Fact | None:
    """Return the name in the greeting, less its title, or else the name the message is addressed to."""
    greeted = _greeted(message, code)
    if greeted is not None:
        return greeted
    for one in (*message.to, *message.cc):
        if me is not None and me.owns(one.address) and looks_like_name(one.name, code):
            start = next((n for n, value in enumerate(message.headers("to")) if one.name in value), None)
            if start == 0:
                value = message.part("header:to")
                return fact(
                    message, "header:to", value.index(one.name), value.index(one.name) + len(one.name)
                )
    return None


def _greeted(message: Message, code: str) -> Fact | None:
    greetings = sorted(words_of(code, "greeting"), key=len, reverse=True)
    titles = words_of(code, "honorific")
    for offset, line in lines_of(message.text)[:3]:
        low = line.lower()
        opening = next(
            (
                word
                for word in greetings
                if low.startswith(word) and not low[len(word) : len(word) + 1].isalpha()
            ),
            "",
        )
        if not opening:
            continue
        position = len(opening)
        while (found := re.match(r"[ ,]*([^\W\d_]+\.?)", line[position:])) and found[1].lower().rstrip(
            "."
        ) in titles:
            position += found.end()
        position += len(line[position:]) - len(line[position:].lstrip(" ,"))
        name = _NAME.match(line[position:])
        if name is None or not re.match(r"\s*(?:[,!:;.–—-]|$)", line[position + name.end() :]):
            return None
        if not (looks_like_name(name[0].rstrip("."), code) or name[0].isupper()):
            return None
        return fact(message, "text", offset + position, offset + position + len(name[0].rstrip(".")))
    return None
