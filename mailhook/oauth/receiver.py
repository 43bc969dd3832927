"""Where the browser brings the code: a server on 127.0.0.1 and a random port, open until the right answer or the deadline (RFC 8252 §7.3)."""

import hmac
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from mailhook.errors import LoginRefused, UsageError

_PAGE = """<!doctype html><meta charset="utf-8"><title>mailhook</title>
<body style="font: 1.2em sans-serif; margin: 4em auto; max-width: 30em"><p>{}</p></body>"""
_DONE = "mailhook has its permission. You can close this page and go back to the terminal."
_DENIED = "Permission was not given. You can close this page and go back to the terminal."
_OTHER = "This is not the answer that mailhook is waiting for."
_SLICE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the browser brought: a code, or the reason why there is none (RFC 6749 §4.1.2)."""

    code: str | None = field(default=None, repr=False)
    error: str | None = None


def read_answer(query: str, *, state: str) -> Answer | None:
    """Read the query of a redirect; None where its state is not ours, so that nobody else can answer."""
    fields = {name: values[0] for name, values in parse_qs(query).items()}
    if not hmac.compare_digest(fields.get("state", "").encode(), state.encode()):
        return None
    if "code" in fields:
        return Answer(code=fields["code"])
    return Answer(error=fields.get("error", "no code"))


def code_of(answer: Answer) -> str:
    """Return the code, or raise LoginRefused where the person or the provider said no."""
    if answer.code:
        return answer.code
    if answer.error == "access_denied":
        raise LoginRefused('permission was not given; run "mailhook init" again whenever you like')
    raise LoginRefused(
        f'the provider gave no permission ({answer.error}); run "mailhook init" again and check the client'
    )


class Receiver:
    """The server for one answer. `host` is the name of this machine that the provider accepts: Microsoft knows only localhost."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.named = f"{host}:{self._server.server_port}"
        self.redirect_uri = f"http://{self._server.named}"

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.server_close()

    def wait(self, state: str, *, seconds: float) -> Answer:
        """Return the answer that carries our state; anything else is turned away and waited past. Raise UsageError at the deadline."""
        self._server.state = state
        deadline = time.monotonic() + seconds
        while self._server.answer is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise UsageError(
                    f'no answer came from the browser in {seconds:g} s; run "mailhook init" again, or choose the way without a browser here'
                )
            self._server.timeout = min(left, _SLICE)
            self._server.handle_request()
        return self._server.answer


class _Server(HTTPServer):
    allow_reuse_address = False
    named = ""
    state = ""
    answer: Answer | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a broken connection pass in silence: the browser may try again."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5
    headers_sent: ClassVar[dict[str, str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Connection": "close",
    }

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        answer = read_answer(parts.query, state=self.server.state) if parts.path == "/" else None
        if answer is None or self.headers.get("Host") != self.server.named:
            self._say(400, _OTHER)
            return
        self._say(200, _DONE if answer.code else _DENIED)
        self.server.answer = answer

    def _say(self, status: int, words: str) -> None:
        page = _PAGE.format(words).encode()
        self.send_response(status)
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the address holds the code."""
