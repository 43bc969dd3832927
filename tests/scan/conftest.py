"""Mailboxes on disk for the scan to go over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scan.mailroom import Mailroom
from tests.servers.dovecot import Dovecot, missing
from tests.servers.tls import Authority


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    """A person's mailbox that was scanned once, so that what is delivered next is new."""
    made = Mailroom(tmp_path).make()
    made.scan()
    return made


@pytest.fixture
def fresh_room(tmp_path: Path) -> Mailroom:
    """A mailbox that was never scanned."""
    return Mailroom(tmp_path).make()


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """An IMAP server of today."""
    if (why := missing()) is not None:
        pytest.skip(why)
    server = Dovecot(Authority(tmp_path_factory.mktemp("tls")).certificate())
    server.start()
    yield server
    server.close()
