"""What the tests of verdicts share: messages built by hand, and a judge."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from mailhook.mail.message import Address, Me, Message
from mailhook.verdict.judge import Judge

MakeMessage = Callable[..., Message]


@pytest.fixture(scope="session")
def judge() -> Judge:
    """One judge for all tests: the lexicon is compiled once."""
    return Judge()


@pytest.fixture
def me() -> Me:
    """The person whose mail it is."""
    return Me(name="Alex Morgan", addresses=("alex.morgan@example.org",))


@pytest.fixture(scope="session")
def make_message() -> MakeMessage:
    """Build a message from a few words; what is not said is as in plain mail from a person."""

    def make(
        text: str = "",
        subject: str = "",
        sender: str = "someone@employer.example",
        name: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        message_id: str = "m1@employer.example",
        date: datetime | None = None,
        **rest: object,
    ) -> Message:
        return Message(
            message_id=message_id,
            text=text,
            subject=subject,
            from_=(Address(name=name, address=sender),),
            header_fields=headers,
            date=date or datetime(2026, 3, 2, 9, 12, tzinfo=UTC),
            **rest,  # type: ignore[arg-type]  # tests name fields of Message
        )

    return make
