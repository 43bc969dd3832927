"""A person gives permission in a browser, on this machine or another; nobody else can give it, and nothing is half done."""

import io
import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailhook.connectors.gmail import COMPOSE, READ, GmailMailbox
from mailhook.errors import LoginRefused, UsageError
from mailhook.oauth import client as clients
from mailhook.oauth import endpoint, flow
from mailhook.oauth.client import Client, read_client
from mailhook.oauth.grant import Grant
from mailhook.oauth.receiver import Receiver
from mailhook.oauth.store import FileStore
from tests.servers.gmail.browser import Browser, sign_in, with_query
from tests.servers.gmail.emulator import ADDRESS
from tests.servers.gmail.fixtures import Connect
from tests.servers.gmail.shim import Shim
from tests.servers.gmail.tokens import CLIENT_ID, CLIENT_SECRET

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BOTH = (READ, COMPOSE)


@pytest.fixture
def client(gmail: Shim, tmp_path: Path) -> Client:
    """The person's own client, as Google's console offers it for download."""
    return read_client(_client_file(gmail, tmp_path))


def _client_file(gmail: Shim, folder: Path) -> Path:
    path = folder / "client_secret.json"
    path.write_text(gmail.tokens.client_file(), encoding="utf-8")
    return path


def authorise(client: Client, browser: Browser, *, seconds: float = 20.0) -> Grant:
    """Run the flow with a scripted browser."""
    try:
        return flow.authorise(
            client, BOTH, say=lambda _: None, now=NOW, open_browser=browser, seconds=seconds
        )
    finally:
        browser.close()


def test_permission_given_in_the_browser_makes_a_grant(client: Client) -> None:
    """Page, consent, redirect to 127.0.0.1, code, tokens: the whole way over HTTP."""
    browser, said = Browser(), list[str]()
    grant = flow.authorise(client, BOTH, say=said.append, now=NOW, open_browser=browser)
    browser.close()
    assert (grant.scopes, grant.granted, grant.expires) == (BOTH, NOW, NOW + timedelta(hours=1))
    assert grant.access_token
    assert grant.refresh_token
    ((status, page),) = browser.pages
    assert status == 200
    assert "close this page" in page
    assert grant.access_token not in page
    assert browser.opened[0] in said[0]


def test_the_request_is_bound_to_this_machine_and_this_moment(gmail: Shim, client: Client) -> None:
    """127.0.0.1 and a random port, PKCE with S256, a state, and consent asked for so that the permission lasts."""
    for _ in range(2):
        authorise(client, Browser())
    first, second = gmail.tokens.pages
    assert first["redirect_uri"].startswith("http://127.0.0.1:")
    assert (first["code_challenge_method"], first["access_type"], first["prompt"]) == (
        "S256",
        "offline",
        "consent",
    )
    assert first["scope"].split() == list(BOTH)
    for name in ("state", "code_challenge", "redirect_uri"):
        assert first[name] != second[name]
    assert len(first["state"]) >= 22
    assert len(first["code_challenge"]) == 43


def test_a_permission_that_will_end_says_when(gmail: Shim, client: Client) -> None:
    """Google gives a client in Testing seven days."""
    gmail.tokens.ends_in = 7 * 86_400
    assert authorise(client, Browser()).ends == NOW + timedelta(days=7)


def test_the_receiver_listens_on_this_machine_alone() -> None:
    """Not even the local network can bring a code."""
    with Receiver() as receiver:
        assert receiver._server.server_address[0] == "127.0.0.1"


def test_an_answer_with_another_state_is_turned_away_and_the_right_one_counts(client: Client) -> None:
    """Somebody else's page cannot slip in its own code, nor end the wait."""
    browser = Browser({"state": "forged"}, {"state": None}, {})
    grant = authorise(client, browser)
    assert [status for status, _ in browser.pages] == [400, 400, 200]
    assert grant.refresh_token


def test_only_forged_answers_end_at_the_deadline(client: Client) -> None:
    """No permission, one sentence."""
    with pytest.raises(UsageError, match="no answer came from the browser in 1 s"):
        authorise(client, Browser({"state": "forged"}), seconds=1.0)


