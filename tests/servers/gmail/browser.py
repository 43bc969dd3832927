"""A browser with a script: it opens the sign-in page, picks the account, and follows where it is sent."""

import threading
from html.parser import HTMLParser
from http.client import HTTPConnection
from urllib.parse import parse_qsl, urlencode, urlsplit


class _Form(HTMLParser):
    """The first form of a page: where it goes, and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = named["action"]
        if tag == "input" and named.get("type") == "hidden":
            self.fields[named["name"]] = named["value"]


def sign_in(address: str) -> str:
    """Open the page and give permission; return the address the browser is sent to."""
    status, _, page = _ask("GET", address)
    assert status == 200, page
    form = _Form()
    form.feed(page)
    parts = urlsplit(address)
    target = f"{parts.scheme}://{parts.netloc}{form.action}"
    status, location, _ = _ask("POST", target, urlencode(form.fields))
    assert status == 302
    return location


def with_query(address: str, **changes: str | None) -> str:
    """Return an address with fields of its query changed, or (None) left out."""
    parts = urlsplit(address)
    fields = dict(parse_qsl(parts.query)) | changes
    return parts._replace(query=urlencode({k: v for k, v in fields.items() if v is not None})).geturl()


class Browser:
    """Called with an address, it goes there in a thread of its own, as a browser would; `pages` are what it was shown."""

    def __init__(self, *changes: dict[str, str | None]) -> None:
        self._changes = changes or ({},)
        self._threads: list[threading.Thread] = []
        self.pages: list[tuple[int, str]] = []
        self.opened: list[str] = []

    def __call__(self, address: str) -> None:
        self.opened.append(address)
        thread = threading.Thread(target=self._go, args=(address,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def close(self) -> None:
        """Wait until it has seen everything."""
        for thread in self._threads:
            thread.join(10)

    def _go(self, address: str) -> None:
        location = sign_in(address)
        for change in self._changes:
            status, _, page = _ask("GET", with_query(location, **change))
            self.pages.append((status, page))


def _ask(verb: str, address: str, body: str | None = None) -> tuple[int, str, str]:
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=10)
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request(verb, target, body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or "", answer.read().decode()
    finally:
        connection.close()
