"""Options that several commands share; `--config` is understood before and after the command."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mailhook.config import Config

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration to use. Without it: MAILHOOK_CONFIG, or the platform's own place.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def named_config(context: typer.Context, after: Path | None) -> Path | None:
    """Return the configuration named on the command line, after the command or before it."""
    if after is not None:
        return after
    before = context.find_root().obj
    return before if isinstance(before, Path) else None


def load_config(context: typer.Context, after: Path | None, *, accounts: bool = True) -> "Config":
    """Read the configuration; with `accounts`, hold each account's keys against its connector."""
    from mailhook.config import load

    constructor: Callable[[str], Callable[..., Any]] | None = None
    if accounts:
        from mailhook.connector import connector_class

        constructor = connector_class
    return load(named_config(context, after), constructor=constructor)


def load_config_if_any(context: typer.Context, after: Path | None) -> "Config | None":
    """Read the configuration for a command that can do without: None where none was named and none is there."""
    from mailhook.config import config_path

    named = named_config(context, after) or os.environ.get("MAILHOOK_CONFIG")
    if named is None and not config_path().exists():
        return None
    return load_config(context, after, accounts=False)
