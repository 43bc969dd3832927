"""The values that the ledger keeps and gives back. All frozen; all times aware."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailhook.ledger.states import State

ProposalState = Literal["open", "accepted", "dismissed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord:
    """How far an account has been read: its cursor, and the newest date of receipt among the messages handled.

    Nothing received before `begun` is looked at unless the person asks for it.
    """

    name: str
    cursor: str
    begun: datetime
    handled: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """One message judged. `identity` is the source's identity; `company` and `role` are folded for comparing, never shown as read."""

    account: str
    identity: str
    message_id: str | None
    thread_id: str | None
    received: datetime
    judged: datetime
    label: str
    score: float = 0.0
    language: str = "und"
    stage: str = "unknown"
    kind: str | None = None
    company: str | None = None
    role: str | None = None
    channel: str = "none"
    intent: str = "none"
    recipient: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRecord:
    """One draft from before it was asked for until the person is done with it.

    `identity` is the source message's, `answers` its msg-id; `tuid` is the random part of the draft's own `message_id`. `mark` is where the
    Drafts mailbox stood before the store was asked; `source_cursor` and `received` lead back to the source message. `writes` counts
    how often the store was asked; `misses` counts looks that found nothing since `missed`, the first of them. `followed` is
    when the person's doings were last looked at.
    """

    account: str
    identity: str
    tuid: str
    message_id: str
    answers: str | None
    thread_id: str | None
    recipient: str | None
    body_sha256: str
    source_cursor: str
    received: datetime
    created: datetime
    changed: datetime
    state: State = "planned"
    fence: int = 0
    writes: int = 0
    misses: int = 0
    missed: datetime | None = None
    mark: str | None = None
    ref: str | None = None
    mailbox: str | None = None
    reason: str = ""
    suggested_send: datetime | None = None
    stale_after: datetime | None = None
    followed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to write for an account, numbered: a later holder has a higher fence, and an earlier one is refused."""

    account: str
    holder: str
    fence: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A draft that could be made to a known person if the candidate accepts it."""

    account: str
    identity: str
    recipient: str
    answers: str | None
    source_cursor: str
    received: datetime
    created: datetime
    state: ProposalState = "open"
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The last sign of life of an account's watch: what it is doing, since when, and the fault that a person must see to."""

    account: str
    pid: int
    at: datetime
    state: str
    connected: datetime | None = None
    fault: str | None = None
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One line of the log: a message judged, and the draft made for it, if any."""

    message: MessageRecord
    draft: DraftRecord | None
