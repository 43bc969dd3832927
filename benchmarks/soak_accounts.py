"""The three accounts of the soak: mail arrives in each, drafts are seen as soon as they lie there, and each has bad days of its own."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from imaplib import IMAP4
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from mailhook.connectors.gmail import COMPOSE, READ
from tests.servers.dovecot import PASSWORD, RICH, Dovecot
from tests.servers.gmail.emulator import ADDRESS, Emulator
from tests.servers.gmail.fixtures import keep_grant
from tests.servers.gmail.mailbox import Mailbox
from tests.servers.gmail.shim import Shim
from tests.servers.proxy import FaultProxy, Wire, cut_at, swallow
from tests.servers.tls import Authority

PASSWORD_VARIABLE = "SOAK_PASSWORD"
# What a reader of mail may say to an IMAP server, and the one thing that keeps a draft.
_HARMLESS = {
    "AUTHENTICATE", "LOGIN", "CAPABILITY", "ENABLE", "ID", "NAMESPACE", "LIST", "EXAMINE", "STATUS", "UID FETCH", "UID SEARCH",
    "SEARCH", "FETCH", "NOOP", "IDLE", "APPEND", "LOGOUT",
}  # fmt: skip
# Ten thousand messages are more than the tests' own quota allows.
_ROOM = "\nplugin {\n  quota_rule = *:storage=10G\n}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A draft that was not there before: the message that it answers, and when it was seen (monotonic)."""

    answers: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BadDay:
    """Something that goes wrong: `happens` returns when it is over."""

    name: str
    happens: Callable[[float], None]


class SoakAccount(Protocol):
    """A mailbox that the service watches, and that the soak fills, disturbs and looks into past the service."""

    name: str
    share: int
    """How much of all mail arrives here, against the other accounts' shares."""

    def section(self) -> str:
        """Return the account's part of the configuration."""

    def deliver(self, raw: bytes) -> None:
        """Let a message arrive."""

    def look(self) -> Sequence[Seen]:
        """Return the drafts that are new since the last look."""

    def bad_days(self) -> Sequence[BadDay]:
        """Return what can go wrong here."""

    def broken(self) -> Sequence[str]:
        """Say what was done to the mailbox that must never be done, at the end."""

    def close(self) -> None:
        """Leave nothing behind."""


