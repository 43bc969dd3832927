"""Which mailbox is which: by the server's word, else the person's, else by the names people's programs use."""

from collections.abc import Iterator, Sequence

import pytest

from mailhook.connectors._imap_mailboxes import Mailbox, drafts_mailbox, everywhere, find_mailbox, read_list
from mailhook.connectors._special_use import NAMES, use_by_name
from mailhook.errors import AccountError
from tests.connectors.contract import draft_for, ids, letter
from tests.servers.dovecot import Dovecot
from tests.servers.imap_store import POOR_NAMES, DovecotStore

GMAIL_GERMAN = [
    rb'(\HasNoChildren) "/" "INBOX"',
    rb'(\HasChildren \Noselect) "/" "[Google Mail]"',
    rb'(\All \HasNoChildren) "/" "[Google Mail]/Alle Nachrichten"',
    rb'(\Drafts \HasNoChildren) "/" "[Google Mail]/Entw&APw-rfe"',
    rb'(\HasNoChildren \Sent) "/" "[Google Mail]/Gesendet"',
    rb'(\HasNoChildren \Trash) "/" "[Google Mail]/Papierkorb"',
    rb'(\HasNoChildren \Junk) "/" "[Google Mail]/Spam"',
    rb'(\HasNoChildren) "/" "Bewerbungen"',
]
CYRUS = [
    rb'(\HasChildren) "." INBOX',
    rb'(\HasNoChildren \drafts) "." INBOX.Drafts',
    rb'(\HasNoChildren \sent) "." INBOX.Sent',
]
COURIER = [
    rb'(\HasChildren) "." "INBOX"',
    rb'(\HasNoChildren) "." "INBOX.Drafts"',
    rb'(\HasNoChildren) "." "INBOX.Sent"',
]
EXCHANGE = [
    rb'(\HasNoChildren) "/" "INBOX"',
    rb'(\HasNoChildren) "/" "Brouillons"',
    rb'(\HasNoChildren) "/" "&AMk-l&AOk-ments envoy&AOk-s"',
    rb'(\HasNoChildren) "/" "&AMk-l&AOk-ments supprim&AOk-s"',
    rb'(\HasNoChildren) "/" "Courrier ind&AOk-sirable"',
]
ODD = [
    rb"() NIL INBOX",
    (rb'(\HasNoChildren) "/" {6}', b"Drafts"),
    b"",
    rb'(\HasNoChildren) "/" "2026"',
    rb'(\HasNoChildren) "/" 2027',
    rb'(\HasNoChildren) "/" "say \"hi\" \\ there"',
    rb'(\HasNoChildren) "/" "broken &APw"',
    rb'(\NonExistent) "/" "Entw&APw-rfe"',
    rb'(\HasNoChildren \X-Unknown) "/" "inbox"',
]


def _uses(lines: Sequence[object]) -> dict[str, str | None]:
    return {mailbox.name: mailbox.use for mailbox in read_list(lines)}


def test_gmail_in_any_language_says_which_is_which() -> None:
    """By attributes; the names are modified UTF-7."""
    mailboxes = read_list(GMAIL_GERMAN)
    assert mailboxes[0].name == "INBOX"
    drafts = drafts_mailbox(mailboxes, None)
    assert drafts is not None
    assert drafts.name == "[Google Mail]/Entwürfe"
    assert [m.name for m in everywhere(mailboxes, gmail=True)] == ["[Google Mail]/Alle Nachrichten"]
    assert [m.name for m in everywhere(mailboxes, gmail=False)] == ["INBOX", "Bewerbungen"]


def test_attributes_count_in_any_case() -> None:
    """Cyrus writes them small."""
    assert _uses(CYRUS) == {"INBOX": None, "INBOX.Drafts": "drafts", "INBOX.Sent": "sent"}


def test_names_below_inbox_are_known() -> None:
    """Courier says nothing of use."""
    assert _uses(COURIER) == {"INBOX": None, "INBOX.Drafts": "drafts", "INBOX.Sent": "sent"}


