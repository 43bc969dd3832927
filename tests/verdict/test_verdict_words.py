"""What a message's words weigh as a whole: the tables are what they were learnt to be, and the sum is what it says."""

from math import sqrt

import pytest

from mailhook.mail.message import Message
from mailhook.verdict.shapes import languages
from mailhook.verdict.wording import EXTENT, FAR_AWAY, READ, features, wording
from tests.corpus.learn import TABLES, digest, letters

CODES = sorted(path.stem for path in TABLES.glob("*.tsv"))


@pytest.mark.parametrize("code", CODES)
def test_a_table_was_learnt_from_the_letters_that_are_here(code: str) -> None:
    """Whoever changes a letter, a case or the corpus learns again: `make learn`."""
    first = (TABLES / f"{code}.tsv").read_text("utf-8").partition("\n")[0]
    _, learnt_from, count = first.split("\t")
    known = letters(code)
    assert (learnt_from, int(count)) == (digest(known), len(known))


@pytest.mark.parametrize("code", CODES)
def test_a_table_has_a_lexicon_and_names_words_as_they_are_read(code: str) -> None:
    """Every weight is one that a message's words can meet."""
    table = wording(code)
    assert table is not None
    assert code in languages()
    assert len(table.weights) > 100
    assert all(feature == feature.lower().strip() != "" for feature in table.weights)
    assert all(table.weights.values())


def test_the_leaning_is_the_sum_of_its_words() -> None:
    """Bias, and the weights of the distinct words and pairs over the root of their number."""
    table = wording("en")
    assert table is not None
    message = Message(subject="Your application", text="We chose another candidate. We chose well, I think.")
    found = features(message.subject, message.text, "en")
    assert {"we chose", "another candidate", "your application"} <= found
    total = sum(table.weights.get(feature, 0.0) for feature in sorted(found))
    assert table.leaning(message) == pytest.approx(table.bias + EXTENT * total / sqrt(len(found)))


def test_single_words_that_lean_far_away_are_enough() -> None:
    """Where they do, pairs are not read; what comes out is then far away as well."""
    table = wording("en")
    assert table is not None
    text = "Please find attached the invoice. Please review, approve and comment until Friday. Have you got a question yet?"
    found = set(text.lower().replace(".", "").replace(",", "").replace("?", " ?").split())
    total = sum(table.weights.get(feature, 0.0) for feature in sorted(found))
    singles = table.bias + EXTENT * total / sqrt(len(found))
    assert singles < FAR_AWAY
    assert table.leaning(Message(subject="", text=text)) == pytest.approx(singles)


def test_a_message_without_words_leans_nowhere() -> None:
    """No words, no opinion."""
    table = wording("en")
    assert table is not None
    assert table.leaning(Message(subject="", text="!!")) == 0.0


def test_what_comes_after_the_letter_is_not_read() -> None:
    """Small print at the end of a long mail neither makes nor unmakes a rejection."""
    letter = "We are pleased to invite you. " * (READ // 30 + 1)
    assert features("", letter, "en") >= features("", letter + " rejected unsuccessful", "en")


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "We won't, sadly, on 12 May?", {"won't", "0", "may ?", "on 0"}),
        ("fi", "valitettavasti", {"valitettavasti", "valit*"}),
        ("ja", "不採用です", {"不採用", "採用です", "不"}),
    ],
)
def test_words_are_cut_as_the_language_needs(code: str, text: str, expected: set[str]) -> None:
    """Words and stems where there are spaces; runs of characters where there are none."""
    assert expected <= features("", text, code)
