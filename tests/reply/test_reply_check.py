"""Texts are checked before a scan relies on them, and what is wrong is named by file, line and variable."""

from pathlib import Path

import pytest

from mailhook.mail.message import Address
from mailhook.reply.check import NAMES, TextFinding, check_templates, own_texts
from mailhook.reply.compose import text_values
from mailhook.reply.language import language_codes, load_language
from mailhook.reply.plan import Plan
from mailhook.verdict.verdict import Facts, Verdict


@pytest.mark.parametrize("code", language_codes())
def test_every_shipped_language_is_in_order(code: str) -> None:
    """No text that is shipped has a finding of any kind, warnings included."""
    assert check_templates(None, [code]) == ()


def test_the_names_checked_are_the_names_given(message, me) -> None:  # type: ignore[no-untyped-def]  # fixtures of conftest
    """A text that passes the check finds every value when it is used, and no others are promised."""
    plan = Plan(
        channel="email", intent="thanks", purpose="thanks", recipient=None, answers="x@acme.test", reason=""
    )
    given = text_values(
        plan,
        message(from_=(Address(address="a@b.test"),)),
        Verdict(label="rejection", score=5),
        Facts(),
        me=me,
        conversation=(),
        language=load_language("en"),
        form="formal",
    )
    assert set(given) == set(NAMES)


def own(folder: Path, name: str, text: str, language: str = "en") -> str:
    (folder / language).mkdir(exist_ok=True)
    (folder / language / name).write_text(text, encoding="utf-8")
    return str(folder)


def test_a_misspelt_value_is_named_with_its_line(tmp_path: Path) -> None:
    """The file, the line and the variable, and what there is instead."""
    found = check_templates(own(tmp_path, "thanks.j2", "Thank you.\n\nI like {{ compnay }}.\n"), ["en"])
    [first] = found
    assert (first.file, first.line, first.variable) == (str(tmp_path / "en" / "thanks.j2"), 3, "compnay")
    assert "company" in first.problem


def test_broken_syntax_is_named_with_its_line(tmp_path: Path) -> None:
    """An unclosed tag."""
    [found] = check_templates(own(tmp_path, "given.j2", "Thank you.\n{% if role %}\nfor {{ role }}"), ["en"])
    assert (Path(found.file).name, found.line, found.variable) == ("given.j2", 3, "")


def test_a_block_that_replaces_nothing_is_named(tmp_path: Path) -> None:
    """A misspelt block would be lost without a word."""
    text = '{% extends "shipped/feedback.j2" %}\n{% block qestion %}What?{% endblock %}'
    [found] = check_templates(own(tmp_path, "feedback.j2", text), ["en"])
    assert (found.line, found.variable) == (2, "qestion")
    assert "question" in found.problem


def test_tone_and_length_are_checked_with_what_would_be_said(tmp_path: Path) -> None:
    """Each wording is seen, also one that is rarely chosen."""
    text = "{% either %}Thank you.{% or %}I demand an answer.{% or %}Thanks.{% endeither %}"
    findings = check_templates(own(tmp_path, "keep_in_touch.j2", text), ["en"])
    assert any("I demand" in one.problem and "T3" in one.problem for one in findings)
    long = check_templates(own(tmp_path, "text.j2", "word " * 100), ["en"])
    assert any("500 characters" in one.problem or "499 characters" in one.problem for one in long)


def test_a_language_that_lacks_something_is_named(tmp_path: Path) -> None:
    """A folder with half its files, and one whose language.toml is broken."""
    own(tmp_path, "language.toml", 'name = "Half"\nbase = "en"\n', "en-xx")
    assert check_templates(str(tmp_path), ["en-xx"]) == ()
    own(tmp_path, "language.toml", 'name = "Broken"\n', "xx")
    assert [one.file for one in check_templates(str(tmp_path), ["xx"])] == ["xx/language.toml"]
    own(tmp_path, "language.toml", "name = ", "yy")
    [found] = check_templates(str(tmp_path), ["yy"])
    assert isinstance(found, TextFinding)
    assert "yy/language.toml" in found.problem


def test_one_s_own_texts_are_listed(tmp_path: Path) -> None:
    """By language and name."""
    own(tmp_path, "thanks.j2", "Thank you.")
    own(tmp_path, "language.toml", 'name = "Mine"', "xx")
    assert own_texts(str(tmp_path)) == ("en/thanks.j2", "xx/language.toml")
    assert own_texts(None) == ()