def test_names_in_other_languages_are_known() -> None:
    """Old Exchange says nothing either."""
    assert _uses(EXCHANGE) == {
        "INBOX": None,
        "Brouillons": "drafts",
        "Éléments envoyés": "sent",
        "Éléments supprimés": "trash",
        "Courrier indésirable": "junk",
    }


def test_odd_answers_to_list_are_read() -> None:
    """Literals, numbers, quotes, no hierarchy; what is no modified UTF-7 is passed over."""
    mailboxes = {mailbox.name: mailbox for mailbox in read_list(ODD)}
    assert {"INBOX", "Drafts", "2026", "2027", 'say "hi" \\ there', "Entwürfe"} <= set(mailboxes)
    assert not mailboxes["Entwürfe"].selectable
    drafts = drafts_mailbox(tuple(mailboxes.values()), None)
    assert drafts is not None
    assert drafts.name == "Drafts"


@pytest.mark.parametrize("name", [*NAMES["drafts"], "ENTWÜRFE", "entwu\u0308rfe", "DRAFTS"])
def test_every_name_for_drafts_is_known(name: str) -> None:
    """In any case and normal form, also below INBOX and [Gmail]."""
    assert use_by_name(name, "/") == "drafts"
    assert use_by_name(f"INBOX.{name}", ".") == "drafts"
    assert use_by_name(f"[Gmail]/{name}", "/") == "drafts"
    assert use_by_name(f"Old/{name}", "/") is None


def test_no_name_has_two_uses() -> None:
    """Mail in a mailbox of two uses would be read or passed over by chance."""
    named = [(name.casefold(), use) for use, names in NAMES.items() for name in names]
    assert len({name for name, _ in named}) == len(set(named))


def _box(name: str, *, told: bool = False, use: bool = True) -> Mailbox:
    return Mailbox(
        name=name, separator="/", told="drafts" if told else None, use="drafts" if use or told else None
    )


@pytest.mark.parametrize(
    ("mailboxes", "configured", "chosen"),
    [
        ([_box("Entwürfe", told=True), _box("Drafts")], None, "Entwürfe"),
        ([_box("Entwürfe", told=True), _box("Drafts")], "Drafts", "Entwürfe"),
        ([_box("Entwürfe", told=True), _box("Drafts", told=True)], "Drafts", "Drafts"),
        ([_box("Mine", use=False), _box("Drafts")], "Mine", "Mine"),
        ([_box("Drafts")], "Missing", None),
        ([_box("Entwürfe"), _box("Drafts")], None, "Drafts"),
        ([_box("Other", use=False)], None, None),
        ([], None, None),
    ],
)
def test_drafts_is_the_servers_word_then_the_persons_then_a_name(
    mailboxes: list[Mailbox], configured: str | None, chosen: str | None
) -> None:
    """`drafts` in the configuration counts only where the server does not say."""
    found = drafts_mailbox(mailboxes, configured)
    assert (found.name if found else None) == chosen
    assert found is None or found.place == "drafts"


def test_a_name_is_found_below_inbox_too() -> None:
    """A person writes "Archive" where the server wants INBOX.Archive."""
    mailboxes = read_list(COURIER)
    found = find_mailbox(mailboxes, "Sent")
    assert found is not None
    assert found.name == "INBOX.Sent"
    inbox = find_mailbox(mailboxes, "inbox")
    assert inbox is not None
    assert inbox.name == "INBOX"


