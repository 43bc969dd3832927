"""The tables, as the newest migration leaves them. A test holds the two together."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)

from mailhook.errors import LedgerError
from mailhook.ledger.states import STATES

# Every revision from the oldest to the newest: what this program can read, or bring up to date.
REVISIONS: Final = ("0001",)
VERSION_TABLE: Final = "ledger_version"


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as UTC text of fixed width, so that it compares and sorts in any database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Write a time down; a naive one is a fault of the caller."""
        if value is None:
            return None
        assert value.tzinfo is not None, "times are aware"
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Read a time back."""
        if value is None:
            return None
        try:
            return datetime.fromisoformat(value)
        except ValueError as exc:
            raise LedgerError(
                "the ledger is damaged: it holds a time that is none. Move it away and scan again with --since 30d"
            ) from exc


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

account = Table(
    "account",
    metadata,
    Column("name", String, primary_key=True),
    Column("cursor", String, nullable=False),
    Column("begun", Instant, nullable=False),
    Column("handled", Instant),
)

# A row stands here while an account is being read: one found at the start of a pass tells that the last one died.
reading = Table(
    "reading",
    metadata,
    Column("account", String, primary_key=True),
    Column("since", Instant, nullable=False),
)

# Counted before a message is parsed, and only after a pass has died.
attempt = Table(
    "attempt",
    metadata,
    Column("account", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("quarantined", Boolean, nullable=False),
)

message = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("identity", String, nullable=False),
    Column("message_id", String),
    Column("thread_id", String),
    Column("received", Instant, nullable=False),
    Column("judged", Instant, nullable=False),
    Column("label", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("language", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("kind", String),
    Column("company", String),
    Column("role", String),
    Column("channel", String, nullable=False),
    Column("intent", String, nullable=False),
    Column("recipient", String),
    Column("reason", String, nullable=False),
    UniqueConstraint("account", "identity"),
    Index(None, "company", "received"),
)

draft = Table(
    "draft",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("identity", String, nullable=False),
    Column("tuid", String, nullable=False, unique=True),
    Column("message_id", String, nullable=False),
    Column("answers", String),
    Column("thread_id", String),
    Column("recipient", String),
    Column("body_sha256", String, nullable=False),
    Column("source_cursor", String, nullable=False),
    Column("received", Instant, nullable=False),
    Column("created", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("writes", Integer, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("missed", Instant),
    Column("mark", String),
    Column("ref", String),
    Column("mailbox", String),
    Column("reason", String, nullable=False),
    Column("suggested_send", Instant),
    Column("stale_after", Instant),
    Column("followed", Instant),
    UniqueConstraint("account", "identity"),
    Index(None, "state"),
    _one_of("state", STATES),
)

lease = Table(
    "lease",
    metadata,
    Column("account", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("until", Instant, nullable=False),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("account", String, primary_key=True),
    Column("pid", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("connected", Instant),
    Column("fault", String),
    Column("next_try", Instant),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("identity", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("answers", String),
    Column("source_cursor", String, nullable=False),
    Column("received", Instant, nullable=False),
    Column("created", Instant, nullable=False),
    Column("state", String, nullable=False),
    UniqueConstraint("account", "identity"),
    _one_of("state", ("open", "accepted", "dismissed")),
)
