"""Reading over bad lines and from odd servers: nothing is lost, nothing comes twice, nothing is asked in vain."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from mailhook.connectors.imap import ImapMailbox
from mailhook.errors import AccountError, CursorExpired, Throttled, Unreachable
from mailhook.mail.parse import parse
from tests.connectors.contract import draft_for, ids, letter
from tests.servers.imap_store import DovecotStore
from tests.servers.proxy import Act, Piece, all_of, cut_at, cut_literal, rewrite, swallow

pytestmark = pytest.mark.dovecot


def _deliver(store: DovecotStore, *names: str) -> None:
    for name in names:
        store.deliver(letter(message_id=f"{name}@acme.example"))


def test_with_nothing_new_a_pass_is_one_examine(imap: DovecotStore) -> None:
    """UIDNEXT says it; whatever the mailbox's size, nothing else is asked."""
    _deliver(imap, "a", "b")
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        before = len(imap.proxy.wire.commands())
        assert list(mailbox.arrived(cursor)) == []
        assert imap.proxy.wire.commands()[before:] == [b'EXAMINE "INBOX"']


def test_what_is_new_costs_three_commands(imap: DovecotStore) -> None:
    """EXAMINE, the UIDs there are, and one FETCH for a batch."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, *(f"m{n}" for n in range(40)))
        before = len(imap.proxy.wire.commands())
        assert len(list(mailbox.arrived(cursor))) == 40
        assert [c.split()[0:2] for c in imap.proxy.wire.commands()[before:]] == [
            [b"EXAMINE", b'"INBOX"'],
            [b"UID", b"SEARCH"],
            [b"UID", b"FETCH"],
        ]


def test_many_messages_come_in_batches(imap: DovecotStore) -> None:
    """None is lost between two of them."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        names = [f"m{n:03}@acme.example" for n in range(150)]
        imap.server.deliver(imap.user, [letter(message_id=name) for name in names])
        assert sorted(map(str, ids(mailbox.arrived(cursor)))) == names
        fetches = [c for c in imap.proxy.wire.commands() if c.startswith(b"UID FETCH")]
        assert [c.split()[2].count(b",") + 1 for c in fetches] == [64, 64, 22]


@pytest.mark.parametrize("then", ["fin", "rst"])
@pytest.mark.parametrize("keep", [0, 1, 200, 20_000])
def test_a_connection_cut_inside_a_message_loses_nothing(imap: DovecotStore, keep: int, then: str) -> None:
    """Half a literal is never read as a message; the next try goes on where the last one came to."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, *(f"m{n}" for n in range(70)))
        first = mailbox.arrived(cursor)
        seen = ids([next(first)])
        imap.deliver(letter("long\n" * 6000, message_id="long@acme.example"))
        for arrival in first:
            seen += ids([arrival])
            if len(seen) == 64:
                imap.proxy.down = cut_literal(keep=keep, then=then)  # type: ignore[arg-type]  # parametrised
                break
        with pytest.raises(Unreachable):
            list(first)
        imap.proxy.down = None
        rest = ids(mailbox.arrived(mailbox.cursor_after(cursor)))
        assert seen + rest == [*(f"m{n}@acme.example" for n in range(70)), "long@acme.example"]


@pytest.mark.parametrize(
    "pattern", [rb"^\* \d+ EXISTS", rb"^\* SEARCH", rb"^\* \d+ FETCH", rb"^[A-Z]+\d+ OK Fetch"]
)
@pytest.mark.parametrize("then", ["fin", "rst", "hang"])
def test_a_connection_lost_anywhere_is_opened_again_at_the_next_call(
    imap: DovecotStore, pattern: bytes, then: str
) -> None:
    """One sentence, and the same object goes on; also when the line is dead without a word (half-open)."""
    with imap.connector(timeout=0.7) as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, "a", "b")
        imap.proxy.down = cut_at(pattern, then=then)  # type: ignore[arg-type]  # parametrised
        with pytest.raises(Unreachable):
            list(mailbox.arrived(cursor))
        imap.proxy.down = None
        assert ids(mailbox.arrived(mailbox.cursor_after(cursor))) == ["a@acme.example", "b@acme.example"]


def test_a_line_that_swallows_everything_is_given_up(imap: DovecotStore) -> None:
    """After the time-out, not never."""
    with imap.connector(timeout=0.5) as mailbox:
        cursor = mailbox.start(None)
        imap.proxy.down = swallow
        with pytest.raises(Unreachable, match="does not answer"):
            list(mailbox.arrived(cursor))


def test_the_connection_dies_between_two_batches(imap: DovecotStore) -> None:
    """The pass goes on upon a new one by itself where a draft was in doubt meanwhile: nobody notices."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, *(f"m{n}" for n in range(66)))
        seen = []
        for arrival in mailbox.arrived(cursor):
            seen += ids([arrival])
            if len(seen) == 10:
                imap.proxy.kill_all()
                with pytest.raises(Unreachable):
                    mailbox.find(draft_for("m9@acme.example"))
        assert seen == [f"m{n}@acme.example" for n in range(66)]
        assert imap.proxy.connections == 2


