"""A person's mailbox on disk with everything around it: mail is delivered, scanned (in this process or in one that dies), and looked at."""

import email
import email.policy
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from mailhook.config import Config, parse
from mailhook.connector import Connector
from mailhook.errors import LedgerError
from mailhook.ledger.ledger import Ledger
from mailhook.ledger.records import DraftRecord
from mailhook.mail.message import Me
from mailhook.reading.here import Mail, Screened
from mailhook.scan.consider import Reader
from mailhook.scan.lock import only_one
from mailhook.scan.place import job_of
from mailhook.scan.report import Report
from mailhook.scan.run import scan_account
from mailhook.verdict.judge import Judge

ME = "alex.morgan@example.org"
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["mailhook.scan.run", "mailhook.connectors.maildir", "tests.scan.at_the_ready"])
BUSY = 75

INTERVIEWED = """Dear Alex,

Thank you for taking the time to interview with us for the position of {role} at {company}.

Unfortunately, we have decided to move forward with another candidate, whose experience more closely matches our needs.

We wish you all the best in your job search.

Kind regards,
{person}
{company}
"""
RECEIPT = """Dear Alex,

Thank you for your application as {role} at {company}. We have received it and will review it in the coming weeks.

Kind regards,
{person}
"""
PRIVATE = """Hi Alex,

are you coming to dinner on Sunday? Grandma asks.

Love, {person}
"""


@cache
def the_judge() -> Judge:
    """Return one judge for all tests: making one takes a moment."""
    return Judge()


