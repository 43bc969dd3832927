"""The specification of the port: what must be true of every connector, on a real store.

A connector's own test module subclasses `ConnectorContract` and gives it a `store` fixture: a fresh account for each
test, with a `Store` to look at it and change it as its owner and the world would, past the connector.
"""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from typing import Any, Literal, Protocol

import pytest

from mailhook.connector import Arrival, Connector
from mailhook.errors import CursorExpired, NoDrafts
from mailhook.mail.message import Message
from mailhook.mail.parse import parse
from mailhook.reply.draft import Draft, body_digest

Where = Literal["inbox", "sent", "drafts", "trash", "archive", "junk"]


class Store(Protocol):
    """One account, seen from outside the connector."""

    def connector(self, **settings: Any) -> Connector:
        """Return a connector to this account, not yet entered."""

    def deliver(self, raw: bytes) -> None:
        """Let a message arrive in the inbox."""

    def put(self, raw: bytes, where: Where) -> None:
        """Put a message into another mailbox, as its owner's mail program would."""

    def read_by_owner(self) -> None:
        """Read and flag everything in the inbox, as its owner would."""

    def remove(self, message_id: str) -> None:
        """Delete a message of the inbox for ever."""

    def inbox_state(self) -> object:
        """Return all that a reader could change in the inbox: what is there, each flag, each modification sequence."""

    def drafts(self) -> list[bytes]:
        """Return the messages in the Drafts mailbox, with LF line ends."""

    def drafts_are_marked(self) -> bool:
        """Say whether every draft there is flagged as a draft and as seen."""

    def outdate_cursors(self) -> bool:
        """Make the store forget what its cursors meant; False where this store cannot."""

    def lose_drafts(self) -> bool:
        """Take the Drafts mailbox away; False where this store cannot."""


_number = count(1)


def letter(
    text: str = "Thank you for your time.",
    *,
    message_id: str | None = None,
    in_reply_to: str | None = None,
    references: tuple[str, ...] = (),
    subject: str = "Your application",
) -> bytes:
    """Return a plain message with CRLF line ends; each has a msg-id of its own."""
    message = EmailMessage()
    message["From"] = "Jane Roe <jane.roe@acme.example>"
    message["To"] = "Alex Morgan <alex.morgan@example.org>"
    message["Subject"] = subject
    message["Date"] = "Mon, 02 Mar 2026 09:12:00 +0000"
    message["Message-ID"] = f"<{message_id or f'm{next(_number)}@acme.example'}>"
    if in_reply_to is not None:
        message["In-Reply-To"] = f"<{in_reply_to}>"
    if references:
        message["References"] = " ".join(f"<{each}>" for each in references)
    message.set_content(text)
    return message.as_bytes().replace(b"\n", b"\r\n")


def draft_for(in_reply_to: str | None, text: str = "Thank you. May I ask what decided it?\n") -> Draft:
    """Return a draft that answers a message."""
    message_id = f"d{next(_number)}@example.org"
    raw = letter(text, message_id=message_id, in_reply_to=in_reply_to, subject="Re: Your application")
    return Draft(
        message_id=message_id,
        recipient="jane.roe@acme.example",
        subject="Re: Your application",
        text=text,
        raw=raw,
        in_reply_to=in_reply_to,
        body_sha256=body_digest(text),
    )


def lf(raw: bytes) -> bytes:
    """Return a message with LF line ends, for comparison."""
    return raw.replace(b"\r\n", b"\n")


def ids(arrivals: Iterator[Arrival] | list[Arrival] | tuple[Arrival, ...] | Any) -> list[str | None]:
    """Return the msg-ids of arrivals."""
    return [parse(arrival.raw).message_id for arrival in arrivals]


