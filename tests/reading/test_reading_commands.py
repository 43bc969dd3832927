"""Every command that reads what strangers have sent lets the process apart read it."""

import ast
import os
import signal
from pathlib import Path

import pytest

from mailhook.scan.place import reading_of
from tests.scan.mailroom import Mailroom
from tests.watch.running import Running, running, until

ROOT = Path(__file__).parent.parent.parent
# The demo reads mail of our own making.
OUR_OWN = {"mailhook/cli/demo.py"}


def test_every_pass_over_a_mailbox_is_given_who_reads_apart() -> None:
    """Wherever a pass is made, `reading` is named."""
    found = {}
    for path in ROOT.glob("mailhook/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "job_of":
                found[str(path.relative_to(ROOT))] = "reading" in {keyword.arg for keyword in node.keywords}
    assert {path for path, given in found.items() if not given} == OUR_OWN
    assert {path for path, given in found.items() if given} == {
        "mailhook/cli/propose.py",
        "mailhook/cli/scan.py",
        "mailhook/watch/service.py",
    }


def test_a_pass_that_finds_nothing_new_starts_nothing(tmp_path: Path) -> None:
    """What cron calls most of the time costs no process."""
    room = Mailroom(tmp_path).make()
    with reading_of(room.config) as reading:
        room.scan(reading=reading)
        room.scan(reading=reading)
        assert reading.process_id() is None
        room.deliver()
        room.scan(reading=reading)
        assert reading.process_id() is not None
        assert len(room.drafts()) == 1


def readers(service: Running) -> list[int]:
    """Return the processes that read mail for a service."""
    threads = Path(f"/proc/{service.process.pid}/task").iterdir()
    told = [pid for thread in threads for pid in (thread / "children").read_text().split()]
    words = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in told}
    return [pid for pid, line in words.items() if b"mailhook.reading.worker" in line]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_the_service_replaces_a_reader_that_was_killed_and_takes_it_along_at_its_end(tmp_path: Path) -> None:
    """A reader that dies between two messages costs nothing: the next rejection has its draft in time."""
    room = Mailroom(tmp_path).make()
    config = f'[me]\nname = "Alex Morgan"\naddresses = ["alex.morgan@example.org"]\n[accounts.personal]\nconnector = "maildir"\npath = "{room.maildir}"\n'
    with running(room.folder, config) as service:
        assert service.ready()
        assert until(lambda: "first-run" in service.actions())
        room.deliver(number=1, company="Acme", sender="jo@acme.example")
        assert until(room.drafts, 15)
        (first,) = readers(service)
        os.kill(first, signal.SIGKILL)
        room.deliver(number=2, company="Globex", sender="jo@globex.example")
        assert until(lambda: len(room.drafts()) == 2, 15)
        (second,) = readers(service)
        assert second != first
        service.ask(signal.SIGTERM)
        assert service.end(20) == 0
    assert until(lambda: not Path(f"/proc/{second}").exists(), 5)
    assert "message-quarantined" not in service.actions()
