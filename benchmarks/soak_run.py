"""One soak: threads that deliver, break things, watch for drafts and measure, until all is done or the time is up."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count, cycle

from benchmarks.mailbox import messages
from benchmarks.soak_accounts import SoakAccount
from benchmarks.soak_record import SECOND_DRAFT_SECONDS, Record, Rejection, Sample, Size, Trouble
from benchmarks.soak_service import Service
from benchmarks.soak_troubles import Appointment, hold, plan
from tests.scan.mailroom import ME, PRIVATE, RECEIPT, make_mail

START_UP_SECONDS = 60.0
_REJECTION_EVERY = 20
_LAST_LOOK_SECONDS = 15.0
_TICK = 0.05


class Soak:
    """One run."""

    def __init__(self, accounts: Mapping[str, SoakAccount], service: Service, size: Size) -> None:
        self._accounts = accounts
        self._service = service
        self._size = size
        self._over = threading.Event()
        self._numbers = count(1)
        self._begun = 0.0
        self.record = Record(planned=size.messages)

    def run(self) -> None:
        """Go through all of it; end when nothing is to come any more, and at the deadline in any case."""
        self._service.start()
        self._await_start()
        self._begun = time.monotonic()
        busy = [*self._deliveries(), *self._troubles()]
        for work in (
            *busy,
            self._thread(self._look),
            self._thread(self._catch_up),
            self._thread(self._measure),
        ):
            work.start()
        deadline = self._begun + self._size.seconds + self._size.settle
        while time.monotonic() < deadline and not self._service.died():
            if not any(work.is_alive() for work in busy) and self._is_at_rest():
                break
            time.sleep(_TICK)
        self._over.set()
        self._end()

    def _is_at_rest(self) -> bool:
        """Say whether nothing is to come, and time enough has passed for whatever would be made a second time."""
        if self.record.missing() or self.record.going_on():
            return False
        now = time.monotonic()
        last = max((each.began for each in self.record.troubles), default=0.0)
        return now - last > SECOND_DRAFT_SECONDS and now - self.record.last_change() > _LAST_LOOK_SECONDS

    def _end(self) -> None:
        if self._service.died():
            self.record.broken.append("the service ended by itself")
        self._service.stop()
        self.record.broken += self._service.broken
        self._look_once()
        for name, account in self._accounts.items():
            self.record.broken += [f"{name}: {what}" for what in account.broken()]
        if self._service.ask("PRAGMA integrity_check") != [("ok",)]:
            self.record.broken.append("the ledger is damaged")
        log = self._service.log.read_text(encoding="utf-8")
        self.record.broken += [f"the log holds {word!r}" for word in (".example", "ya29.", ME) if word in log]

    # Threads ----------------------------------------------------------------------------------------------------------------

    def _thread(self, work: Callable[..., None], *about: object) -> threading.Thread:
        """Return a thread that does its work until the run is over; where it fails, the soak has failed."""

        def guarded() -> None:
            try:
                work(*about)
            except Exception as exc:
                self.record.broken.append(f"the soak itself failed: {exc!r} in {work.__name__}")

        return threading.Thread(target=guarded, daemon=True)

    def _deliveries(self) -> list[threading.Thread]:
        """Return a thread for each account: one that takes its time does not keep the others waiting."""
        names, shares = zip(*((name, each.share) for name, each in self._accounts.items()), strict=True)
        chosen = random.Random(11).choices(names, shares, k=self._size.messages)
        return [
            self._thread(self._deliver, name, [n for n, where in enumerate(chosen) if where == name])
            for name in names
        ]

    def _deliver(self, name: str, numbers: Sequence[int]) -> None:
        noise = _noise()
        for number in numbers:
            due = self._begun + number * self._size.seconds / self._size.messages
            if self._over.wait(max(0.0, due - time.monotonic())):
                return
            if number % _REJECTION_EVERY == _REJECTION_EVERY - 1:
                self._reject(name)
            else:
                self._accounts[name].deliver(next(noise))
            self.record.delivered[name] += 1

    def _reject(self, name: str) -> None:
        number = next(self._numbers)
        raw = make_mail(number=number, company=f"Firm {number}", sender=f"jo@firm{number}.example")
        source = f"source-{number}@firm{number}.example"
        self.record.rejections.append(Rejection(source=source, account=name, at=time.monotonic()))
        self._accounts[name].deliver(raw)

    def _troubles(self) -> list[threading.Thread]:
        def reject(name: str) -> None:
            self._reject(name)
            self.record.planned += 1
            self.record.delivered[name] += 1

        rows = plan(self._accounts, self._service, self._size, reject, random.Random(12))
        return [self._thread(self._undergo, row) for row in rows]

    def _undergo(self, row: Sequence[Appointment]) -> None:
        for each in row:
            due = self._begun + each.when * self._size.seconds
            if self._over.wait(max(0.0, due - time.monotonic())):
                return
            trouble = Trouble(name=each.name, accounts=each.accounts, began=time.monotonic())
            self.record.troubles.append(trouble)
            trouble.came_about = each.happens(hold(self._size))
            trouble.passed = datetime.now(UTC)

    def _catch_up(self) -> None:
        """Take note of when the accounts have caught up with what went wrong."""
        while not self._over.wait(_TICK):
            for trouble in self.record.going_on():
                if trouble.passed and self._service.waiting_since(trouble.passed, trouble.accounts):
                    trouble.ended = time.monotonic()
                    took = trouble.ended - trouble.began
                    print(
                        f"  {trouble.ended - self._begun:5.0f} s  {trouble.name}: {took:.1f} s until all was caught up",
                        flush=True,
                    )

    def _look(self) -> None:
        while not self._over.wait(_TICK):
            self._look_once()

    def _look_once(self) -> None:
        for account in self._accounts.values():
            for seen in account.look():
                self.record.drafts.setdefault(seen.answers, []).append(seen.at)

    def _measure(self) -> None:
        while not self._over.wait(1.0):
            life, when = self._service.lives, (time.monotonic() - self._begun) / self._size.seconds
            try:
                memory, files = self._service.memory(), self._service.files()
            except (OSError, IndexError):  # between two lives
                continue
            if life == self._service.lives:
                self.record.samples.append(Sample(when=when, life=life, memory=memory, files=files))

    def _await_start(self) -> None:
        since, end = datetime.now(UTC), time.monotonic() + START_UP_SECONDS
        while not self._service.waiting_since(since, tuple(self._accounts)):
            if self._service.died() or time.monotonic() > end:
                raise TimeoutError(f"the service was not ready after {START_UP_SECONDS:.0f} seconds")
            time.sleep(_TICK)


def _noise() -> Iterator[bytes]:
    """Yield mail that calls for nothing: half of it small, half in the sizes and shapes that mail has."""
    for number, shaped in enumerate(cycle(_shaped())):
        yield shaped
        body = RECEIPT if number % 4 == 0 else PRIVATE
        yield make_mail(body, number=900_000 + number, sender="li@else.example", company="Else")


def _shaped() -> list[bytes]:
    return [raw for number, raw in enumerate(messages(2000, attachments=False)) if number % 20]