def test_a_mailbox_made_anew_between_two_batches_is_noticed(imap: DovecotStore) -> None:
    """UIDs of the old one are never asked of the new one."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, *(f"m{n}" for n in range(66)))
        arrivals = mailbox.arrived(cursor)
        next(arrivals)
        imap.outdate_cursors()
        mailbox.find(draft_for(None))
        with pytest.raises(CursorExpired, match="UIDVALIDITY"):
            list(arrivals)


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (rb"\* OK \[UIDVALIDITY \d+\].*\r\n", b""),
        (rb"\[UIDVALIDITY \d+\]", b"[UIDVALIDITY 0]"),
        (rb"\* OK \[UIDNEXT \d+\].*\r\n", b""),
        (rb"\* OK \[HIGHESTMODSEQ \d+\].*\r\n", b""),
    ],
    ids=["no-uidvalidity", "uidvalidity-0", "no-uidnext", "no-modseq"],
)
def test_a_server_that_leaves_things_out_is_read_all_the_same(
    imap: DovecotStore, pattern: bytes, replacement: bytes
) -> None:
    """As some old ones do; each message comes once."""
    imap.proxy.down = rewrite(pattern, replacement)
    _deliver(imap, "old")
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        assert list(mailbox.arrived(cursor)) == []
        _deliver(imap, "a", "b")
        assert ids(mailbox.arrived(cursor)) == ["a@acme.example", "b@acme.example"]
        assert list(mailbox.arrived(mailbox.cursor_after(cursor))) == []


def test_uidvalidity_that_jumps_to_and_fro_expires_the_cursor_each_time(imap: DovecotStore) -> None:
    """It is for the scan to lose patience; here it is only told, and never read wrongly."""
    _deliver(imap, "a")
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        for number in (b"11", b"12", b"11"):
            imap.proxy.down = rewrite(rb"\[UIDVALIDITY \d+\]", b"[UIDVALIDITY " + number + b"]")
            with pytest.raises(CursorExpired):
                list(mailbox.arrived(cursor))
        imap.proxy.down = None
        assert list(mailbox.arrived(cursor)) == []


def test_a_search_that_returns_the_last_message_yields_nothing_twice(imap: DovecotStore) -> None:
    """`UID n:*` beyond the end means the last message on most servers."""
    _deliver(imap, "a")
    # A server whose UIDNEXT is ahead of its messages.
    imap.proxy.down = rewrite(rb"\[UIDNEXT \d+\]", b"[UIDNEXT 9]")
    with imap.connector() as mailbox:
        cursor = mailbox.start(datetime.now(UTC) - timedelta(days=1))
        (arrival,) = mailbox.arrived(cursor)
        assert list(mailbox.arrived(arrival.cursor)) == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"NO [UNAVAILABLE] Backend down", Throttled),
        (b"NO [INUSE] Locked", Throttled),
        (b"NO [LIMIT] Too much", Throttled),
        (b"NO [SERVERBUG] Internal error", Throttled),
        (b"NO [OVERQUOTA] Bandwidth limit exceeded", Throttled),
        (b"NO [NOPERM] Not yours", AccountError),
        (b"NO [NONEXISTENT] No such mailbox", AccountError),
        (b"BAD Syntax", Unreachable),
    ],
)
def test_a_refusal_to_read_is_told_by_its_code(
    imap: DovecotStore, answer: bytes, error: type[Exception]
) -> None:
    """The cursor stays; where the day's traffic is used up, the next try waits for hours."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, "a")
        imap.proxy.down = rewrite(rb"^(\w+) OK \[READ-ONLY\].*\r\n", rb"\1 " + answer + b"\r\n")
        with pytest.raises(AccountError) as caught:
            list(mailbox.arrived(cursor))
        assert type(caught.value) is error
        if b"OVERQUOTA" in answer:
            assert isinstance(caught.value, Throttled)
            assert caught.value.retry_after == 3 * 3600
        imap.proxy.down = None
        assert mailbox.cursor_after(cursor) == cursor
        assert ids(mailbox.arrived(cursor)) == ["a@acme.example"]


