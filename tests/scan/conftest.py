"""Mailboxes on disk for the scan to go over."""

from pathlib import Path

import pytest

from tests.scan.mailroom import Mailroom


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
