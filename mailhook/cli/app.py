"""The command line: every command, in the order in which a newcomer meets them."""

from pathlib import Path
from typing import Annotated

import typer

from mailhook.cli.evaluate import evaluate
from mailhook.cli.options import ConfigOption

app = typer.Typer(
    name="mailhook",
    help="Turn job rejections into feedback: find them in your mailbox, and leave a reply in kind in your Drafts. Never sends.",
    epilog='New here? "mailhook demo" shows it on a sample mailbox; "mailhook init" sets up your own.',
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from mailhook import __version__

        typer.echo(f"mailhook {__version__}")
        raise typer.Exit


@app.callback()
def _before(
    context: typer.Context,
    config: ConfigOption = None,
    version: Annotated[  # noqa: ARG001  read by its callback
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    context.obj = config if isinstance(config, Path) else None


app.command()(evaluate)
