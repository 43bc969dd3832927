"""A language is one folder of `mailhook/templates` (or of the person's own): its texts, and its `language.toml`.

This module reads `language.toml` into a frozen value, and chooses the language and the form of address for an answer.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from mailhook.errors import TemplateError
from mailhook.mail.message import Me, Message

Form = Literal["formal", "informal"]
Unit = Literal["words", "characters"]
FORMS: tuple[Form, ...] = ("formal", "informal")
FALLBACK = "en"
# A character of a script that counts by characters: kana, Han, hangul; anything else that is no space counts by the word.
_COUNTED = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """How people are greeted in one form of address. `mirror` maps the opening words of their greeting to ours.

    In each text `{name}` is the person's name as they sign, `{first}` their given name, `{company}` the employer.
    """

    person: str
    team: str
    nobody: str
    mirror: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long an answer may be: least and most by email, most on a letter.

    `unit` is "characters" where words are not set apart by spaces, or hold much more than an English one; a word in Latin letters and a number
    then count as one character, as word processors there count them.
    """

    unit: Unit = "words"
    email: tuple[int, int] = (60, 130)
    letter: int = 200

    def of(self, text: str) -> int:
        """Return how long a text is, in the unit."""
        return len(text.split()) if self.unit == "words" else len(_COUNTED.findall(text))

    def most(self, channel: str) -> int | None:
        """Return how long a text for a channel may be at most, or None where this does not limit it."""
        return {"email": self.email[1], "portal": self.email[1], "letter": self.letter}.get(channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What the composer needs to know of a language besides its texts.

    `folders` are the folders in which its texts are looked for, its own first. `marks` are regular expressions that
    show a form of address in the message answered; `default` is the form where nothing shows one. `not_in_role` are words in lower case
    that no job's title has, so that a piece of a sentence is not taken for one, and `not_last_in_role` words that none ends with. `first_day` is how the first of a month is written where
    that is not 1: "1er mars". `company_with_article` are words in lower case that begin the names of employers which need an article in a sentence;
    `company_without` are legal forms in lower case that a sentence leaves off behind a name, `not_in_company` words that show that something is no name of a company,
    and `company_ending` is a regular expression of what a language adds to one ("Çınar Yapı'ya").
    """

    code: str
    name: str
    folders: tuple[str, ...]
    quote_line: str
    quote_line_undated: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    day: str
    date: str
    default: Form
    marks: Mapping[Form, tuple[str, ...]]
    greetings: Mapping[Form, Greeting]
    closings: Mapping[Form, tuple[str, ...]]
    letter_subject: str
    letter_subject_plain: str
    length: Length = Length()
    not_in_role: tuple[str, ...] = ()
    not_last_in_role: tuple[str, ...] = ()
    first_day: str = ""
    company_with_article: tuple[str, ...] = ()
    company_without: tuple[str, ...] = ()
    not_in_company: tuple[str, ...] = ()
    company_ending: str = ""

    def say_date(self, pattern: str, moment: datetime, **others: str) -> str:
        """Fill a pattern of this language with the parts of a moment, in the moment's own time zone."""
        return pattern.format(
            day=self.first_day if self.first_day and moment.day == 1 else moment.day,
            month=self.months[moment.month - 1],
            month_number=f"{moment.month:02}",
            day_number=f"{moment.day:02}",
            year=moment.year,
            weekday=self.weekdays[moment.weekday()],
            hour=f"{moment.hour:02}",
            minute=f"{moment.minute:02}",
            **others,
        )


def shipped() -> Traversable:
    """Return the folder of the texts that come with mailhook."""
    return files("mailhook.templates")


def roots(templates: str | None) -> tuple[Traversable, ...]:
    """Return the folders that hold language folders, the person's own first."""
    return (*((Path(templates).expanduser(),) if templates else ()), shipped())


def stamp(templates: str | None) -> tuple[tuple[str, int], ...]:
    """Return what changes whenever one of the person's own texts does, so that a service reads it anew."""
    if templates is None:
        return ()
    folder = Path(templates).expanduser()
    return tuple(sorted((str(file), file.stat().st_mtime_ns) for file in folder.glob("*/*")))


def language_codes(templates: str | None = None) -> tuple[str, ...]:
    """Return the codes of all languages there are texts for, sorted."""
    return _codes(templates, stamp(templates))


def load_language(code: str, templates: str | None = None) -> Language:
    """Read a language's folder. Raise TemplateError, naming the file and the key, where it is incomplete."""
    return _load(code, templates, stamp(templates))


@lru_cache(maxsize=32)
def _codes(templates: str | None, _: object) -> tuple[str, ...]:
    found = {
        folder.name
        for root in roots(templates)
        if root.is_dir()
        for folder in root.iterdir()
        if folder.is_dir() and folder.joinpath("language.toml").is_file()
    }
    return tuple(sorted(found))


@lru_cache(maxsize=64)
def _load(code: str, templates: str | None, _: object) -> Language:
    table, folders = _table(code, templates)
    try:
        return _language(code, folders, table)
    except (KeyError, TypeError, ValueError) as exc:
        raise TemplateError(f"{code}/language.toml: {exc} is missing or not of the right kind") from exc


def choose_language(
    message: Message, language: str, templates: str | None = None
) -> tuple[Language, str | None]:
    """Return the language to answer in, and a sentence for the reason where that is not the sender's own."""
    code = language.lower().replace("_", "-")
    known = language_codes(templates)
    aliases = {alias: own for own in known for alias in _table(own, templates)[0].get("aliases", ())}
    for wanted in (code, aliases.get(code), code.partition("-")[0], aliases.get(code.partition("-")[0])):
        if wanted in known:
            return load_language(_variant(message, str(wanted), templates), templates), None
    fallback = load_language(FALLBACK, templates)
    if code in {"und", ""}:
        return fallback, "The language of the message was not recognised, so the answer is in English."
    return fallback, f'There are no texts in the language "{code}" yet, so the answer is in English.'


def form_of_address(message: Message, language: Language, me: Me) -> Form:
    """Return the form of address in which they wrote: whichever shows more often, else the language's default."""
    words = me.name.split()
    names = {
        "first": re.escape(words[0]) if words else r"\b\B",
        "last": re.escape(words[-1]) if len(words) > 1 else r"\b\B",
    }
    text = f"{message.text or message.original}\n{message.signature}"
    counts: dict[Form, int] = {
        form: sum(
            len(re.findall(mark.replace("{first}", names["first"]).replace("{last}", names["last"]), text))
            for mark in language.marks.get(form, ())
        )
        for form in FORMS
    }
    if counts["formal"] == counts["informal"]:
        return language.default
    return "formal" if counts["formal"] > counts["informal"] else "informal"


def _variant(message: Message, code: str, templates: str | None) -> str:
    """Return the regional variant of a language (pt-br of pt) that the message shows, or the language itself."""
    domain = message.from_[0].domain if message.from_ else ""
    best, most = code, 0
    for other in language_codes(templates):
        table = _table(other, templates)[0]
        if table.get("base") != code:
            continue
        hits = 2 * any(domain.endswith("." + end) for end in table.get("domains", ()))
        hits += sum(len(re.findall(mark, message.text)) for mark in table.get("variant_marks", ()))
        hits -= sum(len(re.findall(mark, message.text)) for mark in table.get("base_marks", ()))
        if hits > most:
            best, most = other, hits
    return best


def _table(code: str, templates: str | None) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a language's table with its base's beneath it, and the folders to look for texts in."""
    return _read_table(code, templates, stamp(templates))


@lru_cache(maxsize=64)
def _read_table(code: str, templates: str | None, _: object) -> tuple[dict[str, Any], tuple[str, ...]]:
    table: dict[str, Any] = {}
    for root in reversed(roots(templates)):
        file = root.joinpath(code, "language.toml")
        if not file.is_file():
            continue
        try:
            table = _laid_over(table, tomllib.loads(file.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
            raise TemplateError(f"{code}/language.toml cannot be read: {exc}") from exc
    base = table.get("base")
    if not isinstance(base, str) or base == code:
        return table, (code,)
    below, folders = _table(base, templates)
    own = {
        key: value
        for key, value in below.items()
        if key not in {"aliases", "domains", "variant_marks", "base_marks"}
    }
    return _laid_over(own, table), (code, *folders)


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = _laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _language(code: str, folders: tuple[str, ...], table: Mapping[str, Any]) -> Language:
    forms = [form for form in FORMS if form in table["greeting"]]
    default: Form = "informal" if table["forms"]["default"] == "informal" else "formal"
    if default not in forms:
        raise ValueError(f"greeting.{default}")
    return Language(
        code=code,
        name=str(table["name"]),
        folders=folders,
        quote_line=str(table["quote"]["line"]),
        quote_line_undated=str(table["quote"]["undated"]),
        months=_strings(table["dates"]["months"], 12),
        weekdays=_strings(table["dates"]["weekdays"], 7),
        day=str(table["dates"]["day"]),
        date=str(table["dates"]["date"]),
        default=default,
        marks={form: tuple(_checked(mark) for mark in table["forms"].get(form, ())) for form in forms},
        greetings={form: _greeting(table["greeting"][form]) for form in forms},
        closings={form: _strings(table["closing"][form]) for form in forms},
        letter_subject=str(table["letter"]["subject"]),
        letter_subject_plain=str(table["letter"]["subject_without_role"]),
        first_day=str(table["dates"].get("first", "")),
        company_with_article=tuple(
            str(word).casefold() for word in table.get("company", {}).get("with_article", ())
        ),
        company_without=tuple(str(word).casefold() for word in table.get("company", {}).get("without", ())),
        not_in_company=tuple(str(word).casefold() for word in table.get("company", {}).get("never", ())),
        company_ending=_checked(str(table.get("company", {}).get("ending", ""))),
        length=_length(table.get("length", {})),
        not_in_role=tuple(str(word).casefold() for word in table.get("role", {}).get("never", ())),
        not_last_in_role=tuple(str(word).casefold() for word in table.get("role", {}).get("never_last", ())),
    )


def _length(table: Mapping[str, Any]) -> Length:
    least, most = table.get("email", Length().email)
    unit: Unit = "characters" if table.get("unit", "words") == "characters" else "words"
    return Length(unit=unit, email=(int(least), int(most)), letter=int(table.get("letter", Length().letter)))


def _greeting(table: Mapping[str, Any]) -> Greeting:
    longest_first: Iterator[tuple[str, str]] = iter(
        sorted(table.get("mirror", {}).items(), key=lambda item: -len(item[0]))
    )
    return Greeting(
        person=str(table["person"]),
        team=str(table["team"]),
        nobody=str(table["nobody"]),
        mirror=tuple((key.casefold(), str(text)) for key, text in longest_first),
    )


def _strings(value: object, count: int | None = None) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or (count is not None and len(value) != count):
        raise ValueError(f"a list of {count or 'some'} texts")
    return tuple(str(item) for item in value)


def _checked(mark: str) -> str:
    try:
        re.compile(mark.replace("{first}", "x").replace("{last}", "x"))
    except re.error as exc:
        raise ValueError(f"the mark {mark!r} ({exc})") from exc
    return mark
