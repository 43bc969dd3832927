"""A user of the tests' Dovecot as the contract's store: looked at and changed past the connector."""

import imaplib
import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from mailhook.connectors.imap import ImapMailbox
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxy import FaultProxy, rewrite

RICH_NAMES = {"sent": "Sent", "drafts": "Drafts", "trash": "Trash", "archive": "Archive", "junk": "Junk"}
POOR_NAMES = {
    "sent": "Gesendet",
    "drafts": "Entw&APw-rfe",
    "trash": "Papierkorb",
    "archive": "Archiv",
    "junk": "Spamverdacht",
}
_uidvalidity = count(3_000_000_000)


class DovecotStore:
    """One fresh user; connectors reach it through a proxy, so that all they say is on record."""

    def __init__(
        self,
        server: Dovecot,
        *,
        security: str = "none",
        ca: Path | None = None,
        names: dict[str, str] = RICH_NAMES,
        prefix: str = "",
        **settings: Any,
    ) -> None:
        self.server = server
        self._settings = settings
        self.user = f"u{uuid4().hex[:12]}"
        self.names = names
        self._prefix = prefix
        self.security, self._ca = security, ca
        port = server.tls_port if security == "tls" else server.port
        self.proxy = FaultProxy(port, raw=security != "none")
        with self.owner():
            pass  # the first login makes the mailboxes

    def close(self) -> None:
        """Stop the proxy."""
        self.proxy.close()

    def connector(self, **settings: Any) -> ImapMailbox:
        """Return a connector to this user, through the proxy."""
        defaults: dict[str, Any] = {
            "host": "localhost",
            "port": self.proxy.port,
            "user": self.user,
            "password": PASSWORD,
            "security": self.security,
            "ca_file": self._ca,
            "timeout": 10.0,
        }
        return ImapMailbox(**{**defaults, **self._settings, **settings})

    @contextmanager
    def owner(self, mailbox: str = "INBOX", *, readonly: bool = False) -> Iterator[imaplib.IMAP4]:
        """Lend a connection of the owner's own mail program, with a mailbox open."""
        with imaplib.IMAP4("127.0.0.1", self.server.port, timeout=20) as connection:
            connection.login(self.user, PASSWORD)
            typ, data = connection.select(f'"{mailbox}" (CONDSTORE)', readonly=readonly)
            assert typ == "OK", data
            yield connection

    def deliver(self, raw: bytes, mailbox: str = "INBOX") -> None:
        """Deliver as a delivery agent does."""
        self.server.deliver(self.user, [raw], mailbox)

    def put(self, raw: bytes, where: str) -> None:
        """Append as a mail program does."""
        name = f"{self._prefix}{self.names[where]}"
        with self.owner() as connection:
            connection.create(f'"{name}"')
            flags = r"(\Draft \Seen)" if where == "drafts" else r"(\Seen)"
            typ, data = connection.append(f'"{name}"', flags, "", raw)
            assert typ == "OK", data

    def read_by_owner(self) -> None:
        r"""Set \Seen and \Flagged on all."""
        with self.owner() as connection:
            connection.store("1:*", "+FLAGS", r"(\Seen \Flagged)")

    def remove(self, message_id: str) -> None:
        """Expunge."""
        with self.owner() as connection:
            _, found = connection.search(None, "HEADER", "MESSAGE-ID", f'"{message_id}"')
            connection.store(found[0].replace(b" ", b",").decode(), "+FLAGS", r"(\Deleted)")
            connection.expunge()

    def inbox_state(self) -> object:
        """Return every UID with its flags and modification sequence, and the mailbox's own."""
        with self.owner(readonly=True) as connection:
            highest = connection.response("HIGHESTMODSEQ")
            _, flags = connection.fetch("1:*", "(UID FLAGS MODSEQ)")
        return highest, [re.sub(rb"\\Recent ?", b"", line) for line in flags if isinstance(line, bytes)]

    def drafts(self) -> list[bytes]:
        """Return the drafts' bytes with LF line ends."""
        folder = self.server.maildir(self.user, self.names["drafts"])
        files = sorted(path for sub in ("new", "cur") for path in (folder / sub).glob("*"))
        return [path.read_bytes().replace(b"\r\n", b"\n") for path in files]

    def drafts_are_marked(self) -> bool:
        """Look at the flags in the file names."""
        folder = self.server.maildir(self.user, self.names["drafts"])
        return all(re.search(r":2,D.*S", path.name) for path in (folder / "cur").glob("*"))

    def outdate_cursors(self) -> bool:
        """Give INBOX another UIDVALIDITY."""
        self.server.doveadm(
            "mailbox", "update", "-u", self.user, "--uid-validity", str(next(_uidvalidity)), "INBOX"
        )
        return True

    def lose_drafts(self) -> bool:
        """Let nobody see the Drafts mailbox, where the proxy can read what passes."""
        if self.security != "none":
            return False
        self.proxy.down = rewrite(rb"\* LIST .*%s.*\r\n" % re.escape(self.names["drafts"].encode()), b"")
        return True


def stop_process_of(server: Dovecot, user: str) -> list[int]:
    """Freeze the server's processes of a user (SIGSTOP) and return their ids, to be continued afterwards."""
    found = server.doveadm("who", user)
    pids = [int(pid) for pid in re.findall(r"\d+", found.split("(")[1].split(")")[0])]
    for pid in pids:
        subprocess.run(["kill", "-STOP", str(pid)], check=True)
    return pids


def trusting(ca: Path) -> ssl.SSLContext:
    """Return a context that trusts the tests' authority."""
    return ssl.create_default_context(cafile=str(ca))
