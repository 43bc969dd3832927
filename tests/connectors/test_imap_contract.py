"""The IMAP connector keeps the port's promises on a real Dovecot: over TLS, STARTTLS and in plain text, rich and poor."""

from collections.abc import Iterator

import pytest

from tests.connectors.contract import ConnectorContract
from tests.servers.dovecot import Dovecot
from tests.servers.imap_store import POOR_NAMES, DovecotStore
from tests.servers.proxy import rewrite
from tests.servers.tls import Authority

pytestmark = pytest.mark.dovecot

# All that mailhook says to a server in the course of its work.
VERBS = {
    "AUTHENTICATE",
    "LOGIN",
    "CAPABILITY",
    "ID",
    "LIST",
    "STATUS",
    "EXAMINE",
    "UID FETCH",
    "UID SEARCH",
    "IDLE",
    "APPEND",
    "LOGOUT",
}


class TestImapPlain(ConnectorContract):
    """To this machine itself; every word said is on record."""

    @pytest.fixture
    def store(self, dovecot: Dovecot) -> Iterator[DovecotStore]:
        """A fresh user."""
        store = DovecotStore(dovecot)
        yield store
        store.close()
        assert set(store.proxy.wire.verbs()) <= VERBS
        fetches = [command for command in store.proxy.wire.commands() if command.startswith(b"UID FETCH")]
        assert not any(b"BODY[" in fetch or b"RFC822 " in fetch for fetch in fetches)


class TestImapTls(ConnectorContract):
    """TLS from the first byte, with a certificate authority of one's own."""

    @pytest.fixture
    def store(self, dovecot: Dovecot, authority: Authority) -> Iterator[DovecotStore]:
        """A fresh user."""
        store = DovecotStore(dovecot, security="tls", ca=authority.ca)
        yield store
        store.close()


class TestImapStarttls(ConnectorContract):
    """Plain text until STARTTLS."""

    @pytest.fixture
    def store(self, dovecot: Dovecot, authority: Authority) -> Iterator[DovecotStore]:
        """A fresh user."""
        store = DovecotStore(dovecot, security="starttls", ca=authority.ca)
        yield store
        store.close()


class TestImapPoor(ConnectorContract):
    """`INBOX.` before every name, German names, no special use, no UIDPLUS, no IDLE."""

    @pytest.fixture
    def store(self, poor_dovecot: Dovecot) -> Iterator[DovecotStore]:
        """A fresh user; APPENDUID, which Dovecot gives all the same, is taken out of its answers."""
        store = DovecotStore(poor_dovecot, names=POOR_NAMES, prefix="INBOX.", poll=0.2)
        store.proxy.down = rewrite(rb"\[APPENDUID [^]]*\] ", b"")
        yield store
        store.close()
        assert set(store.proxy.wire.verbs()) <= VERBS - {"IDLE", "ID"}
