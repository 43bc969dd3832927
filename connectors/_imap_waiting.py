"""How long to wait for an IMAP server's word, and how a wait is ended from another thread."""

import os
import select
import threading

POLL_BESIDE_IDLE = 300.0
POLL_WITHOUT_IDLE = 60.0
_IDLE_SECONDS = 540.0
# Hosts that end IDLE long before RFC 2177's half hour.
_IDLE_SECONDS_AT = {
    "yahoo.com": 150.0,
    "yahoo.co.jp": 150.0,
    "aol.com": 150.0,
    "rambler.ru": 50.0,
    "163.com": 50.0,
    "126.com": 50.0,
    "yeah.net": 50.0,
}


def idle_seconds(host: str) -> float:
    """Return how long one IDLE may last at a host: under the server's limit, and under that of the NATs on the way."""
    labels = host.lower().rstrip(".").split(".")
    domains = (".".join(labels[i:]) for i in range(len(labels)))
    return next((_IDLE_SECONDS_AT[domain] for domain in domains if domain in _IDLE_SECONDS_AT), _IDLE_SECONDS)


class Bell:
    """A pipe that one thread rings and another waits for, beside a socket."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipe: tuple[int, int] | None = None

    def hang(self) -> None:
        """Open the pipe."""
        with self._lock:
            if self._pipe is None:
                self._pipe = os.pipe()

    def take_down(self) -> None:
        """Close the pipe; ringing is then in vain."""
        with self._lock:
            pipe, self._pipe = self._pipe, None
        for descriptor in pipe or ():
            os.close(descriptor)

    def ring(self) -> None:
        """End the wait that is going on, or the next one."""
        with self._lock:
            if self._pipe is not None:
                os.write(self._pipe[1], b"!")

    @property
    def descriptor(self) -> int:
        """What to wait for; readable once the bell has rung."""
        if self._pipe is None:
            raise RuntimeError("only a connector that has been entered can wait")
        return self._pipe[0]

    def wait(self, seconds: float) -> bool:
        """Wait for the bell alone; say whether it rang, and make it still."""
        poller = select.poll()
        poller.register(self.descriptor, select.POLLIN)
        rang = bool(poller.poll(max(0.0, seconds) * 1000))
        if rang:
            os.read(self.descriptor, 4096)
        return rang
