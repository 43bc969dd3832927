"""Nothing that sends, deletes or changes mail leaves this machine, and nothing is posted twice."""

import gzip
import http.client
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httplib2
import pytest
from googleapiclient import discovery_cache

from mailhook.connectors import _gmail_transport as transport
from mailhook.connectors._gmail_transport import NotAllowed, NotSent, Once, TooLarge, Wire, is_allowed
from mailhook.connectors.gmail import COMPOSE, READ
from mailhook.errors import UsageError
from mailhook.oauth.store import FileStore
from mailhook.oauth.tokens import Tokens
from tests.servers.gmail.fixtures import keep_grant
from tests.servers.gmail.letters import letter
from tests.servers.gmail.shim import Shim

READS_AND_ONE_WRITE = {
    "gmail.users.getProfile",
    "gmail.users.labels.list",
    "gmail.users.history.list",
    "gmail.users.messages.list",
    "gmail.users.messages.get",
    "gmail.users.messages.attachments.get",
    "gmail.users.threads.get",
    "gmail.users.drafts.list",
    "gmail.users.drafts.get",
    "gmail.users.drafts.create",
}


def _methods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every method of Google's own description of Gmail."""

    def walk(resource: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        for method in resource.get("methods", {}).values():
            yield method["id"], method
        for inner in resource.get("resources", {}).values():
            yield from walk(inner)

    yield from walk(json.loads(discovery_cache.get_static_doc("gmail", "v1")))


METHODS = dict(_methods())


def _path(method: dict[str, Any], user: str = "me") -> str:
    path = str(method.get("flatPath", method["path"])).replace("{userId}", user)
    for name in method.get("parameterOrder", []):
        path = path.replace("{" + name + "}", "a1B2-c_3")
    return "/" + path


@pytest.mark.parametrize("name", sorted(METHODS))
def test_only_reading_and_making_a_draft_passes(name: str) -> None:
    """Every method of Google's description is refused at the transport, but for nine that read and the one that makes a draft."""
    verb, path = METHODS[name]["httpMethod"], _path(METHODS[name])
    assert is_allowed(verb, path) == (name in READS_AND_ONE_WRITE)
    if name not in READS_AND_ONE_WRITE:
        with pytest.raises(NotAllowed):
            Once("http://127.0.0.1:9/").request(f"http://127.0.0.1:9{path}", verb)


def test_the_list_of_methods_is_googles_whole_list() -> None:
    """The test above runs over all there is, so a new method of the library is refused too."""
    assert len(METHODS) > 70
    assert set(METHODS) > READS_AND_ONE_WRITE


@pytest.mark.parametrize("name", sorted(n for n, m in METHODS.items() if "mediaUpload" in m))
def test_uploads_are_refused(name: str) -> None:
    """The second address of the methods that take a whole message is off the list, for drafts as well."""
    for kind in METHODS[name]["mediaUpload"]["protocols"].values():
        path = kind["path"].replace("{userId}", "me").replace("{+userId}", "me").replace("{id}", "x")
        assert not is_allowed(METHODS[name]["httpMethod"], path)


@pytest.mark.parametrize(
    ("verb", "uri"),
    [
        ("POST", "http://127.0.0.1:9/batch"),
        ("POST", "http://127.0.0.1:9/batch/gmail/v1"),
        ("GET", "http://127.0.0.1:9/gmail/v1/users/someone@example.org/messages"),
        ("GET", "http://127.0.0.1:9/gmail/v1/users/me/messages/../drafts/send"),
        ("GET", "http://127.0.0.1:9/gmail/v1/users/me/messages/x%2Ftrash"),
        ("GET", "http://127.0.0.1:10/gmail/v1/users/me/profile"),
        ("GET", "https://127.0.0.1:9/gmail/v1/users/me/profile"),
        ("GET", "https://example.com/gmail/v1/users/me/profile"),
        ("get", "http://127.0.0.1:9/gmail/v1/users/me/profile"),
        ("POST", "http://127.0.0.1:9/gmail/v1/users/me/profile"),
    ],
)
def test_batches_other_people_and_other_servers_are_refused(verb: str, uri: str) -> None:
    """A batch could hide anything, and a token belongs to Gmail alone."""
    with pytest.raises(NotAllowed):
        Once("http://127.0.0.1:9/").request(uri, verb)


def test_googles_own_client_cannot_send(gmail: Shim, wire: Wire) -> None:
    """Asked through the library, a send is refused before anything reaches the network; so is what lacks a thread's connection."""
    users = wire.users()
    for asked in (
        users.messages().send(userId="me", body={"raw": "eA"}),
        users.drafts().send(userId="me", body={"id": "d1"}),
        users.messages().trash(userId="me", id="m1"),
        users.messages().modify(userId="me", id="m1", body={"removeLabelIds": ["UNREAD"]}),
        users.drafts().update(userId="me", id="d1", body={}),
        users.drafts().delete(userId="me", id="d1"),
    ):
        with wire.writing() as writing:
            for connection in (wire.reading(), writing):
                with pytest.raises(NotAllowed):
                    asked.execute(http=connection)
    with pytest.raises(NotAllowed):
        users.getProfile(userId="me").execute()
    assert gmail.asked() == []


def test_a_long_search_is_not_smuggled_as_a_post(gmail: Shim, wire: Wire) -> None:
    """The library turns addresses above 2,048 characters into POST; that is not on the list."""
    with pytest.raises(NotAllowed):
        wire.users().messages().list(userId="me", q="x" * 3000).execute(http=wire.reading())
    assert gmail.asked() == []


def test_the_endpoint_must_be_encrypted_or_this_machine() -> None:
    """A token never travels in the clear."""
    with pytest.raises(UsageError, match="not encrypted"):
        Wire(Tokens(FileStore(Path("nowhere"))), endpoint="http://gmail.example/")


def test_a_draft_is_posted_once_even_where_the_server_hangs_up(gmail: Shim, wire: Wire) -> None:
    """httplib2 alone posts again after a connection closed without an answer."""
    gmail.fail("POST /drafts", close="before", times=9)
    asked = wire.users().drafts().create(userId="me", body={"message": {"raw": "eA"}})
    with pytest.raises((http.client.HTTPException, OSError)), wire.writing() as writing:
        asked.execute(http=writing)
    assert gmail.asked() == ["POST /drafts"]


def test_httplib2_alone_would_post_twice(server: "Scripted") -> None:
    """The reason for our own transport; should this fail, the library has learnt, and the transport may go."""
    server.answer = lambda handler: handler.hang_up()
    with pytest.raises((http.client.HTTPException, OSError)):
        httplib2.Http().request(f"{server.url}/gmail/v1/users/me/drafts", "POST", body="{}")
    assert server.seen == ["POST", "POST"]


def test_a_redirect_is_not_followed(server: "Scripted") -> None:
    """Wherever an answer points, the token stays."""
    server.answer = lambda handler: handler.say(302, b"", {"Location": f"{server.url}/elsewhere"})
    response, _ = Once(server.url).request(f"{server.url}/gmail/v1/users/me/profile")
    assert (response.status, server.seen) == (302, ["GET"])


def test_a_compressed_answer_is_read(server: "Scripted") -> None:
    """Google compresses what it can."""
    server.answer = lambda handler: handler.say(200, gzip.compress(b'{"a": 1}'), {"Content-Encoding": "gzip"})
    _, content = Once(server.url).request(f"{server.url}/gmail/v1/users/me/profile")
    assert content == b'{"a": 1}'


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "compressed"])
def test_an_answer_too_large_is_dropped(
    server: "Scripted", monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    """No message can fill the memory, not even one that is small while compressed."""
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 10_000)
    body = gzip.compress(bytes(20_000)) if packed else bytes(20_000)
    server.answer = lambda handler: handler.say(200, body, {"Content-Encoding": "gzip"} if packed else {})
    with pytest.raises(TooLarge):
        Once(server.url).request(f"{server.url}/gmail/v1/users/me/profile")


