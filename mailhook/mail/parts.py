"""What the parts of a message are to its reader: text, calendars, attachments."""

from dataclasses import dataclass, field

from mailhook.mail.body import Block
from mailhook.mail.message import Attachment
from mailhook.mail.mime import HTML_BYTES, TEXT_BYTES, Part

CALENDARS = 5
CALENDAR_BYTES = 64 * 1024
ATTACHMENTS = 100
_CALENDAR_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
_TEXT_TYPES = frozenset({"text/plain", "text/enriched", "text/markdown", "text/x-markdown", "text/html"})


@dataclass(slots=True)
class Gathered:
    """The parts of a message by what they are."""

    blocks: list[Block] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    plain_bytes: int = TEXT_BYTES
    html_bytes: int = HTML_BYTES


def gather(root: Part) -> Gathered:
    """Sort the parts of a message, its nested messages left closed."""
    gathered = Gathered()
    _walk(root, gathered, None)
    return gathered


def _walk(part: Part, gathered: Gathered, alternative: Block | None) -> None:
    """Sort a part (and what it holds, at most 32 levels) into text, calendars and attachments."""
    kind = part.content_type
    if part.parts:
        if kind == "multipart/alternative" and alternative is None:
            alternative = Block()
            gathered.blocks.append(alternative)
        for number, inner in enumerate(part.parts):
            behind = kind in ("multipart/signed", "multipart/report") and number > 0
            if behind and not is_text(inner):
                _attach(inner, gathered)
            else:
                _walk(inner, gathered, alternative)
        return
    if is_calendar(part):
        if len(gathered.calendars) < CALENDARS:
            gathered.calendars.append(part.text(CALENDAR_BYTES).replace("\r\n", "\n").replace("\x00", ""))
        if part.disposition == "attachment":
            _attach(part, gathered)
    elif is_text(part) and not (part.filename and alternative is None and gathered.blocks):
        _read_text(part, gathered, alternative)
    elif not kind.startswith("multipart/") or part.end > part.start:
        _attach(part, gathered)


def is_calendar(part: Part) -> bool:
    """Say whether a part is an invitation or the like, by its type or its name."""
    if part.content_type in _CALENDAR_TYPES:
        return True
    return part.filename.lower().endswith(".ics") and part.content_type.startswith(("text/", "application/"))


def is_text(part: Part) -> bool:
    """Say whether a part is text that the reader sees in the message itself."""
    if part.disposition == "attachment" or part.parts:
        return False
    return part.content_type in _TEXT_TYPES


def _read_text(part: Part, gathered: Gathered, alternative: Block | None) -> None:
    block = alternative
    if block is None:
        block = Block()
        gathered.blocks.append(block)
    block.charset = block.charset or part.parameters.get("charset", "")
    is_html = part.content_type == "text/html"
    limit = gathered.html_bytes if is_html else gathered.plain_bytes
    data = part.body(limit + 1) if limit > 0 else b""
    block.cut = block.cut or len(data) > limit or (limit <= 0 and part.end > part.start)
    text = part.decoded(data[: max(limit, 0)])
    if is_html:
        gathered.html_bytes -= len(data)
        block.html += text
        return
    gathered.plain_bytes -= len(data)
    if text[:300].lstrip().lower().startswith(("<!doctype html", "<html")):
        block.html += text
    elif block.plain:
        block.plain += "\n\n" + text
    else:
        block.plain = text
    if part.parameters.get("format", "").lower() == "flowed":
        block.flowed = True
        block.delsp = part.parameters.get("delsp", "").lower() == "yes"


def _attach(part: Part, gathered: Gathered) -> None:
    if len(gathered.attachments) < ATTACHMENTS:
        gathered.attachments.append(
            Attachment(filename=part.filename, content_type=part.content_type, size=max(part.size, 0))
        )
