"""HTML to lines of text, in two ways that read the same words: a fast one (lexbor) and a careful one (BeautifulSoup).

Both give text as plain mail would have it: a line end at every block, an empty line between paragraphs, "- " before
list items, "> " before what is quoted, and a line holding only `HISTORY` where a mail program says that older mail
begins. Images, scripts and styles never count. What is hidden from the reader is left out by the careful way alone.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailhook.mail.hidden import is_hidden

if TYPE_CHECKING:
    from bs4 import Tag

HISTORY = "\x05"
# Marks: what begins a new line, what leaves an empty line, a line begun by <br>, and the ends of a quotation.
_BREAK, _GAP, _BR, _OPEN, _CLOSE = "\x03", "\x03\x04\x03", "\x03\x06", "\x03\x01\x03", "\x03\x02\x03"
_MARK_REFERENCE = re.compile(r"&#(?:0*[0-6](?![0-9])|[xX]0*[0-6](?![0-9a-fA-F]));?")
_MARKS = "\x00\x01\x02\x03\x04\x05\x06"

UNSEEN = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "noscript",
        "template",
        "iframe",
        "object",
        "svg",
        "math",
        "select",
        "textarea",
    ]
)
_PARAGRAPHS = (
    "p td th ul ol dl h1 h2 h3 h4 h5 h6 blockquote hr section article header footer main aside form fieldset "
    "figure center address details pre"
)
_BLOCKS = (
    dict.fromkeys(_PARAGRAPHS.split(), (_GAP, _GAP))
    | dict.fromkeys(
        ["div", "dt", "dd", "legend", "caption", "summary", "figcaption", "option"], (_BREAK, _BREAK)
    )
    | {"br": (_BR, ""), "li": (_BREAK + "- ", _BREAK)}
)

_SELECT_QUOTES = (
    'blockquote[type="cite"],blockquote.gmail_quote,blockquote.protonmail_quote,blockquote[style*="border-left"],'
    'blockquote#isReplyContent,div[name="quote"],div.yahoo_quoted'
)
_SELECT_HISTORY = (
    "#appendonsend,#divRplyFwdMsg,#reply-intro,.gmail_attr,.moz-cite-prefix,.OutlookMessageHeader,.zmail_extra,"
    ".gmail_quote_container"
)
_QUOTE_HINTS = (
    "blockquote", "BLOCKQUOTE", "gmail_", "moz-cite", "yahoo_quoted", "appendonsend", "divRplyFwdMsg",
    "OutlookMessageHeader", "zmail_extra", "reply-intro", 'name="quote"',
)  # fmt: skip
_PREFORMATTED_HINTS = ("<pre", "<PRE", "white-space:pre", "white-space: pre")
_SELECT_PREFORMATTED = 'pre,[style*="white-space:pre"],[style*="white-space: pre"]'

# Beyond these a document is not built into a tree: trees of some shapes take quadratic time to build.
_EASY_TAGS, _TAGS, _DEPTH, _UNCLOSED = 1000, 30_000, 300, 200
_EASY_LENGTH, _RUN = 48 * 1024, re.compile(r"[^<>]{12000,}")
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NO_DEPTH = frozenset(
    [
        "br",
        "img",
        "hr",
        "meta",
        "link",
        "input",
        "wbr",
        "col",
        "area",
        "base",
        "embed",
        "p",
        "li",
        "td",
        "tr",
        "th",
        "option",
    ]
)
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_RAW = re.compile(r"<(script|style|title)\b", re.IGNORECASE)
_CAREFUL_TAGS = 10_000


def fast_text(html: str) -> str:
    """Read HTML with lexbor."""
    html = _without_marks(html)
    if too_hard(html):
        return _stripped(html)
    tree = LexborHTMLParser(html)
    body = tree.body or tree.root
    return "" if body is None else _lines(_marked(body, html))


def careful_text(html: str) -> str:
    """Read HTML with BeautifulSoup, leaving out what is hidden from the reader, unless all of it is."""
    from bs4 import BeautifulSoup

    html = _without_marks(html)
    if too_hard(html) or html.count("<") > _CAREFUL_TAGS:
        return fast_text(html)
    tree = LexborHTMLParser(html)
    body = tree.body or tree.root
    if body is None:
        return ""
    # Written out again by lexbor the tree is well-formed, so that both ways see the same one.
    for node in [n for n in body.traverse(include_text=True) if n.is_comment_node]:
        node.remove()
    _remove_unseen(body)
    _keep_preformatted(body, html)
    soup = BeautifulSoup(body.html or "", "html.parser")
    return _lines("".join(_walk(soup, skip_hidden=True))) or _lines("".join(_walk(soup, skip_hidden=False)))


def _without_marks(html: str) -> str:
    """Take out what could be taken for our own marks."""
    for mark in _MARKS:
        if mark in html:
            html = html.replace(mark, "")
    return _MARK_REFERENCE.sub("", html) if "&#" in html else html


def too_hard(html: str) -> bool:
    """Say whether building a tree of this document could take more than linear time."""
    tags = html.count("<")
    if len(html) > _EASY_LENGTH:
        for run in _RUN.findall(_without_raw(html)):
            if sum(map(run.count, " \n\t\"'/")) > len(run) // 12:
                return True
    if tags <= _EASY_TAGS:
        return False
    if tags > _TAGS:
        return True
    depth = unclosed = 0
    for close, name in _ANY_TAG.findall(html):
        name = name.lower()
        step = -1 if close else 1
        if name in _FORMATTING:
            unclosed = max(unclosed + step, 0)
        if name not in _NO_DEPTH:
            depth = max(depth + step, 0)
        if depth > _DEPTH or unclosed > _UNCLOSED:
            return True
    return False


def _without_raw(html: str) -> str:
    """Take out scripts, styles and titles with their content, without a parser."""
    out = []
    at = 0
    while raw := _RAW.search(html, at):
        out.append(html[at : raw.start()])
        end = html.find(f"</{raw[1]}", raw.end())
        if end < 0:
            end = html.find(f"</{raw[1].swapcase()}", raw.end())
        if end < 0:
            return "".join(out)
        at = end + 2
    return "".join(out) + html[at:]


def _stripped(html: str) -> str:
    """Read a document that is too hard to build: every tag is a line end."""
    return _lines(unescape(re.sub(r"<[^<>]*>", _BREAK, _without_raw(html))))


def _marked(body: LexborNode, html: str) -> str:
    """Put marks at the blocks of a lexbor tree and return its text."""
    _remove_unseen(body)
    _keep_preformatted(body, html)
    if any(hint in html for hint in _QUOTE_HINTS):
        for node in body.css(_SELECT_HISTORY):
            node.insert_before(_BREAK + HISTORY + _BREAK)
        for node in body.css(_SELECT_QUOTES):
            node.insert_before(_OPEN)
            node.insert_after(_CLOSE)
    for node in list(body.traverse()):
        marks = _BLOCKS.get(node.tag or "")
        if marks:
            node.insert_before(marks[0])
            if marks[1]:
                node.insert_after(marks[1])
    return body.text()


def _remove_unseen(body: LexborNode) -> None:
    """Remove what no reader sees, the innermost first, as removing a node frees all that is in it."""
    for node in reversed([node for node in body.traverse() if node.tag in UNSEEN]):
        node.remove()


def _keep_preformatted(body: LexborNode, html: str) -> None:
    """Keep the line ends of preformatted text."""
    if not any(hint in html for hint in _PREFORMATTED_HINTS):
        return
    for node in body.css(_SELECT_PREFORMATTED):
        for inner in [n for n in node.traverse(include_text=True) if n.is_text_node]:
            text = inner.text()
            if "\n" in text:
                inner.replace_with(text.replace("\n", _BREAK))


def _walk(soup: "Tag", *, skip_hidden: bool) -> Iterator[str]:
    """Yield the text of a BeautifulSoup tree with marks at its blocks, without recursion."""
    from bs4 import Tag
    from bs4.element import NavigableString

    quotes = {id(tag) for tag in soup.select(_SELECT_QUOTES)}
    histories = {id(tag) for tag in soup.select(_SELECT_HISTORY)}
    stack: list[tuple[Iterator[object], str]] = [(iter(soup.contents), "")]
    while stack:
        children, closing = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield closing
        elif isinstance(child, Tag):
            if child.name in UNSEEN or (skip_hidden and is_hidden(child.attrs)):
                continue
            before, after = _BLOCKS.get(child.name, ("", ""))
            if id(child) in quotes:
                before, after = _OPEN + before, after + _CLOSE
            if id(child) in histories:
                before = _BREAK + HISTORY + _BREAK + before
            yield before
            stack.append((iter(child.contents), after))
        elif type(child) is NavigableString:
            yield str(child)


def _lines(marked: str) -> str:
    """Turn marked text into lines."""
    out: list[str] = []
    depth = 0
    prefix = item = ""
    gap = True  # nothing, or an empty line, was put out last
    at_text = broken = False  # the piece before held text; a <br> ended it
    for piece in marked.split(_BREAK):
        text = " ".join(piece.split())
        empty_line = text == "\x04"
        if text[:1] == "\x06":
            text = text[1:].lstrip()
            empty_line = broken or (not text and not at_text)
            broken = not text
        if empty_line and not gap and not item:
            out.append(prefix.rstrip())
            gap = True
        at_text = False
        if not text or text == "\x04":
            continue
        if text == "\x01" or text == "\x02":
            depth += 1 if text == "\x01" else -1
            prefix = "> " * min(max(depth, 0), 8)
        elif text == "-":
            item = "- "
        else:
            out.append(prefix + item + text)
            item = ""
            gap = broken = False
            at_text = True
    return "\n".join(out).strip()
