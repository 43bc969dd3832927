"""From the configuration to one pass: which mailbox an account is, who reads it, and who answers."""

from collections.abc import Callable
from datetime import datetime

from mailhook.config import Account, Config
from mailhook.connector import Connector, open_connector
from mailhook.ledger.ledger import Ledger
from mailhook.reading.apart import ReadsApart
from mailhook.reading.here import Reads
from mailhook.scan.consider import Reader
from mailhook.scan.job import Job
from mailhook.scan.lock import holder
from mailhook.scan.rehearsal import OnlyRead
from mailhook.secret import with_secrets
from mailhook.verdict.judge import Judge


def mailbox_of(account: Account) -> Connector:
    """Make an account's connector, its secrets resolved anew; it logs in on entering."""
    settings = with_secrets(account.settings, account.secrets, account=account.name)
    return open_connector(account.connector, settings)


def reading_of(config: Config) -> ReadsApart:
    """Return who reads all accounts' mail, in a process apart; to be closed."""
    return ReadsApart(config.me, config.verdict.phrases)


def reader_of(config: Config, account: Account, *, judge: Judge | None = None) -> Reader:
    """Return who answers an account's mail; a judge that was made before may be given, since making one takes a moment."""
    return Reader(
        judge=judge or Judge(config.verdict.phrases),
        me=config.me,
        reply=config.reply,
        never_answer=config.verdict.never_answer,
        authserv_id=account.authserv_id,
    )


def job_of(
    config: Config,
    account: Account,
    ledger: Ledger,
    *,
    clock: Callable[[], datetime],
    reading: Reads | None = None,
    judge: Judge | None = None,
    rehearsal: bool = False,
) -> Job:
    """Return the pass over an account; `dataclasses.replace` adds what else is wanted.

    `reading` reads the mail; without it this process does, which is for mail of our own only. In a rehearsal (with `Ledger.rehearsal`) nothing is written anywhere.
    """

    def open_mailbox() -> Connector:
        store = mailbox_of(account)
        return OnlyRead(store) if rehearsal else store

    reader = reader_of(config, account, judge=judge)
    return Job(
        account=account.name,
        open_mailbox=open_mailbox,
        ledger=ledger,
        reading=reading or reader,
        reader=reader,
        holder=holder(config.state),
        clock=clock,
        remember_days=config.scan.remember_days,
    )
