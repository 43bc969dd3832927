"""Drafts that were proposed and wait for the candidate's word: made when they accept, never before."""

from dataclasses import replace

from mailhook.errors import AccountError, Unreadable, UsageError
from mailhook.ledger.ledger import Ledger
from mailhook.ledger.records import Proposal
from mailhook.scan.answer import answer, study
from mailhook.scan.job import LEASE_SECONDS, Job, Tally
from mailhook.scan.report import Report
from mailhook.scan.resolve import find_source


def open_proposal(ledger: Ledger, number: int) -> Proposal:
    """Return the proposal of that number. Raise UsageError where it does not wait for anybody."""
    found = next((each for each in ledger.proposals(None) if each.id == number), None)
    if found is None:
        raise UsageError(f'there is no proposal {number}; "mailhook log" shows those that wait')
    if found.state != "open":
        raise UsageError(
            f'the proposal {number} was {found.state} before; "mailhook log" shows those that wait'
        )
    return found


def accept(job: Job, proposal: Proposal) -> Report:
    """Make the draft that was proposed, by the same protocol as any other, in the known person's thread."""
    job = replace(job, reader=replace(job.reader, reply=replace(job.reader.reply, ask_known_person=True)))
    lease = job.ledger.take_lease(job.account, job.holder, now=job.clock(), seconds=LEASE_SECONDS)
    if lease is None:
        return Report(account=job.account, busy=True)
    tally = Tally(job)
    try:
        with job.open_mailbox() as mailbox:
            arrival = find_source(job, mailbox, proposal)
            if arrival is None:
                tally.note(
                    "source-gone",
                    "the message it would answer is not where it was any more",
                    needs_person=True,
                )
            else:
                case = study(job, mailbox, arrival, proposal.identity, proposal.source_cursor)
                answer(job, job.pen(mailbox, lease), case, tally)
                tally.complete = True
    except AccountError as exc:
        tally.blame(exc)
    except Unreadable as exc:
        tally.note(
            "message-unreadable", f"the message it would answer cannot be read ({exc})", needs_person=True
        )
    finally:
        job.ledger.release(lease, now=job.clock())
    if proposal.id is not None and job.ledger.drafts.of(job.account, proposal.identity) is not None:
        job.ledger.settle(proposal.id, "accepted")
    return tally.report()
