"""Write a draft's header fields: every character accounted for, so that no text from a mail can become a field.

The standard library is not asked to fold these: it writes a msg-id of 78 characters or more as an encoded word, which
breaks threads, and long subjects as encoded words longer than RFC 2047 §2 allows.
"""

import re
from collections.abc import Sequence
from email.header import Header

from mailhook.mail.address import is_address

_SPECIAL = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]")


def one_line(text: str, limit: int = 255) -> str:
    """Return text with every control, separator and unpaired surrogate character made a space, at most `limit` long."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(kept.split())[:limit].rstrip()


def unstructured(name: str, text: str) -> bytes:
    """Return a field of free text (RFC 5322 §3.6.5), in encoded words where it is not plain ASCII."""
    return _line(name, _words(text, len(name) + 2))


def address(name: str, display: str, spec: str) -> bytes:
    """Return a field that holds exactly one address. Raise ValueError for an addr-spec that cannot be written."""
    written = f"<{ascii_address(spec)}>"
    shown = one_line(display)
    if not shown:
        return _line(name, written[1:-1])
    if not shown.isascii() or "=?" in shown:
        shown = _words(shown, len(name) + 2)
    elif _SPECIAL.search(shown):
        shown = '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
    joined = f"{shown} {written}"
    last = joined.rsplit("\r\n", 1)[-1]
    return _line(name, joined if len(last) + len(name) + 2 <= 200 else f"{shown}\r\n {written}")


def ids(name: str, msg_ids: Sequence[str]) -> bytes:
    """Return a field of msg-ids, one a line, none of them changed. Raise ValueError for one that is no msg-id."""
    for msg_id in msg_ids:
        if not is_msg_id(msg_id):
            raise ValueError(f"not a msg-id: {msg_id!r}")
    return _line(name, "\r\n ".join(f"<{msg_id}>" for msg_id in msg_ids))


def is_msg_id(text: str) -> bool:
    """Say whether a bare msg-id can stand between angle brackets: printable ASCII without white space or brackets."""
    return bool(text) and text.isascii() and text.isprintable() and not re.search(r"[\s<>]", text)


def ascii_address(spec: str) -> str:
    """Return an addr-spec with its domain in A-labels. Raise ValueError where it cannot be written in ASCII."""
    if not is_address(spec):
        raise ValueError(f"not an address: {spec!r}")
    local, _, domain = spec.rpartition("@")
    if not local.isascii():
        raise ValueError(f"an address that only SMTPUTF8 can carry: {spec!r}")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError as exc:
            raise ValueError(f"not a domain name: {domain!r}") from exc
    return f"{local}@{domain}"


def _words(text: str, indent: int) -> str:
    clean = one_line(text)
    if clean.isascii() and "=?" not in clean:
        return clean
    return Header(clean, "utf-8", maxlinelen=76, header_name="x" * (indent - 2)).encode(linesep="\r\n")


def _line(name: str, value: str) -> bytes:
    line = f"{name}: {value}".encode("ascii")
    if b"\n" in line.replace(b"\r\n ", b"") or b"\r" in line.replace(b"\r\n ", b""):
        raise ValueError(f"a line break in {name}")
    return line + b"\r\n"
