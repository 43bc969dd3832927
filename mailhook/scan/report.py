"""What one pass over one account has come to. All frozen."""

from dataclasses import dataclass
from datetime import datetime

from mailhook.errors import AccountError
from mailhook.ledger.records import DraftRecord
from mailhook.ledger.states import State
from mailhook.mail.message import Message
from mailhook.reply.draft import Draft
from mailhook.reply.plan import Plan
from mailhook.verdict.verdict import Facts, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedMessage:
    """One message judged in this pass, with all that `scan --json` tells of it.

    `draft` is the draft that this pass has left in the store (in a rehearsal: would have left), `mailbox` where it lies; None where
    none was made. `state` is that of the message's draft, also where it was not made.
    """

    account: str
    identity: str
    received: datetime
    message: Message
    verdict: Verdict
    facts: Facts
    plan: Plan
    draft: Draft | None = None
    mailbox: str | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something a person should know: a sentence, and an `action` for machines. `needs_person` says that it waits for them."""

    action: str
    sentence: str
    needs_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One pass over one account.

    `read` counts the messages looked at, `known` those of them that were judged before. `judged` holds the new ones, those judged `other`
    only where they were asked for. `changed` are drafts of earlier passes whose state is new. `fault` is why the pass ended early, or what stays to
    be seen to; `complete` says that the pass went to its end all the same. `busy` says that another mailhook holds the account.
    """

    account: str
    read: int = 0
    known: int = 0
    judged: tuple[JudgedMessage, ...] = ()
    changed: tuple[DraftRecord, ...] = ()
    notes: tuple[Note, ...] = ()
    fault: AccountError | None = None
    complete: bool = False
    busy: bool = False

    @property
    def made(self) -> tuple[JudgedMessage, ...]:
        """The messages for which this pass has made a draft."""
        return tuple(each for each in self.judged if each.draft is not None)

    @property
    def silent(self) -> bool:
        """Whether there is nothing that anybody would want to read: what cron mails nobody about."""
        return not (self.made or self.notes or self.changed or self.fault or self.busy)
