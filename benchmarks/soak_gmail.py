"""A soak's account on the Gmail emulator, behind the tests' own server."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.soak_accounts import BadDay, Seen, answered, comes_true
from mailhook.connectors.gmail import COMPOSE, READ
from tests.servers.gmail.emulator import ADDRESS, Emulator
from tests.servers.gmail.fixtures import keep_grant
from tests.servers.gmail.mailbox import Mailbox
from tests.servers.gmail.shim import Shim


class _NotingMailbox(Mailbox):
    """Takes note of each draft at the moment it is kept: to ask for all of them again and again would be the larger load."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.kept: list[Seen] = []

    def write_draft(self, raw: bytes, *, thread: str | None = None) -> dict[str, Any]:
        """Keep a draft."""
        made = super().write_draft(raw, thread=thread)
        self.kept.append(Seen(answers=answered(raw), at=time.monotonic()))
        return made


class GmailAccount:
    """A mailbox of the Gmail emulator. It looks through all its mail at each request, so little arrives here."""

    name = "gmail"
    share = 10

    def __init__(self, folder: Path) -> None:
        self._emulator = Emulator().__enter__()
        self._shim = Shim(self._emulator)
        self._shim.mailbox = self._mailbox = _NotingMailbox(self._emulator.port)
        self._shim.__enter__()
        self._token = folder / "grants" / "gmail.token"
        self._token.parent.mkdir(mode=0o700)
        keep_grant(self._shim, self._token, READ, COMPOSE)
        self._taken = 0

    def section(self) -> str:
        """Look for changes often, and spend as fast as the emulator gives: two hours pass in minutes."""
        return (
            f'connector = "gmail"\nuser = "{ADDRESS}"\ntoken_file = "{self._token}"\nendpoint = "{self._shim.url}"\n'
            "poll = 0.5\nunits_per_minute = 1000000\n"
        )

    def deliver(self, raw: bytes) -> None:
        """Let a message arrive, past the server in front."""
        self._mailbox.deliver(raw)

    def look(self) -> Sequence[Seen]:
        """Return what was kept since."""
        found = self._mailbox.kept[self._taken :]
        self._taken += len(found)
        self._shim.forget()
        return found

    def bad_days(self, reject: Callable[[], None]) -> Sequence[BadDay]:
        """Return what Google's reference allows for."""
        return (
            BadDay(name="draft kept, answer lost", happens=lambda _: self._lose_an_answer(reject)),
            BadDay(name="server away", happens=self._away),
            BadDay(name="500 for a while", happens=self._fail),
            BadDay(name="history forgotten", happens=self._forget),
        )

    def _lose_an_answer(self, reject: Callable[[], None]) -> bool:
        self._shim.fail("POST /drafts", close="after")
        reject()
        came_about = comes_true(lambda: not self._shim.faults)
        self._shim.faults.clear()
        return came_about

    def _away(self, seconds: float) -> bool:
        return self._during(seconds / 2, on=".*", close="before")

    def _fail(self, seconds: float) -> bool:
        return self._during(seconds / 2, on=".*", status=503, reason="backendError")

    def _during(self, seconds: float, **how: Any) -> bool:
        self._shim.fail(**how, times=1_000_000)
        time.sleep(seconds)
        self._shim.faults.clear()
        return True

    def _forget(self, _seconds: float) -> bool:
        self._shim.lose_history()
        return True

    def broken(self) -> Sequence[str]:
        """See what was asked, and that every label is as it was."""
        changed = [ref for ref, labels in self._mailbox.labels().items() if labels != ["INBOX", "UNREAD"]]
        return [
            *self._shim.violations,
            *([f"{len(changed)} messages in Gmail were changed"] if changed else []),
        ]

    def close(self) -> None:
        """End both servers."""
        self._shim.__exit__()
        self._emulator.__exit__()
