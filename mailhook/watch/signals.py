"""What the system asks of a service by signals: to stop, or to read its configuration again."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


class Asked:
    """What was asked so far. A handler may run between any two steps of the main thread, so it takes no lock: it writes to a pipe."""

    def __init__(self) -> None:
        self.stop = False
        self.reload = False
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)

    def hear(self, number: int, _frame: FrameType | None) -> None:
        """Take in a signal. A second one to stop ends at once: what was being written is in the ledger as such."""
        if number == signal.SIGHUP:
            self.reload = True
        elif self.stop:
            raise KeyboardInterrupt
        else:
            self.stop = True
        with suppress(BlockingIOError):
            os.write(self._write, b"!")

    def wait(self, seconds: float) -> None:
        """Return after that long, or as soon as something is asked."""
        if select.select([self._read], [], [], seconds)[0]:
            with suppress(BlockingIOError):
                os.read(self._read, 1024)

    def take_reload(self) -> bool:
        """Say whether to read the configuration again, once for each time it was asked."""
        asked, self.reload = self.reload, False
        return asked

    def close(self) -> None:
        """Let go of the pipe."""
        os.close(self._read)
        os.close(self._write)


@contextmanager
def heard_signals() -> Iterator[Asked]:
    """Listen for SIGTERM, SIGINT and SIGHUP, in the main thread; put the handlers back afterwards."""
    asked = Asked()
    wanted = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, asked.hear) for number in wanted}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        asked.close()
