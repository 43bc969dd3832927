"""Whole messages, written by hand: each `golden/x.eml` reads as `golden/x.message` says, in every field."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailhook.mail.message import Message
from mailhook.mail.parse import parse

FILES = sorted(Path(__file__).parent.glob("golden/*.eml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("careful", [True, False], ids=["careful", "fast"])
def test_the_message_reads_as_written_beside_it(
    path: Path, careful: bool, describe: Callable[[Message], str]
) -> None:
    message = parse(path.read_bytes(), careful=careful)
    assert describe(message) == path.with_suffix(".message").read_text(encoding="utf-8")


def test_there_are_golden_messages() -> None:
    """An empty folder would pass for want of cases."""
    assert len(FILES) >= 25
