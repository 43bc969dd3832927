"""The application a person has registered at Google or Microsoft, in whose name they give permission."""

import ipaddress
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from mailhook.errors import UsageError

ProviderName = Literal["google", "microsoft"]

GOOGLE_IMAP = ("https://mail.google.com/",)
MICROSOFT_IMAP = ("https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access")
IMAP_SCOPES: dict[ProviderName, tuple[str, ...]] = {"google": GOOGLE_IMAP, "microsoft": MICROSOFT_IMAP}

_GOOGLE_CONSOLE = "https://console.cloud.google.com/auth/clients"
_LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An application of kind "Desktop app": Google calls its secret one, but it keeps nothing safe (RFC 8252 §8.5); PKCE does."""

    provider: ProviderName
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    auth_uri: str
    token_uri: str
    project: str | None = None


def microsoft(client_id: str, *, tenant: str = "common") -> Client:
    """Return the client for an application registered in Microsoft Entra; `tenant` is the organisation's, or "common", or "consumers"."""
    base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
    return Client(
        provider="microsoft", client_id=client_id, auth_uri=f"{base}/authorize", token_uri=f"{base}/token"
    )


def read_client(path: Path) -> Client:
    """Read the client file that Google's console offers for download. Raise UsageError, with what to do, where it is another kind of file."""
    entry = _entry(path)
    try:
        client = Client(
            provider="google",
            client_id=str(entry["client_id"]),
            client_secret=str(entry["client_secret"]),
            auth_uri=str(entry["auth_uri"]),
            token_uri=str(entry["token_uri"]),
            project=entry.get("project_id"),
        )
    except KeyError as exc:
        raise UsageError(
            f"{path} lacks {exc}; download the client's JSON file again from {_GOOGLE_CONSOLE}"
        ) from exc
    for uri in (client.auth_uri, client.token_uri):
        require_safe(uri, where=str(path))
    return client


def require_safe(uri: str, *, where: str) -> None:
    """Raise UsageError for an address to which a secret would travel in the clear; this machine itself is allowed (tests)."""
    parts = urlsplit(uri)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return
    raise UsageError(f"{where} names {uri}, which is not encrypted; use the file as Google made it")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _entry(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_LONGEST))
    except OSError as exc:
        raise UsageError(f"the client file {path} cannot be read: {exc.strerror}") from exc
    except ValueError as exc:
        raise UsageError(
            f"{path} is not a client file; download the JSON file from {_GOOGLE_CONSOLE}"
        ) from exc
    kinds = document if isinstance(document, dict) else {}
    if isinstance(kinds.get("installed"), dict):
        return dict(kinds["installed"])
    if "web" in kinds:
        raise UsageError(
            f'{path} is for a web application; create a client of the type "Desktop app" at {_GOOGLE_CONSOLE}'
        )
    if kinds.get("type") == "service_account":
        raise UsageError(
            f"{path} is a service account's key, which cannot read a person's Gmail; create a client of the type \"Desktop app\" at {_GOOGLE_CONSOLE}"
        )
    raise UsageError(f"{path} is not a client file; download the JSON file from {_GOOGLE_CONSOLE}")
