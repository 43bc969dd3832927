"""`mailhook demo`: the main job on a sample mailbox, with the real connector and the real scan; needs nothing."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailhook.cli.show import clean, clean_line, console, line
from mailhook.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from mailhook.config import Config
    from mailhook.scan.report import JudgedMessage, Report

# Beside the mail, where no mail program looks: the configuration and the ledger of the demo.
_OWN = "mailhook"


def demo(
    directory: Annotated[
        Path | None,
        typer.Option(
            "--dir",
            metavar="DIR",
            help="Where to make the sample Maildir: a new or empty folder. Default: a temporary one.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show what mailhook does, on a sample mailbox: what it finds and why, and the drafts it leaves.

    Needs no account, no network and no configuration.

    \b
    Examples:
      mailhook demo
      mailhook demo --dir ~/mailhook-demo
    """
    from mailhook.cli.sample_mailbox import oldest, write_sample
    from mailhook.scan.place import ledger_path

    now = datetime.now(UTC)
    folder = _folder(directory)
    messages = write_sample(folder, now)
    settings = _configuration(folder)
    line(f"A sample mailbox of {messages} messages: {folder}")
    report = _scan(settings, oldest(now) - timedelta(days=1))
    out = console()
    out.print()
    _table(report.judged, out)
    for each in report.made:
        _draft(each, out)
    _where(folder, settings, len(report.made))
    if report.fault is not None:
        raise report.fault
    assert ledger_path(settings.state).exists()


def _folder(directory: Path | None) -> Path:
    if directory is None:
        return Path(tempfile.mkdtemp(prefix="mailhook-demo-"))
    folder = directory.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty; name a new folder with --dir")
    except OSError as exc:
        raise UsageError(f"{folder} cannot be used ({exc.strerror}); name another folder with --dir") from exc
    return folder


def _configuration(folder: Path) -> "Config":
    """Write the demo's configuration, so that every other command can be tried on it, and read it as any other."""
    from dataclasses import replace

    from mailhook.cli.config_text import account_section, me_section, write_config
    from mailhook.cli.sample_mailbox import ME
    from mailhook.config import load
    from mailhook.connector import connector_class

    path = folder / _OWN / "config.toml"
    account = account_section("demo", {"connector": "maildir", "path": str(folder)})
    write_config(path, f"{me_section(ME)}\n{account}", keep_old=False)
    return replace(load(path, constructor=connector_class), state=folder / _OWN)


def _scan(settings: "Config", since: datetime) -> "Report":
    from dataclasses import replace

    from mailhook.ledger.ledger import Ledger
    from mailhook.scan.place import job_of, ledger_path
    from mailhook.scan.run import scan_account

    account = settings.accounts["demo"]
    with Ledger.open(ledger_path(settings.state)) as ledger:
        job = job_of(settings, account, ledger, clock=lambda: datetime.now(UTC))
        return scan_account(replace(job, since=since, others=True))


def _table(judged: "Sequence[JudgedMessage]", out: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    styles = {"rejection": "red", "uncertain": "yellow", "other": "dim"}
    table = Table("from and subject", "verdict", "answer", "why", show_lines=True, expand=False)
    for column, width in zip(table.columns, (30, 12, 14, None), strict=True):
        column.min_width = width
    for each in sorted(judged, key=lambda each: (each.verdict.label != "rejection", each.received)):
        message, verdict = each.message, each.verdict
        sender = message.from_[0] if message.from_ else None
        who = clean_line((sender.name or sender.address) if sender else "nobody")
        label = Text(verdict.label, style=styles[verdict.label])
        if verdict.label == "rejection":
            label.append(f"\n{verdict.stage}", style="default")
        table.add_row(
            Text.assemble((who, "bold"), f"\n{clean_line(message.subject)}"), label, _answer(each), _why(each)
        )
    out.print(table)


def _answer(judged: "JudgedMessage") -> str:
    plan = judged.plan
    if judged.draft is None:
        return "-" if judged.verdict.label == "other" else "no draft"
    return f"{plan.channel}\n{plan.intent.replace('_', ' ')}"


def _why(judged: "JudgedMessage") -> str:
    """Return the strongest words of the verdict, and the reason of the plan."""
    verdict = judged.verdict
    told = clean_line(judged.plan.reason)
    if verdict.label == "other" or not verdict.evidence:
        return told
    strongest = max(verdict.evidence, key=lambda each: each.weight)
    return f'"{clean_line(strongest.quote)}"\n{told}'


def _draft(judged: "JudgedMessage", out: "Console") -> None:
    from rich.panel import Panel
    from rich.text import Text

    from mailhook.cli.describe import draft_lines

    assert judged.draft is not None
    out.print(
        Panel(
            Text("\n".join(draft_lines(judged.draft))),
            title=Text(clean(f"draft by {judged.plan.channel}")),
            title_align="left",
        )
    )


def _where(folder: Path, settings: "Config", made: int) -> None:
    line(
        f"{made} drafts wait in {folder / '.Drafts'}; nothing was sent, and no message of the mailbox was changed."
    )
    line("Any mail program that reads a Maildir can open them, for example:")
    line(f"  mutt -f {folder / '.Drafts'}")
    line("Look further:")
    variables = f"MAILHOOK_STATE={settings.state} MAILHOOK_CONFIG={settings.path}"
    line(f"  {variables} mailhook log")
    line(f"  mailhook explain {folder}/new/*")
    line('Your own mail: "mailhook init".')
