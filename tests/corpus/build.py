"""Render the sources in ``source/<language>/`` into the raw mail people receive, in ``<language>/``, with its ``labels.csv``.

Run ``python -m tests.corpus.build [LANGUAGE...]`` in the root of the checkout. The same sources give the same bytes: every
choice that a source leaves open (date, MIME shape, charset, quotes) is drawn from a hash of the message's id.
"""

import csv
import io
import sys
from collections import Counter
from pathlib import Path

from tests.corpus.records import Item, draw, hexid, read_source, told
from tests.corpus.wire import render

HERE = Path(__file__).parent
COLUMNS = ("file", "label", "lang", "half", "shape", "stage", "company", "role", "kind")


def shape_name(item: Item) -> str:
    """Name a message's MIME shape, with what hangs on it."""
    extras: list[str] = [t for t in ("logo", "pdf") if t in item.tokens]
    extras += ["ics"] if item.calendar else []
    extras += ["eml"] if any(s.kind == "eml" for s in item.sections) and "report" not in item.shape else []
    return "+".join([item.shape, *extras])


def halves(items: list[Item], known: dict[str, str]) -> dict[str, str]:
    """Split the messages in two so that each label, kind and shape lies half in ``dev``, half in ``held``.

    A message keeps the half it is known to have: what was held must never be read later.
    """
    balance: Counter[tuple[str, str]] = Counter()
    out = {}
    for item in sorted(items, key=lambda i: (i.id not in known, hexid(i.id + "half"))):
        keys = (
            (item.label, ""),
            (item.label, item.kind),
            ("shape", shape_name(item)),
            (item.label, item.stage),
        )
        weight = sum(balance[key] * factor for key, factor in zip(keys, (2, 4, 3, 1), strict=True))
        held = draw(item.id + "coin", 2) == 0 if weight == 0 else weight < 0
        out[item.id] = known.get(item.id) or ("held" if held else "dev")
        balance.update(dict.fromkeys(keys, 1 if out[item.id] == "held" else -1))
    return out


def known_halves(path: Path) -> dict[str, str]:
    """Read which half each message already has."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["file"].removesuffix(".eml"): row["half"] for row in csv.DictReader(lines)}


def labels(items: list[Item], known: dict[str, str]) -> str:
    """Give the text of ``labels.csv``."""
    split = halves(items, known)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for i in items:
        company, role = (name if told(i, name) else "" for name in (i.company, i.role))
        row = (f"{i.id}.eml", i.label, i.lang, split[i.id], shape_name(i), i.stage, company, role, i.kind)
        table.writerow(row)
    return out.getvalue()


def build(source: Path, target: Path) -> None:
    """Write one language's folder anew from its sources."""
    items = [
        i for path in sorted(source.glob("*.txt")) for i in read_source(path.read_text("utf-8"), source.name)
    ]
    items.sort(key=lambda i: i.id)
    if len({i.id for i in items}) != len(items):
        raise ValueError(f"{source.name}: an id is used twice")
    target.mkdir(exist_ok=True)
    for stale in target.glob("*.eml"):
        stale.unlink()
    for item in items:
        (target / f"{item.id}.eml").write_bytes(render(item))
    table = target / "labels.csv"
    table.write_text(labels(items, known_halves(table)), "utf-8")


def main() -> None:
    """Write the languages named on the command line, or all."""
    wanted = sys.argv[1:] or [path.name for path in sorted((HERE / "source").iterdir())]
    for language in wanted:
        build(HERE / "source" / language, HERE / language)


if __name__ == "__main__":
    main()
