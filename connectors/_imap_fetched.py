"""What a FETCH answer says: servers leave things out, name them each in their own way, and answer for what is gone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Answer = dict[bytes, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The first part of a message, as the server gave it."""

    uid: int
    raw: bytes
    size: int
    received: datetime
    durable_id: str | None = None
    thread_id: str | None = None
    labels: frozenset[str] = frozenset()


def is_there(answer: Answer) -> bool:
    """Say whether a FETCH answer tells of a message; of one that is gone, Dovecot tells size 0 and no body (EXPUNGEISSUED)."""
    size = answer.get(b"RFC822.SIZE")
    return isinstance(size, int) and (
        size > 0 or any(answer.get(key) is not None for key in (b"BODY[]<0>", b"BODY[]"))
    )


def body_of(answer: Answer) -> bytes:
    """Return the body section of a FETCH answer; servers name it each in their own way."""
    found = (value for key, value in answer.items() if key.startswith(b"BODY["))
    value = next(found, b"")
    return value if isinstance(value, bytes) else b""


def aware(received: object) -> datetime:
    """Return when the server received a message, in UTC; where it does not say, now."""
    if isinstance(received, datetime) and received.tzinfo is not None:
        return received.astimezone(UTC)
    return datetime.now(UTC)


def read_fetched(uid: int, answer: Answer, raw: bytes) -> Fetched:
    """Put together what the server said of one message."""
    return Fetched(
        uid=uid,
        raw=raw,
        size=answer[b"RFC822.SIZE"],
        received=aware(answer.get(b"INTERNALDATE")),
        durable_id=_object_id(answer, b"X-GM-MSGID", b"EMAILID"),
        thread_id=_object_id(answer, b"X-GM-THRID", b"THREADID"),
        labels=frozenset(
            label.decode("latin-1").lower()
            for label in answer.get(b"X-GM-LABELS") or ()
            if isinstance(label, bytes)
        ),
    )


def _object_id(answer: Answer, *names: bytes) -> str | None:
    for name in names:
        match answer.get(name):
            case int(number):
                return str(number)
            case bytes(text) | (bytes(text),):
                return text.decode("ascii", "replace")
    return None
