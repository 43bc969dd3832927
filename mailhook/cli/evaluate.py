"""`mailhook evaluate`: precision, recall and every error over labelled messages."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailhook.cli.options import ConfigOption, JsonOption, load_config_if_any
from mailhook.cli.show import console, json_line, line

if TYPE_CHECKING:
    from mailhook.cli.corpus import Sample
    from mailhook.mail.message import Message
    from mailhook.verdict.judge import Judge
    from mailhook.verdict.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the judge said about one sample."""

    sample: "Sample"
    message: "Message"
    verdict: "Verdict"

    @property
    def right(self) -> bool:
        """Say whether the verdict is one of the labels allowed."""
        return self.verdict.label in self.sample.allowed

    @property
    def expected(self) -> str:
        """The label to hold the verdict against: itself where it is allowed, else the one hoped for."""
        return self.verdict.label if self.right else self.sample.allowed[0]


@dataclass(slots=True)
class Tally:
    """Counts of expected and given labels; `uncertain` is no rejection for precision and a miss for recall."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def n(self) -> int:
        """How many messages were counted."""
        return self.counts.total()

    @property
    def uncertain(self) -> int:
        """How many were called uncertain."""
        return sum(count for (_, got), count in self.counts.items() if got == "uncertain")

    @property
    def precision(self) -> float | None:
        """Of those called a rejection, the share that is one; None where none was called so."""
        return self._share(lambda _, got: got == "rejection")

    @property
    def recall(self) -> float | None:
        """Of the rejections, the share that was called so; None where there are none."""
        return self._share(lambda expected, _: expected == "rejection")

    def _share(self, chosen: Callable[[str, str], bool]) -> float | None:
        whole = sum(count for (expected, got), count in self.counts.items() if chosen(expected, got))
        return self.counts["rejection", "rejection"] / whole if whole else None

    def confusion(self) -> dict[str, dict[str, int]]:
        """Return counts by expected label, then by the label given."""
        from mailhook.cli.corpus import LABELS

        return {
            expected: {got: self.counts[expected, got] for got in LABELS}
            for expected in LABELS
            if any(self.counts[expected, got] for got in LABELS)
        }


def evaluate(
    context: typer.Context,
    corpora: Annotated[
        list[Path],
        typer.Argument(
            metavar="CORPUS...",
            help="A folder of .eml files with a labels.csv (columns file,label), or a file of JSON Lines.",
            show_default=False,
        ),
    ],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Measure the verdicts on messages whose right label is known.

    A label is rejection, other or uncertain; several allowed ones are written rejection|uncertain in a labels.csv and as a list in JSON
    Lines. "uncertain" is no rejection for precision, and a miss for recall.

    \b
    Examples:
      mailhook evaluate tests/corpus
      mailhook evaluate mine.jsonl --json
    """
    from mailhook.cli.corpus import read_corpus
    from mailhook.verdict.judge import Judge

    settings = load_config_if_any(context, config)
    judge = Judge(settings.verdict.phrases if settings else ())
    answers = [_answer(judge, sample) for path in corpora for sample in read_corpus(path)]
    if as_json:
        json_line(summary(answers))
    else:
        _print(answers)


def _answer(judge: "Judge", sample: "Sample") -> Answer:
    """Judge a sample as a scan would: screened on quickly read text first, read carefully where it passes."""
    from mailhook.mail.parse import parse

    message = parse(sample.raw, careful=False)
    if judge.screen(message):
        message = parse(sample.raw)
    return Answer(sample=sample, message=message, verdict=judge.judge(message))


def summary(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the object that `--json` prints."""
    whole, languages = _tally(answers), _by_language(answers)
    return {
        "n": whole.n,
        "precision": whole.precision,
        "recall": whole.recall,
        "uncertain": whole.uncertain,
        "confusion": whole.confusion(),
        "by_lang": {language: _figures(tally) for language, tally in languages.items()},
        "errors": [
            {
                "id": each.sample.id,
                "label": each.sample.label,
                "got": each.verdict.label,
                "score": each.verdict.score,
            }
            for each in answers
            if not each.right
        ],
    }


def _tally(answers: Iterable[Answer]) -> Tally:
    return Tally(Counter((each.expected, each.verdict.label) for each in answers))


def _by_language(answers: Sequence[Answer]) -> dict[str, Tally]:
    languages = sorted({each.sample.language for each in answers})
    return {
        language: _tally(each for each in answers if each.sample.language == language)
        for language in languages
    }


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "n": tally.n,
        "precision": tally.precision,
        "recall": tally.recall,
        "uncertain": tally.uncertain,
    }


def _print(answers: Sequence[Answer]) -> None:
    from rich.table import Table

    from mailhook.cli.corpus import LABELS

    out, whole = console(), _tally(answers)
    wrong = [each for each in answers if not each.right]
    for each in wrong:
        _print_error(each)
    table = Table("language", "messages", "precision", "recall", "uncertain")
    for column in table.columns[1:]:
        column.justify = "right"
    for language, tally in [*_by_language(answers).items(), ("all", whole)]:
        table.add_row(
            language, str(tally.n), _percent(tally.precision), _percent(tally.recall), str(tally.uncertain)
        )
    out.print(table)
    confusion = Table("expected", *(f"called {label}" for label in LABELS))
    for expected, got in whole.confusion().items():
        confusion.add_row(expected, *(str(got[label]) for label in LABELS))
    out.print(confusion)
    line(f"{whole.n} messages, {len(wrong)} wrong")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"


def _print_error(answer: Answer) -> None:
    from mailhook.cli.show import clean_line

    verdict = answer.verdict
    line(
        f"{clean_line(answer.sample.id)}: should be {' or '.join(answer.sample.allowed)}, "
        f"called {verdict.label} (score {verdict.score:g})"
    )
    line(f"    subject: {clean_line(answer.message.subject)}")
    for evidence in verdict.evidence:
        line(f"    {evidence.weight:+g} {evidence.rule}: {clean_line(evidence.quote)}")
