"""Getting in: what is refused before a password is sent, and what each refusal tells the person."""

import http.server
import json
import ssl
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailhook.connectors.imap import ImapMailbox
from mailhook.errors import AccountError, ConfigError, LoginRefused, Throttled, Unreachable
from tests.servers.dovecot import PASSWORD, Dovecot, free_ports
from tests.servers.imap_store import DovecotStore
from tests.servers.proxy import Act, rewrite
from tests.servers.tls import Authority
from tests.servers.tls_listener import Listener


def _mailbox(port: int, **settings: Any) -> ImapMailbox:
    defaults: dict[str, Any] = {"host": "localhost", "user": "me", "password": "canary-4711", "timeout": 5.0}
    return ImapMailbox(port=port, **{**defaults, **settings})


def _enter(mailbox: ImapMailbox) -> None:
    with mailbox:
        pass


# Settings -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["imap.example.org", "192.0.2.7", "10.0.0.1", "::2", "localhost.example.org"]
)
def test_plain_text_is_only_for_this_machine(host: str) -> None:
    """Anywhere else the password could be read on the way."""
    with pytest.raises(ConfigError, match="plain text"):
        _mailbox(143, host=host, security="none")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_plain_text_to_this_machine_is_allowed(host: str) -> None:
    """As for Proton Bridge and test servers."""
    _mailbox(143, host=host, security="none")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"security": "ssl"}, "security"),
        ({"password": None}, "password"),
        ({"access_token": lambda: "t"}, "one of them"),
        ({"ca_file": "/nonexistent/ca.pem"}, "ca_file"),
        ({"mailboxes": "INBOX"}, "list"),
        ({"mailboxes": []}, "list"),
    ],
)
def test_a_wrong_setting_is_said_at_once(settings: dict[str, Any], says: str) -> None:
    """Before any connection."""
    with pytest.raises(ConfigError, match=says):
        _mailbox(993, **settings)


def test_tls_is_never_weakened() -> None:
    """At least 1.2, certificates and host names checked; 993 and 143 by default."""
    login = ImapMailbox(host="imap.example.org", user="me", password="x")._login
    assert (login.port, login.security) == (993, "tls")
    assert login.context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert login.context.check_hostname
    assert login.context.verify_mode == ssl.CERT_REQUIRED
    assert ImapMailbox(host="h", user="me", password="x", security="starttls")._login.port == 143


# The way there ------------------------------------------------------------------------------------------------------------------


def test_a_certificate_of_the_servers_own_making_is_refused(authority: Authority) -> None:
    """The sentence names ca_file; nothing is said to the server."""
    with Listener(certificate=authority.certificate(self_signed=True)) as listener:
        with pytest.raises(Unreachable, match="ca_file"):
            _enter(_mailbox(listener.port))
        assert listener.heard == b""


def test_a_certificate_of_an_unknown_authority_is_refused(authority: Authority) -> None:
    """As long as its authority is not named; then it is accepted, and the handshake goes on."""
    with Listener(certificate=authority.certificate(), greeting=b"* BYE not today\r\n") as listener:
        with pytest.raises(Unreachable, match="cannot be trusted"):
            _enter(_mailbox(listener.port))
        with pytest.raises(AccountError, match="not today"):
            _enter(_mailbox(listener.port, ca_file=authority.ca))


def test_a_certificate_for_another_host_is_refused(authority: Authority) -> None:
    """Somebody else may be answering."""
    with Listener(certificate=authority.certificate("imap.example.org")) as listener:
        with pytest.raises(Unreachable, match="not for localhost"):
            _enter(_mailbox(listener.port, ca_file=authority.ca))
        assert listener.heard == b""


def test_an_expired_certificate_is_refused(authority: Authority) -> None:
    """With a word on the clock."""
    with Listener(certificate=authority.certificate(days=-1)) as listener:
        with pytest.raises(Unreachable, match="expired"):
            _enter(_mailbox(listener.port, ca_file=authority.ca))
        assert listener.heard == b""


def test_tls_to_a_plain_port_is_told_apart() -> None:
    """The sentence proposes starttls."""
    with Listener() as listener, pytest.raises(Unreachable, match="starttls"):
        _enter(_mailbox(listener.port))


def test_a_port_where_nobody_listens() -> None:
    """The sentence names the settings to look at."""
    (port,) = free_ports(1)
    with pytest.raises(Unreachable, match="nothing listens"):
        _enter(_mailbox(port))


def test_a_host_that_does_not_exist() -> None:
    """RFC 6761 keeps this name free."""
    with pytest.raises(Unreachable, match=r'no host "nowhere\.invalid"'):
        _enter(_mailbox(993, host="nowhere.invalid"))


