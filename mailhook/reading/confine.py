"""Take from this process everything that reading mail does not need, as far as the system lets it. It cannot be taken back.

Each step says in words what it has really achieved: `mailhook check` shows that, and nothing is claimed that does not hold.
"""

import ctypes
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from mailhook.reading import landlock, seccomp

FILES = 64
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_MB = 1 << 20


def confine(*, memory_mb: int, by_kernel: bool = True) -> tuple[str, ...]:
    """Confine this process; return what holds from now on. `by_kernel` False leaves it at limits."""
    _hear_nothing()
    held = [*_limits(memory_mb)]
    if by_kernel and sys.platform == "linux":
        held += _kernel()
    return tuple(held)


def _hear_nothing() -> None:
    """Leave stopping to whoever asks the questions: a closed pipe is the end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    os.environ.clear()


def _limits(memory_mb: int) -> Iterator[str]:
    if _limit(resource.RLIMIT_FSIZE, 0):
        yield "no file can grow"
    if _limit(resource.RLIMIT_AS, _address_space() + memory_mb * _MB):
        yield f"memory ends {memory_mb} MB above what it starts with"
    if _limit(resource.RLIMIT_NPROC, 0) and os.geteuid() != 0:
        yield "no process can be started"
    if _limit(resource.RLIMIT_CORE, 0):
        yield "no core dump"
    _limit(resource.RLIMIT_NOFILE, FILES)


def _limit(which: int, most: int) -> bool:
    try:
        resource.setrlimit(which, (most, most))
    except (ValueError, OSError):
        return False
    return True


def _address_space() -> int:
    """Return how much address space is in use; where the system does not tell, what was in memory at most."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return pages * resource.getpagesize()


def _kernel() -> Iterator[str]:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.unshare(_NEW_USER | _NEW_NETWORK) == 0:
        yield "no network (its own namespace)"
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return
    if landlock.confine(_readable()):
        yield "no file but the program's own can be opened, and none written (Landlock)"
    if seccomp.confine():
        yield "no network, no process, no writing: those system calls are refused (seccomp)"


def _readable() -> Iterator[Path]:
    """Yield where the interpreter, the libraries and mailhook itself lie, and the time zones."""
    named = sysconfig.get_paths()
    folders = {Path(named[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {Path(entry) for entry in sys.path if entry.endswith(("-packages", "lib-dynload"))}
    yield from folders
    import mailhook

    yield from map(Path, mailhook.__path__)
    yield from map(
        Path,
        ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/nix/store"),
    )
