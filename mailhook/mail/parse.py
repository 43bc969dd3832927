"""Bytes to a `Message`: any bytes whatever, within bounds, never raising.

The structure is read by `mime`, header fields by `header` and `address`, the text by `body`. Time grows with the
bytes given; what lies beyond a bound is left out and named in the message's `defects`.
"""

import hashlib
from dataclasses import dataclass, field

from mailhook.mail.address import addresses
from mailhook.mail.body import Block, read_body
from mailhook.mail.header import Field, date_of, msg_ids, text_of
from mailhook.mail.message import Address, Attachment, Message
from mailhook.mail.mime import HTML_BYTES, TEXT_BYTES, Part, read
from mailhook.mail.thread import is_forward, is_reply

CALENDARS = 5
CALENDAR_BYTES = 64 * 1024
ATTACHMENTS = 100
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-delivered-to", "x-envelope-to")
_CALENDAR_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
_TEXT_TYPES = frozenset({"text/plain", "text/enriched", "text/markdown", "text/x-markdown"})
_READ_ONCE = frozenset({"date", "subject", "message-id", "in-reply-to", "references"})
_ADDRESSED = frozenset({"from", "sender", "reply-to", "to", "cc"})


def parse(raw: bytes, *, careful: bool = True, size: int | None = None) -> Message:
    """Read a message from its bytes, or from the first of them; `size` is the whole message's size where only those are given.

    `careful` reads HTML with BeautifulSoup; otherwise lexbor reads it, many times faster, and hidden text stays in.
    """
    entity = read(raw)
    gathered = _gather(entity.root)
    charset = next((b.charset for b in gathered.blocks if b.charset), "")
    defects = entity.defects
    head = _Head(entity.fields, charset, defects)
    subject = head.first("subject")
    body = read_body(
        gathered.blocks,
        careful=careful,
        reply="in-reply-to" in head.raw or "references" in head.raw or is_reply(subject),
        forward=is_forward(subject),
    )
    defects += body.defects
    senders = head.addresses("from", several="from:several")
    if not senders:
        defects.append("from:missing")
    elif len(senders) > 1:
        defects.append("from:several")
    date = head.first("date")
    written = date_of(date) if date else None
    if written is None:
        defects.append("date:syntax" if date else "date:missing")
    whole = len(raw) if size is None else size
    ids = head.ids("message-id")
    return Message(
        message_id=ids[0] if ids else None,
        in_reply_to=head.ids("in-reply-to"),
        references=head.ids("references"),
        date=written,
        subject=subject,
        from_=senders,
        sender=next(iter(head.addresses("sender")), None),
        reply_to=head.addresses("reply-to"),
        to=head.addresses("to"),
        cc=head.addresses("cc"),
        delivered_to=head.delivered_to(),
        text=body.text,
        quoted=body.quoted,
        signature=body.signature,
        footer=body.footer,
        original=body.original,
        html=body.html,
        has_plain=body.has_plain,
        forwarded=body.forwarded,
        header_fields=head.fields,
        attachments=tuple(gathered.attachments),
        calendars=tuple(gathered.calendars),
        content_type=entity.root.declared,
        defects=tuple(dict.fromkeys(defects)),
        size=whole,
        fingerprint=_fingerprint(entity.fields, whole),
    )


def needs_more(raw: bytes, size: int) -> bool:
    """Say whether a message of `size` bytes was cut off inside a text part (or before any), so that more must be fetched."""
    if len(raw) >= size:
        return False
    entity = read(raw)
    part = entity.root
    while part.parts and not part.closed:
        part = part.parts[-1]
    if part.end < len(raw) or (part.closed and part.parts):
        return False  # the cut lies behind the last part
    gathered = _gather(entity.root)
    if _is_text(part) or part.content_type in _CALENDAR_TYPES:
        return part.end - part.start < HTML_BYTES
    return not any((b.plain or b.html) for b in gathered.blocks)


def _fingerprint(fields: list[Field], size: int) -> str:
    """Hash what tells one arrival from another: msg-id, Date, From, Subject, first Received, size."""
    first: dict[str, bytes] = {}
    for name, value in fields:
        first.setdefault(name.lower(), value)
    parts = [
        b" ".join(first.get(name, b"").split())
        for name in ("message-id", "date", "from", "subject", "received")
    ]
    return hashlib.sha256(b"\0".join([*parts, str(size).encode()])).hexdigest()


