"""What was asked before, and which messages bring the same news."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mailhook.ledger.history import SameNews
from mailhook.ledger.ledger import Ledger
from mailhook.ledger.records import DraftRecord, Lease, MessageRecord
from mailhook.ledger.states import State

MakeMessage = Callable[..., MessageRecord]
MakeDraft = Callable[..., DraftRecord]
Made = Callable[..., DraftRecord]


@pytest.fixture
def made(ledger: Ledger, lease: Lease, message: MakeMessage, draft: MakeDraft, now: datetime) -> Made:
    """Put a message and its draft, in a state, into the ledger."""

    def make(
        number: int = 1,
        *,
        state: State = "confirmed",
        recipient: str | None = "jane.roe@acme.example",
        **about: Any,
    ) -> DraftRecord:
        planned = ledger.drafts.plan(
            draft(number, recipient=recipient, thread_id=about.get("thread_id")),
            message(number, **about),
            lease=lease,
        )
        if state == "planned":
            return planned
        if state in {"sent", "deleted"}:
            planned = ledger.drafts.move(planned, "confirmed", lease=lease, now=now)
        return ledger.drafts.move(planned, state, lease=lease, now=now)

    return make


def test_a_question_counts_by_the_message_it_answered_or_by_its_own_msg_id(
    ledger: Ledger, made: Made
) -> None:
    """A later mail of the conversation names one of the two in its References."""
    created = made(1).created

    def asked(*ids: str, besides: str = "identity-2", thread_id: str | None = None) -> datetime | None:
        return ledger.asked.in_thread("personal", ids, thread_id=thread_id, besides=[besides])

    assert asked("source-1@acme.example") == created
    assert asked("tuid-1@example.org", "else@example.org") == created
    assert asked("else@example.org") is None
    assert asked() is None
    assert asked("source-1@acme.example", besides="identity-1") is None


def test_a_question_counts_by_the_stores_own_thread(ledger: Ledger, made: Made) -> None:
    """Where the store knows conversations, its id is enough."""
    created = made(1, thread_id="t1").created
    assert ledger.asked.in_thread("personal", (), thread_id="t1", besides=["x"]) == created
    assert ledger.asked.in_thread("personal", (), thread_id="t2", besides=["x"]) is None


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("planned", False),
        ("writing", True),
        ("confirmed", True),
        ("sent", True),
        ("deleted", False),
        ("superseded", False),
    ],
)
def test_a_question_counts_where_it_was_or_may_have_been_put(
    ledger: Ledger, made: Made, state: State, counts: bool
) -> None:
    """A draft that the person threw away asked nothing."""
    created = made(1, state=state).created
    assert ledger.asked.company("acme", besides=["x"]) == (created if counts else None)


def test_thanks_are_no_question(ledger: Ledger, made: Made) -> None:
    """Only drafts that ask for feedback count."""
    made(1, intent="thanks")
    assert ledger.asked.company("acme", besides=["x"]) is None


def test_the_last_question_to_a_company_counts_across_accounts(ledger: Ledger, made: Made) -> None:
    """One person stands behind all accounts."""
    made(1)
    latest = made(5).created
    made(9, company="globex")
    assert ledger.asked.company("acme", besides=["x"]) == latest


@pytest.mark.parametrize(
    ("company", "role", "days", "same"),
    [
        ("acme", "data engineer", 13, True),
        ("acme", "data engineer", -13, True),
        ("acme", "data engineer", 15, False),
        ("acme", "welder", 1, False),
        ("acme", None, 1, True),
        ("globex", "data engineer", 1, False),
    ],
)
def test_the_same_news_is_company_and_role_within_fourteen_days(
    ledger: Ledger, made: Made, company: str, role: str | None, days: int, same: bool
) -> None:
    """Portal, person and alias tell one story; another role is another story."""
    received = made(1).received + timedelta(days=days)
    found = ledger.asked.same_news(company, role, received=received, besides="identity-2")
    assert found == (
        SameNews(identity="identity-1", message_id="source-1@acme.example", answerable=True) if same else None
    )


def test_of_several_the_answerable_one_is_named(ledger: Ledger, made: Made) -> None:
    """A portal text does not hide the draft to a person."""
    made(1, recipient=None)
    received = made(2).received
    found = ledger.asked.same_news("acme", "data engineer", received=received, besides="identity-3")
    assert found == SameNews(identity="identity-2", message_id="source-2@acme.example", answerable=True)
    alone = ledger.asked.same_news("acme", "data engineer", received=received, besides="identity-2")
    assert alone == SameNews(identity="identity-1", message_id="source-1@acme.example", answerable=False)
