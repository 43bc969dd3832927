"""The part of `mailhook init` that settles an account: what kind of mailbox, which server, which password."""

import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailhook.cli.ask import Asker
from mailhook.cli.show import line
from mailhook.errors import UsageError

if TYPE_CHECKING:
    from mailhook.cli.providers import Provider
    from mailhook.mail.message import Me


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was given by flags; None where the person has to be asked."""

    account: str | None
    connector: str | None
    host: str | None
    port: int | None
    security: str | None
    user: str | None
    path: str | None
    mailboxes: tuple[str, ...]
    drafts: str | None
    create_drafts: bool
    client: Path | None
    client_id: str | None
    tenant: str | None
    token_file: str | None
    read_only: bool
    paste: bool
    password_env: str | None
    password_command: str | None
    password_file: str | None
    password_stdin: bool
    overwrite: bool
    test: bool


@dataclass(slots=True, kw_only=True)
class NewAccount:
    """An account in the making: what will be written, and the secrets in hand to try it with.

    `to_store` is a password that only lives in memory so far; it is stored once the login has worked.
    """

    name: str
    settings: dict[str, Any]
    secrets: dict[str, Any] = field(default_factory=dict)
    to_store: str | None = None


def new_account(me: "Me", wishes: Wishes, asker: Asker, *, taken: tuple[str, ...]) -> NewAccount:
    """Settle what kind of mailbox it is, where it is, and how to log in."""
    from mailhook.cli.providers import provider_of

    provider = None if wishes.host or wishes.path else provider_of(me.addresses[0])
    connector = wishes.connector or ("maildir" if wishes.path else None) or _way(provider, asker)
    name = wishes.account or _free_name(
        provider.name if provider and connector != "maildir" else "personal", taken
    )
    if name in taken:
        raise UsageError(
            f'there is an account "{name}" already; choose another name with --account, or edit the configuration'
        )
    match connector:
        case "maildir":
            return _maildir(name, wishes, asker)
        case "gmail":
            from mailhook.cli.init_oauth import gmail_account

            return gmail_account(name, me, wishes, asker)
        case "imap":
            return _imap(name, me, provider, wishes, asker)
    settings = {"connector": connector, "mailboxes": list(wishes.mailboxes) or None, "drafts": wishes.drafts}
    return NewAccount(name=name, settings=settings)


def _way(provider: "Provider | None", asker: Asker) -> str:
    if provider is None:
        return "imap"
    line(f"{provider.title}:")
    for note in provider.notes:
        line(f"  {note}")
    if provider.auth == "none":
        raise UsageError(f"{provider.title} cannot be read: {' '.join(provider.notes)}")
    if provider.api is None or not asker.somebody:
        return "imap"
    line("There are two ways in:")
    line("  imap   with an app password: two minutes, suits most people")
    line(
        "  gmail  with the Gmail API: a quarter of an hour at Google's console once, narrower permission, no password at all"
    )
    while (answer := asker.text("Which one", None, flag="--connector", default="imap")) not in (
        "imap",
        "gmail",
    ):
        line("Please answer imap or gmail.")
    return answer


def _free_name(wanted: str, taken: tuple[str, ...]) -> str:
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}{number}"
    return name


def _maildir(name: str, wishes: Wishes, asker: Asker) -> NewAccount:
    path = asker.text("The Maildir", wishes.path, flag="--path", default="~/Maildir")
    settings = {
        "connector": "maildir",
        "path": path,
        "mailboxes": list(wishes.mailboxes) or None,
        "drafts": wishes.drafts,
        "create_drafts": wishes.create_drafts or None,
    }
    return NewAccount(name=name, settings=settings)


def _imap(name: str, me: "Me", provider: "Provider | None", wishes: Wishes, asker: Asker) -> NewAccount:
    address = me.addresses[0]
    if provider is None:
        host = asker.text(
            "The IMAP server", wishes.host, flag="--host", default=f"imap.{address.partition('@')[2]}"
        )
        login, security, port = address, wishes.security, wishes.port
    else:
        host, login = provider.host, provider.login(address)
        security, port = wishes.security or provider.security, wishes.port or provider.port
    user = asker.text("Log in as", wishes.user, flag="--user", default=login)
    settings = {
        "connector": "imap",
        "host": host,
        "port": port,
        "security": security,
        "user": user,
        "mailboxes": list(wishes.mailboxes) or None,
        "drafts": wishes.drafts,
        "create_drafts": wishes.create_drafts or None,
        "authserv_id": provider.authserv_id if provider else None,
    }
    new = NewAccount(name=name, settings=settings)
    if provider is not None and (provider.auth == "oauth" or (provider.oauth and wishes.client)):
        from mailhook.cli.init_oauth import oauth_password

        oauth_password(new, provider, wishes, asker)
    else:
        if provider is not None and provider.password_url and asker.somebody:
            line(f"The password for programs is made here: {provider.password_url}")
        _password(new, wishes, asker)
    return new


def _password(new: NewAccount, wishes: Wishes, asker: Asker) -> None:
    """Settle where the password is kept; one that is typed is stored only after the login has worked."""
    if wishes.password_env:
        new.secrets["password"] = {"env": wishes.password_env}
    elif wishes.password_command:
        new.secrets["password"] = {"command": shlex.split(wishes.password_command)}
    elif wishes.password_file:
        new.secrets["password"] = {"file": wishes.password_file}
    elif wishes.password_stdin:
        new.to_store = sys.stdin.readline().rstrip("\r\n")
        if not new.to_store:
            raise UsageError(
                "standard input held no password; pipe it in, as in: pass show mail | mailhook init ..."
            )
    else:
        flags = "--password-env, --password-command, --password-file or --password-stdin"
        new.to_store = asker.secret("Password", flag=flags)