@pytest.mark.parametrize(
    "greeting",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"220 mail ESMTP\r\n",
        b"\x16\x03\x01\x02\r\n",
        b"* OK\xff",
        b"",
        b"x" * 50,
    ],
)
def test_what_is_no_imap_is_told_apart(greeting: bytes) -> None:
    """A wrong port may belong to anything; no traceback, and no endless wait."""
    with Listener(greeting=greeting) as listener, pytest.raises(Unreachable):
        _enter(_mailbox(listener.port, security="none", timeout=0.5))


def test_a_server_that_says_nothing_is_given_up() -> None:
    """After the time-out."""
    with Listener(greeting=b"") as listener, pytest.raises(Unreachable, match="does not answer"):
        _enter(_mailbox(listener.port, security="none", timeout=0.3))


# STARTTLS -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.dovecot
@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (rb"STARTTLS ", b""),
        (rb"^([A-Z]+\d+ )OK Begin TLS.*\r\n", rb"\1NO Not now\r\n"),
        (rb"^\* OK \[", rb"* PREAUTH ["),
        (rb"(OK Begin TLS negotiation now.)\r\n", rb"\1\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"),
    ],
    ids=["not-offered", "refused", "already-logged-in", "more-than-the-answer"],
)
def test_where_starttls_is_taken_away_no_password_is_sent(
    dovecot: Dovecot, authority: Authority, pattern: bytes, replacement: bytes
) -> None:
    """Somebody on the way may do any of these; each ends the attempt."""
    store = DovecotStore(dovecot, security="starttls", ca=authority.ca)
    store.proxy.raw_from_tls()
    store.proxy.down = rewrite(pattern, replacement)
    try:
        with pytest.raises(Unreachable):
            _enter(store.connector())
        assert set(store.proxy.wire.verbs()) <= {"CAPABILITY", "STARTTLS"}
        assert PASSWORD.encode() not in b"".join(store.proxy.wire.lines("up"))
    finally:
        store.close()


# Passwords and tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.dovecot
def test_a_wrong_password_is_said_to_be_wrong(imap: DovecotStore) -> None:
    """It is tried once, and never shown."""
    with pytest.raises(LoginRefused, match="app password") as caught:
        _enter(imap.connector(password="canary-4711"))
    assert "canary" not in str(caught.value)
    assert imap.proxy.connections == 1
    assert imap.proxy.wire.verbs().count("AUTHENTICATE") == 1


@pytest.mark.dovecot
def test_a_password_in_any_script_gets_through(imap: DovecotStore) -> None:
    """SASL PLAIN is UTF-8; Dovecot refuses it here only because it is another one."""
    with pytest.raises(LoginRefused, match="AUTHENTICATIONFAILED"):
        _enter(imap.connector(password='pässwörd "\\ 密码'))


@pytest.mark.dovecot
def test_where_only_login_is_offered_login_is_used(imap: DovecotStore) -> None:
    """With quotes and backslashes as they are; what IMAP's LOGIN cannot carry is said."""
    imap.proxy.down = rewrite(rb" AUTH=\w+", b"")
    with imap.connector() as mailbox:
        mailbox.health()
    assert "LOGIN" in imap.proxy.wire.verbs()
    with pytest.raises(LoginRefused, match="AUTHENTICATIONFAILED"):
        _enter(imap.connector(password='a"b\\c d'))
    for password in ("pässword", "a\r\nb", "a\0b"):
        with pytest.raises(LoginRefused, match="ASCII"):
            _enter(imap.connector(password=password))


@pytest.mark.dovecot
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", LoginRefused),
        (b"NO [ALERT] Application-specific password required (Failure)", LoginRefused),
        (b"NO [ALERT] Please log in via your web browser (Failure)", LoginRefused),
        (b"NO [AUTHORIZATIONFAILED] No such user", LoginRefused),
        (b"NO [EXPIRED] Password expired", LoginRefused),
        (b"NO LOGIN failed.", LoginRefused),
        (b"NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded", Throttled),
        (b"NO [ALERT] Too many simultaneous connections. (Failure)", Throttled),
        (b"NO [LIMIT] Rate limit hit", Throttled),
        (b"NO [INUSE] Mailbox in use", Throttled),
        (b"NO [SERVERBUG] Internal error", Throttled),
        (b"NO [THROTTLED] Slow down", Throttled),
        (b"NO Temporary authentication failure", Throttled),
        (b"BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds", Throttled),
    ],
)
def test_a_refused_login_is_a_wrong_password_only_where_the_server_means_it(
    imap: DovecotStore, answer: bytes, error: type[Exception]
) -> None:
    """A busy server must not make the account pause until the password changes."""
    imap.proxy.down = rewrite(rb"^([A-Z]+\d+) OK .*Logged in\r\n", rb"\1 " + answer + b"\r\n")
    with pytest.raises(AccountError) as caught:
        _enter(imap.connector())
    assert type(caught.value) is error
    if b"Backoff" in answer:
        assert isinstance(caught.value, Throttled)
        assert caught.value.retry_after == pytest.approx(92.415)


