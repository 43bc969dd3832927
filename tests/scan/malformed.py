"""Messages that are broken in every way we know, and in ways that chance finds: the same ones at every run."""

import base64
import random
from collections.abc import Iterator

_CHARSETS = (
    "x-foo",
    "unicode-1-1-utf-7",
    "cp874",
    "utf-16",
    "utf-7",
    "iso-2022-jp",
    "hz",
    "idna",
    "punycode",
    "rot13",
    "zip",
    "undefined",
    "",
)
_TYPES = ("text/plain", "text/html", "text", "text/plain; charset", "multipart/mixed", "multipart/alternative; boundary", "message/rfc822",
          "message/partial", "text/calendar; method=", "application/octet-stream", "/", "multipart/digest", "multipart/signed")  # fmt: skip
_ENCODINGS = (
    "base64",
    "quoted-printable",
    "x-uuencode",
    "7bit",
    "8bit",
    "binary",
    "BASE64 ",
    "quoted-printable; x",
    "",
)
_BODIES = (
    b"Unfortunately, we have decided to move forward with another candidate.\n",
    b"<p>Leider m\xfcssen wir Ihnen absagen.</p>" + b"<div>" * 300,
    b"<!--" * 500 + b"<style>" * 100,
    b"=" * 2000 + b"\n=ZZ=\n",
    b"\x00" * 500 + b"\x1b[2J\x1b]0;title\x07",
    b"> " * 3000 + b"\n",
    b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:99999999T999999Z\nRRULE:FREQ=SECONDLY\nUID:\n" * 30,
    b"--b\n" * 3000,
    b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 400,
    b"",
    b"\xff\xfe" + "日本語 стол".encode("utf-16"),
    b"=?utf-8?q?=0D=0ABcc=3A?= " * 200,
    base64.encodebytes(b"x" * 3000)[:-7] + b"!!!",
    b"\r\r\n\n\r" * 300,
    b"a" * 70_000,
)
_LINES = (
    b"Subject: =?utf-8?q?Hello=0D=0ABcc:_evil@x.example?=", b"Subject: =?x-foo?b?4pyT?= =?utf-8?b?4p", b"Subject: " + b"=?utf-8?q?a?= " * 3000,
    b"From: ", b"From: <>", b"From: \"\\", b"From: a@b, c@d, e@f", b"From: group: a@b.example;;;", b"From: =?utf-8?q?J=00ane?= <jane@acme.example\x00>",
    b"From: Jane <jane@acme.example>\rBcc: evil@x.example", b"Reply-To: " + b"<" * 500, b"To: " + b"a@b.example, " * 4000,
    b"Message-ID: <a b@c>", b"Message-ID: <\xc3\xa4@x>", b"Message-ID: <" + b"a" * 2000 + b"@x>", b"Message-ID: <x@y>\x00", b"Message-ID:",
    b"References: " + b"<a@b> " * 3000, b"References: <a@b\r\n LOGOUT>", b"In-Reply-To: your message of Monday", b"Date: Thu, 32 Foo 99999 99:99:99 +9999",
    b"Date: 0", b"Date: Mon, 02 Mar 2026 09:12:00 +0100", b"Received: from x" + b" (y)" * 2000, b" folded before anything", b"no colon at all", b":", b"X" * 3000,
    b"Authentication-Results: " + b"(" * 3000, b"List-Id: " + b"<" * 100, b"Auto-Submitted: \xff", b"MIME-Version: 2.5",
)  # fmt: skip


def malformed(count: int, *, seed: int = 1) -> Iterator[bytes]:
    """Yield that many broken messages."""
    chance = random.Random(seed)
    for number in range(count):
        made = _made(chance)
        yield _damaged(made, chance) if number % 3 else made


def _made(chance: random.Random) -> bytes:
    lines = chance.choices(_LINES, k=chance.randint(0, 9))
    if chance.random() < 0.8:
        kind = chance.choice(_TYPES)
        charset = chance.choice(_CHARSETS)
        boundary = chance.choice(("b", '"b', "", "b" * 300, "b; x=y"))
        lines.append(f"Content-Type: {kind}; charset={charset}; boundary={boundary}".encode())
        lines.append(f"Content-Transfer-Encoding: {chance.choice(_ENCODINGS)}".encode())
    end = chance.choice((b"\n", b"\r\n", b"\r"))
    body = b"".join(chance.choices(_BODIES, k=chance.randint(0, 4)))
    return end.join(lines) + end * chance.choice((0, 1, 2, 2, 2)) + body


def _damaged(raw: bytes, chance: random.Random) -> bytes:
    """Change, drop and repeat a few bytes anywhere, or cut the end off."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 20)):
        if not data:
            break
        place = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randint(1, 30)]
            case 2:
                data[place:place] = data[place : place + chance.randint(1, 30)]
            case _:
                del data[max(place, len(data) // 2) :]
    return bytes(data)


def bombs() -> dict[str, bytes]:
    """Return messages made to take all the time or memory there is, each with a rejection's words in it."""
    news = b"Unfortunately, we have decided to move forward with another candidate for the position of Data Engineer.\n"
    head = b"From: Jane Roe <jane@%s.example>\r\nTo: alex.morgan@example.org\r\nMessage-ID: <bomb@%s.example>\r\nSubject: Your application\r\n"

    def bomb(name: bytes, rest: bytes) -> bytes:
        return head % (name, name) + rest

    def nested(levels: int) -> bytes:
        level = b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n"
        return (
            b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
            + b"".join(level % (n, n + 1) for n in range(levels))
            + news
        )

    html = b"Content-Type: text/html\r\n\r\n"
    return {
        **{f"{levels} levels": bomb(b"levels%d" % levels, nested(levels)) for levels in (50, 500, 1000, 3000)},
        "100,000 parts": bomb(b"parts", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + news + b"--b\r\n\r\nx\r\n" * 100_000),
        "4,000 recipients": bomb(b"some", b"Cc: " + b"a@b.example,\r\n " * 4000 + b"c@d.example\r\n\r\n" + news),
        "100,000 recipients": bomb(b"many", b"Cc: " + b"a@b.example,\r\n " * 100_000 + b"c@d.example\r\n\r\n" + news),
        "10 MB of nested HTML": bomb(b"html", html + news + b"<div>" * 2_000_000),
        "open comments": bomb(b"comments", html + news + b"<!--" * 500_000),
        "attributes": bomb(b"attributes", html + b"<div " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">" + news),
        "spaces before a full stop": bomb(b"spaces", b"\r\n" + b"unfortunately " + b" " * 300_000 + b"candidate.\r\n" + news),
        "almost a decision": bomb(b"almost", b"\r\n" + b"we have decided to move forward with " * 20_000),
        "quoted lines": bomb(b"quoted", b"\r\n" + b"> On Monday Jane Roe wrote:\r\n" * 50_000 + news),
        "a calendar for ever": bomb(b"calendar", b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nRRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n" + b"BEGIN:VEVENT\r\nDTSTART;TZID=X:20260302T091200\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n" * 5000 + b"END:VCALENDAR\r\n"),
    }  # fmt: skip
