"""The servers that the connectors' tests talk to: started once for each worker, with a fresh user for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.dovecot import POOR, POOR_IMAP, Dovecot, missing
from tests.servers.imap_store import DovecotStore
from tests.servers.tls import Authority

pytest.register_assert_rewrite("tests.connectors.contract")


def _skip_or_fail(why: str) -> None:
    """Skip by name where a server cannot be had; on CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The tests' own certificate authority."""
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def dovecot(authority: Authority) -> Iterator[Dovecot]:
    """A Dovecot as large providers run it: special-use mailboxes, UIDPLUS, IDLE, CONDSTORE."""
    if (why := missing()) is not None:
        _skip_or_fail(why)
    server = Dovecot(authority.certificate())
    server.start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def poor_dovecot(authority: Authority) -> Iterator[Dovecot]:
    """A Dovecot as an old server: `INBOX.` before every name, names in German, no special use, no IDLE, no UIDPLUS."""
    if (why := missing()) is not None:
        _skip_or_fail(why)
    server = Dovecot(authority.certificate(), namespace=POOR, imap=POOR_IMAP)
    server.start()
    yield server
    server.close()


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """An empty Maildir with the usual mailboxes."""
    root = tmp_path / "Maildir"
    for name in ("", ".Drafts", ".Sent", ".Trash", ".Archive", ".Junk"):
        for sub in ("tmp", "new", "cur"):
            (root / name / sub).mkdir(parents=True)
    return root


@pytest.fixture
def imap(dovecot: Dovecot) -> Iterator[DovecotStore]:
    """A fresh user behind a proxy of their own, which reads what passes and does what it is told."""
    store = DovecotStore(dovecot)
    yield store
    store.close()
