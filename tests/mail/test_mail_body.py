"""The readable text: which form is read, in what form it is judged, and what of it is signature and footer."""

from pathlib import Path

import pytest

from mailhook.mail import wording
from mailhook.mail.message import Message
from mailhook.mail.normal import join_lines, normalise
from mailhook.mail.parse import parse
from mailhook.mail.wording import CLOSINGS

NOTICES = [
    line.split("\t")
    for line in (Path(__file__).parent / "notices.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def read(body: str, kind: str = "text/plain", *, careful: bool = True) -> Message:
    raw = f"From: a@b.example\nSubject: x\nContent-Type: {kind}; charset=utf-8\n\n{body}"
    return parse(raw.encode(), careful=careful)


def alternative(plain: str, html: str, *, careful: bool = True) -> Message:
    raw = (
        "Content-Type: multipart/alternative; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n"
        f"--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b--\n"
    )
    return parse(raw.encode(), careful=careful)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("plain words", "plain words"),
        ("don’t ‘say’ “so”", "don't 'say' \"so\""),
        ("a\u00a0b\u2009c\td", "a b c d"),
        ("un\u00adfor\u200btu\u034fna\ufefftely", "unfortunately"),
        ("re\u0301sume\u0301", "résumé"),
        ("ＡＢＣ１２３　ｶﾅ", "ABC123 カナ"),
        ("ﬁnal oﬀer", "final offer"),
        ("𝐮𝐧𝐟𝐨𝐫𝐭𝐮𝐧𝐚𝐭𝐞𝐥𝐲", "unfortunately"),
        ("wait…", "wait..."),
        ("a\u2028b\x85c", "a\nb\nc"),
        ("a\x00b\x1bc", "abc"),
        ("‫שלום‬", "שלום"),
        ("می‌شود", "میشود"),
        ("Acme™ № 5 ½", "Acme™ № 5 ½"),
        ("ﻣﺮﺣﺒﺎ", "مرحبا"),
    ],
)
def test_characters_have_one_form(text: str, normal: str) -> None:
    assert normalise(text) == normal
    assert normalise(normal) == normal


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (
            "We have decided to move forward with other candidates whose experience is\ncloser to what we need.",
            "We have decided to move forward with other candidates whose experience is closer to what we need.",
        ),
        ("Dear Alex,\nthank you for your time.", "Dear Alex,\nthank you for your time."),
        ("First line that is short.\nSecond line.", "First line that is short.\nSecond line."),
        ("We looked at:\n- your letter\n- your code", "We looked at:\n- your letter\n- your code"),
        ("We looked at the following things in your application which we\n1. read\n2. liked", None),
        (
            "经过慎重考虑我们很遗憾地通知您此次未能\n录用祝您求职顺利",
            "经过慎重考虑我们很遗憾地通知您此次未能录用祝您求职顺利",
        ),
        (
            "안타깝게도 이번 전형에서는 함께하지\n못하게 되었습니다",
            "안타깝게도 이번 전형에서는 함께하지 못하게 되었습니다",
        ),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("  two   spaces \n", "two spaces"),
    ],
)
def test_only_the_width_of_a_page_is_undone(lines: str, joined: str | None) -> None:
    assert join_lines(lines.split("\n")) == (lines if joined is None else joined)


def test_flowed_text_is_joined_as_its_writer_meant() -> None:
    raw = b"Content-Type: text/plain; format=flowed\n\nWe chose \nsomebody \nelse.\nThat is all.\n-- \nJane\n"
    message = parse(raw)
    assert (message.text, message.signature) == ("We chose somebody else.\nThat is all.", "Jane")


def test_flowed_text_with_delsp_is_joined_without_the_space() -> None:
    raw = "Content-Type: text/plain; format=flowed; delsp=yes; charset=utf-8\n\n未能 \n录用\n"
    assert parse(raw.encode()).text == "未能录用"


@pytest.mark.parametrize("careful", [True, False], ids=["careful", "fast"])
def test_the_longer_form_is_read_where_the_other_is_a_stub(careful: bool) -> None:
    link = "https://acme.example/" + "x" * 2000
    html = "<p>Dear Alex,</p><p>we have decided to go on with another candidate.</p>"
    assert alternative(f"View this message: {link}", html, careful=careful).text == (
        "Dear Alex,\n\nwe have decided to go on with another candidate."
    )
    assert alternative("Dear Alex, we have decided to go on with another.", html, careful=careful).text == (
        "Dear Alex, we have decided to go on with another."
    )
    assert alternative("   ", html, careful=careful).text.startswith("Dear Alex,")


