"""Run the program: in this process where that is enough, as its own process where it matters; never with the person's own files."""

import fcntl
import hashlib
import io
import json
import os
import pty
import re
import stat
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailhook.cli import main
from tests.cli.letters import NEWS, mail
from tests.servers.dovecot import Dovecot, missing
from tests.servers.tls import Authority


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


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what is worked out from the lexicon is kept: anew in every home, it would take two seconds at each start."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for every test, with nothing in it."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith(("MAILHOOK_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name in ("COLUMNS", "LINES"):  # a terminal knows its own size
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("NO_COLOR", "1")
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run mailhook in this process, with standard input that is no terminal."""

    def mailhook(*arguments: str | Path, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Ran:
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
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
def terminal() -> Run:
    """Run mailhook on a terminal of 100 columns (a dumb one has 80, and no colours); what it prints anywhere is `out`, styles taken off."""

    def mailhook(*arguments: str | Path, answers: str = "", kind: str = "dumb") -> Ran:
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
        with subprocess.Popen(
            [sys.executable, "-m", "mailhook", *map(str, arguments)],
            stdin=its,
            stdout=its,
            stderr=its,
            env={**os.environ, "TERM": kind},
            start_new_session=True,
        ) as process:
            os.close(its)
            os.write(ours, answers.encode())
            out = b""
            with suppress(OSError):  # the end of a terminal is EIO on Linux
                while block := os.read(ours, 65536):
                    out += block
            status = process.wait(60)
        os.close(ours)
        text = out.decode().replace("\r\n", "\n")
        return Ran(status=status, out=text if kind == "dumb" else re.sub(r"\x1b\[[0-9;]*m", "", text), err="")

    return mailhook


def tree(folder: Path) -> dict[str, str]:
    """Return everything below a folder: names, kinds, modes, contents and times of change."""
    found = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(about.st_mode) else ""
        found[str(path.relative_to(folder))] = f"{about.st_mode:o} {about.st_mtime_ns} {content}"
    return found


@pytest.fixture
def snapshot(home: Path) -> Callable[[], dict[str, str]]:
    """Look at the whole home: mail, configuration and state folder."""
    return lambda: tree(home)


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """A mail server that refuses wrong passwords."""
    if (why := missing()) is not None:
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)
    server = Dovecot(Authority(tmp_path_factory.mktemp("tls")).certificate())
    server.start()
    yield server
    server.close()


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

    def put(raw: bytes, *, mailbox: str = "") -> Path:
        nonlocal count
        count += 1
        folder = maildir / mailbox
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        path = folder / "new" / f"{int(time.time())}.M{count}P1.test"
        path.write_bytes(raw)
        return path

    return put


@pytest.fixture
def rejection() -> bytes:
    """A rejection by a person, after an interview, that calls for a draft."""
    return mail(NEWS)
