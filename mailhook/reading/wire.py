"""What goes through the pipes between mailhook and the process that reads mail.

A question is a short header and the messages' bytes as they are. An answer is a length and JSON, of which `answers` makes values.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, BinaryIO

from mailhook.errors import Unreadable
from mailhook.mail.message import Me
from mailhook.reading.here import Mail
from mailhook.verdict.settings import Phrase

# Fifty messages of a conversation at their greatest, and far more than any real answer.
LONGEST_ANSWER = 64 * 1024 * 1024

_QUESTION = struct.Struct("!cI")
_MAIL = struct.Struct("!Iq")
_LENGTH = struct.Struct("!I")
_UNKNOWN = -1

START = b"!"  # the first question: a Start as JSON in place of a message; answered by Ready
IDENTIFY = b"i"  # one message: Screened, without the message
SCREEN = b"s"  # one message: Screened, with it
STUDY = b"r"  # a message and its conversation: Reading
GLANCE = b"m"  # one message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, and the messages it is asked about."""

    kind: bytes
    mails: tuple[Mail, ...]

    def chunks(self) -> Iterator[bytes]:
        """Yield what goes through the pipe."""
        sizes = (_UNKNOWN if mail.size is None else mail.size for mail in self.mails)
        heads = (_MAIL.pack(len(mail.raw), size) for mail, size in zip(self.mails, sizes, strict=True))
        yield _QUESTION.pack(self.kind, len(self.mails)) + b"".join(heads)
        yield from (mail.raw for mail in self.mails)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading one message may take.

    `cpu_seconds` of processor time (on a slow machine, twice what the first message took), a tenth of it more for each message of a conversation; `memory_mb` beyond what the process holds when it is
    ready; `wall_seconds` on the clock, after which it is ended from outside, whatever it says.
    """

    cpu_seconds: float = 5.0
    wall_seconds: float = 60.0
    memory_mb: int = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a process that reads mail is told first: whose mail it is, the person's own phrases, its limits, and whether the kernel is to hold it."""

    me: Me
    phrases: tuple[Phrase, ...] = ()
    limits: Limits = Limits()
    confined: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Its first answer: what protects mailhook from it, in words for people."""

    protection: tuple[str, ...]


# --- the side that reads mail -------------------------------------------------------------------------


def read_question(pipe: BinaryIO) -> Question | None:
    """Read the next question, or None where there will be none."""
    head = pipe.read(_QUESTION.size)
    if len(head) < _QUESTION.size:
        return None
    kind, count = _QUESTION.unpack(head)
    heads = [_MAIL.unpack(pipe.read(_MAIL.size)) for _ in range(count)]
    mails = (Mail(raw=pipe.read(length), size=None if size == _UNKNOWN else size) for length, size in heads)
    return Question(kind=kind, mails=tuple(mails))


def encode(value: Any) -> bytes:
    """Write a frozen value as JSON."""
    return json.dumps(value, default=_plain, ensure_ascii=False, check_circular=False).encode(
        "utf-8", "replace"
    )


def frame(data: bytes) -> bytes:
    """Put its length before an answer."""
    return _LENGTH.pack(len(data)) + data


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    kind: Any = type(value)
    return {name: getattr(value, name) for name in _names(kind)}


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


# --- the side that asked ------------------------------------------------------------------------------


def take_answer(received: bytearray) -> bytes | None:
    """Take the first whole answer out of what was received, or None where it is not all there. Raise Unreadable where it cannot be one."""
    if len(received) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(received)
    if length > LONGEST_ANSWER:
        raise Unreadable("the answer is longer than any can be")
    end = _LENGTH.size + length
    if len(received) < end:
        return None
    answer = bytes(memoryview(received)[_LENGTH.size : end])
    del received[:end]
    return answer
