"""The MIME structure of a message, read within bounds: time grows with the bytes, whatever they are.

Boundaries are found by scanning for lines; parts are slices, decoded only when asked. At most 200 parts and 32
levels are looked at; what lies beyond is named as a defect. Nothing here raises.
"""

import binascii
import re
from dataclasses import dataclass, field

from mailhook.mail.charset import decode
from mailhook.mail.header import Field, base64_bytes, parameters, split_header, text_of

PARTS = 200
LEVELS = 32
TEXT_BYTES = 64 * 1024
HTML_BYTES = 512 * 1024
PLAIN_BYTES = 1024 * 1024

_FIRST_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200})\r?\n")
_META_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\r\n]*")
SEARCHED = 4096


@dataclass(slots=True)
class Part:
    """One entity of RFC 2045: its headers' meaning, and where its body lies in the message's bytes."""

    raw: bytes
    start: int
    end: int
    content_type: str = "text/plain"
    declared: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    disposition: str = ""
    filename: str = ""
    closed: bool = True
    parts: list["Part"] = field(default_factory=list)

    def body(self, limit: int) -> bytes:
        """Return the body with its transfer encoding undone, at most about `limit` bytes of it."""
        if self.encoding == "base64":
            encoded = self.raw[self.start : min(self.end, self.start + limit * 3 // 2)]
            return _base64_body(encoded)[:limit]
        if self.encoding == "quoted-printable":
            encoded = self.raw[self.start : min(self.end, self.start + limit * 3)]
            return binascii.a2b_qp(encoded)[:limit]
        return self.raw[self.start : min(self.end, self.start + limit)]

    def text(self, limit: int) -> str:
        """Return the body as text, at most about `limit` bytes of it."""
        return self.decoded(self.body(limit))

    def decoded(self, data: bytes) -> str:
        """Decode bytes of the body by the charset that the part names."""
        charset = self.parameters.get("charset", "")
        if not charset and self.content_type == "text/html" and not data.isascii():
            meta = _META_CHARSET.search(data, 0, 4096)
            charset = meta[1].decode("ascii") if meta else ""
        return decode(data, charset)

    @property
    def size(self) -> int:
        """About how many bytes the body has once its transfer encoding is undone."""
        length = self.end - self.start
        return length * 3 // 4 if self.encoding == "base64" else length


@dataclass(slots=True)
class Entity:
    """A whole message: its header fields as they stand, its tree of parts, and what was wrong."""

    fields: list[Field]
    root: Part
    defects: list[str]


def read(raw: bytes) -> Entity:
    """Read the structure of a message."""
    if b"\n" not in raw[:SEARCHED] and b"\r" in raw[:SEARCHED]:
        raw = raw.replace(b"\r", b"\n")
    fields, start, defects = _header(raw, 0, len(raw))
    reader = _Reader(raw, defects)
    root = reader.part(fields, start, len(raw), 0)
    return Entity(fields=fields, root=root, defects=list(dict.fromkeys(defects)))


def first_plain(raw: bytes) -> str:
    """Return the text of a message's first text/plain part, quotes and all, at most a megabyte of it; "" where there is none."""
    waiting = [read(raw).root]
    while waiting:
        part = waiting.pop()
        if part.content_type == "text/plain" and not part.parts:
            return part.text(PLAIN_BYTES)
        waiting += reversed(part.parts)
    return ""


def _header(raw: bytes, start: int, end: int) -> tuple[list[Field], int, list[str]]:
    """Return the header fields of the entity that begins at `start`, where its body begins, and defects."""
    first = raw[start : start + 2]
    if first[:1] == b"\n" or first == b"\r\n":
        return [], start + (1 if first[:1] == b"\n" else 2), []
    stop, body = _blank_line(raw, start, end)
    fields, used, defects = split_header(raw[start:stop])
    if used < stop - start:
        body = start + used
    return fields, body, defects


def _blank_line(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the first empty line begins (the line end before it) and where the line after it does."""
    crlf = raw.find(b"\n\r\n", start, end)
    lf = raw.find(b"\n\n", start, end if crlf < 0 else crlf + 1)
    if lf >= 0:
        return lf, lf + 2
    return (crlf, crlf + 3) if crlf >= 0 else (end, end)


class _Reader:
    """Walk down the parts, counting them."""

    def __init__(self, raw: bytes, defects: list[str]) -> None:
        self.raw = raw
        self.defects = defects
        self.count = 0

    def part(
        self, fields: list[Field], start: int, end: int, level: int, default: str = "text/plain"
    ) -> Part:
        """Read the entity with these header fields whose body lies between `start` and `end`."""
        part = Part(raw=self.raw, start=start, end=end, content_type=default)
        _describe(part, fields)
        kind = part.content_type
        if kind.startswith("multipart/"):
            if level >= LEVELS:
                self.defects.append("bounds:levels")
            else:
                self._multipart(part, level)
        elif kind == "message/rfc822" and level >= LEVELS:
            self.defects.append("bounds:levels")
        return part

    def _multipart(self, part: Part, level: int) -> None:
        boundary = part.parameters.get("boundary", "").rstrip()
        if boundary:
            delimiter = b"--" + boundary.encode("utf-8", "replace")
        else:
            self.defects.append("mime:boundary")
            found = _FIRST_BOUNDARY.search(self.raw, max(part.start - 1, 0), part.end)
            if not found:
                _as_text(part)
                return
            delimiter = b"--" + found[1].rstrip()
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        slices, part.closed = _slices(self.raw, part.start, part.end, delimiter, PARTS - self.count + 1)
        if not slices:
            self.defects.append("mime:boundary")
            _as_text(part)
            return
        if not part.closed:
            self.defects.append("mime:unclosed")
        for start, end in slices:
            if self.count >= PARTS:
                self.defects.append("bounds:parts")
                return
            self.count += 1
            fields, body, defects = _header(self.raw, start, end)
            self.defects += defects
            part.parts.append(self.part(fields, min(body, end), end, level + 1, default))


def _as_text(part: Part) -> None:
    """Take a multipart without its boundary for what it looks like."""
    part.content_type = "text/plain"


def _slices(
    raw: bytes, start: int, end: int, delimiter: bytes, limit: int
) -> tuple[list[tuple[int, int]], bool]:
    """Return where the parts between the delimiter lines lie, at most `limit`, and whether the last one was closed."""
    slices: list[tuple[int, int]] = []
    opened = -1
    at = start
    size = len(delimiter)
    while True:
        at = raw.find(delimiter, at, end)
        if at < 0:
            break
        after = at + size
        if at > start and raw[at - 1] != 10:
            at = after
            continue
        stop = raw.find(b"\n", after, end)
        if stop < 0:
            stop = end
        rest = raw[after : min(stop, after + 200)].strip()
        if rest not in (b"", b"--"):
            at = after
            continue
        if opened >= 0:
            before = at - 2 if raw[at - 2 : at] == b"\r\n" else at - 1
            slices.append((opened, max(before, opened)))
            opened = -1
        if rest == b"--":
            return slices, True
        if len(slices) >= limit:
            return slices, True
        opened = min(stop + 1, end)
        at = max(stop, after)
    if opened >= 0:
        slices.append((opened, end))
    return slices, False


def _describe(part: Part, fields: list[Field]) -> None:
    """Read the Content-* fields of a part."""
    seen = 0
    for name, value in fields:
        if name[:8].lower() != "content-":
            continue
        match name[8:].lower():
            case "type" if not seen & 1:
                seen |= 1
                kind, part.parameters = parameters(_structured(value))
                if "/" in kind:
                    part.content_type = kind
                elif kind == "text":
                    part.content_type = "text/plain"
                elif kind:
                    part.content_type = "application/octet-stream"
            case "transfer-encoding" if not seen & 2:
                seen |= 2
                part.encoding = _structured(value).partition(";")[0].strip().lower()
            case "disposition" if not seen & 4:
                seen |= 4
                part.disposition, about = parameters(_structured(value))
                part.filename = about.get("filename", "")
    part.declared = part.content_type
    filename = part.filename or part.parameters.get("name", "")
    if filename:
        part.filename = text_of(filename.encode("utf-8", "replace"))[:255]


def _structured(value: bytes) -> str:
    text = value.decode("ascii") if value.isascii() else decode(value)
    return text if text.isprintable() else " ".join(text.replace("\x00", "").split())


def _base64_body(encoded: bytes) -> bytes:
    """Decode a base64 body; plain lines that a list server put behind it, or that are no base64 at all, stay as they are."""
    good = _BASE64.match(encoded)
    end = good.end() if good else 0
    if end == len(encoded):
        return base64_bytes(encoded)
    line = encoded.rfind(b"\n", 0, end) + 1
    stop = encoded.find(b"\n", end)
    odd = encoded[line : len(encoded) if stop < 0 else stop].strip()
    if odd.count(b" ") + odd.count(b"-") + odd.count(b"_") < 2:
        return base64_bytes(encoded)
    return base64_bytes(encoded[:line]) + b"\n\n" + encoded[line:]
