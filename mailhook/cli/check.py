"""`mailhook check`: try every account, the ledger and this Python, and say what to do about each fault."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from mailhook.cli.options import ConfigOption, load_config
from mailhook.cli.show import clean_line, counted, line
from mailhook.errors import MailhookError

if TYPE_CHECKING:
    from mailhook.config import Account, Config


def check(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Option("--account", metavar="NAME", help="Only this account.", show_default=False)
    ] = None,
    drafts: Annotated[
        bool,
        typer.Option(
            "--drafts",
            help="Run the tone check on the drafts that wait in the Drafts mailbox, as you have edited them, "
            "and show names, dates and praise that nothing in the conversation speaks of.",
        ),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Test every account: login, Drafts mailbox, what the server can do; the ledger; and this Python.

    Writes nothing to any mailbox. Exit status 1 where an account failed.

    \b
    Examples:
      mailhook check
      mailhook check --drafts
    """
    from mailhook.cli.accounts import chosen

    settings = load_config(context, config)
    accounts = chosen(settings, account)
    sound = True
    for each in accounts:
        sound &= _account(each)
    sound &= _ledger(settings)
    sound &= _reading(settings)
    _python()
    if drafts:
        from mailhook.cli.check_drafts import check_drafts

        sound &= check_drafts(settings, accounts)
    if not sound:
        raise typer.Exit(1)


def _account(account: "Account") -> bool:
    from mailhook.scan.place import mailbox_of

    try:
        with mailbox_of(account) as mailbox:
            health = mailbox.health()
    except MailhookError as exc:
        line(f"{account.name}: fault. {clean_line(str(exc))}")
        return False
    line(f"{account.name}: ok. {clean_line(health.server)}")
    line(
        f"    drafts go to {clean_line(health.drafts)}; mail is read from {clean_line(', '.join(health.mailboxes))}"
    )
    if health.capabilities:
        line(f"    the server can {clean_line(', '.join(health.capabilities))}")
    line(f"    new mail is noticed {'at once' if health.wakes else 'by asking now and then'}")
    for note in health.notes:
        line(f"    {clean_line(note)}")
    return True


def _ledger(settings: "Config") -> bool:
    from mailhook.ledger.ledger import Ledger

    path = settings.ledger
    if not path.exists():
        line(f"ledger: none yet; the first scan makes it at {path}")
        return True
    try:
        with Ledger.rehearsal(path) as ledger:
            waiting = len(ledger.proposals())
    except MailhookError as exc:
        line(f"ledger: fault. {clean_line(str(exc))}")
        return False
    line(
        f"ledger: ok. {path}" + (f"; {counted(waiting, 'proposal')}: see mailhook propose" if waiting else "")
    )
    return True


def _reading(settings: "Config") -> bool:
    """Start the process that reads mail, and say what keeps it from doing anything else."""
    from mailhook.scan.place import reading_of

    try:
        with reading_of(settings) as reading:
            protection = reading.protection()
    except MailhookError as exc:
        line(f"reading: fault. {clean_line(str(exc))}")
        return False
    line(
        "reading: ok. Mail is read in a process of its own, without your passwords; of that process the system says:"
    )
    for each in protection:
        line(f"    {clean_line(each)}")
    return True


def _python() -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    if lets_headers_through():
        line(
            f"Python: {version} has known faults in its mail library (header injection, CVE-2024-6923 and later). mailhook guards its "
            "drafts itself; still, update Python when you can"
        )
    else:
        line(f"Python: ok. {version}")


def lets_headers_through() -> bool:
    """Say whether this Python's mail library lets a line break in an encoded word start a header field of its own."""
    from email.message import EmailMessage
    from email.policy import default

    message = EmailMessage(policy=default)
    try:
        message["Subject"] = "Hello =?UTF-8?Q?=0D=0ABcc:_evil@x.example?="
        return b"\nBcc:" in message.as_bytes()
    except ValueError:
        return False
