"""What to answer, to whom, and why: gates, intent, one recipient or none, and a reason in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Channel = Literal["email", "text", "call", "letter", "portal", "none"]
Intent = Literal["feedback", "thanks", "keep_in_touch", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the ledger remembers that bears on this answer.

    `asked_in_thread` and `asked_company` say when a draft that asks was last made there; `same_news` is the msg-id of a message
    of the last 14 days that brought the same news (company and role) and has a draft.
    """

    asked_in_thread: datetime | None = None
    asked_company: datetime | None = None
    same_news: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate that was tried: its name, whether it stopped or changed the answer, and why in words."""

    name: str
    closed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the answer goes: in kind, to one recipient or none, with a reason also when nothing is to be done.

    `answers` is the msg-id of the message it answers. `recipient` is one addr-spec, a pure function of that message. `proposed` names a
    known person (addr-spec) to whom a draft could be made if the candidate accepts (`mailhook propose`), with the msg-id of their message
    in `proposed_answers`. `suggested_send` and `stale_after` are for the log, never for the mail.
    """

    channel: Channel
    intent: Intent
    recipient: str | None
    answers: str | None
    reason: str
    gates: tuple[Gate, ...] = ()
    proposed: str | None = None
    proposed_answers: str | None = None
    suggested_send: datetime | None = None
    stale_after: datetime | None = None
