"""What the ledger knows of drafts: planned before the store is asked, and moved from state to state under a lease."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from mailhook.errors import LedgerError
from mailhook.ledger import schema
from mailhook.ledger.database import Database
from mailhook.ledger.records import DraftRecord, Lease, MessageRecord
from mailhook.ledger.rows import select_records, to_record, to_row
from mailhook.ledger.states import PENDING, State, check_step

_TABLE = schema.draft


class Drafts:
    """The drafts of every account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, draft: DraftRecord, source: MessageRecord, *, lease: Lease) -> DraftRecord:
        """Put a draft's identity on disk together with the judgement of its source message, before any store is asked.

        Where the source message has a draft already, that one is returned and nothing changes. Of a message judged
        before, the plan is what changes.
        """
        with self._database.write() as connection:
            _hold(connection, lease)
            found = _by_source(connection, draft.account, draft.identity)
            if found is not None:
                return found
            planned = replace(draft, state="planned", fence=lease.fence)
            connection.execute(insert(_TABLE), to_row(planned))
            table = schema.message
            same = and_(table.c.account == source.account, table.c.identity == source.identity)
            row = to_row(source)
            plan = {name: row[name] for name in ("channel", "intent", "recipient", "reason")}
            if connection.execute(update(table).where(same).values(plan)).rowcount == 0:
                connection.execute(insert(table), row)
        return planned

    def move(
        self, draft: DraftRecord, to: State, *, lease: Lease, now: datetime, **changes: Any
    ) -> DraftRecord:
        """Move a draft to another state, with other changes, in one commit. Refuse what is not legal, or no longer ours to do."""
        check_step(draft.state, to)
        return self._change(draft, lease, {"state": to, "changed": now, **changes})

    def note(self, draft: DraftRecord, *, lease: Lease, **changes: Any) -> DraftRecord:
        """Write down something about a draft whose state stays."""
        return self._change(draft, lease, changes)

    def of(self, account: str, identity: str) -> DraftRecord | None:
        """Return the draft made for a source message, or None."""
        with self._database.read() as connection:
            return _by_source(connection, account, identity)

    def pending(self, account: str) -> tuple[DraftRecord, ...]:
        """Return the drafts that the store must still be asked about, oldest first."""
        return self.in_states(account, PENDING)

    def in_states(
        self, account: str, states: Iterable[State], *, since: datetime | None = None
    ) -> tuple[DraftRecord, ...]:
        """Return an account's drafts in these states, made at or after that time, oldest first."""
        query = select_records(DraftRecord, _TABLE).where(
            _TABLE.c.account == account, _TABLE.c.state.in_(sorted(states))
        )
        if since is not None:
            query = query.where(_TABLE.c.created >= since)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_TABLE.c.id)).all()
        return tuple(to_record(DraftRecord, row) for row in rows)

    def count(self) -> dict[tuple[str, State], int]:
        """Count the drafts by account and state."""
        query = select(_TABLE.c.account, _TABLE.c.state, func.count()).group_by(
            _TABLE.c.account, _TABLE.c.state
        )
        with self._database.read() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(query)}

    def own(self, account: str, message_ids: Sequence[str]) -> frozenset[str]:
        """Say which of these msg-ids are drafts of ours."""
        query = select(_TABLE.c.message_id).where(
            _TABLE.c.account == account, _TABLE.c.message_id.in_(message_ids)
        )
        with self._database.read() as connection:
            return frozenset(connection.execute(query).scalars())

    def _change(self, draft: DraftRecord, lease: Lease, changes: dict[str, Any]) -> DraftRecord:
        with self._database.write() as connection:
            _hold(connection, lease)
            statement = update(_TABLE).where(_TABLE.c.tuid == draft.tuid, _TABLE.c.state == draft.state)
            if connection.execute(statement.values(fence=lease.fence, **changes)).rowcount != 1:
                raise LedgerError(
                    f"the draft {draft.tuid} is not {draft.state} in the ledger any more; run mailhook again"
                )
        return replace(draft, fence=lease.fence, **changes)


def _by_source(connection: Connection, account: str, identity: str) -> DraftRecord | None:
    query = select_records(DraftRecord, _TABLE).where(
        _TABLE.c.account == account, _TABLE.c.identity == identity
    )
    row = connection.execute(query).one_or_none()
    return to_record(DraftRecord, row) if row is not None else None


def _hold(connection: Connection, lease: Lease) -> None:
    query = select(schema.lease.c.fence).where(schema.lease.c.account == lease.account)
    if connection.execute(query).scalar() != lease.fence:
        raise taken_over(lease.account)


def taken_over(account: str) -> LedgerError:
    """Say that this process slept past its lease."""
    return LedgerError(
        f"another mailhook has taken over the account {account}; this one stops, and nothing was written"
    )
