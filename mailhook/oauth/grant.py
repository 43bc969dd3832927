"""What a person has permitted, and the tokens that prove it."""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailhook.errors import UsageError
from mailhook.oauth.client import Client

VERSION = 1
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A permission: for which address, for what, given when, and its tokens (never shown).

    `expires` is when the access token ends. `ends` is when the permission itself ends, where the provider says so (Google does for clients
    in "Testing": seven days).
    """

    client: Client
    scopes: tuple[str, ...]
    refresh_token: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    expires: datetime = _LONG_AGO
    user: str | None = None
    granted: datetime
    ends: datetime | None = None

    def fresh(self, now: datetime, *, margin: timedelta) -> bool:
        """Say whether the access token still lives for that long."""
        return bool(self.access_token) and now + margin < self.expires

    def renewed(self, answer: dict[str, Any], now: datetime) -> "Grant":
        """Return the grant with the tokens of a token endpoint's answer (RFC 6749 §5.1); a rotated refresh token replaces the old one."""
        return replace(
            self,
            access_token=str(answer["access_token"]),
            expires=now + timedelta(seconds=float(answer.get("expires_in", 0))),
            refresh_token=str(answer.get("refresh_token") or self.refresh_token),
            ends=_ends(answer, now) or self.ends,
        )


def new_grant(client: Client, scopes: tuple[str, ...], answer: dict[str, Any], now: datetime) -> Grant:
    """Make a grant of the token endpoint's answer to a code. Raise UsageError where it holds no refresh token."""
    if not answer.get("refresh_token"):
        raise UsageError(
            "the provider gave no lasting permission; remove mailhook from the account's connected apps and try again"
        )
    blank = Grant(client=client, scopes=scopes, refresh_token="", granted=now)
    return blank.renewed(answer, now)


def _ends(answer: dict[str, Any], now: datetime) -> datetime | None:
    seconds = answer.get("refresh_token_expires_in")
    return now + timedelta(seconds=float(seconds)) if seconds else None


def dump(grant: Grant) -> str:
    """Write a grant as JSON."""
    plain = asdict(grant) | {"version": VERSION}
    return json.dumps({k: v.isoformat() if isinstance(v, datetime) else v for k, v in plain.items()})


def load(text: str, *, where: str) -> Grant:
    """Read a grant back. Raise UsageError where `where` holds something else."""
    try:
        plain: dict[str, Any] = json.loads(text)
        if plain.pop("version") != VERSION:
            raise ValueError("another version")
        return Grant(
            client=Client(**plain.pop("client")),
            scopes=tuple(plain.pop("scopes")),
            **{key: _moment(value) if key in _MOMENTS else value for key, value in plain.items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise UsageError(
            f'{where} does not hold a permission that mailhook kept; run "mailhook init" again'
        ) from exc


_MOMENTS = ("expires", "granted", "ends")


def _moment(value: str | None) -> Any:
    return None if value is None else datetime.fromisoformat(value)
