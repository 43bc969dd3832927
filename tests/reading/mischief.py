"""A process that reads mail and does what a message tells it to: what one might do that a message had taken over.

A message that says `MISCHIEF: name` makes it do that; it is started in place of the real one by tests only. Deeds that end it end it; of
others it tells by the msg-id of its answer how the system took them.
"""

import ctypes
import errno
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from mailhook.reading import worker
from mailhook.reading.here import ReadsHere, Screened
from mailhook.reading.wire import Question, encode

_ORDER = re.compile(rb"MISCHIEF: ([a-z-]+)(?: ([!-~]+))?")


def _loop() -> NoReturn:
    while True:
        pass


def _eat_memory() -> list[bytes]:
    eaten: list[bytes] = []
    while True:
        eaten.append(b"x" * (1 << 20))


def _recurse() -> Any:
    return _recurse()


def _deaf_loop() -> NoReturn:
    for number in (signal.SIGPROF, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    _loop()


LETHAL: dict[str, Callable[[], Any]] = {
    "loop": _loop,
    "loop-and-hear-no-signal": _deaf_loop,
    "eat-memory": _eat_memory,
    "recurse": _recurse,
    "exit": lambda: os._exit(0),
    "raise": lambda: 1 / 0,
    "crash": lambda: ctypes.string_at(0),
}

WRONG: dict[str, bytes] = {
    "nothing": b"",
    "no-json": b"\x80\x04K\x05.",
    "another-value": b'{"protection": []}',
    "a-number": b"5",
    "a-word-for-a-number": b'{"candidate": "perhaps", "message_id": null, "fingerprint": "%s"}' % (b"0" * 64),
    "a-broken-fingerprint": b'{"candidate": true, "message_id": null, "fingerprint": "../../etc"}',
    "a-line-end-in-a-msg-id": b'{"candidate": true, "message_id": "a@b\\r\\nA1 LOGOUT", "fingerprint": "%s"}' % (b"0" * 64),
    "a-bracket-in-a-msg-id": b'{"candidate": true, "message_id": "a>b@c", "fingerprint": "%s"}' % (b"0" * 64),
    "a-line-end-in-a-subject": b'{"candidate": true, "message_id": null, "fingerprint": "%s", "message": {"subject": "a\\nBcc: x@y.example", "fingerprint": "%s"}}'
    % (b"0" * 64, b"0" * 64),
    "an-escape-in-a-name": b'{"candidate": true, "message_id": null, "fingerprint": "%s", "message": {"from_": [{"name": "\\u001b[2J", "address": "a@b"}], "fingerprint": "%s"}}'
    % (b"0" * 64, b"0" * 64),
    "a-nul-in-the-text": b'{"candidate": true, "message_id": null, "fingerprint": "%s", "message": {"text": "\\u0000", "fingerprint": "%s"}}'
    % (b"0" * 64, b"0" * 64),
}  # fmt: skip


def _write(path: str) -> None:
    with Path(path).open("ab") as file:
        file.write(b"x")


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _start(*command: str) -> None:
    subprocess.run(command, check=False)


def _connect(port: str) -> None:
    socket.create_connection(("127.0.0.1", int(port)), timeout=1).close()


# Each is given the word behind its name; refused, it raises OSError.
REFUSED: dict[str, Callable[[str], Any]] = {
    "open-a-socket": lambda _: socket.socket().close(),
    "open-a-unix-socket": lambda _: socket.socket(socket.AF_UNIX).close(),
    "connect": _connect,
    "write-a-file": _write,
    "read-a-file": lambda path: Path(path).read_bytes(),
    "list-a-folder": lambda path: os.listdir(Path(path).parent),
    "remove-a-file": os.unlink,
    "make-a-folder": lambda path: os.mkdir(f"{path}.d"),
    "fork": lambda _: _fork(),
    "start-a-program": lambda _: _start("/bin/true"),
    "replace-itself": lambda _: os.execv("/bin/true", ["true"]),
    "kill-its-parent": lambda _: os.kill(os.getppid(), signal.SIGTERM),
    "raise-its-limits": lambda _: _raise_limits(),
}


def _raise_limits() -> None:
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    except ValueError as exc:  # "not allowed to raise maximum limit"
        raise PermissionError(errno.EPERM, "refused") from exc


def _surroundings() -> str:
    """Tell what it was given: descriptors, folder, environment."""
    found = []
    for descriptor in range(64):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        found.append(str(descriptor))
    return f"{'+'.join(found)}={len(os.environ)}={os.getcwd() == '/'}"


def answer(question: Question, reading: ReadsHere) -> bytes:
    """Do what a message tells, or read as it should be."""
    order = next(filter(None, (_ORDER.search(mail.raw) for mail in question.mails)), None)
    if order is None:
        return worker.answer_to(question, reading)
    name, word = order[1].decode(), (order[2] or b"").decode()
    if name in LETHAL:
        LETHAL[name]()
    if name in WRONG:
        return WRONG[name]
    if name == "slow":
        time.sleep(float(word))
        return worker.answer_to(question, reading)
    told = _surroundings() if name == "tell" else _try(REFUSED[name], word)
    return encode(Screened(candidate=False, message_id=f"{told}@told", fingerprint="0" * 64))


def _try(deed: Callable[[str], Any], word: str) -> str:
    try:
        deed(word)
    except OSError as exc:
        return errno.errorcode.get(exc.errno or 0, "OSError")
    except Exception as exc:  # noqa: BLE001  (whatever it is, the test hears of it)
        return type(exc).__name__
    return "done"


if __name__ == "__main__":
    worker.main(answer)
