"""A letter is a PDF that carries its fonts, reads back as it was written, and hangs on a draft that cannot be sent."""

import io
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest
from pypdf import PdfReader

from mailhook.mail.message import Address, Me
from mailhook.reply.draft import Draft
from mailhook.reply.letter import Letter, font_missing, letter_pdf

ME = Me(name="Alex Morgan", addresses=("alex.morgan@example.org",))
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
Of = Callable[..., Any]

SCRIPTS = {
    "en": "Thank you for your letter, the office “file” and the affable staff.",
    "pl": "Dziękuję za wiadomość. Zażółć gęślą jaźń.",
    "tr": "Teşekkür ederim. Iğdır, İstanbul, şöför.",
    "sv": "Tack för brevet om tjänsten, och för vårt samtal på ångbåten.",
    "da": "Tak for brevet om stillingen. Jeg hører gerne fra dig på mandag, og ønsker æblegrød.",
    "el": "Σας ευχαριστώ για το μήνυμά σας.",
    "ru": "Спасибо за Ваше письмо.",
    "ja": "このたびはご連絡をいただき、誠にありがとうございました。",
    "zh": "感谢您告知我关于职位的结果。",
    "zh-tw": "感謝您告知我關於職位的結果。",
    "zh-hant": "謝謝您來信說明應徵結果，敬祝工作順利。",
    "ko": "결과를 알려 주셔서 진심으로 감사드립니다.",
}


def letter(language: str = "en", text: str = "Thank you.", **changed: Any) -> Letter:
    ordinary: dict[str, Any] = {
        "to": ("Jane Roe", "Acme"),
        "subject": "Thank you – Data Engineer",
        "closing": "Kind regards,",
        "name": "Alex Morgan",
        "date_pattern": "{day} {month} {year}",
        "months": MONTHS,
    }
    return Letter(language=language, paragraphs=("Dear Jane Roe,", text), **{**ordinary, **changed})


def pages(pdf: bytes) -> list[str]:
    """The text of each page; pypdf puts a NUL before a character of a CID font, other readers do not."""
    return [page.extract_text().replace("\x00", "") for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("language", SCRIPTS)
def test_every_script_is_embedded_and_reads_back(language: str, now: Any) -> None:
    """Text in each script comes out of the PDF again, with no font left to the reader's machine."""
    pdf = letter_pdf(letter(language, SCRIPTS[language]), me=ME, now=now)
    assert pdf is not None
    [text] = pages(pdf)
    assert "".join(SCRIPTS[language].split()) in "".join(text.split())
    assert pdf.count(b"/FontDescriptor ") == pdf.count(b"/FontFile2 ") + pdf.count(b"/FontFile3 ") > 0


def test_a_name_in_another_script_is_written_too(now: Any) -> None:
    """A Korean firm in an English letter is not a row of boxes."""
    pdf = letter_pdf(letter(to=("김민수", "안녕 회사")), me=ME, now=now)
    assert pdf is not None
    assert "안녕" in pages(pdf)[0]


def test_a_script_without_font_gives_no_letter(now: Any) -> None:
    """Rather no PDF than one with empty boxes."""
    assert letter_pdf(letter(text="ขอบคุณ"), me=ME, now=now) is None
    assert font_missing("en") is None
    assert font_missing("ja") is None


def test_the_parts_of_a_letter_stand_in_their_order(now: Any) -> None:
    """Sender, recipient, day, subject, greeting, body, closing, name; one page; the same bytes each time; no tool's name."""
    made = letter(text="I respect your decision.", sender=("12 Some Street", "London N1 1AA"))
    pdf = letter_pdf(made, me=ME, now=now)
    assert pdf == letter_pdf(made, me=ME, now=now)
    assert pdf is not None
    [text] = pages(pdf)
    wanted = [
        "Alex Morgan", "12 Some Street", "London N1 1AA", "Jane Roe", "Acme", "2 March 2026", "Thank you – Data Engineer",
        "Dear Jane Roe,", "I respect your decision.", "Kind regards,", "Alex Morgan",
    ]  # fmt: skip
    assert [line.strip() for line in text.split("\n") if line.strip()] == wanted
    information = PdfReader(io.BytesIO(pdf)).metadata
    assert information is not None
    assert (information.author, information.title, information.producer or "") == (
        "Alex Morgan",
        "Thank you – Data Engineer",
        "",
    )
    assert b"fpdf" not in pdf.lower()


def test_a_fax_is_answered_by_a_letter_on_a_draft_without_recipient(
    draft: Callable[..., Draft], message: Of, verdict: Of
) -> None:
    """The PDF hangs on a draft in the same thread that goes to nobody; its text is the letter's, without their mail quoted."""
    fax = message(
        from_=(Address(address="message@inbound.efax.com"),),
        subject="eFax from Acme",
        text="Dear Mr Morgan,\nno.",
    )
    made = draft(fax, verdict(stage="interview"))
    mail = message_from_bytes(made.raw, policy=policy.default)
    assert made.recipient is None
    assert mail["To"] is None
    assert mail["In-Reply-To"] == "<x@acme.test>"
    body, attached = mail.iter_parts()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == "letter-acme.pdf"
    assert ">" not in body.get_content()
    assert "Dear Jane Roe," in pages(attached.get_content())[0]
