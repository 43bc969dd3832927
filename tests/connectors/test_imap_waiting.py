"""Waiting: IDLE where it works, polling where it does not, and no silence taken for peace."""

import threading

import pytest

from mailhook.connectors._imap_waiting import idle_seconds
from mailhook.errors import Unreachable
from tests.connectors.contract import ids, letter
from tests.servers.imap_store import DovecotStore
from tests.servers.proxy import Act, Piece, all_of, cut_at, rewrite, swallow

pytestmark = pytest.mark.dovecot


def _later(seconds: float, do: object, *arguments: object) -> threading.Timer:
    timer = threading.Timer(seconds, do, arguments)  # type: ignore[arg-type]  # any callable
    timer.start()
    return timer


@pytest.mark.parametrize(
    ("host", "seconds"),
    [
        ("imap.mail.yahoo.com", 150),
        ("imap.aol.com", 150),
        ("imap.163.com", 50),
        ("IMAP.RAMBLER.RU.", 50),
        ("imap.example.org", 540),
        ("notyahoo.com", 540),
        ("127.0.0.1", 540),
    ],
)
def test_idle_is_ended_before_the_server_ends_it(host: str, seconds: float) -> None:
    """Nine minutes, or what is known of the host."""
    assert idle_seconds(host) == seconds


@pytest.mark.parametrize("then", ["fin", "rst"])
def test_a_connection_that_ends_in_idle_is_noticed_at_once(imap: DovecotStore, then: str) -> None:
    """Not taken for peace and quiet; the next call opens a new one and catches up."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        list(mailbox.arrived(cursor))
        timer = _later(0.4, lambda: imap.proxy.kill_all(rst=then == "rst"))
        with pytest.raises(Unreachable):
            mailbox.wait(60)
        timer.join()
        imap.deliver(letter(message_id="meanwhile@acme.example"))
        assert ids(mailbox.arrived(cursor)) == ["meanwhile@acme.example"]


def test_goodbye_in_idle_is_noticed_at_once(imap: DovecotStore) -> None:
    """By the server's own hand, as on a restart."""
    with imap.connector() as mailbox:
        list(mailbox.arrived(mailbox.start(None)))
        timer = _later(0.4, imap.server.doveadm, "kick", imap.user)
        with pytest.raises(Unreachable):
            mailbox.wait(60)
        timer.join()
        assert mailbox.wait(0.2) is False


def test_a_line_that_died_in_silence_is_found_at_the_next_look(imap: DovecotStore) -> None:
    """Behind a NAT nothing says that a connection is gone: DONE gets no answer, and that is the sign."""
    with imap.connector(timeout=0.5, poll=0.5) as mailbox:
        list(mailbox.arrived(mailbox.start(None)))
        timer = _later(0.2, lambda: setattr(imap.proxy, "down", swallow))
        with pytest.raises(Unreachable, match="does not answer"):
            mailbox.wait(60)
        timer.join()


def test_a_word_of_mail_that_got_lost_is_made_up_for_by_looking(imap: DovecotStore) -> None:
    """IDLE may fail alone; the mailbox is asked now and then regardless."""
    with imap.connector(poll=0.4) as mailbox:
        cursor = mailbox.start(None)
        list(mailbox.arrived(cursor))

        def deaf(piece: Piece) -> Act | None:
            return Act(b"") if piece.data.startswith((b"* 1 EXISTS", b"* 1 RECENT")) else None

        imap.proxy.down = deaf
        timer = _later(0.2, imap.deliver, letter(message_id="unheard@acme.example"))
        assert mailbox.wait(60) is True
        timer.join()
        imap.proxy.down = None
        assert ids(mailbox.arrived(cursor)) == ["unheard@acme.example"]


def test_idle_announced_and_refused_becomes_polling(imap: DovecotStore) -> None:
    """Some servers have it only for some."""
    imap.proxy.up = rewrite(rb" IDLE\r\n", b" NONSENSE\r\n")
    with imap.connector(poll=0.3) as mailbox:
        cursor = mailbox.start(None)
        list(mailbox.arrived(cursor))
        timer = _later(0.5, imap.deliver, letter(message_id="polled@acme.example"))
        assert mailbox.wait(60) is True
        timer.join()
        assert ids(mailbox.arrived(cursor)) == ["polled@acme.example"]
        assert b"IDLE" in imap.proxy.wire.commands() or b"NONSENSE" in imap.proxy.wire.commands()


def test_mail_said_with_the_very_answer_to_idle_is_heard(imap: DovecotStore) -> None:
    """It may stand in the same packet, already read into a buffer: no poll of the socket would tell."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        list(mailbox.arrived(cursor))

        def down(piece: Piece) -> Act | None:
            if piece.data.startswith(b"+ idling"):
                imap.deliver(letter(message_id="same@acme.example"))
                return Act(piece.data + b"* 1 EXISTS\r\n")
            return None

        imap.proxy.down = down
        assert mailbox.wait(60) is True


def test_a_server_that_cries_wolf_is_not_run_after(imap: DovecotStore) -> None:
    """EXISTS without a new message ends nothing, and the next look comes a second later."""
    imap.proxy.down = rewrite(rb"^(\+ idling\r\n)", rb"\1* 0 EXISTS\r\n")
    with imap.connector() as mailbox:
        list(mailbox.arrived(mailbox.start(None)))
        before = len(imap.proxy.wire.commands())
        assert mailbox.wait(1.5) is False
        assert len(imap.proxy.wire.commands()) - before < 12


def test_mail_in_another_watched_mailbox_ends_the_wait(imap: DovecotStore) -> None:
    """IDLE hears one mailbox; the others are asked."""
    imap.put(letter(), "archive")
    with imap.connector(mailboxes=["INBOX", "Archive"], poll=0.3) as mailbox:
        cursor = mailbox.start(None)
        list(mailbox.arrived(cursor))
        timer = _later(0.5, imap.put, letter(message_id="filed@acme.example"), "archive")
        assert mailbox.wait(60) is True
        timer.join()
        assert ids(mailbox.arrived(cursor)) == ["filed@acme.example"]


def test_a_deletion_does_not_end_the_wait(imap: DovecotStore) -> None:
    """Only mail that came is something new."""
    imap.deliver(letter(message_id="gone@acme.example"))
    with imap.connector() as mailbox:
        list(mailbox.arrived(mailbox.start(None)))
        timer = _later(0.2, imap.remove, "gone@acme.example")
        assert mailbox.wait(1.5) is False
        timer.join()


def test_done_that_is_answered_with_goodbye(imap: DovecotStore) -> None:
    """The connection ends while IDLE is being left."""
    with imap.connector(poll=0.3) as mailbox:
        list(mailbox.arrived(mailbox.start(None)))
        imap.proxy.down = all_of(cut_at(rb"^\w+ OK Idle"))
        with pytest.raises(Unreachable):
            mailbox.wait(60)


def test_only_one_connection_is_ever_open(imap: DovecotStore) -> None:
    """Reading, writing and waiting share it: providers count."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        imap.deliver(letter())
        list(mailbox.arrived(cursor))
        mailbox.wait(0.2)
        mailbox.mark()
    assert imap.proxy.connections == 1
