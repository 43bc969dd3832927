"""Quote the message answered: as text, and as HTML that keeps its words and structure and nothing that loads or runs."""

import re
from html import escape
from typing import TYPE_CHECKING

from mailhook.mail.hidden import is_hidden, is_tiny, sets_size
from mailhook.mail.message import Message
from mailhook.reply.fields import one_line
from mailhook.reply.flowed import quoted
from mailhook.reply.language import Language

if TYPE_CHECKING:
    from bs4 import Tag

MOST_LINES = 400
MOST_CHARACTERS = 40_000
MOST_HTML = 200_000
MOST_DEEP = 200
CUT = "[…]"

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)

# What may stay of their HTML. Everything else goes, its text is kept; these lose every attribute but a few numbers.
KEPT = frozenset(
    (  # noqa: SIM905  a list of names reads best as words
        "p div br span b strong i em u s sub sup h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th "
        "blockquote pre code hr center"
    ).split()
)
DROPPED_WHOLE = (  # noqa: SIM905  a list of names reads best as words
    "script style head title template noscript iframe frame frameset object embed applet svg math input button "
    "select textarea link meta base audio video source track canvas map area"
).split()
KEPT_ATTRIBUTES = frozenset({"colspan", "rowspan", "dir"})


def attribution(message: Message, language: Language) -> str:
    """Return the line above the quoted mail, as the language has it: "On …, … wrote:"."""
    sender = message.from_[0] if message.from_ else message.sender
    name = one_line(sender.name or sender.address) if sender else "?"
    if message.date is None:
        return language.quote_line_undated.format(name=name)
    return language.say_date(language.quote_line, message.date, name=name)


def quote_plain(message: Message, language: Language) -> str:
    """Return the attribution line and the quoted mail, or "" where there is nothing readable to quote."""
    original = message.original.strip("\n")
    if not original.strip():
        return ""
    lines = original[:MOST_CHARACTERS].split("\n")
    cut = len(original) > MOST_CHARACTERS or len(lines) > MOST_LINES
    kept = "\n".join([*lines[:MOST_LINES], *([CUT] if cut else [])])
    return f"{attribution(message, language)}\n{quoted(kept)}"


def quote_html(message: Message, language: Language) -> str:
    """Return the quoted mail as harmless HTML in a blockquote: no image, link, script, form or style of theirs."""
    inner = _harmless(message.html or "") or _as_paragraph(message.original[:MOST_CHARACTERS])
    if not inner:
        return ""
    style = "margin:0 0 0 0.8ex;border-left:1px solid #ccc;padding-left:1ex"
    return (
        f"<div>{escape(attribution(message, language))}</div>\n"
        f'<blockquote type="cite" style="{style}">\n{inner}\n</blockquote>\n'
    )


def html_of(text: str) -> str:
    """Return plain paragraphs as HTML."""
    paragraphs = (part for part in text.split("\n\n") if part.strip())
    return "".join(f"<p>{_as_paragraph(part)}</p>\n" for part in paragraphs)


def _as_paragraph(text: str) -> str:
    return escape(text.strip("\n")).replace("\n", "<br>\n")


def _harmless(html: str) -> str:
    """Return the body of a page with only what `KEPT` names; "" where it is too large or too deep to be worth it."""
    if not html or len(html) > MOST_HTML or _is_deep(html):
        return ""
    from bs4 import BeautifulSoup

    try:
        soup = BeautifulSoup(html, "html.parser")
        for node in soup.find_all(string=_is_no_text):
            node.extract()
        for tag in soup.find_all(DROPPED_WHOLE):
            tag.decompose()
        for tag in list(soup.find_all(True)):
            if tag.decomposed:
                continue
            if _hidden(tag):
                tag.decompose()
            elif tag.name == "img":
                tag.replace_with(str(tag.get("alt") or ""))
            elif tag.name not in KEPT:
                tag.unwrap()
            else:
                tag.attrs = {
                    key: value
                    for key, value in tag.attrs.items()
                    if key in KEPT_ATTRIBUTES and str(value).isalnum()
                }
        return str(soup).strip()
    except RecursionError:
        return ""


def _is_deep(html: str) -> bool:
    """Say whether tags stand in one another so deep that BeautifulSoup would take quadratic time."""
    depth = 0
    for end, name in _TAG.findall(html):
        if name.lower() not in _EMPTY:
            depth = max(depth - 1, 0) if end else depth + 1
        if depth > MOST_DEEP:
            return True
    return False


def _is_no_text(node: object) -> bool:
    """Say whether a string of the page is a comment, a declaration or the like."""
    from bs4.element import PreformattedString

    return isinstance(node, PreformattedString)


def _hidden(tag: "Tag") -> bool:
    """Say whether a tag hides its text from its reader, as preview lines do."""
    if is_hidden(tag.attrs):
        return True
    # One by one: in a page made of such tags each has its next one first, and a list of them all would take quadratic time.
    return is_tiny(tag.attrs) and not any(sets_size(getattr(inner, "attrs", {})) for inner in tag.descendants)
