"""The ledger: one per state folder, asked and told in whole steps, each of them on disk when the call returns."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Table, and_, delete, func, insert, or_, select, update

from mailhook.errors import LedgerError
from mailhook.ledger import database, schema
from mailhook.ledger.drafts import Drafts, taken_over
from mailhook.ledger.history import Asked
from mailhook.ledger.records import (
    AccountRecord,
    DraftRecord,
    Heartbeat,
    Lease,
    Logged,
    MessageRecord,
    Proposal,
    ProposalState,
)
from mailhook.ledger.rows import select_records, to_record, to_row

_ACCOUNT_TABLES = tuple(schema.metadata.sorted_tables)


class Ledger:
    """What has been done, for all accounts of one person."""

    def __init__(self, opened: database.Database) -> None:
        self._database = opened
        self.drafts = Drafts(opened)
        self.asked = Asked(opened)

    @classmethod
    def open(cls, place: Path | str) -> Self:
        """Open the ledger in a file (a Path), or at a database's URL (a str), and bring it up to date."""
        return cls(database.open_file(place) if isinstance(place, Path) else database.open_url(place))

    @classmethod
    def rehearsal(cls, place: Path) -> Self:
        """Open a copy in memory: nothing that is done to it is kept, and nothing is written anywhere."""
        return cls(database.open_copy(place))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    # --- accounts -------------------------------------------------------------------------------

    def account(self, name: str) -> AccountRecord | None:
        """Say how far an account has been read, or None where it never was."""
        with self._database.read() as connection:
            return _account(connection, name)

    def begin_account(self, name: str, cursor: str, *, begun: datetime) -> AccountRecord:
        """Note where reading an account begins; of one that was begun before, only an earlier beginning is news."""
        with self._database.write() as connection:
            before = _account(connection, name)
            if before is None:
                row = {"name": name, "cursor": cursor, "begun": begun, "handled": None}
                connection.execute(insert(schema.account), row)
                return AccountRecord(name=name, cursor=cursor, begun=begun)
            earlier = replace(before, begun=min(begun, before.begun))
            table = schema.account
            connection.execute(update(table).where(table.c.name == name).values(begun=earlier.begun))
        return earlier

    def advance(
        self,
        name: str,
        cursor: str | None,
        *,
        handled: datetime | None = None,
        messages: Sequence[MessageRecord] = (),
    ) -> None:
        """Keep judgements, and move the account's cursor past what was handled (None: it stays), in one commit."""
        table = schema.account
        with self._database.write() as connection:
            _insert_new_messages(connection, name, messages)
            before = _account(connection, name)
            if before is None:
                raise LedgerError(
                    f"the account {name} was never begun; this is a fault in mailhook, please report it"
                )
            newest = max((date for date in (handled, before.handled) if date is not None), default=None)
            row = {"cursor": before.cursor if cursor is None else cursor, "handled": newest}
            connection.execute(update(table).where(table.c.name == name).values(**row))

    def known(self, account: str, identities: Collection[str]) -> frozenset[str]:
        """Say which of these source identities were judged before."""
        if not identities:
            return frozenset()
        table = schema.message
        query = select(table.c.identity).where(
            table.c.account == account, table.c.identity.in_(sorted(identities))
        )
        with self._database.read() as connection:
            return frozenset(connection.execute(query).scalars())

    def judged(self, account: str, identity: str) -> MessageRecord | None:
        """Return the judgement of one message, or None."""
        table = schema.message
        query = select_records(MessageRecord, table).where(
            table.c.account == account, table.c.identity == identity
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return to_record(MessageRecord, row) if row is not None else None

    def log(self, account: str | None = None, *, others: bool = False) -> Iterator[Logged]:
        """Yield the messages judged, oldest first, each with its draft; those judged `other` only where asked for."""
        message, draft = schema.message, schema.draft
        joined = message.outerjoin(
            draft, and_(message.c.account == draft.c.account, message.c.identity == draft.c.identity)
        )
        messages, drafts = select_records(MessageRecord, message), select_records(DraftRecord, draft)
        query = select(*messages.selected_columns, *drafts.selected_columns).select_from(joined)
        if account is not None:
            query = query.where(message.c.account == account)
        if not others:
            query = query.where(or_(message.c.label != "other", draft.c.tuid.is_not(None)))
        width = len(messages.selected_columns)
        with self._database.read() as connection:
            for row in connection.execute(query.order_by(message.c.received, message.c.id)):
                made = to_record(DraftRecord, row[width:]) if row[width] is not None else None
                yield Logged(message=to_record(MessageRecord, row), draft=made)

    # --- passes that died, and messages that kill --------------------------------------------------

    def begin_reading(self, account: str, now: datetime) -> bool:
        """Note that an account is being read; say whether an earlier pass began and never ended."""
        with self._database.write() as connection:
            found = connection.execute(
                select(schema.reading.c.since).where(schema.reading.c.account == account)
            ).first()
            _upsert(connection, schema.reading, {"account": account}, {"since": now})
        return found is not None

    def end_reading(self, account: str) -> None:
        """Note that a pass ended as it should, so that no message is suspected of anything."""
        with self._database.write() as connection:
            connection.execute(delete(schema.reading).where(schema.reading.c.account == account))
            table = schema.attempt
            connection.execute(
                delete(table).where(table.c.account == account, table.c.quarantined.is_(False))
            )

    def try_message(self, account: str, key: str) -> int:
        """Count one more try to read a message, on disk before it is read; return which try this is."""
        with self._database.write() as connection:
            count = _count(connection, account, key) + 1
            row = {"count": count, "quarantined": False}
            _upsert(connection, schema.attempt, {"account": account, "key": key}, row)
        return count

    def acquit(self, account: str, key: str) -> None:
        """Forget the tries to read a message: it was read."""
        table = schema.attempt
        with self._database.write() as connection:
            connection.execute(delete(table).where(table.c.account == account, table.c.key == key))

    def quarantine(self, account: str, key: str) -> None:
        """Note that a message is never to be read again."""
        with self._database.write() as connection:
            row = {"count": _count(connection, account, key), "quarantined": True}
            _upsert(connection, schema.attempt, {"account": account, "key": key}, row)

    def quarantined(self, account: str) -> frozenset[str]:
        """Return the keys of the messages that are never to be read again."""
        table = schema.attempt
        query = select(table.c.key).where(table.c.account == account, table.c.quarantined.is_(True))
        with self._database.read() as connection:
            return frozenset(connection.execute(query).scalars())

    # --- leases --------------------------------------------------------------------------------------

    def take_lease(self, account: str, holder: str, *, now: datetime, seconds: float) -> Lease | None:
        """Take the right to write for an account, or return None where another holder's has not run out.

        A lease of the same holder is taken over at once: whoever calls proves by a file lock that its earlier self is gone.
        """
        table = schema.lease
        with self._database.write() as connection:
            row = connection.execute(
                select_records(Lease, table).where(table.c.account == account)
            ).one_or_none()
            before = to_record(Lease, row) if row is not None else None
            if before is not None and before.holder != holder and before.until > now:
                return None
            fence = before.fence + 1 if before is not None else 1
            lease = Lease(account=account, holder=holder, fence=fence, until=now + timedelta(seconds=seconds))
            values = {"holder": holder, "fence": fence, "until": lease.until}
            _upsert(connection, table, {"account": account}, values)
        return lease

    def renew(self, lease: Lease, *, now: datetime, seconds: float) -> Lease:
        """Hold a lease for longer. Raise LedgerError where another holder has taken it over."""
        table = schema.lease
        longer = replace(lease, until=now + timedelta(seconds=seconds))
        ours = and_(table.c.account == lease.account, table.c.fence == lease.fence)
        with self._database.write() as connection:
            if connection.execute(update(table).where(ours).values(until=longer.until)).rowcount != 1:
                raise taken_over(lease.account)
        return longer

    def release(self, lease: Lease, *, now: datetime) -> None:
        """Give a lease back, where it is still ours; its fence is never used again."""
        table = schema.lease
        ours = and_(table.c.account == lease.account, table.c.fence == lease.fence)
        with self._database.write() as connection:
            connection.execute(update(table).where(ours).values(until=now))

    # --- the service, and proposals ----------------------------------------------------------------------

    def beat(self, heartbeat: Heartbeat) -> None:
        """Write down a sign of life."""
        row = to_row(heartbeat)
        with self._database.write() as connection:
            _upsert(connection, schema.heartbeat, {"account": row.pop("account")}, row)

    def heartbeats(self) -> tuple[Heartbeat, ...]:
        """Return the last sign of life of every account, by name."""
        query = select_records(Heartbeat, schema.heartbeat).order_by(schema.heartbeat.c.account)
        with self._database.read() as connection:
            return tuple(to_record(Heartbeat, row) for row in connection.execute(query))

    def propose(self, proposal: Proposal) -> None:
        """Write down a draft that could be made, once for each message."""
        table = schema.proposal
        with self._database.write() as connection:
            same = and_(table.c.account == proposal.account, table.c.identity == proposal.identity)
            if connection.execute(select(table.c.id).where(same)).first() is None:
                connection.execute(insert(table), to_row(proposal))

    def proposals(self, state: ProposalState | None = "open") -> tuple[Proposal, ...]:
        """Return the proposals in that state (None: in any), oldest first."""
        query = select_records(Proposal, schema.proposal).order_by(schema.proposal.c.id)
        if state is not None:
            query = query.where(schema.proposal.c.state == state)
        with self._database.read() as connection:
            return tuple(to_record(Proposal, row) for row in connection.execute(query))

    def settle(self, proposal_id: int, state: ProposalState) -> None:
        """Write down what became of a proposal."""
        table = schema.proposal
        with self._database.write() as connection:
            connection.execute(update(table).where(table.c.id == proposal_id).values(state=state))

    # --- what need not be kept -----------------------------------------------------------------------------

    def prune(self, before: datetime) -> int:
        """Forget the messages judged `other` that were received before that time; return how many."""
        table = schema.message
        with self._database.write() as connection:
            return connection.execute(
                delete(table).where(table.c.label == "other", table.c.received < before)
            ).rowcount

    def forget(self, account: str) -> None:
        """Forget everything about an account; what its store keeps stays as it is."""
        with self._database.write() as connection:
            for table in _ACCOUNT_TABLES:
                key = table.c.name if table is schema.account else table.c.account
                connection.execute(delete(table).where(key == account))


def _account(connection: Connection, name: str) -> AccountRecord | None:
    query = select_records(AccountRecord, schema.account).where(schema.account.c.name == name)
    row = connection.execute(query).one_or_none()
    return to_record(AccountRecord, row) if row is not None else None


def _insert_new_messages(connection: Connection, account: str, messages: Sequence[MessageRecord]) -> None:
    if not messages:
        return
    table = schema.message
    identities = [record.identity for record in messages]
    query = select(table.c.identity).where(table.c.account == account, table.c.identity.in_(identities))
    known = set(connection.execute(query).scalars())
    rows = {record.identity: to_row(record) for record in messages if record.identity not in known}
    if rows:
        connection.execute(insert(table), list(rows.values()))


def _count(connection: Connection, account: str, key: str) -> int:
    table = schema.attempt
    query = select(func.max(table.c.count)).where(table.c.account == account, table.c.key == key)
    return connection.execute(query).scalar() or 0


def _upsert(connection: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    same = and_(*(table.c[name] == value for name, value in key.items()))
    if connection.execute(update(table).where(same).values(**values)).rowcount == 0:
        connection.execute(insert(table).values(**key, **values))
