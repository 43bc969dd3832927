"""One mailhook at a time for a state folder: a file lock, which the system lets go of when its holder dies."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from mailhook.errors import LedgerError


@contextmanager
def only_one(state: Path) -> Iterator[bool]:
    """Hold the state folder's lock, or say False where another scan or the service holds it."""
    lock = FileLock(state / "scan.lock", timeout=0, mode=0o600)
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        yield False
        return
    except OSError as exc:
        raise LedgerError(
            f"the state folder {state} cannot be used ({exc.strerror}); make it yours, or name another in MAILHOOK_STATE"
        ) from exc
    try:
        yield True
    finally:
        lock.release()


def holder(state: Path) -> str:
    """Return the name under which this state folder's one mailhook takes leases."""
    return f"{socket.gethostname()}:{state.absolute()}"
