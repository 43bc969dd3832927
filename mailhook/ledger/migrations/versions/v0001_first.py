"""The first ledger: accounts, messages judged, drafts, leases, heartbeats, proposals."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_STATES = "planned, writing, ambiguous, blocked, confirmed, edited, sent, deleted, superseded, abandoned, needs_human"


def upgrade() -> None:
    """Make every table."""
    _make_accounts()
    _make_messages()
    _make_drafts()
    _make_proposals()


def _time(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _one_of(column: str, words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words.split(", "))
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


def _make_accounts() -> None:
    key = sa.PrimaryKeyConstraint
    op.create_table(
        "account",
        _text("name"),
        _text("cursor"),
        _time("begun"),
        _time("handled", nullable=True),
        key("name"),
    )
    op.create_table("reading", _text("account"), _time("since"), key("account"))
    op.create_table(
        "attempt",
        _text("account"),
        _text("key"),
        _number("count"),
        sa.Column("quarantined", sa.Boolean(), nullable=False),
        key("account", "key"),
    )
    op.create_table(
        "lease", _text("account"), _text("holder"), _number("fence"), _time("until"), key("account")
    )
    op.create_table(
        "heartbeat",
        _text("account"),
        _number("pid"),
        _time("at"),
        _text("state"),
        _time("connected", nullable=True),
        _text("fault", nullable=True),
        _time("next_try", nullable=True),
        key("account"),
    )


def _make_messages() -> None:
    op.create_table(
        "message",
        _number("id"),
        _text("account"),
        _text("identity"),
        _text("message_id", nullable=True),
        _text("thread_id", nullable=True),
        _time("received"),
        _time("judged"),
        _text("label"),
        sa.Column("score", sa.Float(), nullable=False),
        _text("language"),
        _text("stage"),
        _text("kind", nullable=True),
        _text("company", nullable=True),
        _text("role", nullable=True),
        _text("channel"),
        _text("intent"),
        _text("recipient", nullable=True),
        _text("reason"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "identity"),
    )
    op.create_index("ix_message_company_received", "message", ["company", "received"])


def _make_drafts() -> None:
    op.create_table(
        "draft",
        _number("id"),
        _text("account"),
        _text("identity"),
        _text("tuid"),
        _text("message_id"),
        _text("answers", nullable=True),
        _text("thread_id", nullable=True),
        _text("recipient", nullable=True),
        _text("body_sha256"),
        _text("source_cursor"),
        _time("received"),
        _time("created"),
        _time("changed"),
        _text("state"),
        _number("fence"),
        _number("writes"),
        _number("misses"),
        _time("missed", nullable=True),
        _text("mark", nullable=True),
        _text("ref", nullable=True),
        _text("mailbox", nullable=True),
        _text("reason"),
        _time("suggested_send", nullable=True),
        _time("stale_after", nullable=True),
        _time("followed", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "identity"),
        sa.UniqueConstraint("tuid"),
        _one_of("state", _STATES),
    )
    op.create_index("ix_draft_state", "draft", ["state"])


def _make_proposals() -> None:
    op.create_table(
        "proposal",
        _number("id"),
        _text("account"),
        _text("identity"),
        _text("recipient"),
        _text("answers", nullable=True),
        _text("source_cursor"),
        _time("received"),
        _time("created"),
        _text("state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "identity"),
        _one_of("state", "open, accepted, dismissed"),
    )
