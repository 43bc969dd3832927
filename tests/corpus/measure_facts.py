"""Read the facts and the stage of the corpus's rejections, and say how well: a table by half, and what was reached (``facts_reached.toml``).

Run ``python -m tests.corpus.measure_facts`` for the table; with ``--write`` it also records what is reached now, which
``test_corpus_facts.py`` then holds. Record only what is better than before.
"""

import csv
import re
import sys
import tomllib
from collections import Counter
from pathlib import Path

from mailhook.mail.parse import parse
from mailhook.verdict.facts import read_facts
from mailhook.verdict.judge import Judge
from tests.corpus.measure import HALVES, languages

HERE = Path(__file__).parent
REACHED = HERE / "facts_reached.toml"
SLOTS = ("company", "role", "stage")
_LEGAL = re.compile(
    r"[ ,]+(?:inc|gmbh|ltd|llp|plc|ag|sa|s\.r\.l\.|s\.p\.a\.|b\.v\.|ab|as|aps|oy|kft|sp\. z o\.o\.|s\.r\.o\.)\.?\Z|\A(?:株式会社|\(주\)|pt |ооо |тов )",
    re.IGNORECASE,
)


def _key(words: str) -> str:
    return re.sub(r"\W+", "", _LEGAL.sub("", words.lower()))


def compare(wanted: str, got: str) -> str:
    """Say how what was read compares with what is there: `right`, `near` (a part or more of it), `wrong` or `missing`."""
    if not got or got == "unknown":
        return "right" if wanted == got else "missing"
    one, other = _key(wanted), _key(got)
    if one == other:
        return "right"
    return "near" if one in other or other in one else "wrong"


def measure() -> dict[str, dict[str, Counter[str]]]:
    """Count how what was read compares, by half and slot, over all rejections where the corpus names the slot."""
    judge = Judge()
    counts = {half: {slot: Counter[str]() for slot in SLOTS} for half in HALVES}
    for code in languages():
        with (HERE / code / "labels.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if not row["label"].startswith("rejection"):
                    continue
                message = parse((HERE / code / row["file"]).read_bytes())
                verdict = judge.judge(message)
                facts = read_facts(message, verdict)
                got = {
                    "company": facts.company.value if facts.company else "",
                    "role": facts.role.value if facts.role else "",
                    "stage": verdict.stage,
                }
                for slot in SLOTS:
                    if row[slot] not in ("", "-"):
                        counts[row["half"]][slot][compare(row[slot], got[slot])] += 1
    return counts


def reached() -> dict[str, dict[str, dict[str, int]]]:
    """Read what was reached before."""
    return tomllib.loads(REACHED.read_text("utf-8"))


def main() -> None:
    """Print the table, and record it where that is asked for."""
    rows = []
    for half, slots in measure().items():
        for slot, counts in slots.items():
            print(half, slot, dict(counts))  # noqa: T201  # a command's output
            rows += [f"[{half}.{slot}]", f"right = {counts['right']}", f"wrong = {counts['wrong']}", ""]
    if "--write" in sys.argv[1:]:
        head = "# What the facts and the stage reached on the corpus: `python -m tests.corpus.measure_facts --write`.\n\n"
        REACHED.write_text(head + "\n".join(rows), "utf-8")


if __name__ == "__main__":
    main()