@pytest.mark.dovecot
def test_too_many_connections_are_no_wrong_password(dovecot: Dovecot, authority: Authority) -> None:
    """With Dovecot's own limit of one; and this program needs no more than one."""
    server = Dovecot(authority.certificate(), connections=1)
    server.start()
    try:
        store = DovecotStore(server)
        with store.connector() as mailbox:
            cursor = mailbox.start(None)
            list(mailbox.arrived(cursor))
            mailbox.wait(0.3)
            assert store.proxy.connections == 1
            with pytest.raises(Throttled):
                _enter(store.connector())
        store.close()
    finally:
        server.close()


@pytest.mark.dovecot
def test_goodbye_in_place_of_a_greeting(imap: DovecotStore) -> None:
    """A server that is full says so in its first line."""
    imap.proxy.down = lambda piece: Act(b"* BYE Too many connections, try again later\r\n", "fin")
    with pytest.raises(Throttled):
        _enter(imap.connector())


class _Introspection(http.server.BaseHTTPRequestHandler):
    """Answers for tokens: `good-NAME` is NAME's."""

    def do_POST(self) -> None:
        """RFC 7662, as much as Dovecot asks."""
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        token = form.get("token", [""])[0]
        good = token.startswith("good-")
        body = json.dumps({"active": good, "username": token[5:] if good else ""}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def token_dovecot(dovecot: Dovecot, authority: Authority) -> Iterator[Dovecot]:
    """A Dovecot that takes OAuth tokens (beside the other one, which says whether there can be any)."""
    endpoint = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Introspection)
    thread = threading.Thread(target=endpoint.serve_forever, daemon=True)
    thread.start()
    server = Dovecot(
        authority.certificate(), introspection=f"http://127.0.0.1:{endpoint.server_address[1]}/introspect"
    )
    server.start()
    yield server
    server.close()
    endpoint.shutdown()
    endpoint.server_close()
    thread.join(10)


@pytest.mark.dovecot
@pytest.mark.parametrize("hidden", [b"", rb" AUTH=XOAUTH2"], ids=["XOAUTH2", "OAUTHBEARER"])
def test_an_access_token_is_asked_for_at_each_login(token_dovecot: Dovecot, hidden: bytes) -> None:
    """Tokens live an hour: a new connection has a new one."""
    store = DovecotStore(token_dovecot)
    if hidden:
        store.proxy.down = rewrite(hidden, b"")
    asked = []

    def token() -> str:
        asked.append(1)
        return f"good-{store.user}"

    try:
        with store.connector(password=None, access_token=token) as mailbox:
            cursor = mailbox.start(None)
            store.proxy.kill_all()
            with pytest.raises(Unreachable):
                list(mailbox.arrived(cursor))
            assert list(mailbox.arrived(cursor)) == []
        assert len(asked) == 2
    finally:
        store.close()


@pytest.mark.dovecot
def test_a_token_that_is_not_good_is_refused(token_dovecot: Dovecot) -> None:
    """The server's reason in JSON is answered, so that it can say NO."""
    store = DovecotStore(token_dovecot)
    try:
        with pytest.raises(LoginRefused) as caught:
            _enter(store.connector(password=None, access_token=lambda: "canary-token"))
        assert "canary" not in str(caught.value)
    finally:
        store.close()


@pytest.mark.dovecot
def test_nothing_of_the_login_is_logged_even_at_debug(
    imap: DovecotStore, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Neither password nor user name nor mail, by any library."""
    imap.deliver(b"Subject: canary-subject\r\nMessage-ID: <canary@x.example>\r\n\r\ncanary-body\r\n")
    with caplog.at_level("DEBUG"), imap.connector() as mailbox:
        cursor = mailbox.start(None)
        list(mailbox.arrived(cursor))
        mailbox.wait(0.1)
        mailbox.health()
    for word in ("canary", imap.user, PASSWORD, "AUTHENTICATE"):
        assert word not in caplog.text
