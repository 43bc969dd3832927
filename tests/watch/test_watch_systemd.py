"""What systemd is told, on a socket like its own."""

import os
import socket
from pathlib import Path

import pytest

from mailhook.watch.systemd import tell_reloading, tell_systemd, watchdog_seconds


@pytest.mark.parametrize("abstract", [False, True])
def test_lines_arrive_as_one_datagram(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool
) -> None:
    """By a path, or by a name that lies in no folder."""
    name = f"\0mailhook-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(name)
        line.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
        tell_systemd("READY=1", "STATUS=watching personal")
        assert line.recv(4096) == b"READY=1\nSTATUS=watching personal"
        tell_reloading()
        first, second = line.recv(4096).split(b"\n")
        assert first == b"RELOADING=1"
        assert int(second.removeprefix(b"MONOTONIC_USEC=")) > 0


def test_a_socket_that_nobody_reads_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue is full after some ten datagrams."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        for _ in range(1000):
            tell_systemd("WATCHDOG=1")
        line.settimeout(10)
        assert line.recv(4096) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "/nowhere/at/all", "relative"])
def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """On a terminal, or where the socket is gone."""
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    tell_systemd("READY=1")


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [
        ("30000000", "", 30.0),
        ("30000000", "own", 30.0),
        ("30000000", "1", None),
        ("", "", None),
        ("x", "", None),
    ],
)
def test_the_watchdog_is_asked_for_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, usec: str, pid: str, seconds: float | None
) -> None:
    """And only of this process."""
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "own" else pid)
    assert watchdog_seconds() == seconds
