"""`mailhook init`: from an address to a tested login and a written configuration, by questions or by flags."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailhook.cli.ask import Asker
from mailhook.cli.options import ConfigOption, named_config
from mailhook.cli.show import clean_line, line
from mailhook.errors import LoginRefused, NoDrafts, UsageError

if TYPE_CHECKING:
    from mailhook.cli.providers import Provider
    from mailhook.config import Config
    from mailhook.connector import Health
    from mailhook.mail.message import Me

_TRIES = 3


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


def init(
    context: typer.Context,
    name: Annotated[str | None, typer.Option("--name", help="Your name, as you sign.")] = None,
    address: Annotated[
        list[str] | None,
        typer.Option(
            "--address", help="An address mail reaches you at; repeat for more.", show_default=False
        ),
    ] = None,
    account: Annotated[str | None, typer.Option("--account", help="What to call the account.")] = None,
    connector: Annotated[
        str | None, typer.Option("--connector", help="imap, gmail (the Gmail API) or maildir.")
    ] = None,
    host: Annotated[str | None, typer.Option("--host", help="The IMAP server.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="Its port, where it is not the usual one.")
    ] = None,
    security: Annotated[
        str | None, typer.Option("--security", help="tls, starttls, or none (this machine only).")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="What to log in with.")] = None,
    path: Annotated[str | None, typer.Option("--path", help="The Maildir.")] = None,
    mailbox: Annotated[
        list[str] | None,
        typer.Option("--mailbox", help="A mailbox where mail arrives; repeat for more.", show_default=False),
    ] = None,
    drafts: Annotated[
        str | None, typer.Option("--drafts", help="The Drafts mailbox, where the server does not say.")
    ] = None,
    client: Annotated[
        Path | None, typer.Option("--client", help="Google: your own client's JSON file.")
    ] = None,
    client_id: Annotated[
        str | None, typer.Option("--client-id", help="Microsoft: your own application's ID.")
    ] = None,
    tenant: Annotated[
        str | None, typer.Option("--tenant", help="Microsoft: your organisation's tenant.")
    ] = None,
    token_file: Annotated[
        str | None,
        typer.Option("--token-file", help="OAuth: a file for the permission, instead of the keyring."),
    ] = None,
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only", help="Gmail: only permission to read; drafts are kept as .eml files here."
        ),
    ] = False,
    paste: Annotated[
        bool, typer.Option("--paste", help="OAuth: open the page on another machine and paste its address.")
    ] = False,
    password_env: Annotated[
        str | None, typer.Option("--password-env", help="The variable that holds the password.")
    ] = None,
    password_command: Annotated[
        str | None, typer.Option("--password-command", help="The command that prints it.")
    ] = None,
    password_file: Annotated[
        str | None, typer.Option("--password-file", help="The file that holds it (mode 0600).")
    ] = None,
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="Read it from standard input and store it in the keyring."),
    ] = False,
    no_test: Annotated[bool, typer.Option("--no-test", help="Do not try the login.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write the configuration anew; the old one is kept beside it.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree to what would be written.")] = False,
    config: ConfigOption = None,
) -> None:
    """Set up an account: find the server, test the login and the Drafts mailbox, store the password, write the configuration.

    Asks for what it needs; with flags it asks nothing, for scripts. Run it again to add another account.

    \b
    Examples:
      mailhook init
      mailhook init --connector maildir --path ~/Maildir --name "Alex Morgan" --address alex@example.org --yes
      mailhook init --name "Alex Morgan" --address alex@example.org --host imap.example.org --password-env MAIL_PASSWORD --yes
    """
    wishes = Wishes(
        account=account,
        connector=connector,
        host=host,
        port=port,
        security=security,
        user=user,
        path=path,
        mailboxes=tuple(mailbox or ()),
        drafts=drafts,
        client=client,
        client_id=client_id,
        tenant=tenant,
        token_file=token_file,
        read_only=read_only,
        paste=paste,
        password_env=password_env,
        password_command=password_command,
        password_file=password_file,
        password_stdin=password_stdin,
        overwrite=overwrite,
        test=not no_test,
    )
    from mailhook.config import config_path

    where = config_path(named_config(context, config))
    asker = Asker(yes=yes)
    old = _old(where, wishes)
    me = old.me if old else _me(name, address or [], asker)
    new = _account(me, wishes, asker, taken=tuple(old.accounts) if old else ())
    if wishes.test:
        _tell(_try(new, asker))
    _write(where, old, me, new, asker)


def _old(where: Path, wishes: Wishes) -> "Config | None":
    """Return the configuration that is to be added to, or None where a new one is to be written."""
    from mailhook.config import load

    if wishes.overwrite or not where.exists():
        return None
    config = load(where)
    line(f"{where} is there already; this account will be added to it.")
    return config


def _me(name: str | None, addresses: list[str], asker: Asker) -> "Me":
    from mailhook.mail.message import Me

    named = asker.text("Your name, as you sign", name, flag="--name")
    if not addresses:
        given = asker.text("Your address (several: with commas between)", None, flag="--address")
        addresses = [each.strip() for each in given.split(",") if each.strip()]
    return Me(name=named, addresses=tuple(addresses))


# The account ------------------------------------------------------------------------------------------------------------------


def _account(me: "Me", wishes: Wishes, asker: Asker, *, taken: tuple[str, ...]) -> NewAccount:
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
        "  gmail  with the Gmail API: an hour at Google's console once, narrower permission, no password at all"
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
        "authserv_id": provider.authserv_id if provider else None,
    }
    new = NewAccount(name=name, settings=settings)
    if provider is not None and provider.auth == "oauth":
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
        import sys

        new.to_store = sys.stdin.readline().rstrip("\r\n")
        if not new.to_store:
            raise UsageError(
                "standard input held no password; pipe it in, as in: pass show mail | mailhook init ..."
            )
    else:
        flags = "--password-env, --password-command, --password-file or --password-stdin"
        new.to_store = asker.secret("Password", flag=flags)


# Trying it --------------------------------------------------------------------------------------------------------------------


def _try(new: NewAccount, asker: Asker) -> "Health":
    """Log in and look for the Drafts mailbox; ask again where the password or the mailbox's name was wrong."""
    for left in range(_TRIES, 0, -1):
        try:
            return _health(new)
        except LoginRefused as exc:
            if left == 1 or new.to_store is None or not asker.somebody:
                raise
            line(clean_line(str(exc)))
            new.to_store = asker.secret("Password", flag="--password-stdin")
        except NoDrafts as exc:
            if left == 1 or not asker.somebody:
                raise
            line(clean_line(str(exc)))
            new.settings["drafts"] = asker.text("The Drafts mailbox", None, flag="--drafts")
    raise AssertionError("the last try returns or raises")


