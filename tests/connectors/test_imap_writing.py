"""A draft is written by one APPEND; when that goes wrong, what is certain is said, and what is not is looked up."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mailhook.errors import DoubtfulWrite, NoDrafts, NotWritten, OverQuota, Throttled, Unreachable
from tests.connectors.contract import draft_for, letter, lf
from tests.servers.imap_store import DovecotStore
from tests.servers.proxy import (
    Act,
    FaultProxy,
    Piece,
    Rule,
    cut_at,
    cut_literal,
    delay_at,
    rewrite,
)

pytestmark = pytest.mark.dovecot


def _appends(proxy: FaultProxy) -> int:
    return proxy.wire.verbs().count("APPEND")


def _hold_literal(seconds: float) -> Rule:
    """Hold the literal's bytes back, and let them go late."""
    return lambda piece: Act(piece.data, delay=seconds) if piece.is_literal else None


LOST_BEFORE: list[tuple[str, Callable[[FaultProxy], None]]] = [
    ("before-the-command", lambda p: setattr(p, "up", cut_at(rb" APPEND "))),
    ("before-the-literal", lambda p: setattr(p, "down", cut_at(rb"^\+ "))),
    ("before-the-literal-reset", lambda p: setattr(p, "down", cut_at(rb"^\+ ", then="rst"))),
    ("at-the-literals-first-byte", lambda p: setattr(p, "up", cut_literal(keep=0))),
    ("inside-the-literal", lambda p: setattr(p, "up", cut_literal(keep=30))),
    ("inside-the-literal-closed", lambda p: setattr(p, "up", cut_literal(keep=30, then="fin"))),
]
LOST_BEHIND: list[tuple[str, Callable[[FaultProxy], None]]] = [
    ("before-the-answer", lambda p: setattr(p, "down", cut_at(rb"OK \[APPENDUID"))),
    ("before-the-answer-reset", lambda p: setattr(p, "down", cut_at(rb"OK \[APPENDUID", then="rst"))),
    ("inside-the-answer", lambda p: setattr(p, "down", cut_at(rb"OK \[APPENDUID", keep=8))),
    ("answer-never-comes", lambda p: setattr(p, "down", cut_at(rb"OK \[APPENDUID", then="hang"))),
    ("answer-comes-too-late", lambda p: setattr(p, "down", delay_at(rb"OK \[APPENDUID", 2.5))),
    (
        "goodbye-in-place-of-the-answer",
        lambda p: setattr(p, "down", rewrite(rb"^\w+ OK \[APPENDUID.*\r\n", b"* BYE Shutting down\r\n")),
    ),
]


@pytest.mark.parametrize("fault", [f for _, f in LOST_BEFORE], ids=[n for n, _ in LOST_BEFORE])
def test_a_draft_cut_off_is_doubtful_and_then_not_there(
    imap: DovecotStore, fault: Callable[[FaultProxy], None]
) -> None:
    """The connection breaks before the whole literal is through: nothing is kept, and the look-up says so."""
    draft = draft_for("news@acme.example", "Thank you.\n" * 50)
    with imap.connector(timeout=1.0) as mailbox:
        mark = mailbox.mark()
        fault(imap.proxy)
        with pytest.raises(DoubtfulWrite, match="looks it up"):
            mailbox.keep(draft)
        imap.proxy.up = imap.proxy.down = None
        assert mailbox.find(draft, since=mark) is None
        assert imap.drafts() == []
        assert _appends(imap.proxy) <= 1
        assert mailbox.keep(draft) == mailbox.find(draft)
    assert imap.drafts() == [lf(draft.raw)]


@pytest.mark.parametrize("fault", [f for _, f in LOST_BEHIND], ids=[n for n, _ in LOST_BEHIND])
def test_a_draft_whose_answer_is_lost_is_doubtful_and_then_found(
    imap: DovecotStore, fault: Callable[[FaultProxy], None]
) -> None:
    """The server has kept it: it is found on a new connection, there is one of it, and it was sent once."""
    draft = draft_for("news@acme.example")
    with imap.connector(timeout=1.0) as mailbox:
        mark = mailbox.mark()
        fault(imap.proxy)
        with pytest.raises(DoubtfulWrite):
            mailbox.keep(draft)
        imap.proxy.up = imap.proxy.down = None
        found = mailbox.find(draft, since=mark)
        assert found is not None
        assert found == mailbox.find(draft)
    assert imap.drafts() == [lf(draft.raw)]
    assert _appends(imap.proxy) == 1


