"""A user of an IMAP server as the contract's store: looked at and changed past the connector, as a mail program would."""

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from mailhook.connectors.imap import ImapMailbox
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxy import FaultProxy, all_of, rewrite

RICH_NAMES = {"sent": "Sent", "drafts": "Drafts", "trash": "Trash", "archive": "Archive", "junk": "Junk"}
POOR_NAMES = {
    "sent": "Gesendet",
    "drafts": "Entw&APw-rfe",
    "trash": "Papierkorb",
    "archive": "Archiv",
    "junk": "Spamverdacht",
}
_uidvalidity = count(3_000_000_000)


class ImapStore:
    """Connectors reach the user through a proxy, so that all they say is on record; the owner goes straight there."""

    condstore = ""

    def __init__(
        self,
        *,
        port: int,
        user: str,
        password: str,
        tls_port: int | None = None,
        security: str = "none",
        ca: Path | None = None,
        names: dict[str, str] = RICH_NAMES,
        prefix: str = "",
        **settings: Any,
    ) -> None:
        self.user, self.password = user, password
        self.names, self.prefix = names, prefix
        self.security = security
        self._port = port
        self.proxy = FaultProxy(tls_port if tls_port and security == "tls" else port, raw=security != "none")
        self._settings: dict[str, Any] = {
            "host": "localhost",
            "port": self.proxy.port,
            "user": user,
            "password": password,
            "security": security,
            "ca_file": ca,
            "timeout": 10.0,
            **settings,
        }
        with self.owner():
            pass  # the first login makes the mailboxes

    def close(self) -> None:
        """Stop the proxy."""
        self.proxy.close()

    def connector(self, **settings: Any) -> ImapMailbox:
        """Return a connector to this user, through the proxy."""
        return ImapMailbox(**{**self._settings, **settings})

    def _also(self, pattern: bytes, replacement: bytes) -> None:
        """Let the proxy rewrite this too."""
        more = rewrite(pattern, replacement)
        self.proxy.down = all_of(more, self.proxy.down) if self.proxy.down else more

    @contextmanager
    def owner(self, mailbox: str = "INBOX", *, readonly: bool = False) -> Iterator[imaplib.IMAP4]:
        """Lend a connection of the owner's own mail program, with a mailbox open."""
        with imaplib.IMAP4("127.0.0.1", self._port, timeout=20) as connection:
            connection.login(self.user, self.password)
            typ, data = connection.select(f'"{mailbox}"{self.condstore}', readonly=readonly)
            assert typ == "OK", data
            yield connection

    def name(self, where: str) -> str:
        """Return the server's name for a mailbox."""
        return "INBOX" if where == "inbox" else f"{self.prefix}{self.names[where]}"

    def deliver(self, raw: bytes) -> None:
        """Let a message arrive, unread."""
        self._append("inbox", "", raw)

    def put(self, raw: bytes, where: str) -> None:
        """Append as a mail program does."""
        self._append(where, r"(\Draft \Seen)" if where == "drafts" else r"(\Seen)", raw)

    def _append(self, where: str, flags: str, raw: bytes) -> None:
        with self.owner() as connection:
            if where != "inbox":
                connection.create(f'"{self.name(where)}"')
            typ, data = connection.append(f'"{self.name(where)}"', flags, "", raw)
        if typ != "OK":
            pytest.skip(f"this server takes no such message: {data[0]!r}")

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
        r"""Return every UID with its flags (\Recent is nobody's doing) and, where the server has them, modification sequences."""
        with self.owner(readonly=True) as connection:
            highest = connection.response("HIGHESTMODSEQ") if self.condstore else None
            items = "(UID FLAGS MODSEQ)" if self.condstore else "(UID FLAGS)"
            _, flags = connection.fetch("1:*", items)
        return highest, [re.sub(rb" ?\\Recent ?", b"", line) for line in flags if isinstance(line, bytes)]

    def drafts(self) -> list[bytes]:
        """Return the drafts' bytes with LF line ends."""
        with self.owner(self.name("drafts"), readonly=True) as connection:
            _, data = connection.fetch("1:*", "(BODY.PEEK[])")
        return [part[1].replace(b"\r\n", b"\n") for part in data if isinstance(part, tuple)]

    def drafts_are_marked(self) -> bool:
        """Look at the flags."""
        with self.owner(self.name("drafts"), readonly=True) as connection:
            _, data = connection.fetch("1:*", "(FLAGS)")
        return all(rb"\Draft" in line and rb"\Seen" in line for line in data if isinstance(line, bytes))

    def outdate_cursors(self) -> bool:
        """Let INBOX have another UIDVALIDITY from now on, where the proxy can read what passes."""
        if self.security != "none":
            return False
        self._also(rb"\[UIDVALIDITY \d+\]", b"[UIDVALIDITY %d]" % next(_uidvalidity))
        return True

    def lose_drafts(self) -> bool:
        """Let nobody see the Drafts mailbox, where the proxy can read what passes."""
        if self.security != "none":
            return False
        self._also(rb"\* LIST .*%s.*\r\n" % re.escape(self.names["drafts"].encode()), b"")
        return True


class DovecotStore(ImapStore):
    """One fresh user of the tests' Dovecot, whose Maildir and administration are at hand."""

    condstore = " (CONDSTORE)"

    def __init__(self, server: Dovecot, **settings: Any) -> None:
        self.server = server
        super().__init__(
            port=server.port,
            tls_port=server.tls_port,
            user=f"u{uuid4().hex[:12]}",
            password=PASSWORD,
            **settings,
        )

    def deliver(self, raw: bytes, mailbox: str = "INBOX") -> None:
        """Deliver as a delivery agent does."""
        self.server.deliver(self.user, [raw], mailbox)

    def drafts(self) -> list[bytes]:
        """Read the files: the server may be down or frozen."""
        folder = self.server.maildir(self.user, self.names["drafts"])
        files = sorted(path for sub in ("new", "cur") for path in (folder / sub).glob("*"))
        return [path.read_bytes().replace(b"\r\n", b"\n") for path in files]

    def outdate_cursors(self) -> bool:
        """Give INBOX another UIDVALIDITY, truly."""
        number = str(next(_uidvalidity))
        self.server.doveadm("mailbox", "update", "-u", self.user, "--uid-validity", number, "INBOX")
        return True