def _health(new: NewAccount) -> "Health":
    from mailhook.connector import open_connector
    from mailhook.secret import with_secrets

    settings = {key: value for key, value in new.settings.items() if value is not None}
    connector = settings.pop("connector")
    settings.pop("authserv_id", None)
    if new.to_store is not None:
        settings["password"] = new.to_store
    with open_connector(connector, with_secrets(settings, new.secrets, account=new.name)) as mailbox:
        return mailbox.health()


def _tell(health: "Health") -> None:
    line(f"Logged in: {clean_line(health.server)}. Drafts will be kept in {clean_line(health.drafts)}.")
    for note in health.notes:
        line(f"  {clean_line(note)}")


# Writing it -------------------------------------------------------------------------------------------------------------------


def _write(where: Path, old: "Config | None", me: "Me", new: NewAccount, asker: Asker) -> None:
    from mailhook.cli.config_text import account_section, me_section, write_config
    from mailhook.config import parse
    from mailhook.connector import connector_class

    keep = _keeper(where, new)
    section = account_section(new.name, {**new.settings, **new.secrets})
    text = (
        where.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + section
        if old
        else f"{me_section(me)}\n{section}"
    )
    parse(text, path=where, constructor=connector_class)
    line(f"\nThis will be {'added to' if old else 'written to'} {where}:\n")
    line(section if old else text)
    if not asker.agree("Write it?"):
        line("nothing was written")
        raise typer.Exit
    keep()
    kept = write_config(where, text, keep_old=old is None)
    if kept is not None:
        line(f"The old configuration is kept as {kept}.")
    line(f"Written: {where}")
    line(
        'Next: "mailhook check" tests it, "mailhook scan --dry-run --since 30d" shows what it would find, "mailhook service install" lets it run by itself.'
    )


def _keeper(where: Path, new: NewAccount) -> Callable[[], object]:
    """Decide where a typed password will be kept, and return what keeps it: the keyring, or, said plainly, a file."""
    from mailhook.errors import NoKeyring
    from mailhook.secret import store, usable_keyring, write_private_file

    password = new.to_store
    if password is None:
        return lambda: None
    try:
        line(f"The password will be kept in {usable_keyring(account=new.name)}.")
        new.secrets["password"] = {"keyring": True}
        return lambda: store(password, account=new.name)
    except NoKeyring as exc:
        line(clean_line(str(exc)))
    path = where.parent.absolute() / f"{new.name}.password"
    # Agreed to here or named by flag, never by --yes alone.
    if not Asker().agree(
        f"Keep the password in {path}, not encrypted, readable only by you?",
        flag="--password-file",
        default=False,
    ):
        raise UsageError(
            "nothing was written; use --password-env, --password-command or --password-file instead"
        )
    new.secrets["password"] = {"file": str(path)}
    return lambda: write_private_file(path, password)
