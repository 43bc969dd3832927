"""How well and how fast, beside what a user would pick instead, in one run on the same mail.

Trained on the `dev` half of the corpus (`tests/corpus`), and once more on that and the letters and cases that our own tables
of words were learnt from; tested on the `held` half, which nothing here was learnt from or written for. The others are a list
of keywords such as trackers of applications use, scikit-learn's TF-IDF with logistic regression, and fastText; all read the
text that our own parser gives them. Install them first: `pip install -r requirements-bench.lock`, or run `make quality`.
"""

import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import python
from mailhook.mail.message import Message
from mailhook.mail.parse import parse
from mailhook.verdict.judge import Judge
from tests.corpus.learn import letters

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
ROUNDS = 3
SECOND_LANGUAGES = ("de", "fr", "es", "pt", "nl", "it")

# What the rules of trackers look for, in the languages they know: phrases, any of which makes a rejection.
KEYWORDS = (
    "unfortunately", "regret to inform", "not moving forward", "not be moving forward", "not selected", "other candidates",
    "another candidate", "not been successful", "unsuccessful", "position has been filled", "not to proceed", "decided to pursue",
    "not a good fit", "wish you the best", "best of luck in your", "after careful consideration", "will not be proceeding",
    "leider", "absage", "andere bewerber", "anderen kandidaten", "nicht berücksichtigen", "malheureusement", "ne donnerons pas suite",
    "n'a pas été retenue", "autre candidat", "lamentablemente", "no has sido seleccionado", "otro candidato", "infelizmente", "outro candidato",
    "helaas", "andere kandidaat", "purtroppo", "altro candidato", "niestety", "tyvärr", "desværre", "dessverre", "valitettavasti", "bohužel",
    "maalesef", "残念ながら", "見送", "很遗憾", "很遺憾", "아쉽게도", "к сожалению", "на жаль",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A message with its raw bytes, its language and whether it is a rejection."""

    code: str
    half: str
    raw: bytes
    message: Message
    rejection: bool

    @property
    def text(self) -> str:
        """Subject and text on one line, as the others read them."""
        return " ".join(f"{self.message.subject} {self.message.text}".split())


def corpus() -> list[Known]:
    """Read the corpus; what may be called either is left out."""
    found = []
    for table in sorted(CORPUS.glob("*/labels.csv")):
        with table.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if "uncertain" not in row["label"]:
                    raw = (table.parent / row["file"]).read_bytes()
                    rejection = row["label"] == "rejection"
                    found.append(Known(table.parent.name, row["half"], raw, parse(raw), rejection))
    return found


Predict = Callable[[Sequence[Known]], list[bool]]


def mailhook(_: Sequence[tuple[str, bool]]) -> Predict:
    """Our own judge, as it is shipped."""
    judge = Judge()
    return lambda mail: [judge.judge(each.message).label == "rejection" for each in mail]


def keywords(_: Sequence[tuple[str, bool]]) -> Predict:
    """Any keyword anywhere."""
    return lambda mail: [
        any(word in text for word in KEYWORDS) for text in (each.text.lower() for each in mail)
    ]


def tfidf(training: Sequence[tuple[str, bool]]) -> Predict:
    """TF-IDF of words and pairs of words, and logistic regression, at their usual settings."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
        LogisticRegression(C=10, max_iter=2000),
    )
    model.fit([text for text, _ in training], [label for _, label in training])
    return lambda mail: [bool(model.predict([each.text])[0]) for each in mail]


def fasttext(training: Sequence[tuple[str, bool]]) -> Predict:
    """The supervised model of fastText, with pairs of words and pieces of words."""
    import fasttext as library

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.writelines(f"__label__{'yes' if label else 'no'} {text.lower()}\n" for text, label in training)
        file.flush()
        model = library.train_supervised(
            file.name,
            epoch=50,
            lr=0.5,
            wordNgrams=2,
            minn=3,
            maxn=5,
            dim=50,
            bucket=200_000,
            thread=1,
            seed=1,
            verbose=0,
        )
    # Its own `predict` fails on numpy 2; what it wraps does not.
    return lambda mail: [
        model.f.predict(f"{each.text.lower()}\n", 1, 0.0, "strict")[0][1].endswith("yes") for each in mail
    ]


WAYS: dict[str, Callable[[Sequence[tuple[str, bool]]], Predict]] = {
    "mailhook": mailhook,
    "keywords": keywords,
    "tfidf": tfidf,
    "fasttext": fasttext,
}


def training(known: Sequence[Known], *, all_of_it: bool) -> list[tuple[str, bool]]:
    """Return what may be learnt from: the `dev` half, or that with the letters and cases too."""
    if not all_of_it:
        return [(each.text, each.rejection) for each in known if each.half == "dev"]
    codes = sorted({each.code for each in known})
    read = [each for code in codes for each in letters(code)]
    return [(" ".join(f"{each.subject} {each.text}".split()), each.rejection) for each in read]


def tell(name: str, mail: Sequence[Known], said: Sequence[bool]) -> str:
    """Say how well a way did on some mail."""
    right = sum(got and each.rejection for each, got in zip(mail, said, strict=True))
    called, there = sum(said), sum(each.rejection for each in mail)
    precision, recall = right / max(called, 1), right / max(there, 1)
    alarms = called - right
    return f"{name:22} precision {precision:4.0%}  recall {recall:4.0%}  false alarms {alarms:3} of {len(mail) - there}"


def start(name: str) -> None:
    """In a process of its own: make a way ready, judge one message, and say what memory that took."""
    known = corpus()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    WAYS[name](training(known, all_of_it=False))(known[:1])
    took = time.process_time() - begun
    print(
        f"{1000 * took:.0f} ms of processor time, {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.0f} MB more memory"
    )


def main() -> None:
    """Measure and print."""
    known = corpus()
    held = [each for each in known if each.half == "held"]
    groups = {
        "English": [each for each in held if each.code == "en"],
        "de fr es pt nl it": [each for each in held if each.code in SECOND_LANGUAGES],
        "the other languages": [each for each in held if each.code not in ("en", *SECOND_LANGUAGES)],
    }
    print("(e) quality on the held half of the corpus, hard on purpose")
    for way, more in (
        ("mailhook", True),
        ("keywords", True),
        ("tfidf", False),
        ("tfidf", True),
        ("fasttext", False),
        ("fasttext", True),
    ):
        learnt = way not in ("mailhook", "keywords")
        predict = WAYS[way](training(known, all_of_it=more) if learnt else ())
        name = f"{way}{' + letters' if learnt and more else ''}"
        for group, mail in groups.items():
            print(f"    {group:20} {tell(name, mail, predict(mail))}")
        rates = []
        for _ in range(ROUNDS):
            begun = time.process_time()
            predict(held)
            rates.append(len(held) / (time.process_time() - begun))
        print(f"    {'':20} {name:22} {sorted(rates)[ROUNDS // 2]:.0f} messages a second from text")
    for way in WAYS:
        print(f"    ready to judge: {way:10} {python('benchmarks.quality', way).output.strip()}")


if __name__ == "__main__":
    start(sys.argv[1]) if len(sys.argv) > 1 else main()
