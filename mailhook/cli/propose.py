"""`mailhook propose`: drafts to a person known from earlier mail, made only on your word."""

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from mailhook.cli.options import ConfigOption, load_config
from mailhook.cli.show import clean_line, line
from mailhook.errors import MailhookError, UsageError

if TYPE_CHECKING:
    from mailhook.config import Config
    from mailhook.ledger.records import Proposal
    from mailhook.scan.job import Job
    from mailhook.scan.report import Report

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
    from mailhook.scan.place import job_of, reading_of
    from mailhook.scan.proposals import open_proposal

    refuse_broken_texts(settings)
    _require_ledger(settings, number)
    wanted = Wanted(since=None, dry_run=False, as_json=False, others=True)
    with Ledger.open(settings.ledger) as ledger, reading_of(settings) as reading:
        proposal = open_proposal(ledger, number)
        (account,) = chosen(settings, proposal.account)
        job = job_of(settings, account, ledger, clock=lambda: datetime.now(UTC), reading=reading)
        # The service may hold the state folder for months, so its lock is not asked for: under a name of our own, the
        # account's lease keeps the two apart, as it does two machines.
        job = replace(job, holder=f"{job.holder} propose {os.getpid()}")
        report = _accept_when_free(job, proposal)
    if report.busy:
        raise MailhookError(
            "mailhook is at work on this account; nothing was done, try again when its scan is over"
        )
    for each in report.judged:
        tell_judged(each, wanted)
    return tell_report(report, wanted, datetime.now(UTC)) and bool(report.made)


def _accept_when_free(job: "Job", proposal: "Proposal") -> "Report":
    """Make the draft, waiting a while for a pass over the account to end."""
    from mailhook.scan.proposals import accept

    for _ in range(_PATIENCE_SECONDS):
        report = accept(job, proposal)
        if not report.busy:
            break
        time.sleep(1)
    return report


def _require_ledger(settings: "Config", number: int) -> None:
    if not settings.ledger.exists():
        raise UsageError(f'there is no proposal {number}; "mailhook log" shows those that wait')
