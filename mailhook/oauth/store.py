"""Where a grant is kept: this machine's keyring, or a file that only its owner may read. There is no silent second choice."""

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mailhook.errors import Unreachable, UsageError
from mailhook.oauth import grant as grants
from mailhook.oauth.grant import Grant

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "mailhook"
LONGEST = 64 * 1024
LOCK_SECONDS = 90.0


class GrantStore(Protocol):
    """A place for one grant."""

    @property
    def name(self) -> str:
        """The place, for people."""

    def read(self) -> Grant | None:
        """Return the grant, or None where there is none. Raise UsageError where it cannot be read, or is not safe there."""

    def write(self, grant: Grant) -> None:
        """Keep the grant, whole or not at all."""

    def forget(self) -> None:
        """Remove the grant."""

    def lock(self) -> AbstractContextManager[None]:
        """Hold the grant against every other process while it is renewed. Raise Unreachable where another holds it too long."""


class FileStore:
    """A file of mode 0600 in a folder of mode 0700, never a link, written aside and renamed into place."""

    def __init__(self, path: Path) -> None:
        self._path = path.expanduser()

    @property
    def name(self) -> str:
        return f"the file {self._path}"

    def read(self) -> Grant | None:
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as exc:
            why = "it is a link" if self._path.is_symlink() else exc.strerror
            raise UsageError(f"{self.name} cannot be read: {why}") from exc
        try:
            self._require_own(os.fstat(handle))
        except UsageError:
            os.close(handle)
            raise
        with os.fdopen(handle, "rb") as file:
            return grants.load(file.read(LONGEST).decode("utf-8", "replace"), where=self.name)

    def write(self, grant: Grant) -> None:
        self._make_folder()
        aside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        aside.unlink(missing_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(grants.dump(grant))
                file.flush()
                os.fsync(file.fileno())
            aside.rename(self._path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        _sync_folder(self._path.parent)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)

    def lock(self) -> AbstractContextManager[None]:
        self._make_folder()
        return _locked(self._path.with_name(f".{self._path.name}.lock"))

    def _make_folder(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _require_own(self, facts: os.stat_result) -> None:
        if not stat.S_ISREG(facts.st_mode):
            raise UsageError(f"{self.name} is not a plain file")
        if facts.st_uid != os.geteuid():
            raise UsageError(f"{self.name} belongs to another user; it must be your own")
        if facts.st_mode & 0o077:
            raise UsageError(f"others may read {self.name}; run: chmod 600 {self._path}")


class KeyringStore:
    """An entry in this machine's keyring, under the service "mailhook"."""

    def __init__(self, key: str) -> None:
        self._key = f"oauth:{key}"

    @property
    def name(self) -> str:
        return f'the entry "{self._key}" of the keyring'

    def read(self) -> Grant | None:
        import keyring.errors

        try:
            text = safe_keyring().get_password(SERVICE, self._key)
        except keyring.errors.KeyringError as exc:
            raise UsageError(
                f"the keyring gave nothing ({type(exc).__name__}); unlock it and try again"
            ) from exc
        return None if text is None else grants.load(text, where=self.name)

    def write(self, grant: Grant) -> None:
        import keyring.errors

        try:
            safe_keyring().set_password(SERVICE, self._key, grants.dump(grant))
        except keyring.errors.KeyringError as exc:
            raise UsageError(
                f"the keyring took nothing ({type(exc).__name__}); unlock it and try again"
            ) from exc

    def forget(self) -> None:
        import keyring.errors

        try:
            safe_keyring().delete_password(SERVICE, self._key)
        except keyring.errors.PasswordDeleteError:
            return

    def lock(self) -> AbstractContextManager[None]:
        folder = _state_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _locked(folder / f".oauth-{sha256(self._key.encode()).hexdigest()[:16]}.lock")


class HeldStore:
    """A grant that is not kept yet."""

    name = "memory"

    def __init__(self, grant: Grant) -> None:
        self._grant: Grant | None = grant

    def read(self) -> Grant | None:
        return self._grant

    def write(self, grant: Grant) -> None:
        self._grant = grant

    def forget(self) -> None:
        self._grant = None

    def lock(self) -> AbstractContextManager[None]:
        return nullcontext()


def grant_store(key: str, *, file: str | Path | None = None) -> GrantStore:
    """Return where the grant of an account is kept: in the file that it names, else in the keyring under its key."""
    return KeyringStore(key) if file is None else FileStore(Path(os.path.expandvars(file)))


def safe_keyring() -> "KeyringBackend":
    """Return this machine's keyring. Raise UsageError where there is none, or only one that keeps plain text."""
    import keyring

    backend = keyring.get_keyring()
    inside = list(getattr(backend, "backends", [])) or [backend]
    safe = [each for each in inside if not _is_unsafe(each)]
    if not safe:
        raise UsageError(
            'this machine has no keyring that keeps secrets safe; name a file that only you can read: token_file = "~/.config/mailhook/gmail.token"'
        )
    return backend if len(safe) == len(inside) else safe[0]


def _is_unsafe(backend: object) -> bool:
    kind = type(backend)
    return (
        kind.__module__ in ("keyring.backends.fail", "keyring.backends.null") or "Plaintext" in kind.__name__
    )


def _state_folder() -> Path:
    if named := os.environ.get("MAILHOOK_STATE"):
        return Path(named).expanduser()
    from platformdirs import user_state_path

    return user_state_path("mailhook", appauthor=False)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    try:
        with FileLock(path, timeout=LOCK_SECONDS, mode=0o600):
            yield
    except Timeout as exc:
        raise Unreachable(
            "another mailhook has been renewing this permission for too long; try again later"
        ) from exc


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
