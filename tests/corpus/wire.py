"""Put a message on the wire: charsets, transfer encodings, MIME shapes and header fields."""

import base64
import quopri
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.utils import format_datetime, parseaddr

from tests.corpus.pages import bare, html_text, plain_text
from tests.corpus.records import Item, draw, hexid, pick

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

# What a record may ask for by the first word: the codec, and the name the part declares.
LEGACY = {
    "jis": ("iso2022_jp", "ISO-2022-JP"),
    "sjis": ("cp932", "Shift_JIS"),
    "gb2312": ("gb2312", "gb2312"),
    "gbk": ("gbk", "GBK"),
    "gb18030": ("gb18030", "GB18030"),
    "big5": ("big5", "big5"),
    "euckr": ("euc_kr", "EUC-KR"),
    "cp1253": ("cp1253", "windows-1253"),
    "greek": ("iso8859_7", "iso-8859-7"),
    "cp1255": ("cp1255", "windows-1255"),
    "cp1256": ("cp1256", "windows-1256"),
    "latin2": ("iso8859_2", "iso-8859-2"),
    "cp1250": ("cp1250", "windows-1250"),
    "cp1251": ("cp1251", "windows-1251"),
    "koi8": ("koi8_r", "koi8-r"),
    "cp1254": ("cp1254", "windows-1254"),
    "latin5": ("iso8859_9", "iso-8859-9"),
}


def legacy(item: Item, text: str) -> tuple[str, str] | None:
    """Give the codec and charset of a region that the record asks for, where it has every character."""
    asked = (LEGACY[token] for token in sorted(item.tokens & LEGACY.keys()))
    return next((pair for pair in asked if encodable(text, pair[0])), None)


def charset_of(item: Item, text: str) -> tuple[str, str]:
    """Give the codec a text is written in and the charset its part declares."""
    if regional := legacy(item, text):
        return regional
    mislabel = item.style == "outlook" and draw(item.id + "mislabel", 100) < 10
    if (mislabel or "mislabel" in item.tokens) and encodable(text, "cp1252"):
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
        if "jis" in item.tokens and encodable(text, "iso2022_jp"):
            encoding, flowed = "7bit", False
        elif subtype == "html":
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


def encoded(text: str, item: Item, *, always: bool = False) -> str:
    """Give a header's text, as RFC 2047 words where it is not ASCII."""
    if text.isascii() and not always:
        return text
    regional = legacy(item, text)
    charset = Charset(regional[1] if regional else "utf-8")
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
        back = f"bounce+{hexid(item.id, 6)}@{host}" if item.style in {"ats", "promo"} else sender
        verdict = "fail" if "dmarcfail" in item.tokens else "pass"
        lines += [
            f"Delivered-To: {own}",
            f"Return-Path: <{'' if item.shape.startswith('report') else back}>",
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
