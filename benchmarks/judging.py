"""Judging alone: messages a second on one core, from raw bytes and from readable text, with every language loaded.

The mail is the benchmark's own (one message in twenty is about an application). The naive way beside it parses with the
default policy, reads HTML with html.parser, and tries each English pattern in turn.
"""

import email
import email.policy
import os
import re
import time
from collections.abc import Callable, Sequence

from benchmarks.mailbox import messages
from benchmarks.measure import python, ratios, spread
from benchmarks.naive import text_of
from benchmarks.phrases import english_patterns
from mailhook.mail.parse import parse
from mailhook.verdict.judge import Judge
from mailhook.verdict.shapes import languages

COUNT = int(os.environ.get("BENCH_JUDGED", "2000"))
NAIVE = 100
ROUNDS = 5


def _rate(work: Callable[[], object], count: int) -> float:
    started = time.process_time()
    work()
    return count / (time.process_time() - started)


def _whole_way(judge: Judge, raws: Sequence[bytes]) -> int:
    found = 0
    for raw in raws:
        if judge.screen(parse(raw, careful=False)):
            found += judge.judge(parse(raw)).label == "rejection"
    return found


def _naive_way(patterns: Sequence[re.Pattern[str]], raws: Sequence[bytes]) -> int:
    found = 0
    for raw in raws:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        text = " ".join(text_of(message).split())
        found += bool([pattern for pattern in patterns if pattern.search(text)])
    return found


def main() -> None:
    """Measure and print."""
    raws = list(messages(COUNT, attachments=False))
    judge = Judge()
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in english_patterns()]
    texts = [parse(raw, careful=False) for raw in raws]
    _whole_way(judge, raws[:200])
    ours, read, naive = [], [], []
    for _ in range(ROUNDS):
        ours.append(_rate(lambda: _whole_way(judge, raws), COUNT))
        read.append(
            _rate(lambda: [judge.judge(message) for message in texts if judge.screen(message)], COUNT)
        )
        naive.append(_rate(lambda: _naive_way(patterns, raws[:NAIVE]), NAIVE))
    print(f"(b) judging alone, messages a second on one core, {len(languages())} languages loaded")
    print(f"    from raw bytes      {spread(ours, digits=0)}   goal: at least 1500")
    print(f"    from readable text  {spread(read, digits=0)}   goal: at least 5000")
    print(f"    the naive way       {spread(naive, digits=0)}")
    print(f"    mailhook / naive    {spread(ratios(ours, naive), digits=1)}   goal: at least 20")
    starts = [
        python("benchmarks.start", "lexicons").cpu - python("benchmarks.start").cpu for _ in range(ROUNDS)
    ]
    print(
        f"    start-up of all lexicons, ms of processor time: {spread([1000 * each for each in starts], digits=0)}   goal: under 100"
    )


if __name__ == "__main__":
    main()
