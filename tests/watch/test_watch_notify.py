"""What the person is told, by a command of their own."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mailhook.config import NotifySettings
from mailhook.errors import NoDrafts
from mailhook.scan.report import Note, Report
from mailhook.watch.notify import Notifier
from tests.scan.mailroom import Mailroom

WRITER = """
import json, os, sys
line = [os.environ["MAILHOOK_ACTION"], os.environ["MAILHOOK_ACCOUNT"], sys.argv[2]]
open(sys.argv[1], "a").write(json.dumps(line) + "\\n")
"""


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    """Where the command writes down what it is told."""
    return tmp_path / "heard"


@pytest.fixture
def notifier(heard: Path) -> Notifier:
    return Notifier(NotifySettings(command=(sys.executable, "-c", WRITER, str(heard))))


def _lines(heard: Path) -> list[list[str]]:
    return [json.loads(line) for line in heard.read_text().splitlines()] if heard.exists() else []


def test_each_draft_is_told_with_whom_it_is_for(room: Mailroom, notifier: Notifier, heard: Path) -> None:
    """The sentence is the command's last word; what happened stands in its environment."""
    room.scan()
    room.deliver()
    report = room.scan()
    notifier.tell(report)
    notifier.tell(room.scan())
    assert _lines(heard) == [["draft-made", "personal", "A draft is ready in Drafts: Acme, Data Engineer"]]


def test_a_fault_is_told_once_until_it_is_over(notifier: Notifier, heard: Path) -> None:
    """Every pass sees it; the person is told when it begins, and when it begins again."""
    fault = Report(account="personal", fault=NoDrafts("there is no Drafts mailbox"), complete=True)
    for report in (fault, fault, Report(account="personal", complete=True), fault):
        notifier.tell(report)
    assert _lines(heard) == [["account-fault", "personal", "there is no Drafts mailbox"]] * 2


def test_what_waits_for_the_person_is_told_and_what_does_not_is_not(notifier: Notifier, heard: Path) -> None:
    """A first run is nothing to be woken for."""
    waits = Note(action="too-many-drafts", sentence="more than 20 drafts would be made", needs_person=True)
    notifier.tell(
        Report(
            account="personal",
            notes=(waits, replace(waits, action="first-run", needs_person=False)),
            complete=True,
        )
    )
    notifier.tell_fault("archive", "account-paused", "the password was refused")
    assert _lines(heard) == [
        ["too-many-drafts", "personal", "more than 20 drafts would be made"],
        ["account-paused", "archive", "the password was refused"],
    ]


@pytest.mark.parametrize("command", [("/nowhere/at/all",), (sys.executable, "-c", "raise SystemExit(3)")])
def test_a_command_that_fails_harms_nobody(command: tuple[str, ...]) -> None:
    """It is missing, or ends badly: the pass goes on."""
    Notifier(NotifySettings(command=command)).tell_fault(
        "personal", "account-paused", "the password was refused"
    )
