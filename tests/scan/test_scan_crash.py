"""Processes that die at every step, or start all at once: after it, exactly one draft."""

import errno
import os
import random
import resource
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailhook.errors import LedgerError
from tests.scan.mailroom import BUSY, INTERVIEWED, Mailroom

STEPS = range(1, 9)
HOW = {"": 137, ":kill": -signal.SIGKILL, ":term": -signal.SIGTERM}


@pytest.mark.parametrize("how", HOW, ids=["exit", "kill", "term"])
@pytest.mark.parametrize("step", STEPS)
def test_a_scan_that_dies_at_a_step_and_is_repeated_makes_one_draft(
    room: Mailroom, step: int, how: str
) -> None:
    """Whatever the step and whatever the death: one draft, confirmed, and the inbox as it was."""
    room.deliver()
    before = room.inbox()
    assert room.scan_apart(crash=f"{step}{how}") == HOW[how]
    for _ in range(3):
        room.scan()
        room.sleep(seconds=61)
    assert (len(room.drafts()), room.states()) == (1, ["confirmed"])
    assert room.records()[0].message_id == room.drafts()[0].message_id
    assert room.inbox() == before


@pytest.mark.parametrize("step", STEPS)
def test_a_scan_that_dies_at_the_same_step_again_and_again_never_makes_two(room: Mailroom, step: int) -> None:
    """Three deaths at one step, then peace."""
    room.deliver()
    for _ in range(3):
        room.scan_apart(crash=str(step))
        assert len(room.drafts()) <= 1
        room.sleep(seconds=61)
    for _ in range(3):
        room.scan()
        room.sleep(seconds=61)
    assert len(room.drafts()) <= 1
    assert room.states() == (["confirmed"] if room.drafts() else ["needs_human"])


def test_a_scan_killed_at_any_moment_and_repeated_makes_one_draft_a_message(room: Mailroom) -> None:
    """SIGKILL from outside, at moments that no step was chosen for."""
    for number in range(5):
        room.deliver(number=number, company=f"Firm {number}", sender=f"jo@firm{number}.example")
    moments = random.Random(7)
    for _ in range(12):
        process = room.start()
        time.sleep(moments.uniform(0.02, 0.5))
        process.kill()
        process.join(timeout=30)
        room.sleep(seconds=61)
    for _ in range(3):
        room.scan()
        room.sleep(seconds=61)
    assert sorted(draft.answers for draft in room.drafts()) == [
        f"source-{n}@firm{n}.example" for n in range(5)
    ]
    assert room.states() == ["confirmed"] * 5


def test_eight_scans_at_once_make_one_draft(fresh_room: Mailroom) -> None:
    """On a mailbox never scanned before: one does the work, the others say that it is being done."""
    room = fresh_room
    room.deliver()
    since = datetime.now(UTC) - timedelta(days=1)
    processes = [room.start(since=since) for _ in range(8)]
    for process in processes:
        process.join(timeout=60)
    codes = [process.exitcode for process in processes]
    assert set(codes) <= {0, BUSY}
    assert 0 in codes
    assert (len(room.drafts()), room.states()) == (1, ["confirmed"])


def test_a_full_disk_keeps_the_store_unasked(room: Mailroom) -> None:
    """Where the ledger cannot write, nothing is drafted; with room again, one draft is."""
    room.deliver()
    assert room.scan_apart(crash="full-disk") == 1
    assert room.drafts() == []
    room.scan()
    assert len(room.drafts()) == 1


def fill(path: Path) -> int | None:
    """Write until nothing more can be written; return the error that said so."""
    with path.open("ab", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError as exc:
            return exc.errno
    return None


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/proc/mounts").exists(), reason="mounting needs root on Linux"
)
def test_a_small_disk_that_is_really_full_keeps_the_store_unasked(room: Mailroom) -> None:
    """The state folder on a file system without room: one sentence, no draft, and the ledger is whole afterwards."""
    small = room.folder / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(small)], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount")
    try:
        room.scan(state=small)
        filler = small / "filler"
        assert fill(filler) == errno.ENOSPC
        room.deliver()
        with pytest.raises(LedgerError, match="make room on the disk"):
            room.scan(state=small)
        assert room.drafts() == []
        filler.unlink()
        room.scan(state=small)
        assert len(room.drafts()) == 1
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_a_message_that_kills_its_reader_is_left_alone_after_three_tries(room: Mailroom) -> None:
    """The scan dies on it, the next ones take the mail apart one by one, and then go past it; everything else is answered."""
    room.deliver(number=1, company="One", sender="jo@one.example")
    room.deliver(number=2, body="POISON" + INTERVIEWED, sender="jo@poison.example")
    room.deliver(number=3, company="Three", sender="jo@three.example")
    died = 0
    while room.scan_apart(crash="poison") == 137:
        died += 1
        assert died < 10
    assert died == 4  # once unsuspected, and three times with the tries counted
    assert [draft.answers for draft in room.drafts()] == ["source-1@one.example", "source-3@three.example"]
    report = room.scan()
    assert report.silent


def test_limits_of_this_process_are_as_they_were() -> None:
    """A test that fills the disk does so in a process of its own."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
