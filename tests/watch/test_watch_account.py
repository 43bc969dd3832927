"""One account's thread over a real Maildir behind a line that fails in every way."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Self

import pytest

from mailhook.connector import Connector
from mailhook.errors import LedgerError, LoginRefused, Unreachable, UsageError
from mailhook.ledger.ledger import Ledger
from mailhook.scan.place import job_of
from mailhook.scan.rehearsal import OnlyRead
from mailhook.scan.report import Report
from mailhook.watch import account
from mailhook.watch.account import AccountWatch
from tests.scan.mailroom import Mailroom, the_judge
from tests.watch.running import until


@dataclass(slots=True)
class Line:
    """What happens on the way to the store: faults at login and while waiting, one after the other, then none."""

    at_login: list[Exception] = field(default_factory=list)
    while_waiting: list[Exception] = field(default_factory=list)
    hangs: threading.Event | None = None
    logins: int = 0
    waits: int = 0


class Store(OnlyRead):
    """The real store, at the end of such a line."""

    def __init__(self, store: Connector, line: Line) -> None:
        super().__init__(store)
        self.line = line
        self.keep = store.keep  # type: ignore[method-assign]  # what is kept is really kept

    def __enter__(self) -> Self:
        self.line.logins += 1
        if self.line.at_login:
            raise self.line.at_login.pop(0)
        return super().__enter__()

    def wait(self, seconds: float) -> bool:
        """Wait as the store does, or fail, or hang."""
        self.line.waits += 1
        if self.line.while_waiting:
            raise self.line.while_waiting.pop(0)
        if self.line.hangs is not None:
            self.line.hangs.wait(60)
        return self._store.wait(seconds)


@dataclass(slots=True)
class Watched:
    """A thread that watches, and what it has told."""

    watch: AccountWatch
    reports: list[Report]
    faults: list[tuple[str, str]]
    paces: list[tuple[str, int]]
    ledger: Ledger


Watching = Callable[[Line], Watched]


@pytest.fixture
def watching(room: Mailroom) -> Iterator[Watching]:
    """Begin to watch at the end of a line; faults are followed by no wait, three refused logins by a pause."""
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger.open(room.config.ledger))

        def begin(line: Line) -> Watched:
            return stack.enter_context(_watching(room, ledger, line))

        yield begin


@contextmanager
def _watching(room: Mailroom, ledger: Ledger, line: Line) -> Iterator[Watched]:
    reports: list[Report] = []
    faults: list[tuple[str, str]] = []
    paces: list[tuple[str, int]] = []

    def pace(fault: Exception, failures: int) -> float | None:
        paces.append((type(fault).__name__, failures))
        return None if isinstance(fault, LoginRefused) and failures == 3 else 0.01

    job = job_of(room.config, room.config.accounts["personal"], ledger, clock=room.clock, judge=the_judge())
    inner = job.open_mailbox
    watch = AccountWatch(
        replace(job, open_mailbox=lambda: Store(inner(), line)),
        poll_seconds=30.0,
        told=reports.append,
        told_fault=lambda account, action, sentence: faults.append((action, sentence)),
        pace=pace,
    )
    watch.start()
    try:
        yield Watched(watch, reports, faults, paces, ledger)
    finally:
        if line.hangs is not None:
            line.hangs.set()
        watch.stop()
        assert watch.join(30)


def state(watched: Watched) -> str:
    """Return what the thread says of itself in the ledger."""
    beats = watched.ledger.heartbeats()
    return beats[0].state if beats else ""


def test_after_a_broken_connection_everything_is_caught_up(room: Mailroom, watching: Watching) -> None:
    """Mail that came while nobody listened is answered by the first pass of the next connection."""
    line = Line(while_waiting=[Unreachable("the connection broke")])
    room.scan()
    room.deliver(number=1)
    watched = watching(line)
    assert until(room.drafts)
    assert until(lambda: line.logins == 2 and state(watched) == "waiting")
    assert watched.paces == [("Unreachable", 1)]


def test_failures_in_a_row_are_counted(watching: Watching) -> None:
    """Each makes the next wait longer; what paces is told their number."""
    line = Line(at_login=[Unreachable("no route")] * 4)
    watched = watching(line)
    assert until(lambda: state(watched) == "waiting")
    assert watched.paces == [("Unreachable", 1), ("Unreachable", 2), ("Unreachable", 3), ("Unreachable", 4)]
    assert watched.ledger.heartbeats()[0].fault is None


def test_a_line_that_is_cut_now_and_then_is_taken_up_again_at_once_every_time(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all had been caught up and the connection had held, the next fault is a first one; refused logins are not."""
    monkeypatch.setattr(account, "_STEADY_SECONDS", 0.0)
    line = Line(at_login=[Unreachable("no route")] * 2, while_waiting=[Unreachable("the line was cut")] * 3)
    watched = watching(line)
    assert until(lambda: line.waits == 4 and state(watched) == "waiting")
    assert [failures for _, failures in watched.paces] == [1, 2, 1, 1, 1]


