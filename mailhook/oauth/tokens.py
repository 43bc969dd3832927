"""Access tokens from a kept grant, renewed under a lock so that two processes never spend one refresh token twice."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from mailhook.errors import LoginRefused, UsageError
from mailhook.oauth import endpoint
from mailhook.oauth.grant import Grant
from mailhook.oauth.store import GrantStore

# More than google-auth's own threshold of 3:45 minutes, so that it never asks twice for a token it finds too old.
MARGIN = timedelta(minutes=5)

_log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Tokens:
    """Hands out access tokens; calling it gives one that lives for five minutes at least.

    Where the grant has ended it raises LoginRefused, at once and without asking again until another grant is kept.
    """

    def __init__(self, store: GrantStore, *, now: Callable[[], datetime] = _utc_now) -> None:
        self._store = store
        self._now = now
        self._ended: str | None = None

    def __call__(self) -> str:
        return self.current().access_token

    def current(self, *, refused: str | None = None) -> Grant:
        """Return the grant with a token that works; `refused` is a token that the server has just refused."""
        grant = self._read()
        if self._usable(grant, refused):
            return grant
        with self._store.lock():
            grant = self._read()
            if self._usable(grant, refused):
                return grant
            return self._renew(grant)

    def _usable(self, grant: Grant, refused: str | None) -> bool:
        return grant.fresh(self._now(), margin=MARGIN) and grant.access_token != refused

    def _read(self) -> Grant:
        grant = self._store.read()
        if grant is None:
            raise LoginRefused(f'no permission is kept in {self._store.name}; run "mailhook init" to give it')
        if grant.refresh_token == self._ended:
            raise LoginRefused(_ended_sentence(grant))
        return grant

    def _renew(self, grant: Grant) -> Grant:
        try:
            answer = endpoint.refresh(grant.client, grant.scopes, grant.refresh_token)
        except endpoint.GrantEnded as exc:
            self._ended = grant.refresh_token
            raise LoginRefused(_ended_sentence(grant)) from exc
        renewed = grant.renewed(answer, self._now())
        try:
            self._store.write(renewed)
        except (OSError, UsageError) as exc:
            if renewed.refresh_token != grant.refresh_token:
                raise
            # The old refresh token still works: this run goes on, the next renews again.
            _log.warning(
                "a new access token could not be kept in %s (%s)",
                self._store.name,
                type(exc).__name__,
                extra={"action": "token.unkept"},
            )
        return renewed


def _ended_sentence(grant: Grant) -> str:
    given = f"given on {grant.granted.date().isoformat()}"
    if grant.client.provider == "microsoft":
        return (
            f"Microsoft no longer accepts the permission {given} (withdrawn, password changed, or unused for 90 days); "
            'run "mailhook init" to give it again'
        )
    return (
        f"Google no longer accepts the permission {given} (withdrawn, password changed, or the seven days are over that Google grants "
        'while your app is in "Testing"); run "mailhook init" to give it again, and publish the app ("In production") so that it lasts'
    )
