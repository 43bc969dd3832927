"""One pass over a mailbox on disk: what is drafted, what is not, and what is left as it was."""

import email.policy
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from mailhook.connector import Arrival, Connector
from mailhook.errors import CursorExpired
from mailhook.mail.message import Message
from mailhook.scan.rehearsal import OnlyRead
from tests.scan.mailroom import INTERVIEWED, ME, PRIVATE, RECEIPT, Mailroom, make_mail


def test_a_rejection_becomes_one_draft_in_its_thread(room: Mailroom) -> None:
    """To the person who wrote, from the address they wrote to, under the same subject, held to their message by its msg-id."""
    room.deliver(subject="Your application as Data Engineer at Acme", message_id="m1@acme.example")
    before = room.inbox()
    report = room.scan()
    (draft,) = room.drafts()
    assert {
        "from": draft.mail["From"], "to": draft.mail["To"], "cc": draft.mail["Cc"], "subject": draft.mail["Subject"],
        "in-reply-to": draft.mail["In-Reply-To"], "references": draft.mail["References"],
    } == {
        "from": f"Alex Morgan <{ME}>", "to": "Jane Roe <jane.roe@acme.example>", "cc": None,
        "subject": "Re: Your application as Data Engineer at Acme", "in-reply-to": "<m1@acme.example>", "references": "<m1@acme.example>",
    }  # fmt: skip
    assert set(draft.path.name.partition(":2,")[2]) == {"D", "S"}
    (judged,) = report.judged
    assert judged.draft is not None
    assert (judged.state, judged.mailbox, judged.draft.message_id) == (
        "confirmed",
        "Drafts",
        draft.message_id,
    )
    assert room.inbox() == before


def test_a_drafts_msg_id_looks_like_any_mail_programs(room: Mailroom) -> None:
    """Random, at the domain of the From address, and nothing in the header names a tool."""
    room.deliver()
    room.scan()
    (draft,) = room.drafts()
    local, _, domain = draft.message_id.partition("@")
    assert (len(local), domain) == (36, "example.org")
    assert b"mailhook" not in draft.path.read_bytes().lower()


def test_a_second_scan_makes_nothing_and_says_nothing(room: Mailroom) -> None:
    """What was handled is not handled again."""
    room.deliver()
    room.scan()
    report = room.scan()
    assert (len(room.drafts()), report.silent, report.read) == (1, True, 0)


def test_what_is_no_rejection_is_left_alone(room: Mailroom) -> None:
    """Receipts and private mail are read, remembered, and told only where asked for."""
    room.deliver(body=RECEIPT, number=1)
    room.deliver(body=PRIVATE, number=2, sender="mum@example.net", subject="Sunday")
    report = room.scan()
    assert (report.read, report.judged, room.drafts(), report.silent) == (2, (), [], True)
    room.deliver(body=RECEIPT, number=3)
    told = room.scan(others=True)
    assert [(each.verdict.label, each.message.message_id) for each in told.judged] == [
        ("other", "source-3@acme.example")
    ]
    assert told.judged[0].plan.reason


def test_a_first_scan_looks_only_at_what_arrives_from_then_on(fresh_room: Mailroom) -> None:
    """Old rejections are history, and the person is told how to have them looked at."""
    fresh_room.deliver(number=1)
    first = fresh_room.scan()
    assert (first.read, fresh_room.drafts()) == (0, [])
    assert [note.action for note in first.notes] == ["first-run"]
    assert "mailhook scan --account personal --since 30d" in first.notes[0].sentence
    fresh_room.deliver(number=2)
    fresh_room.scan()
    assert [draft.answers for draft in fresh_room.drafts()] == ["source-2@acme.example"]


def test_since_reads_back_and_drafts_for_all_however_many(fresh_room: Mailroom) -> None:
    """Twenty-five rejections of different firms: more than a pass would dare unasked."""
    for number in range(25):
        fresh_room.deliver(
            number=number, company=f"Firm {number}", sender=f"jo@firm{number}.example", age=timedelta(days=40)
        )
    fresh_room.deliver(number=99, company="Long Ago", sender="jo@longago.example", age=timedelta(days=80))
    report = fresh_room.scan(since=datetime.now(UTC) - timedelta(days=60))
    assert len(report.made) == 25
    assert {draft.answers for draft in fresh_room.drafts()} == {
        f"source-{n}@firm{n}.example" for n in range(25)
    }
    assert fresh_room.scan(since=datetime.now(UTC) - timedelta(days=60)).made == ()
    assert len(fresh_room.drafts()) == 25


def test_a_pass_that_would_make_too_many_drafts_makes_none_and_asks(room: Mailroom) -> None:
    """Twenty-one at once look wrong: nothing is drafted, and nothing lost, until the person types what they are told."""
    for number in range(21):
        room.deliver(number=number, company=f"Firm {number}", sender=f"jo@firm{number}.example")
    room.deliver(number=50, body=PRIVATE, subject="Sunday", sender="mum@example.net")
    for _ in range(2):
        report = room.scan()
        assert (report.made, room.drafts()) == ((), [])
        (note,) = report.notes
        assert (note.action, note.needs_person) == ("too-many-drafts", True)
        assert (
            f"mailhook scan --account personal --since {datetime.now(UTC):%Y-%m-%d} --dry-run"
            in note.sentence
        )
    room.scan(since=datetime.now(UTC) - timedelta(days=1))
    assert len(room.drafts()) == 21
    assert room.scan().silent


