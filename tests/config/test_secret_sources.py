"""A secret comes from the place that the configuration names, or an error says so; nothing falls back to plain text."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoBackend

from mailhook.errors import NoKeyring, NoSecret
from mailhook.secret import resolve, store, write_private_file


class MemoryKeyring(KeyringBackend):
    """A keyring of this test, through the library's own door for backends."""

    priority = 1
    name = "memory"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library's own has no types
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class PlaintextKeyring(MemoryKeyring):
    """Named as the plain-text backend of keyrings.alt is."""


@pytest.fixture(autouse=True)
def machine() -> Iterator[None]:
    """Leave the machine's own keyring as it was."""
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def backend() -> MemoryKeyring:
    own = MemoryKeyring()
    keyring.set_keyring(own)
    return own


def test_a_stored_password_comes_back_from_the_keyring(backend: MemoryKeyring) -> None:
    assert store("s3cret", account="personal") == "memory"
    assert resolve({"keyring": True}, account="personal") == "s3cret"
    assert resolve({"keyring": "personal"}, account="other") == "s3cret"
    assert backend.kept == {("mailhook", "personal"): "s3cret"}


def test_a_keyring_without_the_password_says_how_to_store_it(backend: MemoryKeyring) -> None:
    with pytest.raises(NoSecret, match='the keyring holds no password for "personal"; run "mailhook init"'):
        resolve({"keyring": True}, account="personal")


@pytest.mark.parametrize("kind", [NoBackend, PlaintextKeyring])
def test_a_machine_without_a_safe_keyring_says_so_and_nothing_is_kept(
    kind: Callable[[], KeyringBackend],
) -> None:
    unsafe = kind()
    keyring.set_keyring(unsafe)
    acts: tuple[Callable[[], object], ...] = (
        lambda: store("s3cret", account="a"),
        lambda: resolve({"keyring": True}, account="a"),
    )
    for act in acts:
        with pytest.raises(NoKeyring) as caught:
            act()
        assert "this machine has no keyring that keeps secrets safe; name another place" in str(caught.value)
    assert getattr(unsafe, "kept", {}) == {}


def test_the_environment_gives_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILHOOK_TEST_PASSWORD", "s3cret")
    assert resolve({"env": "MAILHOOK_TEST_PASSWORD"}, account="a") == "s3cret"
    monkeypatch.delenv("MAILHOOK_TEST_PASSWORD")
    with pytest.raises(NoSecret, match="the environment has no MAILHOOK_TEST_PASSWORD"):
        resolve({"env": "MAILHOOK_TEST_PASSWORD"}, account="a")


def test_the_first_line_of_a_command_is_the_secret() -> None:
    program = "print('s3cret')\nprint('user: alex')"
    assert resolve({"command": (sys.executable, "-c", program)}, account="a") == "s3cret"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((sys.executable, "-c", "raise SystemExit(3)"), "failed with status 3; run it by hand to see why"),
        ((sys.executable, "-c", "pass"), "is empty"),
        (("/no/such/program",), "is not installed, or not on the PATH"),
        ((sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'\\xff')"), "did not give text"),
    ],
)
def test_a_command_that_gives_nothing_is_one_sentence(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(NoSecret, match=sentence):
        resolve({"command": words}, account="a")


def test_a_private_file_is_made_for_its_owner_alone_and_read_back(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private_file(tmp_path / "kept" / "password", "s3cret")
        write_private_file(tmp_path / "kept" / "password", "newer")
    finally:
        os.umask(before)
    path = tmp_path / "kept" / "password"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == ["password"]
    assert resolve({"file": str(path)}, account="a") == "newer"


def test_a_file_may_be_named_through_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_private_file(tmp_path / "password", "s3cret")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert resolve({"file": "$CREDENTIALS_DIRECTORY/password"}, account="a") == "s3cret"


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "password"
    write_private_file(path, "s3cret")
    path.chmod(0o640)
    with pytest.raises(NoSecret, match=f"others may read the secret file {path}; run: chmod 600"):
        resolve({"file": str(path)}, account="a")


def test_links_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    write_private_file(tmp_path / "password", "s3cret")
    (tmp_path / "link").symlink_to(tmp_path / "password")
    for name, sentence in [("link", "it is a link"), ("none", "No such file"), (".", "is not a plain file")]:
        with pytest.raises(NoSecret, match=sentence):
            resolve({"file": str(tmp_path / name)}, account="a")
