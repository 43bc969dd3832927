"""One pass over one account: what is open, what became of earlier drafts, what arrived."""

from contextlib import nullcontext
from datetime import timedelta

from mailhook.errors import AccountError, DoubtfulWrite
from mailhook.ledger.records import Lease
from mailhook.scan.arrivals import Arrivals
from mailhook.scan.follow import follow_up
from mailhook.scan.job import LEASE_SECONDS, Job, Tally
from mailhook.scan.report import Report
from mailhook.scan.resolve import resolve

_CONNECTIONS = 3


def scan_account(job: Job) -> Report:
    """Go over an account once. Faults of the account end in the report; faults of the ledger are raised."""
    lease = job.ledger.take_lease(job.account, job.holder, now=job.clock(), seconds=LEASE_SECONDS)
    if lease is None:
        return Report(account=job.account, busy=True)
    tally = Tally(job)
    try:
        _connect(job, lease, tally)
        tally.complete = True
    except AccountError as exc:
        tally.blame(exc)
    finally:
        job.ledger.release(lease, now=job.clock())
    # Not reached where the pass died of something unforeseen: the next one will suspect the messages it reads.
    if tally.careful is not None:
        job.ledger.end_reading(job.account)
        job.ledger.prune(job.clock() - timedelta(days=job.remember_days))
    return tally.report()


def _connect(job: Job, lease: Lease, tally: Tally) -> None:
    """Go over the account; after a doubtful write, again on a new connection, which looks the draft up first."""
    for number in range(1, _CONNECTIONS + 1):
        lent = job.mailbox if number == 1 else None
        try:
            with nullcontext(lent) if lent is not None else job.open_mailbox() as mailbox:
                pen = job.pen(mailbox, lease)
                resolve(job, pen, tally)
                follow_up(job, pen, tally)
                Arrivals(job, pen, tally).handle()
            return
        except DoubtfulWrite:
            if number == _CONNECTIONS:
                raise
