"""The service in a process of its own, as systemd would run it: told ready through a socket, asked by signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = """
import sys
from pathlib import Path
from mailhook.config import load
from mailhook.watch.logs import log_to
from mailhook.watch.service import watch
log_to(sys.stderr, as_json=True)
watch(lambda: load(Path(sys.argv[1])))
"""


def until(true: Callable[[], object], seconds: float = 30.0) -> bool:
    """Wait until something is true; say whether it came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return bool(true())


@dataclass(slots=True)
class Running:
    """A service that was started, and what it says."""

    process: "subprocess.Popen[bytes]"
    told: socket.socket
    log_path: Path

    def ready(self) -> bool:
        """Wait until it says that it is ready."""
        return until(lambda: any(b"READY=1" in said for said in self.said()))

    def said(self) -> list[bytes]:
        """Return what it has told systemd since the last look."""
        found: list[bytes] = []
        while True:
            try:
                found.append(self.told.recv(4096))
            except BlockingIOError:
                return found

    def log(self) -> list[dict[str, Any]]:
        """Return its log."""
        return [json.loads(line) for line in self.log_path.read_text().splitlines()]

    def actions(self) -> list[str]:
        """Return what its log says, in the machine's words."""
        return [line["action"] for line in self.log()]

    def ask(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def end(self, seconds: float = 30.0) -> int:
        """Wait for its end."""
        return self.process.wait(seconds)


@contextmanager
def running(folder: Path, config: str, **environment: str) -> Iterator[Running]:
    """Run the service with this configuration; kill it at the end, if it still runs."""
    folder.mkdir(exist_ok=True)
    number = len(list(folder.glob("service-*.log")))
    (folder / "config.toml").write_text(config)
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    address = f"\0mailhook-test-{os.getpid()}-{time.monotonic_ns()}"
    told.bind(address)
    told.setblocking(False)
    log_path = folder / f"service-{number}.log"
    variables = {
        **os.environ, "MAILHOOK_STATE": str(folder / "state"), "NOTIFY_SOCKET": f"@{address[1:]}",
        "WATCHDOG_USEC": "2000000", **environment,
    }  # fmt: skip
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROGRAM, str(folder / "config.toml")],
            stderr=log,
            env=variables,
        )
        try:
            yield Running(process, told, log_path)
        finally:
            process.kill()
            process.wait()
            told.close()
