"""`mailhook evaluate`: precision, recall and the errors over labelled messages, in both forms that a corpus may have."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.letters import NEWS, mail

Run = Callable[..., Any]
LUNCH = "Our lunch went to the seagulls.\n"


@pytest.fixture
def folder(home: Path) -> Path:
    """Four messages: a rejection, a note, a note labelled as a rejection, and a rejection that may also be uncertain."""
    path = home / "corpus"
    path.mkdir()
    (path / "a.eml").write_bytes(mail(NEWS))
    (path / "b.eml").write_bytes(mail(LUNCH, subject="Sunday", sender="Mum <mum@example.net>"))
    (path / "c.eml").write_bytes(mail(LUNCH, subject="Monday", sender="Mum <mum@example.net>"))
    (path / "d.eml").write_bytes(mail(NEWS))
    (path / "labels.csv").write_text(
        "file,label,lang\na.eml,rejection,en\nb.eml,other,en\nc.eml,rejection,de\nd.eml,uncertain|rejection,en\n"
    )
    return path


def test_json_has_exactly_the_keys_of_the_contract(run: Run, folder: Path) -> None:
    ran = run("evaluate", folder, "--json")
    assert (ran.status, ran.err) == (0, "")
    (found,) = ran.objects
    assert found == {
        "n": 4,
        "precision": 1.0,
        "recall": 2 / 3,
        "uncertain": 0,
        "confusion": {
            "rejection": {"rejection": 2, "other": 1, "uncertain": 0},
            "other": {"rejection": 0, "other": 1, "uncertain": 0},
        },
        "by_lang": {
            "de": {"n": 1, "precision": None, "recall": 0.0, "uncertain": 0},
            "en": {"n": 3, "precision": 1.0, "recall": 1.0, "uncertain": 0},
        },
        "errors": [{"id": "c.eml", "label": "rejection", "got": "other", "score": 0.0}],
    }
    assert list(found) == ["n", "precision", "recall", "uncertain", "confusion", "by_lang", "errors"]


def test_json_lines_are_read_with_text_or_with_a_path(run: Run, home: Path, folder: Path) -> None:
    entries: list[dict[str, Any]] = [
        {"id": "1", "label": "rejection", "lang": "en", "subject": "Your interview", "from": "Jane <j@acme.example>", "body_text": NEWS},
        {"id": "2", "label": ["uncertain", "other"], "lang": "en", "subject": "Sunday\r\nBcc: x@y.example", "from": "(", "body_text": LUNCH},
        {"id": "3", "label": "rejection", "path": "corpus/a.eml"},
        {"id": "4", "label": ["other", "uncertain"], "path": "corpus/a.eml"},
    ]  # fmt: skip
    path = home / "mine.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in entries) + "\n\n")
    (found,) = run("evaluate", path, "--json").objects
    assert (found["n"], found["precision"], found["recall"]) == (4, 2 / 3, 1.0)
    assert list(found["by_lang"]) == ["en", "und"]
    (error,) = found["errors"]
    assert (error["id"], error["label"], error["got"]) == ("4", ["other", "uncertain"], "rejection")
    assert error["score"] > 0


def test_several_corpora_are_one(run: Run, folder: Path) -> None:
    assert run("evaluate", folder, folder, "--json").objects[0]["n"] == 8


def test_a_table_and_every_error_with_its_evidence_are_printed(run: Run, folder: Path) -> None:
    (folder / "labels.csv").write_text("file,label\na.eml,other\nb.eml,other\n")
    ran = run("evaluate", folder)
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert lines[0].startswith("a.eml: should be other, called rejection (score ")
    assert lines[1] == "    subject: Your interview for Data Engineer at Acme"
    assert any("move forward with another candidate" in line for line in lines)
    assert "0.00%" in ran.out
    assert lines[-1] == "2 messages, 1 wrong"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "line 1 is not JSON"),
        ('{"id": "1"}', 'line 1 must be an object with "id" and "label"'),
        ('{"label": "no"}', "line 1: a label is one of rejection, other, uncertain"),
        ('{"label": []}', "line 1: a label is one of rejection, other, uncertain"),
        ('{"label": "other"}', 'line 1: needs "path", or "subject", "from" and "body_text"'),
        ('{"label": "other", "path": "none.eml"}', "none.eml cannot be read: No such file or directory"),
    ],
)
def test_a_mistake_in_a_corpus_is_one_sentence_with_its_line(
    run: Run, home: Path, text: str, sentence: str
) -> None:
    path = home / "mine.jsonl"
    path.write_text(text)
    ran = run("evaluate", path)
    assert (ran.status, ran.out) == (2, "")
    assert sentence in ran.err
    assert ran.err.count("\n") == 1


def test_a_folder_without_labels_says_what_it_needs(run: Run, home: Path) -> None:
    ran = run("evaluate", home)
    assert (ran.status, ran.err) == (
        2, f"mailhook: {home} has no labels.csv; a corpus folder needs one with the columns file,label\n",
    )  # fmt: skip


def test_phrases_of_ones_own_count(run: Run, configured: Path, folder: Path) -> None:
    """One more is found, and one more is wrong."""
    phrase = '\n[verdict]\nphrases = [{ text = "went to the seagulls", says = "rejection" }]\n'
    configured.write_text(configured.read_text() + phrase)
    (found,) = run("evaluate", folder, "--json").objects
    assert (found["recall"], found["precision"]) == (1.0, 3 / 4)
    assert [each["id"] for each in found["errors"]] == ["b.eml"]
