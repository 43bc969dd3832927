"""A soak: `mailhook watch` on three accounts through two hours' worth of mail and trouble, in minutes. `python -m benchmarks soak`.

Ten thousand deliveries to a Dovecot (over IDLE), a Gmail (the tests' emulator) and a Maildir, one in twenty a rejection that calls for a
draft; meanwhile servers restart, lines break, fall silent and lose answers, the disk fills, and the service is killed in the middle of its
work. Nothing may be lost, made twice or touched. Servers, mail and state lie in a temporary folder and on 127.0.0.1, and go at the end.

`SOAK_MESSAGES` (10000) and `SOAK_SECONDS` (900) bound it; up to `SOAK_SETTLE` (240) more seconds are waited for drafts that were in doubt.
Exit status 1 where something that must hold does not. Latency is judged on mail that arrived while nothing was wrong with its account,
and the median on all mail: how long a broken server stays broken is the soak's choice.
"""

import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from benchmarks.mailbox import messages
from benchmarks.soak_accounts import ACCOUNTS, PASSWORD_VARIABLE, SoakAccount
from benchmarks.soak_service import Service, end_on_signals
from tests.scan.mailroom import ME, PRIVATE, RECEIPT, make_mail
from tests.servers.dovecot import PASSWORD
from tests.servers.gmail.emulator import ADDRESS

MESSAGES = int(os.environ.get("SOAK_MESSAGES", "10000"))
SECONDS = float(os.environ.get("SOAK_SECONDS", "900"))
SETTLE = float(os.environ.get("SOAK_SETTLE", "240"))
NAMES = tuple(os.environ.get("SOAK_ACCOUNTS", ",".join(ACCOUNTS)).split(","))
REJECTION_EVERY = 20
KILLS = 6
# The service is killed in the first part; then one life lasts to the end, so that its memory can be judged after a warm-up.
LAST_LIFE, WARM = 0.3, 0.42
MEDIAN_GOAL, LATE_GOAL, GROWTH_GOAL = 2.0, 10.0, 0.10
_TICK = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A delivery that calls for a draft (times are monotonic)."""

    source: str
    account: str
    at: float


@dataclass(slots=True, kw_only=True)
class Trouble:
    """Something that went wrong with some accounts, until they had caught up with it."""

    name: str
    accounts: Sequence[str]
    began: float
    ended: float = float("inf")

    def touches(self, rejection: Rejection) -> bool:
        """Say whether it was going on when a rejection arrived, or so soon after that its draft was still to come."""
        return rejection.account in self.accounts and self.began - 5.0 <= rejection.at <= self.ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the service cost at a moment of the run (0 to 1) in one of its lives."""

    when: float
    life: int
    memory: float
    files: int


