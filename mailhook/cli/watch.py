"""`mailhook watch`: the background service, in the foreground: a line for each thing done, until Ctrl-C or SIGTERM."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from mailhook.cli.options import ConfigOption, load_config

if TYPE_CHECKING:
    from mailhook.config import Config


def watch(
    context: typer.Context,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Log JSON, one object a line. Under systemd it always does, for the journal."
        ),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Watch every account and leave drafts as mail arrives, until Ctrl-C or SIGTERM.

    Reconnects by itself, catches up after every pause, and reads the configuration again at SIGHUP. What is logged goes to standard error and
    names no address, no subject and no text. "mailhook service install" starts it by itself.

    \b
    Examples:
      mailhook watch
      mailhook watch --json
    """
    from mailhook.cli.texts import refuse_broken_texts
    from mailhook.watch.logs import log_to, stop_logging
    from mailhook.watch.service import watch as watch_all

    def load() -> "Config":
        settings = load_config(context, config)
        refuse_broken_texts(settings)
        return settings

    handler = log_to(sys.stderr, as_json=as_json or _to_journal())
    try:
        watch_all(load)
    finally:
        stop_logging(handler)


def _to_journal() -> bool:
    """Say whether standard error goes to systemd's journal (systemd.exec(5), $JOURNAL_STREAM)."""
    about = os.fstat(sys.stderr.fileno())
    return os.environ.get("JOURNAL_STREAM") == f"{about.st_dev}:{about.st_ino}"
