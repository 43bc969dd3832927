"""One account, watched by a thread of its own: pass, wait, pass; after a fault, leave it alone for a while and catch up."""

import logging
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from traceback import extract_tb
from typing import Any

from mailhook.connector import Connector
from mailhook.errors import LedgerError, MailhookError, NoDrafts, OverQuota, UsageError
from mailhook.ledger.records import Heartbeat
from mailhook.scan.job import Job
from mailhook.scan.report import Report
from mailhook.scan.run import scan_account
from mailhook.watch.logs import redacted
from mailhook.watch.pace import seconds_until_next_try

_log = logging.getLogger("mailhook.watch")

# A connection that has held for so long after all was caught up has shown that the trouble is over. Short, for there are servers
# and lines that end every connection after a few minutes: no reason to stay away for longer and longer.
_STEADY_SECONDS = 60.0
# Longer than any one step between two signs of progress may take.
STEP_SECONDS = 300.0
_GRACE_SECONDS = 60.0
# An answer that was lost is looked for a second time after this long.
_SECOND_LOOK_SECONDS = 61.0
# These do not pass by themselves.
_FOR_THE_PERSON = (LedgerError, UsageError, OverQuota, NoDrafts)


def pace_by_chance(fault: Exception, failures: int) -> float | None:
    """Draw how long to leave an account alone."""
    return seconds_until_next_try(fault, failures, chance=random.random())  # noqa: S311  (no secret)


class AccountWatch:
    """Watches one account until told to stop. Other threads may call `stop`, `refresh`, and the questions."""

    def __init__(
        self,
        job: Job,
        *,
        poll_seconds: float,
        told: Callable[[Report], None],
        told_fault: Callable[[str, str, str], None],
        pace: Callable[[Exception, int], float | None] = pace_by_chance,
    ) -> None:
        self.account = job.account
        self._job = replace(job, stop=self._is_stopping, progress=self._progress)
        self._poll_seconds = poll_seconds
        self._told = told
        self._told_fault = told_fault
        self._pace = pace
        self._stopping = False
        self._refresh = False
        self._wake = threading.Event()
        self._mailbox: Connector | None = None
        self._caught_up = float("inf")
        self._deadline = time.monotonic() + STEP_SECONDS
        self._heartbeat = Heartbeat(account=job.account, pid=os.getpid(), at=job.clock(), state="starting")
        self._thread = threading.Thread(target=self._run, name=f"watch-{job.account}", daemon=True)

    # --- for other threads -----------------------------------------------------------------------

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end after the message it is at."""
        self._stopping = True
        self._rouse()

    def refresh(self) -> None:
        """Ask the thread to connect anew and catch up, for the machine has slept, or the old connection hangs."""
        self._refresh = True
        self._rouse()

    def join(self, seconds: float) -> bool:
        """Wait for the thread to end; say whether it has."""
        self._thread.join(max(seconds, 0.0))
        return not self._thread.is_alive()

    def overdue(self) -> float:
        """Say for how many seconds the thread should have shown progress; negative where all is well."""
        return time.monotonic() - self._deadline

    def alive(self) -> bool:
        """Say whether the thread runs."""
        return self._thread.is_alive()

    def beat(self) -> None:
        """Write the last sign of life into the ledger, where it is one."""
        if self.overdue() < 0:
            self._heartbeat = replace(self._heartbeat, at=self._job.clock())
            with suppress(LedgerError):
                self._job.ledger.beat(self._heartbeat)

    def _rouse(self) -> None:
        self._wake.set()
        mailbox = self._mailbox
        if mailbox is not None:
            mailbox.interrupt()

    # --- the thread --------------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            self._refresh = False
            self._wake.clear()
            self._caught_up = float("inf")
            try:
                self._serve()
                failures = 0
            except Exception as exc:  # noqa: BLE001  (nothing that happens to one account may end the service)
                if self._is_stopping():
                    break
                steady = time.monotonic() - self._caught_up >= _STEADY_SECONDS
                failures = 1 if steady else failures + 1
                self._leave_alone(exc, failures)
            finally:
                self._mailbox = None
        self._say("stopped")

    def _serve(self) -> None:
        """Hold one connection for as long as it lasts."""
        self._say("connecting")
        self._expect(STEP_SECONDS)
        with self._job.open_mailbox() as mailbox:
            self._mailbox = mailbox
            self._say("scanning", connected=self._job.clock(), fault=None, next_try=None)
            while self._goes_on():
                seconds = self._go_over(mailbox)
                if not self._goes_on():
                    return
                self._caught_up = min(self._caught_up, time.monotonic())
                self._say("waiting")
                self._expect(seconds + _GRACE_SECONDS)
                mailbox.wait(seconds)

    def _go_over(self, mailbox: Connector) -> float:
        """Go over the account once; return how long to wait for more."""
        self._expect(STEP_SECONDS)
        report = scan_account(replace(self._job, mailbox=mailbox))
        if report.fault is not None and not report.complete:
            raise report.fault
        self._told(report)
        self._heartbeat = replace(self._heartbeat, fault=redacted(_waits_for_person(report)) or None)
        doubtful = any(note.action == "draft-ambiguous" for note in report.notes)
        return min(self._poll_seconds, _SECOND_LOOK_SECONDS) if doubtful else self._poll_seconds

    def _leave_alone(self, exc: Exception, failures: int) -> None:
        """Wait as long as the fault calls for: for ever where only the person can help."""
        sentence = str(exc) if isinstance(exc, MailhookError) else _unforeseen(exc)
        seconds = self._pace(exc, failures)
        state, action = ("paused", "account-paused") if seconds is None else ("fault", "account-fault")
        until = None if seconds is None else self._job.clock() + timedelta(seconds=seconds)
        _log.warning("%s", _with_next_try(sentence, until), extra={"action": action, "account": self.account})
        if seconds is None or isinstance(exc, _FOR_THE_PERSON):
            self._told_fault(self.account, action, sentence)
        self._say(state, connected=None, fault=redacted(sentence), next_try=until)
        self._deadline = float("inf") if seconds is None else time.monotonic() + seconds + _GRACE_SECONDS
        self._wake.wait(seconds)

    def _goes_on(self) -> bool:
        """Say whether this connection is to be held on to."""
        return not (self._stopping or self._refresh)

    def _is_stopping(self) -> bool:
        return self._stopping

    def _progress(self, _read: int) -> None:
        self._expect(STEP_SECONDS)

    def _expect(self, seconds: float) -> None:
        """Promise a sign of progress within that long."""
        self._deadline = time.monotonic() + seconds

    def _say(self, state: str, **about: Any) -> None:
        """Take note of what this account is doing, here and in the ledger."""
        self._heartbeat = replace(self._heartbeat, at=self._job.clock(), state=state, **about)
        with suppress(LedgerError):  # the pass itself will say so
            self._job.ledger.beat(self._heartbeat)


def _waits_for_person(report: Report) -> str:
    """Return what in a pass that went to its end the person must still see to, or nothing."""
    if report.fault is not None:
        return str(report.fault)
    return next((note.sentence for note in report.notes if note.needs_person), "")


def _with_next_try(sentence: str, until: datetime | None) -> str:
    if until is None:
        return f"{sentence}. Nothing is tried again before you have seen to it and restarted or reloaded mailhook"
    return f"{sentence} (next try at {until.astimezone():%H:%M:%S})"


def _unforeseen(exc: Exception) -> str:
    """Say where something unforeseen happened; what it says may quote mail, so that is left out."""
    frames = extract_tb(exc.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"something unforeseen happened ({type(exc).__name__} at {place}); please report it"
