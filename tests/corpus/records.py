"""Read the compact sources of the corpus: one record a message, its fields, a blank line, its body."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parseaddr

LABELS = {"r": "rejection", "o": "other", "u": "uncertain"}
SHAPES = {
    "ats": "alt-qp alt-qp alt-qp alt-b64 html-qp html-qp html-b64 html-8bit text-qp text-7bit alt-7bit stub-qp",
    "gmail": "alt-qp alt-7bit alt-7bit alt-b64",
    "outlook": "alt-qp alt-qp html-qp alt-b64 alt-b64 text-b64",
    "apple": "alt-qp text-7bit text-flowed text-qp",
    "plain": "text-7bit text-8bit text-flowed text-qp text-b64",
    "promo": "alt-qp html-qp html-b64 alt-8bit",
}
PEOPLE = (
    "Ms|Alex Morgan|alex.morgan@example.org",
    "Ms|Alex Morgan|alex.morgan@example.org",
    "Ms|Priya Raman|priya.raman@example.com",
    "Mr|Tomasz Zieliński|t.zielinski@example.net",
    "Mr|Chidi Okafor|chidi.okafor@example.org",
    "Ms|Gráinne Kelleher|grainne.kelleher@example.com",
    "Ms|Mei Lin Tan|meilin.tan@example.net",
    "Mx|Jordan Whitaker|jordan.whitaker@example.com",
    "Ms|Fatima Haddad|fatima.haddad@example.org",
    "Mr|Liam O'Connell|liam.oconnell@example.net",
    "Ms|Hannah Vogel|hannah.vogel@example.com",
    "Mr|Arjun Mehta|arjun.mehta@example.org",
    "Ms|Zoe Papadakis|zoe.papadakis@example.net",
    "Mr|Daniel Abrams|daniel.abrams@example.com",
    "Ms|Aroha Ngata|aroha.ngata@example.org",
)
OFFICES = {
    "hr",
    "team",
    "recruitment",
    "recruiting",
    "people",
    "office",
    "careers",
    "jobs",
    "talent",
    "service",
}
QUOTES = {"gmail", "apple", "outlook", "orig", "fwd", "applefwd"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A run of paragraphs with one place in the mail: body, sig, foot, pre, stub, eml or a kind of quotation."""

    kind: str
    arg: str
    paragraphs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One message as its source tells it."""

    id: str
    lang: str
    label: str
    stage: str
    kind: str
    company: str
    role: str
    sender: str
    to: str
    subject: str
    style: str
    tokens: frozenset[str]
    shape: str
    headers: tuple[str, ...]
    date: datetime
    calendar: str
    sections: tuple[Section, ...]


def draw(seed: str, size: int) -> int:
    """Give a number below ``size`` that is always the same for the same seed."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:6]) % size


def hexid(seed: str, size: int = 16) -> str:
    """Give a string of hex digits that is always the same for the same seed."""
    return hashlib.sha256(seed.encode()).hexdigest()[:size]


def read_source(text: str, lang: str) -> list[Item]:
    """Read every ``=== id`` record of a source file."""
    records = re.split(r"^=== ", text, flags=re.MULTILINE)[1:]
    return [read_item(record, lang) for record in records]


def read_item(record: str, lang: str) -> Item:
    """Read one record: its id, its ``key: value`` lines, a blank line, its body."""
    head, _, body = record.partition("\n\n")
    first, *lines = head.splitlines()
    ident, _, label = first.strip().partition(" ")
    fields: dict[str, str] = {}
    headers = []
    for line in lines:
        key, _, value = line.partition(": ")
        if key == "h":
            headers.append(value)
        elif key in fields or key not in {"c", "g", "f", "t", "d", "s", "j", "ics"}:
            raise ValueError(f"{ident}: {line!r}")
        else:
            fields[key] = value
    person = choose_person(ident, fields.get("t", ""))
    company, _, role = fields.get("c", "").partition(" | ")
    stage, _, kind = fields["g"].partition(" ")
    style, *tokens = fields["s"].split()
    words = person_words(person) | {"{c}": company, "{r}": role}
    shape = next((t for t in tokens if "-" in t), "") or pick(SHAPES[style].split(), ident + "shape")
    sections = read_sections(fill(body.strip("\n"), words))
    thread = any(section.kind in QUOTES for section in sections)
    return Item(
        id=ident,
        lang=lang,
        label=label or LABELS[ident[0]],
        stage="" if stage == "-" else stage,
        kind=kind,
        company=company,
        role=role,
        sender=fill(fields["f"], words),
        to=f"{person[1]} <{person[2]}>",
        subject=fill(fields["j"], words),
        style=style,
        tokens=frozenset(t for t in tokens if "-" not in t),
        shape=shape,
        headers=tuple(fill(h, words) for h in headers),
        date=read_date(ident, fields.get("d", ""), late=thread),
        calendar=fill(fields.get("ics", ""), words),
        sections=sign(sections, style, fill(fields["f"], words), company),
    )