class DraftsOnDisk:
    """The drafts of a Maildir folder, told apart by their files' names without flags."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()

    def look(self) -> list[Seen]:
        """Return the drafts that are new."""
        found = []
        for part in ("new", "cur"):
            for name in _names(self._folder / part):
                own = name.partition(":")[0]
                if own in self._known:
                    continue
                try:
                    raw = (self._folder / part / name).read_bytes()
                except FileNotFoundError:  # its flags have just changed: the next look has it
                    continue
                self._known.add(own)
                found.append(Seen(answers=answered(raw), at=time.monotonic()))
        return found


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def answered(raw: bytes) -> str:
    """Return the msg-id that a draft answers."""
    return str(BytesHeaderParser().parsebytes(raw)["In-Reply-To"]).strip("<> \r\n")


class MaildirAccount:
    """A Maildir, which has no server to fail."""

    name = "maildir"
    share = 45

    def __init__(self, folder: Path) -> None:
        self._root = folder / "Maildir"
        for mailbox in ("", ".Drafts", ".Sent", ".Trash"):
            for part in ("cur", "new", "tmp"):
                (self._root / mailbox / part).mkdir(parents=True)
        self._drafts = DraftsOnDisk(self._root / ".Drafts")
        self._delivered: set[str] = set()

    def section(self) -> str:
        """Name the folder."""
        return f'connector = "maildir"\npath = "{self._root}"\n'

    def deliver(self, raw: bytes) -> None:
        """Write into tmp/, rename into new/."""
        name = f"{time.time_ns() // 10**9}.R{uuid4().hex}.soak"
        (self._root / "tmp" / name).write_bytes(raw)
        self._delivered.add(name)
        (self._root / "tmp" / name).rename(self._root / "new" / name)

    def look(self) -> Sequence[Seen]:
        """Read the folder."""
        return self._drafts.look()

    def bad_days(self) -> Sequence[BadDay]:
        """Return none."""
        return ()

    def broken(self) -> Sequence[str]:
        """See that every message lies where it was put, under its own name."""
        if set(_names(self._root / "new")) == self._delivered and not _names(self._root / "cur"):
            return ()
        return ("the Maildir's messages are not as they were delivered",)

    def close(self) -> None:
        """Leave the folder to whoever made it."""


class DovecotAccount:
    """A user of a Dovecot, reached through a line that fails."""

    name = "dovecot"
    share = 45
    _USER = "soak"

    def __init__(self, folder: Path) -> None:
        self._server = Dovecot(Authority(folder / "tls").certificate(), namespace=RICH + _ROOM)
        self._server.start()
        with self._owner():
            pass  # the first login makes the mailboxes
        self._proxy = FaultProxy(self._server.port)
        self._verbs: set[str] = set()
        self._drafts = DraftsOnDisk(self._server.maildir(self._USER, "Drafts"))

    def section(self) -> str:
        """Name the line's near end, and be impatient: two hours pass in minutes."""
        return (
            f'connector = "imap"\nhost = "127.0.0.1"\nport = {self._proxy.port}\nsecurity = "none"\nuser = "{self._USER}"\n'
            f'password = {{ env = "{PASSWORD_VARIABLE}" }}\ntimeout = 5.0\n'
        )

    def deliver(self, raw: bytes) -> None:
        """Deliver past the server, as a delivery agent does, whether it runs or not."""
        self._server.deliver(self._USER, [raw])

    def look(self) -> Sequence[Seen]:
        """Read the folder; keep what was said on the line as no more than its verbs."""
        said, self._proxy.wire = self._proxy.wire, Wire()
        self._verbs |= set(said.verbs())
        return self._drafts.look()

    def bad_days(self) -> Sequence[BadDay]:
        """Return what servers and lines do."""
        return (
            BadDay(name="server restarted", happens=self._restart),
            BadDay(name="connections reset", happens=lambda _: self._proxy.kill_all(rst=True)),
            BadDay(name="answer to APPEND lost", happens=self._lose_an_answer),
            BadDay(name="line half open", happens=self._fall_silent),
            BadDay(name="connections closed", happens=lambda _: self._proxy.kill_all()),
            BadDay(name="connections refused", happens=self._refuse),
            BadDay(name="mailbox renumbered", happens=self._renumber),
        )

    def _restart(self, seconds: float) -> None:
        self._server.stop()
        time.sleep(seconds / 4)
        self._server.start()

    def _lose_an_answer(self, seconds: float) -> None:
        """Cut the line in the next answer to an APPEND; the draft is kept, and nobody hears of it."""
        cut = cut_at(rb"OK \[APPENDUID")
        happened = []

        def rule(piece: Any) -> Any:
            act = cut(piece)
            if act is not None:
                happened.append(act)
            return act

        self._proxy.down = rule
        end = time.monotonic() + 4 * seconds
        while not happened and time.monotonic() < end:
            time.sleep(0.05)
        self._proxy.down = None

    def _fall_silent(self, seconds: float) -> None:
        self._proxy.down = swallow
        time.sleep(seconds)
        self._proxy.down = None
        self._proxy.kill_all()  # what was swallowed in the middle of an answer cannot be taken up again

    def _refuse(self, seconds: float) -> None:
        self._proxy.refuse = True
        self._proxy.kill_all()
        time.sleep(seconds / 2)
        self._proxy.refuse = False

    def _renumber(self, _seconds: float) -> None:
        number = str(3_000_000_000 + int(time.time()) % 1_000_000)
        self._server.doveadm("mailbox", "update", "-u", self._USER, "--uid-validity", number, "INBOX")

    def broken(self) -> Sequence[str]:
        """See what was said on the line, and that no message has a flag."""
        self.look()
        found = [f"{verb} was said to the server" for verb in sorted(self._verbs - _HARMLESS)]
        with self._owner() as connection:
            _, lines = connection.fetch("1:*", "(FLAGS)")
        flagged = [
            line for line in lines if isinstance(line, bytes) and b"\\" in line.replace(b"\\Recent", b"")
        ]
        return [*found, *([f"{len(flagged)} messages on the server were marked"] if flagged else [])]

    def _owner(self) -> IMAP4:
        connection = IMAP4("127.0.0.1", self._server.port, timeout=60)
        connection.login(self._USER, PASSWORD)
        connection.select("INBOX", readonly=True)
        return connection

    def close(self) -> None:
        """End the line and the server."""
        self._proxy.close()
        self._server.close()


