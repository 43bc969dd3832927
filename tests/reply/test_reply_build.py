"""The bytes of a draft: its header fields are those meant and no others, whatever the message answered says."""

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailhook.errors import Unreadable
from mailhook.mail.message import Address, Me, Message
from mailhook.reply import fields
from mailhook.reply.build import build_draft, reply_address
from mailhook.reply.compose import Text
from mailhook.reply.draft import Draft, body_digest
from mailhook.reply.language import load_language
from mailhook.reply.plan import Plan
from mailhook.reply.quote import quote_html

ME = Me(name="Alex Morgan", addresses=("alex.morgan@example.org", "alex@morgan.example.net"))
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WORDS = Text(
    text="Hello,\n\nThank you.\n\nBest,\nAlex Morgan", language="en", form="formal", purpose="thanks"
)

msg_ids = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<>"), min_size=1, max_size=1200
)


def made(
    message: Message, *, me: Me = ME, recipient: str | None = "jane.roe@acme.test", words: Text = WORDS
) -> Draft:
    plan = Plan(
        channel="email",
        intent="thanks",
        recipient=recipient,
        answers=message.message_id,
        reason="",
        purpose="thanks",
    )
    return build_draft(plan, words, message, me=me, message_id="0f3c@example.org", now=NOW)


def squeezed(name: str) -> str:
    """Python's reader keeps the white space between the encoded words of a name, against RFC 2047 §6.2."""
    return "".join(name.split())