@pytest.mark.parametrize("careful", [True, False], ids=["careful", "fast"])
def test_html_keeps_its_blocks_and_nothing_hidden(careful: bool) -> None:
    html = """<html><head><title>no</title><style>.no{}</style></head><body>
    <div style="display:none">no</div><div style="max-height:0px;overflow:hidden">no</div><span style="font-size:0">no</span>
    <div style="font-size:0px;line-height:0"><span>no</span></div><p style="opacity:0">no</p><p hidden>no</p><p style="color:#FFFFFF;background-color:white">no</p><p style="mso-hide:all">no</p>
    <script>no</script><noscript>no</noscript><template>no</template><select><option>no</select><!-- no --><img alt="no">
    <h1>Title</h1>First <b>para</b>graph<br>with a
    break.<div>Block<div>inner</div></div><ul><li>one</li><li><p>two</p></li></ul>
    <table><tr><td>cell</td><td>cell 2</td></tr></table><pre>kept
lines</pre><table style="font-size:0px"><tr><td style="font-size:1px;line-height:20px">
    <p style="font-size:10px;opacity:0.9;max-height:90px;color:#fff;background:#000">shown</p></td></tr></table></body></html>"""
    assert read(html, "text/html", careful=careful).text == (
        "Title\n\nFirst paragraph\nwith a break.\nBlock\ninner\n\n- one\n- two\n\ncell\n\ncell 2\n\nkept\nlines\n\nshown"
    )


@pytest.mark.parametrize("careful", [True, False], ids=["careful", "fast"])
def test_html_whose_every_word_is_hidden_is_shown(careful: bool) -> None:
    html = '<div style="display:none"><p>We chose another.</p></div>'
    assert read(html, "text/html", careful=careful).text == "We chose another."


def test_html_under_the_name_of_plain_text_is_read_as_html() -> None:
    assert read("<html><body><p>We chose <b>an</b>other.</p></body></html>").text == "We chose another."
    assert read("<p>Hi,</p><p>we <b>chose</b> another.</p>").text == "Hi,\n\nwe chose another."


@pytest.mark.parametrize("closing", sorted(CLOSINGS))
def test_a_closing_and_the_names_under_it_are_the_signature(closing: str) -> None:
    message = read(
        f"Dear Alex,\n\nwe chose another.\n\n{closing.capitalize()},\n\nJane Roe\nHead of Data\n+44 20 7946 0000\n"
    )
    assert message.text == "Dear Alex,\n\nwe chose another."
    assert message.signature.splitlines()[-3:] == ["Jane Roe", "Head of Data", "+44 20 7946 0000"]
    assert message.signature.splitlines()[0] == f"{closing.capitalize()},"


@pytest.mark.parametrize(
    "text",
    [
        "Thank you!\n\nWe looked at your application, and the role has gone to somebody else.",
        "Thanks,\nbut we have decided to go on with another candidate\nJane",
        "Hello Alex,\n\nit's a no from us\n\nJane",
        "Best of luck\n\nYour application was not successful, I am afraid.",
        "--\nWe chose another.",
        "Regards from Berlin, where we have decided for another.",
    ],
)
def test_what_only_resembles_a_closing_stays_text(text: str) -> None:
    assert read(text).text.replace("\n", " ").split() == text.split()


def test_a_postscript_below_the_name_stays_text() -> None:
    message = read(
        "Dear Alex,\n\nwe chose another.\n\nBest wishes,\nJane\n\nPS: The other role is closed too, I am afraid.\n"
    )
    assert message.text == "Dear Alex,\n\nwe chose another.\n\nPS: The other role is closed too, I am afraid."
    assert message.signature == "Best wishes,\nJane"


def test_what_stands_under_two_dashes_is_the_signature() -> None:
    message = read("We chose another.\n\nBest,\nJane\n\n-- \nJane Roe\nAcme Ltd\n")
    assert (message.text, message.signature) == ("We chose another.", "Best,\nJane\n\nJane Roe\nAcme Ltd")


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Get Outlook for iOS",
        "Verstuurd vanaf mijn iPhone",
        "Inviato da iPhone",
        "iPhoneから送信",
        "Отправлено с iPhone",
        "发自我的iPhone",
    ],
)
def test_a_telephones_own_line_is_signature(line: str) -> None:
    message = read(f"No, sorry.\n\n{line}\n")
    assert (message.text, message.signature) == ("No, sorry.", line)


