"""A mailbox to measure with: realistic sizes and shapes, the same bytes at every run.

About 20 KB of text and HTML on average, one message in ten with an attachment of 1 to 5 MB, and one in twenty
a message about an application (a third of these rejections). Written in the shapes mail really has: multipart/alternative,
quoted-printable, base64, quoted history.
"""

import base64
import quopri
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_TEXT = (
    "time people way day thing man world life hand part child eye woman place work week case point company number group "
    "problem fact meeting report budget project review update release server ticket invoice delivery order weekend train "
    "garden recipe holiday photo school concert member payment account customer design draft contract launch summary "
    "please send look call think know take see come want use find give tell ask seem feel try leave keep begin help show "
    "hear play run move like live believe hold bring happen write provide sit stand lose pay meet include continue set "
    "the a of to in for on with at by from up about into over after and but or as if when than because while"
)
_WORDS = _TEXT.split()

_REJECTIONS = (
    "Thank you for taking the time to apply for the {role} position at {company}. After careful consideration we have decided "
    "to move forward with other candidates whose experience more closely matches our current needs. We wish you every "
    "success in your search.",
    "I enjoyed our conversation last week. The team met yesterday and, although it was a close decision, we will not be "
    "taking your application for {role} further. Thank you for the effort you put into it.",
    "We appreciate your interest in {company}. The position of {role} has been filled by another candidate.",
)
_ALIVE = (
    "Thank you for applying to {company}. We have received your application for {role} and are reviewing it. If you are "
    "selected for an interview, we will be in touch. Unfortunately we cannot reply to every applicant.",
    "We would like to invite you to an interview for the {role} position. Please choose a time that suits you next week.",
)
_COMPANIES = ("Northwind", "Acme", "Globex", "Initech", "Umbrella Foods", "Stark Tools", "Wayne Logistics")
_ROLES = ("Data Engineer", "Product Manager", "Nurse", "Office Manager", "Backend Developer", "Teacher")

START = datetime(2026, 1, 1, tzinfo=UTC)


def messages(count: int, *, seed: int = 7, attachments: bool = True) -> Iterator[bytes]:
    """Yield that many messages, each complete with CRLF line ends."""
    source = random.Random(seed)
    attachment = base64.encodebytes(source.randbytes(3_800_000)).replace(b"\n", b"\r\n")
    for number in range(count):
        yield _message(number, source, attachment if attachments else None)


def _message(number: int, source: random.Random, attachment: bytes | None) -> bytes:
    about_work = number % 20 == 0
    if about_work:
        form = source.choice(_REJECTIONS if number % 60 == 0 else _ALIVE)
        paragraphs = [form.format(company=source.choice(_COMPANIES), role=source.choice(_ROLES))]
    else:
        paragraphs = [_paragraph(source) for _ in range(source.randint(2, 14))]
    quoted = [f"> {_paragraph(source)[:70]}" for _ in range(source.randint(0, 12))]
    plain = "\n\n".join(paragraphs) + (
        "\n\nOn Mon, Jan 5, 2026, Sam Poe wrote:\n" + "\n".join(quoted) if quoted else ""
    )
    html = _html(paragraphs, source)
    body = _alternative(plain, html, number)
    date = START + timedelta(minutes=number)
    head = [
        f"Received: from mx{number % 7}.example.net (mx.example.net [192.0.2.{number % 250}]) by mail.example.org; "
        f"{format_datetime(date)}",
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=k1; h=from:to:subject:date; bh="
        + base64.b64encode(source.randbytes(32)).decode()
        + "; b="
        + base64.b64encode(source.randbytes(240)).decode(),
        f"From: {source.choice(_WORDS).title()} {source.choice(_WORDS).title()} <sender{number % 900}@example.net>",
        "To: Alex Morgan <alex.morgan@example.org>",
        f"Subject: {' '.join(source.choices(_WORDS, k=6)).capitalize()}",
        f"Date: {format_datetime(date)}",
        f"Message-ID: <{number}.{source.getrandbits(64):x}@example.net>",
        "MIME-Version: 1.0",
    ]
    if attachment is not None and number % 10 == 3:
        length = source.randint(1_400_000, len(attachment))
        body = (
            b'Content-Type: multipart/mixed; boundary="mixed"\r\n\r\n--mixed\r\n'
            + body
            + b"\r\n--mixed\r\nContent-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n"
            + b"Content-Disposition: attachment; filename=scan.pdf\r\n\r\n"
            + attachment[: length - length % 78]
            + b"\r\n--mixed--\r\n"
        )
    return "\r\n".join(head).encode() + b"\r\n" + body


def _paragraph(source: random.Random) -> str:
    sentences = (
        " ".join(source.choices(_WORDS, k=source.randint(6, 18))).capitalize()
        for _ in range(source.randint(2, 6))
    )
    return ". ".join(sentences) + "."


def _html(paragraphs: list[str], source: random.Random) -> str:
    style = "font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:1.5;color:#333333;margin:0 0 12px 0"
    cells = "".join(
        f'<tr><td style="{style};padding:8px 24px"><p style="{style}">{text}</p></td></tr>'
        for text in paragraphs
    )
    links = "".join(
        f'<a href="https://www.example.net/{source.getrandbits(160):x}" style="{style}">{source.choice(_WORDS)}</a> '
        for _ in range(source.randint(0, 40))
    )
    css = "".join(
        f".c{n} {{ padding: {n}px; margin: 0 auto; color: #33{n % 90:02d}33; }}\n"
        for n in range(source.randint(5, 120))
    )
    return (
        f"<html><head><style>{css}</style></head><body><table width=100% cellpadding=0>{cells}"
        f"<tr><td>{links}</td></tr></table></body></html>"
    )


def _alternative(plain: str, html: str, number: int) -> bytes:
    if number % 3 == 0:
        encoding, encoded = "base64", base64.encodebytes(html.encode()).replace(b"\n", b"\r\n")
    else:
        encoding, encoded = "quoted-printable", quopri.encodestring(html.encode()).replace(b"\n", b"\r\n")
    return (
        b'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n--alt\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
        + plain.replace("\n", "\r\n").encode()
        + b"\r\n--alt\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: "
        + encoding.encode()
        + b"\r\n\r\n"
        + encoded
        + b"\r\n--alt--\r\n"
    )
