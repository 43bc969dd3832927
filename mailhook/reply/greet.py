"""Greet as they greeted: the same opening words and form of address, the name as they sign it, never a guessed one."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mailhook.mail.message import Message
from mailhook.reply.addresses import is_teams_name, without_titles
from mailhook.reply.language import Form, Language
from mailhook.verdict.verdict import Facts

_NAME = re.compile(r"[^\W\d_][\w.'’\- ]{0,58}[\w.]|[^\W\d_]")
_TITLE = re.compile(
    r"(?i)^(?:(?:mr|ms|mrs|miss|mx|dr|prof|ing|dipl|mag|herr|frau|hr|fr|sr|sra|srta|m|mme|mlle|sig|dott|pan|pani)\b\.?\s+)+"
)
LONGEST = 80
LONGEST_ROLE = 8
LONGEST_WIDE = 20
LONGEST_EAST_ASIAN = 8
_QUOTED = re.compile(r"[\"“”„«»「」『』，。、;：:]")
# A requisition's number before or behind a title; it belongs into the subject.
_NUMBERED = re.compile(
    r"^(?:[A-Z]{1,5}[-_ ]?)?\d{4,}(?:[-_/]\d+)*[\s:|–-]+|[\s:|(–-]+(?:[A-Z]{1,5}[-_ ]?)?\d{4,}\)?$"
)
_QUOTES = '"“”„«»「」『』'
_DOTTED = re.compile(r"((?:^|\s)(?:\w\.)+\w)$")
_NO_NAME = ("://", "@", "{", "}", "<", ">", "[", "]", "?", "!", "…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom the answer greets: the name as they sign, and their given name; both "" where nobody signed."""

    name: str = ""
    first: str = ""


def person(facts: Facts) -> Person:
    """Return whoever signed, if what was read looks like a name."""
    value = without_titles(facts.recruiter.value if facts.recruiter else "")
    if facts.company is not None:  # "Lena von Finnwerk"
        value = re.sub(
            rf"(?i) (?:von|vom|de|from|van|da|di|från|fra) {re.escape(facts.company.value)}$", "", value
        )
    if any(_east_asian(c) for c in value) and len(value.replace(" ", "")) > LONGEST_EAST_ASIAN:
        return Person()
    if not _NAME.fullmatch(value) or len(value.split()) > 5 or is_teams_name(value):
        return Person()
    bare = _TITLE.sub("", value)
    if not bare:
        return Person()
    titled = bare != value
    if not bare.isascii() and all(_east_asian(c) for c in bare if not c.isspace()):
        return Person(name=value, first=value)
    given = bare.split()[0]
    whole = (titled and " " not in bare) or len(
        given.rstrip(".")
    ) == 1  # "Ms Roe" and "R. Roe" have no given name
    return Person(name=value, first=value if whole else given)


def greeting(message: Message, facts: Facts, language: Language, form: Form) -> str:
    """Return the line that opens the answer."""
    ways = language.greetings.get(form) or language.greetings[language.default]
    who = person(facts)
    company = plausible_company(facts.company.value, language) if facts.company else ""
    if not who.name:
        return ways.team.format(company=company) if company else ways.nobody
    opening = next((line for line in message.text.split("\n") if line.strip()), "").strip().casefold()
    pattern = next(
        (ours for theirs, ours in ways.mirror if re.match(re.escape(theirs) + r"(?!\w)", opening)),
        ways.person,
    )
    return pattern.format(name=who.name, first=who.first, company=company)


def plausible(text: str) -> str:
    """Return a value from the mailbox as it may stand in a sentence, or "" where it cannot be a name or a title."""
    clean = " ".join(text.split())
    possible = clean.isprintable() and len(clean) <= LONGEST and not any(sign in clean for sign in _NO_NAME)
    torn = any(
        unicodedata.category(c) in {"Sc", "Sk", "So", "Co"} for c in clean
    )  # what a wrong charset leaves: "¤¯©MÂå°"
    possible = possible and not torn
    return clean if possible and any(c.isalnum() for c in clean) else ""


def plausible_company(text: str, language: Language) -> str:
    """Return an employer's name as it may stand in a sentence, or "" also where it would need an article there: "chez Musée" is no French.

    What a sentence leaves off behind a name ("bei Lindwerk", not "bei Lindwerk GmbH") is left off.
    """
    name = _spoken(company_name(text, language), language)
    words = _words(name)
    return "" if not words or words[0] in language.company_with_article else name


def company_name(text: str, language: Language) -> str:
    """Return an employer's name in full, or "" where it is none: words about jobs alone ("Stelle"), a piece of a sentence, or one that breaks off."""
    name = plausible(text)
    words = _words(name)
    wide = any(_east_asian(character) for character in name)
    nonsense = (
        not words
        or set(words) <= {*language.not_in_role, *language.company_without}
        or _has_one_of(name, words, language.not_in_company)
        or _breaks_off(name, language)
        or _QUOTED.search(name)
        or (wide and (len(name) > LONGEST_WIDE or "," in name or _has_one_of(name, (), language.not_in_role)))
    )
    return "" if nonsense else name


def _spoken(name: str, language: Language) -> str:
    """Return a company's name without the legal forms that a sentence leaves off, and with the last dot of an abbreviation ("Liman A.Ş.")."""
    words = (re.sub(language.company_ending, "", name) if language.company_ending else name).split()
    while len(words) > 1 and words[-1].casefold().strip("(),.") in language.company_without:
        words.pop()
    return _DOTTED.sub(r"\1.", " ".join(words).rstrip(",&+ "))


def plausible_role(text: str, language: Language) -> str:
    """Return a job's title as it may stand in a sentence, or "" where it looks like a piece of one: nothing is better than nonsense."""
    title = _NUMBERED.sub("", plausible(text)).strip(_QUOTES)
    words = _words(title)
    nonsense = (
        title.count("(") != title.count(")")
        or title.endswith((",", "'s", "’s"))
        or max(map(len, words), default=0) < 2
        or sum(len(word) > 1 for word in words) > LONGEST_ROLE
        or _breaks_off(title, language)
        or (
            any(map(_east_asian, title))
            and re.search("[,、，]", re.sub(r"[(（].*?[)）]", "", title)) is not None
        )
    )
    return "" if nonsense or _has_one_of(title, words, language.not_in_role) else title


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.casefold())


def _breaks_off(text: str, language: Language) -> bool:
    """Say whether a text ends in a word that wants another one after it: "Data Engineer at"."""
    last = text.casefold().split()[-1] if text.split() else ""
    return last in language.not_last_in_role or any(
        _east_asian(word[0]) and text.endswith(word) for word in language.not_last_in_role
    )


def _has_one_of(text: str, words: Sequence[str], never: Sequence[str]) -> bool:
    """Say whether one of these words is in a text; one of a script without spaces may stand anywhere in it."""
    return any(word in words or (_east_asian(word[0]) and word in text) for word in never)


def _east_asian(character: str) -> bool:
    return "぀" <= character <= "鿿" or "가" <= character <= "힣"
