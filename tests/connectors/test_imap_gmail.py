"""Gmail over IMAP: its own ids where it offers them, and All Mail read with a sense for what lies in it."""

from typing import Any

import pytest

from mailhook.mail.parse import parse
from tests.connectors.contract import draft_for, ids, letter
from tests.servers.gmail_accent import Facts, GmailAccent
from tests.servers.imap_store import DovecotStore

pytestmark = pytest.mark.dovecot

NEWS, INBOXED, MINE, DRAFT = 1, 2, 3, 4


@pytest.fixture
def gmail(imap: DovecotStore) -> GmailAccent:
    """All Mail holds news that a filter took past the inbox, a message of the inbox, a sent one and a draft."""
    return GmailAccent(
        imap.proxy,
        {
            NEWS: Facts(
                msgid=1278455344230334865, thrid=1266894439832287888, labels=b'"Jobs" "\\\\Important"'
            ),
            INBOXED: Facts(msgid=2, thrid=1266894439832287888, labels=b'"\\\\Inbox" "\\\\Sent"'),
            MINE: Facts(msgid=3, thrid=1266894439832287888, labels=b'"\\\\Sent"'),
            DRAFT: Facts(msgid=4, thrid=77, labels=b'"\\\\Draft"'),
        },
    )


def _fill(store: DovecotStore) -> None:
    for name in ("news", "inboxed", "mine", "draft"):
        store.put(letter(message_id=f"{name}@acme.example"), "archive")


def _everywhere(store: DovecotStore) -> Any:
    return store.connector(mailboxes=["*"])


def test_all_mail_yields_what_arrived_and_not_what_was_written(
    imap: DovecotStore, gmail: GmailAccent
) -> None:
    """What filters took past the inbox is found; own mail and drafts, which lie there too, do not arrive."""
    with _everywhere(imap) as mailbox:
        cursor = mailbox.start(None)
        _fill(imap)
        arrivals = list(mailbox.arrived(cursor))
        assert [(*ids([a]), a.place, a.durable_id, a.thread_id) for a in arrivals] == [
            ("news@acme.example", "archive", "1278455344230334865", "1266894439832287888"),
            ("inboxed@acme.example", "inbox", "2", "1266894439832287888"),
        ]
        assert list(mailbox.arrived(mailbox.cursor_after(cursor))) == []


def test_a_conversation_is_gmails_own(imap: DovecotStore, gmail: GmailAccent) -> None:
    """By its thread id in All Mail, whatever the header fields say; the sent answer is known as such."""
    with _everywhere(imap) as mailbox:
        cursor = mailbox.start(None)
        _fill(imap)
        news = next(iter(mailbox.arrived(cursor)))
        found = mailbox.conversation(parse(news.raw), thread_id=news.thread_id)
        assert [(*ids([a]), a.place) for a in found] == [
            ("inboxed@acme.example", "inbox"),
            ("mine@acme.example", "sent"),
        ]
        assert b'EXAMINE "Archive"' in imap.proxy.wire.commands()


def test_a_draft_is_checked_to_have_landed_in_its_thread(imap: DovecotStore, gmail: GmailAccent) -> None:
    """Gmail threads by header fields; where it did not, that is said."""
    with imap.connector() as mailbox:
        assert mailbox.keep(draft_for("news@acme.example"), thread_id="1266894439832287888").in_thread
        assert not mailbox.keep(draft_for("news@acme.example"), thread_id="77").in_thread
        assert mailbox.keep(draft_for("news@acme.example")).in_thread


def test_a_draft_is_found_in_drafts_before_its_twin_in_all_mail(
    imap: DovecotStore, gmail: GmailAccent
) -> None:
    """Every draft lies in All Mail too; when it was sent, All Mail says so."""
    draft = draft_for("news@acme.example")
    with imap.connector() as mailbox:
        imap.put(letter(), "archive")
        imap.put(letter(), "archive")
        imap.put(draft.raw, "archive")
        found = mailbox.find(draft)
        assert found is not None
        assert (found.mailbox, found.place) == ("Archive", "sent")
        kept = mailbox.keep(draft)
        assert mailbox.find(draft) == kept
        assert kept.mailbox == "Drafts"


def test_a_thread_id_that_is_none_is_never_asked_for(imap: DovecotStore, gmail: GmailAccent) -> None:
    """It would go out as part of a command."""
    message = parse(letter(in_reply_to="a@acme.example"))
    with imap.connector() as mailbox:
        for thread_id in ("1 OR ALL", "1\r\nA1 NOOP", "", "½"):
            assert list(mailbox.conversation(message, thread_id=thread_id)) == []
    assert not any(b"X-GM-THRID" in c for c in imap.proxy.wire.commands() if c.startswith(b"UID SEARCH"))
