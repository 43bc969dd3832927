"""The service as a whole, in a process of its own: over a Maildir, and over IMAP with a real server."""

import os
import signal
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from mailhook.ledger.ledger import Ledger
from mailhook.ledger.records import Heartbeat
from mailhook.scan.lock import only_one
from tests.scan.mailroom import BUSY, ME, Mailroom, make_mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxy import FaultProxy, Rule, cut_at, delay_at
from tests.watch.running import running, until

QUICK = "\n[scan]\npoll_minutes = 0.1\n"


def maildir_config(room: Mailroom, *, more: str = "") -> str:
    """Configure one Maildir."""
    return f"""
[me]
name = "Alex Morgan"
addresses = ["{ME}"]
[accounts.personal]
connector = "maildir"
path = "{room.maildir}"
{more}
"""


def heartbeats(room: Mailroom) -> dict[str, Heartbeat]:
    """Return what the ledger holds as signs of life, by account."""
    with Ledger.rehearsal(room.config.ledger) as ledger:
        return {each.account: each for each in ledger.heartbeats()}


def waiting(room: Mailroom) -> bool:
    """Say whether the service has done its first pass."""
    beat = heartbeats(room).get("personal") if room.state.exists() else None
    return beat is not None and beat.state == "waiting"


def test_a_draft_appears_soon_after_a_delivery_and_the_service_ends_when_asked(room: Mailroom) -> None:
    """Within ten seconds; SIGTERM ends it with status 0, and systemd is told everything."""
    with running(room.folder, maildir_config(room)) as service:
        assert service.ready()
        assert until(lambda: waiting(room))
        room.deliver(number=1)
        assert until(room.drafts, 10)
        assert until(lambda: b"WATCHDOG=1" in service.said(), 10)
        service.ask(signal.SIGTERM)
        assert service.end(20) == 0
        assert service.said()[-1] == b"STOPPING=1"
        assert [action for action in service.actions() if action != "first-run"] == [
            "started",
            "draft-made",
            "stopped",
        ]
    assert len(room.drafts()) == 1
    assert heartbeats(room)["personal"].state == "stopped"


def test_a_second_service_waits_and_a_scan_says_that_one_is_at_work(room: Mailroom) -> None:
    """One mailhook at a time; when the first ends, the second takes over."""
    with running(room.folder, maildir_config(room)) as first:
        assert first.ready()
        assert room.scan_apart() == BUSY
        with running(room.folder, maildir_config(room)) as second:
            assert until(lambda: "waiting" in second.actions())
            first.ask(signal.SIGTERM)
            assert first.end() == 0
            assert second.ready()
            assert until(lambda: waiting(room))
            room.deliver()
            assert until(room.drafts, 10)
            second.ask(signal.SIGINT)
            assert second.end() == 0
    assert room.scan_apart() == 0
    assert len(room.drafts()) == 1


def test_a_service_killed_in_the_middle_of_a_write_makes_no_second_draft(room: Mailroom) -> None:
    """SIGKILL when the store has the draft and the ledger does not know; the next start finds it."""
    with running(room.folder, maildir_config(room), MAILHOOK_CRASH_AT="5:kill") as service:
        assert service.ready()
        assert until(lambda: waiting(room))
        room.deliver()
        assert service.end() == -signal.SIGKILL
    with running(room.folder, maildir_config(room)) as service:
        assert service.ready()
        assert until(lambda: room.states() == ["confirmed"])
    assert len(room.drafts()) == 1


def test_a_hangup_reads_the_configuration_again(room: Mailroom, tmp_path: Path) -> None:
    """A new account is watched from then on; a broken configuration changes nothing."""
    other = Mailroom(tmp_path / "other").make()
    config = maildir_config(room)
    with running(room.folder, config) as service:
        assert service.ready()
        (room.folder / "config.toml").write_text("[me]\nname = 3")
        service.ask(signal.SIGHUP)
        assert until(lambda: "reload-refused" in service.actions())
        more = f'[accounts.other]\nconnector = "maildir"\npath = "{other.maildir}"'
        (room.folder / "config.toml").write_text(maildir_config(room, more=more))
        service.ask(signal.SIGHUP)
        assert until(lambda: "reloaded" in service.actions())
        assert until(
            lambda: (
                {name: each.state for name, each in heartbeats(room).items()}
                == {"personal": "waiting", "other": "waiting"}
            )
        )
        other.deliver()
        assert until(other.drafts, 10)


