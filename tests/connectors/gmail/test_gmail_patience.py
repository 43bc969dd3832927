"""Gmail says "not now" in many ways: reading waits and goes on, the cursor stays, and the person hears one sentence."""

from datetime import UTC, datetime

import pytest

from mailhook.connectors._gmail_pace import Budget
from mailhook.errors import AccountError, LoginRefused, Throttled, Unreachable
from tests.servers.gmail.fixtures import Connect
from tests.servers.gmail.letters import letter
from tests.servers.gmail.shim import Shim

pytestmark = pytest.mark.emulator


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (429, "rateLimitExceeded"),
        (429, ""),
        (403, "rateLimitExceeded"),
        (403, "userRateLimitExceeded"),
        (500, "backendError"),
        (502, ""),
        (503, "backendError"),
    ],
)
def test_a_passing_refusal_is_waited_out(gmail: Shim, connect: Connect, status: int, reason: str) -> None:
    """Three refusals in a row, and the mail is read all the same."""
    with connect() as box:
        cursor = box.start(None)
        message = gmail.mailbox.deliver(letter(1))
        gmail.fail("GET /history", status=status, reason=reason, times=3)
        assert [each.ref for each in box.arrived(cursor)] == [message["id"]]


def test_a_broken_connection_is_tried_again_for_reading(gmail: Shim, connect: Connect) -> None:
    """Reading twice does no harm."""
    with connect() as box:
        cursor = box.start(None)
        gmail.mailbox.deliver(letter(1))
        gmail.fail("GET /messages/.*", close="before", times=2)
        assert len(list(box.arrived(cursor))) == 1


@pytest.mark.parametrize(
    ("status", "reason", "error", "sentence"),
    [
        (429, "rateLimitExceeded", Throttled, "asks for patience"),
        (403, "userRateLimitExceeded", Throttled, "asks for patience"),
        (403, "quotaExceeded", Throttled, "day's share"),
        (403, "dailyLimitExceeded", Throttled, "day's share"),
        (503, "backendError", Unreachable, "has trouble"),
        (403, "insufficientPermissions", LoginRefused, "tick every box"),
        (403, "accessNotConfigured", LoginRefused, "console.cloud.google.com/apis/library/gmail"),
        (403, "domainPolicy", LoginRefused, "administrator"),
        (400, "failedPrecondition", LoginRefused, "no Gmail mailbox"),
        (401, "authError", LoginRefused, "mailhook init"),
        (418, "teapot", Unreachable, "unexpected"),
    ],
)
def test_a_lasting_refusal_is_one_sentence_and_the_cursor_stays(
    gmail: Shim, connect: Connect, status: int, reason: str, error: type[AccountError], sentence: str
) -> None:
    """Nothing is lost: the next pass reads from the same cursor."""
    with connect() as box:
        cursor = box.start(None)
        message = gmail.mailbox.deliver(letter(1))
        gmail.fail("GET /history", status=status, reason=reason, times=99)
        with pytest.raises(error, match=sentence) as caught:
            list(box.arrived(cursor))
        assert type(caught.value) is error
        assert box.cursor_after(cursor) == cursor
        gmail.faults.clear()
        assert [each.ref for each in box.arrived(cursor)] == [message["id"]]


def test_a_spent_day_is_not_asked_again_and_says_how_long(gmail: Shim, connect: Connect) -> None:
    """No retry helps before the day is over."""
    with connect() as box:
        gmail.fail("GET /profile", status=403, reason="dailyLimitExceeded", times=99)
        with pytest.raises(Throttled) as caught:
            box.start(None)
    assert caught.value.retry_after == 3600
    assert gmail.asked() == ["GET /profile"]


def test_what_gmail_says_about_waiting_is_passed_on(gmail: Shim, connect: Connect) -> None:
    """`Retry-After` reaches the service, which decides when to come again."""
    with connect() as box:
        gmail.fail("GET /profile", status=429, reason="rateLimitExceeded", retry_after="17", times=99)
        with pytest.raises(Throttled) as caught:
            box.start(None)
    assert caught.value.retry_after == 17
    assert len(gmail.asked()) == 4


def test_a_refusal_in_the_middle_loses_nothing(gmail: Shim, connect: Connect) -> None:
    """What was yielded before it stays handled; the rest comes next time."""
    with connect() as box:
        cursor = box.start(None)
        expected = [gmail.mailbox.deliver(letter(number))["id"] for number in range(3)]
        gmail.fail(f"GET /messages/{expected[1]}", status=429, reason="rateLimitExceeded", times=99)
        arrivals = box.arrived(cursor)
        taken = next(arrivals)
        with pytest.raises(Throttled):
            next(arrivals)
        assert box.cursor_after(cursor) == taken.cursor
        gmail.faults.clear()
        rest = [each.ref for each in box.arrived(taken.cursor)]
    assert [taken.ref, *rest] == expected


def test_an_unreachable_gmail_is_said_so(gmail: Shim, connect: Connect) -> None:
    """No network: one sentence, and the next pass tries again."""
    nobody = "http://127.0.0.1:9"
    with connect(endpoint=nobody) as box, pytest.raises(Unreachable, match="cannot be reached"):
        box.start(datetime(2026, 3, 1, tzinfo=UTC))


class Clock:
    """A clock that runs only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_the_budget_holds_in_every_minute() -> None:
    """Whatever is asked, no 60 seconds see more units than allowed, and none are left unused."""
    clock = Clock()
    budget = Budget(100, clock=clock.time, sleep=clock.sleep)
    spent: list[tuple[float, int]] = []
    for cost in [20] * 12 + [40, 5, 2] * 6:
        budget.spend(cost)
        spent.append((clock.now, cost))
        clock.now += 1.0
    for at, _ in spent:
        assert sum(cost for when, cost in spent if at - 60 < when <= at) <= 100
    assert sum(clock.slept) > 0


def test_the_budget_lets_a_first_burst_through() -> None:
    """Nobody waits for a handful of messages."""
    clock = Clock()
    budget = Budget(5_400, clock=clock.time, sleep=clock.sleep)
    for _ in range(250):
        budget.spend(20)
    assert clock.slept == []