def test_twenty_drafts_are_not_too_many(room: Mailroom) -> None:
    """The bound itself is still believable."""
    for number in range(20):
        room.deliver(number=number, company=f"Firm {number}", sender=f"jo@firm{number}.example")
    assert len(room.scan().made) == 20


def test_a_rehearsal_shows_everything_and_writes_nothing_anywhere(room: Mailroom) -> None:
    """Mailbox, ledger, state folder: every byte and every name as before; the report is that of a real scan."""
    room.deliver(number=1)
    room.deliver(number=2, company="Globex", sender="li@globex.example", body=INTERVIEWED)
    before = room.everything()
    report = room.scan(rehearsal=True)
    assert [(each.state, each.mailbox) for each in report.made] == [("confirmed", "Drafts")] * 2
    assert room.everything() == before
    assert [each.draft and each.draft.recipient for each in report.made] == [
        "jane.roe@acme.example",
        "li@globex.example",
    ]
    assert len(room.scan().made) == 2


def test_a_rehearsal_before_the_first_scan_leaves_no_state_behind(fresh_room: Mailroom) -> None:
    """Not even a folder."""
    fresh_room.deliver(age=timedelta(days=2))
    report = fresh_room.scan(rehearsal=True, since=datetime.now(UTC) - timedelta(days=7))
    assert len(report.made) == 1
    assert not fresh_room.state.exists()
    assert fresh_room.drafts() == []


def test_the_same_bytes_delivered_twice_have_one_draft(room: Mailroom) -> None:
    """A message is known by its identity, not by its file."""
    raw = make_mail()
    room.deliver(raw)
    room.deliver(raw)
    report = room.scan()
    assert (report.read, report.known, len(room.drafts())) == (2, 1, 1)
    room.deliver(raw)
    assert room.scan().known == 1
    assert len(room.drafts()) == 1


def test_a_msg_id_used_again_does_not_hide_another_message(room: Mailroom) -> None:
    """Msg-ids are chosen by senders: two messages under one are two messages."""
    room.deliver(body=PRIVATE, message_id="same@acme.example", subject="Sunday")
    room.scan()
    room.deliver(message_id="same@acme.example")
    assert len(room.scan().made) == 1


def test_a_message_without_a_msg_id_is_answered_without_a_reference(room: Mailroom) -> None:
    """And only once."""
    room.deliver(message_id=None)
    room.scan()
    room.scan()
    (draft,) = room.drafts()
    assert (draft.mail["In-Reply-To"], draft.mail["References"]) == (None, None)


def test_two_messages_with_one_news_have_one_draft(room: Mailroom) -> None:
    """The applicant system and the recruiter tell the same story."""
    room.deliver(number=1)
    room.deliver(number=2, person="Sam Poe", sender="sam.poe@acme.example")
    report = room.scan()
    assert [draft.answers for draft in room.drafts()] == ["source-1@acme.example"]
    assert [each.plan.intent for each in report.judged] == ["feedback", "none"]
    room.deliver(number=3)
    room.scan()
    assert len(room.drafts()) == 1


def test_a_sender_never_to_be_answered_is_not(room: Mailroom) -> None:
    """Addresses and whole domains; the reason names the setting."""
    silent = Mailroom(room.folder, '[verdict]\nnever_answer = ["acme.example"]')
    silent.deliver()
    (judged,) = silent.scan().judged
    assert (judged.plan.recipient, judged.draft, silent.drafts()) == (None, None, [])
    assert judged.plan.reason == "You never answer jane.roe@acme.example ([verdict] never_answer)."


def test_a_conversation_that_the_person_answered_gets_no_draft(room: Mailroom) -> None:
    """Their own answer stands in Sent before the scan comes by."""
    room.deliver(number=1)
    own = make_mail(
        PRIVATE,
        sender=ME,
        person="Alex Morgan",
        message_id="own@example.org",
        in_reply_to="source-1@acme.example",
    )
    room.deliver(own, mailbox=".Sent")
    (judged,) = room.scan().judged
    assert (room.drafts(), judged.plan.intent) == ([], "none")


def test_a_conversation_with_a_draft_of_the_persons_own_gets_no_second(room: Mailroom) -> None:
    """Their draft stays as it is; the log says why there is none of ours."""
    room.deliver(number=1)
    own = make_mail(
        "Dear Jane, …",
        sender=ME,
        person="Alex Morgan",
        message_id="own@example.org",
        in_reply_to="source-1@acme.example",
    )
    room.deliver(own, mailbox=".Drafts")
    (judged,) = room.scan().judged
    assert [draft.message_id for draft in room.drafts()] == ["own@example.org"]
    assert (judged.state, judged.draft) == ("superseded", None)
    assert "another draft stands in this conversation already" in judged.plan.reason
    assert room.scan().silent