def test_nothing_of_mail_or_secrets_is_in_the_log_or_where_it_does_not_belong(room: Mailroom) -> None:
    """Canaries in body, subject, addresses and password: none in the log; no body, subject or password in the ledger."""
    more = f"""
[accounts.broken]
connector = "imap"
host = "127.0.0.1"
port = 9
security = "none"
user = "canary.user@canary.example"
password = {{ env = "CANARY" }}
{QUICK}
"""
    with running(
        room.folder, maildir_config(room, more=more), CANARY="canary-password-0123456789"
    ) as service:
        assert service.ready()
        assert until(lambda: waiting(room))
        body = "Dear Alex,\n\nunfortunately we have decided to move forward with another candidate after the interview. CANARYBODY\n\nJane\n"
        room.deliver(
            body=body,
            subject="CANARYSUBJECT",
            sender="canary.sender@canary.example",
            person="Canary Person",
            company="Canary",
        )
        assert until(room.drafts, 20)
        assert until(lambda: "account-fault" in service.actions())
        service.ask(signal.SIGTERM)
        assert service.end() == 0
        log = service.log_path.read_text().lower()
    assert "canary" not in log
    assert "traceback" not in log
    ledger = b"".join(path.read_bytes() for path in room.state.iterdir())
    assert b"CANARYBODY" not in ledger
    assert b"CANARYSUBJECT" not in ledger
    assert b"canary-password" not in ledger
    raw = sqlite3.connect(room.config.ledger)
    assert "canary" not in str(raw.execute("SELECT * FROM heartbeat").fetchall()).lower()
    raw.close()


def test_whoever_holds_the_lock_is_waited_for_and_a_signal_ends_the_waiting(room: Mailroom) -> None:
    """A cron scan may be at work when the service starts."""
    with only_one(room.state) as alone, running(room.folder, maildir_config(room)) as service:
        assert alone
        assert until(lambda: service.actions() == ["waiting"])
        service.ask(signal.SIGTERM)
        assert service.end() == 0


@pytest.fixture
def over_imap(room: Mailroom, dovecot: Dovecot) -> tuple[Mailroom, str, str]:
    """A user of their own on the server, and a configuration that logs in as them."""
    user = f"watch-{os.urandom(4).hex()}"
    config = f"""
[me]
name = "Alex Morgan"
addresses = ["{ME}"]
[accounts.personal]
connector = "imap"
host = "127.0.0.1"
port = {dovecot.port}
security = "none"
user = "{user}"
password = {{ env = "TEST_PASSWORD" }}
"""
    return room, config, user


@pytest.mark.dovecot
def test_over_idle_a_draft_appears_within_ten_seconds_also_after_the_server_was_away(
    over_imap: tuple[Mailroom, str, str], dovecot: Dovecot
) -> None:
    """The poll is five minutes away, so it is IDLE that wakes; after a restart of the server everything is caught up."""
    room, config, user = over_imap
    drafts = dovecot.maildir(user, "Drafts") / "cur"

    def count() -> int:
        return len(list(drafts.iterdir())) if drafts.exists() else 0

    with running(room.folder, config, TEST_PASSWORD=PASSWORD) as service:
        assert service.ready()
        assert until(lambda: waiting(room))
        dovecot.deliver(user, [make_mail(number=1, company="One", sender="jo@one.example")])
        assert until(lambda: count() == 1, 10)
        assert until(lambda: waiting(room))
        dovecot.stop()
        assert until(lambda: "account-fault" in service.actions())
        dovecot.deliver(user, [make_mail(number=2, company="Two", sender="jo@two.example")])
        dovecot.start()
        assert until(lambda: count() == 2, 60)
        service.ask(signal.SIGTERM)
        assert service.end() == 0


@pytest.mark.dovecot
def test_a_wrong_password_is_tried_three_times_and_then_left(over_imap: tuple[Mailroom, str, str]) -> None:
    """At first, in a minute and in five; here the first refusal, and what is said of it."""
    room, config, _ = over_imap
    with running(room.folder, config, TEST_PASSWORD="wrong") as service:
        assert service.ready()
        assert until(lambda: "account-fault" in service.actions())
        beat = heartbeats(room)["personal"]
        assert beat.next_try is not None
        assert (beat.state, round((beat.next_try - beat.at).total_seconds())) == ("fault", 60)
        service.ask(signal.SIGTERM)
        assert service.end() == 0
    assert replace(beat, fault=None).fault is None


SLOW: dict[str, Rule] = {
    "answered-late": delay_at(rb"OK \[APPENDUID", 2.0),
    "never-answered": cut_at(rb"OK \[APPENDUID", then="hang", times=9),
}


@pytest.mark.dovecot
@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
def test_asked_to_stop_in_the_middle_of_a_write_it_ends_in_seconds_and_makes_no_second_draft(
    over_imap: tuple[Mailroom, str, str], dovecot: Dovecot, slow: Rule
) -> None:
    """What was being written is finished, or in the ledger as doubtful; the next start finds it."""
    room, config, user = over_imap
    proxy = FaultProxy(dovecot.port)
    config = config.replace(f"port = {dovecot.port}", f"port = {proxy.port}\ntimeout = 5")
    drafts = dovecot.maildir(user, "Drafts") / "cur"
    with running(room.folder, config, TEST_PASSWORD=PASSWORD) as service:
        assert service.ready()
        assert until(lambda: waiting(room))
        proxy.down = slow
        dovecot.deliver(user, [make_mail()])
        assert until(lambda: drafts.exists() and list(drafts.iterdir()))
        service.ask(signal.SIGTERM)
        assert service.end(20) == 0
    proxy.down = None
    with running(room.folder, config, TEST_PASSWORD=PASSWORD) as service:
        assert service.ready()
        assert until(lambda: room.states() == ["confirmed"])
    assert len(list(drafts.iterdir())) == 1
    proxy.close()
