"""Fixtures for tests against Gmail: one emulator for the run, and for each test an empty mailbox behind a server of its own."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailhook.connectors._gmail_pace import Patience
from mailhook.connectors.gmail import COMPOSE, READ, GmailMailbox
from mailhook.oauth.client import read_client
from mailhook.oauth.grant import Grant
from mailhook.oauth.store import FileStore
from tests.servers.gmail.emulator import ADDRESS, Emulator, missing
from tests.servers.gmail.shim import Shim

Connect = Callable[..., GmailMailbox]


class HastyMailbox(GmailMailbox):
    """The same connector, without long waits between tries."""

    patience = Patience(tries=4, first=0.01, longest=0.05)


@pytest.fixture(scope="session")
def gmail_emulator() -> Iterator[Emulator]:
    """The emulator; where it cannot run the tests are skipped by name, or fail on CI."""
    why = missing()
    if why is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def gmail(gmail_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shim]:
    """Gmail with an empty mailbox. Whatever mailhook must never ask, a send before all, fails the test."""
    # The sign-in library insists on https, except where told that this is a test on this machine.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    gmail_emulator.reset()
    with Shim(gmail_emulator) as shim:
        yield shim
        assert shim.violations == []


def keep_grant(shim: Shim, path: Path, *scopes: str, granted: datetime | None = None) -> Grant:
    """Keep a permission in a file, as a sign-in would have."""
    access, refresh = shim.tokens.permit(*scopes)
    client_file = path.with_name("client.json")
    client_file.write_text(shim.tokens.client_file(), encoding="utf-8")
    now = datetime.now(UTC)
    grant = Grant(
        client=read_client(client_file),
        scopes=scopes,
        refresh_token=refresh,
        access_token=access,
        expires=now + timedelta(hours=1),
        user=ADDRESS,
        granted=granted or now,
    )
    FileStore(path).write(grant)
    return grant


@pytest.fixture
def connect(gmail: Shim, tmp_path: Path) -> Connect:
    """Make connectors to the mailbox, with permission for drafts unless another mode is named."""

    def make(**settings: Any) -> GmailMailbox:
        scopes = (READ,) if settings.get("mode") == "readonly" else (READ, COMPOSE)
        path = tmp_path / "grants" / "gmail.token"
        if not path.exists():
            path.parent.mkdir(mode=0o700)
            keep_grant(gmail, path, *scopes)
        plain = {"user": ADDRESS, "token_file": str(path), "endpoint": gmail.url}
        return HastyMailbox(**(plain | settings))

    return make
