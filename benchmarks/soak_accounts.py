"""The accounts of a soak: mail arrives in each, drafts are seen as soon as they lie there, and each has bad days of its own. Here, a Maildir."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Protocol
from uuid import uuid4

# A rejection's draft is written so soon, or something else has come in between.
_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A draft that was not there before: the message that it answers, and when it was seen (monotonic)."""

    answers: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BadDay:
    """Something that goes wrong: `happens` takes for how many seconds, returns when it is over, and says whether it came about."""

    name: str
    happens: Callable[[float], bool]


class SoakAccount(Protocol):
    """A mailbox that the service watches, and that the soak fills, disturbs and looks into past the service."""

    name: str
    share: int
    """How much of all mail arrives here, against the other accounts' shares."""

    def section(self) -> str:
        """Return the account's part of the configuration."""

    def deliver(self, raw: bytes) -> None:
        """Let a message arrive."""

    def look(self) -> Sequence[Seen]:
        """Return the drafts that are new since the last look."""

    def bad_days(self, reject: Callable[[], None]) -> Sequence[BadDay]:
        """Return what can go wrong here; `reject` lets a rejection arrive, for what goes wrong while a draft is made."""

    def broken(self) -> Sequence[str]:
        """Say what was done to the mailbox that must never be done, at the end."""

    def close(self) -> None:
        """Leave nothing behind."""


class DraftsOnDisk:
    """The drafts of a Maildir folder, told apart by their files' names without flags."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()

    def look(self) -> list[Seen]:
        """Return the drafts that are new."""
        found = []
        for part in ("new", "cur"):
            for name in _names(self._folder / part):
                own = name.partition(":")[0]
                if own in self._known:
                    continue
                try:
                    raw = (self._folder / part / name).read_bytes()
                except FileNotFoundError:  # its flags have just changed: the next look has it
                    continue
                self._known.add(own)
                found.append(Seen(answers=answered(raw), at=time.monotonic()))
        return found


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def comes_true(what: Callable[[], bool]) -> bool:
    """Wait until something has happened, for as long as may be waited for it; say whether it has."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return what()


def answered(raw: bytes) -> str:
    """Return the msg-id that a draft answers."""
    return str(BytesHeaderParser().parsebytes(raw)["In-Reply-To"]).strip("<> \r\n")


class MaildirAccount:
    """A Maildir, which has no server to fail."""

    name = "maildir"
    share = 45

    def __init__(self, folder: Path) -> None:
        self._root = folder / "Maildir"
        for mailbox in ("", ".Drafts", ".Sent", ".Trash"):
            for part in ("cur", "new", "tmp"):
                (self._root / mailbox / part).mkdir(parents=True)
        self._drafts = DraftsOnDisk(self._root / ".Drafts")
        self._delivered: set[str] = set()

    def section(self) -> str:
        """Name the folder."""
        return f'connector = "maildir"\npath = "{self._root}"\n'

    def deliver(self, raw: bytes) -> None:
        """Write into tmp/, rename into new/."""
        name = f"{time.time_ns() // 10**9}.R{uuid4().hex}.soak"
        (self._root / "tmp" / name).write_bytes(raw)
        self._delivered.add(name)
        (self._root / "tmp" / name).rename(self._root / "new" / name)

    def look(self) -> Sequence[Seen]:
        """Read the folder."""
        return self._drafts.look()

    def bad_days(self, _reject: Callable[[], None]) -> Sequence[BadDay]:
        """Return none."""
        return ()

    def broken(self) -> Sequence[str]:
        """See that every message lies where it was put, under its own name."""
        if set(_names(self._root / "new")) == self._delivered and not _names(self._root / "cur"):
            return ()
        return ("the Maildir's messages are not as they were delivered",)

    def close(self) -> None:
        """Leave the folder to whoever made it."""
