"""A store that is only read: what `--dry-run` scans, so that a rehearsal goes the very way of the performance."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Self

from mailhook.connector import Arrival, Connector, Health, Kept
from mailhook.mail.message import Message
from mailhook.reply.draft import Draft


class OnlyRead:
    """A connector whose drafts are kept nowhere; every other question goes to the store."""

    def __init__(self, store: Connector) -> None:
        self._store = store

    def __enter__(self) -> Self:
        self._store.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._store.__exit__(*exc)

    def health(self) -> Health:
        """Ask the store."""
        return self._store.health()

    def start(self, since: datetime | None) -> str:
        """Ask the store."""
        return self._store.start(since)

    def arrived(self, cursor: str) -> Iterator[Arrival]:
        """Ask the store."""
        return self._store.arrived(cursor)

    def cursor_after(self, cursor: str) -> str:
        """Ask the store."""
        return self._store.cursor_after(cursor)

    def conversation(self, message: Message, *, thread_id: str | None = None) -> Sequence[Arrival]:
        """Ask the store."""
        return self._store.conversation(message, thread_id=thread_id)

    def mark(self) -> str:
        """Ask the store."""
        return self._store.mark()

    def keep(self, draft: Draft, *, thread_id: str | None = None) -> Kept:  # noqa: ARG002  (the port's signature)
        """Keep nothing."""
        return Kept(ref="", mailbox=self._store.health().drafts)

    def find(self, draft: Draft, *, since: str | None = None) -> Kept | None:
        """Ask the store."""
        return self._store.find(draft, since=since)

    def wait(self, seconds: float) -> bool:
        """Ask the store."""
        return self._store.wait(seconds)

    def interrupt(self) -> None:
        """Tell the store."""
        self._store.interrupt()