def test_the_wait_ends_at_its_deadline(client: Client) -> None:
    """Two minutes for a person; here a fifth of a second."""
    assert flow.SECONDS == 120
    began = time.monotonic()
    with pytest.raises(UsageError, match="mailhook init"):
        flow.authorise(client, BOTH, say=lambda _: None, now=NOW, open_browser=None, seconds=0.2)
    assert time.monotonic() - began < 5


def test_a_person_who_says_no_is_not_asked_twice(client: Client) -> None:
    """The page says so, and so does the terminal."""
    browser = Browser({"code": None, "error": "access_denied"})
    with pytest.raises(LoginRefused, match="permission was not given"):
        authorise(client, browser)
    assert "not given" in browser.pages[0][1]


def test_a_code_without_its_verifier_is_worth_nothing(client: Client) -> None:
    """Whoever overhears the redirect cannot spend the code: the server checks PKCE."""
    ours = endpoint.new_flow(client, BOTH, redirect_uri="http://127.0.0.1:1")
    address, _ = ours.authorization_url()
    code = sign_in(address).partition("code=")[2].partition("&")[0]
    thief = endpoint.new_flow(client, BOTH, redirect_uri="http://127.0.0.1:1")
    thief.authorization_url()
    with pytest.raises(endpoint.GrantEnded):
        endpoint.exchange(thief, code)
    assert endpoint.exchange(ours, code)["refresh_token"]
    with pytest.raises(endpoint.GrantEnded):
        endpoint.exchange(ours, code)


def test_an_unticked_box_is_noticed_at_once(gmail: Shim, client: Client) -> None:
    """Google lets a person allow reading and not drafts."""
    gmail.tokens.untick = frozenset({COMPOSE})
    with pytest.raises(UsageError, match=r"missing: gmail\.compose.*tick every box"):
        authorise(client, Browser())


def test_on_a_machine_without_a_browser_the_address_is_pasted(client: Client) -> None:
    """The page is opened elsewhere; what the browser shows at the end holds the code. Wrong pastes are asked for again."""
    said: list[str] = []
    answers = iter(["", "not an address"])

    def ask(question: str) -> str:
        assert "Paste" in question
        wrong = next(answers, None)
        address = next(word for word in said[0].split() if word.startswith("http"))
        return wrong if wrong is not None else f"  {sign_in(address)}\n"

    grant = flow.authorise_by_paste(client, BOTH, say=said.append, ask=ask, now=NOW)
    assert grant.refresh_token
    assert len(said) == 3


def test_three_wrong_pastes_end_it(client: Client) -> None:
    """Somebody else's address, however it looks, is not taken."""
    forged = with_query("http://127.0.0.1:1/", code="4/x", state="forged")
    with pytest.raises(UsageError, match="no code was pasted"):
        flow.authorise_by_paste(client, BOTH, say=lambda _: None, ask=lambda _: forged, now=NOW)


