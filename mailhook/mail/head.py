"""The header fields of a message, decoded once, and the identity they give it."""

import hashlib

from mailhook.mail.address import addresses
from mailhook.mail.header import Field, msg_ids, text_of
from mailhook.mail.message import Address

_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-delivered-to", "x-envelope-to")
_IDENTIFYING = ("message-id", "date", "from", "subject", "received")


def fingerprint(fields: list[Field], size: int) -> str:
    """Hash what tells one arrival from another: msg-id, Date, From, Subject, first Received, size."""
    first: dict[str, bytes] = {}
    for name, value in fields:
        first.setdefault(name.lower(), value)
    parts = [b" ".join(first.get(name, b"").split()) for name in _IDENTIFYING]
    return hashlib.sha256(b"\0".join([*parts, str(size).encode()])).hexdigest()


class Head:
    """The header fields of one message; what is wrong with them is added to `defects` as it is found."""

    def __init__(self, fields: list[Field], charset: str, defects: list[str]) -> None:
        self.raw: dict[str, list[bytes]] = {}
        self.charset = charset
        self.defects = defects
        self.fields = tuple([(name, text_of(value, charset)) for name, value in fields])
        self._first: dict[str, str] = {}
        for (name, value), (_, text) in zip(fields, self.fields, strict=True):
            key = name.lower()
            if key in self.raw:
                self.raw[key].append(value)
            else:
                self.raw[key] = [value]
                self._first[key] = text

    def first(self, name: str) -> str:
        """Return the first field of that name, decoded, or ""."""
        return self._first.get(name, "")

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
