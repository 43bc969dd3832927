"""Nothing but the commands on the list leaves this process, whoever asks for it."""

from collections.abc import Callable

import pytest
from imapclient import IMAPClient

from mailhook.connectors._imap_wire import Guard
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.imap_store import DovecotStore

ALLOWED = [
    b"A1 CAPABILITY\r\n",
    b"A1 NOOP\r\n",
    b'A1 LIST "" "*"\r\n',
    b'A1 LIST "" "*" RETURN (SPECIAL-USE)\r\n',
    b'A1 EXAMINE "INBOX"\r\n',
    b'A1 EXAMINE "Entw&APw-rfe \\"neu\\""\r\n',
    b'A1 STATUS "INBOX" (UIDNEXT UIDVALIDITY)\r\n',
    b"A1 UID FETCH 1,2,3 (BODY.PEEK[]<0.65536> RFC822.SIZE INTERNALDATE)\r\n",
    b"A1 UID FETCH 1:* (X-GM-MSGID X-GM-THRID X-GM-LABELS BODY.PEEK[])\r\n",
    b"A1 UID FETCH 9 (BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES)])\r\n",
    b'A1 UID SEARCH OR HEADER MESSAGE-ID "a@b" HEADER REFERENCES "a@b"\r\n',
    b'A1 LOGIN "me" "secret"\r\n',
    b"A1 LOGOUT\r\n",
]
REFUSED = [
    b'A1 SELECT "INBOX"\r\n',
    b"A1 STORE 1 +FLAGS (\\Seen)\r\n",
    b"A1 UID STORE 1 +FLAGS (\\Seen)\r\n",
    b"A1 EXPUNGE\r\n",
    b"A1 UID EXPUNGE 1\r\n",
    b"A1 CLOSE\r\n",
    b'A1 COPY 1 "Trash"\r\n',
    b'A1 UID MOVE 1 "Trash"\r\n',
    b'A1 DELETE "INBOX"\r\n',
    b'A1 RENAME "INBOX" "x"\r\n',
    b'A1 CREATE "Drafts"\r\n',
    b'A1 SUBSCRIBE "x"\r\n',
    b'A1 SETACL "INBOX" anyone lrs\r\n',
    b"A1 FETCH 1 (BODY.PEEK[])\r\n",
    b"A1 UID FETCH 1 (BODY[])\r\n",
    b"A1 UID FETCH 1 (BODY[TEXT])\r\n",
    b"A1 UID FETCH 1 (RFC822)\r\n",
    b"A1 UID FETCH 1 (RFC822.TEXT)\r\n",
    b"A1 UID FETCH 1 (BODY.PEEK[] BODY[])\r\n",
    b"A1 UID FETCH 1 RFC822\r\n",
    b'A1 APPEND "INBOX" (\\Draft \\Seen) {5}\r\n',
    b'A1 APPEND "Drafts" (\\Seen) {5}\r\n',
    b'A1 APPEND "Drafts" {5}\r\n',
    b'A1 NOOP\r\nA2 DELETE "INBOX"\r\n',
    b'A1 UID SEARCH HEADER MESSAGE-ID "a\r\nA2 DELETE INBOX\r\n"\r\n',
    b'A1 UID SEARCH HEADER MESSAGE-ID "a\0"\r\n',
    b"A1 UID SEARCH SUBJECT {3}\r\n",
    b"A1 UID SEARCH SUBJECT {3+}\r\n",
    b"A1 noop\r\n",
    b"A1 NOOP",
    b"QUJD\r\n",
    b"DONE\r\n",
    b"",
]


@pytest.mark.parametrize("command", ALLOWED)
def test_what_reads_is_let_through(command: bytes) -> None:
    """The commands of a scan."""
    Guard().check(command)


@pytest.mark.parametrize("command", REFUSED)
def test_what_changes_anything_is_refused(command: bytes) -> None:
    """SELECT clears flags, BODY[] sets one, and a second line is a second command."""
    guard = Guard()
    guard.allow_drafts(b'"Drafts"')
    with pytest.raises(RuntimeError, match="refused"):
        guard.check(command)


