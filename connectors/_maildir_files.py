"""A Maildir on disk: its folders, the messages in them, and the one way a file is added.

https://cr.yp.to/proto/maildir.html and Maildir++. A message's name is its base and, behind `:2,`, its flags; only the
base stays. Its modification time is when it was delivered: neither a flag nor a move from new/ to cur/ changes it.
"""

import errno
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from imapclient import imap_utf7

from mailhook.connector import Place
from mailhook.connectors._special_use import Use, rank, use_by_name
from mailhook.errors import DoubtfulWrite, NoDrafts, NotWritten, OverQuota, Unreachable
from mailhook.mail.parse import needs_more

FIRST_BYTES = 65_536
MOST_BYTES = 1_048_576
_PLACES: dict[Use, Place] = {
    "drafts": "drafts",
    "sent": "sent",
    "trash": "trash",
    "archive": "archive",
    "all": "archive",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A mailbox of the Maildir: its name for people, where it lies, and what it is for."""

    name: str
    path: Path
    use: Use | None = None

    @property
    def place(self) -> Place:
        """What the port calls this kind of mailbox."""
        return _PLACES.get(self.use, "inbox") if self.use else "inbox"


@dataclass(frozen=True, slots=True)
class Stored:
    """A message file: when it was delivered (nanoseconds), its base name, its place under the folder, its size."""

    mtime_ns: int
    base: str
    name: str
    size: int

    @property
    def key(self) -> tuple[int, str]:
        """The order of delivery; the base name decides between files of one moment."""
        return self.mtime_ns, self.base

    @property
    def printable(self) -> str:
        """The base name as text that any database takes."""
        return self.base.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def find_folders(root: Path) -> tuple[Folder, ...]:
    """Return the mailboxes under a Maildir, INBOX first. Raise Unreachable where there is none."""
    if not root.is_dir():
        raise Unreachable(f'there is no folder "{root}"; correct `path`')
    try:
        entries = sorted(entry for entry in root.iterdir() if _is_maildir(entry))
    except OSError as exc:
        raise Unreachable(f'"{root}" cannot be read ({exc.strerror}); make it readable to you') from exc
    below = [_folder(entry) for entry in entries]
    if _is_maildir(root):
        return Folder(name="INBOX", path=root), *(
            folder for folder in below if folder.name.upper() != "INBOX"
        )
    if not any(folder.name.upper() == "INBOX" for folder in below):
        raise Unreachable(f'"{root}" is no Maildir: it has no cur, new and tmp; correct `path`')
    return tuple(sorted(below, key=lambda folder: folder.name.upper() != "INBOX"))


def _is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir() and (path / "new").is_dir()


def _folder(path: Path) -> Folder:
    name = path.name.removeprefix(".")
    with suppress(UnicodeError, ValueError):
        name = str(imap_utf7.decode(name.encode("ascii")))
    if name.upper() == "INBOX":
        name = "INBOX"
    return Folder(name=name, path=path, use=use_by_name(name, "."))


def drafts_folder(folders: tuple[Folder, ...], configured: str | None) -> Folder | None:
    """Return the folder that is configured for drafts, else the one named so; its use is `drafts` in any case."""
    if configured is not None:
        wanted = configured.removeprefix(".")
        found = next((folder for folder in folders if folder.name in {wanted, configured}), None)
    else:
        named = [folder for folder in folders if folder.use == "drafts"]
        found = min(named, key=lambda folder: rank(folder.name, "."), default=None)
    return found and Folder(name=found.name, path=found.path, use="drafts")


def make_folder(root: Path, name: str) -> Folder:
    """Make a Maildir++ subfolder. Raise NoDrafts where that is not allowed."""
    path = root / f".{imap_utf7.encode(name).decode('ascii')}"
    try:
        for sub in ("tmp", "new", "cur"):
            (path / sub).mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / "maildirfolder").touch(mode=0o600)
    except OSError as exc:
        raise NoDrafts(
            f'"{path}" cannot be made ({exc.strerror}); make it by hand, or name another in `drafts`'
        ) from exc
    return Folder(name=name, path=path, use="drafts")


def list_names(folder: Folder) -> Iterator[tuple[str, str]]:
    """Yield the base and the name (`new/…`, `cur/…`) of every message in a folder, in no order."""
    for sub in ("new", "cur"):
        with os.scandir(folder.path / sub) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    yield entry.name.partition(":2,")[0], f"{sub}/{entry.name}"


def scan_folder(folder: Folder) -> list[Stored]:
    """Return the messages of a folder in order of delivery. Links and special files are none.

    new/ is read before cur/: a message that moves meanwhile is seen twice rather than never, and counted once.
    """
    found: dict[str, Stored] = {}
    try:
        for base, name in list_names(folder):
            with suppress(FileNotFoundError):
                status = (folder.path / name).lstat()
                if stat.S_ISREG(status.st_mode):
                    found[base] = Stored(status.st_mtime_ns, base, name, status.st_size)
    except OSError as exc:
        raise Unreachable(
            f'"{folder.path}" cannot be read ({exc.strerror}); make it readable to you'
        ) from exc
    return sorted(found.values(), key=lambda item: item.key)


def stamp(folder: Folder) -> tuple[int, int]:
    """Return the modification times of new/ and cur/: while they stand still, nothing came or went."""
    try:
        return (folder.path / "new").stat().st_mtime_ns, (folder.path / "cur").stat().st_mtime_ns
    except OSError as exc:
        raise Unreachable(
            f'"{folder.path}" cannot be read ({exc.strerror}); make it readable to you'
        ) from exc


def read_bounded(folder: Folder, item: Stored) -> bytes | None:
    """Read the first part of a message, and more while a text part is cut off; None where it has gone."""
    handle = _open(folder, item)
    if handle is None:
        return None
    with os.fdopen(handle, "rb") as file:
        raw = file.read(FIRST_BYTES)
        while len(raw) < min(item.size, MOST_BYTES) and needs_more(raw, item.size):
            more = file.read(3 * len(raw))
            if not more:
                break
            raw += more
    return raw


def _open(folder: Folder, item: Stored) -> int | None:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    with suppress(FileNotFoundError):
        return os.open(folder.path / item.name, flags)
    # Another program has moved it to cur/, or changed its flags, since it was listed.
    renamed = next((name for base, name in list_names(folder) if base == item.base), None)
    if renamed is not None:
        with suppress(FileNotFoundError):
            return os.open(folder.path / renamed, flags)
    return None


def keep_file(folder: Folder, raw: bytes) -> str:
    """Write a draft into cur/, seen and flagged as a draft, so that it is on disk when this returns its base name.

    Raise OverQuota, NoDrafts or NotWritten where certainly nothing was kept, DoubtfulWrite where that is unknown.
    """
    host = socket.gethostname().replace("/", "\\057").replace(":", "\\072")
    now = time.time_ns()
    base = f"{now // 10**9}.M{now // 1000 % 10**6}P{os.getpid()}R{os.urandom(8).hex()}.{host}"
    temporary, final = folder.path / "tmp" / base, folder.path / "cur" / f"{base}:2,DS"
    try:
        _write(temporary, raw.replace(b"\r\n", b"\n"))
        temporary.rename(final)
    except OSError as exc:
        with suppress(OSError):
            temporary.unlink()
        raise _refusal(folder, exc) from exc
    try:
        _sync_folder(final.parent)
    except OSError as exc:
        raise DoubtfulWrite(f'"{final}" was written, but may not be on disk yet ({exc.strerror})') from exc
    return base


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refusal(folder: Folder, exc: OSError) -> Exception:
    if exc.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return OverQuota(f'there is no room left for a draft in "{folder.path}"; make room and scan again')
    if exc.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR}:
        return NoDrafts(
            f'"{folder.path}" takes no drafts ({exc.strerror}); make it writable, or name another in `drafts`'
        )
    return NotWritten(f'no draft could be written to "{folder.path}" ({exc.strerror}); scan again')
