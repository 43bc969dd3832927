"""One mailhook at a time for a state folder."""

import stat
from pathlib import Path

import pytest

from mailhook.errors import LedgerError
from mailhook.scan.lock import only_one
from mailhook.scan.write import LOOKS


def test_the_second_is_told_so_and_the_third_may_go_when_the_first_is_done(tmp_path: Path) -> None:
    """Whoever comes while another works does nothing; afterwards the way is free."""
    with only_one(tmp_path / "state") as first:
        with only_one(tmp_path / "state") as second:
            assert (first, second) == (True, False)
        with only_one(tmp_path / "other") as elsewhere:
            assert elsewhere
    with only_one(tmp_path / "state") as third:
        assert third


def test_the_folder_and_the_lock_are_closed_to_others(tmp_path: Path) -> None:
    """0700 and 0600, as everything there."""
    with only_one(tmp_path / "state"):
        modes = [
            stat.S_IMODE(path.stat().st_mode)
            for path in (tmp_path / "state", tmp_path / "state" / "scan.lock")
        ]
    assert modes == [0o700, 0o600]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """A file stands in its place."""
    (tmp_path / "state").write_text("")
    with pytest.raises(LedgerError, match="name another in MAILHOOK_STATE"), only_one(tmp_path / "state"):
        pass


def test_at_least_two_looks_are_asked_for() -> None:
    """One look that finds nothing proves nothing: the server may still be at it."""
    assert LOOKS >= 2
