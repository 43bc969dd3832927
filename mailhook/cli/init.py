"""`mailhook init`: from an address to a tested login and a written configuration, by questions or by flags."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailhook.cli.ask import Asker
from mailhook.cli.init_account import NewAccount, Wishes, new_account
from mailhook.cli.options import ConfigOption, named_config
from mailhook.cli.show import clean_line, line
from mailhook.errors import LoginRefused, NoDrafts, UsageError

if TYPE_CHECKING:
    from mailhook.config import Config
    from mailhook.connector import Health
    from mailhook.mail.message import Me

_TRIES = 3


def init(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Your name, as you sign.")
    ] = None,
    address: Annotated[
        list[str] | None,
        typer.Option(
            "--address",
            metavar="ADDRESS",
            help="An address mail reaches you at; repeat for more.",
            show_default=False,
        ),
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="NAME", help="What to call the account.")
    ] = None,
    connector: Annotated[
        str | None,
        typer.Option("--connector", metavar="KIND", help="imap, gmail (the Gmail API) or maildir."),
    ] = None,
    host: Annotated[str | None, typer.Option("--host", metavar="HOST", help="The IMAP server.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="PORT", help="Its port, where it is not the usual one.")
    ] = None,
    security: Annotated[
        str | None,
        typer.Option("--security", metavar="HOW", help="tls, starttls, or none (this machine only)."),
    ] = None,
    user: Annotated[str | None, typer.Option("--user", metavar="USER", help="What to log in with.")] = None,
    path: Annotated[str | None, typer.Option("--path", metavar="PATH", help="The Maildir.")] = None,
    mailbox: Annotated[
        list[str] | None,
        typer.Option(
            "--mailbox",
            metavar="MAILBOX",
            help="A mailbox where mail arrives; repeat for more.",
            show_default=False,
        ),
    ] = None,
    drafts: Annotated[
        str | None,
        typer.Option(
            "--drafts", metavar="MAILBOX", help="The Drafts mailbox, where the server does not say."
        ),
    ] = None,
    create_drafts: Annotated[
        bool, typer.Option("--create-drafts", help="Make the Drafts mailbox where there is none.")
    ] = False,
    client: Annotated[
        Path | None, typer.Option("--client", metavar="FILE", help="Google: your own client's JSON file.")
    ] = None,
    client_id: Annotated[
        str | None, typer.Option("--client-id", metavar="ID", help="Microsoft: your own application's ID.")
    ] = None,
    tenant: Annotated[
        str | None, typer.Option("--tenant", metavar="TENANT", help="Microsoft: your organisation's tenant.")
    ] = None,
    token_file: Annotated[
        str | None,
        typer.Option(
            "--token-file", metavar="FILE", help="OAuth: a file for the permission, instead of the keyring."
        ),
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
        str | None,
        typer.Option("--password-env", metavar="NAME", help="The variable that holds the password."),
    ] = None,
    password_command: Annotated[
        str | None, typer.Option("--password-command", metavar="COMMAND", help="The command that prints it.")
    ] = None,
    password_file: Annotated[
        str | None,
        typer.Option("--password-file", metavar="FILE", help="The file that holds it (mode 0600)."),
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
        create_drafts=create_drafts,
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
    new = new_account(me, wishes, asker, taken=tuple(old.accounts) if old else ())
    if old:
        _refuse_twice(new, old)
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


def _refuse_twice(new: NewAccount, old: "Config") -> None:
    """Refuse a mailbox that is configured already: two accounts on one mailbox would answer everything twice."""
    what = ("host", "user", "path")
    for account in old.accounts.values():
        same = all(account.settings.get(key) == new.settings.get(key) for key in what)
        if account.connector == new.settings["connector"] and same:
            raise UsageError(
                f'this mailbox is configured already, as account "{account.name}"; nothing was changed'
            )


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
            if Asker().agree("Make a Drafts mailbox there?", flag="--create-drafts"):
                new.settings["create_drafts"] = True
            else:
                new.settings["drafts"] = asker.text("The mailbox for drafts", None, flag="--drafts")
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
