"""The only way to Gmail: an allow-list of requests, each posted once, and never one that sends, deletes or changes a label.

Whatever is not on the list is refused here, below Google's library, whoever asks for it. HTTP batches are not on the list: what a batch
holds could not be checked here without reading MIME, and it costs the same quota. httplib2 is not safe to share between threads, so
each thread has its own connection; a draft is written over a connection of its own.
"""

import json
import re
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

import google_auth_httplib2
import httplib2
from google.oauth2.credentials import Credentials
from googleapiclient import discovery, discovery_cache

from mailhook.oauth.client import require_safe
from mailhook.oauth.tokens import Tokens

ENDPOINT = "https://gmail.googleapis.com/"
SECONDS = 60.0
# The largest answer that is read: a message whose raw form is larger is asked for without its attachments.
LARGEST_ANSWER = 24 * 1024 * 1024

_ID = r"[A-Za-z0-9_-]+"
_USER = r"/gmail/v1/users/me"
ALLOWED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (verb, re.compile(_USER + path))
    for verb, path in (
        ("GET", r"/profile"),
        ("GET", r"/labels"),
        ("GET", r"/history"),
        ("GET", r"/messages"),
        ("GET", rf"/messages/{_ID}"),
        ("GET", rf"/messages/{_ID}/attachments/{_ID}"),
        ("GET", rf"/threads/{_ID}"),
        ("GET", r"/drafts"),
        ("GET", rf"/drafts/{_ID}"),
        ("POST", r"/drafts"),
    )
)
# The client goes nowhere without a thread's own connection.
_NOWHERE = "none:"
# Words that the patterns above would take for an id.
_NEVER = ("send", "import", "batchModify", "batchDelete")


class NotAllowed(RuntimeError):
    """A request that mailhook must never make was about to be made: a mistake in the program."""


class NotSent(OSError):
    """The connection could not be made, so nothing of the request left this machine."""


class TooLarge(OSError):
    """The answer is larger than what is read; the connection was dropped."""


def is_allowed(verb: str, path: str) -> bool:
    """Say whether a request may be made."""
    return path.rpartition("/")[2] not in _NEVER and any(
        verb == allowed and pattern.fullmatch(path) for allowed, pattern in ALLOWED
    )


def is_id(text: str) -> bool:
    """Say whether a text could be one of Gmail's ids."""
    return re.fullmatch(_ID, text) is not None


class Once(httplib2.Http):
    """Makes a request once and only to Gmail; httplib2 itself would post again where the server closes without an answer."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(timeout=SECONDS)
        self.follow_redirects = False
        parts = urlsplit(endpoint)
        self._origin = (parts.scheme, parts.netloc)

    def request(self, uri: str, method: str = "GET", *args: Any, **kwargs: Any) -> Any:
        """Refuse what is not on the list."""
        parts = urlsplit(uri)
        if (parts.scheme, parts.netloc) != self._origin or not is_allowed(method, parts.path):
            raise NotAllowed(f"refused: {method} {parts.scheme}://{parts.netloc}{parts.path}")
        return super().request(uri, method, *args, **kwargs)

    def _conn_request(self, conn: Any, request_uri: str, method: str, body: Any, headers: Any) -> Any:
        try:
            if conn.sock is None:
                _connect(conn)
            conn.request(method, request_uri, body, headers)
            reply = conn.getresponse()
            content = reply.read(LARGEST_ANSWER + 1)
            if len(content) > LARGEST_ANSWER:
                raise TooLarge("the answer is too large")
        except BaseException:
            conn.close()
            raise
        return httplib2.Response(reply), _inflated(content, reply.getheader("content-encoding"))


def _inflated(content: bytes, encoding: str | None) -> bytes:
    if encoding not in ("gzip", "deflate"):
        return content
    inflate = zlib.decompressobj(wbits=47)  # both, told apart by their first bytes
    whole = inflate.decompress(content, LARGEST_ANSWER)
    if inflate.unconsumed_tail:
        raise TooLarge("the answer is too large")
    return whole


def _connect(conn: Any) -> None:
    try:
        conn.connect()
    except (OSError, httplib2.HttpLib2Error) as exc:
        raise NotSent(str(exc)) from exc


class Wire:
    """Google's client for Gmail, with a connection for each thread."""

    def __init__(self, tokens: Tokens, *, endpoint: str = ENDPOINT) -> None:
        require_safe(endpoint, where="endpoint")
        self._tokens = tokens
        self._endpoint = endpoint.rstrip("/") + "/"
        self._own = threading.local()
        self._service: Any = None
        self._building = threading.Lock()
        self._open: list[Once] = []

    def users(self) -> Any:
        """Return the resource all requests start from; it holds no connection."""
        with self._building:
            if self._service is None:
                self._service = discovery.build_from_document(_document(self._endpoint), http=Once(_NOWHERE))
        return self._service.users()

    def reading(self) -> Any:
        """Return this thread's connection for reading."""
        if not hasattr(self._own, "http"):
            self._open.append(Once(self._endpoint))
            self._own.http = self._authorised(self._open[-1])
        return self._own.http

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """Lend a fresh connection for one write; a refused token is not renewed and tried again on it."""
        http = Once(self._endpoint)
        try:
            yield self._authorised(http, refresh_status_codes=())
        finally:
            http.close()

    def log_in(self) -> None:
        """Have a token that works, renewed if need be. Raise LoginRefused or Unreachable."""
        self._tokens.current()

    def close(self) -> None:
        """Let go of every connection."""
        while self._open:
            self._open.pop().close()
        self._own = threading.local()

    def _authorised(self, http: Once, **options: Any) -> Any:
        return google_auth_httplib2.AuthorizedHttp(
            self._credentials(), http=http, max_refresh_attempts=1, **options
        )

    def _credentials(self) -> Any:
        made: list[Any] = []

        def renew(_request: object, scopes: object = None) -> tuple[str, datetime]:
            del scopes
            grant = self._tokens.current(refused=made[0].token if made[0].valid else None)
            # google-auth counts in naive UTC.
            return grant.access_token, grant.expires.astimezone(UTC).replace(tzinfo=None)

        made.append(Credentials(token=None, refresh_handler=renew))  # type: ignore[no-untyped-call]  # google-auth has no types
        return made[0]


def _document(endpoint: str) -> dict[str, Any]:
    """Return Google's description of Gmail as it came with the library: nothing is fetched."""
    text = cast(Callable[[str, str], str | None], discovery_cache.get_static_doc)("gmail", "v1")
    assert text is not None, "google-api-python-client comes without its description of Gmail"
    document: dict[str, Any] = json.loads(text)
    document["rootUrl"] = document["baseUrl"] = endpoint
    document.pop("mtlsRootUrl", None)
    return document
