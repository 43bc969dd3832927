"""Parts, identity and how much of a message has to be fetched."""

import hashlib
from base64 import encodebytes

import pytest

from mailhook.mail.message import Address, Attachment
from mailhook.mail.parse import needs_more, parse

HEADER = b"Message-ID: <a@b>\r\nDate: Mon, 2 Mar 2026 10:12:00 +0100\r\nFrom: Jane <j@acme.example>\r\nSubject: x\r\n"


def test_the_fingerprint_is_of_what_tells_one_arrival_from_another() -> None:
    raw = b"Received: by second; x\r\nReceived: by first; y\r\n" + HEADER + b"\r\nText."
    parts = [
        b"<a@b>",
        b"Mon, 2 Mar 2026 10:12:00 +0100",
        b"Jane <j@acme.example>",
        b"x",
        b"by second; x",
        b"99",
    ]
    assert parse(raw, size=99).fingerprint == hashlib.sha256(b"\0".join(parts)).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        HEADER.replace(b"a@b", b"c@d"),
        HEADER.replace(b"10:12", b"10:13"),
        HEADER.replace(b"Jane", b"June"),
        HEADER.replace(b"Subject: x", b"Subject: y"),
        b"Received: again\r\n" + HEADER,
    ],
)
def test_another_arrival_has_another_fingerprint(other: bytes) -> None:
    assert parse(HEADER + b"\r\nText.", size=5).fingerprint != parse(other + b"\r\nText.", size=5).fingerprint


def test_the_fingerprint_does_not_depend_on_how_much_was_fetched() -> None:
    whole = HEADER + b"\r\n" + b"Text. " * 1000
    assert parse(whole).fingerprint == parse(whole[:300], size=len(whole)).fingerprint
    assert parse(whole[:300], size=len(whole)).size == len(whole)


def multipart(*parts: bytes, kind: bytes = b"mixed", close: bool = True) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + (b"--b--\r\n" if close else b"")
    return HEADER + b"Content-Type: multipart/" + kind + b"; boundary=b\r\n\r\n" + body


PLAIN = b"Content-Type: text/plain\r\n\r\n" + b"We chose another. " * 20
HTML = b"Content-Type: text/html\r\n\r\n<p>" + b"We chose another. " * 20
PDF = b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encodebytes(b"x" * 4000)


@pytest.mark.parametrize(
    ("whole", "kept", "more"),
    [
        (HEADER + b"\r\n" + b"Text. " * 100, 1.0, False),
        (HEADER + b"\r\n" + b"Text. " * 100, 0.5, True),
        (HEADER + b"X-Long: " + b"y" * 1000 + b"\r\n\r\nText.", 0.5, True),
        (multipart(PLAIN, PDF), 0.5, False),
        (multipart(PLAIN, PDF), 0.05, True),
        (multipart(PDF, PLAIN), 0.5, True),
        (multipart(PLAIN, HTML, kind=b"alternative"), 0.45, True),
        (multipart(PLAIN, HTML, kind=b"alternative"), 0.9, True),
        (multipart(PLAIN, HTML) + b"epilogue " * 100, 0.6, False),
        (multipart(PLAIN, b"Content-Type: message/rfc822\r\n\r\n" + PLAIN * 20), 0.5, False),
        (multipart(PLAIN, b"Content-Type: text/calendar\r\n\r\n" + b"BEGIN:VCALENDAR\r\n" * 100), 0.5, True),
        (
            multipart(
                PLAIN, b"Content-Type: text/csv\r\nContent-Disposition: attachment\r\n\r\n" + b"a,b\r\n" * 100
            ),
            0.7,
            False,
        ),
    ],
)
def test_more_is_needed_only_where_text_was_cut(whole: bytes, kept: float, more: bool) -> None:
    assert needs_more(whole[: int(len(whole) * kept)], len(whole)) is more


def test_no_more_is_needed_beyond_the_bounds() -> None:
    assert not needs_more(HEADER + b"\r\n" + b"Text. " * 200_000, 10_000_000)


def test_a_message_cut_inside_quoted_printable_or_base64_is_read_as_far_as_it_goes() -> None:
    quoted = (
        HEADER
        + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe =C3"
    )
    assert parse(quoted, size=9999).text == "Grüße"
    encoded = encodebytes("Grüße aus Köln".encode())
    based = (
        HEADER
        + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + encoded[:14]
    )
    assert parse(based, size=9999).text == "Grüße au"


def test_attachments_are_named_and_sized_and_never_read() -> None:
    raw = multipart(
        PLAIN,
        b"Content-Type: application/pdf; name*=utf-8''%C3%84.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + encodebytes(b"x" * 300),
        b'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="=?utf-8?q?notes=0D=0A.txt?="\r\n\r\nsecret words',
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nsecret words",
    )
    message = parse(raw)
    assert "secret" not in message.text + message.quoted + message.original
    assert message.attachments == (
        Attachment(filename="Ä.pdf", content_type="application/pdf", size=304),
        Attachment(filename="notes .txt", content_type="text/plain", size=12),
        Attachment(filename="", content_type="message/rfc822", size=30),
    )


def test_all_addresses_of_delivery_are_kept_each_once() -> None:
    raw = b"Delivered-To: a@x.example\nX-Original-To: b@x.example\nDelivered-To: a@x.example\nEnvelope-To: <c@x.example>\n\n"
    assert parse(raw).delivered_to == ("a@x.example", "b@x.example", "c@x.example")


def test_header_fields_stand_as_they_came_decoded_and_unfolded() -> None:
    raw = b"X-A: 1\r\nsubject: =?utf-8?q?=C3=A4?=\r\nx-a:\r\n two\r\n\tthree\r\n\r\n"
    message = parse(raw)
    assert message.header_fields == (("X-A", "1"), ("subject", "ä"), ("x-a", "two three"))
    assert list(message.headers("X-a")) == ["1", "two three"]
    assert message.subject == "ä"


def test_line_ends_of_any_kind_give_the_same_message() -> None:
    lines = "From: Jane <j@acme.example>\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWe chose\n\nanother.\n--b--\n"
    texts = {parse(lines.replace("\n", end).encode()).text for end in ("\n", "\r\n", "\r")}
    assert texts == {"We chose\n\nanother."}
    assert parse(lines.replace("\n", "\r").encode()).from_ == (
        Address(name="Jane", address="j@acme.example"),
    )


def test_a_line_that_mbox_put_first_is_passed_over() -> None:
    assert parse(b"From jane@acme.example Mon Mar  2 10:12:00 2026\nSubject: x\n\nText.").subject == "x"


def test_a_header_line_without_its_fold_does_not_end_the_header() -> None:
    message = parse(b"Subject: a long\nsubject\nFrom: j@acme.example\n\nText.")
    assert (message.from_, message.text) == ((Address(address="j@acme.example"),), "Text.")
    assert "header:line" in message.defects


def test_a_body_without_an_empty_line_above_it_is_found() -> None:
    message = parse(b"Subject: x\nDear Alex,\nwe chose another.\n")
    assert (message.subject, message.text) == ("x", "Dear Alex,\nwe chose another.")


def test_a_multipart_without_its_boundary_is_read_by_the_one_that_stands_there() -> None:
    raw = b"Content-Type: multipart/mixed\n\n--zz\n\nWe chose another.\n--zz--\n"
    assert parse(raw).text == "We chose another."
    assert "mime:boundary" in parse(raw).defects
