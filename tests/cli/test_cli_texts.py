"""`tone` and `templates`: what a reply should not say, and whether the texts of answers are in order."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

DEMAND = b"Dear Jane,\n\nThank you.\nI demand that you explain this decision to me immediately.\n\nAlex\n"


def test_a_demand_is_named_with_its_line_why_and_a_better_phrase(run: Run) -> None:
    ran = run("tone", "-", stdin=DEMAND)
    assert (ran.status, ran.err) == (1, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith('line 4: "I demand')
    assert "do not send this" in lines[0]
    assert lines[1] == "    I demand that you explain this decision to me immediately."
    assert lines[2].startswith("    better: ")


def test_json_tells_each_finding(run: Run) -> None:
    ran = run("tone", "-", "--json", stdin=DEMAND)
    found = ran.objects[0]
    assert list(found) == ["id", "level", "start", "end", "quote", "why", "better"]
    assert DEMAND.decode()[found["start"] : found["end"]] == found["quote"]


def test_a_good_reply_passes(run: Run, home: Path) -> None:
    file = home / "reply.txt"
    file.write_text("Dear Jane,\n\nThank you for telling me. What could I work on first?\n\nAlex\n")
    ran = run("tone", file)
    assert (ran.status, ran.out) == (0, "nothing to say against it\n")


def test_what_is_quoted_does_not_count(run: Run, rejection: bytes) -> None:
    quoted = b"Thank you for telling me.\n\n> I demand that you explain this decision to me immediately.\n"
    assert run("tone", "-", stdin=quoted).status == 0
    message = rejection.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + quoted.replace(b"\n", b"\r\n")
    assert run("tone", "-", stdin=message).status == 0
    assert run("tone", "-", stdin=message.replace(b"> I", b"I")).status == 1


def test_other_languages_are_named(run: Run) -> None:
    text = "Guten Tag,\n\nich verlange, dass Sie mir diese Entscheidung begründen.\n".encode()
    assert run("tone", "-", "--language", "de", stdin=text).status == 1
    assert run("tone", "-", stdin=text).status == 0


def test_a_file_that_cannot_be_read_is_exit_status_2(run: Run, home: Path) -> None:
    ran = run("tone", home / "none.txt")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"mailhook: {home}/none.txt cannot be read (No such file or directory); ")


# templates ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(home: Path, configured: Path) -> Path:
    """A text of the person's own, in place of mailhook's."""
    configured.write_text(configured.read_text() + '\n[reply]\ntemplates = "~/texts"\n')
    path = home / "texts/en/thanks.j2"
    path.parent.mkdir(parents=True)
    path.write_text(
        '{% extends "shipped/thanks.j2" %}\n'
        "{% block other_roles %}\nI would be glad to hear from you about other roles.\n{% endblock %}\n"
    )
    return path


def test_texts_are_listed_by_language_with_ones_own(run: Run, own: Path) -> None:
    ran = run("templates")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert "en     English: accept, call, feedback, given, keep_in_touch, text, thanks, voicemail" in lines
    assert lines[-1] == "Yours, from ~/texts: en/thanks.j2"


def test_without_a_configuration_mailhooks_own_are_listed(run: Run) -> None:
    ran = run("templates")
    assert ran.status == 0
    assert ran.out.splitlines()[-1].startswith("All of them are mailhook's.")


def test_check_renders_everything_and_passes_or_names_file_line_and_variable(run: Run, own: Path) -> None:
    ran = run("templates", "--check", "--language", "en")
    assert (ran.status, ran.out) == (0, "all texts are in order: en\n")
    own.write_text(own.read_text().replace("other roles", "roles at {{ compnay }}"))
    ran = run("templates", "--check", "--language", "en")
    assert ran.status == 1
    assert f'{own} line 3: there is no value "compnay"; ' in ran.out


def test_check_finds_a_tone_that_would_not_pass(run: Run, own: Path) -> None:
    own.write_text(own.read_text().replace("I would be glad to hear", "I demand to hear"))
    ran = run("templates", "--check", "--language", "en")
    assert ran.status == 1
    assert f"{own}: " in ran.out
    assert "I demand" in ran.out


def test_a_language_without_texts_is_exit_status_2(run: Run) -> None:
    ran = run("templates", "--language", "xx")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith('mailhook: there are no texts in the language "xx"; there are: ')


def test_a_folder_of_texts_that_is_not_there_stops_a_scan(run: Run, configured: Path) -> None:
    configured.write_text(configured.read_text() + '\n[reply]\ntemplates = "~/none"\n')
    ran = run("scan")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        f"mailhook: [reply] templates: there is no folder ~/none; make it, or take the setting out of {configured}\n"
    )
