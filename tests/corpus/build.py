"""Render the compact sources in ``source/`` into the raw mail people receive, and ``labels.csv`` beside it.

Run ``python tests/corpus/build.py``. The same sources give the same bytes: every choice that a source
leaves open (date, MIME shape, charset, quotes) is drawn from a hash of the message's id.
"""

import base64
import csv
import hashlib
import html
import io
import quopri
import re
import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.utils import format_datetime, parseaddr
from pathlib import Path

HERE = Path(__file__).parent
LABELS = {"r": "rejection", "o": "other", "u": "uncertain"}
COLUMNS = ("file", "label", "lang", "half", "shape", "stage", "company", "role", "kind")
SHAPES = {
    "ats": "alt-qp alt-qp alt-qp alt-b64 html-qp html-qp html-b64 html-8bit text-qp text-7bit alt-7bit stub-qp",
    "gmail": "alt-qp alt-7bit alt-7bit alt-b64",
    "outlook": "alt-qp alt-qp html-qp alt-b64 alt-b64 text-b64",
    "apple": "alt-qp text-7bit text-flowed text-qp",
    "plain": "text-7bit text-8bit text-flowed text-qp text-b64",
    "promo": "alt-qp html-qp html-b64 alt-8bit",
}
CURLY = {"ats": 50, "gmail": 8, "outlook": 75, "apple": 60, "plain": 0, "promo": 60}
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
STUBS = (
    "This message contains HTML. Please use an HTML capable mail client to read it.",
    "To view this email, please open it in a browser.",
    "View this message online: https://mail.example/v/8c1f",
    "*|MC_PREVIEW_TEXT|*",
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
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


# ---------------------------------------------------------------------------------------------- reading


def read_source(text: str) -> list[Item]:
    """Read every ``=== id`` record of a source file."""
    records = re.split(r"^=== ", text, flags=re.MULTILINE)[1:]
    return [read_item(record) for record in records]


def read_item(record: str) -> Item:
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
    return Item(
        id=ident,
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
        date=read_date(ident, fields.get("d", "")),
        calendar=fill(fields.get("ics", ""), words),
        sections=read_sections(fill(body.strip("\n"), words)),
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


def read_date(ident: str, wanted: str) -> datetime:
    """Give the wanted date, else one in office hours of some weekday of 2025 or 2026."""
    if wanted:
        return datetime.strptime(wanted, "%Y-%m-%d %H:%M %z")
    day = datetime(2025, 1, 6, tzinfo=UTC) + timedelta(days=draw(ident + "week", 96) * 7 + draw(ident, 5))
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


# --------------------------------------------------------------------------------------------- dressing


def dress(item: Item, text: str) -> str:
    """Give the text the typography of the program it was written in."""
    wants_curly = "curly" in item.tokens or draw(item.id + "curly", 100) < CURLY[item.style]
    if wants_curly and "straight" not in item.tokens:
        text = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?= )", "’", text)
        text = re.sub(r'"([^"\n<>]+)"(?![^<>\n]*>)', r"“\1”", text)
        text = re.sub(r"(?<=\w) - (?=\w)", " – ", text)
    if "nbsp" in item.tokens or (item.style in {"ats", "outlook"} and draw(item.id + "nbsp", 100) < 20):
        counted = iter(range(10_000))
        pieces = re.split(r"(<[^>]*>)", text)
        pieces[::2] = [
            re.sub(r"(?<=[a-z,.]) (?=[a-z])", lambda _: "\xa0" if next(counted) % 7 == 3 else " ", piece)
            for piece in pieces[::2]
        ]
        text = "".join(pieces)
    return text


def bare(line: str) -> str:
    """Take the light markup out of a line."""
    line = re.sub(r"\*\*(.+?)\*\*", r"\1", line)
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"\1 ( \2 )", line)


