"""A soak's account on a Dovecot, behind a line that fails."""

import time
from collections.abc import Callable, Sequence
from imaplib import IMAP4
from pathlib import Path
from typing import Any

from benchmarks.soak_accounts import BadDay, DraftsOnDisk, Seen, comes_true
from tests.servers.dovecot import PASSWORD, RICH, Dovecot
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

    def bad_days(self, reject: Callable[[], None]) -> Sequence[BadDay]:
        """Return what servers and lines do."""
        return (
            BadDay(name="server restarted", happens=self._restart),
            BadDay(name="connections reset", happens=lambda _: self._break_off(rst=True)),
            BadDay(name="answer to APPEND lost", happens=lambda _: self._lose_an_answer(reject)),
            BadDay(name="line half open", happens=self._fall_silent),
            BadDay(name="connections closed", happens=lambda _: self._break_off(rst=False)),
            BadDay(name="connections refused", happens=self._refuse),
            BadDay(name="mailbox renumbered", happens=self._renumber),
        )

    def _restart(self, seconds: float) -> bool:
        self._server.stop()
        time.sleep(seconds / 4)
        self._server.start()
        return True

    def _break_off(self, *, rst: bool) -> bool:
        self._proxy.kill_all(rst=rst)
        return True

    def _lose_an_answer(self, reject: Callable[[], None]) -> bool:
        """Cut the line in the next answer to an APPEND; the draft is kept, and nobody hears of it."""
        cut = cut_at(rb"OK \[APPENDUID")
        happened = []

        def rule(piece: Any) -> Any:
            act = cut(piece)
            if act is not None:
                happened.append(act)
            return act

        self._proxy.down = rule
        reject()
        came_about = comes_true(lambda: bool(happened))
        self._proxy.down = None
        return came_about

    def _fall_silent(self, seconds: float) -> bool:
        self._proxy.down = swallow
        time.sleep(seconds)
        self._proxy.down = None
        return self._break_off(rst=False)  # what was swallowed in an answer's middle cannot be taken up again

    def _refuse(self, seconds: float) -> bool:
        self._proxy.refuse = True
        self._proxy.kill_all()
        time.sleep(seconds / 2)
        self._proxy.refuse = False
        return True

    def _renumber(self, _seconds: float) -> bool:
        number = str(3_000_000_000 + int(time.time()) % 1_000_000)
        self._server.doveadm("mailbox", "update", "-u", self._USER, "--uid-validity", number, "INBOX")
        return True

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
