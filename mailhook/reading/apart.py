"""Reading in a process apart, which is started when it is first needed, asked through pipes, and replaced when it dies or falls silent.

A message that it dies of is given to a new one, three times in all; then it is Unreadable. One process serves all accounts, since each holds
the whole lexicon; several threads may ask.
"""

import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Self, TypeVar

from mailhook.errors import AccountError, Unreadable
from mailhook.mail.message import Me, Message
from mailhook.reading.answers import decode
from mailhook.reading.here import Mail, Reading, Screened
from mailhook.reading.wire import (
    GLANCE,
    IDENTIFY,
    SCREEN,
    START,
    STUDY,
    Limits,
    Question,
    Ready,
    Start,
    encode,
    take_answer,
)
from mailhook.verdict.settings import Phrase

_log = logging.getLogger("mailhook.reading")
_log.addHandler(logging.NullHandler())

T = TypeVar("T")

TRIES = 3
# Long enough for the slowest machine to load the lexicon.
_START_SECONDS = 120.0
_CLOSE_SECONDS = 5.0
_PIPE_BYTES = 1 << 20  # the most that Linux gives without rights
_CHUNK = 1 << 18
# Without the first two some interpreters do not find their own library; the others say where the lexicon's cache is. Nothing else of the
# environment is passed on, and these are forgotten before any mail is read.
_PASSED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "HOME", "XDG_CACHE_HOME", "MAILHOOK_CACHE")
_LIMITS = Limits()
_PROGRAM = "import runpy, sys; sys.path[:] = sys.argv[2:]; runpy.run_module(sys.argv[1], run_name='__main__')"


class ReadsApart:
    """Reads in a process apart. Raise AccountError where no such process can be started."""

    def __init__(
        self,
        me: Me,
        phrases: Sequence[Phrase] = (),
        *,
        limits: Limits = _LIMITS,
        program: str = "mailhook.reading.worker",
    ) -> None:
        self._start = Start(me=me, phrases=tuple(phrases), limits=limits)
        self._program = program
        self._process: _Process | None = None
        self._warned = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def begin(self) -> None:
        """Start the process, if there is none, without waiting for it: it gets ready while messages are still being fetched."""
        with self._lock, suppress(OSError):  # told where it is needed
            if self._process is None:
                self._process = _Process(self._program, self._start)

    def close(self) -> None:
        """End the process; a later question starts another. One that is being asked just now ends with us, or by its own limits."""
        if self._lock.acquire(timeout=_CLOSE_SECONDS):
            try:
                self._end()
            finally:
                self._lock.release()

    def process_id(self) -> int | None:
        """Return the process's id, or None where none runs."""
        with self._lock:
            return self._process.id if self._process is not None else None

    def protection(self) -> tuple[str, ...]:
        """Say in words for people what keeps the process from doing anything but reading."""
        with self._lock:
            return self._ready().protection

    def screen(self, mails: Sequence[Mail], *, whole: bool = False) -> Iterator[Screened | None]:
        """Screen messages in their order; None stands for one that could not be read."""
        questions = [Question(kind=SCREEN if whole else IDENTIFY, mails=(mail,)) for mail in mails]
        with self._lock:
            at = 0
            while at < len(questions):
                try:
                    for screened in self._ask(questions[at:], Screened):
                        at += 1
                        yield screened
                except Unreadable as exc:
                    self._tell(exc)
                    yield self._ask_again(questions[at])
                    at += 1

    def _ask_again(self, question: Question) -> Screened | None:
        try:
            return self._ask_alone(question, Screened, tries=TRIES - 1)
        except Unreadable:
            return None

    def study(self, mail: Mail, conversation: Sequence[Mail] = ()) -> Reading:
        """Read a message carefully and judge it within its conversation. Raise Unreadable."""
        with self._lock:
            return self._ask_alone(Question(kind=STUDY, mails=(mail, *conversation)), Reading)

    def glance(self, mail: Mail) -> Message:
        """Read a message quickly. Raise Unreadable."""
        with self._lock:
            return self._ask_alone(Question(kind=GLANCE, mails=(mail,)), Message)

    # --- with the lock held ----------------------------------------------------------------------

    def _ask_alone(self, question: Question, kind: type[T], *, tries: int = TRIES) -> T:
        for left in reversed(range(tries)):
            try:
                return next(self._ask([question], kind))
            except Unreadable as exc:
                self._tell(exc)
                if not left:
                    raise
        raise AssertionError("there is at least one try")

    def _ask(self, questions: Sequence[Question], kind: type[T]) -> Iterator[T]:
        """Yield the answers in order. Raise Unreadable where the process dies, falls silent or answers wrongly: then it is ended."""
        process = self._ready()
        left = len(questions)
        try:
            for answer in process.ask(questions, self._start.limits.wall_seconds):
                value = decode(answer, kind)
                left -= 1
                yield value
        finally:
            if left:  # what it still has to say belongs to no question any more
                self._end()

    def _ready(self) -> "_Process":
        """Return a process that has shown that it can read: as well confined as can be had. Raise AccountError where none can."""
        for confined in (
            True,
            True,
            False,
        ):  # a start may fail by chance, which must not cost the confinement
            try:
                return self._started(replace(self._start, confined=confined))
            except Unreadable as exc:
                self._end()
                reason = exc
        raise AccountError(
            f"the process that reads mail does not start ({reason}); reinstall mailhook, and report it if that does not help"
        ) from reason

    def _started(self, start: Start) -> "_Process":
        try:
            process = self._process = self._process or _Process(self._program, start)
        except OSError as exc:
            raise AccountError(
                f"the process that reads mail cannot be started ({exc.strerror}); see that this machine has room for another process"
            ) from exc
        process.wait_ready()
        if not start.confined and not self._warned:
            self._warned = True
            _log.warning(
                "the process that reads mail does not start when the kernel confines it; it runs with limits only",
                extra={"action": "reader-not-confined"},
            )
        return process

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def _tell(self, exc: Unreadable) -> None:
        _log.debug("the process that reads mail was ended: %s", exc, extra={"action": "reader-ended"})


