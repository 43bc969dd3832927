"""What the reply room's tests share: a candidate, a moment, and short ways to a message, its facts and its draft."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mailhook.mail.message import Address, Me, Message
from mailhook.mail.origin import Origin
from mailhook.reply.build import build_draft
from mailhook.reply.compose import Text, compose
from mailhook.reply.draft import Draft
from mailhook.reply.plan import Plan, make_plan
from mailhook.verdict.verdict import Fact, Facts, Verdict

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ME = Me(name="Alex Morgan", addresses=("alex.morgan@example.org", "alex@morgan.example.net"))
MESSAGE = Message(
    message_id="x@acme.test",
    date=datetime(2026, 3, 2, 9, 12, tzinfo=UTC),
    subject="Your application",
    from_=(Address(name="Jane Roe", address="jane.roe@acme.test"),),
    to=(Address(address="alex.morgan@example.org"),),
    text="Hi Alex,\nwe decided to go with another candidate.",
    footer="Data Engineer, Acme",
    original="Hi Alex,\n\nwe decided to go with another candidate.\n\nJane Roe",
)
VERDICT = Verdict(label="rejection", score=5.0, language="en", stage="interview", kind="not_selected")
FACTS = Facts(
    company=Fact(value="Acme"),
    role=Fact(value="Data Engineer"),
    recruiter=Fact(value="Jane Roe"),
    candidate=Fact(value="Alex"),
)
ORIGIN = Origin()

Made = tuple[Plan, Text | None, Draft | None]


@pytest.fixture
def me() -> Me:
    """Alex Morgan, who has two addresses."""
    return ME


@pytest.fixture
def now() -> datetime:
    """Monday, 2 March 2026, noon UTC."""
    return NOW


@pytest.fixture
def message() -> Callable[..., Message]:
    """A short personal rejection, with whatever is given changed."""
    return lambda **changed: replace(MESSAGE, **changed)


@pytest.fixture
def verdict() -> Callable[..., Verdict]:
    """A rejection after an interview, with whatever is given changed."""
    return lambda **changed: replace(VERDICT, **changed)


@pytest.fixture
def plan() -> Callable[..., Plan]:
    """The plan for a message, with every other argument of make_plan at its most ordinary."""

    def made(
        message: Message = MESSAGE, verdict: Verdict = VERDICT, facts: Facts = FACTS, **others: Any
    ) -> Plan:
        arguments: dict[str, Any] = {"me": ME, "origin": ORIGIN, "now": NOW, **others}
        return make_plan(message, verdict, facts, **arguments)

    return made


@pytest.fixture
def draft(plan: Callable[..., Plan]) -> Callable[..., Draft]:
    """The draft for a message, where the plan makes one."""

    def made(
        message: Message = MESSAGE,
        verdict: Verdict = VERDICT,
        facts: Facts = FACTS,
        message_id: str = "0f3c@example.org",
        **others: Any,
    ) -> Draft:
        planned = plan(message, verdict, facts, **others)
        words = compose(planned, message, verdict, facts, me=ME)
        assert words is not None, planned.reason
        return build_draft(planned, words, message, me=ME, message_id=message_id, now=NOW)

    return made
