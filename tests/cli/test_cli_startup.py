"""Commands load what they need: cron calls `scan` every few minutes, and people wait for `log`."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

# Dear to import, and needed only where something is to be answered, asked for or migrated.
HEAVY = {
    "alembic", "bs4", "fpdf", "google.auth", "googleapiclient", "httplib2", "icalendar", "jinja2", "keyring", "phonenumbers", "rich",
    "watchfiles",
}  # fmt: skip


def loaded(*arguments: str) -> set[str]:
    """Return the modules that a command has loaded by its end."""
    program = (
        "import sys\nfrom mailhook.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as exc:\n    assert exc.code == 0\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.split())


@pytest.fixture
def scanned(run: Run, configured: Path) -> None:
    """An account that was scanned, with nothing new since."""
    assert run("scan").status == 0


def test_help_loads_no_room_of_the_house() -> None:
    modules = {name for name in loaded("--help") if name.startswith("mailhook.")}
    assert {name for name in modules if not name.startswith("mailhook.cli")} <= {"mailhook.errors"}


@pytest.mark.parametrize("command", ["log", "status"])
def test_looking_at_the_ledger_loads_neither_the_mail_nor_the_scan(scanned: None, command: str) -> None:
    modules = loaded(command)
    assert HEAVY & modules == set()
    rooms = {name.split(".")[1] for name in modules if name.startswith("mailhook.")}
    assert rooms <= {"cli", "config", "connector", "errors", "ledger", "mail", "reply", "verdict"}
    assert not {"mailhook.mail.parse", "mailhook.verdict.judge", "mailhook.reply.compose"} & modules


def test_a_scan_with_nothing_new_loads_nothing_that_only_answers_need(scanned: None) -> None:
    assert HEAVY & loaded("scan") == set()
