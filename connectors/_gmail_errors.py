"""Google's errors, each turned into what it means for the person and for the next try."""

import json
from dataclasses import dataclass
from typing import Any

from mailhook.errors import (
    AccountError,
    LoginRefused,
    NotWritten,
    OverQuota,
    Throttled,
    Unreachable,
)

_SLOW_DOWN = {"rateLimitExceeded", "userRateLimitExceeded", "concurrentRequestsExceeded"}
_DAY_IS_SPENT = {"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"}
_DAY = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What an error answer says: its status, Google's reason, its sentence, and how long to wait where it says so."""

    status: int
    reason: str
    message: str
    retry_after: float | None = None

    @property
    def not_there(self) -> bool:
        """Whether what was asked for is gone, or its id never was one."""
        return self.status == 404 or (self.status == 400 and self.reason != "failedPrecondition")

    @property
    def passing(self) -> bool:
        """Whether the same request may well succeed in a moment."""
        return self.status == 429 or self.status >= 500 or self.reason in _SLOW_DOWN


def read_refusal(error: Any) -> Refusal:
    """Read Google's error body (any other body as well); never raises."""
    status = int(error.resp.status)
    try:
        body = json.loads(error.content)["error"]
        details = [*body.get("errors", []), *body.get("details", [])]
        reason = next((str(d["reason"]) for d in details if d.get("reason")), "")
        message = str(body.get("message", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        reason, message = "", ""
    return Refusal(
        status=status, reason=reason, message=message, retry_after=_seconds(error.resp.get("retry-after"))
    )


def meaning(refusal: Refusal) -> AccountError:
    """Return the error for the person; for 404 the caller knows better."""
    match refusal:
        case Refusal(status=401):
            return LoginRefused(
                'Google refused the access token; run "mailhook init" to give permission again'
            )
        case Refusal(reason=reason) if reason in _DAY_IS_SPENT and not _is_storage(refusal):
            return Throttled(
                "the day's share of requests to Gmail is spent; mailhook goes on where it stopped, later",
                retry_after=refusal.retry_after or _DAY,
            )
        case _ if refusal.status == 429 or refusal.reason in _SLOW_DOWN:
            return Throttled(
                "Gmail asks for patience; mailhook goes on where it stopped, later",
                retry_after=refusal.retry_after,
            )
        case Refusal(status=status) if status >= 500:
            return Unreachable(f"Gmail has trouble ({status}); try again later")
        case Refusal(status=403) | Refusal(reason="failedPrecondition"):
            return LoginRefused(_forbidden(refusal))
    return Unreachable(
        f"Gmail gave an unexpected answer ({refusal.status} {refusal.reason}); try again later"
    )


def meaning_for_a_draft(refusal: Refusal) -> AccountError:
    """Return the error for a draft that was refused, where certainly nothing was kept."""
    if _is_storage(refusal):
        return OverQuota(
            "the Google account's storage is full; make room, and the draft is kept at the next pass"
        )
    found = meaning(refusal)
    if isinstance(found, LoginRefused) and refusal.status == 403:
        return found
    return NotWritten(f"Gmail did not take the draft: {found}")


def _is_storage(refusal: Refusal) -> bool:
    return "storage" in refusal.message.lower() or refusal.reason == "storageQuotaExceeded"


def _forbidden(refusal: Refusal) -> str:
    match refusal.reason:
        case "insufficientPermissions" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
            return 'the permission given does not reach so far; run "mailhook init" again and tick every box'
        case "accessNotConfigured" | "SERVICE_DISABLED":
            return (
                "the Gmail API is not switched on in your Google project; switch it on at "
                "https://console.cloud.google.com/apis/library/gmail.googleapis.com and try again in a few minutes"
            )
        case "domainPolicy":
            return "your organisation's administrator has switched the Gmail API off for this account; ask them, or use another account"
        case "delegationDenied" | "failedPrecondition":
            return "this Google account has no Gmail mailbox that mailhook may read"
    return f'Gmail refused ({refusal.reason or refusal.status}); run "mailhook init" to give permission again'


def _seconds(value: str | None) -> float | None:
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None
