"""The README tells the truth: every command line in it is understood, every command stands in it, and its sample is what the demo shows."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from mailhook.cli.app import app

README = Path(__file__).parent.parent.parent / "README.md"
TEXT = README.read_text(encoding="utf-8")
COMMAND: Any = typer.main.get_command(app)

BLOCKS = re.findall(r"^```sh\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.startswith("mailhook ")]
SPANS = re.findall(r"`(mailhook [^`]*)`", TEXT)


def test_there_are_command_lines() -> None:
    assert len(LINES) >= 7
    assert len(SPANS) >= 13


@pytest.mark.parametrize("words", sorted({*LINES, *SPANS}))
def test_every_command_line_is_understood(words: str) -> None:
    """The command is there, and takes these options with these values."""
    arguments = shlex.split(words)[1:]
    command, context = COMMAND, COMMAND.make_context("mailhook", arguments[:1], resilient_parsing=True)
    while hasattr(command, "commands") and arguments and not arguments[0].startswith("-"):
        command = command.commands[arguments.pop(0)]
    command.make_context(command.name, arguments, parent=context)


def test_the_table_has_every_command_and_no_other() -> None:
    told = re.findall(r"^\| `mailhook (\w+)", TEXT.partition("## All commands")[2], flags=re.MULTILINE)
    assert told == list(COMMAND.commands)


def test_every_file_it_names_is_there() -> None:
    for name in re.findall(r"\]\((?!http)([^)#]+)\)", TEXT):
        assert (README.parent / name).is_file(), name


def test_every_target_of_make_that_it_names_is_there() -> None:
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)|`make (\w+)`", TEXT, flags=re.MULTILINE):
        assert re.search(rf"^{''.join(target)}:", makefile, flags=re.MULTILINE), target


def test_its_sample_is_what_the_demo_shows(terminal: Callable[..., Any], home: Path) -> None:
    """Line for line, on a terminal of 100 columns."""
    ran = terminal("demo", "--dir", home / "sample", kind="xterm-256color")
    shown = [line.rstrip() for line in ran.out.splitlines()]
    sample = TEXT.partition("```\n  from, about")[2].partition("\n```")[0].splitlines()
    assert len(sample) > 5
    for line in sample[1:]:
        assert line.rstrip() in shown
