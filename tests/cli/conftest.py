"""Run the program: in this process where that is enough, as its own process where it matters; never with the person's own files."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailhook.cli import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a run of the program came to."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON objects it printed, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for every test, with nothing in it."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith(("MAILHOOK_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("NO_COLOR", "1")
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run mailhook in this process, with standard input that is no terminal."""

    def mailhook(*arguments: str | Path, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(status=ended.value.code, out=out, err=err)

    return mailhook


@pytest.fixture
def program() -> Run:
    """Run mailhook as a process of its own."""

    def mailhook(*arguments: str | Path, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "mailhook", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env={**os.environ, **(env or {})},
            timeout=60,
            check=False,
        )
        return Ran(status=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())

    return mailhook


@pytest.fixture
def maildir(home: Path) -> Path:
    """An empty Maildir with a Drafts mailbox."""
    folder = home / "Maildir"
    for mailbox in ("", ".Drafts"):
        for part in ("cur", "new", "tmp"):
            (folder / mailbox / part).mkdir(parents=True)
    return folder


@pytest.fixture
def configured(home: Path, maildir: Path) -> Path:
    """A configuration with that Maildir as its one account, where the program looks by itself."""
    path = home / ".config/mailhook/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(
        '[me]\nname = "Alex Morgan"\naddresses = ["alex.morgan@example.org"]\n\n'
        f'[accounts.post]\nconnector = "maildir"\npath = "{maildir}"\n'
    )
    return path


@pytest.fixture
def deliver(maildir: Path) -> Callable[..., Path]:
    """Deliver a message to the Maildir."""
    count = 0

    def put(raw: bytes, *, at: float | None = None) -> Path:
        nonlocal count
        count += 1
        path = maildir / "new" / f"{1772953500 + count}.M{count}P1.test"
        path.write_bytes(raw)
        if at is not None:
            os.utime(path, (at, at))
        return path

    return put


@pytest.fixture
def rejection() -> bytes:
    """A rejection by a person, after an interview, that calls for a draft."""
    return (
        b"Delivered-To: alex.morgan@example.org\r\n"
        b"Date: Mon, 09 Mar 2026 09:12:00 +0000\r\n"
        b"From: Jane Roe <jane.roe@acme.example>\r\n"
        b"To: Alex Morgan <alex.morgan@example.org>\r\n"
        b"Subject: Your interview for Data Engineer at Acme\r\n"
        b"Message-ID: <x1@acme.example>\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        b"Dear Alex,\r\n\r\nThank you for taking the time to interview with us last week for the Data Engineer position at Acme.\r\n\r\n"
        b"Unfortunately, we have decided to move forward with another candidate.\r\n\r\n"
        b"Kind regards,\r\nJane Roe\r\nAcme\r\n"
    )
