"""How far an IMAP account has been read: for each mailbox its UIDVALIDITY and the last UID handled, as JSON text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from mailhook.errors import CursorExpired

_BASELINE = ""  # no mailbox has this name


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """`read` holds (UIDVALIDITY, last UID) for each mailbox; one that it does not know is read from `baseline` on."""

    baseline: datetime
    read: Mapping[str, tuple[int, int]]

    def moved(self, mailbox: str, uidvalidity: int, uid: int) -> Self:
        """Return the cursor behind one more message."""
        return type(self)(baseline=self.baseline, read={**self.read, mailbox: (uidvalidity, uid)})

    def pack(self) -> str:
        """Return the cursor as text."""
        moment = int(self.baseline.timestamp())
        return json.dumps({_BASELINE: [0, moment], **self.read}, separators=(",", ":"))

    @classmethod
    def unpack(cls, text: str) -> Self:
        """Read a cursor. Raise CursorExpired where it is none."""
        try:
            packed = json.loads(text)
            read = {str(name): (int(pair[0]), int(pair[1])) for name, pair in packed.items()}
            baseline = datetime.fromtimestamp(read.pop(_BASELINE)[1], UTC)
        except (ValueError, TypeError, AttributeError, LookupError, OverflowError, OSError) as exc:
            raise CursorExpired(
                "the cursor of this account cannot be read; it starts again from the last handled date"
            ) from exc
        return cls(baseline=baseline, read=read)