def test_an_ok_with_throttled_ends_the_pass_behind_what_came(imap: DovecotStore) -> None:
    """What was fetched is handled first; then the server is left alone for a while."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, *(f"m{n}" for n in range(66)))
        imap.proxy.down = rewrite(rb"^(\w+) OK (Fetch completed)", rb"\1 OK [THROTTLED] \2")
        arrivals = mailbox.arrived(cursor)
        assert len([next(arrivals) for _ in range(64)]) == 64
        with pytest.raises(Throttled):
            next(arrivals)
        imap.proxy.down = None
        assert ids(mailbox.arrived(mailbox.cursor_after(cursor))) == ["m64@acme.example", "m65@acme.example"]


def test_goodbye_amid_a_pass(imap: DovecotStore) -> None:
    """The server's words are handed on."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, "a")
        imap.proxy.down = rewrite(rb"^\* SEARCH.*\r\n", b"* BYE Server shutting down.\r\n")
        with pytest.raises(Unreachable, match="shutting down"):
            list(mailbox.arrived(cursor))


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (rb"BODY\[\]<0> ", b"BODY[] "),
        (rb'INTERNALDATE "[^"]*"', b'INTERNALDATE "nonsense"'),
        (rb"INTERNALDATE \"[^\"]*\" ", b""),
        (rb"^(\* \d+ FETCH \()", rb"\1FLAGS (\\\\Recent $x) MODSEQ (5) "),
    ],
    ids=["whole-body-key", "odd-date", "no-date", "more-than-asked"],
)
def test_an_odd_fetch_answer_is_understood(imap: DovecotStore, pattern: bytes, replacement: bytes) -> None:
    """Servers each have their own ways; a missing date of receipt is now."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, "a")
        imap.proxy.down = rewrite(pattern, replacement)
        (arrival,) = mailbox.arrived(cursor)
        assert parse(arrival.raw).message_id == "a@acme.example"
        assert abs(arrival.received - datetime.now(UTC)) < timedelta(hours=1)


def test_a_message_without_a_body_in_the_answer_is_handed_on_empty(imap: DovecotStore) -> None:
    """FETCH without the literal it promised: no crash, and the next message comes."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, "a", "b")

        def down(piece: Piece) -> Act | None:
            if piece.is_literal and b"a@acme.example" in piece.data:
                return Act(b"")
            if b"* 1 FETCH" in piece.data:
                return Act(re.sub(rb"BODY\[\]<0> \{\d+\}\r\n", b"BODY[]<0> NIL", piece.data))
            return None

        imap.proxy.down = down
        empty, whole = mailbox.arrived(cursor)
        assert (empty.raw, empty.size > 100) == (b"", True)
        assert parse(whole.raw).message_id == "b@acme.example"


