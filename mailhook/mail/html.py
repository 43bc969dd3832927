"""HTML to lines of text, in two ways that read the same words: a fast one (lexbor) and a careful one (BeautifulSoup).

Both give text as plain mail would have it: a line end at every block, an empty line between paragraphs, "- " before
list items, "> " before what is quoted, and a line holding only `HISTORY` where a mail program says that older mail
begins. Images, scripts, styles and what is hidden from the reader never count.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailhook.mail.hidden import is_hidden, is_tiny, sets_size

if TYPE_CHECKING:
    from bs4 import Tag

HISTORY = "\x05"
# Marks: a new line, one with an empty line above it, one begun by <br>; the ends of a quotation.
_BREAK, _GAP, _BR, _OPEN, _CLOSE = "\x03", "\x03\x04", "\x03\x06", "\x03\x01\x03", "\x03\x02\x03"
_MARKS = re.compile("[\x00-\x06]")
_MARK_REFERENCE = re.compile(r"&#(?:0*[0-6](?![0-9])|[xX]0*[0-6](?![0-9a-fA-F]));?")

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
        "noembed",
        "noframes",
    ]
)
# Elements whose tags are text until they end, which no two readers agree on: read as preformatted.
_VERBATIM = frozenset({"plaintext", "xmp"})
_VERBATIM_TAG = re.compile(r"<(/?)(?:plaintext|xmp)\b", re.IGNORECASE)
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

# How mail programs mark older mail: elements that hold it, and elements behind which it begins.
_QUOTING = frozenset({"gmail_quote", "protonmail_quote", "yahoo_quoted"})
_HISTORY_CLASSES = frozenset(
    {"gmail_attr", "moz-cite-prefix", "OutlookMessageHeader", "zmail_extra", "gmail_quote_container"}
)
_HISTORY_TAGS = frozenset({"div", "blockquote", "p", "span", "table"})
_HISTORY_IDS = frozenset({"appendonsend", "divRplyFwdMsg", "reply-intro"})
_SELECT_PREFORMATTED = 'pre,[style*="white-space:pre"],[style*="white-space: pre"]'

# Beyond these a document is not built into a tree: trees of some shapes take quadratic time to build.
_EASY_TAGS, _TAGS, _DEPTH, _UNCLOSED = 1000, 30_000, 300, 200
_EASY_LENGTH, _RUN = 48 * 1024, re.compile(r"[^<>]{12000,}")
_TAG = re.compile(r"<[a-zA-Z/!?][^>]*>")
_REFERENCE = re.compile(r"&#?[a-zA-Z0-9]{1,8};")
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
_INSIDE = 50  # what holds more elements than these is no hidden line


def fast_text(html: str, *, quotes: bool = True) -> str:
    """Read HTML with lexbor; without `quotes`, indented text is not taken for quoted."""
    body = _tree(html)
    return _stripped(html) if body is None else _lines(_marked(body, html, quotes=quotes))


def careful_text(html: str, *, quotes: bool = True) -> str:
    """Read HTML with BeautifulSoup."""
    from bs4 import BeautifulSoup

    body = _tree(html)
    if body is None or html.count("<") > _CAREFUL_TAGS:
        return fast_text(html, quotes=quotes)
    # Written out again by lexbor the tree is well-formed, so that both ways see the same one.
    for node in [n for n in body.traverse(include_text=True) if n.is_comment_node]:
        node.remove()
    _keep_preformatted(body, html)
    soup = BeautifulSoup(body.html or "", "html.parser")
    return _lines("".join(_walk(soup, quotes=quotes)))


def _tree(html: str) -> LexborNode | None:
    """Build the tree of what a document shows, free of our own marks; None where that could take too long."""
    if too_hard(html):
        return None
    body = _shown(html, hiding=True)
    text = body.text() if body else ""
    if any(mark in text for mark in "\x00\x01\x02\x03\x04\x05\x06"):
        html = _MARK_REFERENCE.sub("", _MARKS.sub("", html))
        body = _shown(html, hiding=True)
        text = body.text() if body else ""
    # Where all of it is hidden, it is shown.
    return body if text and not text.isspace() else _shown(html, hiding=False)


def _shown(html: str, *, hiding: bool) -> LexborNode | None:
    """Build a document's tree and take out of it what no reader sees."""
    tree = LexborHTMLParser(html)
    body = tree.body or tree.root
    if body is None:
        return None
    nodes = list(body.traverse())
    if not _VERBATIM.isdisjoint([node.tag for node in nodes]):
        return _shown(_VERBATIM_TAG.sub(r"<\1pre", html), hiding=hiding)
    unseen = [
        node
        for node in nodes
        if node.tag in UNSEEN or (hiding and (about := node.attributes) and _hides(node, about))
    ]
    for node in reversed(unseen):  # the innermost first: removing a node frees all that is in it
        if node.tag not in ("html", "body"):
            node.remove()
    return body