def test_a_cursor_that_is_no_longer_understood_loses_and_repeats_nothing(room: Mailroom) -> None:
    """Mail since a day before the last handled date is looked through again; what was judged is known, what is new is drafted, what is older than the first scan stays history."""
    from mailhook.ledger.ledger import Ledger

    room.deliver(number=1, company="One")
    room.scan()
    room.deliver(number=2, company="Two")
    room.deliver(number=3, company="Three", age=timedelta(hours=20))
    with Ledger.open(room.config.ledger) as ledger:
        ledger.advance("personal", "nonsense")
    report = room.scan()
    assert [note.action for note in report.notes] == ["cursor-expired"]
    assert [draft.answers for draft in room.drafts()] == ["source-1@acme.example", "source-2@acme.example"]
    assert room.scan().silent


class Renumbered(OnlyRead):
    """The real store, whose cursors expire once: when a message's conversation is asked for, or behind all that arrived."""

    def __init__(self, store: Connector, when: str) -> None:
        super().__init__(store)
        self.keep = store.keep  # type: ignore[method-assign]  # what is kept is really kept
        self._when = when

    def arrived(self, cursor: str) -> Iterator[Arrival]:
        """Yield all there is, and then perhaps fail."""
        yield from self._store.arrived(cursor)
        self._fail("behind all")

    def conversation(self, message: Message, *, thread_id: str | None = None) -> Sequence[Arrival]:
        """Answer, or fail at the second message."""
        if message.message_id == "source-1@firm1.example":
            self._fail("in the middle")
        return self._store.conversation(message, thread_id=thread_id)

    def _fail(self, when: str) -> None:
        if self._when == when:
            self._when = "never again"
            raise CursorExpired("INBOX was made anew")


@pytest.mark.parametrize("when", ["in the middle", "behind all"])
def test_mailboxes_renumbered_in_the_middle_of_a_pass_lose_nothing(room: Mailroom, when: str) -> None:
    """What had been read and waited for its answer is taken again: to have seen it is not to have handled it."""
    for number in range(3):
        room.deliver(number=number, company=f"Firm {number}", sender=f"jo@firm{number}.example")
        room.deliver(body=RECEIPT, number=10 + number, sender="li@else.example", company="Else")
    report = room.scan(wrap=lambda store: Renumbered(store, when))
    assert [note.action for note in report.notes] == ["cursor-expired"]
    room.scan()
    assert sorted(draft.answers for draft in room.drafts()) == [
        f"source-{n}@firm{n}.example" for n in range(3)
    ]


def test_the_cursor_stays_before_what_is_not_handled(room: Mailroom) -> None:
    """A pass stopped before it answered has the mail read again by the next."""
    room.deliver(number=1)
    before = room.cursor()
    stopped = room.scan(stop=lambda: True)
    assert (stopped.made, room.cursor()) == ((), before)
    assert len(room.scan().made) == 1


def test_a_message_answered_from_a_plus_address_is_answered_from_it(room: Mailroom) -> None:
    """Applicant systems know candidates by the address they wrote to."""
    raw = make_mail().replace(ME.encode(), b"alex.morgan+acme@example.org")
    room.deliver(raw)
    room.scan()
    (draft,) = room.drafts()
    assert draft.mail["From"].addresses[0].addr_spec == "alex.morgan+acme@example.org"


@pytest.mark.parametrize("missing", [".Drafts"])
def test_without_a_drafts_mailbox_mail_is_read_and_the_draft_waits(room: Mailroom, missing: str) -> None:
    """The fault says what to do; once the mailbox is there, the draft is made."""
    (room.maildir / missing).rename(room.folder / "away")
    room.deliver(number=1)
    room.deliver(number=2, body=PRIVATE, subject="Sunday")
    report = room.scan()
    assert report.fault is not None
    assert (room.states(), report.read) == (["blocked"], 2)
    again = room.scan()
    assert again.fault is not None
    (room.folder / "away").rename(room.maildir / missing)
    assert len(room.scan().made) == 1
    assert room.states() == ["confirmed"]


def test_other_peoples_drafts_and_sent_mail_are_never_touched(room: Mailroom) -> None:
    """Whatever lay in the other mailboxes lies there still, byte for byte and name for name."""
    for mailbox in (".Drafts", ".Sent", ".Trash"):
        room.deliver(make_mail(PRIVATE, message_id=f"own{mailbox}@example.org", sender=ME), mailbox=mailbox)
    before = {name: raw for name, raw in room.everything().items() if name.startswith("Maildir/.")}
    room.deliver(number=1)
    room.scan()
    after = room.everything()
    assert {name: after[name] for name in before} == before


def test_bytes_in_every_policy_can_be_written() -> None:
    """The tests' own mail is what it says it is."""
    read = __import__("email").message_from_bytes(make_mail(number=7), policy=email.policy.default)
    assert (read["Message-ID"], read["From"]) == (
        "<source-7@acme.example>",
        "Jane Roe <jane.roe@acme.example>",
    )