def test_a_draft_that_is_committed_late_is_found_late(imap: DovecotStore) -> None:
    """One look may be too early: the literal is still on its way when the connection is given up."""
    draft = draft_for("news@acme.example")
    with imap.connector(timeout=0.7) as mailbox:
        mark = mailbox.mark()
        # The proxy keeps reading behind the client's back, as a network's buffers do.
        imap.proxy.linger = True
        imap.proxy.up = _hold_literal(2.0)
        with pytest.raises(DoubtfulWrite):
            mailbox.keep(draft)
        imap.proxy.up = None
        assert mailbox.find(draft, since=mark) is None
        deadline = time.monotonic() + 15
        while mailbox.find(draft, since=mark) is None:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert imap.drafts() == [lf(draft.raw)]


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (rb"NO [OVERQUOTA] Quota exceeded", OverQuota, "make room"),
        (rb"NO [TRYCREATE] Mailbox does not exist", NoDrafts, "drafts"),
        (rb"NO [NOPERM] Permission denied", NoDrafts, "drafts"),
        (rb"NO [READ-ONLY] Mailbox is read-only", NoDrafts, "drafts"),
        (rb"NO [CANNOT] Invalid message", NotWritten, "Invalid message"),
        (rb"NO [LIMIT] Message too large", NotWritten, "too large"),
        (rb"NO Something else", NotWritten, "Something else"),
        (rb"BAD Invalid literal", NotWritten, "Invalid literal"),
    ],
)
def test_a_refusal_is_certain(imap: DovecotStore, answer: bytes, error: type[Exception], says: str) -> None:
    """A tagged NO or BAD means that nothing was kept; the sentence says what to do. It is asked once."""
    with imap.connector() as mailbox:
        mailbox.mark()
        imap.proxy.up = None
        imap.proxy.down = rewrite(rb"^(\w+) OK \[APPENDUID.*\r\n", rb"\1 " + answer + b"\r\n")
        with pytest.raises(error, match=says) as caught:
            mailbox.keep(draft_for(None))
        assert type(caught.value) is error
        assert mailbox.health().drafts == "Drafts"  # the connection is as good as before
    assert _appends(imap.proxy) == 1


def test_a_full_mailbox_is_told_by_the_server_itself(imap: DovecotStore) -> None:
    """With Dovecot's own quota: the draft is not kept, and reading goes on."""
    for _ in range(3):
        imap.put(letter("x" * 70 + "\n") + b"filling " * 800_000, "archive")
    draft = draft_for(None, "A line.\n" * 400_000)
    with imap.connector() as mailbox:
        with pytest.raises(OverQuota, match="make room"):
            mailbox.keep(draft)
        assert mailbox.find(draft) is None
        cursor = mailbox.start(None)
        assert list(mailbox.arrived(cursor)) == []
    assert imap.drafts() == []


def test_a_drafts_mailbox_that_takes_no_mail_is_told_by_the_server_itself(imap: DovecotStore) -> None:
    """With Dovecot's own access control: readable, and nobody may insert."""
    imap.put(letter(), "drafts")
    acl = imap.server.maildir(imap.user, "Drafts") / "dovecot-acl"
    acl.write_text("owner lr\n")
    with imap.connector() as mailbox, pytest.raises(NoDrafts, match="takes no mail"):
        mailbox.keep(draft_for(None))
    assert len(imap.drafts()) == 1


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (rb"\[APPENDUID \d+ \d+\] ", b""),
        (rb"\[APPENDUID \d+ (\d+)\]", rb"[APPENDUID 7 \1]"),
        (rb"\[APPENDUID (\d+) \d+\]", rb"[APPENDUID \1 1]"),
        (rb"\[APPENDUID (\d+) \d+\]", rb"[APPENDUID \1 x]"),
    ],
    ids=["missing", "of-another-uidvalidity", "of-an-older-message", "garbage"],
)
def test_a_number_that_cannot_be_right_is_looked_up(
    imap: DovecotStore, pattern: bytes, replacement: bytes
) -> None:
    """APPENDUID may be missing or wrong; the header fields since the old UIDNEXT tell."""
    with imap.connector() as mailbox:
        mailbox.keep(draft_for("first@acme.example"))
        honest = draft_for("news@acme.example")
        imap.proxy.down = rewrite(pattern, replacement)
        kept = mailbox.keep(honest)
        assert kept == mailbox.find(honest)
        assert kept.ref.split("/")[1] == "2"
    assert len(imap.drafts()) == 2
    assert _appends(imap.proxy) == 2


