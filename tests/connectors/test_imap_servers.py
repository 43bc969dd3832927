"""The IMAP connector keeps the port's promises on other servers too: Cyrus, Courier and pymap."""

from collections.abc import Iterator

import pytest

from tests.connectors.contract import ConnectorContract
from tests.connectors.test_imap_contract import VERBS
from tests.servers import courier, cyrus, pymap
from tests.servers.dovecot import PASSWORD
from tests.servers.imap_store import ImapStore

pytestmark = pytest.mark.servers


def _need(why: str | None) -> None:
    if why is not None:
        pytest.skip(why)  # `make test-servers` says in a line which servers could not be had


def _used(store: ImapStore) -> Iterator[ImapStore]:
    """Lend a store, and look afterwards at what was said."""
    yield store
    store.close()
    assert set(store.proxy.wire.verbs()) <= VERBS


@pytest.fixture(scope="module")
def cyrus_server() -> Iterator[cyrus.Cyrus]:
    """One Cyrus for all of its tests."""
    _need(cyrus.missing())
    server = cyrus.Cyrus()
    yield server
    server.close()


@pytest.fixture(scope="module")
def courier_server() -> Iterator[courier.Courier]:
    """One Courier for all of its tests."""
    _need(courier.missing())
    server = courier.Courier()
    yield server
    server.close()


class TestCyrus(ConnectorContract):
    """`INBOX.` before every name, special use in small letters, thread ids (RFC 8474), slow to wake."""

    @pytest.fixture
    def store(self, cyrus_server: cyrus.Cyrus) -> Iterator[ImapStore]:
        """A fresh user."""
        yield from _used(
            ImapStore(port=cyrus_server.port, user=cyrus_server.user(), password=PASSWORD, prefix="INBOX.")
        )


class TestCourier(ConnectorContract):
    """`INBOX.`, no special use, no LITERAL+, no ENABLE; IDLE that tells only when it is left."""

    @pytest.fixture
    def store(self, courier_server: courier.Courier) -> Iterator[ImapStore]:
        """A fresh user, for whom somebody has made a Drafts mailbox."""
        store = ImapStore(
            port=courier_server.port, user=courier_server.user(), password=PASSWORD, prefix="INBOX.", poll=0.5
        )
        with store.owner() as connection:
            connection.create('"INBOX.Drafts"')
        yield from _used(store)


class TestPymap(ConnectorContract):
    """All in memory, in Python; UIDVALIDITY beyond 2^31, neither special use nor CONDSTORE."""

    @pytest.fixture
    def store(self) -> Iterator[ImapStore]:
        """A fresh server for its only user."""
        _need(pymap.missing())
        server = pymap.Pymap()
        store = ImapStore(port=server.port, user=pymap.USER, password=PASSWORD)
        with store.owner() as connection:
            connection.create('"Drafts"')
        yield from _used(store)
        server.close()
