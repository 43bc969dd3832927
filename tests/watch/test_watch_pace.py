"""How long an account is left alone after which fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhook.errors import (
    AccountError,
    DoubtfulWrite,
    LedgerError,
    LoginRefused,
    MailhookError,
    NoDrafts,
    OverQuota,
    Throttled,
    Unreachable,
    UsageError,
)
from mailhook.watch.pace import seconds_until_next_try


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (Unreachable("gone"), [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]),
        (LedgerError("full"), [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]),
        (NoDrafts("none"), [5, 10]),
        (LoginRefused("no"), [60, 300, None, None]),
        (Throttled("slow"), [60, 120, 240, 480, 960, 1920, 3600, 3600]),
        (Throttled("slow", retry_after=1000), [1000, 1000]),
        (OverQuota("full"), [3600, 7200, 14400, 21600, 21600]),
        (DoubtfulWrite("lost"), [61, 61]),
        (UsageError("the keyring is locked"), [60, 120, 240, 300, 300]),
        (ValueError("a fault of ours"), [60, 120, 240]),
    ],
)
def test_waits_grow_with_failures_to_a_bound(fault: Exception, waits: list[float | None]) -> None:
    """With the highest of chances: each wait in full. A refused login is tried three times and then not again."""
    found = [seconds_until_next_try(fault, number, chance=1.0) for number in range(1, len(waits) + 1)]
    assert found == waits


_FAULTS = st.sampled_from(
    [Unreachable("x"), Throttled("x"), OverQuota("x"), UsageError("x"), AccountError("x"), MailhookError("x")]
)


@given(
    fault=_FAULTS,
    failures=st.integers(min_value=1, max_value=10**6),
    chance=st.floats(min_value=0, max_value=1),
)
def test_a_wait_is_spread_over_its_upper_half_and_never_endless(
    fault: Exception, failures: int, chance: float
) -> None:
    """No number of failures makes a wait shorter than half, or longer than six hours."""
    most = seconds_until_next_try(fault, failures, chance=1.0)
    found = seconds_until_next_try(fault, failures, chance=chance)
    assert most is not None
    assert found is not None
    assert most / 2 <= found <= most <= 6 * 3600
