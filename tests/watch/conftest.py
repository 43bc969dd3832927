"""Mailboxes for the service to watch."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scan.mailroom import Mailroom
from tests.servers.dovecot import Dovecot, missing
from tests.servers.tls import Authority


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    """A person's mailbox, never scanned."""
    return Mailroom(tmp_path).make()


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """An IMAP server with IDLE."""
    if (why := missing()) is not None:
        pytest.skip(why)
    server = Dovecot(Authority(tmp_path_factory.mktemp("tls")).certificate())
    server.start()
    yield server
    server.close()
