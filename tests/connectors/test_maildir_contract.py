"""The Maildir connector keeps the port's promises."""

from pathlib import Path

import pytest

from tests.connectors.contract import ConnectorContract
from tests.servers.maildir_store import MaildirStore


class TestMaildir(ConnectorContract):
    """On the file system of this machine."""

    @pytest.fixture
    def store(self, maildir: Path) -> MaildirStore:
        """A Maildir++ with the usual mailboxes."""
        return MaildirStore(maildir)