def body(draft: Draft) -> str:
    """The text/plain body as a program reads it, with plain line ends."""
    part = read(draft).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def read(draft: Draft) -> EmailMessage:
    read = message_from_bytes(draft.raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_whole_draft(message: Callable[..., Message]) -> None:
    """A plain message is answered with a plain draft: header, words, attribution and quote, and nothing else."""
    text = (
        "Hi Jane,\n\nThank you for letting me know about the Data Engineer position, and for your time.\n\n"
        "How could I become a better fit for a role like this?\n\nBest,\nAlex Morgan"
    )
    draft = made(message(), words=Text(text=text, language="en", form="informal", purpose="feedback"))
    assert draft.raw.decode("ascii") == (
        "From: Alex Morgan <alex.morgan@example.org>\r\n"
        "To: Jane Roe <jane.roe@acme.test>\r\n"
        "Subject: Re: Your application\r\n"
        "Date: Mon, 02 Mar 2026 12:00:00 +0000\r\n"
        "Message-ID: <0f3c@example.org>\r\n"
        "In-Reply-To: <x@acme.test>\r\n"
        "References: <x@acme.test>\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: text/plain; charset="utf-8"; format="flowed"\r\n'
        "\r\n"
        "Hi Jane,\r\n"
        "\r\n"
        "Thank you for letting me know about the Data Engineer position, and for \r\n"
        "your time.\r\n"
        "\r\n"
        "How could I become a better fit for a role like this?\r\n"
        "\r\n"
        "Best,\r\n"
        "Alex Morgan\r\n"
        "\r\n"
        "On Monday, 2 March 2026 at 09:12, Jane Roe wrote:\r\n"
        "> Hi Alex,\r\n"
        ">\r\n"
        "> we decided to go with another candidate.\r\n"
        ">\r\n"
        "> Jane Roe\r\n"
    )
    assert (draft.text, draft.recipient, draft.in_reply_to) == (text, "jane.roe@acme.test", "x@acme.test")


@given(st.lists(msg_ids, max_size=6, unique=True), msg_ids)
@example(["a" * 77 + "@" + "b" * 300 + ".test"], "c" * 998)
@settings(max_examples=60, deadline=None)
def test_every_msg_id_survives_unchanged(references: list[str], parent: str) -> None:
    """Whatever the length of the msg-ids, all stand in the draft as they came, in order, the parent last."""
    draft = made(Message(message_id=parent, references=tuple(references), subject="Hi"))
    expected = [f"<{one}>" for one in [*(one for one in references if one != parent), parent]]
    assert str(read(draft)["References"]).split() == expected
    assert str(read(draft)["In-Reply-To"]).strip() == f"<{parent}>"
    assert draft.in_reply_to == parent


@given(st.text(max_size=400), st.text(max_size=120), st.text(max_size=120))
@example("Hello =?UTF-8?Q?=0D=0ABcc:_evil@x.test?=", "a\r\nBcc: evil@x.test", "x")
@example("Hello\r\nBcc: evil@x.test\r\n\r\nbody", "=?utf-8?q?a=0d=0aCc:_evil@x.test?=", '"; <evil@x.test>, "')
@example("Re: \u2028Bcc: evil@x.test", "\x00\x85", ",")
@example("ü" * 300, "Ü" * 100, "日本" * 50)
@settings(max_examples=150, deadline=None)
def test_no_text_of_a_mail_becomes_a_header_field(subject: str, their_name: str, my_name: str) -> None:
    """Subject and names of any kind leave exactly the intended fields, one recipient, and no line over 998 octets."""
    message = Message(
        message_id="x@acme.test",
        subject=subject,
        from_=(Address(name=their_name, address="jane.roe@acme.test"),),
        to=(Address(address="alex.morgan@example.org"),),
    )
    draft = made(message, me=Me(name=my_name, addresses=ME.addresses))
    mail = read(draft)
    assert [name.lower() for name in mail] == [
        "from", "to", "subject", "date", "message-id", "in-reply-to", "references",
        "content-transfer-encoding", "mime-version", "content-type",
    ]  # fmt: skip
    assert [a.addr_spec for a in mail["To"].addresses] == ["jane.roe@acme.test"]
    assert str(mail["Subject"]) == draft.subject
    assert squeezed(mail["To"].addresses[0].display_name) == squeezed(fields.one_line(their_name))
    assert max(len(line) for line in draft.raw.split(b"\r\n")) <= 998
    assert b"\n" not in draft.raw.replace(b"\r\n", b"")


def test_a_name_of_a_tool_stands_nowhere(
    draft: Callable[..., Draft], message: Callable[..., Message]
) -> None:
    """Neither a field nor the body tells that a program helped; there is no Bcc, Cc, Auto-Submitted or receipt."""
    raw = draft(message(html="<p>Hi Alex</p>")).raw.lower()
    for word in (
        b"mailhook",
        b"python",
        b"x-mailer",
        b"user-agent",
        b"auto-submitted",
        b"bcc:",
        b"cc:",
        b"disposition-notification",
        b"===",
    ):
        assert word not in raw


def test_the_same_arguments_give_the_same_bytes(
    draft: Callable[..., Draft], message: Callable[..., Message]
) -> None:
    """A draft written twice by mistake is the same draft, boundaries included."""
    assert draft(message(html="<p>Hi</p>")) == draft(message(html="<p>Hi</p>"))


def test_an_answer_to_html_is_text_and_html(
    draft: Callable[..., Draft], message: Callable[..., Message]
) -> None:
    """Who wrote HTML is answered with text and HTML; their mail stays readable in it, and nothing of it loads, runs or tracks."""
    html = (
        "<html><head><style>p{color:red}</style><script>alert(1)</script></head><body onload='x()'>"
        "<div style='display:none'>preview line</div><p style='background:url(https://t.test/p.png)'>Hi <b>Alex</b>,</p>"
        "<table><tr><td colspan='2'>we chose <a href='https://t.test/?u=1'>another</a> candidate</td></tr></table>"
        "<img src='https://t.test/open.gif' alt='Acme'><form action='https://t.test'><input name='q'><button>Go</button></form>"
        "<iframe src='https://t.test'></iframe><!-- secret --></body></html>"
    )
    mail = read(draft(message(html=html)))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    part = mail.get_body(("html",))
    assert part is not None
    page = part.get_content()
    quoted = page[page.index("<blockquote") :]
    assert "<p>Hi <b>Alex</b>,</p>" in quoted
    assert '<td colspan="2">we chose another candidate</td>' in quoted
    assert "Acme" in quoted
    for gone in (
        "t.test",
        "script",
        "alert",
        "onload",
        "style='",
        "img",
        "form",
        "input",
        "button",
        "iframe",
        "preview",
        "secret",
        "http",
        "color:red",
    ):
        assert gone not in quoted.partition(">")[2], gone


def test_a_layout_of_size_zero_keeps_its_text_in_the_quote(message: Callable[..., Message]) -> None:
    """Mail in tables sets the size to nothing outside, against gaps, and anew inside; what is nowhere of a size is hidden."""
    html = (
        "<div style='font-size:0'><table><tr><td style='font-size:14px'>we chose another</td></tr></table></div>"
        "<div style='font-size:0'>preview line</div><div hidden>for robots</div>"
    )
    page = quote_html(message(html=html), load_language("en"))
    assert "we chose another" in page
    assert "preview" not in page
    assert "robots" not in page


def test_html_too_deep_to_be_read_soon_is_quoted_as_text(message: Callable[..., Message]) -> None:
    """BeautifulSoup takes a minute and a half for eight thousand tags in one another."""
    page = quote_html(message(html="<i>" * 8000 + "no", original="their words"), load_language("en"))
    assert "their words" in page
    assert "<i>" not in page


def test_words_of_the_answer_are_escaped_in_html(message: Callable[..., Message]) -> None:
    """A name that looks like markup stays text."""
    words = Text(
        text="Hello <b>R&D</b>,\n\nThanks.\n\nBest,\nAlex", language="en", form="formal", purpose="thanks"
    )
    page = read(made(message(html="<p>x</p>"), words=words)).get_body(("html",))
    assert page is not None
    assert "<p>Hello &lt;b&gt;R&amp;D&lt;/b&gt;,</p>" in page.get_content()


def test_long_lines_flow_behind_their_own_quote_marks(message: Callable[..., Message]) -> None:
    """Long lines break softly, quoted ones too (RFC 3676 §4.5); short quoted lines and older quotes are never taken for flowed ones."""
    words = Text(
        text=("word " * 40).strip() + "\n\nFrom here on\n> not a quote",
        language="en",
        form="formal",
        purpose="thanks",
    )
    theirs = "a line with a space at its end \n>> older " + "x" * 90 + "\nFrom her\n" + ("long " * 20).strip()
    own, _, quoted = body(made(message(original=theirs), words=words)).partition("wrote:\n")
    assert [line.endswith(" ") for line in own.split("\n")[0:3]] == [True, True, False]
    assert " From here on" in own
    assert " > not a quote" in own
    assert quoted.split("\n") == [
        "> a line with a space at its end",
        ">>> older " + "x" * 90,
        "> From her",
        "> " + "long " * 14,
        "> " + ("long " * 6).strip(),
        "",
    ]


def test_a_text_message_is_one_line_as_it_stands(message: Callable[..., Message]) -> None:
    """What goes through a gateway is neither broken nor marked as flowed, and quotes nothing."""
    words = Text(text=("word " * 50).strip(), language="en", form="formal", purpose="feedback")
    relay = "19175550100.15550100142.h4sh@txt.voice.google.com"
    plan = Plan(
        channel="text",
        intent="feedback",
        recipient=relay,
        answers="x@acme.test",
        reason="",
        purpose="feedback",
    )
    draft = build_draft(plan, words, message(html="<p>x</p>"), me=ME, message_id="0f3c@example.org", now=NOW)
    assert draft.raw.decode("ascii").partition("\r\n\r\n")[2] == words.text + "\r\n"
    assert "flowed" not in str(read(draft)["Content-Type"])


def test_text_in_any_script_survives(message: Callable[..., Message]) -> None:
    """What is composed is what is read, byte for byte, in every script; the line breaks of flowed text apart."""
    text = "Grüße, Zażółć, Привет, こんにちは、お世話になります。您好，谢谢。안녕하세요."
    draft = made(message(original=""), words=Text(text=text, language="en", form="formal", purpose="thanks"))
    assert body(draft) == f"{text}\n"
    assert draft.body_sha256 == body_digest(f"{text}\n")
    assert draft.raw.isascii()


@pytest.mark.parametrize(
    ("to", "cc", "delivered", "expected"),
    [
        (("alex.morgan@example.org",), (), (), "alex.morgan@example.org"),
        (("Alex@Morgan.example.net",), (), ("alex.morgan@example.org",), "alex@morgan.example.net"),
        (("other@x.test",), ("alex@morgan.example.net",), (), "alex@morgan.example.net"),
        (("other@x.test",), (), ("alex@morgan.example.net",), "alex@morgan.example.net"),
        (("alex.morgan+jobs@example.org",), (), (), "alex.morgan+jobs@example.org"),
        ((), (), (), "alex.morgan@example.org"),
    ],
)
def test_it_is_answered_from_where_it_was_sent(
    to: tuple[str, ...], cc: tuple[str, ...], delivered: tuple[str, ...], expected: str
) -> None:
    """From is the own address they wrote to, its tag included, else the one it was delivered to, else the first."""
    message = Message(
        to=tuple(Address(address=one) for one in to),
        cc=tuple(Address(address=one) for one in cc),
        delivered_to=delivered,
    )
    assert reply_address(message, ME) == expected


def test_a_parent_without_msg_id_is_not_named() -> None:
    """Without a parent's msg-id both threading fields are left out (RFC 5322 §3.6.4)."""
    draft = made(Message(subject="Hi", references=("a@b",)))
    assert read(draft)["In-Reply-To"] is None
    assert read(draft)["References"] is None
    assert draft.in_reply_to is None


def test_an_internationalised_domain_is_written_in_ascii() -> None:
    """The header carries the A-label."""
    draft = made(Message(message_id="x@b", subject="Hi"), recipient="jane@bücher.test")
    assert read(draft)["To"].addresses[0].addr_spec == "jane@xn--bcher-kva.test"


@pytest.mark.parametrize(
    "recipient", ["jürgen@x.test", "a b@x.test", "a@x.test\r\nBcc: e@x.test", "a@x.test, b@x.test", "@", ""]
)
def test_an_address_that_cannot_be_written_stops_the_draft(recipient: str) -> None:
    """Nothing is repaired: such a draft is not made."""
    with pytest.raises(Unreadable):
        made(Message(message_id="x@b", subject="Hi"), recipient=recipient)


def test_a_plan_for_another_message_is_refused(message: Callable[..., Message]) -> None:
    """A draft answers the message its plan names, or none."""
    plan = Plan(
        channel="email", intent="thanks", recipient="jane.roe@acme.test", answers="other@b", reason=""
    )
    with pytest.raises(ValueError, match="other@b"):
        build_draft(plan, WORDS, message(), me=ME, message_id="0f3c@example.org", now=NOW)


def test_a_quote_has_an_end(message: Callable[..., Message]) -> None:
    """A very long mail is quoted in part, and the cut is shown."""
    text = body(made(message(original="line\n" * 5000)))
    assert text.rstrip().endswith("> […]")
    assert len(text.split("\n")) < 420
