"""Judge the corpus, and say how well: a table by language and half, and what was reached (``reached.toml``).

Run ``python -m tests.corpus.measure`` for the table; with ``--write`` it also records what is reached now, which
``test_corpus.py`` then holds: record only what is better than before. ``--curve`` shows what other thresholds would
have come to on the ``held`` half.
"""

import csv
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mailhook.mail.parse import parse
from mailhook.verdict.judge import Judge

HERE = Path(__file__).parent
REACHED = HERE / "reached.toml"
HALVES = ("dev", "held")
THRESHOLDS = (2, 2.5, 3, 3.5, 4, 5, 6)


@dataclass(slots=True)
class Tally:
    """What one half of one language came to."""

    rejections: int = 0
    found: int = 0
    doubted: int = 0  # rejections called uncertain
    others: int = 0
    false_alarms: list[str] = field(default_factory=list)
    others_doubted: int = 0

    def count(self, name: str, allowed: frozenset[str], got: str) -> None:
        """Add one message. One that may be called either is neither found nor a false alarm."""
        if allowed == {"rejection"}:
            self.rejections += 1
            self.found += got == "rejection"
            self.doubted += got == "uncertain"
        elif "rejection" not in allowed:
            self.others += 1
            self.others_doubted += got == "uncertain" and "uncertain" not in allowed
            if got == "rejection":
                self.false_alarms.append(name)


def languages() -> list[str]:
    """Name the languages that the corpus is in."""
    return sorted(path.parent.name for path in HERE.glob("*/labels.csv"))


def verdicts(code: str, judge: Judge) -> Iterator[tuple[str, str, frozenset[str], str]]:
    """Judge every message of a language: its name, its half, the labels it may get, and the one it got."""
    with (HERE / code / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            got = judge.judge(parse((HERE / code / row["file"]).read_bytes())).label
            yield row["file"].removesuffix(".eml"), row["half"], frozenset(row["label"].split("|")), got


def measure(code: str, judge: Judge) -> dict[str, Tally]:
    """Tally both halves of a language."""
    tallies = {half: Tally() for half in HALVES}
    for name, half, allowed, got in verdicts(code, judge):
        tallies[half].count(name, allowed, got)
    return tallies


def line(code: str, half: str, tally: Tally) -> str:
    """Say in a line what a half came to."""
    return (
        f"{code:3} {half:4} rejections {tally.rejections:4}: found {tally.found:4} ({tally.found / max(tally.rejections, 1):4.0%}), "
        f"uncertain {tally.doubted:3} | others {tally.others:4}: called rejections {len(tally.false_alarms):3}, uncertain {tally.others_doubted:3}"
    )


def reached() -> dict[str, dict[str, dict[str, object]]]:
    """Read what was reached before."""
    return tomllib.loads(REACHED.read_text("utf-8"))


def curve(judge: Judge) -> Iterator[str]:
    """Say for each threshold what precision and recall would be on the held half, in English and in all other languages."""
    scored: dict[bool, list[tuple[float, bool]]] = {True: [], False: []}
    for code in languages():
        with (HERE / code / "labels.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["half"] == "held" and row["label"] in ("rejection", "other"):
                    score = judge.judge(parse((HERE / code / row["file"]).read_bytes())).score
                    scored[code == "en"].append((score, row["label"] == "rejection"))
    for english, found in scored.items():
        for threshold in THRESHOLDS:
            called = [rejection for score, rejection in found if score >= threshold]
            precision = sum(called) / max(len(called), 1)
            recall = sum(called) / sum(rejection for _, rejection in found)
            name = "English" if english else "others"
            yield f"{name:8} from {threshold:3}: precision {precision:.2f}, recall {recall:.2f}"


def main() -> None:
    """Print the table, and record it where that is asked for."""
    judge = Judge()
    if "--curve" in sys.argv[1:]:
        print("\n".join(curve(judge)))  # noqa: T201
        return
    rows = []
    for code in languages():
        for half, tally in measure(code, judge).items():
            print(line(code, half, tally), flush=True)  # noqa: T201
            alarms = ", ".join(f'"{name}"' for name in sorted(tally.false_alarms))
            rows += [f"[{code}.{half}]", f"found = {tally.found}", f"false_alarms = [{alarms}]", ""]
    if "--write" in sys.argv[1:]:
        head = "# What the judge reached on the corpus: `python -m tests.corpus.measure --write`.\n\n"
        REACHED.write_text(head + "\n".join(rows), "utf-8")


if __name__ == "__main__":
    main()
