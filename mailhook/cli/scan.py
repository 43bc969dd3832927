"""`mailhook scan`: one pass over every account, and exit: what cron calls."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from mailhook.cli.options import ConfigOption, JsonOption, load_config
from mailhook.cli.show import clean_line, line, warn
from mailhook.cli.tell import Wanted, tell_judged, tell_report
from mailhook.errors import UsageError

if TYPE_CHECKING:
    from mailhook.config import Account, Config
    from mailhook.ledger.ledger import Ledger
    from mailhook.reading.here import Reads
    from mailhook.scan.report import Report


def scan(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Option("--account", metavar="NAME", help="Only this account.", show_default=False)
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="90d|DATE",
            help="Read back that far, and draft for all it covers: days (90d), weeks (12w) or a date (2026-01-31).",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing anywhere; show what would be done.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also show messages that are no rejection.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Look once at what arrived, leave drafts, and exit.

    The first scan of an account only looks at what arrives from then on, unless --since says otherwise. Run by cron it prints one line for each
    new draft, and nothing where nothing happened.

    \b
    Examples:
      mailhook scan
      mailhook scan --dry-run --since 30d
      mailhook scan --account personal --json --all
    """
    from mailhook.cli.accounts import chosen
    from mailhook.cli.texts import refuse_broken_texts

    now = _now()
    wanted = Wanted(
        since=since_when(since, now) if since is not None else None,
        dry_run=dry_run,
        as_json=as_json,
        others=everything,
    )
    settings = load_config(context, config)
    accounts = chosen(settings, account)
    refuse_broken_texts(settings)
    if not scan_accounts(settings, accounts, wanted):
        raise typer.Exit(1)


def since_when(text: str, now: datetime) -> datetime:
    """Return the moment that `--since` names: so many days or weeks ago, or the beginning of a day."""
    number, unit = text[:-1], text[-1:].lower()
    if number.isascii() and number.isdigit() and unit in ("d", "w") and len(number) < 6:
        return now - timedelta(days=int(number) * (7 if unit == "w" else 1))
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f'--since "{clean_line(text)}": write days, as in 90d, or a date, as in 2026-01-31'
        ) from None
    moment = day if day.tzinfo else day.astimezone()
    if moment > now:
        raise UsageError(
            f"--since {text} lies in the future; write days, as in 90d, or a date that has passed"
        )
    return moment


def scan_accounts(settings: "Config", accounts: "tuple[Account, ...]", wanted: Wanted) -> bool:
    """Scan one account after the other; say whether all went well."""
    from mailhook.ledger.ledger import Ledger
    from mailhook.scan.lock import only_one
    from mailhook.scan.place import reading_of
    from mailhook.verdict.kept import keeping_nothing

    path = settings.ledger
    alone: AbstractContextManager[bool] = nullcontext(True) if wanted.dry_run else only_one(settings.state)
    # A rehearsal writes nothing anywhere, by the process that reads mail either.
    with keeping_nothing() if wanted.dry_run else nullcontext(), alone as free:
        if not free:
            tell = warn if wanted.as_json else line
            tell("another mailhook is at work with this state folder already; nothing was done")
            return True
        with (
            reading_of(settings) as reading,
            Ledger.rehearsal(path) if wanted.dry_run else Ledger.open(path) as ledger,
            _stopping() as stop,
        ):
            sound = True
            for account in accounts:
                sound &= _scan(settings, account, ledger, reading, wanted, stop)
    return sound


def _scan(
    settings: "Config",
    account: "Account",
    ledger: "Ledger",
    reading: "Reads",
    wanted: Wanted,
    stop: Callable[[], bool],
) -> bool:
    from mailhook.scan.place import job_of
    from mailhook.scan.run import scan_account

    plain = job_of(settings, account, ledger, clock=_now, reading=reading, rehearsal=wanted.dry_run)
    while True:
        with _progress(account.name, wanted) as progress:
            job = replace(
                plain,
                since=wanted.since,
                others=wanted.others,
                heard=lambda judged: tell_judged(judged, wanted),
                progress=progress,
                stop=stop,
            )
            report = scan_account(job)
        if not _wants_them_all(report, wanted):
            return tell_report(report, wanted, _now())
        reply = replace(plain.reader.reply, max_per_pass=sys.maxsize)
        plain = replace(plain, reader=replace(plain.reader, reply=reply))


def _now() -> datetime:
    return datetime.now(UTC)


def _wants_them_all(report: "Report", wanted: Wanted) -> bool:
    """Where a pass stopped because it would make very many drafts, ask whoever is there whether to make them."""
    stopped = [note for note in report.notes if note.action == "too-many-drafts"]
    if not stopped or not wanted.terminal or wanted.dry_run or not sys.stdin.isatty():
        return False
    line(f"{report.account}: {clean_line(stopped[0].sentence)}")
    return bool(typer.confirm("Make them all now?", default=False))


@contextmanager
def _progress(account: str, wanted: Wanted) -> Iterator[Callable[[int], None]]:
    """Show how many messages were read, where somebody watches; the store does not say how many there will be."""
    if not (wanted.terminal and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from mailhook.cli.show import console

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} read"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True, redirect_stdout=True) as bar:
        task = bar.add_task(account, total=None)
        yield lambda count: bar.update(task, completed=count)


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C and SIGTERM end the pass between two messages; a second Ctrl-C ends it at once."""
    asked = False

    def ask(number: int, _: FrameType | None) -> None:
        nonlocal asked
        if asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked = True
        if number == signal.SIGINT:
            warn("stopping after this message; press Ctrl-C again to stop at once")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        warn("stopped; the next scan goes on from here")
        raise typer.Exit(130)
