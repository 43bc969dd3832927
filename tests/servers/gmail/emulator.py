"""The Gmail emulator as a process of its own: started on a free port, put back to empty, ended with the tests.

`tests/servers/install.sh` installs it outside the checkout, from the lock file beside this one.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Self

ADDRESS = "alex.morgan@example.com"
_HERE = Path(__file__).parent


def peers() -> Path:
    """Return where install.sh keeps what it installs."""
    named = os.environ.get("MAILHOOK_PEERS")
    if named:
        return Path(named)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "mailhook-tests"


def missing() -> str | None:
    """Say what is missing to run the emulator, or None."""
    if shutil.which("node") is None:
        return "the Gmail emulator needs Node.js 20 or newer"
    if not _library().exists():
        return "the Gmail emulator is not installed; run: sh tests/servers/install.sh"
    return None


def _library() -> Path:
    return peers() / "gmail" / "node_modules" / "emulate" / "dist" / "api.js"


class Emulator:
    """One running emulator, for one person's mailbox."""

    def __init__(self) -> None:
        self.port = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["node", str(_HERE / "start.mjs"), str(_library()), ADDRESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self._answer())
        return self

    def __exit__(self, *exc: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def reset(self) -> None:
        """Put the mailbox back to empty."""
        assert self._process.stdin is not None
        self._process.stdin.write("reset\n")
        self._process.stdin.flush()
        assert self._answer() == "done"

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, "the Gmail emulator ended before it answered"
        return line
