"""What one pass needs, and what it gathers on its way."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mailhook.connector import Connector
from mailhook.errors import AccountError
from mailhook.ledger.ledger import Ledger
from mailhook.ledger.records import DraftRecord, Lease
from mailhook.reading.here import Reads
from mailhook.scan.consider import Reader
from mailhook.scan.report import JudgedMessage, Note, Report
from mailhook.scan.write import Pen

_log = logging.getLogger("mailhook.scan")
_log.addHandler(logging.NullHandler())  # whoever wants to see it says where (the service does)

# Longer than any one write may take, renewed as a long pass goes on.
LEASE_SECONDS = 900.0


def _ignore(_: object) -> None:
    """Do nothing with what is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One pass over one account.

    `open_mailbox` gives a new connector each time: after a doubtful write the old connection is given up. `mailbox` is one that is
    open already, and stays so. `reading` reads what arrives, `reader` plans and composes the answers. `since` reads
    back that far and drafts for all it covers. `others` keeps messages judged `other` in the report. `heard` is called with each
    message judged, `progress` with how many were read, `stop` says whether to end between two messages.
    """

    account: str
    open_mailbox: Callable[[], Connector]
    ledger: Ledger
    reading: Reads
    reader: Reader
    holder: str
    clock: Callable[[], datetime]
    mailbox: Connector | None = None
    since: datetime | None = None
    others: bool = False
    remember_days: int = 90
    heard: Callable[[JudgedMessage], None] = _ignore
    progress: Callable[[int], None] = _ignore
    stop: Callable[[], bool] = lambda: False

    def pen(self, mailbox: Connector, lease: Lease) -> Pen:
        """Return what writing to a mailbox needs."""
        return Pen(
            mailbox=mailbox, drafts=self.ledger.drafts, reading=self.reading, lease=lease, clock=self.clock
        )


@dataclass(slots=True)
class Tally:
    """What a pass has come to so far."""

    job: Job
    read: int = 0
    known: int = 0
    judged: list[JudgedMessage] = field(default_factory=list)
    changed: list[DraftRecord] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    fault: AccountError | None = None
    careful: bool | None = None  # None until something is read; True where the last pass died reading
    too_many: bool = False
    complete: bool = False

    def hear(self, judged: JudgedMessage) -> None:
        """Take in a message judged, and pass it on; those judged `other` only where they are wanted."""
        if judged.draft is not None:
            self._log(logging.INFO, "draft-made", f"a draft was left in {judged.mailbox}")
        if judged.verdict.label != "other" or self.job.others:
            self.judged.append(judged)
            self.job.heard(judged)

    def note(self, action: str, sentence: str, *, needs_person: bool = False, again: bool = False) -> None:
        """Take in something that a person should know, once; what an earlier pass has told already is no news to the log."""
        note = Note(action=action, sentence=sentence, needs_person=needs_person)
        if note not in self.notes:
            self.notes.append(note)
            level = logging.WARNING if needs_person else logging.INFO
            self._log(logging.DEBUG if again else level, action, sentence)

    def blame(self, fault: AccountError | None) -> None:
        """Take in a fault; the first one is what a person hears of."""
        if fault is not None:
            self._log(logging.WARNING, "account-fault", str(fault))
        self.fault = self.fault or fault

    def _log(self, level: int, action: str, sentence: str) -> None:
        _log.log(level, "%s", sentence, extra={"action": action, "account": self.job.account})

    def report(self) -> Report:
        """Return what the pass has come to."""
        return Report(
            account=self.job.account,
            read=self.read,
            known=self.known,
            judged=tuple(self.judged),
            changed=tuple(self.changed),
            notes=tuple(self.notes),
            fault=self.fault,
            complete=self.complete,
        )