def quote_head(section: Section) -> list[str]:
    """Give the lines a mail program writes above what it quotes or forwards."""
    if section.kind in {"gmail", "apple"}:
        return [section.arg]
    names = ("From", "Date", "Subject", "To") if "fwd" in section.kind else ("From", "Sent", "To", "Subject")
    return [f"{name}: {value}" for name, value in zip(names, section.arg.split("|"), strict=True)]


def plain_section(item: Item, section: Section) -> list[str]:
    """Give the unwrapped lines of a section of a text part."""
    lines = []
    for paragraph in section.paragraphs:
        lines += [bare(line) for line in paragraph] + [""]
    match section.kind:
        case "pre" | "stub" | "eml":
            return []
        case "sig":
            return (["-- "] if item.style in {"gmail", "plain"} else []) + lines
        case "gmail" | "apple":
            return [*quote_head(section), "", *("> " + line if line else ">" for line in lines[:-1]), ""]
        case "applefwd":
            inner = [*quote_head(section), "", *lines[:-1]]
            return ["Begin forwarded message:", "", *("> " + line if line else ">" for line in inner), ""]
        case "outlook":
            return ["_" * 32, *quote_head(section), "", *lines]
        case "orig":
            return ["-----Original Message-----", *quote_head(section), "", *lines]
        case "fwd":
            return ["---------- Forwarded message ---------", *quote_head(section), "", *lines]
        case _:
            return lines


def plain_text(item: Item, *, flowed: bool) -> str:
    """Give the text part of a message, wrapped as its program wraps."""
    lines = [line for section in item.sections for line in plain_section(item, section)]
    if "mash" in item.tokens:
        return " ".join(line for line in lines if line) + "\n"
    width = {"gmail": 78, "apple": 0, "plain": 72}.get(item.style, 0)
    out: list[str] = []
    for line in lines:
        out += wrap_line(line, 72 if flowed else width, flowed=flowed)
    return dress(item, "\n".join(out).rstrip("\n") + "\n")


def wrap_line(line: str, width: int, *, flowed: bool) -> list[str]:
    """Wrap one line, keeping its quote marks; a flowed line ends in a space (RFC 3676)."""
    if not width or len(line) <= width:
        return [line]
    mark = "> " if line.startswith("> ") else ""
    pieces = textwrap.wrap(
        line[len(mark) :], width - len(mark), break_long_words=False, break_on_hyphens=False
    )
    tail = " " if flowed else ""
    return [mark + piece + tail for piece in pieces[:-1]] + [mark + pieces[-1]]


# ------------------------------------------------------------------------------------------------- HTML


def rich(line: str) -> str:
    """Turn the light markup of a line into HTML."""
    line = html.escape(line, quote=False)
    line = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", line)
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r'<a href="\2" style="color:#0b63c5">\1</a>', line)


def html_paragraph(item: Item, lines: tuple[str, ...]) -> str:
    """Give a paragraph in the HTML of the message's program."""
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{rich(line[2:])}</li>" for line in lines) + "</ul>"
    inner = "<br>\n".join(rich(line) for line in lines)
    match item.style:
        case "outlook":
            if "split" in item.tokens:
                inner = re.sub(r"(\w+ \w+ \w\w)(\w+ )", r"\1</span><span lang=EN-GB>\2", inner)
            font = 'style="font-size:11.0pt;font-family:&quot;Calibri&quot;,sans-serif"'
            return f'<p class="MsoNormal"><span lang=EN-GB {font}>{inner}<o:p></o:p></span></p>\n<p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        case "gmail":
            return f"<div>{inner}</div><div><br></div>"
        case "apple":
            return f"<div>{inner}</div><div><br></div>"
        case "ats" | "promo":
            return f'<p style="margin:0 0 16px;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:22px;color:#333">{inner}</p>'
        case _:
            return f"<p>{inner}</p>"