def pick(options: list[str], seed: str) -> str:
    """Choose one of the options by the seed."""
    return options[draw(seed, len(options))]


def choose_person(ident: str, wanted: str) -> tuple[str, str, str]:
    """Give (title, name, address) of the person the mail is for: by first word of the name, else drawn."""
    if "@" in wanted:
        name, address = parseaddr(wanted)
        return "", name, address
    found = [p for p in PEOPLE if p.split("|")[1].startswith(wanted)] if wanted else list(PEOPLE)
    title, name, address = pick(found, ident + "person").split("|")
    return title, name, address


def person_words(person: tuple[str, str, str]) -> dict[str, str]:
    """Give what the placeholders of a body stand for."""
    title, name, address = person
    first, last = name.rsplit(" ", 1) if " " in name else (name, name)
    return {"{f}": first, "{l}": last, "{n}": name, "{mr}": f"{title} {last}", "{e}": address}


def fill(text: str, words: dict[str, str]) -> str:
    """Put the words in place of their placeholders."""
    for key, value in words.items():
        text = text.replace(key, value)
    return text


def read_date(ident: str, wanted: str, *, late: bool) -> datetime:
    """Give the wanted date, else one in office hours of some weekday; a late one is after all that is quoted."""
    if wanted:
        return datetime.strptime(wanted, "%Y-%m-%d %H:%M %z")
    week = 92 + draw(ident + "week", 4) if late else draw(ident + "week", 96)
    day = datetime(2025, 1, 6, tzinfo=UTC) + timedelta(days=week * 7 + draw(ident, 5))
    zone = timezone(timedelta(minutes=(-480, -300, 0, 0, 60, 330, 600)[draw(ident + "zone", 7)]))
    clock = timedelta(minutes=480 + draw(ident + "minute", 600), seconds=draw(ident + "second", 60))
    return (day.replace(tzinfo=zone)) + clock


def read_sections(body: str) -> tuple[Section, ...]:
    """Cut a body at its ``@@name argument`` lines."""
    sections = []
    kind, arg = "body", ""
    for chunk in re.split(r"^(@@.*)$", body, flags=re.MULTILINE):
        if chunk.startswith("@@"):
            kind, _, arg = chunk[2:].partition(" ")
            continue
        paragraphs = tuple(tuple(p.splitlines()) for p in re.split(r"\n\n+", chunk.strip("\n")) if p.strip())
        if paragraphs or arg:
            sections.append(Section(kind=kind, arg=arg, paragraphs=paragraphs))
    return tuple(sections)


def sign(sections: tuple[Section, ...], style: str, sender: str, company: str) -> tuple[Section, ...]:
    """Put the signature of a person who writes from an office below the body, where the source has none."""
    name, address = parseaddr(sender)
    words = name.lower().split()
    person = (
        len(words) > 1
        and words[-1] not in OFFICES
        and address.partition("@")[0].endswith((words[0], words[-1]))
    )
    if style != "outlook" or not company or not person or any(s.kind == "sig" for s in sections):
        return sections
    phone = f"T: 01632 960{100 + draw(sender, 900)}"
    block = Section(kind="sig", arg="", paragraphs=((name, company, phone),))
    rest = next((n for n, s in enumerate(sections) if s.kind in QUOTES or s.kind == "foot"), len(sections))
    return (*sections[:rest], block, *sections[rest:])


def told(item: Item, name: str) -> bool:
    """Tell whether the message itself names a company or a role: in words, or in the sender's domain."""
    lines = (line for section in item.sections for paragraph in section.paragraphs for line in paragraph)
    text = " ".join((item.sender, item.subject, *lines)).lower()
    packed = re.sub(r"\W", "", name.lower())
    return name.lower() in text or packed in re.sub(r"\W", "", item.sender.rpartition("@")[2])
