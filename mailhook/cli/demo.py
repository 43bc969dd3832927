"""`mailhook demo`: the main job on a sample mailbox, with the real connector and the real scan; needs nothing."""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailhook.cli.show import clean_line, console, line
from mailhook.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    from mailhook.config import Config
    from mailhook.scan.report import JudgedMessage, Report
    from mailhook.verdict.verdict import Evidence

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

    now = datetime.now(UTC)
    folder = _folder(directory)
    messages = write_sample(folder, now)
    settings = _configuration(folder)
    line(f"A sample mailbox of {messages} messages: {folder}")
    line("mailhook now reads it as it would read yours.")
    report = _scan(settings, oldest(now) - timedelta(days=1))
    if report.fault is not None:
        raise report.fault
    _show(report.judged, console())
    _where(folder, len(report.made))


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
    from mailhook.scan.place import job_of
    from mailhook.scan.run import scan_account

    account = settings.accounts["demo"]
    with Ledger.open(settings.ledger) as ledger:
        job = job_of(settings, account, ledger, clock=lambda: datetime.now(UTC))
        return scan_account(replace(job, since=since, others=True))


# Showing it -----------------------------------------------------------------------------------------------------------------


def _show(judged: "Sequence[JudgedMessage]", out: "Console") -> None:
    """Show what speaks of a rejection with its reasons, then the rest of the mail, then each draft."""
    in_order = sorted(judged, key=lambda each: each.received)
    news = [each for each in in_order if each.verdict.label != "other"]
    rest = [each for each in in_order if each.verdict.label == "other"]
    out.print()
    out.print(_news_table(news))
    out.print(_rest_table(rest))
    for each in news:
        if each.draft is not None:
            out.print()
            out.print(_draft_panel(each))


def _news_table(judged: "Sequence[JudgedMessage]") -> "Table":
    from rich.text import Text

    from mailhook.cli.describe import LABEL_STYLES

    sure = sum(each.verdict.label == "rejection" for each in judged)
    table = _plain_table(f"{sure} rejections, {len(judged) - sure} uncertain")
    table.add_column("from, about", ratio=7)
    table.add_column("verdict", width=11)
    table.add_column("why", ratio=8)
    table.add_column("draft", width=13)
    for number, each in enumerate(judged):
        if number:
            table.add_row()
        label = each.verdict.label
        stage = "" if label == "uncertain" or each.verdict.stage == "unknown" else f"\n{each.verdict.stage}"
        about = f"\n{clean_line(each.message.subject)}"
        table.add_row(
            Text.assemble((_who(each), "bold"), about),
            Text.assemble((label, LABEL_STYLES[label]), stage),
            _why(each),
            _answer(each),
        )
    return table


def _why(judged: "JudgedMessage") -> "Text":
    """Return the strongest words of the verdict, and of a message without a draft also the reason for that."""
    from rich.text import Text

    why = Text(_quote(_strongest(judged.verdict.evidence)))
    if judged.draft is None:
        why.append(f"\n{clean_line(judged.plan.reason)}", style="dim")
    return why


def _answer(judged: "JudgedMessage") -> "Text":
    from rich.text import Text

    if judged.draft is None:
        return Text("none", style="dim")
    return Text.assemble((_intent(judged), "green"), f"\nby {judged.plan.channel}")


def _intent(judged: "JudgedMessage") -> str:
    return judged.plan.intent.replace("_", " ")


def _rest_table(judged: "Sequence[JudgedMessage]") -> "Table":
    from rich.text import Text

    table = _plain_table(f"{len(judged)} other messages, left alone")
    for heading, ratio in (("from", 5), ("about", 9), ("why", 12)):
        table.add_column(heading, ratio=ratio, no_wrap=True, overflow="ellipsis")
    for each in judged:
        table.add_row(_who(each), Text(clean_line(each.message.subject)), Text(_why_not(each), style="dim"))
    return table


def _why_not(judged: "JudgedMessage") -> str:
    """Return what kept a message from being taken for a rejection: words against it, or that those for it are too weak."""
    evidence = [each for each in judged.verdict.evidence if each.weight]
    if not evidence:
        return "nothing in it speaks of a rejection"
    against = min(evidence, key=lambda each: each.weight)
    if against.weight < 0:
        return f"against it: {_quote(against)}"
    return f"not enough: {_quote(_strongest(evidence))}"


def _strongest(evidence: "Sequence[Evidence]") -> "Evidence":
    """Return what speaks most for a rejection: what is stated rather than what all words come to."""
    return max(evidence, key=lambda each: (each.weight > 0 and not each.is_of_all_words, each.weight))


def _draft_panel(judged: "JudgedMessage") -> "Panel":
    from rich.panel import Panel
    from rich.text import Text

    from mailhook.cli.describe import draft_lines

    assert judged.draft is not None
    reason = (clean_line(judged.plan.reason), "dim")
    body = Text.assemble(reason, "\n\n", "\n".join(draft_lines(judged.draft)))
    title = Text(f"{_intent(judged)} by {judged.plan.channel}, in answer to {_who(judged)}")
    return Panel(body, title=title, title_align="left", padding=(0, 1))


def _plain_table(title: str) -> "Table":
    from rich import box
    from rich.table import Table

    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        expand=True,
        padding=(0, 1),
    )


def _who(judged: "JudgedMessage") -> str:
    sender = next(iter(judged.message.from_), None)
    return clean_line(sender.name or sender.address) if sender else "nobody"


def _quote(evidence: "Evidence") -> str:
    return '"' + clean_line(evidence.quote).strip('"') + '"'


def _where(folder: Path, made: int) -> None:
    program = _program()
    drafts = folder / ".Drafts"
    line()
    line(f"The {made} drafts wait in {drafts}")
    line("Nothing was sent, and no message of the mailbox was changed. Any mail program that reads a Maildir")
    line(f"opens them, for example: mutt -f {drafts}")
    line()
    line("Look further:")
    line(f"  cd {folder}")
    line(
        f"  export MAILHOOK_CONFIG={_OWN}/config.toml MAILHOOK_STATE={_OWN}   # in this terminal: the sample"
    )
    line(f"  {program} log               what was done and why, and the state of each draft")
    line(f"  {program} explain new/*     each verdict with its evidence, in the text")
    line("Your own mail, in a new terminal:")
    line(f"  {program} init")


def _program() -> str:
    """Return how to call mailhook: by its name where the shell finds it, else by its path."""
    beside = Path(sys.executable).with_name("mailhook")
    return str(beside) if shutil.which("mailhook") is None and beside.exists() else "mailhook"
