"""Learn the tables of word weights in ``mailhook/verdict/words`` from letters whose label is known.

Run ``python -m tests.corpus.learn [LANGUAGE...]`` in the root of the checkout, with scikit-learn installed
(``pip install --group bench``). It reads the letters in ``letters/``, the cases in ``tests/verdict/cases`` and
the ``dev`` half of the corpus, never the ``held`` one. The same letters give the same table; its first line
holds the digest of what it was learnt from, so that a test can tell when it has to be learnt again.
"""

import csv
import hashlib
import re
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path

from mailhook.mail.parse import parse
from mailhook.verdict.wording import EXTENT, features
from tests.corpus.measure import languages

HERE = Path(__file__).parent
CASES = HERE.parent / "verdict" / "cases"
TABLES = HERE.parent.parent / "mailhook" / "verdict" / "words"
LABELS = {"r": True, "o": False}
SEEN = 2  # a word in fewer letters tells nothing
STRENGTH = 1.0  # the inverse of the regularisation
BY_RARITY = 1 / 3  # the room of a word that is in one letter of twenty is one
LEAST = 0.002  # weights nearer to nought are left out


@dataclass(frozen=True, slots=True)
class Letter:
    """A text whose label is known."""

    rejection: bool
    subject: str
    text: str


def letters(code: str) -> list[Letter]:
    """Read everything of a language that may be learnt from."""
    return [*_written(code), *_cases(code), *_corpus(code)]


def _written(code: str) -> list[Letter]:
    found = []
    for path in sorted((HERE / "letters" / code).glob("*.txt")):
        for record in re.split(r"^=== ?", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            label, subject, text = (*record.split("\n", 2), "", "")[:3]
            if label.strip() not in LABELS:
                raise ValueError(f"{path}: {label!r} is no label")
            found.append(Letter(LABELS[label.strip()], subject.strip(), text.strip()))
    return found


def _cases(code: str) -> list[Letter]:
    found = []
    for path in sorted({*CASES.glob(f"{code}.toml"), *CASES.glob(f"{code}_*.toml")}):
        for case in tomllib.loads(path.read_text("utf-8"))["case"]:
            if case["label"] in ("rejection", "other"):
                text = case["text"].strip()
                found.append(Letter(case["label"] == "rejection", case.get("subject", ""), text))
    return found


def _corpus(code: str) -> list[Letter]:
    found = []
    table = HERE / code / "labels.csv"
    if table.exists():
        with table.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["half"] == "dev" and row["label"] in ("rejection", "other"):
                    message = parse((table.parent / row["file"]).read_bytes())
                    found.append(Letter(row["label"] == "rejection", message.subject, message.text))
    return found


def digest(known: list[Letter]) -> str:
    """Give what a table learnt from these letters is known by."""
    text = "\0".join(f"{each.rejection}\1{each.subject}\1{each.text}" for each in known)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def learn(code: str, known: list[Letter]) -> str:
    """Return the table of a language: in the first line the bias, the digest and the number of letters, then a weight and a word a line."""
    import numpy  # only whoever learns needs these
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    read = [features(each.subject, each.text, code) for each in known]
    times = Counter(feature for each in read for feature in each)
    names = sorted(feature for feature, count in times.items() if count >= SEEN)
    number = {feature: place for place, feature in enumerate(names)}
    values, columns, starts = [], [], [0]
    for each in read:
        mine = sorted(number[feature] for feature in each if feature in number)
        values += [EXTENT / sqrt(len(each) or 1)] * len(mine)
        columns += mine
        starts.append(len(columns))
    rows = csr_matrix((values, columns, starts), shape=(len(read), len(names)))
    # A rare word is given more room to weigh: letters by other hands than those learnt from are judged the better for it.
    rarity = numpy.array([BY_RARITY * log(len(read) / times[name]) for name in names])
    rows = rows.multiply(rarity).tocsr()
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=5000, tol=1e-6)
    model.fit(rows, numpy.array([each.rejection for each in known]))
    weighed = sorted(
        zip(model.coef_[0] * rarity, names, strict=True), key=lambda pair: (-abs(pair[0]), pair[1])
    )
    lines = [f"{round(model.intercept_[0] * 1000)}\t{digest(known)}\t{len(known)}"]
    lines += [f"{round(weight * 1000)}\t{name}" for weight, name in weighed if abs(weight) >= LEAST]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Learn the languages named on the command line, or all."""
    for code in sys.argv[1:] or languages():
        known = letters(code)
        (TABLES / f"{code}.tsv").write_text(learn(code, known), "utf-8")
        print(f"{code}: {len(known)} letters, {sum(each.rejection for each in known)} of them rejections")  # noqa: T201


if __name__ == "__main__":
    main()
