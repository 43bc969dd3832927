"""What the tests of the mail room share."""

from collections.abc import Callable

import pytest

from mailhook.mail.message import Address, Message


@pytest.fixture
def describe() -> Callable[[Message], str]:
    """Write a whole message down, one line a field and one stretch a text, leaving out what is empty."""
    return _describe


def _describe(message: Message) -> str:
    lines = [
        ("message_id", message.message_id or ""),
        ("in_reply_to", " ".join(message.in_reply_to)),
        ("references", " ".join(message.references)),
        ("date", message.date.isoformat() if message.date else ""),
        ("subject", message.subject),
        ("from", _addresses(message.from_)),
        ("sender", _addresses((message.sender,) if message.sender else ())),
        ("reply_to", _addresses(message.reply_to)),
        ("to", _addresses(message.to)),
        ("cc", _addresses(message.cc)),
        ("delivered_to", ", ".join(message.delivered_to)),
        ("content_type", message.content_type),
        ("has_plain", str(message.has_plain)),
        ("html", "yes" if message.html else ""),
        ("forwarded", "yes" if message.forwarded else ""),
        ("attachments", "; ".join(f"{a.filename} ({a.content_type}, {a.size})" for a in message.attachments)),
        ("calendars", str(len(message.calendars) or "")),
        ("defects", " ".join(message.defects)),
        ("size", str(message.size)),
    ]
    written = [f"{name}: {value}" for name, value in lines if value]
    for name in ("text", "quoted", "signature", "footer", "original"):
        text = message.part(name) if name != "original" else message.original
        if text:
            written += [f"--- {name}", text]
    return "\n".join(written) + "\n"


def _addresses(found: tuple[Address, ...]) -> str:
    return ", ".join(f"{a.name} <{a.address}>" if a.name else a.address for a in found)
