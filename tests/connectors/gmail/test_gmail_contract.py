"""The Gmail connector keeps the port's promises."""

import pytest

from tests.connectors.contract import ConnectorContract
from tests.servers.gmail.fixtures import Connect
from tests.servers.gmail.shim import Shim
from tests.servers.gmail.store import GmailStore

pytestmark = pytest.mark.emulator


class TestGmail(ConnectorContract):
    """Over HTTP, to the emulator behind our own server."""

    @pytest.fixture
    def store(self, gmail: Shim, connect: Connect) -> GmailStore:
        """An empty account."""
        return GmailStore(gmail, connect)