class _Head:
    """The header fields, decoded once."""

    def __init__(self, fields: list[Field], charset: str, defects: list[str]) -> None:
        self.raw: dict[str, list[bytes]] = {}
        for name, value in fields:
            self.raw.setdefault(name.lower(), []).append(value)
        self.charset = charset
        self.defects = defects
        self.fields = tuple((name, text_of(value, charset)) for name, value in fields)

    def first(self, name: str) -> str:
        """Return the first field of that name, decoded, or ""."""
        values = self.raw.get(name)
        return text_of(values[0], self.charset) if values else ""

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the msg-ids of the first field of that name; one that cannot be used is a defect."""
        value = self.first(name)
        found = msg_ids(value)
        if name != "in-reply-to" and value.count("<") > len(found):
            self.defects.append(f"{name}:syntax")
        return found

    def addresses(self, name: str, several: str | None = None) -> tuple[Address, ...]:
        """Return the addresses of the fields of that name."""
        values = self.raw.get(name)
        if not values:
            return ()
        if several and len(values) > 1:
            self.defects.append(several)
        found: tuple[Address, ...] = ()
        for value in values:
            text = (
                value.decode("ascii")
                if value.isascii()
                else text_of(value.replace(b"=?", b"= ?"), self.charset)
            )
            some, wrong = addresses(text)
            found += some
            self.defects += [f"{name}:{defect}" for defect in wrong]
        return found

    def delivered_to(self) -> tuple[str, ...]:
        """Return the addresses that delivery itself wrote down, each once."""
        found: dict[str, None] = {}
        for name in _DELIVERED:
            for value in self.raw.get(name, ()):
                for address in addresses(text_of(value, self.charset))[0]:
                    found[address.address] = None
        return tuple(found)


@dataclass(slots=True)
class _Gathered:
    """What the parts of a message are to its reader."""

    blocks: list[Block] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    plain_bytes: int = TEXT_BYTES
    html_bytes: int = HTML_BYTES


def _gather(root: Part) -> _Gathered:
    gathered = _Gathered()
    _walk(root, gathered, None)
    return gathered


def _walk(part: Part, gathered: _Gathered, alternative: Block | None) -> None:
    """Sort a part (and what it holds, at most 32 levels) into text, calendars and attachments."""
    kind = part.content_type
    if part.parts:
        if kind == "multipart/alternative" and alternative is None:
            alternative = Block()
            gathered.blocks.append(alternative)
        for number, inner in enumerate(part.parts):
            behind = kind in ("multipart/signed", "multipart/report") and number > 0
            if behind and not _is_text(inner):
                _attach(inner, gathered)
            else:
                _walk(inner, gathered, alternative)
        return
    if kind in _CALENDAR_TYPES or (
        part.filename.lower().endswith(".ics") and kind.startswith(("text/", "appl"))
    ):
        if len(gathered.calendars) < CALENDARS:
            gathered.calendars.append(part.text(CALENDAR_BYTES).replace("\r\n", "\n").replace("\x00", ""))
        if part.disposition == "attachment":
            _attach(part, gathered)
    elif _is_text(part) and not (part.filename and alternative is None and gathered.blocks):
        _read_text(part, gathered, alternative)
    elif not kind.startswith("multipart/") or part.end > part.start:
        _attach(part, gathered)


def _is_text(part: Part) -> bool:
    """Say whether a part is text that the reader sees in the message itself."""
    if part.disposition == "attachment" or part.parts:
        return False
    return part.content_type in _TEXT_TYPES or part.content_type == "text/html"


def _read_text(part: Part, gathered: _Gathered, alternative: Block | None) -> None:
    block = alternative
    if block is None:
        block = Block()
        gathered.blocks.append(block)
    block.charset = block.charset or part.parameters.get("charset", "")
    is_html = part.content_type == "text/html"
    limit = gathered.html_bytes if is_html else gathered.plain_bytes
    text = part.text(limit + 1) if limit > 0 else ""
    if (part.end - part.start and len(text) > limit) or limit <= 0:
        block.cut = True
        text = text[:limit]
    if is_html:
        gathered.html_bytes -= len(text)
        block.html += text
        return
    gathered.plain_bytes -= len(text)
    if text[:300].lstrip().lower().startswith(("<!doctype html", "<html")):
        block.html += text
    elif block.plain:
        block.plain += "\n\n" + text
    else:
        block.plain = text
    if part.parameters.get("format", "").lower() == "flowed":
        block.flowed = True
        block.delsp = part.parameters.get("delsp", "").lower() == "yes"


def _attach(part: Part, gathered: _Gathered) -> None:
    if len(gathered.attachments) < ATTACHMENTS:
        gathered.attachments.append(
            Attachment(filename=part.filename, content_type=part.content_type, size=max(part.size, 0))
        )