def test_the_whole_way_from_client_file_to_first_scan(gmail: Shim, connect: Connect, tmp_path: Path) -> None:
    """What `mailhook init` does: permission, whose mailbox it is, and a grant in a file of mode 0600 that a connector then uses."""
    token_file, browser = tmp_path / "private" / "gmail.token", Browser()
    address = GmailMailbox.authorise(
        client_file=_client_file(gmail, tmp_path),
        say=lambda _: None,
        now=datetime.now(UTC),
        token_file=str(token_file),
        open_browser=browser,
        endpoint=gmail.url,
    )
    browser.close()
    assert address == ADDRESS
    assert (token_file.stat().st_mode & 0o777, token_file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    kept = FileStore(token_file).read()
    assert kept is not None
    assert (kept.user, kept.scopes) == (ADDRESS, BOTH)
    with connect(token_file=str(token_file)) as box:
        assert list(box.arrived(box.start(None))) == []


def test_permission_for_another_account_is_not_kept(gmail: Shim, tmp_path: Path) -> None:
    """The person is signed in to several Google accounts and picked the wrong one."""
    token_file, browser = tmp_path / "private" / "gmail.token", Browser()
    with pytest.raises(LoginRefused, match=f"given for {ADDRESS}, not for kim@example.com"):
        GmailMailbox.authorise(
            client_file=_client_file(gmail, tmp_path),
            say=lambda _: None,
            now=NOW,
            user="kim@example.com",
            token_file=str(token_file),
            open_browser=browser,
            endpoint=gmail.url,
        )
    browser.close()
    assert not token_file.exists()


def test_reading_alone_asks_for_reading_alone(gmail: Shim, connect: Connect, tmp_path: Path) -> None:
    """`mode = "readonly"` never holds the power to make a draft; used for drafts it says what to do."""
    token_file, browser = tmp_path / "private" / "gmail.token", Browser()
    GmailMailbox.authorise(
        client_file=_client_file(gmail, tmp_path),
        say=lambda _: None,
        now=datetime.now(UTC),
        mode="readonly",
        token_file=str(token_file),
        open_browser=browser,
        endpoint=gmail.url,
    )
    browser.close()
    assert gmail.tokens.pages[0]["scope"] == READ
    with pytest.raises(LoginRefused, match="for reading only"), connect(token_file=str(token_file)):
        pass


def test_no_token_code_or_secret_reaches_a_log(gmail: Shim, tmp_path: Path) -> None:
    """Not at DEBUG, with the libraries' own loggers on, through sign-in, use and renewal; nor any representation."""
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    token_file, browser = tmp_path / "private" / "gmail.token", Browser()
    try:
        GmailMailbox.authorise(
            client_file=_client_file(gmail, tmp_path),
            say=lambda _: None,
            now=datetime.now(UTC),
            token_file=str(token_file),
            open_browser=browser,
            endpoint=gmail.url,
        )
        first = FileStore(token_file).read()
        gmail.tokens.expire()
        with GmailMailbox(token_file=str(token_file), endpoint=gmail.url) as box:
            box.start(None)
        second = FileStore(token_file).read()
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        browser.close()
    assert first is not None
    assert second is not None
    assert first.access_token != second.access_token
    secrets = (first.access_token, second.access_token, first.refresh_token, CLIENT_SECRET)
    text = logged.getvalue() + repr(first) + str(second)
    assert [secret for secret in secrets if secret in text] == []
    assert CLIENT_ID in repr(first)


# --- Client files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not a client file"),
        ("[]", "is not a client file"),
        ('{"web": {}}', "Desktop app"),
        ('{"type": "service_account"}', "cannot read a person's Gmail"),
        ('{"installed": {"client_id": "x"}}', "download the client's JSON file again"),
        (
            '{"installed": {"client_id": "x", "client_secret": "y", "auth_uri": "https://a.example", "token_uri": "http://b.example"}}',
            "not encrypted",
        ),
    ],
)
def test_a_wrong_client_file_is_told_apart(tmp_path: Path, content: str, sentence: str) -> None:
    """Each kind of wrong file has its own sentence, with what to do."""
    path = tmp_path / "client.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=sentence):
        read_client(path)


def test_a_missing_client_file_is_said_so(tmp_path: Path) -> None:
    """Its name is in the sentence."""
    with pytest.raises(UsageError, match=r"client\.json cannot be read"):
        read_client(tmp_path / "client.json")


def test_microsofts_client_has_no_secret_and_calls_this_machine_localhost() -> None:
    """Microsoft's public clients send none, and its pages know only that name; the receiver still listens on 127.0.0.1 alone."""
    client = clients.microsoft("11111111-2222-3333-4444-555555555555", tenant="consumers")
    said: list[str] = []
    with pytest.raises(UsageError):
        flow.authorise(
            client, clients.MICROSOFT_IMAP, say=said.append, now=NOW, open_browser=None, seconds=0.01
        )
    address = next(word for word in said[0].split() if word.startswith("http"))
    assert address.startswith("https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize?")
    assert "redirect_uri=http%3A%2F%2Flocalhost%3A" in address
    assert "IMAP.AccessAsUser.All" in address
    assert client.client_secret is None