def test_untagged_talk_between_the_lines_is_ignored(imap: DovecotStore) -> None:
    """Others delete and flag while we read."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, "a", "b")
        noise = b"* 5 EXPUNGE\r\n* 1 FETCH (FLAGS (\\\\Seen))\r\n* OK Still here\r\n* 3 RECENT\r\n"
        imap.proxy.down = all_of(
            rewrite(rb"^(\* SEARCH)", noise + rb"\1"), rewrite(rb"^(\w+ OK Fetch)", noise + rb"\1")
        )
        assert ids(mailbox.arrived(cursor)) == ["a@acme.example", "b@acme.example"]


@pytest.mark.parametrize("zone", ["-1200", "-0330", "+0000", "+0530", "+1400"])
def test_since_counts_moments_not_the_servers_days(imap: DovecotStore, zone: str) -> None:
    """SEARCH SINCE knows only dates in the server's zone; the moment of receipt decides."""
    sign, hours, minutes = zone[0], int(zone[1:3]), int(zone[3:])
    offset = timedelta(hours=hours, minutes=minutes) * (1 if sign == "+" else -1)
    moment = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    with imap.owner() as connection:
        for name, when in (
            ("before", moment - timedelta(minutes=1)),
            ("at", moment),
            ("after", moment + timedelta(days=40)),
        ):
            local = (when + offset).strftime(f"%d-%b-%Y %H:%M:%S {zone}")
            connection.append("INBOX", "", f'"{local}"', letter(message_id=f"{name}@acme.example"))
    with imap.connector() as mailbox:
        arrivals = list(mailbox.arrived(mailbox.start(moment)))
    assert ids(arrivals) == ["at@acme.example", "after@acme.example"]
    assert arrivals[0].received == moment


def test_a_message_gone_between_search_and_fetch_is_passed_over(imap: DovecotStore) -> None:
    """Another program moves or deletes it at that moment; the others come, and the cursor gets past it."""
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        _deliver(imap, "a", "b", "c")

        def up(piece: Piece) -> Act | None:
            if b"UID FETCH" in piece.data:
                imap.remove("b@acme.example")
            return None

        imap.proxy.up = up
        assert ids(mailbox.arrived(cursor)) == ["a@acme.example", "c@acme.example"]
        imap.proxy.up = None
        assert list(mailbox.arrived(mailbox.cursor_after(cursor))) == []


def test_of_a_huge_message_little_goes_over_the_wire(imap: DovecotStore) -> None:
    """Twelve megabytes of attachment stay where they are."""
    head = b"Message-ID: <huge@acme.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    parts = b"--b\r\n\r\nWe have decided otherwise.\r\n--b\r\nContent-Type: video/mp4\r\n\r\n"
    with imap.connector() as mailbox:
        cursor = mailbox.start(None)
        imap.deliver(head + parts + b"0123456789abcdef\r\n" * 700_000 + b"--b--\r\n")
        imap.proxy.wire.said.clear()
        (arrival,) = mailbox.arrived(cursor)
        assert arrival.size > 12_000_000
        assert sum(map(len, imap.proxy.wire.lines("down"))) < 70_000


def test_a_search_that_the_server_refuses_leaves_the_conversation_empty(imap: DovecotStore) -> None:
    """What the server cannot find is not made up, and no scan stops for it."""
    _deliver(imap, "root")
    message = parse(letter(message_id="new@acme.example", in_reply_to="root@acme.example"))
    with imap.connector() as mailbox:
        assert ids(mailbox.conversation(message)) == ["root@acme.example"]
        imap.proxy.up = rewrite(rb"UID SEARCH .*HEADER.*\r\n", b"UID SEARCH NONSENSE\r\n")
        assert list(mailbox.conversation(message)) == []


def test_a_chain_of_many_ids_is_searched_in_few_questions(imap: DovecotStore) -> None:
    """References may name hundreds."""
    _deliver(imap, "r0", "r39")
    chain = tuple(f"r{n}@acme.example" for n in range(40))
    message = parse(letter(message_id="new@acme.example", references=chain))
    with imap.connector() as mailbox:
        assert ids(mailbox.conversation(message)) == ["r0@acme.example", "r39@acme.example"]


def test_the_connector_is_small_in_what_it_holds(imap: DovecotStore) -> None:
    """It survives without a server what needs none, and says plainly that it was not entered."""
    mailbox = imap.connector()
    assert isinstance(mailbox, ImapMailbox)
    mailbox.interrupt()
    assert mailbox.cursor_after("x") == "x"
