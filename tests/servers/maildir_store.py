"""A Maildir as the contract's store: delivered to, read and changed as mail programs do."""

import os
import shutil
from itertools import count
from pathlib import Path
from typing import Any

from mailhook.connector import Connector
from mailhook.connectors.maildir import MaildirMailbox

_FOLDERS = {
    "inbox": "",
    "sent": ".Sent",
    "drafts": ".Drafts",
    "trash": ".Trash",
    "archive": ".Archive",
    "junk": ".Junk",
}
_number = count(1)


class MaildirStore:
    """Everything on disk, nothing through the connector."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def connector(self, **settings: Any) -> Connector:
        """Return a connector to this Maildir."""
        return MaildirMailbox(path=self.root, **settings)

    def deliver(self, raw: bytes) -> None:
        """Write into tmp/, rename into new/."""
        self._write(raw, "", "new", "")

    def put(self, raw: bytes, where: str) -> None:
        """Put a seen message into cur/."""
        self._write(raw, _FOLDERS[where], "cur", ":2,DS" if where == "drafts" else ":2,S")

    def _write(self, raw: bytes, folder: str, sub: str, flags: str) -> None:
        name = f"1700000000.M{next(_number):06}P{os.getpid()}.host"
        temporary = self.root / folder / "tmp" / name
        temporary.write_bytes(raw.replace(b"\r\n", b"\n"))
        temporary.rename(self.root / folder / sub / f"{name}{flags}")

    def files(self, folder: str = "") -> list[Path]:
        """Return every message file of a folder."""
        return sorted(
            path for sub in ("new", "cur") for path in (self.root / folder / sub).iterdir() if path.is_file()
        )

    def read_by_owner(self) -> None:
        """Move all to cur/, seen and flagged."""
        for path in self.files():
            path.rename(self.root / "cur" / f"{path.name.partition(':2,')[0]}:2,FS")

    def remove(self, message_id: str) -> None:
        """Delete the file."""
        for path in self.files():
            if f"Message-ID: <{message_id}>".encode() in path.read_bytes():
                path.unlink()

    def inbox_state(self) -> object:
        """Return names, times and contents."""
        return [
            (path.relative_to(self.root), path.stat().st_mtime_ns, path.read_bytes()) for path in self.files()
        ]

    def drafts(self) -> list[bytes]:
        """Return the drafts' bytes."""
        folder = self.root / ".Drafts"
        return [path.read_bytes() for path in self.files(".Drafts")] if folder.is_dir() else []

    def drafts_are_marked(self) -> bool:
        """Look at the flags in the names."""
        return all(
            path.parent.name == "cur" and path.name.endswith(":2,DS") for path in self.files(".Drafts")
        )

    def outdate_cursors(self) -> bool:
        """A Maildir's cursor is made of its files: there is nothing to forget."""
        return False

    def lose_drafts(self) -> bool:
        """Remove the folder."""
        shutil.rmtree(self.root / ".Drafts")
        return True