def test_nothing_left_where_nobody_listens() -> None:
    """A refused connection is told apart from a lost answer."""
    with pytest.raises(NotSent):
        Once("http://127.0.0.1:9/").request("http://127.0.0.1:9/gmail/v1/users/me/drafts", "POST", body="{}")


def test_thirty_two_threads_read_at_once(gmail: Shim, wire: Wire) -> None:
    """Each thread has its own connection, for httplib2 is not safe to share."""
    refs = [gmail.mailbox.deliver(letter(number))["id"] for number in range(4)]
    got: list[list[str]] = []

    def read() -> None:
        mine = [
            wire.users().messages().get(userId="me", id=ref, format="raw").execute(http=wire.reading())["id"]
            for ref in refs
        ]
        got.append(mine)

    threads = [threading.Thread(target=read) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [refs] * 32


# --- A server that does as it is told ---------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    server: "Scripted"

    def do_GET(self) -> None:
        self.server.seen.append(self.command)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.answer(self)

    def do_POST(self) -> None:
        self.do_GET()

    def say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Scripted(ThreadingHTTPServer):
    """A server whose one answer a test writes."""

    answer: Callable[[_Handler], None]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.seen: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the test."""


@pytest.fixture
def server() -> Iterator[Scripted]:
    """A server that does as it is told."""
    with Scripted() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def wire(gmail: Shim, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A wire to the test's Gmail, with full permission."""
    path = tmp_path_factory.mktemp("grant") / "gmail.token"
    keep_grant(gmail, path, READ, COMPOSE)
    made = Wire(Tokens(FileStore(path)), endpoint=gmail.url)
    yield made
    made.close()