def html_section(item: Item, section: Section) -> str:
    """Give a section of an HTML part."""
    inner = "\n".join(html_paragraph(item, paragraph) for paragraph in section.paragraphs)
    heads = "<br>".join(html.escape(line) for line in quote_head(section)) if section.kind in QUOTES else ""
    match section.kind:
        case "stub" | "eml":
            return ""
        case "pre":
            filler = "&nbsp;&zwnj;" * 12
            text = " ".join(rich(line) for paragraph in section.paragraphs for line in paragraph)
            return f'<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{text}{filler}</div>'
        case "sig":
            return f'<div class="gmail_signature" data-smartmail="gmail_signature">{inner}</div>'
        case "foot":
            return f'<div style="font-size:11px;color:#888888">{inner}</div>'
        case "gmail":
            return f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{heads}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">{inner}</blockquote></div>'
        case "fwd":
            return f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>{heads}<br></div>{inner}</div>'
        case "apple" | "applefwd":
            lead = "" if section.kind == "apple" else "<div>Begin forwarded message:</div>"
            return f'<div><br>{lead}<blockquote type="cite"><div>{heads}</div><br class="Apple-interchange-newline"><div>{inner}</div></blockquote></div>'
        case "outlook" | "orig":
            lead = "-----Original Message-----<br>" if section.kind == "orig" else ""
            return f'<div id="divRplyFwdMsg"><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0 0 0"><p class="MsoNormal">{lead}{heads}</p></div></div>\n{inner}'
        case _:
            return inner


def html_text(item: Item) -> str:
    """Give the HTML part of a message."""
    inner = "\n".join(html_section(item, section) for section in item.sections)
    if item.style in {"ats", "promo"}:
        page = html_table(item, inner)
    elif item.style == "outlook":
        page = f'<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15">\n<style><!--\np.MsoNormal {{margin:0cm;}}\n--></style></head><body lang=EN-GB link="#0563C1"><div class=WordSection1>\n{inner}\n</div></body></html>\n'
    elif item.style == "apple":
        page = f'<html><head></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">{inner}</body></html>\n'
    else:
        page = f'<div dir="ltr">{inner}</div>\n'
    return dress(item, page)


def html_table(item: Item, inner: str) -> str:
    """Put the sections into the nested tables of a templating system, with a style sheet and a pixel."""
    sheet = "body{margin:0;padding:0} .wrap{width:600px} @media only screen and (max-width:620px){.wrap{width:100%!important}}"
    mso = "<!--[if mso]><table width=600><tr><td><![endif]-->" if item.style == "promo" else ""
    logo = '<img src="cid:logo" alt="" width="120">' if "logo" in item.tokens else ""
    host = parseaddr(item.sender)[1].rpartition("@")[2] or "mail.example"
    pixel = f'<img src="https://open.{host}/o/{hexid(item.id)}.gif" width="1" height="1" alt="" style="display:block">'
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(item.subject)}</title><style>{sheet}</style></head>\n"
        f'<body style="background:#f4f5f7">{mso}\n<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">\n'
        f'<table role="presentation" class="wrap" width="600" style="background:#ffffff"><tr><td style="padding:24px">{logo}\n'
        f"{inner}\n</td></tr></table>\n</td></tr></table>\n{pixel}</body></html>\n"
    )


# ------------------------------------------------------------------------------------------------- MIME


def charset_of(item: Item, text: str) -> tuple[str, str]:
    """Give the codec a text is written in and the charset its part declares."""
    if "mislabel" in item.tokens and encodable(text, "cp1252"):
        return "cp1252", "iso-8859-1"
    wanted = next((t for t in ("cp1252", "latin1", "utf8") if t in item.tokens), "")
    if not wanted and item.style == "outlook" and draw(item.id + "charset", 100) < 45:
        wanted = "cp1252"
    if not wanted and item.style == "plain" and draw(item.id + "charset", 100) < 40:
        wanted = "latin1"
    if wanted == "latin1" and encodable(text, "latin1"):
        return "latin1", "iso-8859-1"
    if wanted in {"cp1252", "latin1"} and encodable(text, "cp1252"):
        return "cp1252", "windows-1252"
    return "utf-8", pick(["utf-8", "UTF-8"], item.id)


