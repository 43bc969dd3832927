"""The readable text of a message: which of its forms is read, and what of it is new."""

import re
from dataclasses import dataclass, field

from mailhook.mail.history import split_history
from mailhook.mail.html import careful_text, fast_text, length_at_most
from mailhook.mail.mime import TEXT_BYTES
from mailhook.mail.normal import join_lines, normalise, tidy_lines
from mailhook.mail.signature import split_signature

_URL = re.compile(r"(?:https?://|www\.|mailto:)[^\s<>\"]+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_TAGS = re.compile(r"<[a-z/!][^<>]{0,2000}>", re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """One stretch of a message's text, in plain form, in HTML, or in both."""

    plain: str = ""
    html: str = ""
    charset: str = ""
    flowed: bool = False
    delsp: bool = False
    cut: bool = False


@dataclass(slots=True)
class Body:
    """What `Message` says of the text, under the same names."""

    text: str = ""
    quoted: str = ""
    signature: str = ""
    footer: str = ""
    original: str = ""
    html: str | None = None
    has_plain: bool = False
    forwarded: bool = False
    defects: list[str] = field(default_factory=list)


def read_body(blocks: list[Block], *, careful: bool, reply: bool, forward: bool) -> Body:
    """Read the text of a message's blocks; `reply` and `forward` say what the header tells about the message."""
    body = Body(has_plain=any(block.plain.strip() for block in blocks), forwarded=forward)
    body.html = "\n".join(block.html for block in blocks if block.html) or None
    quotes = reply or forward
    read = (_readable(block, careful=careful, quotes=quotes).strip("\n") for block in blocks)
    readable = "\n\n".join(filter(None, read))
    if any(block.cut for block in blocks) or len(readable) > TEXT_BYTES:
        body.defects.append("bounds:text")
        readable = readable[:TEXT_BYTES]
    normal = normalise(readable)
    history = split_history(normal.split("\n"), reply=reply, forward=forward)
    parts = split_signature(history.new)
    body.text = join_lines(parts.text)
    body.quoted = join_lines(history.old)
    body.signature = tidy_lines(parts.signature)
    body.footer = join_lines(parts.footer)
    body.forwarded = forward or history.forwarded
    body.original = _display(readable)
    return body


def _readable(block: Block, *, careful: bool, quotes: bool) -> str:
    """Return the lines of a block: its plain form, or its HTML where that says substantially more."""
    plain = _plain(block)
    if not block.html:
        return plain
    enough = _substance(plain) * 5 // 4
    if enough and enough >= length_at_most(block.html):
        return plain
    fast = fast_text(block.html, quotes=quotes)
    if enough and enough >= _substance(fast):
        return plain
    return careful_text(block.html, quotes=quotes) if careful else fast


def _substance(text: str) -> int:
    """Count the characters that say something: no spaces, no links."""
    if "http" in text or "www." in text:
        text = _URL.sub("", text)
    return len(text) - text.count(" ") - text.count("\n")


def _plain(block: Block) -> str:
    text = block.plain.replace("\r\n", "\n")
    if not text.replace("\n", "").isprintable():
        text = _CONTROL.sub("", _LINE_END.sub("\n", text))
    if "-----BEGIN PGP SIGN" in text:
        text = _without_armour(text)
    if block.flowed:
        text = _unflow(text, delsp=block.delsp)
    if text.count("<") > 3 and len(_TAGS.findall(text[:4000])) > 3:
        return fast_text(text.replace("\n", "<br>\n"))
    return text


def _without_armour(text: str) -> str:
    """Take the armour of an inline PGP signature (RFC 4880 §7) off."""
    begin, mark, rest = text.partition("-----BEGIN PGP SIGNED MESSAGE-----\n")
    if mark:
        text = begin + rest.partition("\n\n")[2]
    above, mark, rest = text.partition("-----BEGIN PGP SIGNATURE-----")
    return above + rest.partition("-----END PGP SIGNATURE-----")[2] if mark else text


def _unflow(text: str, *, delsp: bool) -> str:
    """Join the lines of format=flowed (RFC 3676)."""
    out: list[str] = []
    open_ = False
    depth = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        level = len(line) - len(content)
        content = content.removeprefix(" ")
        if content == "-- ":
            open_ = False
            out.append(line)
            continue
        if open_ and level == depth:
            out[-1] += content
        else:
            out.append("> " * min(level, 8) + content if level else content)
        open_ = content.endswith(" ")
        depth = level
        if open_ and delsp:
            out[-1] = out[-1][:-1]
    return "\n".join(out)


def _display(readable: str) -> str:
    """Return the body as its author wrote it, without marks and trailing space."""
    if not readable.replace("\n", "").isprintable():
        readable = _CONTROL.sub("", _LINE_END.sub("\n", readable))
    lines = [line.rstrip() for line in readable.split("\n")]
    return "\n".join(lines).strip("\n")
