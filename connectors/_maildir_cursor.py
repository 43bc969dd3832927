"""How far a Maildir has been read.

A position is the delivery that was handled last, and the base names of the deliveries handled before it, as far as
they are remembered. So nothing is lost when a file appears late with an earlier time than others (a slow delivery, a
copy that keeps its time), and nothing comes twice when a file is renamed, flagged, or shares its time with many.
"""

import hashlib
from base64 import urlsafe_b64encode
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from mailhook.connectors._maildir_files import Stored
from mailhook.errors import CursorExpired

_REMEMBERED = 256
_HASH_CHARS = 8


def _hash(base: str) -> str:
    return urlsafe_b64encode(
        hashlib.blake2b(base.encode("utf-8", "surrogateescape"), digest_size=6).digest()
    ).decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the order of delivery.

    Handled is what stands at or before `at`, if it is older than `floor` or its hash is in `names`. `stamp` are the
    folder's own times where all of it was handled then, so that an untouched folder need not be listed.
    """

    at: tuple[int, str]
    floor: int = -1
    names: str = ""
    stamp: tuple[int, int] | None = None

    @classmethod
    def before(cls, moment_ns: int) -> Self:
        """Return the position before everything delivered at or after a moment, and behind everything older."""
        return cls(at=(moment_ns, ""), floor=moment_ns - 1)

    @classmethod
    def behind(cls, listed: Sequence[Stored]) -> Self:
        """Return the position behind everything in a folder."""
        return cls(
            at=listed[-1].key if listed else (-1, ""),
            floor=listed[-_REMEMBERED - 1].mtime_ns if len(listed) > _REMEMBERED else -1,
            names="".join(_hash(item.base) for item in listed[-_REMEMBERED:]),
        )

    def fresh(self, listed: Sequence[Stored]) -> list[Stored]:
        """Return what of a listing is not handled, in its order."""
        known = {self.names[i : i + _HASH_CHARS] for i in range(0, len(self.names), _HASH_CHARS)}
        return [
            item
            for item in listed
            if item.key > self.at or (item.mtime_ns > self.floor and _hash(item.base) not in known)
        ]

    def pack(self) -> list[object]:
        """Return the position as JSON takes it."""
        return [*self.at, self.floor, self.names, *(self.stamp or ())]

    @classmethod
    def unpack(cls, packed: object) -> Self:
        """Read a position back. Raise CursorExpired where it is none."""
        match packed:
            case [int(moment), str(base), int(floor), str(names)]:
                return cls(at=(moment, base), floor=floor, names=names)
            case [int(moment), str(base), int(floor), str(names), int(new), int(cur)]:
                return cls(at=(moment, base), floor=floor, names=names, stamp=(new, cur))
        raise CursorExpired("the Maildir's cursor cannot be read; it starts again from the last handled date")


class Progress:
    """Goes through one listing, and knows the position after each message."""

    def __init__(self, position: Position, listed: Sequence[Stored], fresh: Sequence[Stored]) -> None:
        pending = {item.base for item in fresh}
        handled = [item for item in listed if item.key <= position.at and item.base not in pending]
        self._floor = position.floor
        self._at = position.at
        self._recent = [(item.key, _hash(item.base)) for item in handled[-_REMEMBERED - 1 :]]

    def handle(self, item: Stored) -> Position:
        """Count a message as handled and return the position behind it."""
        insort(self._recent, (item.key, _hash(item.base)))
        self._at = max(self._at, item.key)
        return self.position()

    def position(self, stamp: tuple[int, int] | None = None) -> Position:
        """Return the position now."""
        if len(self._recent) > _REMEMBERED:
            self._floor = max(self._floor, self._recent[-_REMEMBERED - 1][0][0])
            del self._recent[: -_REMEMBERED - 1]
        names = "".join(name for _, name in self._recent[-_REMEMBERED:])
        return Position(at=self._at, floor=self._floor, names=names, stamp=stamp)