def encodable(text: str, codec: str) -> bool:
    """Tell whether the codec has every character of the text."""
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def text_part(item: Item, text: str, subtype: str, encoding: str) -> bytes:
    """Give a text part with its own header fields."""
    flowed = encoding == "flowed"
    if encoding in {"7bit", "flowed"} and not text.isascii():
        if subtype == "html":
            text = text.encode("ascii", "xmlcharrefreplace").decode()
        else:
            encoding = "qp"
    codec, declared = charset_of(item, text)
    raw = text.encode(codec)
    head = f'Content-Type: text/{subtype}; charset="{declared}"' + ("; format=flowed" if flowed else "")
    match encoding:
        case "qp":
            body = quopri.encodestring(raw)
            named = "quoted-printable"
        case "b64":
            body = base64.encodebytes(raw)
            named = "base64"
        case _:
            body = raw
            named = "8bit" if encoding == "8bit" else "7bit"
    return f"{head}\nContent-Transfer-Encoding: {named}\n\n".encode() + body


def multipart(subtype: str, parts: Iterable[bytes], seed: str) -> bytes:
    """Join parts under a boundary."""
    boundary = f"=_{hexid(seed + subtype, 24)}"
    out = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\n\n'.encode()
    for part in parts:
        out += f"--{boundary}\n".encode() + part.rstrip(b"\n") + b"\n\n"
    return out + f"--{boundary}--\n".encode()


def attachment(kind: str, name: str, data: bytes, extra: str = "") -> bytes:
    """Give a base64 part for a file."""
    disposition = "inline" if extra else "attachment"
    head = (
        f'Content-Type: {kind}; name="{name}"\nContent-Disposition: {disposition}; filename="{name}"\n{extra}'
    )
    return head.encode() + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(data)


