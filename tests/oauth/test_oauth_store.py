"""A grant is kept where only its owner can read it, whole or not at all; what is not safe is refused, never quietly used."""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from mailhook.errors import UsageError
from mailhook.oauth.client import Client
from mailhook.oauth.grant import Grant, dump, load, new_grant
from mailhook.oauth.store import FileStore, KeyringStore, grant_store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GRANT = Grant(
    client=Client(
        provider="google",
        client_id="id",
        client_secret="not a secret",
        auth_uri="https://accounts.google.com/o/oauth2/auth",
        token_uri="https://oauth2.googleapis.com/token",
        project="mailhook",
    ),
    scopes=("https://www.googleapis.com/auth/gmail.readonly",),
    refresh_token="refresh-canary",
    access_token="access-canary",
    expires=NOW + timedelta(hours=1),
    user="alex.morgan@example.com",
    granted=NOW,
    ends=NOW + timedelta(days=7),
)


def test_a_grant_comes_back_as_it_was() -> None:
    """With every field, and every time aware."""
    assert load(dump(GRANT), where="here") == GRANT
    plain = replace(GRANT, ends=None, user=None)
    assert load(dump(plain), where="here") == plain


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '"x"', '{"version": 2}', '{"version": 1, "client": {}}', "not json"]
)
def test_what_is_no_grant_is_refused_in_one_sentence(text: str) -> None:
    """A damaged or newer file is never half used."""
    with pytest.raises(UsageError, match="here does not hold a permission"):
        load(text, where="here")


def test_no_token_shows_in_a_grants_representation() -> None:
    """Grants end up in tracebacks and logs; tokens do not."""
    assert "canary" not in repr(GRANT)
    assert "not a secret" not in repr(GRANT)


def test_a_grant_needs_a_refresh_token() -> None:
    """A permission that ends within the hour would only surprise."""
    with pytest.raises(UsageError, match="no lasting permission"):
        new_grant(GRANT.client, GRANT.scopes, {"access_token": "x", "expires_in": 3600}, NOW)


# --- The file ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the grant is kept, in a folder that does not exist yet."""
    return tmp_path / "private" / "gmail.token"


@pytest.fixture
def no_umask() -> Iterator[None]:
    """A careless umask."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("no_umask")
def test_the_file_and_its_folder_are_private_under_any_umask(path: Path) -> None:
    """0600 in 0700, the lock as well."""
    store = FileStore(path)
    with store.lock():
        store.write(GRANT)
    assert store.read() == GRANT
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in [path.parent, *path.parent.iterdir()]}
    assert modes.pop("private") == 0o700
    assert set(modes.values()) == {0o600}


def test_a_write_that_fails_leaves_the_old_grant_and_no_scraps(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full, or the power goes: the old permission still works."""
    store = FileStore(path)
    store.write(GRANT)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.write(replace(GRANT, access_token="new"))
    monkeypatch.undo()
    assert store.read() == GRANT
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_file_that_others_may_read_is_refused(path: Path) -> None:
    """The sentence says what to type."""
    FileStore(path).write(GRANT)
    path.chmod(0o640)
    with pytest.raises(UsageError, match=f"chmod 600 {path}"):
        FileStore(path).read()


def test_a_link_in_place_of_the_file_is_refused(path: Path, tmp_path: Path) -> None:
    """For reading; and for writing the link is replaced, never followed."""
    FileStore(path).write(GRANT)
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    with pytest.raises(UsageError, match="it is a link"):
        FileStore(path).read()
    FileStore(path).write(replace(GRANT, access_token="new"))
    assert not path.is_symlink()
    assert "access-canary" in elsewhere.read_text(encoding="utf-8")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_users_file_is_refused(path: Path) -> None:
    """Somebody else could have written it, or read it."""
    FileStore(path).write(GRANT)
    os.chown(path, 12345, 12345)
    with pytest.raises(UsageError, match="belongs to another user"):
        FileStore(path).read()


def test_a_folder_in_place_of_the_file_is_refused(path: Path) -> None:
    """One sentence."""
    path.mkdir(parents=True)
    with pytest.raises(UsageError, match="is not a plain file"):
        FileStore(path).read()


def test_no_file_is_no_grant(path: Path) -> None:
    """Nothing is made by looking, and forgetting twice is no error."""
    assert FileStore(path).read() is None
    FileStore(path).forget()
    assert not path.parent.exists()


def test_scraps_of_a_crash_do_not_stop_the_next_write(path: Path) -> None:
    """A process of the same number died in the middle of a write."""
    path.parent.mkdir(mode=0o700)
    (path.parent / f".{path.name}.{os.getpid()}").write_text("half", encoding="utf-8")
    FileStore(path).write(GRANT)
    assert FileStore(path).read() == GRANT


# --- The keyring ------------------------------------------------------------------------------------------------------------


class Safe(KeyringBackend):
    """A keyring that keeps secrets in memory."""

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError("not there")
        del self.kept[service, username]


class PlaintextKeyring(Safe):
    """A keyring that would write secrets to a file for anybody to read."""


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Safe]:
    """A keyring of the test's own."""
    monkeypatch.setenv("MAILHOOK_STATE", str(tmp_path / "state"))
    before, mine = keyring.get_keyring(), Safe()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


def test_the_keyring_keeps_a_grant_for_each_account(use_keyring: Safe) -> None:
    """Under the service "mailhook"; forgetting twice is no error."""
    one, other = KeyringStore("gmail:a@example.com"), KeyringStore("gmail:b@example.com")
    with one.lock(), other.lock():
        one.write(GRANT)
    assert (one.read(), other.read()) == (GRANT, None)
    assert list(use_keyring.kept) == [("mailhook", "oauth:gmail:a@example.com")]
    one.forget()
    one.forget()
    assert one.read() is None


@pytest.mark.parametrize("unsafe", ["fail", "plain text"])
def test_without_a_safe_keyring_a_file_is_asked_for(use_keyring: Safe, unsafe: str) -> None:
    """No quiet fallback to plain text: the sentence names the setting."""
    keyring.set_keyring(
        keyring.core.load_keyring("keyring.backends.fail.Keyring") if unsafe == "fail" else PlaintextKeyring()
    )
    for attempt in (KeyringStore("x").read, lambda: KeyringStore("x").write(GRANT)):
        with pytest.raises(UsageError, match="token_file = "):
            attempt()


def test_a_named_file_comes_before_the_keyring(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`token_file` may name the home folder and the environment, as a service does."""
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("STATE_DIRECTORY", str(path.parent))
    path.parent.mkdir()
    grant_store("x", file="$STATE_DIRECTORY/gmail.token").write(GRANT)
    assert grant_store("x", file="~/gmail.token").read() == GRANT
    assert json.loads(path.read_text(encoding="utf-8"))["user"] == "alex.morgan@example.com"
    assert isinstance(grant_store("x"), KeyringStore)
