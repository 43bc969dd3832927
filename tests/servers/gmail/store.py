"""Gmail as the contract's store: mail arrives, and its owner files it, past the connector."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from mailhook.connector import Connector
from tests.servers.gmail.fixtures import Connect
from tests.servers.gmail.mailbox import decode
from tests.servers.gmail.shim import Shim

_LABELS = {
    "inbox": ["INBOX"],
    "sent": ["SENT"],
    "drafts": ["DRAFT"],
    "trash": ["TRASH"],
    "archive": [],
    "junk": ["SPAM"],
}
_PARENT = re.compile(rb"^In-Reply-To: <([^>]+)>", re.MULTILINE | re.IGNORECASE)
_OWN = re.compile(rb"^Message-ID: <([^>]+)>", re.MULTILINE | re.IGNORECASE)


class GmailStore:
    """Everything through the emulator, nothing through the connector."""

    def __init__(self, shim: Shim, connect: Connect) -> None:
        self.shim = shim
        self._mailbox = shim.mailbox
        self._connect = connect
        self._last = datetime.now(UTC)

    def connector(self, **settings: Any) -> Connector:
        """Return a connector to this account, which looks for changes five times a second."""
        return self._connect(**({"poll": 0.2} | settings))

    def deliver(self, raw: bytes) -> None:
        """Let a message arrive, each a moment after the one before. Drafts that answer it are saved again, and so join its thread."""
        self._deliver(raw, ["INBOX", "UNREAD"])
        own = _OWN.search(raw)
        for draft in self._mailbox.drafts():
            if own and _parent(draft["bytes"]) == own.group(1):
                self._mailbox.delete_draft(draft["id"])
                self._deliver(draft["bytes"], ["DRAFT"])

    def put(self, raw: bytes, where: str) -> None:
        """File a message."""
        self._deliver(raw, _LABELS[where])

    def _deliver(self, raw: bytes, labels: list[str]) -> None:
        self._last = max(datetime.now(UTC), self._last + timedelta(milliseconds=2))
        self._mailbox.deliver(raw, labels=labels, received=self._last)

    def read_by_owner(self) -> None:
        """Mark all as read, and star it."""
        for message in self._inbox():
            self._mailbox.label(message["id"], add=["STARRED"], remove=["UNREAD"])

    def remove(self, message_id: str) -> None:
        """Delete a message of the inbox for ever."""
        for message in self._inbox():
            if f"<{message_id}>".encode() in _bytes(message).partition(b"\r\n\r\n")[0]:
                self._mailbox.delete(message["id"])

    def inbox_state(self) -> object:
        """Return ids, labels, and the history id, which any change moves."""
        return [(m["id"], m["labelIds"], m["historyId"]) for m in self._inbox()]

    def drafts(self) -> list[bytes]:
        """Return the drafts' bytes."""
        return [each["bytes"].replace(b"\r\n", b"\n") for each in self._mailbox.drafts()]

    def drafts_are_marked(self) -> bool:
        """Gmail's drafts carry its label, and are never unread."""
        return all(each["message"]["labelIds"] == ["DRAFT"] for each in self._mailbox.drafts())

    def outdate_cursors(self) -> bool:
        """Forget the history."""
        self.shim.lose_history()
        return True

    def lose_drafts(self) -> bool:
        """Gmail always has Drafts."""
        return False

    def _inbox(self) -> list[dict[str, Any]]:
        return [m for m in self._mailbox.messages() if "INBOX" in m["labelIds"]]


def _bytes(message: dict[str, Any]) -> bytes:
    return decode(message["raw"])


def _parent(raw: bytes) -> bytes | None:
    found = _PARENT.search(raw)
    return found.group(1) if found else None
