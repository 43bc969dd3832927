"""All accounts, watched for as long as the system lets us: signals, sleep, hanging connections, systemd."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mailhook.config import Config
from mailhook.errors import MailhookError
from mailhook.ledger.ledger import Ledger
from mailhook.scan.lock import only_one
from mailhook.scan.place import job_of, reading_of
from mailhook.watch.account import AccountWatch
from mailhook.watch.notify import Notifier
from mailhook.watch.signals import Asked, heard_signals
from mailhook.watch.sleep import Clocks
from mailhook.watch.systemd import tell_reloading, tell_systemd, watchdog_seconds

_log = logging.getLogger("mailhook.watch")

_TICK_SECONDS = 5.0
_BEAT_SECONDS = 60.0
_STOP_SECONDS = 20.0
# After a sleep so long connections are not to be trusted.
_SLEPT_SECONDS = 30.0
# A thread so long overdue hangs in a call that nothing can end: another takes its place.
_ABANDON_SECONDS = 30.0


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def watch(load: Callable[[], Config], *, clock: Callable[[], datetime] = now) -> None:
    """Watch all accounts until a signal says stop. `load` reads the configuration, again at each SIGHUP.

    Waits while another mailhook is at work on the state folder. Raise ConfigError at the start, LedgerError where there is no ledger to work with.
    """
    config = load()
    with heard_signals() as asked, _alone(config.state, asked) as free:
        if not free:
            return
        with Ledger.open(config.ledger) as ledger:
            service = _Service(load, config, ledger, asked, clock)
            service.run()


@contextmanager
def _alone(state: Path, asked: Asked) -> Iterator[bool]:
    """Hold the state folder's lock; wait for whoever holds it, unless asked to stop meanwhile."""
    said = False
    while not asked.stop:
        with only_one(state) as free:
            if free:
                yield True
                return
        if not said:
            _log.info("another mailhook is at work here; waiting for it to end", extra={"action": "waiting"})
            said = True
        asked.wait(1.0)
    yield False


class _Service:
    def __init__(
        self,
        load: Callable[[], Config],
        config: Config,
        ledger: Ledger,
        asked: Asked,
        clock: Callable[[], datetime],
    ) -> None:
        self._load = load
        self._config = config
        self._ledger = ledger
        self._asked = asked
        self._clock = clock
        self._notifier = Notifier(config.notify)
        self._reading = reading_of(config)
        self._watches: list[AccountWatch] = []
        self._clocks = Clocks(time.time(), time.monotonic())
        self._beaten = time.monotonic()

    def run(self) -> None:
        """Watch until asked to stop."""
        self._start_all()
        names = ", ".join(each.account for each in self._watches)
        _log.info("watching %s", names, extra={"action": "started"})
        tell_systemd("READY=1", f"STATUS=watching {names}")
        tick = min(_TICK_SECONDS, (watchdog_seconds() or _TICK_SECONDS * 2) / 2)
        try:
            while not self._asked.stop:
                self._asked.wait(tick)
                if self._asked.take_reload():
                    self._reload()
                self._look_after()
        finally:
            tell_systemd("STOPPING=1")
            self._stop_all()
            _log.info("stopped", extra={"action": "stopped"})

    def _start_all(self) -> None:
        self._reading.begin()
        self._watches = [self._watch_of(name) for name in self._config.accounts]
        for each in self._watches:
            each.start()

    def _watch_of(self, name: str) -> AccountWatch:
        return AccountWatch(
            job_of(
                self._config,
                self._config.accounts[name],
                self._ledger,
                clock=self._clock,
                reading=self._reading,
            ),
            poll_seconds=self._config.scan.poll_minutes * 60,
            told=self._notifier.tell,
            told_fault=self._notifier.tell_fault,
        )

    def _stop_all(self) -> None:
        """End every thread; one that does not end is left, and what it was writing is in the ledger as doubtful."""
        deadline = time.monotonic() + _STOP_SECONDS
        for each in self._watches:
            each.stop()
        for each in self._watches:
            if not each.join(deadline - time.monotonic()):
                _log.warning(
                    "a step did not end in time; what it was writing is looked up at the next start",
                    extra={"action": "left-in-doubt", "account": each.account},
                )
        self._reading.close()

    def _reload(self) -> None:
        """Read the configuration again; a wrong one changes nothing."""
        tell_reloading()
        try:
            config = self._load()
        except MailhookError as exc:
            _log.error("%s; going on as before", exc, extra={"action": "reload-refused"})
        else:
            self._stop_all()
            self._config = config
            self._notifier = Notifier(config.notify)
            self._reading = reading_of(config)
            self._start_all()
            _log.info("the configuration was read again", extra={"action": "reloaded"})
        tell_systemd("READY=1")

    def _look_after(self) -> None:
        """See that the machine has not slept, and that no thread hangs or has died; tell systemd and the ledger."""
        self._after_sleep()
        for number, each in enumerate(self._watches):
            if each.overdue() > 0 or not each.alive():
                self._rescue(number, each)
        if all(each.alive() for each in self._watches):
            tell_systemd("WATCHDOG=1")
        if time.monotonic() - self._beaten >= _BEAT_SECONDS:
            self._beaten = time.monotonic()
            for each in self._watches:
                each.beat()

    def _after_sleep(self) -> None:
        if self._clocks.slept(time.time(), time.monotonic()) < _SLEPT_SECONDS:
            return
        _log.info("the machine has slept; connecting anew", extra={"action": "woken"})
        for each in self._watches:
            each.refresh()

    def _rescue(self, number: int, each: AccountWatch) -> None:
        """Rouse a thread that hangs; where that does not help, put another in its place.

        Whatever the old one still does is refused: the new one's pass takes the lease, and the ledger knows the fence.
        """
        if each.alive() and each.overdue() < _ABANDON_SECONDS:
            each.refresh()
            return
        _log.warning(
            "no progress; starting anew", extra={"action": "watch-replaced", "account": each.account}
        )
        each.stop()
        self._watches[number] = self._watch_of(each.account)
        self._watches[number].start()
