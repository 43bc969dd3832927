"""`mailhook watch` as the soak runs it: a process that is started, killed, asked to stop, starved of disk, and measured."""

import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import ROOT

_STATE_MEGABYTES = 64
_STOP_SECONDS = 30.0


class Service:
    """The service, one life after the other, over one state folder."""

    def __init__(self, folder: Path, config: Path, environment: Mapping[str, str], log: Path) -> None:
        self.state = folder / "state"
        self.state.mkdir(mode=0o700)
        self.log = log
        self.lives = 0
        self.broken: list[str] = []
        self._may_end = False
        self._started = datetime.now(UTC)
        self._command = [sys.executable, "-m", "mailhook", "watch", "--json", "--config", str(config)]
        self._environment = {**os.environ, **environment, "MAILHOOK_STATE": str(self.state)}
        self._process: subprocess.Popen[bytes] | None = None
        self._mounted = _mount(self.state)

    @property
    def ledger(self) -> Path:
        """Where the ledger lies."""
        return self.state / "ledger.sqlite"

    @property
    def how_the_disk_fills(self) -> str:
        """Say what stands for a full disk on this machine."""
        if self._mounted:
            return f"a tmpfs of {_STATE_MEGABYTES} MB for the state folder, filled to its last byte"
        return "RLIMIT_FSIZE on the running service (no tmpfs may be mounted here)"

    # Its life ---------------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin a life."""
        self.lives += 1
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stderr=log)
        self._may_end = False
        self._started = datetime.now(UTC)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._may_end = True
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ask it to stop; where it does not, or says that something went wrong, take note of it."""
        assert self._process is not None
        self._may_end = True
        self._process.terminate()
        try:
            status = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.broken.append(f"asked to stop, the service went on for {_STOP_SECONDS:.0f} s")
            self.kill()
            return
        if status != 0:
            self.broken.append(f"asked to stop, the service ended with {status}")

    def close(self) -> None:
        """Leave neither the process nor the mount behind."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        if self._mounted:
            subprocess.run(["umount", str(self.state)], check=True)

    def died(self) -> bool:
        """Say whether it has ended though nobody ended it."""
        ended = self._process is not None and self._process.poll() is not None
        return ended and not self._may_end

    def fill_the_disk(self, seconds: float) -> bool:
        """Leave no room where the ledger lies, for a while; return True: it can be brought about anywhere."""
        if self._mounted:
            self._leave_no_slack()
            filler = self.state / "filler"
            with filler.open("wb", buffering=0) as file, suppress(OSError):
                while file.write(bytes(4096)):
                    pass
            time.sleep(seconds)
            filler.unlink()
            return True
        assert self._process is not None
        soft, hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (4096, hard))
        time.sleep(seconds)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (soft, hard))
        return True

    def _leave_no_slack(self) -> None:
        """Empty the ledger's write-ahead log: what it holds already would be written over, on a full disk too."""
        with closing(sqlite3.connect(self.ledger, timeout=5)) as ledger:
            ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # What it says and costs ---------------------------------------------------------------------------------------------------

    def is_up(self, accounts: Sequence[str]) -> bool:
        """Say whether each of these accounts has been gone over in this life."""
        return self.waiting_since(self._started, accounts)

    def waiting_since(self, moment: datetime, accounts: Sequence[str]) -> bool:
        """Say whether each of these accounts has told, after that moment, that all is done and it waits."""
        at = moment.isoformat(timespec="microseconds")
        try:
            rows = self.ask("SELECT account FROM heartbeat WHERE state = 'waiting' AND at > ?", at)
        except sqlite3.Error:
            return False
        return {name for (name,) in rows} >= set(accounts)

    def ask(self, query: str, *values: object) -> list[tuple[str, ...]]:
        """Ask the ledger."""
        with closing(sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True, timeout=5)) as ledger:
            return ledger.execute(query, values).fetchall()

    def memory(self) -> float:
        """Return the resident memory of the service and of the process that reads for it, in MB."""
        pages = sum(int(_read(f"/proc/{pid}/statm").split()[1]) for pid in self._family())
        return pages * resource.getpagesize() / (1 << 20)

    def files(self) -> int:
        """Return how many file descriptors both hold."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self._family())

    def _family(self) -> Iterator[int]:
        assert self._process is not None
        waiting = [self._process.pid]
        while waiting:
            pid = waiting.pop()
            yield pid
            for thread in os.listdir(f"/proc/{pid}/task"):
                waiting += [int(child) for child in _read(f"/proc/{pid}/task/{thread}/children").split()]


def _read(path: str) -> str:
    return Path(path).read_text(encoding="ascii")


def _mount(folder: Path) -> bool:
    """Give a folder a small disk of its own, where that is allowed."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return False
    options = f"size={_STATE_MEGABYTES}m,mode=0700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "mailhook-soak", str(folder)],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
