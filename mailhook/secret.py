"""Where a password or token comes from: the keyring, the environment, a command, or a file of one's own. Never the configuration.

There is no fallback: where the named place has no secret, or is not safe, an error says so in one sentence.
"""

import os
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailhook.errors import NoKeyring, NoSecret, UsageError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "mailhook"
COMMAND_SECONDS = 60
LONGEST = 64 * 1024


def with_secrets(
    settings: Mapping[str, Any], secrets: Mapping[str, Mapping[str, Any]], *, account: str
) -> dict[str, Any]:
    """Return an account's settings with its secrets resolved, as the arguments of its connector.

    A password by `oauth` becomes `access_token` instead: a callable that gives a token that works now.
    """
    resolved = dict(settings)
    for name, source in secrets.items():
        if "oauth" in source:
            resolved["access_token"] = _tokens(source, user=settings.get("user"), account=account)
        else:
            resolved[name] = resolve(source, account=account)
    return resolved


def resolve(source: Mapping[str, Any], *, account: str) -> str:
    """Return the secret that `source` names. Raise NoSecret, with what to do, where it cannot be had."""
    match source:
        case {"keyring": where}:
            return _from_keyring(where if isinstance(where, str) else account, account)
        case {"env": where}:
            return _from_environment(where, account)
        case {"command": where}:
            return _from_command(tuple(where), account)
        case {"file": where}:
            return read_private_file(Path(os.path.expandvars(where)).expanduser(), account=account)
    raise NoSecret(f'account "{account}": the configuration names no place where its secret is kept')


def imap_grant_key(user: str) -> str:
    """Return the name under which the permission for a user's IMAP is kept, apart from the Gmail API's."""
    return f"imap:{user}"


def _tokens(source: Mapping[str, Any], *, user: object, account: str) -> Callable[[], str]:
    from mailhook.oauth.store import grant_store
    from mailhook.oauth.tokens import Tokens

    if not isinstance(user, str):
        raise NoSecret(
            f'account "{account}": oauth needs to know whose mail it is; add user = "you@example.org"'
        )
    return Tokens(grant_store(imap_grant_key(user), file=source.get("token_file")))


def usable_keyring(*, account: str) -> str:
    """Return the name of this machine's keyring. Raise NoKeyring where there is none that is safe."""
    return str(_keyring(account).name)


def store(secret: str, *, account: str) -> str:
    """Keep a secret in this machine's keyring and return the keyring's name. Raise NoKeyring where there is none."""
    import keyring.errors

    backend = _keyring(account)
    try:
        backend.set_password(SERVICE, account, secret)
    except keyring.errors.KeyringError as exc:
        raise NoKeyring(f"the keyring did not take the password ({_first_line(exc)})") from exc
    return str(backend.name)


def write_private_file(path: Path, secret: str) -> None:
    """Keep a secret in a file that only its owner may read, made whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(secret + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def read_private_file(path: Path, *, account: str) -> str:
    """Read a secret from a file of this user that nobody else may read; links are not followed."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as exc:
        why = "it is a link" if path.is_symlink() else exc.strerror
        raise NoSecret(f'account "{account}": the secret file {path} cannot be read: {why}') from exc
    facts = os.fstat(handle)
    if not stat.S_ISREG(facts.st_mode):
        os.close(handle)
        raise NoSecret(f'account "{account}": the secret file {path} is not a plain file')
    with os.fdopen(handle, "rb") as file:
        if facts.st_uid not in (os.geteuid(), 0):
            raise NoSecret(
                f'account "{account}": the secret file {path} belongs to another user; it must be your own'
            )
        if facts.st_mode & 0o077:
            raise NoSecret(
                f'account "{account}": others may read the secret file {path}; run: chmod 600 {path}'
            )
        return _secret(file.read(LONGEST), f"the secret file {path}", account)


def _from_environment(name: str, account: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise NoSecret(
            f'account "{account}": the environment has no {name}; set it where mailhook is started'
        )
    return value


def _from_command(words: tuple[str, ...], account: str) -> str:
    named = f'the password command "{words[0]}"'
    try:
        done = subprocess.run(  # noqa: S603  the person's own command, run without a shell
            words, capture_output=True, timeout=COMMAND_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise NoSecret(f'account "{account}": {named} is not installed, or not on the PATH') from None
    except subprocess.TimeoutExpired:
        raise NoSecret(f'account "{account}": {named} gave no answer in {COMMAND_SECONDS} s') from None
    except OSError as exc:
        raise NoSecret(f'account "{account}": {named} cannot be run ({exc.strerror})') from exc
    if done.returncode != 0:
        raise NoSecret(
            f'account "{account}": {named} failed with status {done.returncode}; run it by hand to see why'
        )
    return _secret(done.stdout, named, account)


def _from_keyring(entry: str, account: str) -> str:
    import keyring.errors

    try:
        secret = _keyring(account).get_password(SERVICE, entry)
    except keyring.errors.KeyringError as exc:
        raise NoSecret(
            f'account "{account}": the keyring gave no password ({_first_line(exc)}); unlock it and try again'
        ) from exc
    if not secret:
        raise NoSecret(
            f'account "{account}": the keyring holds no password for "{entry}"; run "mailhook init" to store it'
        )
    return secret


def _keyring(account: str) -> "KeyringBackend":
    """Return this machine's keyring, or raise NoKeyring: one that keeps plain text does not count."""
    from mailhook.oauth.store import safe_keyring

    try:
        return safe_keyring()
    except UsageError as exc:
        raise NoKeyring(
            f'account "{account}": this machine has no keyring that keeps secrets safe; name another place, as in '
            'password = { file = "path" } (a file only you may read), { env = "NAME" } or { command = ["pass", "show", "mail"] }'
        ) from exc


def _secret(raw: bytes, named: str, account: str) -> str:
    try:
        first = raw.decode("utf-8").partition("\n")[0].strip("\r")
    except UnicodeDecodeError:
        raise NoSecret(f'account "{account}": {named} did not give text') from None
    if not first:
        raise NoSecret(f'account "{account}": {named} is empty')
    return first


def _first_line(exc: Exception) -> str:
    return str(exc).partition("\n")[0] or type(exc).__name__
