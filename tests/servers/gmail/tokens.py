"""Google's sign-in in front of the emulator's: its page and codes are the emulator's, its tokens are ours.

So that tokens can expire, be refused and revoked, refresh tokens can change at each use, and scopes count.
"""

import json
import secrets
import threading
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

READ = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
CLIENT_ID = "1234-abc.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-not-a-secret"

Answer = tuple[int, dict[str, Any] | tuple[str, bytes]]


@dataclass(slots=True, kw_only=True)
class _Permission:
    scopes: frozenset[str]
    refresh_token: str
    spent: set[str]


class TokenServer:
    """The authorisation page and the token endpoint."""

    def __init__(self, upstream: int) -> None:
        self.url = ""
        self.rotating = False
        self.revoked = False
        self.lifetime = 3600
        self.ends_in: int | None = None
        self.untick: frozenset[str] = frozenset()
        self.refreshes = 0
        self.pages: list[dict[str, str]] = []
        self._upstream = upstream
        self._access: dict[str, frozenset[str]] = {}
        self._permissions: list[_Permission] = []
        self._lock = threading.Lock()

    def client_file(self) -> str:
        """Return the client file that Google's console would offer, pointing here."""
        entry = {
            "client_id": CLIENT_ID,
            "project_id": "mailhook-test",
            "auth_uri": f"{self.url}/o/oauth2/v2/auth",
            "token_uri": f"{self.url}/token",
            "client_secret": CLIENT_SECRET,
            "redirect_uris": ["http://localhost"],
        }
        return json.dumps({"installed": entry})

    def permit(self, *scopes: str) -> tuple[str, str]:
        """Give permission without a page; return the access and the refresh token."""
        answer = self._issue(frozenset(scopes))
        return answer["access_token"], answer["refresh_token"]

    def expire(self) -> None:
        """Let every access token end now."""
        self._access.clear()

    def scopes_of(self, token: str) -> frozenset[str] | None:
        """Return what an access token allows, or None where it is not, or no longer, one."""
        return self._access.get(token)

    def answer(self, verb: str, target: str, body: bytes) -> Answer:
        """Answer what is not a request for mail."""
        match verb, urlsplit(target).path:
            case "GET", "/o/oauth2/v2/auth":
                return self._page(target)
            case "POST", "/o/oauth2/v2/auth/callback":
                return self._ask("POST", target, body)
            case "POST", "/token":
                return self._token({name: values[0] for name, values in parse_qs(body.decode()).items()})
        return 404, {"error": "not_found"}

    def _page(self, target: str) -> Answer:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        self.pages.append(asked)
        if asked.get("client_id") != CLIENT_ID or asked.get("code_challenge_method") != "S256":
            return 400, {"error": "invalid_request"}
        return self._ask("GET", target, b"")

    def _ask(self, verb: str, target: str, body: bytes) -> Answer:
        connection = HTTPConnection("127.0.0.1", self._upstream, timeout=30)
        try:
            connection.request(verb, target, body, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            return answer.status, (answer.getheader("Location") or "", answer.read() or b"<p>")
        finally:
            connection.close()

    def _token(self, asked: dict[str, str]) -> Answer:
        if asked.get("client_id") != CLIENT_ID or asked.get("client_secret") != CLIENT_SECRET:
            return 401, {"error": "invalid_client", "error_description": "The OAuth client was not found."}
        if asked.get("grant_type") == "refresh_token":
            return self._refresh(asked.get("refresh_token", ""))
        status, answer = self._ask("POST", "/oauth2/token", urlencode(asked).encode())
        assert isinstance(answer, tuple)
        plain = json.loads(answer[1])
        if status != 200:
            return status, plain
        return 200, self._issue(frozenset(plain["scope"].split()) - self.untick)

    def _issue(self, scopes: frozenset[str]) -> dict[str, Any]:
        with self._lock:
            permission = _Permission(scopes=scopes, refresh_token=secrets.token_urlsafe(24), spent=set())
            self._permissions.append(permission)
        limited = {"refresh_token_expires_in": self.ends_in} if self.ends_in else {}
        return self._fresh(permission) | {"refresh_token": permission.refresh_token} | limited

    def _refresh(self, refresh_token: str) -> Answer:
        with self._lock:
            self.refreshes += 1
            found = next((p for p in self._permissions if p.refresh_token == refresh_token), None)
            if found is None or self.revoked:
                return 400, {
                    "error": "invalid_grant",
                    "error_description": "Token has been expired or revoked.",
                }
            rotated: dict[str, Any] = {}
            if self.rotating:
                found.spent.add(refresh_token)
                found.refresh_token = secrets.token_urlsafe(24)
                rotated = {"refresh_token": found.refresh_token}
        return 200, self._fresh(found) | rotated

    def _fresh(self, permission: _Permission) -> dict[str, Any]:
        access = f"ya29.{secrets.token_urlsafe(24)}"
        self._access[access] = permission.scopes
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "scope": " ".join(sorted(permission.scopes)),
        }
