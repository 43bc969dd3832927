"""What was asked before, and what the same news has already led to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from mailhook.ledger import schema
from mailhook.ledger.database import Database
from mailhook.ledger.states import ASKED

_DRAFT = schema.draft
_MESSAGE = schema.message
_JOINED = _DRAFT.join(
    _MESSAGE, and_(_DRAFT.c.account == _MESSAGE.c.account, _DRAFT.c.identity == _MESSAGE.c.identity)
)
SAME_NEWS = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class SameNews:
    """A message that brought the same news and has a draft; `answerable` says whether that draft goes to somebody."""

    identity: str
    message_id: str | None
    answerable: bool


class Asked:
    """Questions about earlier drafts. One person stands behind all accounts, so companies are compared across them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_thread(
        self, account: str, ids: Collection[str], *, thread_id: str | None, besides: Collection[str]
    ) -> datetime | None:
        """Say when a draft that asks was last made in the conversation of these msg-ids, not counting those for `besides`."""
        belongs: list[ColumnElement[bool]] = [
            _DRAFT.c.answers.in_(sorted(ids)),
            _DRAFT.c.message_id.in_(sorted(ids)),
        ]
        if thread_id is not None:
            belongs.append(_DRAFT.c.thread_id == thread_id)
        return self._last(
            _DRAFT.c.account == account, or_(*belongs), _DRAFT.c.identity.not_in(sorted(besides))
        )

    def company(self, company: str, *, besides: Collection[str]) -> datetime | None:
        """Say when a draft that asks was last made to that company, not counting those for `besides`."""
        return self._last(_MESSAGE.c.company == company, _DRAFT.c.identity.not_in(sorted(besides)))

    def same_news(
        self, company: str, role: str | None, *, received: datetime, besides: str
    ) -> SameNews | None:
        """Return a message of the 14 days around that brought the same news and has a draft; one that can be answered first.

        A message that names no role brings the same news as any other of its company.
        """
        query = (
            select(_MESSAGE.c.identity, _MESSAGE.c.message_id, _DRAFT.c.recipient)
            .select_from(_JOINED)
            .where(
                _MESSAGE.c.company == company,
                _MESSAGE.c.received.between(received - SAME_NEWS, received + SAME_NEWS),
                _MESSAGE.c.identity != besides,
                _DRAFT.c.state.in_(sorted(ASKED | {"planned", "blocked"})),
            )
            .order_by(_DRAFT.c.recipient.is_(None), _DRAFT.c.id)
        )
        if role is not None:
            query = query.where(or_(_MESSAGE.c.role == role, _MESSAGE.c.role.is_(None)))
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return SameNews(identity=row[0], message_id=row[1], answerable=row[2] is not None)

    def _last(self, *where: ColumnElement[bool]) -> datetime | None:
        query = (
            select(func.max(_DRAFT.c.created, type_=schema.Instant))
            .select_from(_JOINED)
            .where(_MESSAGE.c.intent == "feedback", _DRAFT.c.state.in_(sorted(ASKED)), *where)
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar()