def test_an_append_goes_to_drafts_and_is_as_long_as_announced() -> None:
    """One literal of exactly that many bytes, then the end of the line."""
    guard = Guard()
    guard.allow_drafts(b'"Drafts"')
    for data in (b'A1 APPEND "Drafts" (\\Draft \\Seen) {5}\r\n', b"a\r\nbc", b"\r\n", b"A2 NOOP\r\n"):
        guard.check(data)
    guard.check(b'A3 APPEND "Drafts" (\\Draft \\Seen) {5}\r\n')
    with pytest.raises(RuntimeError, match="literal"):
        guard.check(b'hello\r\nA4 DELETE "INBOX"\r\n')


def test_a_mailbox_is_made_only_where_the_person_asked() -> None:
    """And only that one."""
    guard = Guard()
    guard.allow_drafts(b'"Drafts"', create=True)
    guard.check(b'A1 CREATE "Drafts"\r\n')
    with pytest.raises(RuntimeError):
        guard.check(b'A1 CREATE "Other"\r\n')
    guard.allow_drafts(b'"Drafts"')
    with pytest.raises(RuntimeError):
        guard.check(b'A1 CREATE "Drafts"\r\n')


def test_while_idling_only_done_may_be_said() -> None:
    """Another command would hang the connection."""
    guard = Guard()
    guard.check(b"A1 IDLE\r\n")
    with pytest.raises(RuntimeError):
        guard.check(b"A2 NOOP\r\n")
    guard.check(b"DONE\r\n")
    guard.check(b"A2 NOOP\r\n")


def test_a_login_by_sasl_goes_through_and_ends_with_the_next_command() -> None:
    """Base64 lines belong to AUTHENTICATE alone."""
    guard = Guard()
    for data in (b"A1 AUTHENTICATE XOAUTH2\r\n", b"dXNlcj1hAQ==", b"\r\n", b"\r\n", b"A2 NOOP\r\n"):
        guard.check(data)
    with pytest.raises(RuntimeError):
        guard.check(b"dXNlcj1hAQ==")


@pytest.mark.dovecot
def test_the_library_itself_cannot_select_or_store(dovecot: Dovecot) -> None:
    """The wall stands below imapclient: its own methods fail on it, and nothing of them reaches the server."""
    store = DovecotStore(dovecot)
    try:
        with store.connector() as mailbox, mailbox._talk() as session:
            client = session._client
            session.examine("INBOX")
            attempts: list[Callable[[], object]] = [
                lambda: client.select_folder("INBOX"),
                lambda: client.set_flags([1], [b"\\Seen"]),
                lambda: client.expunge(),
                lambda: client.move([1], "Trash"),
                lambda: client.delete_folder("Drafts"),
                lambda: client.create_folder("New"),
                lambda: client.append("INBOX", b"x"),
                lambda: client.fetch([1], ["BODY[]"]),
                lambda: client.search(["HEADER", "MESSAGE-ID", "a\r\nZ1 DELETE INBOX"]),
            ]
            for forbidden in attempts:
                with pytest.raises(RuntimeError, match="refused"):
                    forbidden()
        assert set(store.proxy.wire.verbs()) <= {"CAPABILITY", "AUTHENTICATE", "EXAMINE", "LOGOUT"}
    finally:
        store.close()


@pytest.mark.dovecot
def test_the_libraries_neither_format_nor_keep_what_is_said(dovecot: Dovecot) -> None:
    """imapclient turns imaplib's debugging on, at twenty times the cost of a fetch; when it stops, our line can go."""
    store = DovecotStore(dovecot)
    try:
        with store.connector() as mailbox, mailbox._talk() as session:
            assert session.wire.debug == 0
            assert session.wire._cmd_log == {}
        plain = IMAPClient("localhost", port=dovecot.port, ssl=False)
        plain.login(store.user, PASSWORD)
        assert plain._imap.debug == 5
        plain.logout()
    finally:
        store.close()
