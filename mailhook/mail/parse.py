"""Bytes to a `Message`: any bytes whatever, within bounds, never raising.

The structure is read by `mime`, header fields by `header` and `address`, the text by `body`. Time grows with the
bytes given; what lies beyond a bound is left out and named in the message's `defects`.
"""

from typing import Any

from mailhook.mail.body import Body, read_body
from mailhook.mail.head import Head, fingerprint
from mailhook.mail.header import date_of
from mailhook.mail.message import Message
from mailhook.mail.mime import HTML_BYTES, read
from mailhook.mail.parts import gather, is_calendar, is_text
from mailhook.mail.thread import is_forward, is_reply


def parse(raw: bytes, *, careful: bool = True, size: int | None = None) -> Message:
    """Read a message from its bytes, or from the first of them; `size` is the whole message's size where only those are given.

    `careful` reads HTML with BeautifulSoup; otherwise lexbor reads it, many times faster, and gives the same words.
    """
    entity = read(raw)
    gathered = gather(entity.root)
    charset = next((block.charset for block in gathered.blocks if block.charset), "")
    head = Head(entity.fields, charset, entity.defects)
    body = read_body(
        gathered.blocks,
        careful=careful,
        reply="in-reply-to" in head.raw or "references" in head.raw or is_reply(head.first("subject")),
        forward=is_forward(head.first("subject")),
    )
    whole = len(raw) if size is None else size
    return _message(
        head,
        body,
        attachments=tuple(gathered.attachments),
        calendars=tuple(gathered.calendars),
        content_type=entity.root.declared,
        size=whole,
        fingerprint=fingerprint(entity.fields, whole),
    )


def _message(head: Head, body: Body, **rest: Any) -> Message:
    """Put header fields and body together."""
    senders = head.addresses("from", several="from:several")
    if len(senders) != 1:
        head.defects.append("from:several" if senders else "from:missing")
    date = head.first("date")
    written = date_of(date) if date else None
    if written is None:
        head.defects.append("date:syntax" if date else "date:missing")
    return Message(
        message_id=next(iter(head.ids("message-id")), None),
        in_reply_to=head.ids("in-reply-to"),
        references=head.ids("references"),
        date=written,
        subject=head.first("subject"),
        from_=senders,
        sender=next(iter(head.addresses("sender")), None),
        reply_to=head.addresses("reply-to"),
        to=head.addresses("to"),
        cc=head.addresses("cc"),
        delivered_to=head.delivered_to(),
        header_fields=head.fields,
        text=body.text,
        quoted=body.quoted,
        signature=body.signature,
        footer=body.footer,
        original=body.original,
        html=body.html,
        has_plain=body.has_plain,
        forwarded=body.forwarded,
        defects=tuple(dict.fromkeys(head.defects + body.defects)),
        **rest,
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
    gathered = gather(entity.root)
    if is_text(part) or is_calendar(part):
        return part.end - part.start < HTML_BYTES
    return not any((b.plain or b.html) for b in gathered.blocks)
