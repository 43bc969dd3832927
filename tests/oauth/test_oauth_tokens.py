"""Access tokens are renewed in time, once, by one process at a time; a permission that has ended is said so, without a storm of tries."""

import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailhook.connectors.gmail import COMPOSE, READ
from mailhook.errors import LoginRefused, Throttled, Unreachable
from mailhook.oauth.grant import Grant
from mailhook.oauth.store import FileStore
from mailhook.oauth.tokens import Tokens
from tests.servers.gmail.fixtures import Connect, keep_grant
from tests.servers.gmail.letters import letter
from tests.servers.gmail.shim import Shim

pytestmark = pytest.mark.emulator

GRANTED = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the grant is kept."""
    (tmp_path / "grants").mkdir(mode=0o700)
    return tmp_path / "grants" / "gmail.token"


@pytest.fixture
def grant(gmail: Shim, path: Path) -> Grant:
    """A permission given in March."""
    return keep_grant(gmail, path, READ, COMPOSE, granted=GRANTED)


def later(hours: float) -> datetime:
    """Return a moment from now."""
    return datetime.now(UTC) + timedelta(hours=hours)


def test_a_token_that_lives_is_used_as_it_is(gmail: Shim, path: Path, grant: Grant) -> None:
    """No request at all."""
    assert Tokens(FileStore(path))() == grant.access_token
    assert gmail.tokens.refreshes == 0


def test_a_token_is_renewed_before_it_ends_and_kept(gmail: Shim, path: Path, grant: Grant) -> None:
    """Five minutes before; the next process finds the new one."""
    early = later(1) - timedelta(minutes=4)
    renewed = Tokens(FileStore(path), now=lambda: early)()
    assert renewed != grant.access_token
    assert Tokens(FileStore(path))() == renewed
    assert gmail.tokens.refreshes == 1


def test_a_refused_token_is_renewed_in_the_middle_of_a_pass(gmail: Shim, connect: Connect) -> None:
    """Google ended it early: one renewal, and the pass goes on."""
    with connect() as box:
        cursor = box.start(None)
        message = gmail.mailbox.deliver(letter(1))
        gmail.tokens.expire()
        assert [each.ref for each in box.arrived(cursor)] == [message["id"]]
    assert gmail.tokens.refreshes == 1


def test_a_revoked_permission_is_one_sentence_and_no_storm(gmail: Shim, path: Path, grant: Grant) -> None:
    """What happened, since when, the seven days of a client in Testing, and what to type; asked once, however often it is tried."""
    gmail.tokens.revoked = True
    tokens = Tokens(FileStore(path), now=lambda: later(2))
    for _ in range(5):
        with pytest.raises(LoginRefused) as caught:
            tokens()
    assert str(caught.value) == (
        "Google no longer accepts the permission given on 2026-03-01 (withdrawn, password changed, or the seven days are over that "
        'Google grants while your app is in "Testing"); run "mailhook init" to give it again, and publish the app ("In production") '
        "so that it lasts"
    )
    assert gmail.tokens.refreshes == 1


def test_a_permission_given_anew_is_used_at_once(gmail: Shim, path: Path, grant: Grant) -> None:
    """A running service notices what `mailhook init` has just kept."""
    gmail.tokens.revoked = True
    tokens = Tokens(FileStore(path), now=lambda: later(2))
    with pytest.raises(LoginRefused):
        tokens()
    gmail.tokens.revoked = False
    keep_grant(gmail, path, READ, COMPOSE)
    assert tokens() in gmail.tokens._access


def test_a_revoked_permission_ends_a_pass_in_the_same_sentence(gmail: Shim, connect: Connect) -> None:
    """Even where the access token had not run out yet; the cursor stays."""
    with connect() as box:
        cursor = box.start(None)
        gmail.tokens.revoked = True
        gmail.tokens.expire()
        with pytest.raises(LoginRefused, match="no longer accepts the permission"):
            list(box.arrived(cursor))
        assert box.cursor_after(cursor) == cursor
    assert gmail.tokens.refreshes == 1


def test_no_permission_says_how_to_give_it(path: Path) -> None:
    """The place is named."""
    with pytest.raises(LoginRefused, match=f'no permission is kept in the file {path}; run "mailhook init"'):
        Tokens(FileStore(path))()


@pytest.mark.parametrize(("status", "error"), [(429, Throttled), (500, Unreachable), (503, Unreachable)])
def test_trouble_at_the_sign_in_server_is_no_refusal(
    gmail: Shim, path: Path, grant: Grant, status: int, error: type[Exception]
) -> None:
    """The permission stays, and the next try renews it."""
    gmail.fail("POST /token", status=status)
    tokens = Tokens(FileStore(path), now=lambda: later(2))
    with pytest.raises(error):
        tokens()
    assert tokens()


def test_a_lost_answer_is_no_refusal(gmail: Shim, path: Path, grant: Grant) -> None:
    """Google's refresh tokens stay as they are, so the next try succeeds."""
    gmail.fail("POST /token", close="after")
    tokens = Tokens(FileStore(path), now=lambda: later(2))
    with pytest.raises(Unreachable):
        tokens()
    assert tokens()


