"""`mailhook explain`: verdict, evidence, facts, plan and draft of raw messages, from the very way that a scan goes; touches nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.letters import NEWS, mail

Run = Callable[..., Any]
Snapshot = Callable[[], dict[str, str]]


@pytest.fixture
def file(home: Path, rejection: bytes) -> Path:
    """A rejection in a file."""
    path = home / "rejection.eml"
    path.write_bytes(rejection)
    return path


def test_json_is_that_of_a_scan_but_for_account_and_mailbox(
    run: Run, configured: Path, file: Path, deliver: Callable[..., Path], rejection: bytes
) -> None:
    """The same keys in the same order, the same verdict and plan, and the draft that a scan would write."""
    deliver(rejection)
    (explained,) = run("explain", file, "--json").objects
    (scanned,) = run("scan", "--dry-run", "--since", "1d", "--json").objects
    assert list(explained) == list(scanned)
    assert list(explained["draft"]) == list(scanned["draft"])
    assert (explained.pop("account"), scanned.pop("account")) == (None, "post")
    (ours, theirs) = explained.pop("draft"), scanned.pop("draft")
    assert (ours.pop("mailbox"), theirs.pop("mailbox")) == (None, "Drafts")
    assert explained == scanned
    assert (ours["in_reply_to"], ours["subject"]) == (theirs["in_reply_to"], theirs["subject"])
    assert ours["text"].startswith("Hi Jane") or ours["text"].startswith("Dear")


def test_the_same_message_is_explained_the_same_twice(run: Run, file: Path) -> None:
    first = run("explain", file, "--json")
    assert (first.status, first.err) == (0, "")
    assert run("explain", file, "--json").out == first.out


def test_it_tells_the_evidence_in_place_the_facts_the_plan_and_the_draft(run: Run, file: Path) -> None:
    ran = run("explain", file)
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[1] == "From: Jane Roe <jane.roe@acme.example>"
    assert lines[3:5] == ["Subject: Your interview for Data Engineer at Acme", ""]
    assert lines[5] == "Dear Alex,"
    shown = [line for line in lines if line.startswith(("verdict: ", "company: ", "role: ", "recruiter: "))]
    assert shown[0].startswith("verdict: rejection (score ")
    assert [line.partition(" (")[0] for line in shown[1:]] == [
        "company: Acme",
        "role: Data Engineer",
        "recruiter: Jane Roe",
    ]
    assert any(line.startswith("answer: feedback by email to jane.roe@acme.example. ") for line in lines)
    assert any(line.startswith("gates passed: ") for line in lines)
    assert "To: jane.roe@acme.example" in lines
    assert lines[-1] == "[below it, their message is quoted]"


def test_evidence_is_highlighted_on_a_terminal(configured: Path, file: Path) -> None:
    """In colour, and only there."""
    import subprocess
    import sys

    command = f"stty cols 100; {sys.executable} -m mailhook explain {file}"
    done = subprocess.run(
        ["script", "-qec", command, "/dev/null"],
        capture_output=True,
        check=True,
        timeout=60,
        env={"TERM": "xterm-256color", "HOME": str(file.parent), "PATH": "/usr/bin:/bin"},
    )
    assert b"\x1b[1;37;41mmove forward with another candidate\x1b[0m" in done.stdout


def test_standard_input_is_named_by_a_dash(run: Run, rejection: bytes) -> None:
    ran = run("explain", "-", "--json", stdin=rejection)
    assert [each["label"] for each in ran.objects] == ["rejection"]


def test_messages_given_together_are_one_conversation(run: Run, home: Path, file: Path) -> None:
    """Alex has answered Jane's news already, so no draft is called for; a stranger's mail changes nothing."""
    own = mail(
        "Dear Jane,\n\nThank you for telling me.\n\nAlex\n",
        sender="Alex Morgan <alex.morgan@example.org>",
        message_id="a1@example.org",
        answers="x1@acme.example",
    )
    own = own.replace(b"To: Alex Morgan <alex.morgan@example.org>", b"To: Jane Roe <jane.roe@acme.example>")
    answer, other = home / "answer.eml", home / "other.eml"
    answer.write_bytes(own)
    other.write_bytes(mail("Lunch?\n", message_id="m1@example.net"))
    alone = run("explain", file, other, "--json").objects[0]
    assert (alone["label"], alone["draft"] is None) == ("rejection", False)
    both = run("explain", file, answer, "--json").objects[0]
    assert (both["label"], both["draft"], both["intent"]) == ("rejection", None, "none")
    assert both["reason"].startswith("You have already answered it")


def test_it_touches_nothing(run: Run, configured: Path, file: Path, snapshot: Snapshot) -> None:
    before = snapshot()
    assert run("explain", file).status == 0
    assert snapshot() == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("none.eml", "cannot be read (No such file or directory)"),
        (".", "cannot be read (Is a directory)"),
        ("empty.eml", "is empty; give a raw message"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_status_2(
    run: Run, home: Path, file: Path, name: str, sentence: str
) -> None:
    """Also where others could be: nothing is printed for them."""
    (home / "empty.eml").write_bytes(b"\n")
    ran = run("explain", file, home / name)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"mailhook: {home / name}")
    assert sentence in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("raw", [b"\x00\xff\xfe" * 100, b"no header at all", b"Subject: " + b"x" * 100_000])
def test_any_bytes_are_explained(run: Run, raw: bytes) -> None:
    ran = run("explain", "-", "--json", stdin=raw)
    assert (ran.status, ran.err) == (0, "")
    assert [each["label"] for each in ran.objects] == ["other"]


def test_escapes_in_mail_are_shown_and_not_obeyed(terminal: Run, home: Path) -> None:
    path = home / "hostile.eml"
    subject = "=?utf-8?q?=1b]0;owned=07=1b[2J_interview?="
    text = NEWS.replace("Unfortunately", "Unfortunately \x1b[8m\x1b]8;;http://x\x07")
    path.write_bytes(mail(text, subject=subject, sender="=?utf-8?q?J=1b[31mane?= <j@acme.example>"))
    out = terminal("explain", path).out
    assert "verdict:" in out
    assert not {"\x1b", "\x07", "\x9b"} & set(out)