class ConnectorContract:
    """Every test runs against every connector."""

    @pytest.fixture
    def mailbox(self, store: Store) -> Iterator[Connector]:
        """The connector, entered."""
        with store.connector() as connector:
            yield connector

    # Where to start -----------------------------------------------------------------------------------------------------------

    def test_what_was_there_before_does_not_arrive(self, store: Store, mailbox: Connector) -> None:
        """A first run looks only at what arrives from now on."""
        store.deliver(letter())
        cursor = mailbox.start(None)
        assert list(mailbox.arrived(cursor)) == []
        assert mailbox.cursor_after(cursor) == cursor

    def test_the_cursor_of_an_empty_account_sees_the_first_message(
        self, store: Store, mailbox: Connector
    ) -> None:
        """An account may begin with nothing in it."""
        cursor = mailbox.start(None)
        store.deliver(letter(message_id="first@acme.example"))
        assert ids(mailbox.arrived(cursor)) == ["first@acme.example"]

    def test_a_cursor_since_a_moment_covers_what_came_since(self, store: Store, mailbox: Connector) -> None:
        """With `since`, what was received at or after that moment arrives; a moment in the future covers nothing yet."""
        store.deliver(letter(message_id="a@acme.example"))
        store.deliver(letter(message_id="b@acme.example"))
        now = datetime.now(UTC)
        assert ids(mailbox.arrived(mailbox.start(now - timedelta(days=2)))) == [
            "a@acme.example",
            "b@acme.example",
        ]
        received = [a.received for a in mailbox.arrived(mailbox.start(now - timedelta(days=2)))]
        assert ids(mailbox.arrived(mailbox.start(received[0])))[:1] == ["a@acme.example"]
        assert list(mailbox.arrived(mailbox.start(now + timedelta(days=2)))) == []

    # What arrived -------------------------------------------------------------------------------------------------------------

    def test_each_message_arrives_once_and_oldest_first(self, store: Store, mailbox: Connector) -> None:
        """In the order of delivery, whole, and never again once the cursor has moved."""
        cursor = mailbox.start(None)
        letters = [letter(f"Letter {n}", message_id=f"l{n}@acme.example") for n in range(5)]
        for raw in letters:
            store.deliver(raw)
        arrivals = list(mailbox.arrived(cursor))
        assert [lf(arrival.raw) for arrival in arrivals] == [lf(raw) for raw in letters]
        assert len({arrival.ref for arrival in arrivals}) == 5
        after = mailbox.cursor_after(cursor)
        assert after != cursor
        assert list(mailbox.arrived(after)) == []
        store.deliver(letter(message_id="later@acme.example"))
        assert ids(mailbox.arrived(after)) == ["later@acme.example"]

    def test_an_arrival_tells_where_when_and_how_large_it_is(self, store: Store, mailbox: Connector) -> None:
        """Place, mailbox, size and an aware time of receipt."""
        cursor = mailbox.start(None)
        store.deliver(letter())
        (arrival,) = mailbox.arrived(cursor)
        assert arrival.place == "inbox"
        assert arrival.mailbox in mailbox.health().mailboxes
        assert arrival.size >= len(lf(arrival.raw))
        assert arrival.received.tzinfo is not None
        assert abs(arrival.received - datetime.now(UTC)) < timedelta(hours=1)

    def test_the_cursor_of_each_arrival_continues_behind_it(self, store: Store, mailbox: Connector) -> None:
        """A pass that stopped anywhere goes on with the next message: none is lost, none comes twice."""
        cursor = mailbox.start(None)
        for n in range(4):
            store.deliver(letter(message_id=f"c{n}@acme.example"))
        everything = list(mailbox.arrived(cursor))
        for n, arrival in enumerate(everything):
            assert ids(mailbox.arrived(arrival.cursor)) == ids(everything[n + 1 :])

    def test_a_cursor_outlives_the_connection(self, store: Store, mailbox: Connector) -> None:
        """It is text, kept in the ledger, and understood by the next process."""
        cursor = mailbox.start(None)
        store.deliver(letter(message_id="a@acme.example"))
        first = list(mailbox.arrived(cursor))
        store.deliver(letter(message_id="b@acme.example"))
        with store.connector() as another:
            assert ids(another.arrived(cursor)) == ["a@acme.example", "b@acme.example"]
            assert ids(another.arrived(first[0].cursor)) == ["b@acme.example"]

    def test_a_pass_given_up_halfway_tells_how_far_it_came(self, store: Store, mailbox: Connector) -> None:
        """The cursor after a pass covers what was yielded, and no more."""
        cursor = mailbox.start(None)
        for n in range(3):
            store.deliver(letter(message_id=f"h{n}@acme.example"))
        arrivals = mailbox.arrived(cursor)
        next(arrivals)
        arrivals.close()  # type: ignore[attr-defined]  # the port promises an iterator; all of ours are generators
        assert ids(mailbox.arrived(mailbox.cursor_after(cursor))) == ["h1@acme.example", "h2@acme.example"]

    def test_drafts_can_be_kept_and_looked_up_between_two_arrivals(
        self, store: Store, mailbox: Connector
    ) -> None:
        """The scan does so for each rejection; the arrivals go on where they were."""
        cursor = mailbox.start(None)
        for n in range(3):
            store.deliver(letter(message_id=f"k{n}@acme.example"))
        seen = []
        for arrival in mailbox.arrived(cursor):
            message = parse(arrival.raw)
            seen.append(message.message_id)
            draft = draft_for(message.message_id)
            assert mailbox.find(draft) is None
            mailbox.conversation(message, thread_id=arrival.thread_id)
            mailbox.keep(draft, thread_id=arrival.thread_id)
        assert seen == ["k0@acme.example", "k1@acme.example", "k2@acme.example"]
        assert len(store.drafts()) == 3
        assert list(mailbox.arrived(mailbox.cursor_after(cursor))) == []

    def test_reading_changes_nothing(self, store: Store, mailbox: Connector) -> None:
        """Every flag and every modification sequence stays; unread stays unread."""
        cursor = mailbox.start(None)
        store.deliver(letter(message_id="a@acme.example"))
        store.deliver(letter(in_reply_to="a@acme.example"))
        before = store.inbox_state()
        for arrival in mailbox.arrived(cursor):
            message = parse(arrival.raw)
            mailbox.conversation(message, thread_id=arrival.thread_id)
            draft = draft_for(message.message_id)
            mailbox.find(draft)
            mailbox.keep(draft, thread_id=arrival.thread_id)
        mailbox.health()
        assert store.inbox_state() == before

    def test_mail_that_its_owner_has_read_does_not_arrive_again(
        self, store: Store, mailbox: Connector
    ) -> None:
        """Flags change, files are renamed, sequences move: it is the same message."""
        cursor = mailbox.start(None)
        store.deliver(letter())
        list(mailbox.arrived(cursor))
        after = mailbox.cursor_after(cursor)
        store.read_by_owner()
        assert list(mailbox.arrived(after)) == []

    def test_mail_read_by_its_owner_first_still_arrives(self, store: Store, mailbox: Connector) -> None:
        """Progress is our own, never the unread flag."""
        cursor = mailbox.start(None)
        store.deliver(letter(message_id="read@acme.example"))
        store.read_by_owner()
        assert ids(mailbox.arrived(cursor)) == ["read@acme.example"]

    def test_mail_deleted_meanwhile_is_passed_over(self, store: Store, mailbox: Connector) -> None:
        """It is no error, the others arrive, and the cursor gets past it."""
        cursor = mailbox.start(None)
        for name in ("a", "b", "c"):
            store.deliver(letter(message_id=f"{name}@acme.example"))
        assert len(list(mailbox.arrived(cursor))) == 3
        store.remove("b@acme.example")
        assert ids(mailbox.arrived(cursor)) == ["a@acme.example", "c@acme.example"]
        store.remove("c@acme.example")
        assert ids(mailbox.arrived(cursor)) == ["a@acme.example"]
        store.deliver(letter(message_id="d@acme.example"))
        assert ids(mailbox.arrived(mailbox.cursor_after(cursor))) == ["d@acme.example"]

    def test_the_same_bytes_delivered_twice_arrive_twice(self, store: Store, mailbox: Connector) -> None:
        """Whether they are one message is for the scan to judge."""
        cursor = mailbox.start(None)
        raw = letter()
        store.deliver(raw)
        store.deliver(raw)
        assert len({arrival.ref for arrival in mailbox.arrived(cursor)}) == 2

    def test_of_a_large_message_only_the_text_is_read(self, store: Store, mailbox: Connector) -> None:
        """Attachments may be cut off; the size is the whole message's."""
        message = EmailMessage()
        message["Message-ID"] = "<large@acme.example>"
        message["Subject"] = "With a brochure"
        message.set_content("We have decided otherwise.")
        message.add_attachment(
            b"\x00\x01\x02" * 700_000, maintype="application", subtype="pdf", filename="brochure.pdf"
        )
        raw = message.as_bytes().replace(b"\n", b"\r\n")
        cursor = mailbox.start(None)
        store.deliver(raw)
        (arrival,) = mailbox.arrived(cursor)
        assert parse(arrival.raw).text == "We have decided otherwise."
        assert len(arrival.raw) < 300_000
        assert arrival.size >= len(lf(raw))

    def test_a_text_that_was_cut_is_read_on(self, store: Store, mailbox: Connector) -> None:
        """A long HTML part ends behind the first 64 KB, and the news stand at its end."""
        message = EmailMessage()
        message["Message-ID"] = "<long@acme.example>"
        message.set_content("See the HTML part.")
        filler = "<p style='color: #111; font-size: 12px'>Company news.</p>\n" * 2000
        message.add_alternative(
            f"<html><body>{filler}<p>We have decided otherwise.</p></body></html>", subtype="html"
        )
        cursor = mailbox.start(None)
        store.deliver(message.as_bytes().replace(b"\n", b"\r\n"))
        (arrival,) = mailbox.arrived(cursor)
        assert b"We have decided otherwise." in arrival.raw

    @pytest.mark.parametrize(
        "raw",
        [
            b"Subject: no end of header",
            b"\r\n\r\n",
            b"no header at all\r\nonly text\r\n",
            b"Subject: caf\xe9 \xff\xfe\r\nMessage-ID: <\xe9@x>\r\n\r\n\xe9\r\n",
            b'Message-ID: <a{5}"b\\c@x>\r\nSubject: {3}\r\n\r\n* 1 EXISTS\r\n)\r\nA1 OK done\r\n',
            b"Subject: long line\r\n\r\n" + b"x" * 50_000 + b"\r\n",
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 50,
        ],
        ids=[
            "no-body",
            "empty",
            "no-header",
            "eight-bit",
            "looks-like-imap",
            "long-line",
            "broken-multipart",
        ],
    )
    def test_odd_messages_arrive_byte_for_byte(self, store: Store, mailbox: Connector, raw: bytes) -> None:
        """Whatever the bytes, they are handed on; the store may have ended the last line."""
        cursor = mailbox.start(None)
        store.deliver(raw)
        store.deliver(letter(message_id="next@acme.example"))
        odd, following = mailbox.arrived(cursor)
        assert lf(odd.raw).rstrip(b"\r\n") == lf(raw).rstrip(b"\r\n")
        assert ids([following]) == ["next@acme.example"]

    def test_a_cursor_that_the_store_forgot_is_refused(self, store: Store, mailbox: Connector) -> None:
        """The scan then starts again from the last handled date, and nothing is lost."""
        cursor = mailbox.start(None)
        store.deliver(letter(message_id="a@acme.example"))
        if not store.outdate_cursors():
            pytest.skip("this store never forgets")
        with pytest.raises(CursorExpired):
            list(mailbox.arrived(cursor))
        again = mailbox.start(datetime.now(UTC) - timedelta(days=1))
        assert ids(mailbox.arrived(again)) == ["a@acme.example"]

    @pytest.mark.parametrize("cursor", ["", "{}", "[]", "null", "17", '{"INBOX": "x"}', "\x00", "é"])
    def test_what_is_no_cursor_is_refused(self, store: Store, mailbox: Connector, cursor: str) -> None:
        """A ledger of another time or store may hold anything."""
        with pytest.raises(CursorExpired):
            list(mailbox.arrived(cursor))

    # The conversation ---------------------------------------------------------------------------------------------------------

    def test_a_conversation_is_found_in_every_mailbox_but_junk(
        self, store: Store, mailbox: Connector
    ) -> None:
        """Earlier mail, own answers, drafts, what was archived; oldest first, without the message itself."""
        store.deliver(letter(message_id="root@acme.example"))
        store.put(
            letter(
                message_id="mine@example.org",
                in_reply_to="root@acme.example",
                references=("root@acme.example",),
            ),
            "sent",
        )
        store.put(letter(message_id="old@acme.example", references=("root@acme.example",)), "archive")
        store.put(letter(message_id="begun@example.org", in_reply_to="news@acme.example"), "drafts")
        store.put(letter(message_id="spam@evil.example", in_reply_to="root@acme.example"), "junk")
        store.deliver(letter(message_id="other@elsewhere.example"))
        cursor = mailbox.start(None)
        news = letter(
            message_id="news@acme.example", in_reply_to="mine@example.org", references=("root@acme.example", "mine@example.org")
        )  # fmt: skip
        store.deliver(news)
        (arrival,) = mailbox.arrived(cursor)
        found = mailbox.conversation(parse(arrival.raw), thread_id=arrival.thread_id)
        places = {parse(each.raw).message_id: each.place for each in found}
        assert places == {
            "root@acme.example": "inbox",
            "mine@example.org": "sent",
            "old@acme.example": "archive",
            "begun@example.org": "drafts",
        }
        assert [each.received for each in found] == sorted(each.received for each in found)
        assert {each.cursor for each in found} == {""}

    def test_a_conversation_holds_the_newest_fifty(self, store: Store, mailbox: Connector) -> None:
        """A thread of hundreds is not read whole."""
        cursor = mailbox.start(None)
        store.deliver(letter(message_id="root@acme.example"))
        for n in range(60):
            store.deliver(letter(message_id=f"n{n}@acme.example", references=("root@acme.example",)))
        first = next(iter(mailbox.arrived(cursor)))
        found = mailbox.conversation(parse(first.raw), thread_id=first.thread_id)
        assert len(found) == 50

    def test_a_message_id_is_compared_whole(self, store: Store, mailbox: Connector) -> None:
        """Servers search for parts of words; what only contains the msg-id does not belong."""
        store.deliver(letter(message_id="11@acme.example"))
        store.deliver(letter(message_id="x@acme.example", in_reply_to="91@acme.example.org"))
        message = parse(letter(message_id="new@acme.example", in_reply_to="1@acme.example"))
        assert list(mailbox.conversation(message)) == []

    @pytest.mark.parametrize(
        "hostile",
        [
            '<a@x"\r\nA1 DELETE INBOX\r\n>',
            '<x@y>" OR ALL "',
            "<a@x{10}>",
            "<a\x00b@x>",
            "<a\\@x>",
            "<{3}\r\nabc@x>",
            "<*@%>",
            "<" + "a" * 5000 + "@x>",
        ],
    )
    def test_a_hostile_message_id_does_no_harm(self, store: Store, mailbox: Connector, hostile: str) -> None:
        """Header fields are written by strangers; what cannot stand in a command is never searched for."""
        store.deliver(letter(message_id="safe@acme.example"))
        before = store.inbox_state()
        bare = hostile.strip("<>")
        raw = f"Message-ID: {hostile}\r\nReferences: <safe@acme.example> {hostile}\r\nIn-Reply-To: {hostile}\r\n\r\nx\r\n"
        for message in (
            parse(raw.encode()),
            Message(message_id=bare, in_reply_to=(bare,), references=("safe@acme.example", bare)),
        ):
            assert set(ids(mailbox.conversation(message, thread_id=bare))) <= {"safe@acme.example"}
        assert mailbox.find(replace(draft_for("a@acme.example"), in_reply_to=bare)) is None
        assert store.inbox_state() == before

    # Drafts -------------------------------------------------------------------------------------------------------------------

    def test_a_draft_is_kept_once_and_as_it_is(self, store: Store, mailbox: Connector) -> None:
        """In Drafts, flagged so that mail programs open it for writing, and not shown as unread."""
        draft = draft_for("news@acme.example", "Thank you, Jane.\nÜber die Stelle …\n")
        kept = mailbox.keep(draft)
        assert store.drafts() == [lf(draft.raw)]
        assert store.drafts_are_marked()
        assert (kept.place, kept.mailbox) == ("drafts", mailbox.health().drafts)
        assert mailbox.find(draft) == kept

    def test_a_large_draft_is_kept_whole(self, store: Store, mailbox: Connector) -> None:
        """A letter comes with its PDF."""
        draft = draft_for(None, "A line of the letter.\n" * 20_000)
        mailbox.keep(draft)
        assert store.drafts() == [lf(draft.raw)]
        assert mailbox.find(draft) is not None

    def test_a_draft_that_is_not_there_is_not_found(self, store: Store, mailbox: Connector) -> None:
        """Neither in an empty account nor among others' drafts in the same thread."""
        draft = draft_for("news@acme.example")
        assert mailbox.find(draft) is None
        store.put(letter("My own words.", in_reply_to="news@acme.example"), "drafts")
        assert mailbox.find(draft) is None

    def test_a_draft_is_found_by_its_text_where_its_id_was_changed(
        self, store: Store, mailbox: Connector
    ) -> None:
        """Some stores give drafts a msg-id of their own: then the parent and the text decide."""
        draft = draft_for("news@acme.example")
        store.put(
            letter(draft.text, message_id="rewritten@store.example", in_reply_to="news@acme.example"),
            "drafts",
        )
        found = mailbox.find(draft)
        assert found is not None
        assert found.place == "drafts"
        assert mailbox.find(draft_for("other@acme.example")) is None

    @pytest.mark.parametrize("where", ["sent", "trash", "archive"])
    def test_a_draft_that_was_sent_or_put_away_is_found_there(
        self, store: Store, mailbox: Connector, where: Where
    ) -> None:
        """So that it is never made again."""
        draft = draft_for("news@acme.example")
        store.put(draft.raw, where)
        found = mailbox.find(draft)
        assert found is not None
        assert found.place == where

    def test_a_look_from_a_mark_on_sees_only_what_came_since(self, store: Store, mailbox: Connector) -> None:
        """After a doubtful write only what is newer than the write can be its result."""
        earlier, later = draft_for("a@acme.example"), draft_for("b@acme.example")
        before = mailbox.mark()
        mailbox.keep(earlier)
        between = mailbox.mark()
        kept = mailbox.keep(later)
        assert mailbox.find(later, since=between) == kept
        assert mailbox.find(later, since=before) == kept
        assert mailbox.find(earlier, since=between) is None
        assert mailbox.find(earlier, since=before) is not None
        assert mailbox.find(later, since=mailbox.mark()) is None

    def test_where_there_is_no_drafts_mailbox_it_is_said_and_nothing_is_made(self, store: Store) -> None:
        """NoDrafts, from health and from keep."""
        if not store.lose_drafts():
            pytest.skip("this store always has a Drafts mailbox")
        with store.connector() as mailbox:
            with pytest.raises(NoDrafts, match="drafts"):
                mailbox.health()
            with pytest.raises(NoDrafts):
                mailbox.keep(draft_for(None))
        assert store.drafts() == []

    # Waiting ------------------------------------------------------------------------------------------------------------------

    def test_waiting_ends_when_nothing_comes(self, store: Store, mailbox: Connector) -> None:
        """False after the given time."""
        list(mailbox.arrived(mailbox.start(None)))
        assert mailbox.wait(0.5) is False

    def test_mail_that_came_before_the_wait_ends_it_at_once(self, store: Store, mailbox: Connector) -> None:
        """What arrives between the reading and the waiting is not waited past."""
        cursor = mailbox.start(None)
        list(mailbox.arrived(cursor))
        store.deliver(letter())
        assert mailbox.wait(30) is True

    def test_mail_that_comes_ends_the_wait(self, store: Store, mailbox: Connector) -> None:
        """Long before the given time, and the message then arrives."""
        cursor = mailbox.start(None)
        list(mailbox.arrived(cursor))
        delivery = threading.Timer(0.5, store.deliver, [letter(message_id="woke@acme.example")])
        delivery.start()
        try:
            assert mailbox.wait(60) is True
        finally:
            delivery.join()
        assert ids(mailbox.arrived(cursor)) == ["woke@acme.example"]

    def test_another_thread_can_end_the_wait(self, store: Store, mailbox: Connector) -> None:
        """As the service does on SIGTERM; the connector is as good as before."""
        cursor = mailbox.start(None)
        list(mailbox.arrived(cursor))
        interruption = threading.Timer(0.3, mailbox.interrupt)
        interruption.start()
        try:
            assert mailbox.wait(60) is False
        finally:
            interruption.join()
        store.deliver(letter(message_id="after@acme.example"))
        assert ids(mailbox.arrived(cursor)) == ["after@acme.example"]

    def test_an_interruption_before_the_wait_is_not_lost(self, store: Store, mailbox: Connector) -> None:
        """Between two waits nobody listens; the next one ends at once."""
        list(mailbox.arrived(mailbox.start(None)))
        mailbox.interrupt()
        assert mailbox.wait(60) is False

    # Coming and going ---------------------------------------------------------------------------------------------------------

    def test_it_can_be_left_twice_and_entered_again(self, store: Store) -> None:
        """A service that lost its connection enters again with the same object."""
        connector = store.connector()
        with connector as mailbox:
            cursor = mailbox.start(None)
        connector.__exit__(None, None, None)
        store.deliver(letter(message_id="again@acme.example"))
        with connector as mailbox:
            assert ids(mailbox.arrived(cursor)) == ["again@acme.example"]