class _NotingMailbox(Mailbox):
    """Takes note of each draft at the moment it is kept: to ask for all of them again and again would be the larger load."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.kept: list[Seen] = []

    def write_draft(self, raw: bytes, *, thread: str | None = None) -> dict[str, Any]:
        """Keep a draft."""
        made = super().write_draft(raw, thread=thread)
        self.kept.append(Seen(answers=answered(raw), at=time.monotonic()))
        return made


class GmailAccount:
    """A mailbox of the Gmail emulator. It looks through all its mail at each request, so little arrives here."""

    name = "gmail"
    share = 10

    def __init__(self, folder: Path) -> None:
        self._emulator = Emulator().__enter__()
        self._shim = Shim(self._emulator)
        self._shim.mailbox = self._mailbox = _NotingMailbox(self._emulator.port)
        self._shim.__enter__()
        self._token = folder / "grants" / "gmail.token"
        self._token.parent.mkdir(mode=0o700)
        keep_grant(self._shim, self._token, READ, COMPOSE)
        self._taken = 0

    def section(self) -> str:
        """Look for changes often, and spend as fast as the emulator gives: two hours pass in minutes."""
        return (
            f'connector = "gmail"\nuser = "{ADDRESS}"\ntoken_file = "{self._token}"\nendpoint = "{self._shim.url}"\n'
            "poll = 0.5\nunits_per_minute = 1000000\n"
        )

    def deliver(self, raw: bytes) -> None:
        """Let a message arrive, past the server in front."""
        self._mailbox.deliver(raw)

    def look(self) -> Sequence[Seen]:
        """Return what was kept since."""
        found = self._mailbox.kept[self._taken :]
        self._taken += len(found)
        self._shim.forget()
        return found

    def bad_days(self) -> Sequence[BadDay]:
        """Return what Google's reference allows for."""
        return (
            BadDay(name="draft kept, answer lost", happens=self._lose_an_answer),
            BadDay(name="server away", happens=self._away),
            BadDay(name="500 for a while", happens=self._fail),
            BadDay(name="history forgotten", happens=lambda _: self._shim.lose_history()),
        )

    def _lose_an_answer(self, seconds: float) -> None:
        self._shim.fail("POST /drafts", close="after")
        end = time.monotonic() + 4 * seconds
        while self._shim.faults and time.monotonic() < end:
            time.sleep(0.05)
        self._shim.faults.clear()

    def _away(self, seconds: float) -> None:
        self._during(seconds / 2, on=".*", close="before")

    def _fail(self, seconds: float) -> None:
        self._during(seconds / 2, on=".*", status=503, reason="backendError")

    def _during(self, seconds: float, **how: Any) -> None:
        self._shim.fail(**how, times=1_000_000)
        time.sleep(seconds)
        self._shim.faults.clear()

    def broken(self) -> Sequence[str]:
        """See what was asked, and that every label is as it was."""
        changed = [ref for ref, labels in self._mailbox.labels().items() if labels != ["INBOX", "UNREAD"]]
        return [
            *self._shim.violations,
            *([f"{len(changed)} messages in Gmail were changed"] if changed else []),
        ]

    def close(self) -> None:
        """End both servers."""
        self._shim.__exit__()
        self._emulator.__exit__()


ACCOUNTS: Mapping[str, Callable[[Path], SoakAccount]] = {
    "dovecot": DovecotAccount,
    "gmail": GmailAccount,
    "maildir": MaildirAccount,
}
