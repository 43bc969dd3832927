"""Tell systemd that the service is ready, alive, reloading or stopping (sd_notify(3)); without systemd nothing is told."""

import os
import socket
import time
from contextlib import suppress


def tell_systemd(*lines: str) -> None:
    """Send assignments such as READY=1 to the socket that systemd named."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        line.setblocking(False)  # nobody who does not listen may hold us up
        line.sendto("\n".join(lines).encode(), address)


def tell_reloading() -> None:
    """Say that the configuration is being read again; the time is part of the protocol."""
    tell_systemd("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def watchdog_seconds() -> float | None:
    """Return how often systemd wants to hear from this process, or None where it does not care."""
    usec, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not usec.isdigit() or (pid and pid != str(os.getpid())):
        return None
    return int(usec) / 1e6
