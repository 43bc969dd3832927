"""A person's mailbox on a Dovecot: the same as on disk, but that mailhook and the person reach it over IMAP."""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from tests.scan.mailroom import Draft, Mailroom, make_mail
from tests.servers.dovecot import PASSWORD, Dovecot


@dataclass(frozen=True, slots=True)
class DovecotRoom(Mailroom):
    """A user of the server, whose Maildir is at hand: what lies there is looked at past the server."""

    server: Dovecot = field(kw_only=True)
    user: str = field(kw_only=True)

    @classmethod
    def of(cls, server: Dovecot, folder: Path) -> Self:
        """Return the room of a user whom the server does not know yet."""
        user = f"room{uuid4().hex[:12]}"
        section = (
            f'connector = "imap"\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nuser = "{user}"\n'
            f'password = {{ command = ["echo", "{PASSWORD}"] }}'
        )
        return cls(folder, account=section, server=server, user=user)

    @property
    def maildir(self) -> Path:
        """Where the server keeps the user's mail."""
        return self.server.maildir(self.user)

    def make(self) -> Self:
        """Make the mailboxes, by opening each for the first time."""
        with self._program("INBOX") as program:
            for mailbox in ("Drafts", "Sent", "Trash", "INBOX"):
                program.select(mailbox)
        return self

    def deliver(
        self, raw: bytes | None = None, *, mailbox: str = "", age: timedelta = timedelta(), **about: Any
    ) -> Path:
        """Deliver as a delivery agent does."""
        assert not age, "a server has its own clock"
        where = mailbox.removeprefix(".") or "INBOX"
        self.server.deliver(self.user, [make_mail(**about) if raw is None else raw], where)
        folder = self.maildir / mailbox / "new"
        return max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)

    def inbox(self) -> dict[str, bytes]:
        """Return every message of the inbox by its name, which holds its flags; the server may take a new one in."""
        files = [path for part in ("cur", "new") for path in (self.maildir / part).iterdir()]
        return {path.name.removesuffix(":2,"): path.read_bytes() for path in files}

    def edit(self, draft: Draft, added: bytes) -> None:
        """Let the person's mail program write the draft anew and throw the old one away, as they do."""
        changed = draft.path.read_bytes() + added
        with self._program("Drafts") as program:
            uid = _uid(program, draft)
            program.append(
                "Drafts", r"(\Draft \Seen)", "", changed.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            )
            program.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
            program.expunge()

    def move(self, draft: Draft, mailbox: str) -> None:
        """Let the person's mail program move a draft."""
        with self._program("Drafts") as program:
            typ, said = program.uid("MOVE", _uid(program, draft), mailbox.removeprefix("."))
            assert typ == "OK", said

    @contextmanager
    def _program(self, mailbox: str) -> Iterator[imaplib.IMAP4]:
        """Lend a connection of the person's own mail program."""
        with imaplib.IMAP4("127.0.0.1", self.server.port, timeout=20) as connection:
            connection.login(self.user, PASSWORD)
            connection.select(mailbox)
            yield connection


def _uid(program: imaplib.IMAP4, draft: Draft) -> str:
    _, found = program.uid("SEARCH", "HEADER", "MESSAGE-ID", f"<{draft.message_id}>")
    (uid,) = found[0].decode().split()
    return str(uid)