def test_three_refused_logins_pause_the_account_and_the_person_is_told(watching: Watching) -> None:
    """No fourth try, for it may lock the account; the fault stands in the ledger for `status`."""
    line = Line(at_login=[LoginRefused("the password of alex@example.org was refused")] * 9)
    watched = watching(line)
    assert until(lambda: state(watched) == "paused")
    assert watched.faults == [("account-paused", "the password of alex@example.org was refused")]
    assert watched.ledger.heartbeats()[0].fault == "the password of …@… was refused"
    assert watched.watch.overdue() < 0
    assert line.logins == 3


def test_something_unforeseen_ends_neither_the_thread_nor_the_service(watching: Watching) -> None:
    """It is logged by its place; what it says may quote mail, and is not repeated."""
    line = Line(while_waiting=[ValueError("CANARY")])
    watched = watching(line)
    assert until(lambda: line.logins == 2 and state(watched) == "waiting")
    assert watched.paces == [("ValueError", 1)]


def test_a_machine_that_has_slept_connects_anew(room: Mailroom, watching: Watching) -> None:
    """The old connection may be dead without anybody having noticed."""
    line = Line()
    watched = watching(line)
    assert until(lambda: state(watched) == "waiting")
    watched.watch.refresh()
    assert until(lambda: line.logins == 2 and state(watched) == "waiting")
    room.deliver()
    assert until(room.drafts)


def test_a_thread_that_hangs_is_overdue_and_its_successor_does_the_work(
    room: Mailroom, watching: Watching
) -> None:
    """What the old one still does when it wakes is not done twice: it has been told to end."""
    hanging = Line(hangs=threading.Event())
    old = watching(hanging)
    assert until(lambda: hanging.waits == 1)
    assert old.watch.overdue() < 0
    old.watch.stop()
    fresh = watching(Line())
    room.deliver()
    assert until(room.drafts)
    assert hanging.hangs is not None
    hanging.hangs.set()
    assert old.watch.join(30)
    assert fresh.watch.alive()
    assert len(room.drafts()) == 1


def test_a_lost_answer_is_looked_for_again_in_a_minute_not_at_the_next_poll(
    room: Mailroom, watching: Watching
) -> None:
    """The wait after a pass with a draft in doubt is a minute and a second."""
    from tests.scan.test_scan_protocol import faulty, lost

    room.scan()
    room.deliver()
    room.scan(wrap=faulty(lost(), keeps=False))
    asked: list[float] = []
    watched = watching(Line())
    watched.watch.stop()
    assert watched.watch.join(30)
    job = watched.watch._job

    class Listening(Store):
        def wait(self, seconds: float) -> bool:
            asked.append(seconds)
            late.stop()
            return False

    inner = job.open_mailbox
    late = AccountWatch(
        replace(job, open_mailbox=lambda: Listening(inner(), Line())),
        poll_seconds=300.0,
        told=lambda report: None,
        told_fault=lambda account, action, sentence: None,
    )
    late.start()
    assert late.join(30)
    assert asked == [61.0]


def test_a_fault_that_does_not_pass_by_itself_is_told_at_once(watching: Watching) -> None:
    """A keyring that is locked, a disk that is full: somebody has to know, though mailhook keeps trying."""
    line = Line(
        at_login=[
            Unreachable("no route"),
            UsageError("the keyring is locked"),
            LedgerError("the disk is full"),
        ]
    )
    watched = watching(line)
    assert until(lambda: state(watched) == "waiting")
    assert watched.faults == [
        ("account-fault", "the keyring is locked"),
        ("account-fault", "the disk is full"),
    ]
