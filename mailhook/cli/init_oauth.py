"""The part of `mailhook init` where a person gives permission in a browser: the Gmail API, and IMAP at Google and Microsoft."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailhook.cli.ask import Asker
from mailhook.cli.show import clean_line, line
from mailhook.errors import UsageError

if TYPE_CHECKING:
    from mailhook.cli.init_account import NewAccount, Wishes
    from mailhook.cli.providers import Provider
    from mailhook.mail.message import Me
    from mailhook.oauth.client import Client

GOOGLE_STEPS = """\
Google wants an application of your own; it costs nothing, and nobody else can use it. Once, in this order:

  1. Make a project:          https://console.cloud.google.com/projectcreate
  2. Enable the Gmail API:    https://console.cloud.google.com/apis/library/gmail.googleapis.com
  3. Name the application:    https://console.cloud.google.com/auth/overview
     Choose "External" and your own address. Then, under Audience, press "Publish app": while it says "Testing",
     Google ends every permission after seven days. Verification is not needed for your own use.
  4. Create a client:         https://console.cloud.google.com/auth/clients
     Kind "Desktop app". Download its JSON file.

In the browser Google then warns that it has not verified the application: it is yours, choose Advanced and go on.
"""
MICROSOFT_STEPS = """\
Microsoft wants an application of your own; it costs nothing. Once, in this order:

  1. Register it:   https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade
     Accounts in any organisation and personal ones; redirect address "Mobile and desktop applications", http://localhost
  2. Under Authentication, allow public client flows.
  3. Under API permissions, add Office 365 Exchange Online (or Microsoft Graph), delegated: IMAP.AccessAsUser.All
  4. Copy the Application (client) ID.
"""


def gmail_account(name: str, me: "Me", wishes: "Wishes", asker: Asker) -> "NewAccount":
    """Walk through the Gmail API's way in, and return the account with its permission kept."""
    from mailhook.cli.init_account import NewAccount
    from mailhook.connector import connector_class

    if wishes.client is None and asker.somebody:
        line(GOOGLE_STEPS)
    client = Path(asker.text("The client's JSON file", _text(wishes.client), flag="--client")).expanduser()
    user = wishes.user or me.addresses[0]
    settings: dict[str, Any] = {
        "connector": "gmail",
        "user": user,
        "mailboxes": list(wishes.mailboxes) or None,
        "mode": "readonly" if wishes.read_only else None,
        "token_file": _token_file(name, wishes),
        "authserv_id": "mx.google.com",
    }
    given = {key: settings[key] for key in ("mode", "token_file") if settings[key] is not None}
    # The connector knows what to ask Google for; the port has no such verb, because most stores need none.
    authorise: Any = connector_class("gmail").authorise  # type: ignore[attr-defined]  # this connector's own
    settings["user"] = authorise(
        client_file=client, say=line, now=datetime.now(UTC), user=user, ask=_paste(wishes, asker), **given
    )
    line(f"Google permitted it for {clean_line(settings['user'])}.")
    return NewAccount(name=name, settings=settings)


def oauth_password(new: "NewAccount", provider: "Provider", wishes: "Wishes", asker: Asker) -> None:
    """Let the person give permission for IMAP, keep it, and name it as the account's password."""
    from mailhook.oauth.client import IMAP_SCOPES
    from mailhook.oauth.flow import authorise, authorise_by_paste
    from mailhook.oauth.store import grant_store
    from mailhook.secret import imap_grant_key

    client = _client(provider, wishes, asker)
    scopes, user = IMAP_SCOPES[client.provider], str(new.settings["user"])
    file = _token_file(new.name, wishes)
    store = grant_store(imap_grant_key(user), file=file)
    paste, now = _paste(wishes, asker), datetime.now(UTC)
    if paste is not None:
        grant = authorise_by_paste(client, scopes, say=line, ask=paste, now=now, user=user)
    else:
        grant = authorise(client, scopes, say=line, now=now, user=user)
    store.write(grant)
    source: dict[str, Any] = {"oauth": client.provider}
    new.secrets["password"] = source if file is None else {**source, "token_file": file}


def _client(provider: "Provider", wishes: "Wishes", asker: Asker) -> "Client":
    from mailhook.oauth.client import microsoft, read_client

    if provider.oauth == "google":
        if wishes.client is None and asker.somebody:
            line(GOOGLE_STEPS)
        named = asker.text("The client's JSON file", _text(wishes.client), flag="--client")
        return read_client(Path(named).expanduser())
    if wishes.client_id is None and asker.somebody:
        line(MICROSOFT_STEPS)
    client_id = asker.text("The application's (client) ID", wishes.client_id, flag="--client-id")
    return microsoft(client_id, tenant=wishes.tenant or "common")


def _token_file(name: str, wishes: "Wishes") -> str | None:
    """Return the file for the permission, or None for the keyring; where there is no keyring, say so and ask."""
    from mailhook.config import config_path
    from mailhook.errors import NoKeyring
    from mailhook.secret import usable_keyring

    if wishes.token_file:
        return wishes.token_file
    try:
        line(f"The permission will be kept in {usable_keyring(account=name)}.")
    except NoKeyring:
        path = config_path().parent.absolute() / f"{name}.token"
        line("This machine has no keyring that keeps secrets safe.")
        if not Asker().agree(
            f"Keep the permission in {path}, not encrypted, readable only by you?",
            flag=f"--token-file {path}",
            default=False,
        ):
            raise UsageError("nothing was written; name a file of your own with --token-file") from None
        return str(path)
    return None


def _paste(wishes: "Wishes", asker: Asker) -> Any:
    """Return how to ask for the pasted address, or None where the browser of this machine comes back by itself."""
    if not wishes.paste:
        return None
    return lambda question: asker.text(question, None, flag="a terminal")


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