def calendar_part(item: Item) -> bytes:
    """Give the text/calendar part that ``ics: METHOD|summary|start|minutes`` asks for."""
    method, summary, start, minutes = item.calendar.split("|")
    begin = datetime.strptime(start, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    end = begin + timedelta(minutes=int(minutes))
    status = "CANCELLED" if method == "CANCEL" else "CONFIRMED"
    name, address = parseaddr(item.sender)
    lines = (
        "BEGIN:VCALENDAR",
        "PRODID:-//Fictional//Calendar 1.0//EN",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{hexid(summary, 20)}@calendar.example",
        f"DTSTAMP:{item.date.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART:{begin:%Y%m%dT%H%M%SZ}",
        f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{summary}",
        f'ORGANIZER;CN="{name}":mailto:{address}',
        f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{parseaddr(item.to)[1]}",
        f"STATUS:{status}",
        "SEQUENCE:1",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    body = "\r\n".join(lines).encode() + b"\r\n"
    head = f'Content-Type: text/calendar; charset="utf-8"; method={method}\nContent-Transfer-Encoding: base64\n\n'
    return head.encode() + base64.encodebytes(body)


def report_parts(item: Item, notice: bytes) -> list[bytes]:
    """Give the three parts of a delivery report (RFC 3464)."""
    failed = next(s for s in item.sections if s.kind == "eml")
    address, subject = failed.arg.split("|")
    status = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n"
    inner = "\n\n".join("\n".join(p) for p in failed.paragraphs)
    original = f"Content-Type: message/rfc822\n\nFrom: {item.to}\nTo: {address}\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{inner}\n"
    return [notice, status.encode(), original.encode()]


def attached_mails(item: Item) -> list[bytes]:
    """Give each ``@@eml From|Subject`` section as an attached message."""
    parts = []
    for section in item.sections:
        if section.kind == "eml":
            sender, subject = section.arg.split("|")
            inner = "\n\n".join("\n".join(p) for p in section.paragraphs)
            parts.append(
                f"Content-Type: message/rfc822\nContent-Disposition: attachment\n\nFrom: {sender}\nTo: {item.to}\nSubject: {subject}\n"
                f'MIME-Version: 1.0\nContent-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: 8bit\n\n{inner}\n'.encode()
            )
    return parts


def mime_body(item: Item) -> bytes:
    """Give the content header fields and the body of a message in its shape."""
    form, _, encoding = item.shape.partition("-")
    text = plain_text(item, flowed=encoding == "flowed")
    if form == "report":
        parts = report_parts(item, text_part(item, text, "plain", "7bit"))
        return multipart("report; report-type=delivery-status", parts, item.id)
    alternatives = []
    if form == "stub":
        own = [bare(line) for s in item.sections if s.kind == "stub" for p in s.paragraphs for line in p]
        text = "\n".join(own) + "\n" if own else pick(list(STUBS), item.id) + "\n"
    if form in {"text", "alt", "stub"}:
        alternatives.append(text_part(item, text, "plain", encoding))
    if form in {"html", "alt", "stub"}:
        alternatives.append(text_part(item, html_text(item), "html", encoding))
    if item.calendar:
        alternatives.append(calendar_part(item))
    content = alternatives[0] if len(alternatives) == 1 else multipart("alternative", alternatives, item.id)
    if "logo" in item.tokens:
        image = attachment("image/png", "logo.png", PNG, "Content-ID: <logo>\n")
        content = multipart("related", [content, image], item.id)
    files = attached_mails(item)
    if "pdf" in item.tokens:
        files.append(attachment("application/pdf", "letter.pdf", PDF))
    return multipart("mixed", [content, *files], item.id) if files else content


# ----------------------------------------------------------------------------------------------- header


def encoded(text: str, item: Item, *, always: bool = False) -> str:
    """Give a header's text, as RFC 2047 words where it is not ASCII."""
    if text.isascii() and not always:
        return text
    charset = Charset("utf-8")
    charset.header_encoding = QP if draw(item.id + "rfc2047", 2) else BASE64
    return Header(text, charset, maxlinelen=75, continuation_ws=" ").encode(linesep="\n")


def address_field(value: str, item: Item) -> str:
    """Give an address with its display name encoded or quoted where it must be."""
    name, address = parseaddr(value)
    if not name:
        return f"<{address}>" if value.startswith("<") else address
    if not name.isascii():
        return f"{encoded(name, item)} <{address}>"
    return f'"{name}" <{address}>' if re.search(r"[^\w ]", name) else f"{name} <{address}>"


def message_id(item: Item) -> str:
    """Give a msg-id in the manner of the sender's system."""
    host = parseaddr(item.sender)[1].rpartition("@")[2] or "mx.example.org"
    match item.style:
        case "gmail":
            return f"<CA{hexid(item.id, 30)}@mail.gmail.com>"
        case "outlook":
            return f"<{hexid(item.id, 12).upper()}.{hexid(item.id + 'o', 18).upper()}@{hexid(host, 6).upper()}.eurprd04.prod.outlook.com>"
        case "apple":
            return f"<{hexid(item.id, 8).upper()}-{hexid(item.id + 'a', 12).upper()}@{host}>"
        case _:
            return f"<{hexid(item.id, 22)}@{host}>"


def header(item: Item) -> str:
    """Give the header fields that are not about content."""
    sender = parseaddr(item.sender)[1]
    host = sender.rpartition("@")[2]
    lines = []
    if "sent" not in item.tokens:
        own = parseaddr(item.to)[1]
        verdict = "fail" if "dmarcfail" in item.tokens else "pass"
        lines += [
            f"Delivered-To: {own}",
            f"Return-Path: <{'' if item.shape.startswith('report') else 'bounce+' + hexid(item.id, 6) + '@' + host}>",
            f"Received: from out{draw(item.id, 90)}.{host or 'mx.example.org'} by mx.example.org with ESMTPS id {hexid(item.id, 10)}\n for <{own}>; {format_datetime(item.date + timedelta(seconds=4))}",
            f"Authentication-Results: mx.example.org; spf={verdict} smtp.mailfrom={host}; dkim={verdict} header.d={host}; dmarc={verdict} header.from={host}",
        ]
    always = item.style in {"ats", "promo"} and draw(item.id + "always", 100) < 15
    names = {h.partition(":")[0].lower() for h in item.headers}
    if "to" not in names:
        lines.append(f"To: {address_field(item.to, item)}")
    lines += [
        f"From: {address_field(item.sender, item)}",
        f"Subject: {encoded(item.subject, item, always=always)}",
        f"Date: {format_datetime(item.date)}",
        f"Message-ID: {message_id(item)}",
    ]
    if re.match(r"re:", item.subject, re.IGNORECASE) and "in-reply-to" not in names:
        parent = f"<{hexid(item.id + 'parent', 20)}@mail.example.org>"
        lines += [f"In-Reply-To: {parent}", f"References: <{hexid(item.id + 'first', 20)}@{host}>\n {parent}"]
    for line in item.headers:
        name, _, value = line.partition(": ")
        lines.append(f"{name}: {encoded(value, item)}")
    return "\n".join([*lines, "MIME-Version: 1.0", ""])


def render(item: Item) -> bytes:
    """Give the raw bytes of a message; most travel with CRLF, some lie in a Maildir with LF."""
    raw = header(item).encode() + mime_body(item)
    raw = raw.replace(b"\r\n", b"\n")
    return raw if draw(item.id + "eol", 100) < 15 else raw.replace(b"\n", b"\r\n")


# ----------------------------------------------------------------------------------------------- labels


def shape_name(item: Item) -> str:
    """Name a message's MIME shape, with what hangs on it."""
    extras = [t for t in ("logo", "pdf") if t in item.tokens]
    extras += ["ics"] if item.calendar else []
    extras += ["eml"] if any(s.kind == "eml" for s in item.sections) and "report" not in item.shape else []
    return "+".join([item.shape, *extras])


def halves(items: list[Item]) -> dict[str, str]:
    """Split the messages in two so that each label, kind and shape lies half in ``dev``, half in ``held``."""
    balance: Counter[tuple[str, str]] = Counter()
    out = {}
    for item in sorted(items, key=lambda i: hexid(i.id + "half")):
        keys = (
            (item.label, ""),
            (item.label, item.kind),
            ("shape", shape_name(item)),
            (item.label, item.stage),
        )
        weight = sum(balance[key] * factor for key, factor in zip(keys, (2, 4, 3, 1), strict=True))
        held = draw(item.id + "coin", 2) == 0 if weight == 0 else weight < 0
        out[item.id] = "held" if held else "dev"
        balance.update(dict.fromkeys(keys, 1 if held else -1))
    return out


def labels(items: list[Item]) -> str:
    """Give the text of ``labels.csv``."""
    split = halves(items)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for i in items:
        row = (f"{i.id}.eml", i.label, "en", split[i.id], shape_name(i), i.stage, i.company, i.role, i.kind)
        table.writerow(row)
    return out.getvalue()


def main() -> None:
    """Write ``en/`` anew from ``source/``."""
    items = [
        item
        for path in sorted((HERE / "source").glob("*.txt"))
        for item in read_source(path.read_text("utf-8"))
    ]
    items.sort(key=lambda i: i.id)
    if len({i.id for i in items}) != len(items):
        raise ValueError("an id is used twice")
    target = HERE / "en"
    for stale in target.glob("*.eml"):
        stale.unlink()
    for item in items:
        (target / f"{item.id}.eml").write_bytes(render(item))
    (target / "labels.csv").write_text(labels(items), "utf-8")


if __name__ == "__main__":
    main()
