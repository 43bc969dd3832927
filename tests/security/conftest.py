"""A mailbox for what must hold over a whole pass."""

from pathlib import Path

import pytest

from tests.scan.mailroom import Mailroom


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    """A person's mailbox that was scanned once."""
    made = Mailroom(tmp_path).make()
    made.scan()
    return made
