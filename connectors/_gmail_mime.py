"""A message put together again from the parts that Gmail gives in place of its bytes: all text, and attachments by name only.

Gmail hands out each part decoded, and text often as UTF-8 whatever its Content-Type says; so every body is encoded anew, and the
charset is corrected where the bytes show another.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any

_DEEPEST = 32
_LARGEST_TEXT = 1024 * 1024
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))', re.IGNORECASE)
_CHARSET = re.compile(r'charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE)
_NAME = re.compile(r"[!-9;-~]+")
_REPLACED = ("content-transfer-encoding",)

Fetch = Callable[[str], bytes]


def reassemble(payload: Mapping[str, Any], fetch: Fetch) -> bytes:
    """Return the message's bytes without its attachments. `fetch` brings a text that stands outside the message."""
    return _entity(payload, fetch, depth=0)


def _entity(part: Mapping[str, Any], fetch: Fetch, *, depth: int) -> bytes:
    media_type = str(part.get("mimeType") or "text/plain").lower()
    fields = [(str(h.get("name", "")), str(h.get("value", ""))) for h in part.get("headers") or ()]
    fields = [(n, v) for n, v in fields if _NAME.fullmatch(n) and n.lower() not in _REPLACED]
    children = part.get("parts") or ()
    if media_type.startswith("multipart/") and depth < _DEEPEST:
        return _multipart(media_type, fields, children, fetch, depth=depth)
    body = _body(part, media_type, fetch)
    content_type = _value(fields, "content-type") or media_type
    if media_type.startswith("text/"):
        content_type = _with_true_charset(content_type, body)
    section = _section(fields, content_type, "base64" if body else None)
    return section + (base64.encodebytes(body).replace(b"\n", b"\r\n") if body else b"")


def _multipart(
    media_type: str, fields: list[tuple[str, str]], children: Any, fetch: Fetch, *, depth: int
) -> bytes:
    content_type = _value(fields, "content-type") or media_type
    found = _BOUNDARY.search(content_type)
    boundary = (found.group(1) or found.group(2)) if found else f"=_part_{depth}"
    if not found:
        content_type = f'{content_type}; boundary="{boundary}"'
    line = b"--" + boundary.encode("utf-8", "replace")
    out = [_section(fields, content_type, None)]
    for child in children:
        out += [line, b"\r\n", _entity(child, fetch, depth=depth + 1), b"\r\n"]
    return b"".join([*out, line, b"--\r\n"])


def _section(fields: list[tuple[str, str]], content_type: str, encoding: str | None) -> bytes:
    kept = [(name, value) for name, value in fields if name.lower() != "content-type"]
    kept.append(("Content-Type", content_type))
    if encoding:
        kept.append(("Content-Transfer-Encoding", encoding))
    lines = [f"{name}: {' '.join(value.splitlines())}\r\n" for name, value in kept]
    return "".join(lines).encode("utf-8", "replace") + b"\r\n"


def _body(part: Mapping[str, Any], media_type: str, fetch: Fetch) -> bytes:
    body = part.get("body") or {}
    if "data" in body:
        return decode(str(body["data"]))
    outside = body.get("attachmentId")
    is_text = media_type in ("text/plain", "text/html") and not part.get("filename")
    if outside and (is_text or media_type == "text/calendar") and int(body.get("size", 0)) <= _LARGEST_TEXT:
        return fetch(str(outside))
    return b""


def _with_true_charset(content_type: str, body: bytes) -> str:
    found = _CHARSET.search(content_type)
    named = (found.group(1) or found.group(2) or "").lower() if found else ""
    if named in ("utf-8", "utf8") or body.isascii() or not _is_utf8(body):
        return content_type
    if found:
        return content_type[: found.start()] + "charset=utf-8" + content_type[found.end() :]
    return f"{content_type}; charset=utf-8"


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _value(fields: list[tuple[str, str]], name: str) -> str | None:
    return next((value for each, value in fields if each.lower() == name), None)


def decode(data: str) -> bytes:
    """Decode Gmail's base64 (RFC 4648 §5), which may come without its padding."""
    try:
        return base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        return b""