def test_an_unknown_client_says_where_to_get_it_again(gmail: Shim, path: Path, grant: Grant) -> None:
    """It was deleted in the console, or its secret was changed."""
    text = path.read_text(encoding="utf-8").replace("GOCSPX-not-a-secret", "GOCSPX-old")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LoginRefused, match="does not know the client any more"):
        Tokens(FileStore(path), now=lambda: later(2))()


def test_a_read_only_disk_does_not_stop_a_pass(
    gmail: Shim, path: Path, grant: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old refresh token still works; a rotated one that cannot be kept is an error."""

    def refuse(_self: FileStore, _grant: Grant) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(FileStore, "write", refuse)
    assert Tokens(FileStore(path), now=lambda: later(2))() != grant.access_token
    gmail.tokens.rotating = True
    with pytest.raises(OSError, match="Read-only"):
        Tokens(FileStore(path), now=lambda: later(2))()


WORKER = textwrap.dedent(
    """
    import sys
    from datetime import UTC, datetime, timedelta
    from pathlib import Path
    from mailhook.oauth.store import FileStore
    from mailhook.oauth.tokens import Tokens

    moment = datetime.now(UTC) + timedelta(minutes=float(sys.argv[2]))
    print(Tokens(FileStore(Path(sys.argv[1])), now=lambda: moment)())
    """
)


@pytest.mark.parametrize(
    "rotating", [False, True], ids=["lasting refresh token", "new refresh token each time"]
)
def test_two_processes_renew_once(gmail: Shim, path: Path, grant: Grant, rotating: bool) -> None:
    """Both find the token too old at once: one renews, the other takes what it finds; no refresh token is spent twice."""
    gmail.tokens.rotating = rotating
    gmail.tokens.lifetime = 24 * 3600
    gmail.fail("POST /token", delay=0.5)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(path), "58"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    results = [process.communicate(timeout=60) for process in running]
    assert [errors for _, errors in results] == ["", ""]
    first, second = (out.strip() for out, _ in results)
    assert first == second != grant.access_token
    assert gmail.tokens.refreshes == 1
    kept = FileStore(path).read()
    assert kept is not None
    assert (kept.refresh_token != grant.refresh_token) is rotating


def test_a_permission_that_ends_soon_is_told_by_the_health(
    gmail: Shim, connect: Connect, tmp_path: Path
) -> None:
    """Google says for clients in Testing when the permission ends; one that lasts has no such note."""
    with connect() as box:
        assert not [note for note in box.health().notes if "Testing" in note]
    path = tmp_path / "grants" / "gmail.token"
    grant = FileStore(path).read()
    assert grant is not None
    FileStore(path).write(replace(grant, ends=datetime(2026, 3, 8, 8, 0, tzinfo=UTC)))
    with connect() as box:
        (note,) = (note for note in box.health().notes if "Testing" in note)
    assert note.startswith("Google ends this permission on 2026-03-08")
