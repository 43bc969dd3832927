"""The command line as a whole: help, exit status, one sentence for every error, and text that a terminal only shows."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailhook.cli.show import clean, clean_line

Run = Callable[..., Any]
COMMANDS = ["demo", "init", "check", "scan", "log", "explain", "evaluate", "tone", "status", "service"]


def test_help_names_every_command(run: Run) -> None:
    ran = run("--help")
    assert ran.status == 0
    listed = re.findall(r"^  ([a-z]+)  ", ran.out.partition("Commands:")[2], flags=re.MULTILINE)
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert ran.status == 0
    assert f"Usage: mailhook {command}" in ran.out
    assert "Examples:\n" in ran.out or command == "status"
    assert "--account <str>" not in ran.out


def test_the_version_is_told(run: Run) -> None:
    from mailhook import __version__

    assert run("--version").out == f"mailhook {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("scan", "--nonsense"),
        ("explain",),
        ("evaluate",),
        ("service", "--every", "x"),
        (),
    ],
)
def test_wrong_usage_is_exit_status_2_without_a_traceback(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert "Traceback" not in ran.out + ran.err


@pytest.mark.parametrize("command", ["check", "scan", "log", "status", "service --print"])
def test_a_missing_configuration_is_one_sentence_and_exit_status_2(
    run: Run, home: Path, command: str
) -> None:
    ran = run(*command.split())
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        f"mailhook: there is no configuration at {home}/.config/mailhook/config.toml; "
        'write one with "mailhook init", or try "mailhook demo", which needs none\n'
    )
    assert not list(home.iterdir())


def test_the_configuration_may_be_named_before_and_after_the_command(run: Run, configured: Path) -> None:
    elsewhere = configured.rename(configured.parent / "other.toml")
    assert run("status").status == 2
    assert run("--config", elsewhere, "status").status == 0
    assert run("status", "--config", elsewhere).status == 0
    assert run("--config", "/none", "status", "--config", elsewhere).status == 0


def test_a_wrong_configuration_lists_every_mistake(run: Run, configured: Path) -> None:
    configured.write_text('[me]\nname = 3\n[accounts.post]\nconnector = "maildir"\nfolder = "x"\n')
    ran = run("scan")
    assert ran.status == 2
    assert ran.err.splitlines() == [
        f"mailhook: {configured} has 4 mistakes:",
        "  me.name: must be text in quotes, not a number",
        "  me.addresses: is missing",
        "  accounts.post.folder: is not a setting",
        "  accounts.post.path: is missing",
    ]


def test_an_unknown_account_is_exit_status_2(run: Run, configured: Path) -> None:
    ran = run("scan", "--account", "work")
    assert (ran.status, ran.err) == (2, 'mailhook: there is no account "work"; configured are: post\n')


def test_python_dash_m_is_the_same_program(program: Run) -> None:
    ran = program("scan", "--since", "tomorrow")
    assert ran.status == 2
    assert ran.err.startswith("mailhook: ")


def test_a_closed_pipe_is_no_traceback(configured: Path) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        f"{sys.executable} -m mailhook --help | true",
        shell=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == b""


def test_control_characters_of_mail_never_reach_a_terminal() -> None:
    hostile = "a\x1b[31mb\x07c\x9b2Jd\u202ee\u2066f\x7fg\rh\ud800i"
    assert clean(hostile) == "a␛[31mb␇c\ufffd2Jd\ufffde\ufffdf␡g␍h\ufffdi"
    assert len(clean(hostile)) == len(hostile)
    assert clean_line(" a\nb\tc  d ") == "a b c d"
    assert clean("tab\tand\nline, ünïcode 求人 שלום") == "tab\tand\nline, ünïcode 求人 שלום"
