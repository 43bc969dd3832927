"""Gmail as Google's reference has it: our own server in front of the emulator, adding what the emulator lacks.

It answers the profile, searches, `format=full`, forgotten history, tokens and scopes, and Google's error bodies; it checks drafts and
their threads; it can answer with any error, late, or not at all. It keeps every request, and tells of any that mailhook must not make.
"""

import base64
import binascii
import json
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.servers.gmail.emulator import ADDRESS, Emulator
from tests.servers.gmail.mailbox import Mailbox, decode
from tests.servers.gmail.payload import attachments_of, payload_of, readable
from tests.servers.gmail.tokens import COMPOSE, READ, TokenServer

USER = "/gmail/v1/users/me"
UNITS = (
    (r"GET /profile", 1),
    (r"GET /labels", 1),
    (r"GET /history", 2),
    (r"GET /messages", 5),
    (r"GET /drafts", 5),
    (r"POST /drafts", 10),
    (r"GET /(messages|drafts)/[^/]+", 20),
    (r"GET /messages/[^/]+/attachments/[^/]+", 20),
    (r"GET /threads/[^/]+", 40),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came."""

    verb: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.verb} {self.path.removeprefix(USER)}"

    def first(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]


@dataclass(slots=True, kw_only=True)
class Fault:
    """What goes wrong at the next request that matches: an error answer, or a connection closed `before` or `after` the work."""

    on: str
    status: int = 0
    reason: str = ""
    message: str = "refused by the test"
    close: str = ""
    delay: float = 0.0
    body: bytes | None = None
    retry_after: str | None = None
    times: int = 1


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, reason: str, message: str = "refused") -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Shim:
    """The server, and what a test may ask of it."""

    def __init__(self, emulator: Emulator) -> None:
        self.bytes_given = 0  # of all answers so far
        self.emulator = emulator
        self.mailbox = Mailbox(emulator.port)
        self.tokens = TokenServer(emulator.port)
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.violations: list[str] = []
        self.forgotten_before = 0
        self.elsewhere = False
        self.unindexed = False
        self.shuffle: Callable[[dict[str, Any]], dict[str, Any]] = lambda page: page
        self.page_size: int | None = None
        self._lock = threading.Lock()
        self._bytes: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.shim = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.tokens.url = self.url
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fail(self, on: str, **how: Any) -> None:
        """Let the next request that matches `VERB /path` go wrong."""
        self.faults.append(Fault(on=on, **how))

    def asked(self) -> list[str]:
        """Return the requests for mail so far, as `VERB /path`."""
        return [str(r) for r in self.requests if r.path.startswith(USER)]

    def units(self) -> int:
        """Return what the requests so far cost."""
        return sum(
            next(cost for pattern, cost in UNITS if re.fullmatch(pattern, each)) for each in self.asked()
        )

    def forget(self) -> None:
        """Forget the requests so far."""
        self.requests.clear()
        self.bytes_given = 0

    def lose_history(self) -> None:
        """Forget all history up to now, as Gmail does after a week or so."""
        self.forgotten_before = int(self.profile()["historyId"])

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Collect the requests made meanwhile."""
        start = len(self.asked())
        made: list[str] = []
        yield made
        made += self.asked()[start:]

    # Answers ----------------------------------------------------------------------------------------------------------

    def take_fault(self, request: Request) -> Fault | None:
        """Take the first fault that matches this request."""
        with self._lock:
            for fault in self.faults:
                if re.fullmatch(fault.on, str(request)):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                    return fault
        return None

    def answer(self, request: Request, body: bytes, token: str) -> tuple[int, dict[str, Any]]:
        """Answer a request for mail."""
        self._require(request, token)
        what = str(request)
        match request.verb, request.path.removeprefix(USER).strip("/").split("/"):
            case "GET", ["profile"]:
                return 200, self.profile()
            case "GET", ["labels"]:
                return 200, self.mailbox.ask("GET", "/labels")
            case "GET", ["history"]:
                return 200, self._history(request)
            case "GET", ["messages"]:
                return 200, self._search(request)
            case "GET", ["messages", ref]:
                return 200, self._message(ref, request.first("format", "full"))
            case "GET", ["messages", ref, "attachments", part]:
                return 200, self._attachment(ref, part)
            case "GET", ["threads", ref]:
                return 200, self._thread_of(ref, request.first("format", "full"))
            case "GET", ["drafts"]:
                return 200, self._draft_search(request)
            case "GET", ["drafts", ref]:
                return 200, self._draft(ref, request.first("format", "full"))
            case "POST", ["drafts"]:
                return 200, self._create(json.loads(body))
        self.violations.append(what)
        raise Refused(403, "forbidden", f"mailhook must not ask this: {what}")

    def _require(self, request: Request, token: str) -> None:
        scopes = self.tokens.scopes_of(token)
        if scopes is None:
            raise Refused(401, "authError", "Invalid Credentials")
        needed = COMPOSE if request.verb == "POST" else READ
        if needed not in scopes:
            raise Refused(403, "insufficientPermissions", "Request had insufficient authentication scopes.")

    def profile(self) -> dict[str, Any]:
        """Return the profile: the address, and where history stands."""
        stands = self.mailbox.ask("GET", "/history?startHistoryId=0&maxResults=1")["historyId"]
        return {"emailAddress": ADDRESS, "messagesTotal": 0, "threadsTotal": 0, "historyId": stands}

    def _history(self, request: Request) -> dict[str, Any]:
        start = request.first("startHistoryId")
        if not start.isdigit():
            raise Refused(400, "invalidArgument", "Invalid startHistoryId")
        if int(start) < self.forgotten_before:
            raise Refused(404, "notFound", "Requested entity was not found.")
        query = dict(request.query)
        if self.page_size:
            query["maxResults"] = [str(self.page_size)]
        page = self.mailbox.ask("GET", f"/history?{urlencode(query, doseq=True)}")
        if not page["history"]:
            del page["history"]
        return self.shuffle(page)

    def _message(self, ref: str, form: str) -> dict[str, Any]:
        return self._as(self._find(ref), form)

    def _find(self, ref: str) -> dict[str, Any]:
        found = next((m for m in self._listed("") if m["id"] == ref), None)
        if found is None:
            raise Refused(404, "notFound", "Requested entity was not found.")
        return self.mailbox.ask("GET", f"/messages/{ref}?format=raw")

    def _as(self, message: dict[str, Any], form: str) -> dict[str, Any]:
        raw = decode(message["raw"])
        plain = {k: v for k, v in message.items() if k not in ("raw", "payload")} | {"sizeEstimate": len(raw)}
        if form == "raw":
            return plain | {"raw": message["raw"]}
        return plain | {"payload": payload_of(raw, bodies=form == "full")}

    def _attachment(self, ref: str, part: str) -> dict[str, Any]:
        found = attachments_of(decode(self._find(ref)["raw"]))
        if part not in found:
            raise Refused(404, "notFound", "Requested entity was not found.")
        return {"size": len(found[part]), "data": base64.urlsafe_b64encode(found[part]).decode()}

    def _thread_of(self, ref: str, form: str) -> dict[str, Any]:
        inside = [m for m in self._listed("") if m["threadId"] == ref]
        if not inside:
            raise Refused(404, "notFound", "Requested entity was not found.")
        whole = [self.mailbox.ask("GET", f"/messages/{m['id']}?format=raw") for m in inside]
        whole.sort(key=lambda m: int(m["internalDate"]))
        return {
            "id": ref,
            "historyId": whole[-1]["historyId"],
            "messages": [self._as(m, form) for m in whole],
        }

    # Searching --------------------------------------------------------------------------------------------------------

    def _listed(self, label: str, *, spam_trash: bool = True) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        token = ""
        while True:
            query: dict[str, Any] = {"maxResults": 500, "includeSpamTrash": str(spam_trash).lower()}
            query |= {"labelIds": label} if label else {}
            query |= {"pageToken": token} if token else {}
            page = self.mailbox.ask("GET", f"/messages?{urlencode(query)}")
            found += page["messages"]
            token = page.get("nextPageToken", "")
            if not token:
                return found

    def _search(self, request: Request) -> dict[str, Any]:
        spam_trash = request.first("includeSpamTrash") == "true"
        listed = self._listed(request.first("labelIds"), spam_trash=spam_trash)
        found = [m for m in listed if self._matches(m["id"], request.first("q"))]
        start, size = (
            int(request.first("pageToken", "0")),
            self.page_size or int(request.first("maxResults", "100")),
        )
        page: dict[str, Any] = {"messages": found[start : start + size]} if found else {}
        if start + size < len(found):
            page["nextPageToken"] = str(start + size)
        return page | {"resultSizeEstimate": len(found)}

    def _draft_search(self, request: Request) -> dict[str, Any]:
        listed = self.mailbox.ask("GET", "/drafts?maxResults=500").get("drafts", [])
        found = [d for d in listed if self._matches(d["message"]["id"], request.first("q"))]
        size = int(request.first("maxResults", "100"))
        return (
            {"drafts": found[:size], "resultSizeEstimate": len(found)} if found else {"resultSizeEstimate": 0}
        )

    def _draft(self, ref: str, form: str) -> dict[str, Any]:
        listed = self.mailbox.ask("GET", "/drafts?maxResults=500").get("drafts", [])
        if not any(d["id"] == ref for d in listed):
            raise Refused(404, "notFound", "Requested entity was not found.")
        draft = self.mailbox.ask("GET", f"/drafts/{ref}?format=raw")
        return {"id": ref, "message": self._as(draft["message"], form)}

    def _matches(self, ref: str, query: str) -> bool:
        if not query:
            return True
        if self.unindexed:
            return False
        message = self.mailbox.ask("GET", f"/messages/{ref}?format=raw")
        return all(self._matches_word(message, word) for word in query.split())

    def _matches_word(self, message: dict[str, Any], word: str) -> bool:
        raw, labels = decode(message["raw"]), set(message["labelIds"])
        name, _, value = word.partition(":")
        match name:
            case "rfc822msgid":
                return str(message_from_bytes(raw).get("Message-ID", "")).strip(" <>\r\n\t") == value.strip(
                    "<>"
                )
            case "after":
                return int(message["internalDate"]) >= int(value) * 1000
            case "larger":
                assert value == "1M", "the only size that mailhook asks for"
                return len(raw) > 1_000_000
            case "-in":
                return {"chats": "CHAT"}.get(value, value.upper()) not in labels
        self.violations.append(f"a search that this server does not know: {word}")
        return False

    # Drafts -----------------------------------------------------------------------------------------------------------

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        message = body["message"]
        raw = self._valid(message)
        thread = message.get("threadId")
        if thread is not None:
            if not any(m["threadId"] == thread for m in self._listed("")):
                raise Refused(404, "notFound", "Requested entity was not found.")
            if self.elsewhere or not self._belongs(raw, thread):
                thread = f"thr_{len(self.requests)}_elsewhere"
        made = self.mailbox.write_draft(raw, thread=thread)
        made_message = made["message"]
        return {
            "id": made["id"],
            "message": {k: made_message[k] for k in ("id", "threadId", "labelIds")},
        }

    @staticmethod
    def _valid(message: dict[str, Any]) -> bytes:
        try:
            raw = decode(message["raw"])
        except (KeyError, binascii.Error) as exc:
            raise Refused(400, "invalidArgument", "Invalid value for ByteString") from exc
        head = message_from_bytes(raw)
        if not head.get("From") or head.defects:
            raise Refused(400, "invalidArgument", "Missing draft message")
        return raw

    def _belongs(self, raw: bytes, thread: str) -> bool:
        """Whether Gmail's three conditions hold: the thread, References or In-Reply-To within it, and the same base subject."""
        draft = message_from_bytes(raw)
        named = set(
            re.findall(r"<[^<>\s]+>", f"{draft.get('References', '')} {draft.get('In-Reply-To', '')}")
        )
        inside = [m for m in self._listed("") if m["threadId"] == thread]
        mails = [
            message_from_bytes(decode(self.mailbox.ask("GET", f"/messages/{m['id']}?format=raw")["raw"]))
            for m in inside
        ]
        ids = {str(m.get("Message-ID", "")).strip() for m in mails}
        subjects = {_base(str(m.get("Subject", ""))) for m in mails}
        return bool(named & ids) and _base(str(draft.get("Subject", ""))) in subjects


def _base(subject: str) -> str:
    return (
        re.sub(r"^((re|fwd?|aw|wg|sv)\s*:\s*)+", "", readable(subject).strip(), flags=re.IGNORECASE)
        .strip()
        .lower()
    )


class _Server(ThreadingHTTPServer):
    shim: Shim
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of a test; any other fault of this server is a failure of the test."""
        fault = sys.exception()
        if not isinstance(fault, OSError):
            self.shim.violations.append(f"this server failed: {fault!r}")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815  the base class's names

    def _serve(self) -> None:
        shim = self.server.shim
        parts = urlsplit(self.path)
        request = Request(verb=self.command, path=parts.path, query=parse_qs(parts.query))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        shim.requests.append(request)
        fault = shim.take_fault(request)
        if fault is not None and fault.delay:
            time.sleep(fault.delay)
        if fault is not None and fault.close == "before":
            self._hang_up()
            return
        if fault is not None and (fault.status or fault.body is not None):
            self._say(fault.status or 200, fault.body or _error(fault), retry_after=fault.retry_after)
            return
        answer: dict[str, Any] | tuple[str, bytes]
        if request.path.startswith(USER):
            status, answer = self._mail(request, body)
        else:
            status, answer = shim.tokens.answer(request.verb, self.path, body)
        if fault is not None and fault.close == "after":
            self._hang_up()
            return
        if isinstance(answer, dict):
            self._say(status, json.dumps(answer).encode())
        else:
            self._say(status, answer[1], location=answer[0])

    def _mail(self, request: Request, body: bytes) -> tuple[int, dict[str, Any]]:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            return self.server.shim.answer(request, body, token)
        except Refused as exc:
            return exc.status, json.loads(
                _error(Fault(on="", status=exc.status, reason=exc.reason, message=str(exc)))
            )

    def _say(self, status: int, body: bytes, *, location: str = "", retry_after: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if body.startswith(b"<") else "application/json")
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        # Counted first: the client may look at the count as soon as it has the answer.
        self.server.shim.bytes_given += len(body)
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _error(fault: Fault) -> bytes:
    """Return Google's error body."""
    domain = "usageLimits" if fault.status in (403, 429) else "global"
    detail = {"message": fault.message, "domain": domain, "reason": fault.reason}
    return json.dumps(
        {"error": {"code": fault.status, "message": fault.message, "errors": [detail]}}
    ).encode()
