"""Mail in a Maildir on this machine: read where it lies, nothing moved, renamed or flagged; drafts go to `.Drafts`.

`path` is the inbox; other mailboxes are its subfolders, `.Sent` and `.Archive.2025` (Maildir++) or `Sent` and `Archive`
(as mbsync and mutt lay them). A folder that only holds mailboxes, with `INBOX` among them, is understood too.
"""

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from mailhook.connector import Arrival, Health, Kept
from mailhook.connectors._identity import conversation_ids, is_draft_by_text, read_ids
from mailhook.connectors._maildir_cursor import Position, Progress
from mailhook.connectors._maildir_files import (
    Folder,
    Stored,
    drafts_folder,
    find_folders,
    keep_file,
    list_names,
    make_folder,
    read_bounded,
    scan_folder,
    stamp,
)
from mailhook.connectors._maildir_index import ThreadIndex
from mailhook.errors import AccountError, ConfigError, CursorExpired, NoDrafts
from mailhook.mail.message import Message
from mailhook.reply.draft import Draft

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BASELINE = ""  # in a cursor: where to start in a mailbox that did not exist when it was made
_MOST_IN_CONVERSATION = 50
_TIME_GRAIN_NS = 2_000_000_000
_STEP_MS = 200


class MaildirMailbox:
    """A Maildir as an account. `mailboxes` are names, or `["*"]` for all but junk, trash, drafts and sent."""

    def __init__(
        self,
        *,
        path: str | os.PathLike[str],
        mailboxes: Sequence[str] = ("INBOX",),
        drafts: str | None = None,
        create_drafts: bool = False,
        poll: float = 30.0,
    ) -> None:
        if isinstance(mailboxes, str) or not mailboxes:
            raise ConfigError('`mailboxes` is a list of names: write mailboxes = ["INBOX"]')
        self._root = Path(path).expanduser()
        self._wanted = tuple(mailboxes)
        self._drafts_name = drafts
        self._create_drafts = create_drafts
        self._poll = poll
        self._index = ThreadIndex()
        self._interrupted = threading.Event()
        self._stood: dict[str, tuple[int, int]] = {}
        self._listed: dict[str, frozenset[str]] = {}
        self._quiet: dict[str, tuple[Position, tuple[int, int]]] = {}
        self._given = self._after = ""

    def __enter__(self) -> Self:
        """Find the Maildir. Raise Unreachable where there is none."""
        self._folders()
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing is held open."""

    def health(self) -> Health:
        """Say what this Maildir can do. Raise NoDrafts where no draft could be kept."""
        drafts = self._drafts()
        if not os.access(drafts.path / "cur", os.W_OK) or not os.access(drafts.path / "tmp", os.W_OK):
            raise NoDrafts(
                f'"{drafts.path}" cannot be written to; make it yours with: chmod -R u+rwX "{drafts.path}"'
            )
        return Health(
            server=f"Maildir {self._root}",
            drafts=drafts.name,
            mailboxes=tuple(folder.name for folder in self._watched()),
            capabilities=("Maildir++",),
            wakes=True,
        )

    def start(self, since: datetime | None) -> str:
        """Return the cursor behind the newest message, or before the first delivered at or after `since`."""
        moment = time.time_ns() if since is None else (since - _EPOCH) // timedelta(microseconds=1) * 1000
        baseline = Position.before(moment)
        cursor = {_BASELINE: baseline}
        for folder in self._watched():
            cursor[folder.name] = baseline if since else Position.behind(scan_folder(folder))
        return _pack(cursor)

    def arrived(self, cursor: str) -> Iterator[Arrival]:
        """Yield what was delivered after the cursor, in order of delivery, each message once."""
        state = _unpack(cursor)
        if _BASELINE not in state:
            raise CursorExpired(
                "the Maildir's cursor cannot be read; it starts again from the last handled date"
            )
        self._given = self._after = cursor
        for folder in self._watched():
            position = state.get(folder.name, state[_BASELINE])
            began, stood = time.time_ns(), stamp(folder)
            self._stood[folder.name] = stood
            if position.stamp == stood or self._quiet.get(folder.name) == (position, stood):
                continue
            listed = scan_folder(folder)
            fresh = position.fresh(listed)
            progress = Progress(position, listed, fresh)
            # A time as young as the listing itself could hide a delivery of the same moment.
            settled = stood if max(stood) < began - _TIME_GRAIN_NS else None
            self._listed[folder.name] = frozenset() if settled else frozenset(item.base for item in listed)
            for item in fresh:
                state[folder.name] = progress.handle(item)
                self._after = _pack(state)
                raw = read_bounded(folder, item)
                if raw is not None:
                    yield _arrival(folder, item, raw, cursor=self._after)
            if fresh:
                state[folder.name] = progress.position(stamp=settled)
                self._after = _pack(state)
            elif settled:
                self._quiet[folder.name] = (position, stood)

    def cursor_after(self, cursor: str) -> str:
        """Return the cursor behind everything that the last `arrived` yielded."""
        return self._after if cursor == self._given else cursor

    def conversation(self, message: Message, *, thread_id: str | None = None) -> Sequence[Arrival]:  # noqa: ARG002 - a Maildir has no thread ids
        """Return what else belongs to the conversation by its msg-ids, oldest first, the newest fifty."""
        ids = conversation_ids(message)
        if not ids:
            return ()
        folders = [folder for folder in self._folders() if folder.use != "junk"]
        related = sorted(self._index.related(folders, ids), key=lambda found: found[1].key)
        found: list[Arrival] = []
        for folder, item in reversed(related):
            raw = read_bounded(folder, item)
            if raw is None:
                continue
            theirs = read_ids(raw)
            if theirs.touches(ids) and theirs.own != message.message_id:
                found.append(_arrival(folder, item, raw))
            if len(found) == _MOST_IN_CONVERSATION:
                break
        return tuple(reversed(found))

    def mark(self) -> str:
        """Return where the Drafts mailbox stands now."""
        drafts = self._drafts()
        return _pack({drafts.name: Position.behind(scan_folder(drafts))})

    def keep(self, draft: Draft, *, thread_id: str | None = None) -> Kept:  # noqa: ARG002 - a Maildir has no thread ids
        """Write the draft to disk, once. Raise NotWritten, OverQuota, NoDrafts or DoubtfulWrite, as the port says."""
        drafts = self._drafts()
        base = keep_file(drafts, draft.raw)
        return Kept(ref=f"{drafts.name}/{base}", mailbox=drafts.name)

    def find(self, draft: Draft, *, since: str | None = None) -> Kept | None:
        """Look for the draft by its msg-id, then by its parent and text, in Drafts, Sent, Trash and the archive."""
        marks = _unpack(since) if since is not None else {}
        ids = (draft.message_id, draft.in_reply_to) if draft.in_reply_to else (draft.message_id,)
        drafts = self._drafts_or_none()
        folders = [drafts] if drafts else []
        for use in ("drafts", "sent", "trash", "archive"):
            folders += [f for f in self._folders() if f.use == use and (not drafts or f.path != drafts.path)]
        by_text = None
        for folder, item in self._index.related(folders, ids):
            mark = marks.get(folder.name)
            raw = read_bounded(folder, item) if mark is None or mark.fresh([item]) else None
            if raw is None:
                continue
            kept = Kept(ref=f"{folder.name}/{item.printable}", mailbox=folder.name, place=folder.place)
            if read_ids(raw).own == draft.message_id:
                return kept
            if by_text is None and is_draft_by_text(draft, raw):
                by_text = kept
        return by_text

    def wait(self, seconds: float) -> bool:
        """Return True when a message came or went since the last `arrived`; False after that many seconds."""
        from watchfiles import watch  # imported here: a scan from cron never waits

        deadline = time.monotonic() + seconds
        folders = self._watched()
        paths = [folder.path / sub for folder in folders for sub in ("new", "cur")]
        next_look = time.monotonic()
        try:
            for changes in watch(
                *paths,
                watch_filter=None,
                debounce=2 * _STEP_MS,
                step=_STEP_MS,
                stop_event=self._interrupted,
                rust_timeout=max(50, int(min(seconds, 1.0) * 1000)),
                yield_on_timeout=True,
                recursive=False,
            ):
                # Looked at besides, for network file systems tell nothing of what others do.
                if (changes or time.monotonic() >= next_look) and self._changed(folders):
                    return True
                if time.monotonic() >= deadline:
                    return False
                if time.monotonic() >= next_look:
                    next_look = time.monotonic() + self._poll
            return False
        except (OSError, RuntimeError):
            # No notifications to be had (none left for this user, or none on this system): look now and then.
            return self._wait_by_looking(folders, deadline)
        finally:
            self._interrupted.clear()

    def interrupt(self) -> None:
        """Make a `wait` in another thread return soon."""
        self._interrupted.set()

    def _wait_by_looking(self, folders: Sequence[Folder], deadline: float) -> bool:
        while not self._changed(folders):
            left = deadline - time.monotonic()
            if left <= 0 or self._interrupted.wait(min(left, self._poll)):
                return False
        return True

    def _changed(self, folders: Sequence[Folder]) -> bool:
        changed = False
        for folder in folders:
            now = stamp(folder)
            changed |= self._stood.setdefault(folder.name, now) != now
            if listed := self._listed.pop(folder.name, None):
                changed |= any(base not in listed for base, _ in list_names(folder))
        return changed

    def _folders(self) -> tuple[Folder, ...]:
        return find_folders(self._root)

    def _watched(self) -> tuple[Folder, ...]:
        folders = self._folders()
        if "*" in self._wanted:
            drafts = self._drafts_or_none()
            unread = {"junk", "trash", "drafts", "sent"}
            return tuple(f for f in folders if f.use not in unread and (not drafts or f.path != drafts.path))
        by_name = {folder.name: folder for folder in folders}
        missing = [name for name in self._wanted if _plain(name) not in by_name]
        if missing:
            raise AccountError(
                f'there is no mailbox "{missing[0]}" in "{self._root}" (there are: {", ".join(by_name)}); correct `mailboxes`'
            )
        return tuple(by_name[_plain(name)] for name in dict.fromkeys(self._wanted))

    def _drafts_or_none(self) -> Folder | None:
        return drafts_folder(self._folders(), self._drafts_name)

    def _drafts(self) -> Folder:
        found = self._drafts_or_none()
        if found is None and self._create_drafts:
            found = make_folder(self._root, _plain(self._drafts_name or "Drafts"))
        if found is None:
            raise NoDrafts(
                f'there is no Drafts mailbox in "{self._root}"; name it in `drafts`, or let mailhook make it: create_drafts = true'
            )
        return found


def _plain(name: str) -> str:
    name = name.removeprefix(".")
    return "INBOX" if name.upper() == "INBOX" else name


def _arrival(folder: Folder, item: Stored, raw: bytes, *, cursor: str = "") -> Arrival:
    return Arrival(
        ref=f"{folder.name}/{item.printable}",
        cursor=cursor,
        mailbox=folder.name,
        place=folder.place,
        raw=raw,
        size=item.size,
        received=_EPOCH + timedelta(microseconds=item.mtime_ns // 1000),
    )


def _pack(state: Mapping[str, Position]) -> str:
    return json.dumps({name: position.pack() for name, position in state.items()}, separators=(",", ":"))


def _unpack(cursor: str) -> dict[str, Position]:
    try:
        state = json.loads(cursor)
    except ValueError:
        state = None
    if not isinstance(state, dict):
        raise CursorExpired("the Maildir's cursor cannot be read; it starts again from the last handled date")
    return {name: Position.unpack(packed) for name, packed in state.items()}
