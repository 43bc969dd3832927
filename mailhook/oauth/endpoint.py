"""The two conversations with a provider's token endpoint (RFC 6749 §4.1.3 and §6), through google-auth-oauthlib.

Each is asked once. The libraries below log tokens at DEBUG, so their loggers are kept above it.
"""

import logging
from collections.abc import Sequence
from typing import Any

from mailhook.errors import LoginRefused, Throttled, Unreachable
from mailhook.oauth.client import Client

SECONDS = 30.0


class GrantEnded(LoginRefused):
    """The provider no longer honours the refresh token (invalid_grant)."""


def new_flow(client: Client, scopes: Sequence[str], *, redirect_uri: str) -> Any:
    """Return the library's flow, with a code verifier of its own (PKCE, S256)."""
    from google_auth_oauthlib.flow import Flow

    _quieten()
    flow = Flow.from_client_config(
        {"installed": _entry(client)}, scopes=list(scopes), redirect_uri=redirect_uri
    )
    flow.oauth2session.register_compliance_hook("access_token_response", _raise_for_trouble)
    return flow


def exchange(flow: Any, code: str) -> dict[str, Any]:
    """Turn the code that the browser brought into tokens."""
    return _asked(lambda: flow.fetch_token(code=code, include_client_id=True, timeout=SECONDS))


def refresh(client: Client, scopes: Sequence[str], refresh_token: str) -> dict[str, Any]:
    """Ask for a new access token. Raise GrantEnded where the permission is gone."""
    from google_auth_oauthlib.helpers import session_from_client_config

    _quieten()
    session, _ = session_from_client_config({"installed": _entry(client)}, scopes=list(scopes))
    session.register_compliance_hook("refresh_token_response", _raise_for_trouble)
    secret = {"client_secret": client.client_secret} if client.client_secret else {}
    return _asked(
        lambda: session.refresh_token(
            client.token_uri,
            refresh_token=refresh_token,
            client_id=client.client_id,
            timeout=SECONDS,
            **secret,
        )
    )


def _asked(ask: Any) -> dict[str, Any]:
    from oauthlib.oauth2 import OAuth2Error

    try:
        return dict(ask())
    except Warning as changed:
        # The library's way to say that other scopes came than were asked for. The caller compares them itself.
        return dict(changed.token)  # type: ignore[attr-defined]  # set by oauthlib just before it raises
    except OAuth2Error as exc:
        raise _refusal(exc) from exc
    except OSError as exc:
        raise Unreachable(
            f"the sign-in server cannot be reached ({type(exc).__name__}); try again later"
        ) from exc


def _refusal(exc: Any) -> LoginRefused | Unreachable:
    match exc.error:
        case "invalid_grant":
            return GrantEnded("the permission is no longer valid")
        case "invalid_client" | "unauthorized_client" | "deleted_client":
            return LoginRefused(
                "the provider does not know the client any more, or its secret was changed; "
                'download the client file again and run "mailhook init"'
            )
        case "temporarily_unavailable" | "server_error":
            return Unreachable("the sign-in server has trouble; try again later")
    return LoginRefused(
        f'the provider refused ({_word(exc.error)}); run "mailhook init" to give permission again'
    )


def _raise_for_trouble(response: Any) -> Any:
    if response.status_code == 429:
        raise Throttled("the sign-in server asks for patience; try again later")
    if response.status_code >= 500:
        raise Unreachable(f"the sign-in server has trouble ({response.status_code}); try again later")
    return response


def _entry(client: Client) -> dict[str, str | None]:
    return {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "auth_uri": client.auth_uri,
        "token_uri": client.token_uri,
    }


def _word(text: object) -> str:
    return "".join(char for char in str(text) if char.isalnum() or char in "_-")[:60]


def _quieten() -> None:
    for name in ("requests_oauthlib", "oauthlib"):
        logging.getLogger(name).setLevel(logging.INFO)
