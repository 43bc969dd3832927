"""A message as Gmail's reference describes `format=full` and `format=metadata`, made from its bytes.

Every header field in its order, each part decoded, attachments as references only.
"""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Mime
from typing import Any

from tests.servers.gmail.mailbox import encode


def payload_of(raw: bytes, *, bodies: bool = True) -> dict[str, Any]:
    """Return the payload of a message resource."""
    return _part(message_from_bytes(raw), "", bodies=bodies)


def attachments_of(raw: bytes) -> dict[str, bytes]:
    """Return the parts that stand outside the message, by their ids."""
    return {
        f"att-{part_id}": _decoded(part)
        for part_id, part in _walk(message_from_bytes(raw), "")
        if _stands_outside(part)
    }


def _walk(part: Mime, part_id: str) -> list[tuple[str, Mime]]:
    if not part.is_multipart():
        return [(part_id, part)]
    below = part.get_payload()
    assert isinstance(below, list)
    return [pair for at, child in enumerate(below) for pair in _walk(child, f"{part_id}.{at}".strip("."))]


def _part(part: Mime, part_id: str, *, bodies: bool) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "partId": part_id,
        "mimeType": part.get_content_type(),
        "filename": part.get_filename() or "",
        "headers": [{"name": name, "value": readable(value)} for name, value in part.items()],
    }
    if part.is_multipart():
        below = part.get_payload()
        assert isinstance(below, list)
        children = [_part(c, f"{part_id}.{at}".strip("."), bodies=bodies) for at, c in enumerate(below)]
        return resource | {"body": {"size": 0}, "parts": children} if bodies else resource
    content = _decoded(part)
    body: dict[str, Any] = {"size": len(content)}
    if _stands_outside(part):
        body["attachmentId"] = f"att-{part_id}"
    else:
        body["data"] = encode(_as_utf8(part, content)).rstrip("=")
    return resource | ({"body": body} if bodies else {})


def readable(value: object) -> str:
    """Return a header field's value on one line, encoded words decoded."""
    text = " ".join(str(value).splitlines())
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, UnicodeError, ValueError):
        return text


def _decoded(part: Mime) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _as_utf8(part: Mime, content: bytes) -> bytes:
    if part.get_content_maintype() != "text":
        return content
    try:
        return content.decode(part.get_content_charset() or "ascii").encode("utf-8")
    except (LookupError, UnicodeDecodeError):
        return content


def _stands_outside(part: Mime) -> bool:
    return bool(part.get_filename()) or part.get_content_maintype() not in ("text", "message", "multipart")
