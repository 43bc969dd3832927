"""pymap from PyPI, in a virtual environment of its own: a quick peer with ways of its own. One user, fresh for each start."""

import os
import socket
import subprocess
import time
from pathlib import Path

from tests.servers.dovecot import PASSWORD, free_ports

USER = "carol"


def peers() -> Path:
    """Return where install.sh keeps what it installs."""
    named = os.environ.get("MAILHOOK_PEERS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else cache / "mailhook-tests"


def missing() -> str | None:
    """Say what to type where pymap is not installed, else None."""
    return None if _binary().exists() else "pymap is not installed; type: sh tests/servers/install.sh --all"


def _binary() -> Path:
    return peers() / "pymap" / "bin" / "pymap"


def await_greeting(port: int, process: subprocess.Popen[bytes], what: str) -> None:
    """Return once the server greets; a port accepts before it serves."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(16).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{what} did not start (status {process.poll()})")


class Pymap:
    """One running server, which keeps everything in memory."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self._process = subprocess.Popen(
            [
                str(_binary()), "--host", "127.0.0.1", "--port", str(self.port), "--no-tls",
                "dict", "--demo-user", USER, "--demo-password", PASSWORD,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        await_greeting(self.port, self._process, "pymap")

    def close(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(20)