def length_at_most(html: str) -> int:
    """Return how many characters (no spaces) a document can show at most, without building it."""
    start = html.find("<body")
    shown = html[start:] if start >= 0 else html
    text = _TAG.sub("", shown)
    if "&" in text:
        text = _REFERENCE.sub("", text)
    return len(text) - text.count(" ") - text.count("\n") - text.count("\r") - text.count("\t")


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


def _hides(node: LexborNode, attributes: Mapping[str, object]) -> bool:
    if is_hidden(attributes):
        return True
    if not is_tiny(attributes):
        return False
    inner = list(islice(node.traverse(), 1, _INSIDE + 2))
    return len(inner) <= _INSIDE and not any(sets_size(one.attributes) for one in inner)


def _stripped(html: str) -> str:
    """Read a document that is too hard to build: every tag is a line end."""
    bare = _MARK_REFERENCE.sub("", _MARKS.sub("", _without_raw(html)))
    return _lines(unescape(re.sub(r"<[^<>]*>", _BREAK, bare)))


def _marked(body: LexborNode, html: str, *, quotes: bool) -> str:
    """Put marks at the blocks of a lexbor tree and return its text."""
    _keep_preformatted(body, html)
    nodes = list(body.traverse())
    if quotes:
        for node in nodes:
            if node.tag in _HISTORY_TAGS:
                before, after = _history_marks(node.tag or "", node.attributes)
                if before:
                    node.insert_before(before)
                if after:
                    node.insert_after(after)
    for node in nodes:
        marks = _BLOCKS.get(node.tag or "")
        if marks:
            node.insert_before(marks[0])
            if marks[1]:
                node.insert_after(marks[1])
    return body.text()


def _keep_preformatted(body: LexborNode, html: str) -> None:
    """Keep the line ends of preformatted text."""
    if not any(hint in html for hint in ("<pre", "<PRE", "white-space")):
        return
    for node in body.css(_SELECT_PREFORMATTED):
        for inner in [n for n in node.traverse(include_text=True) if n.is_text_node]:
            text = inner.text()
            if "\n" in text:
                inner.replace_with(text.replace("\n", _BREAK))


def _history_marks(name: str, attributes: Mapping[str, object]) -> tuple[str, str]:
    """Return the marks to put before and behind an element by which a mail program marks older mail."""
    if not attributes:
        return "", ""
    classes = attributes.get("class") or ""
    words = set(classes.split() if isinstance(classes, str) else classes if isinstance(classes, list) else ())
    before = ""
    if attributes.get("id") in _HISTORY_IDS or not _HISTORY_CLASSES.isdisjoint(words):
        before = _BREAK + HISTORY + _BREAK
    if name == "blockquote":
        style = attributes.get("style")
        quoting = attributes.get("type") == "cite" or (isinstance(style, str) and "border-left" in style)
        if quoting or not _QUOTING.isdisjoint(words):
            return before + _OPEN, _CLOSE
    elif name == "div" and ("yahoo_quoted" in words or attributes.get("name") == "quote"):
        return before + _OPEN, _CLOSE
    return before, ""


def _walk(soup: "Tag", *, quotes: bool) -> Iterator[str]:
    """Yield the text of a BeautifulSoup tree with marks at its blocks, without recursion."""
    from bs4 import Tag
    from bs4.element import NavigableString

    stack: list[tuple[Iterator[object], str]] = [(iter(soup.contents), "")]
    while stack:
        children, closing = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield closing
        elif isinstance(child, Tag):
            before, after = _BLOCKS.get(child.name, ("", ""))
            if quotes and child.name in _HISTORY_TAGS:
                outer = _history_marks(child.name, child.attrs)
                before, after = outer[0] + before, after + outer[1]
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
        first = text[:1]
        empty_line = first == "\x04"
        if first == "\x06":
            text = text[1:].lstrip()
            empty_line = broken or (not text and not at_text)
            broken = not text
        elif empty_line:
            text = text[1:].lstrip()
        if empty_line and not gap and not item:
            out.append(prefix.rstrip())
            gap = True
        at_text = False
        if not text:
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