def make_mail(
    body: str = INTERVIEWED,
    *,
    number: int = 1,
    company: str = "Acme",
    role: str = "Data Engineer",
    person: str = "Jane Roe",
    sender: str = "jane.roe@acme.example",
    subject: str | None = None,
    date: datetime | None = None,
    message_id: str | None = "",
    in_reply_to: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return a message to the person; by default, a rejection after an interview."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = f"{person} <{sender}>"
    mail["To"] = f"Alex Morgan <{ME}>"
    mail["Subject"] = subject if subject is not None else f"Your application as {role} at {company}"
    mail["Date"] = format_datetime(date or datetime.now(UTC))
    if message_id is not None:
        own = f"source-{number}@{sender.partition('@')[2]}"
        mail["Message-ID"] = f"<{message_id or own}>"
    if in_reply_to is not None:
        mail["In-Reply-To"] = mail["References"] = f"<{in_reply_to}>"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(body.format(company=company, role=role, person=person))
    return mail.as_bytes()


@dataclass(frozen=True, slots=True)
class Draft:
    """A message found in a mailbox."""

    path: Path
    mail: EmailMessage

    @property
    def answers(self) -> str:
        """The msg-id in In-Reply-To, without brackets."""
        return str(self.mail["In-Reply-To"]).strip("<>")

    @property
    def message_id(self) -> str:
        """The msg-id, without brackets."""
        return str(self.mail["Message-ID"]).strip("<>")


@dataclass(frozen=True, slots=True)
class Mailroom:
    """Everything lies under `folder`, so that another process finds it too."""

    folder: Path
    settings: str = ""
    offset: list[timedelta] = field(default_factory=lambda: [timedelta()])
    account: str = ""
    """The account's part of the configuration, where it is not the Maildir here."""

    @property
    def maildir(self) -> Path:
        """The Maildir; its subfolders are `.Drafts`, `.Sent` and `.Trash`."""
        return self.folder / "Maildir"

    @property
    def state(self) -> Path:
        """The state folder, with the ledger."""
        return self.folder / "state"

    @property
    def config(self) -> Config:
        """The person's configuration."""
        on_disk = f'connector = "maildir"\npath = "{self.maildir}"'
        text = f"""
[me]
name = "Alex Morgan"
addresses = ["{ME}"]
[accounts.personal]
{self.account or on_disk}
{self.settings}
"""
        return replace(parse(text), state=self.state)

    def make(self) -> "Mailroom":
        """Make the empty mailbox."""
        for mailbox in ("", ".Drafts", ".Sent", ".Trash"):
            for part in ("cur", "new", "tmp"):
                (self.maildir / mailbox / part).mkdir(parents=True)
        return self

    def clock(self) -> datetime:
        """The time, as far ahead as a test has put it."""
        return datetime.now(UTC) + self.offset[0]

    def sleep(self, **how_long: float) -> None:
        """Let time pass."""
        self.offset[0] += timedelta(**how_long)

    # --- the mailbox -----------------------------------------------------------------------------

    def deliver(
        self, raw: bytes | None = None, *, mailbox: str = "", age: timedelta = timedelta(), **about: Any
    ) -> Path:
        """Deliver a message as a mail server would; by default, a rejection."""
        if raw is None:
            raw = make_mail(**about)
        stamp = time.time_ns()
        name = f"{stamp // 10**9}.M{stamp % 10**9}_{os.getpid()}.host"
        box = self.maildir / mailbox
        waiting = box / "tmp" / name
        waiting.write_bytes(raw)
        if age:
            moment = time.time() - age.total_seconds()
            os.utime(waiting, (moment, moment))
        return waiting.rename(box / ("cur" if mailbox else "new") / (f"{name}:2,S" if mailbox else name))

    def found(self, mailbox: str) -> list[Draft]:
        """Return the messages in a mailbox, oldest first."""
        paths = [*(self.maildir / mailbox / "cur").iterdir(), *(self.maildir / mailbox / "new").iterdir()]
        paths.sort(key=lambda path: path.stat().st_mtime_ns)
        return [
            Draft(path, email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
            for path in paths
        ]

    def drafts(self) -> list[Draft]:
        """Return the drafts."""
        return self.found(".Drafts")

    def inbox(self) -> dict[str, bytes]:
        """Return every file of the inbox with its bytes: names carry the flags."""
        files = [path for part in ("cur", "new", "tmp") for path in (self.maildir / part).iterdir()]
        return {str(path.relative_to(self.maildir)): path.read_bytes() for path in files}

    def edit(self, draft: Draft, added: bytes) -> None:
        """Let the person add something to a draft, in a mail program that writes into the file."""
        draft.path.write_bytes(draft.path.read_bytes() + added)

    def move(self, draft: Draft, mailbox: str) -> None:
        """Let the person's mail program move a draft."""
        draft.path.rename(self.maildir / mailbox / "cur" / draft.path.name)

    def everything(self) -> dict[str, bytes]:
        """Return every file there is."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    # --- scanning --------------------------------------------------------------------------------

    def scan(
        self,
        *,
        rehearsal: bool = False,
        wrap: Callable[[Connector], Connector] | None = None,
        state: Path | None = None,
        **wanted: Any,
    ) -> Report:
        """Scan once, in this process."""
        config = self.config if state is None else replace(self.config, state=state)
        account = config.accounts["personal"]
        with Ledger.rehearsal(config.ledger) if rehearsal else Ledger.open(config.ledger) as ledger:
            job = job_of(config, account, ledger, clock=self.clock, judge=the_judge(), rehearsal=rehearsal)
            if wrap is not None:
                inner = job.open_mailbox
                job = replace(job, open_mailbox=lambda: wrap(inner()))
            return scan_account(replace(job, **wanted))

    def start(self, *, crash: str = "", **wanted: Any) -> Any:
        """Begin a scan in a process of its own, which may crash at a step."""
        process = FORK.Process(
            target=_scan_here,
            args=(self.folder, self.settings, self.offset[0], self.account, crash, wanted),
        )
        process.start()
        return process

    def scan_apart(self, *, crash: str = "", **wanted: Any) -> int:
        """Scan once in a process of its own; return its exit status, negative for a signal."""
        process = self.start(crash=crash, **wanted)
        process.join(timeout=60)
        status = process.exitcode
        process.close()
        assert status is not None
        return int(status)

    # --- the ledger ------------------------------------------------------------------------------

    def records(self) -> list[DraftRecord]:
        """Return what the ledger knows of drafts."""
        with Ledger.open(self.config.ledger) as ledger:
            return [logged.draft for logged in ledger.log() if logged.draft is not None]

    def states(self) -> list[str]:
        """Return the states of all drafts, in order of their messages."""
        return [record.state for record in self.records()]

    def cursor(self) -> str | None:
        """Return how far the account has been read."""
        with Ledger.open(self.config.ledger) as ledger:
            found = ledger.account("personal")
        return found.cursor if found is not None else None


class Deadly(Reader):
    """Reads like any other, and dies of messages that say POISON: as of one that takes all memory."""

    def screen_one(self, mail: Mail, *, whole: bool = False) -> Screened:
        """Screen a message, or die."""
        if b"POISON" in mail.raw:
            os._exit(137)
        return Reader.screen_one(self, mail, whole=whole)


def _scan_here(
    folder: Path, settings: str, offset: timedelta, account: str, crash: str, wanted: Mapping[str, Any]
) -> None:
    """Scan in this process, which was made for it."""
    if crash == "poison":
        deadly = Deadly(judge=the_judge(), me=Me(name="Alex Morgan", addresses=(ME,)))
        wanted = {**wanted, "reading": deadly, "reader": deadly}
    elif crash == "full-disk":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    else:
        os.environ["MAILHOOK_CRASH_AT"] = crash
    room = Mailroom(folder, settings, [offset], account)
    try:
        with only_one(room.state) as alone:
            if not alone:
                os._exit(BUSY)
            report = room.scan(**wanted)
    except LedgerError:
        os._exit(1)
    os._exit(1 if report.fault is not None else 0)
