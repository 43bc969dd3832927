"""What it costs to read in a process apart: messages a second here and there, on the same messages, pair by pair; and how soon it is ready."""

import os
import statistics
import time
from collections.abc import Callable

from benchmarks.mailbox import messages
from benchmarks.measure import spread
from mailhook.mail.message import Me
from mailhook.reading.apart import ReadsApart
from mailhook.reading.here import Mail, Reads, ReadsHere
from mailhook.verdict.judge import Judge

MESSAGES = int(os.environ.get("BENCH_READ", "2000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
BATCH = 100
FETCHED = 64 * 1024
ME = Me(name="Alex Morgan", addresses=("alex.morgan@example.org",))


def main() -> None:
    """Measure and print."""
    mails = [Mail(raw=raw[:FETCHED], size=len(raw)) for raw in messages(MESSAGES)]
    here = ReadsHere(judge=Judge(), me=ME)
    candidates = [
        mail for mail, seen in zip(mails, here.screen(mails), strict=True) if seen and seen.candidate
    ]
    started = time.perf_counter()
    with ReadsApart(ME) as apart:
        print(f"reading apart: {'; '.join(apart.protection())}")
        print(f"  ready after {time.perf_counter() - started:.2f} s, while messages are being fetched")
        _pairs("screened", here, apart, len(mails), lambda reads: _screen(reads, mails))
        _pairs(
            "studied", here, apart, len(candidates), lambda reads: [reads.study(each) for each in candidates]
        )


def _screen(reads: Reads, mails: list[Mail]) -> None:
    for first in range(0, len(mails), BATCH):
        list(reads.screen(mails[first : first + BATCH]))


def _pairs(what: str, here: Reads, apart: Reads, count: int, read: Callable[[Reads], object]) -> None:
    read(here)
    read(apart)
    pairs = [(_seconds(read, here), _seconds(read, apart)) for _ in range(ROUNDS)]
    a_second = [count / statistics.median(times) for times in zip(*pairs, strict=True)]
    ratio = spread([there / at_home for at_home, there in pairs])
    print(f"  {what}: {a_second[0]:.0f} a second here, {a_second[1]:.0f} apart; time apart / here {ratio}")


def _seconds(read: Callable[[Reads], object], reads: Reads) -> float:
    started = time.perf_counter()
    read(reads)
    return time.perf_counter() - started
