"""A printable letter: a PDF with its fonts embedded, laid out as letters are, with room for a signature by hand."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from typing import Any

from mailhook.mail.message import Me
from mailhook.reply.fields import one_line
from mailhook.reply.greet import company_name, person
from mailhook.reply.language import Language
from mailhook.verdict.verdict import Facts

# Which face of the Noto Sans CJK collection draws Han characters as the language writes them.
_CJK_FACES = {"ja": 0, "ko": 1, "zh": 2, "zh-tw": 3, "zh-hk": 3, "zh-hant": 3}
_POINTS = 11.0
_LEADING = 5.6
_SIGNATURE_GAP = 18.0
_MARGIN = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What stands on a letter: whom it goes to, the day in the language's own form, subject, greeting and body, closing and name."""

    language: str
    to: tuple[str, ...]
    subject: str
    paragraphs: tuple[str, ...]
    closing: str
    name: str
    sender: tuple[str, ...] = ()
    filename: str = "letter.pdf"
    date_pattern: str = ""
    months: tuple[str, ...] = ()
    first_day: str = ""
    paper: str = "A4"


def letter_of(
    body: str,
    language: Language,
    facts: Facts,
    *,
    role: str,
    postal_address: str | None = None,
    country: str | None = None,
) -> Letter:
    """Take a composed text apart into the places of a letter."""
    *paragraphs, last = body.split("\n\n")
    closing, _, name = last.rpartition("\n")
    company = company_name(facts.company.value, language) if facts.company else ""
    return Letter(
        language=language.code,
        to=tuple(one_line(line, 80) for line in (person(facts).name, company) if line),
        subject=language.letter_subject.format(role=role) if role else language.letter_subject_plain,
        paragraphs=tuple(paragraphs),
        closing=closing,
        name=name,
        sender=tuple(one_line(line, 80) for line in (postal_address or "").split("\n") if line.strip()),
        filename=_filename(company),
        date_pattern=language.date,
        months=language.months,
        first_day=language.first_day,
        paper="Letter" if country in {"US", "CA", "MX"} else "A4",
    )


def font_missing(language: str) -> str | None:
    """Say what to install where a letter in this language cannot be drawn, or None."""
    if (
        language.split("-")[0] in {"ja", "ko", "zh"}
        and _font_file("noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc") is None
    ):
        return 'No font for its script is installed, so the letter is text only (pip install "mailhook[cjk]" brings one).'
    return None


def letter_pdf(letter: Letter, *, me: Me, now: datetime) -> bytes | None:
    """Return the letter as a PDF with embedded fonts, the same bytes for the same letter; None where its script has no font."""
    from fpdf import FPDF

    pdf = FPDF(format=letter.paper)
    try:
        if not _add_fonts(pdf, letter):
            return None
        pdf.set_margins(_MARGIN, 20, 20)
        pdf.set_auto_page_break(auto=True, margin=20)
        pdf.set_title(letter.subject)
        pdf.set_author(me.name)
        pdf.set_lang(letter.language)
        pdf.set_creation_date(now)
        pdf.set_producer("")
        pdf.add_page()
        _draw(pdf, letter, now)
        return bytes(pdf.output())
    finally:
        for font in pdf.fonts.values():
            if hasattr(font, "ttfont"):
                font.ttfont.close()  # fpdf2 leaves the font's file open


def _draw(pdf: Any, letter: Letter, now: datetime) -> None:
    def write(text: str, *, points: float = _POINTS) -> None:
        pdf.set_font("text", size=points)
        pdf.multi_cell(0, _LEADING, text, align="L", new_x="LMARGIN", new_y="NEXT")

    for line in (letter.name, *letter.sender):
        write(line)
    pdf.set_y(max(pdf.get_y() + 2 * _LEADING, 50.0))
    for line in letter.to:
        write(line)
    pdf.set_y(max(pdf.get_y() + 2 * _LEADING, 85.0))
    write(_day(letter, now))
    pdf.ln(_LEADING)
    write(letter.subject, points=_POINTS + 2)
    pdf.ln(_LEADING)
    for paragraph in letter.paragraphs:
        write(paragraph)
        pdf.ln(_LEADING * 0.7)
    pdf.ln(_LEADING * 0.3)
    write(letter.closing)
    pdf.ln(_SIGNATURE_GAP)
    write(letter.name)


def _day(letter: Letter, now: datetime) -> str:
    return letter.date_pattern.format(
        day=letter.first_day if letter.first_day and now.day == 1 else now.day,
        month=letter.months[now.month - 1],
        month_number=f"{now.month:02}",
        day_number=f"{now.day:02}",
        year=now.year,
    )


def _add_fonts(pdf: Any, letter: Letter) -> bool:
    """Embed what the letter's characters need. Return False where a character has no font."""
    latin = _font_file("fontpkg_noto_sans", "files", "NotoSans[wdth,wght].ttf")
    cjk = _font_file("noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc")
    asian = letter.language.split("-")[0] in {"ja", "ko", "zh"}
    written = "".join(
        (*letter.to, letter.subject, *letter.paragraphs, letter.closing, letter.name, *letter.sender)
    )
    if latin is None or (cjk is None and asian):
        return False
    face = _CJK_FACES.get(letter.language, _CJK_FACES.get(letter.language.split("-")[0], 0))
    with as_file(latin) as path:
        family = "other" if asian else "text"
        pdf.add_font(family, fname=path)
    covered = set(pdf.fonts[family].cmap)
    if asian or (cjk is not None and any(ord(c) not in covered for c in written)):
        assert cjk is not None
        with as_file(cjk) as path:
            for style in ("", "B"):
                pdf.add_font(
                    "text" if asian else "other", style=style, fname=path, collection_font_number=face
                )
        covered |= set(pdf.fonts["text" if asian else "other"].cmap)
        pdf.set_fallback_fonts(["other"], exact_match=False)
    pdf.set_text_shaping(True)
    return all(ord(c) in covered or c.isspace() for c in written)


def _filename(company: str) -> str:
    plain = unicodedata.normalize("NFKD", company).encode("ascii", "ignore").decode()
    word = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40]
    return f"letter-{word}.pdf" if word else "letter.pdf"


@lru_cache(maxsize=8)
def _font_file(package: str, *path: str) -> Traversable | None:
    try:
        file = files(package).joinpath(*path)
    except ModuleNotFoundError:
        return None
    return file if file.is_file() else None
