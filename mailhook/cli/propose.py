"""`mailhook propose`: drafts to a person known from earlier mail, made only on your word."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailhook.cli.options import ConfigOption, load_config
from mailhook.cli.show import clean_line, line
from mailhook.errors import MailhookError, UsageError

if TYPE_CHECKING:
    from mailhook.config import Config
    from mailhook.ledger.records import Proposal

_PATIENCE_SECONDS = 30


def propose(
    context: typer.Context,
    accept: Annotated[
        int | None,
        typer.Option("--accept", metavar="ID", help="Make that draft.", show_default=False),
    ] = None,
    dismiss: Annotated[
        int | None,
        typer.Option(
            "--dismiss", metavar="ID", help="Do not make it, and do not ask again.", show_default=False
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """List drafts that could be made to a person you know, make one, or dismiss it.

    Where nobody reads answers to a rejection, but an earlier message of the same application came from a person, a draft to that person is proposed.
    It is made on your word only ([reply] ask_known_person = true makes it at once).

    \b
    Examples:
      mailhook propose
      mailhook propose --accept 3
    """
    if accept is not None and dismiss is not None:
        raise UsageError("give --accept or --dismiss, not both")
    settings = load_config(context, config, accounts=accept is not None)
    if accept is not None:
        if not _accept(settings, accept):
            raise typer.Exit(1)
    elif dismiss is not None:
        _dismiss(settings, dismiss)
    else:
        _list(settings)


def _list(settings: "Config") -> None:
    from mailhook.ledger.ledger import Ledger

    with Ledger.rehearsal(settings.ledger) as ledger:
        proposals = ledger.proposals()
    for each in proposals:
        line(_sentence(each))
    if not proposals:
        line("no proposal waits")


def _sentence(proposal: "Proposal") -> str:
    to = clean_line(proposal.recipient)
    return (
        f"{proposal.id}: {proposal.account}, news of {proposal.received:%Y-%m-%d}: {to} could be asked; "
        f"make that draft with: mailhook propose --accept {proposal.id}"
    )


def _dismiss(settings: "Config", number: int) -> None:
    from mailhook.ledger.ledger import Ledger
    from mailhook.scan.proposals import open_proposal

    _require_ledger(settings, number)
    with Ledger.open(settings.ledger) as ledger:
        open_proposal(ledger, number)
        ledger.settle(number, "dismissed")
    line(f"the proposal {number} is dismissed")


def _accept(settings: "Config", number: int) -> bool:
    """Make the draft; say whether that went well."""
    from mailhook.cli.accounts import chosen
    from mailhook.cli.tell import Wanted, tell_judged, tell_report
    from mailhook.cli.texts import refuse_broken_texts
    from mailhook.ledger.ledger import Ledger
    from mailhook.scan.place import job_of
    from mailhook.scan.proposals import accept, open_proposal

    refuse_broken_texts(settings)
    _require_ledger(settings, number)
    wanted = Wanted(since=None, dry_run=False, as_json=False, others=True)
    with _alone(settings.state), Ledger.open(settings.ledger) as ledger:
        proposal = open_proposal(ledger, number)
        (account,) = chosen(settings, proposal.account)
        report = accept(job_of(settings, account, ledger, clock=lambda: datetime.now(UTC)), proposal)
    for each in report.judged:
        tell_judged(each, wanted)
    return tell_report(report, wanted, datetime.now(UTC)) and bool(report.made)


def _require_ledger(settings: "Config", number: int) -> None:
    if not settings.ledger.exists():
        raise UsageError(f'there is no proposal {number}; "mailhook log" shows those that wait')


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Hold the state folder's lock, waiting a while for a scan to end."""
    from mailhook.scan.lock import only_one

    for number in range(_PATIENCE_SECONDS):
        if number:
            time.sleep(1)
        with only_one(state) as free:
            if free:
                yield
                return
    raise MailhookError(
        "mailhook is at work with this state folder; try again when the scan is over, or stop the service for a moment"
    )
