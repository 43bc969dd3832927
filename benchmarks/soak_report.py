"""A soak's figures, and which of them are not as they must be."""

import statistics
from collections.abc import Iterable, Mapping

from benchmarks.soak_record import Record, Rejection

MEDIAN_GOAL, LATE_GOAL, GROWTH_GOAL = 2.0, 10.0, 0.10
# A life's first sights and caches are behind it then.
WARM = 0.42


def report(record: Record) -> list[str]:
    """Print the figures; return what must hold and does not."""
    return [*record.broken, *_counts(record), *_troubles(record), *_latency(record), *_costs(record)]


def _counts(record: Record) -> list[str]:
    expected = {each.source for each in record.rejections}
    lost, twice = record.missing(), [s for s, times in record.drafts.items() if len(times) > 1]
    unasked = sorted(set(record.drafts) - expected)
    where = ", ".join(f"{name} {count}" for name, count in sorted(record.delivered.items()))
    print(f"deliveries  {record.delivered.total()} of {record.planned} ({where})")
    print(
        f"drafts      expected {len(expected)}, found {len(expected) - len(lost)}; lost {len(lost)}, twice {len(twice)}, "
        f"unasked {len(unasked)}   goal: none of the last three"
    )
    undelivered = record.planned - record.delivered.total()
    return [
        *([f"{undelivered} messages were never delivered: the soak was too slow"] if undelivered else []),
        *(f"lost: {each.source} ({each.account})" for each in lost),
        *(f"made twice: {source}" for source in twice),
        *(f"never asked for: {source}" for source in unasked),
    ]


def _troubles(record: Record) -> list[str]:
    took = [each.ended - each.began for each in record.troubles if each.came_about]
    missed = [each.name for each in record.troubles if not each.came_about]
    print(
        f"troubles    {len(took)}; until all was caught up: median {statistics.median(took):.1f} s, longest {max(took):.1f} s"
        if took
        else "troubles    none"
    )
    return [
        *(f"{name}: never came about" for name in missed),
        *(f"{each.name}: {', '.join(each.accounts)} never caught up" for each in record.going_on()),
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
    print(f"latency     all mail             {_spread(took.values())}")
    print(
        f"            while all was well   {_spread(calm.values())}   goal: median < 2 s, 99th percentile < 10 s"
    )
    for name in sorted(record.delivered):
        print(f"              {name:18} {_spread(_of(name, calm))}")
    during = {each: seconds for each, seconds in took.items() if each not in calm}
    print(f"            during some trouble  {_spread(during.values())}")
    if not calm:
        return ["no rejection arrived while all was well: give it more time"]
    found = []
    if statistics.median(took.values()) >= MEDIAN_GOAL:
        found.append(f"the median of all mail's latency is not below {MEDIAN_GOAL} s")
    if _percentile(calm.values(), 0.99) >= LATE_GOAL:
        found.append(f"the 99th percentile of latency is not below {LATE_GOAL} s")
    return found


def _of(name: str, latency: Mapping[Rejection, float]) -> list[float]:
    return [seconds for each, seconds in latency.items() if each.account == name]


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
    print(
        f"memory      after warm-up {start:.1f} MB, at the end {end:.1f} MB: {growth:+.1%}   goal: < +10 %   "
        f"(at most {max(each.memory for each in life):.1f} MB; {last} lives)"
    )
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
