"""Whatever the bytes, parsing gives a valid message and never raises."""

import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailhook.mail.message import Message
from mailhook.mail.parse import needs_more, parse

PIECES = [
    b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: <", b"References: <a@b> <c@d>", b"In-Reply-To: ",
    b"Content-Type: text/plain; charset=", b"Content-Type: text/html", b"Content-Type: multipart/mixed; boundary=x",
    b"Content-Type: multipart/alternative; boundary=\"y\"", b"Content-Type: message/rfc822", b"Content-Type: text/calendar",
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable", b"Content-Disposition: attachment; filename*=utf-8''%e2",
    b"\n", b"\r\n", b"\n\n", b"\r\n\r\n", b"\r", b"--x\n", b"--x--\n", b"--y\r\n", b"--y--\r\n", b"=?utf-8?q?=0D=0A?=", b"=?iso-2022-jp?B?GyRC?=",
    b"=?x-foo?b?4pyT?=", b"utf-8", b"x-unknown", b"iso-2022-jp", b"utf-7", b"utf-16", b"hz", b"<a@b>", b"a@b.example", b",", b";", b":", b"\"", b"(", b")", b"<", b">", b"@",
    b"\x00", b"\x1b$B", b"\xff\xfe", b"\xe2\x80\xa8", b"\xc2\x85", b"=", b"=\n", b"=3D", b"> quoted\n", b"On Monday, 1 March 2026, Jane <j@x.example> wrote:\n",
    b"-----Original Message-----\n", b"From: a\nSent: b\nTo: c\nSubject: d\n", b"-- \n", b"Best regards,\nJane\n", b"This e-mail is confidential.\n",
    b"<div>", b"</div>", b"<p>", b"<blockquote type=cite>", b"<!--", b"-->", b"<style>", b"<script>", b"<pre>", b"<svg><style>", b"<noscript>", b"<br>", b"<li>", b"&nbsp;",
    b"<table><tr><td>", b"<div style=\"display:none\">", b"\x01\x02\x03\x04\x05\x06", "日本語".encode(), "שלום".encode(), "\u200b\u034f".encode(),
]  # fmt: skip

mail_like = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=60).map(b"".join)


def check_valid(message: Message) -> None:
    """Assert what every consumer may rely on."""
    singles = [message.subject, *(a.name for a in message.from_ + message.to + message.cc + message.reply_to)]
    singles += [a.address for a in message.from_ + message.to + message.cc + message.reply_to]
    singles += [*message.references, *message.in_reply_to, message.message_id or "", *message.delivered_to]
    singles += [value for _, value in message.header_fields] + [a.filename for a in message.attachments]
    for value in singles:
        assert not any(c < " " or "\x7f" <= c <= "\x9f" or c in "\u2028\u2029" for c in value), value
        value.encode("utf-8")
    for one in [*message.references, *message.in_reply_to, *filter(None, [message.message_id])]:
        assert one
        assert one.isascii()
        assert not set(one) & set(string.whitespace + "<>")
    for text in (message.text, message.quoted, message.signature, message.footer, message.original):
        text.encode("utf-8")
        assert not set(text) & set("\x00\x01\x02\x03\x04\x05\x06\r")
    assert message.date is None or message.date.tzinfo is not None
    assert len(message.fingerprint) == 64
    assert "/" in message.content_type


@given(raw=st.one_of(st.binary(max_size=400), mail_like), careful=st.booleans())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_give_a_valid_message(raw: bytes, careful: bool) -> None:
    check_valid(parse(raw, careful=careful))
    assert needs_more(raw, len(raw)) is False
    assert needs_more(raw, len(raw) + 1) in (True, False)


HTML = [
    "<p>", "</p>", "<div>", "</div>", "<div style='display:none'>", "<span style=font-size:0>", "</span>", "<b>", "</b>", "<i>", "<br>", "<br/>", "<li>", "<ul>", "</ul>",
    "<table>", "<tr>", "<td>", "</td>", "</tr>", "</table>", "<blockquote>", "<blockquote type=cite>", "</blockquote>", "<div class=gmail_quote>", "<div class=gmail_attr>",
    "<div id=appendonsend></div>", "<pre>", "</pre>", "<a href='x>y'>", "</a>", "<!-- x", "-->", "<!--[if mso]>", "<![endif]-->", "<script>", "</script>", "<style>", "</style>",
    "<title>", "</title>", "<textarea>", "</textarea>", "<select>", "<option>", "</select>", "<svg>", "</svg>", "<math>", "<noscript>", "</noscript>", "<template>", "</template>",
    "<h1>", "</h1>", "<font color=red>", "</font>", "<img alt='word'>", "<body>", "</body>", "<html hidden>", "<o:p>", "</o:p>", "<x", "< y", "&nbsp;", "&zwnj;", "&#3;", "&amp;lt;", "&lt;b&gt;", "&#x5;",
    "\n", " ", "one", "two ", "three\n", "On 2 March 2026 Jane wrote:", "From: a", "Sent: b 2026", "Subject: c", "Best regards,", "Unsubscribe", "\u200b", "Ä", "]]>", "<![CDATA[", "<?php x ?>",
    "<frameset>", "<plaintext>", "<form>", "<input value=word>", "<hr>", "</p", "<p hidden>", "<p style='color:#fff;background:#fff'>",
]  # fmt: skip


def words(message: Message) -> list[str]:
    parts = " ".join((message.text, message.quoted, message.signature, message.footer))
    return [word for word in parts.split() if word != ">"]


@given(pieces=st.lists(st.sampled_from(HTML), max_size=40), reply=st.booleans())
@settings(max_examples=1000, deadline=None)
def test_the_fast_text_has_every_word_of_the_careful_one(pieces: list[str], reply: bool) -> None:
    """The screen reads fast text: what the careful reading would show it must not lose."""
    subject = "Re: x" if reply else "x"
    raw = f"Subject: {subject}\nContent-Type: text/html; charset=utf-8\n\n{''.join(pieces)}".encode()
    careful, fast = parse(raw, careful=True), parse(raw, careful=False)
    assert set(careful.text.split()) <= {">", *fast.text.split()}
    assert words(careful) == words(fast)
