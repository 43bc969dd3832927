"""How long to leave an account alone after a fault: a pure choice by the kind of fault and how often it came in a row."""

from mailhook.errors import DoubtfulWrite, LoginRefused, MailhookError, OverQuota, Throttled, UsageError

LOGIN_TRIES = 3
_LOGIN = (60.0, 300.0)
_MINUTE, _HOUR = 60.0, 3600.0


def seconds_until_next_try(fault: BaseException, failures: int, *, chance: float) -> float | None:
    """Return how long to wait after that many failures in a row, or None: not before the person has done something.

    `chance` is a random number from 0 to 1: the wait is drawn from its upper half, so that many accounts do not knock at once.
    """
    match fault:
        case LoginRefused():
            # Trying a wrong password again and again locks accounts.
            return _LOGIN[failures - 1] if failures < LOGIN_TRIES else None
        case Throttled(retry_after=asked):
            return max(asked or 0.0, _doubling(_MINUTE, failures, most=_HOUR, chance=chance))
        case OverQuota():
            return _doubling(_HOUR, failures, most=6 * _HOUR, chance=chance)
        case DoubtfulWrite():
            return _MINUTE + 1
        case UsageError():  # a keyring still locked, a password command that fails
            return _doubling(_MINUTE, failures, most=5 * _MINUTE, chance=chance)
        case MailhookError():
            return _doubling(5.0, failures, most=15 * _MINUTE, chance=chance)
    return _doubling(_MINUTE, failures, most=_HOUR, chance=chance)


def _doubling(first: float, failures: int, *, most: float, chance: float) -> float:
    whole = min(most, first * 2.0 ** min(failures - 1, 30))
    return whole * (0.5 + chance / 2)