@pytest.mark.dovecot
def test_all_mail_is_every_mailbox_where_mail_arrives(imap: DovecotStore) -> None:
    """Not junk, trash, drafts or sent; each message once, with the mailbox it lies in."""
    with imap.connector(mailboxes=["*"]) as mailbox:
        cursor = mailbox.start(None)
        for where in ("sent", "drafts", "trash", "junk", "archive"):
            imap.put(letter(message_id=f"{where}@acme.example"), where)
        imap.put(letter(message_id="filed@acme.example"), "archive")
        with imap.owner() as connection:
            connection.create('"Jobs &APw-ber alles"')
            connection.append('"Jobs &APw-ber alles"', "", "", letter(message_id="jobs@acme.example"))
        found = sorted((arrival.mailbox, *map(str, ids([arrival]))) for arrival in mailbox.arrived(cursor))
        assert found == [
            ("Archive", "archive@acme.example"),
            ("Archive", "filed@acme.example"),
            ("Jobs über alles", "jobs@acme.example"),
        ]
        assert list(mailbox.arrived(mailbox.cursor_after(cursor))) == []


@pytest.mark.dovecot
def test_each_mailbox_has_its_own_progress(imap: DovecotStore) -> None:
    """A cursor from the middle of one goes on there, and with the next."""
    imap.put(letter(), "archive")
    with imap.connector(mailboxes=["INBOX", "Archive"]) as mailbox:
        cursor = mailbox.start(None)
        for n in range(2):
            imap.deliver(letter(message_id=f"i{n}@acme.example"))
            imap.put(letter(message_id=f"a{n}@acme.example"), "archive")
        everything = list(mailbox.arrived(cursor))
        names = ids(everything)
        assert names == ["i0@acme.example", "i1@acme.example", "a0@acme.example", "a1@acme.example"]
        for n, arrival in enumerate(everything):
            assert ids(mailbox.arrived(arrival.cursor)) == names[n + 1 :]


@pytest.mark.dovecot
def test_a_mailbox_that_is_new_is_read_from_the_first_start_on(imap: DovecotStore) -> None:
    """Mail filed there since then arrives; what is older does not, however many there are."""
    with imap.connector(mailboxes=["*"]) as mailbox:
        cursor = mailbox.start(None)
        with imap.owner() as connection:
            connection.create('"New"')
            connection.append(
                '"New"', "", '"01-Jan-2020 00:00:00 +0000"', letter(message_id="old@acme.example")
            )
            connection.append('"New"', "", "", letter(message_id="new@acme.example"))
        assert ids(mailbox.arrived(cursor)) == ["new@acme.example"]
        with imap.owner() as connection:
            connection.delete('"New"')
        assert list(mailbox.arrived(mailbox.cursor_after(cursor))) == []


@pytest.mark.dovecot
def test_a_mailbox_that_does_not_exist_is_named(imap: DovecotStore) -> None:
    """With those that do."""
    wrong = imap.connector(mailboxes=["INBOX", "Bewerbung"])
    with wrong as mailbox, pytest.raises(AccountError, match=r"Bewerbung.*there are: INBOX.*mailboxes"):
        mailbox.start(None)


@pytest.fixture
def poor(poor_dovecot: Dovecot) -> Iterator[DovecotStore]:
    """A fresh user of the poor server."""
    store = DovecotStore(poor_dovecot, names=POOR_NAMES, prefix="INBOX.", poll=0.2)
    yield store
    store.close()


@pytest.mark.dovecot
def test_a_poor_server_says_what_is_weaker(poor: DovecotStore) -> None:
    """In sentences for `mailhook check`."""
    with poor.connector() as mailbox:
        health = mailbox.health()
    assert (health.drafts, health.wakes) == ("INBOX.Entwürfe", False)
    assert len(health.notes) == 3
    assert any("INBOX.Entwürfe" in note for note in health.notes)


@pytest.mark.dovecot
def test_a_mailbox_is_made_below_inbox_where_all_are(poor: DovecotStore) -> None:
    """create_drafts with a prefix."""
    with poor.owner() as connection:
        connection.delete('"INBOX.Entw&APw-rfe"')
        connection.create('"INBOX.Other"')
    with poor.connector(create_drafts=True, drafts="Antworten") as mailbox:
        assert mailbox.keep(draft_for(None)).mailbox == "INBOX.Antworten"
