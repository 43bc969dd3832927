"""Every row of the lexicon is tried, in every language file there is; what fails is named by its row and sentence."""

import re
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
import re2

import mailhook.verdict
from mailhook.verdict.match import Matcher, Searchable, expression, mask
from mailhook.verdict.shapes import CLASSES, DECISION, languages, read_language
from mailhook.verdict.verdict import Kind

FOLDER = Path(mailhook.verdict.__file__).parent / "lexicon"
FILES = sorted(FOLDER.glob("*.toml"))
RAW = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in FILES}
LISTS = {"function_words", "turn", "greeting", "closing", "honorific", "not_a_name"}


def _finds(matcher: Matcher, searched: Searchable) -> bool:
    return any(matcher.spans(index, searched) for index in matcher.possible(searched))


@cache
def _searched(sentence: str) -> Searchable:
    return Searchable(mask(sentence))


@pytest.mark.parametrize("code", RAW)
def test_a_language_file_says_what_toml_says(code: str) -> None:
    """The quick reader of language files reads what `tomllib` reads."""
    raw, read = RAW[code], languages()[code]
    assert raw["language"] == code == read.code
    assert {name: tuple(words) for name, words in raw["words"].items()} == read.words
    assert [f"{code}.{row['id']}" for row in raw["shape"]] == [shape.name for shape in read.shapes]
    assert [f"{code}.{row['id']}" for row in raw.get("fact", [])] == [fact.name for fact in read.facts]
    for row, shape in zip(raw["shape"], read.shapes, strict=True):
        assert row["class"] == shape.role
        assert float(row.get("weight", CLASSES[row["class"]])) == shape.weight
        assert row.get("kind") == shape.kind
        assert row["pattern"].replace("(?:", "(") == shape.pattern.replace("(?:", "(")
    for row, fact in zip(raw.get("fact", []), read.facts, strict=True):
        assert row.get("part", "text") == fact.part
    assert raw.get("boundaries", "both") in {"both", "start", "none"}


@pytest.mark.parametrize("code", RAW)
def test_a_language_file_keeps_the_format(code: str) -> None:
    """Ids are unique, keys, classes and kinds are known, and no pattern uses what the lexicon forbids."""
    raw = RAW[code]
    assert set(raw) <= {"language", "boundaries", "gap", "fragments", "words", "shape", "fact"}
    assert set(raw["words"]) <= LISTS
    assert {"function_words"} <= set(raw["words"])
    ids = [row["id"] for row in [*raw["shape"], *raw.get("fact", [])]]
    assert len(ids) == len(set(ids)), {name for name in ids if ids.count(name) > 1}
    for row in raw["shape"]:
        assert set(row) <= {
            "id",
            "class",
            "pattern",
            "matches",
            "not",
            "kind",
            "weight",
            "boundaries",
            "part",
        }, row["id"]
        assert row["class"] in CLASSES, row["id"]
        assert row.get("kind", "filled") in get_args(Kind), row["id"]
        assert "kind" not in row or row["class"] in DECISION, row["id"]
        assert (float(row.get("weight", CLASSES[row["class"]])) * 4).is_integer(), (
            f"{row['id']}: weights are quarters"
        )
    for row in [*raw["shape"], *raw.get("fact", [])]:
        assert re.fullmatch(r"[a-z0-9-]+", row["id"]), row["id"]
        assert not re.search(r"\.\*|\.\+|(?<!\\)\{(?!role|company|name)|\(\?", row["pattern"]), row["id"]
        assert row["pattern"] == row["pattern"].strip()


@pytest.mark.parametrize("code", RAW)
def test_shapes_match_their_sentences_and_no_near_miss(code: str) -> None:
    """What a row must match it matches; what it must not match it does not."""
    wrong: list[tuple[str, ...]] = []
    for row, shape in zip(RAW[code]["shape"], languages()[code].shapes, strict=True):
        assert shape.name == f"{code}.{row['id']}"
        matcher = Matcher([shape])
        if not row["matches"]:
            wrong.append((row["id"], "shows no sentence that needs it"))
        wrong += [
            (row["id"], "misses", each) for each in row["matches"] if not _finds(matcher, _searched(each))
        ]
        wrong += [
            (row["id"], "matches", each) for each in row.get("not", []) if _finds(matcher, _searched(each))
        ]
    assert wrong == []


@pytest.mark.parametrize("code", RAW)
def test_the_one_pass_loses_nothing(code: str) -> None:
    """What a shape's own expression finds, the one pass over all shapes has found possible."""
    sentences = {each for row in RAW[code]["shape"] for each in [*row["matches"], *row.get("not", [])]}
    lost = []
    for shape in languages()[code].shapes:
        matcher, alone = Matcher([shape]), re2.compile(f"(?i){expression(shape)}")
        lost += [
            (shape.name, sentence)
            for sentence in sentences
            if alone.search(_searched(sentence).text) and matcher.possible(_searched(sentence)) != [0]
        ]
    assert lost == []


@pytest.mark.parametrize("code", RAW)
def test_facts_are_read_from_their_sentences(code: str) -> None:
    """A row of facts reads exactly what it says it reads."""
    wrong = []
    for row, shape in zip(RAW[code].get("fact", []), languages()[code].facts, strict=True):
        assert shape.name == f"{code}.{row['id']}"
        assert row["finds"], row["id"]
        matcher = Matcher([shape], captures=True)
        for wanted in row["finds"]:
            text = wanted["text"]
            spans = (
                matcher.spans(0, Searchable(mask(text))) if matcher.possible(Searchable(mask(text))) else []
            )
            read = (
                {slot: text[start:end].strip(" .,") for slot, start, end in spans[0].groups}
                if spans
                else None
            )
            if read != {slot: value for slot, value in wanted.items() if slot != "text"}:
                wrong.append((row["id"], text, read))
    assert wrong == []


def test_a_broken_language_file_is_refused() -> None:
    """A fragment that is not defined, or holds itself, is an error and not a silent nothing."""
    head = "language = \"xx\"\n[fragments]\na = 'x <a>'\n"
    shape = read_language(f"{head}[[shape]]\nid = 'i'\nclass = 'weak'\npattern = '<a>'\n").shapes[0]
    with pytest.raises(ValueError, match="holds itself"):
        expression(shape)
    with pytest.raises(ValueError, match="not defined"):
        expression(replace(shape, pattern="<nowhere>"))