class _Process:
    """One process that reads mail, and the two pipes to it."""

    def __init__(self, program: str, start: Start) -> None:
        self.protection: tuple[str, ...] = ()
        self._child = subprocess.Popen(  # noqa: S603  (our own program)
            [sys.executable, "-I", "-X", "utf8", "-c", _PROGRAM, program, *filter(os.path.isabs, sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            process_group=0,  # Ctrl-C is for us, who stop it when its message is read
            bufsize=0,
        )
        self.id = self._child.pid
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._questions, self._answers = self._child.stdin.fileno(), self._child.stdout.fileno()
        for pipe in (self._questions, self._answers):
            os.set_blocking(pipe, False)
            _widen(pipe)
        self._received = bytearray()
        self._unsent = memoryview(b"")
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._answers, selectors.EVENT_READ)
        told = Question(kind=START, mails=(Mail(raw=encode(start)),))
        self._greeting = told.chunks()
        self._write(self._greeting)

    def wait_ready(self) -> None:
        """Wait until it has shown that it can read. Raise Unreadable where it cannot."""
        if not self.protection:
            answer = next(self._exchange(self._greeting, 1, _START_SECONDS))
            self.protection = decode(answer, Ready).protection or ("nothing holds it but that it is apart",)
            _log.debug(
                "the process that reads mail is ready: %s",
                "; ".join(self.protection),
                extra={"action": "reader-ready"},
            )

    def ask(self, questions: Sequence[Question], seconds: float) -> Iterator[bytes]:
        """Yield the answers in order, each within so many seconds. Raise Unreadable where one does not come."""
        chunks = (chunk for question in questions for chunk in question.chunks() if chunk)
        return self._exchange(chunks, len(questions), seconds)

    def end(self) -> None:
        """End it, whatever it is doing."""
        self._child.kill()
        self._child.wait()
        self._selector.close()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()

    def _exchange(self, chunks: Iterator[bytes], count: int, seconds: float) -> Iterator[bytes]:
        """Send and receive at once, so that neither side ever waits for the other with its pipe full."""
        for _ in range(count):
            deadline = time.monotonic() + seconds
            while (answer := take_answer(self._received)) is None:
                self._write(chunks)
                self._wait(deadline, seconds)
                self._read()
            yield answer

    def _wait(self, deadline: float, seconds: float) -> None:
        if not self._selector.select(max(deadline - time.monotonic(), 0)):
            raise Unreadable(f"it gave no answer in {seconds:g} seconds")

    def _write(self, chunks: Iterator[bytes]) -> None:
        """Write as much as goes in now; be told when more does."""
        try:
            while unsent := self._unsent or memoryview(next(chunks, b"")):
                self._unsent = unsent
                self._unsent = unsent[os.write(self._questions, unsent[:_CHUNK]) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:  # what it answered before it died may still be read
            self._unsent = memoryview(b"")
        self._watch(writing=bool(self._unsent))

    def _watch(self, *, writing: bool) -> None:
        watched = self._questions in self._selector.get_map()
        if writing and not watched:
            self._selector.register(self._questions, selectors.EVENT_WRITE)
        elif watched and not writing:
            self._selector.unregister(self._questions)

    def _read(self) -> None:
        try:
            data = os.read(self._answers, _CHUNK)
        except BlockingIOError:
            return
        if not data:
            raise Unreadable(f"it ended {_how(self._child.wait())}")
        self._received += data


def _widen(pipe: int) -> None:
    """Let a pipe hold more, where that can be: then messages go through in fewer steps."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _how(status: int) -> str:
    return f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
