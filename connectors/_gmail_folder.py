"""Drafts as files in a folder of one's own, for an account that may only be read. Any mail program opens them."""

import errno
import os
import re
from pathlib import Path

from mailhook.connector import Kept
from mailhook.connectors._identity import is_draft_by_text, read_ids
from mailhook.errors import NoDrafts, NotWritten, OverQuota
from mailhook.reply.draft import Draft

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class DraftFolder:
    """One .eml file a draft, named after its subject and msg-id, whole or not there at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def require_writable(self) -> None:
        """Make the folder. Raise NoDrafts where that cannot be, or nothing can be written in it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as exc:
            raise NoDrafts(f"the folder for drafts {self.path} cannot be made: {exc.strerror}") from exc
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise NoDrafts(
                f'the folder for drafts {self.path} cannot be written to; run: chmod u+rwx "{self.path}"'
            )

    def keep(self, draft: Draft) -> Kept:
        """Write the draft to disk."""
        self.require_writable()
        file = self.path / _file_name(draft)
        aside = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(draft.raw)
                out.flush()
                os.fsync(out.fileno())
            aside.rename(file)
        except OSError as exc:
            aside.unlink(missing_ok=True)
            if exc.errno in _FULL:
                raise OverQuota(f"there is no room for the draft in {self.path}") from exc
            raise NotWritten(f"the draft could not be written to {self.path}: {exc.strerror}") from exc
        return Kept(ref=file.name, mailbox=str(self.path), in_thread=False)

    def find(self, draft: Draft) -> Kept | None:
        """Look for the draft by its msg-id, then by its parent and text."""
        by_text = None
        for file in sorted(self.path.glob("*.eml")):
            try:
                raw = file.read_bytes()
            except OSError:
                continue
            kept = Kept(ref=file.name, mailbox=str(self.path), in_thread=False)
            if read_ids(raw).own == draft.message_id:
                return kept
            if by_text is None and is_draft_by_text(draft, raw):
                by_text = kept
        return by_text


def _file_name(draft: Draft) -> str:
    words = re.sub(r"[^\w]+", "-", draft.subject).strip("-")[:60] or "draft"
    own = re.sub(r"[^A-Za-z0-9]+", "", draft.message_id.partition("@")[0])[:24]
    return f"{words}.{own}.eml"