def test_a_draft_that_was_acknowledged_is_kept_whatever_follows(imap: DovecotStore) -> None:
    """Without APPENDUID and with the connection gone before the look-up, it is still no doubt."""
    draft = draft_for("news@acme.example")

    def down(piece: Piece) -> Act | None:
        if b"[APPENDUID" in piece.data:
            tag = piece.data.split()[0]
            imap.proxy.refuse = True
            return Act(tag + b" OK Append completed.\r\n", "fin")
        return None

    with imap.connector() as mailbox:
        mailbox.mark()
        imap.proxy.down = down
        kept = mailbox.keep(draft)
        assert (kept.mailbox, kept.place) == ("Drafts", "drafts")
        imap.proxy.refuse, imap.proxy.down = False, None
        assert mailbox.find(draft) is not None
    assert imap.drafts() == [lf(draft.raw)]


def test_a_server_that_dies_before_the_write_leaves_no_doubt(imap: DovecotStore) -> None:
    """The connection was gone before anything was said of the draft."""
    with imap.connector() as mailbox:
        mailbox.mark()
        imap.proxy.kill_all()
        imap.proxy.refuse = True
        with pytest.raises(Unreachable):
            mailbox.keep(draft_for(None))
        imap.proxy.refuse = False
        mailbox.keep(draft_for(None))
    assert len(imap.drafts()) == 1


def test_drafts_made_anew_are_looked_through_from_the_beginning(imap: DovecotStore) -> None:
    """A mark of another UIDVALIDITY says nothing any more."""
    draft = draft_for("news@acme.example")
    with imap.connector() as mailbox:
        mailbox.keep(draft)
        old = mailbox.mark()
        imap.server.doveadm("mailbox", "update", "-u", imap.user, "--uid-validity", "4242", "Drafts")
        assert mailbox.find(draft, since=old) is not None


def test_a_server_without_header_search_is_looked_through_all_the_same(imap: DovecotStore) -> None:
    """Header fields of drafts are fetched, never searched for."""
    draft = draft_for("news@acme.example")
    with imap.connector() as mailbox:
        mailbox.keep(draft)
        imap.proxy.up = rewrite(rb"UID SEARCH .*HEADER.*\r\n", b"UID SEARCH NONSENSE\r\n")
        assert mailbox.find(draft) is not None
        assert mailbox.find(draft_for("other@acme.example")) is None


def test_among_many_drafts_the_servers_search_is_used(imap: DovecotStore) -> None:
    """Beyond five hundred they are not all read."""
    raw = [letter(message_id=f"many{n}@example.org") for n in range(505)]
    imap.server.deliver(imap.user, raw, "Drafts")
    draft = draft_for("news@acme.example")
    with imap.connector() as mailbox:
        assert mailbox.find(draft) is None
        assert mailbox.keep(draft) == mailbox.find(draft)
        fetches = [c for c in imap.proxy.wire.commands() if c.startswith(b"UID FETCH")]
        assert max(c.count(b",") for c in fetches) < 10


def test_throttled_while_writing_is_told_as_such(imap: DovecotStore) -> None:
    """Before the draft was said anything of: the Drafts mailbox could not even be opened."""
    with imap.connector() as mailbox:
        mailbox.mark()
        imap.proxy.down = rewrite(
            rb"^(\w+) OK (Status|\[READ-ONLY\]).*\r\n", rb"\1 NO [UNAVAILABLE] Try later\r\n"
        )
        with pytest.raises(Throttled):
            mailbox.keep(draft_for(None))
    assert imap.drafts() == []


def test_a_missing_drafts_mailbox_is_made_where_the_person_asked(imap: DovecotStore, tmp_path: Path) -> None:
    """create_drafts = true; the name is the configured one."""
    hide = rewrite(rb"\* LIST .*\\Drafts.*\r\n", b"")
    imap.proxy.down = hide
    draft = draft_for(None)
    with imap.connector(create_drafts=True, drafts="Bewerbungen") as mailbox:
        assert mailbox.keep(draft).mailbox == "Bewerbungen"
        assert mailbox.find(draft) is not None
    with imap.connector(drafts="Anderswo") as mailbox, pytest.raises(NoDrafts, match="create_drafts"):
        mailbox.keep(draft)
    assert imap.proxy.wire.verbs().count("CREATE") == 1
