"""The port: what a mailbox of any kind must answer, and how its connector is found.

A connector answers few questions and decides nothing: where do I start, what arrived since, what else belongs to
this conversation, keep this draft, is this draft there, wake me when something may have changed. There is no send,
delete, move, flag or mark-read verb. It is synchronous and used by one thread. `tests/connectors/contract.py`
runs against every connector on real servers, and is the specification of this port.

A connector's class is called with the account's own settings as keyword arguments (what stands under
`[accounts.NAME]`, less `connector`, with the secret resolved) and states them in `settings`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any, Literal, Protocol, Self, runtime_checkable

from mailhook.errors import UsageError
from mailhook.mail.message import Message
from mailhook.reply.draft import Draft

Place = Literal["inbox", "sent", "drafts", "trash", "archive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One message as a store gives it.

    `ref` is the store's own reference, opaque to the core. `cursor` is what to pass to `arrived` once this message is
    handled. `raw` holds at least the header section and every text part up to 64 KB; attachments may be cut off. `size` is
    the whole message's size in bytes. `received` is the store's date (RFC 3501's internal date), aware.
    `durable_id` is an identity the store promises to keep (Gmail id, X-GM-MSGID, EMAILID), or None.
    `thread_id` is the store's own conversation id, or None. `place` says what kind of mailbox it lies in.
    """

    ref: str
    cursor: str
    mailbox: str
    place: Place
    raw: bytes
    size: int
    received: datetime
    durable_id: str | None = None
    thread_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A draft that the store keeps: its reference there, its mailbox, and whether it stands in its thread."""

    ref: str
    mailbox: str
    place: Place = "drafts"
    in_thread: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `mailhook check` and `status` tell about an account.

    `drafts` is the Drafts mailbox's name for people. `capabilities` are words for people ("IDLE", "UIDPLUS",
    "special-use"). `wakes` says whether `wait` returns early when mail arrives. `notes` are sentences about what is weaker here.
    """

    server: str
    drafts: str
    mailboxes: tuple[str, ...]
    capabilities: tuple[str, ...] = ()
    wakes: bool = False
    notes: tuple[str, ...] = ()


@runtime_checkable
class Connector(Protocol):
    """One account's mail store, read and never changed but for new drafts."""

    def __enter__(self) -> Self:
        """Log in. Raise LoginRefused or Unreachable."""

    def __exit__(self, *exc: object) -> None:
        """Let go of the connection; never raises for a connection that is already dead."""

    def health(self) -> Health:
        """Say what this store can do. Raise NoDrafts where no draft could be kept."""

    def start(self, since: datetime | None) -> str:
        """Return the cursor from which to read: behind the newest message, or, with `since`, before the first received at or after it."""

    def arrived(self, cursor: str) -> Iterator[Arrival]:
        """Yield what arrived after the cursor, oldest first in each mailbox, each message once.

        Messages gone meanwhile are passed over. Raise CursorExpired where the store no longer understands the cursor.
        """

    def cursor_after(self, cursor: str) -> str:
        """Return the cursor that stands once everything yielded by the last `arrived` is handled: the one given where nothing arrived."""

    def conversation(self, message: Message, *, thread_id: str | None = None) -> Sequence[Arrival]:
        """Return what else belongs to this conversation, oldest first, in any mailbox but junk: earlier mail, the person's own sent
        answers, drafts that stand in it. At most 50; `cursor` is empty."""

    def mark(self) -> str:
        """Return where the Drafts mailbox stands now, to be passed to `find` after a doubtful write."""

    def keep(self, draft: Draft, *, thread_id: str | None = None) -> Kept:
        """Ask the store to keep the draft, exactly once, with no retry at any layer.

        Raise NotWritten, OverQuota or NoDrafts where certainly nothing was kept, DoubtfulWrite where that is unknown.
        """

    def find(self, draft: Draft, *, since: str | None = None) -> Kept | None:
        """Look for a draft by its msg-id, then by its parent and body digest, in Drafts, Sent, Trash and the archive; with `since`, in
        Drafts only from that mark on."""

    def wait(self, seconds: float) -> bool:
        """Return True as soon as something may have changed, or False after at most that many seconds. Poll where the store cannot tell."""

    def interrupt(self) -> None:
        """Make a `wait` in another thread return soon. The only method that another thread may call."""


GROUP = "mailhook.connectors"


def connector_names() -> tuple[str, ...]:
    """Return the names of the connectors installed here, sorted."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def connector_class(name: str) -> type[Connector]:
    """Load the connector of that name. Raise UsageError where there is none, or where its own library is missing."""
    points = entry_points(group=GROUP, name=name)
    if not points:
        known = ", ".join(connector_names()) or "none"
        raise UsageError(f'there is no connector "{name}"; installed are: {known}')
    try:
        loaded: type[Connector] = next(iter(points)).load()
    except ImportError as exc:
        raise UsageError(
            f'the connector "{name}" cannot be loaded ({exc}); install what it needs and try again'
        ) from exc
    return loaded


def open_connector(name: str, settings: Mapping[str, Any]) -> Connector:
    """Make the connector of that name from an account's settings; it logs in on entering."""
    return connector_class(name)(**settings)