@dataclass(slots=True)
class Record:
    """What happened, in order."""

    rejections: list[Rejection] = field(default_factory=list)
    delivered: Counter[str] = field(default_factory=Counter)
    drafts: dict[str, list[float]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def missing(self) -> list[Rejection]:
        """Return the rejections that have no draft yet."""
        return [each for each in self.rejections if each.source not in self.drafts]


class Soak:
    """One run."""

    def __init__(self, accounts: Mapping[str, SoakAccount], service: Service) -> None:
        self._accounts = accounts
        self._service = service
        self._chance = random.Random(11)
        self._over = threading.Event()
        self._rejected = threading.Event()
        self._begun = 0.0
        self.record = Record()

    def run(self) -> None:
        """Go through all of it."""
        self._service.start()
        self._await_calm(datetime.now(UTC), self._accounts, seconds=120)
        self._begun = time.monotonic()
        threads = [
            threading.Thread(target=self._guarded, args=(work,), daemon=True)
            for work in (self._deliver, self._look, self._measure)
        ]
        for thread in threads:
            thread.start()
        self._go_through_troubles()
        threads[0].join()
        print(f"  {self._clock()}  all delivered; {len(self.record.missing())} drafts to come", flush=True)
        settled = time.monotonic() + SETTLE
        while (self.record.missing() or not self._beyond_the_last_look()) and time.monotonic() < settled:
            time.sleep(_TICK)
        self._over.set()
        for thread in threads:
            thread.join()
        self._end()

    def _beyond_the_last_look(self) -> bool:
        """Say whether enough time has passed since the last draft for a second one of the same to be seen."""
        last = max((max(times) for times in self.record.drafts.values()), default=self._begun)
        return time.monotonic() - last > 15

    def _end(self) -> None:
        status = self._service.stop()
        if status != 0:
            self.record.broken.append(f"the service ended with {status}")
        self._look_once()
        for name, account in self._accounts.items():
            self.record.broken += [f"{name}: {what}" for what in account.broken()]
        if self._service.ask("PRAGMA integrity_check") != [("ok",)]:
            self.record.broken.append("the ledger is damaged")
        log = self._service.log.read_text(encoding="utf-8")
        self.record.broken += [f"the log holds {word!r}" for word in (".example", "ya29.", ME) if word in log]

    # Threads ----------------------------------------------------------------------------------------------------------------

    def _guarded(self, work: Callable[[], None]) -> None:
        """Run a thread's work; where it fails, the soak has failed."""
        try:
            work()
        except Exception as exc:
            self.record.broken.append(f"the soak itself failed: {exc!r} in {work.__name__}")

    def _deliver(self) -> None:
        names, shares = zip(*((name, each.share) for name, each in self._accounts.items()), strict=True)
        noise = _noise()
        for number in range(MESSAGES):
            time.sleep(max(0.0, self._begun + number * SECONDS / MESSAGES - time.monotonic()))
            (name,) = self._chance.choices(names, shares)
            if number % REJECTION_EVERY == REJECTION_EVERY - 1:
                self._reject(name, number)
            else:
                self._accounts[name].deliver(next(noise))
            self.record.delivered[name] += 1

    def _reject(self, name: str, number: int) -> None:
        sender = f"jo@firm{number}.example"
        raw = make_mail(number=number, company=f"Firm {number}", sender=sender)
        source = f"source-{number}@firm{number}.example"
        self.record.rejections.append(Rejection(source=source, account=name, at=time.monotonic()))
        self._accounts[name].deliver(raw)
        self._rejected.set()

    def _look(self) -> None:
        while not self._over.wait(_TICK):
            self._look_once()

    def _look_once(self) -> None:
        for account in self._accounts.values():
            for seen in account.look():
                self.record.drafts.setdefault(seen.answers, []).append(seen.at)

    def _measure(self) -> None:
        while not self._over.wait(1.0):
            life = self._service.lives
            try:
                sample = Sample(
                    when=self._progress(),
                    life=life,
                    memory=self._service.memory(),
                    files=self._service.files(),
                )
            except (OSError, IndexError):  # between two lives
                continue
            if life == self._service.lives:
                self.record.samples.append(sample)

    # Troubles ---------------------------------------------------------------------------------------------------------------

    def _progress(self) -> float:
        return (time.monotonic() - self._begun) / SECONDS

    def _clock(self) -> str:
        return f"{time.monotonic() - self._begun:5.0f} s"

    def _go_through_troubles(self) -> None:
        hold = min(8.0, SECONDS / 60)
        everyone = tuple(self._accounts)
        for number in range(KILLS):
            self._wait_for(LAST_LIFE * (number + 0.5) / (KILLS + 1))
            self._undergo("service killed", everyone, self._kill)
        self._wait_for(LAST_LIFE * (KILLS + 0.5) / (KILLS + 1))
        self._undergo("service asked to stop, started again", everyone, self._restart)
        planned: list[tuple[str, Sequence[str], Callable[[], None]]] = [
            (f"{name}: {day.name}", (name,), lambda day=day: day.happens(hold))  # type: ignore[misc]  # bound now, not at the end of the loop
            for name, account in self._accounts.items()
            for day in account.bad_days()
        ]
        planned.insert(
            len(planned) // 2, ("disk full", everyone, lambda: self._service.fill_the_disk(2 * hold))
        )
        for number, (name, accounts, happens) in enumerate(planned):
            self._wait_for(WARM + (0.9 - WARM) * number / len(planned))
            self._undergo(name, accounts, happens)

    def _wait_for(self, progress: float) -> None:
        time.sleep(max(0.0, (progress - self._progress()) * SECONDS))

    def _undergo(self, name: str, accounts: Sequence[str], happens: Callable[[], None]) -> None:
        """Let something happen, and wait until the accounts have caught up with it."""
        trouble = Trouble(name=name, accounts=accounts, began=time.monotonic())
        self.record.troubles.append(trouble)
        happens()
        over = datetime.now(UTC)
        self._await_calm(over, accounts, seconds=120)
        trouble.ended = time.monotonic()
        print(
            f"  {self._clock()}  {name}: {trouble.ended - trouble.began:.1f} s until all was caught up",
            flush=True,
        )

    def _await_calm(
        self, since: datetime, accounts: Sequence[str] | Mapping[str, object], *, seconds: float
    ) -> None:
        end = time.monotonic() + seconds
        while not self._service.waiting_since(since, tuple(accounts)):
            if self._service.died():
                self.record.broken.append("the service ended by itself")
                return
            if time.monotonic() > end:
                self.record.broken.append(
                    f"{', '.join(accounts)} had not caught up after {seconds:.0f} seconds"
                )
                return
            time.sleep(_TICK)

    def _kill(self) -> None:
        """In the middle of its work: a moment after a rejection has arrived."""
        self._rejected.clear()
        self._rejected.wait(30)
        time.sleep(self._chance.uniform(0.0, 0.25))
        self._service.kill()
        self._service.start()

    def _restart(self) -> None:
        if (status := self._service.stop()) != 0:
            self.record.broken.append(f"asked to stop, the service ended with {status}")
        self._service.start()


def _noise() -> Iterator[bytes]:
    """Yield mail that calls for nothing: half of it small, half in the sizes and shapes that mail has."""
    number = 0
    for number, shaped in enumerate(cycle(_shaped())):
        yield shaped
        body = RECEIPT if number % 4 == 0 else PRIVATE
        yield make_mail(body, number=900_000 + number, sender="li@else.example", company="Else")


def _shaped() -> list[bytes]:
    return [raw for number, raw in enumerate(messages(2000, attachments=False)) if number % 20]


# The report ------------------------------------------------------------------------------------------------------------------


def report(record: Record) -> list[str]:
    """Print the figures; return what must hold and does not."""
    wrong = list(record.broken)
    wrong += _counts(record)
    wrong += _latency(record)
    wrong += _costs(record)
    return wrong


def _counts(record: Record) -> list[str]:
    expected = {each.source for each in record.rejections}
    lost, twice = record.missing(), [s for s, times in record.drafts.items() if len(times) > 1]
    unasked = sorted(set(record.drafts) - expected)
    where = ", ".join(f"{name} {count}" for name, count in sorted(record.delivered.items()))
    print(f"deliveries  {record.delivered.total()} ({where}); troubles {len(record.troubles)}")
    print(
        f"drafts      expected {len(expected)}, found {len(expected) - len(lost)}; lost {len(lost)}, twice {len(twice)}, "
        f"unasked {len(unasked)}   goal: none of the last three"
    )
    return [
        *(f"lost: {each.source} ({each.account})" for each in lost),
        *(f"made twice: {source}" for source in twice),
        *(f"never asked for: {source}" for source in unasked),
    ]


def _latency(record: Record) -> list[str]:
    took = {
        each: min(record.drafts[each.source]) - each.at
        for each in record.rejections
        if each.source in record.drafts
    }
    calm = {
        each: seconds for each, seconds in took.items() if not any(t.touches(each) for t in record.troubles)
    }
    if not calm:
        return ["no mail arrived while nothing was wrong: give it more time"]
    print(f"latency     all mail: {_spread(took.values())}")
    print(
        f"            while nothing was wrong: {_spread(calm.values())}   goal: median < 2 s, 99th percentile < 10 s"
    )
    for name in sorted(record.delivered):
        own = [seconds for each, seconds in calm.items() if each.account == name]
        print(f"            {name:8} {_spread(own)}")
    found = []
    if statistics.median(took.values()) >= MEDIAN_GOAL:
        found.append(f"the median of all mail's latency is not below {MEDIAN_GOAL} s")
    if _percentile(calm.values(), 0.99) >= LATE_GOAL:
        found.append(f"the 99th percentile of latency is not below {LATE_GOAL} s")
    return found


def _spread(values: Iterable[float]) -> str:
    found = sorted(values)
    if not found:
        return "nothing to measure"
    return (
        f"median {statistics.median(found):.2f} s, 99th percentile {_percentile(found, 0.99):.2f} s, "
        f"longest {found[-1]:.1f} s ({len(found)} drafts)"
    )


def _percentile(values: Iterable[float], part: float) -> float:
    found = sorted(values)
    return float(found[min(len(found) - 1, int(len(found) * part))])


def _costs(record: Record) -> list[str]:
    last = max((each.life for each in record.samples), default=0)
    life = [each for each in record.samples if each.life == last and each.when >= WARM - 0.04]
    if len(life) < 10:
        print("memory      not measured: too short a run, or a system without /proc")
        return []
    window = max(3, len(life) // 12)
    first, final = life[:window], life[-window:]
    start, end = (statistics.median(each.memory for each in part) for part in (first, final))
    growth = end / start - 1
    print(f"memory      after warm-up {start:.1f} MB, at the end {end:.1f} MB: {growth:+.1%}   goal: < +10 %")
    files = [statistics.median(each.files for each in part) for part in (first, final)]
    print(
        f"files open  after warm-up {files[0]:.0f}, at the end {files[1]:.0f}; at most {max(e.files for e in life)}"
    )
    found = []
    if growth >= GROWTH_GOAL:
        found.append(f"memory has grown by {growth:.1%}")
    if files[1] > files[0] + 3:
        found.append(f"{files[1] - files[0]:.0f} file descriptors were not given back")
    return found


def main() -> None:
    """Soak, and say how it went."""
    end_on_signals()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="mailhook-soak-", ignore_cleanup_errors=True)
            )
        )
        accounts: dict[str, SoakAccount] = {}
        for name in NAMES:
            accounts[name] = ACCOUNTS[name](folder)
            stack.callback(accounts[name].close)
        environment = {
            PASSWORD_VARIABLE: PASSWORD,
            "XDG_CACHE_HOME": str(folder / "cache"),
            "OAUTHLIB_INSECURE_TRANSPORT": "1",  # the sign-in library insists on https, and the emulator is on this machine
        }
        service = Service(folder, _configuration(folder, accounts), environment)
        stack.callback(service.close)
        print(f"{MESSAGES} deliveries in {SECONDS:.0f} s, as in two hours; {', '.join(accounts)}", flush=True)
        print(f"full disk: {service.how_the_disk_fills}", flush=True)
        soak = Soak(accounts, service)
        soak.run()
        wrong = report(soak.record)
        if wrong and (kept := os.environ.get("SOAK_LOG")):
            Path(kept).write_bytes(service.log.read_bytes())
    for each in wrong:
        print(f"WRONG: {each}")
    if wrong:
        sys.exit(1)
    print("nothing lost, nothing twice, nothing touched")


def _configuration(folder: Path, accounts: Mapping[str, SoakAccount]) -> Path:
    path = folder / "config.toml"
    sections = "\n".join(f"[accounts.{name}]\n{each.section()}" for name, each in accounts.items())
    path.write_text(
        f'[me]\nname = "Alex Morgan"\naddresses = ["{ME}", "{ADDRESS}"]\n'
        "[reply]\nmax_per_pass = 1000\n[scan]\npoll_minutes = 0.2\n" + sections,
        encoding="utf-8",
    )
    return path


if __name__ == "__main__":
    main()
