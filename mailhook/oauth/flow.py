"""Ask a person for permission: in the browser of this machine, or of any other."""

import webbrowser
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from mailhook.errors import UsageError
from mailhook.oauth import endpoint
from mailhook.oauth.client import Client, require_safe
from mailhook.oauth.grant import Grant, new_grant
from mailhook.oauth.receiver import Answer, Receiver, code_of, read_answer

SECONDS = 120.0
# Nobody listens here: the browser shows an error page whose address holds the code.
_NOBODY = "http://{}:1"
_HOST = {"google": "127.0.0.1", "microsoft": "localhost"}

Say = Callable[[str], None]
Ask = Callable[[str], str]


def authorise(
    client: Client,
    scopes: Sequence[str],
    *,
    say: Say,
    now: datetime,
    open_browser: Callable[[str], object] | None = webbrowser.open,
    seconds: float = SECONDS,
    user: str | None = None,
) -> Grant:
    """Open the provider's page and wait for the browser to come back with the code. `say` shows the address as well.

    Raise UsageError at the deadline, LoginRefused where the person says no.
    """
    with Receiver(_HOST[client.provider]) as receiver:
        flow, address, state = _begin(client, scopes, receiver.redirect_uri, user)
        say(f"Open this page in your browser and give permission:\n\n{address}\n")
        if open_browser is not None:
            open_browser(address)
        answer = receiver.wait(state, seconds=seconds)
    return _finish(client, scopes, flow, answer, now)


def authorise_by_paste(
    client: Client, scopes: Sequence[str], *, say: Say, ask: Ask, now: datetime, user: str | None = None
) -> Grant:
    """Let the person open the page on any machine, and paste the address at which their browser ends. For machines without a browser."""
    flow, address, state = _begin(client, scopes, _NOBODY.format(_HOST[client.provider]), user)
    say(
        f"Open this page in a browser on any machine and give permission:\n\n{address}\n\n"
        "The browser then shows that it cannot reach the page: that is as it should be."
    )
    for _ in range(3):
        pasted = ask("Paste the whole address that the browser shows now").strip()
        answer = _read_pasted(pasted, state)
        if answer is not None:
            return _finish(client, scopes, flow, answer, now)
        say("That is not the address of this sign-in; it begins with http:// and holds a code.")
    raise UsageError('no code was pasted; run "mailhook init" again')


def _begin(
    client: Client, scopes: Sequence[str], redirect_uri: str, user: str | None
) -> tuple[Any, str, str]:
    require_safe(client.auth_uri, where="the client")
    require_safe(client.token_uri, where="the client")
    flow = endpoint.new_flow(client, scopes, redirect_uri=redirect_uri)
    hint = {"login_hint": user} if user else {}
    # Google gives a refresh token only with consent asked for anew.
    address, state = flow.authorization_url(prompt="consent", **hint)
    return flow, address, state


def _read_pasted(pasted: str, state: str) -> Answer | None:
    return read_answer(urlsplit(pasted).query, state=state)


def _finish(client: Client, scopes: Sequence[str], flow: Any, answer: Answer, now: datetime) -> Grant:
    tokens = endpoint.exchange(flow, code_of(answer))
    _require_scopes(client, scopes, tokens)
    return new_grant(client, tuple(scopes), tokens, now)


def _require_scopes(client: Client, scopes: Sequence[str], tokens: dict[str, Any]) -> None:
    """Google lets a person untick single permissions; say so now, not when the first draft fails."""
    given = tokens.get("scope")
    if client.provider != "google" or given is None:
        return
    words = set(given.split() if isinstance(given, str) else given)
    missing = [scope.rsplit("/", 1)[-1] or scope for scope in scopes if scope not in words]
    if missing:
        raise UsageError(
            f'not everything was permitted (missing: {", ".join(missing)}); run "mailhook init" again and tick every box'
        )
