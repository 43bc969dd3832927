"""Whatever happens to the files, each delivery arrives exactly once."""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mailhook.connectors.maildir import MaildirMailbox

NOW = 1_800_000_000 * 10**9


class Deliveries(RuleBasedStateMachine):
    """A Maildir that is delivered to, read, flagged and cleaned up in any order, while passes stop anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="mailhook-maildir-"))
        for sub in ("tmp", "new", "cur"):
            (self.root / sub).mkdir()
        self.mailbox = MaildirMailbox(path=self.root)
        self.cursor = self.mailbox.start(None)
        self.number = 0
        self.delivered: set[str] = set()
        self.seen: list[str] = []
        self.deleted: set[str] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    @rule(age=st.integers(0, 3))
    def deliver(self, age: int) -> None:
        """Of now or somewhat earlier; several may share a moment."""
        self.number += 1
        name = f"n{self.number:04}"
        path = self.root / "new" / name
        path.write_text(name)
        os.utime(path, ns=(NOW, NOW + (self.number // 4 - age) * 1000))
        self.delivered.add(name)

    @rule(pick=st.randoms())
    def flag(self, pick: object) -> None:
        """A mail program reads or flags one."""
        for path in self._some(pick):
            path.rename(
                self.root / "cur" / f"{path.name.partition(':')[0]}:2,{'S' if path.name[-1] != 'S' else 'FS'}"
            )

    @rule(pick=st.randoms())
    def delete(self, pick: object) -> None:
        """A mail program removes one."""
        for path in self._some(pick):
            self.deleted.add(path.name.partition(":")[0])
            path.unlink()

    def _some(self, pick: object) -> list[Path]:
        paths = sorted([*(self.root / "new").iterdir(), *(self.root / "cur").iterdir()])
        return [pick.choice(paths)] if paths else []  # type: ignore[attr-defined]  # st.randoms() gives a Random

    @rule(most=st.integers(0, 5))
    def read(self, most: int) -> None:
        """A pass that handles at most so many, then is cut off: only the handled cursor survives."""
        for number, arrival in enumerate(self.mailbox.arrived(self.cursor)):
            if number == most:
                return
            self.seen.append(arrival.raw.decode())
            self.cursor = arrival.cursor
        self.cursor = self.mailbox.cursor_after(self.cursor) if most == 0 else self.cursor

    @rule()
    def restart(self) -> None:
        """Another process goes on with the cursor."""
        self.mailbox = MaildirMailbox(path=self.root)

    @rule()
    def catch_up(self) -> None:
        """A whole pass, after which everything that is still there has arrived."""
        start = self.cursor
        self.seen += [arrival.raw.decode() for arrival in self.mailbox.arrived(start)]
        self.cursor = self.mailbox.cursor_after(start)
        assert self.delivered - self.deleted <= set(self.seen)

    @invariant()
    def nothing_comes_twice(self) -> None:
        """Ever."""
        assert len(self.seen) == len(set(self.seen))


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
