"""The command line: every command, in the order in which a newcomer meets them."""

from pathlib import Path
from typing import Annotated

import typer

from mailhook.cli.check import check
from mailhook.cli.demo import demo
from mailhook.cli.evaluate import evaluate
from mailhook.cli.explain import explain
from mailhook.cli.init import init
from mailhook.cli.log import log
from mailhook.cli.options import ConfigOption
from mailhook.cli.propose import propose
from mailhook.cli.scan import scan
from mailhook.cli.service import service
from mailhook.cli.status import status
from mailhook.cli.templates import templates
from mailhook.cli.tone import tone
from mailhook.cli.watch import watch

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


app.command(short_help="Show the main job on a sample mailbox; needs nothing.")(demo)
app.command(short_help="Set up an account, by questions or flags.")(init)
app.command(short_help="Test every account, and say what to do.")(check)
app.command(short_help="Look once for new rejections; what cron calls.")(scan)
app.command(short_help="Watch every account, all the time.")(watch)
app.add_typer(service, name="service", short_help="Let it run by itself: service, timer or cron.")
app.command(short_help="Whether it lives, and what waits for you.")(status)
app.command(short_help="What was done and why; the state of each draft.")(log)
app.command(short_help="Drafts that are made only on your word.")(propose)
app.command(short_help="Why a message is judged as it is, and the answer.")(explain)
app.command(short_help="What a reply of yours should not say, and why.")(tone)
app.command(short_help="The texts of answers, and your own in their place.")(templates)
app.command(short_help="Precision and recall over labelled messages.")(evaluate)