@pytest.mark.parametrize(("language", "notice"), NOTICES)
def test_a_notice_under_the_message_is_footer(language: str, notice: str) -> None:
    for above in ("We chose another.\n\nBest,\nJane", "We chose another."):
        message = read(f"{above}\n\n{notice}\n\nAcme Ltd, 1 High Street\n\n{notice}\n")
        assert message.text == "We chose another."
        assert message.footer == normalise(f"{notice}\n\nAcme Ltd, 1 High Street\n\n{notice}")


@pytest.mark.parametrize(
    "text",
    [
        "This email is to tell you that we chose another candidate.",
        "Your data stays confidential. We chose another.",
        "If you have questions about this decision, write to us.",
        "We are writing about this message which you sent to us in confidence; we chose another.",
        "Please do not reply to this message. We chose another.",
        "You are not among those whom we invite.",
    ],
)
def test_a_paragraph_that_tells_something_is_no_footer(text: str) -> None:
    assert read(f"Dear Alex,\n\n{text}\n").text == f"Dear Alex,\n\n{text}"


def test_parts_behind_each_other_are_read_in_order() -> None:
    raw = b"""Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

First.
--b
Content-Type: image/png; name=a.png

x
--b
Content-Type: text/html

<p>Second.</p>
--b--
"""
    message = parse(raw)
    assert message.text == "First.\n\nSecond."
    assert [(a.filename, a.content_type) for a in message.attachments] == [("a.png", "image/png")]


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click links.",
        "[EXTERNAL] This message came from outside Acme.",
        "You don't often get email from jane@acme.example. Learn why this is important",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender.",
    ],
)
def test_a_gateways_banner_above_the_message_is_footer(banner: str) -> None:
    message = read(f"{banner}\n\nDear Alex,\n\nwe chose another.")
    assert (message.text, message.footer) == ("Dear Alex,\n\nwe chose another.", banner)
    assert read(banner).text == banner


def test_a_line_to_reply_above_does_not_hide_what_stands_below() -> None:
    text = "##- Please type your reply above this line -##\n\nWe chose another."
    assert read(text).text == text
    assert read("--- Reply above this line ---\n\nWe chose another.").text.endswith("We chose another.")


def test_the_armour_of_an_inline_signature_is_no_text() -> None:
    armour = "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    assert (
        read(f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nWe chose another.\n{armour}").text
        == "We chose another."
    )


def test_html_names_its_charset_itself_where_nothing_else_does() -> None:
    html = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head><p>Мы выбрали другого.</p>'
    assert parse(b"Content-Type: text/html\n\n" + html.encode("cp1251")).text == "Мы выбрали другого."


def test_a_named_text_behind_the_message_is_an_attachment() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello.\n--b\nContent-Type: text/plain; name=cv.txt\nContent-Disposition: inline\n\nsecret\n--b--\n"
    message = parse(raw)
    assert message.text == "Hello."
    assert [a.filename for a in message.attachments] == ["cv.txt"]


@pytest.mark.parametrize(
    "table",
    [
        "WROTE",
        "ATTRIBUTION_STARTS",
        "FROM",
        "SENT",
        "TO",
        "SUBJECT",
        "ORIGINAL",
        "FORWARDED",
        "DEVICE_STARTS",
        "CLOSINGS",
        "OUT_OF_OFFICE",
    ],
)
def test_every_word_of_a_table_stands_in_the_form_in_which_it_is_sought(table: str) -> None:
    words = getattr(wording, table)
    assert len(words) > 20
    assert [word for word in words if normalise(word).lower() != word] == []


def test_the_turkish_dotted_capital_is_a_plain_letter_in_the_tables() -> None:
    message = read(
        "Sayın Alex,\n\nbaşka bir adayla devam ediyoruz.\n\nİyi günler,\nAyşe\n\n---------- İletilen mesaj ---------\neski\n"
    )
    assert message.text == "Sayın Alex,\n\nbaşka bir adayla devam ediyoruz."
    assert message.signature == "İyi günler,\nAyşe"
    assert message.forwarded
