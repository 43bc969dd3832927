"""News from an address that nobody reads, about an application in which a person is known: proposed, and made on a word."""

from datetime import timedelta

import pytest

from mailhook.errors import UsageError
from mailhook.ledger.ledger import Ledger
from mailhook.ledger.records import Proposal
from mailhook.scan.place import job_of
from mailhook.scan.proposals import accept, open_proposal
from mailhook.scan.report import Report
from tests.scan.mailroom import ME, Mailroom, make_mail, the_judge

INVITATION = """Dear Alex,

Thank you for your application as Data Engineer. I would like to invite you to an interview on Tuesday.

Kind regards,
{person}
"""
ANSWER = """Dear Jane,

Thank you for the invitation, Tuesday suits me well.

{person}
"""


@pytest.fixture
def proposed(room: Mailroom) -> Mailroom:
    """Jane invited, Alex answered, and a machine brought the news in the same conversation."""
    now = room.clock()
    room.deliver(
        body=INVITATION,
        date=now - timedelta(days=9),
        message_id="invitation@acme.example",
        subject="Your application as Data Engineer at Acme",
    )
    own = make_mail(
        ANSWER,
        date=now - timedelta(days=8),
        sender=ME,
        person="Alex Morgan",
        message_id="own@example.org",
        in_reply_to="invitation@acme.example",
    )
    room.deliver(own, mailbox=".Sent")
    room.deliver(
        sender="no-reply@acme.example",
        person="Acme Careers",
        message_id="news@acme.example",
        in_reply_to="invitation@acme.example",
    )
    room.scan()
    return room


def _proposals(room: Mailroom) -> tuple[Proposal, ...]:
    with Ledger.open(room.config.ledger) as ledger:
        return ledger.proposals()


def _accept(room: Mailroom, number: int) -> Report:
    config = room.config
    with Ledger.open(room.config.ledger) as ledger:
        job = job_of(config, config.accounts["personal"], ledger, clock=room.clock, judge=the_judge())
        return accept(job, open_proposal(ledger, number))


def test_the_draft_is_proposed_and_not_made(proposed: Mailroom) -> None:
    """It waits, and names whom it would go to and what it would answer."""
    (proposal,) = _proposals(proposed)
    assert (proposal.recipient, proposal.answers, proposed.drafts()) == (
        "jane.roe@acme.example", "invitation@acme.example", [],
    )  # fmt: skip


def test_an_accepted_proposal_becomes_one_draft_in_the_known_persons_thread(proposed: Mailroom) -> None:
    """Although Alex has answered that person's earlier message before."""
    (proposal,) = _proposals(proposed)
    assert proposal.id is not None
    (made,) = _accept(proposed, proposal.id).made
    (draft,) = proposed.drafts()
    assert (draft.answers, draft.mail["To"]) == (
        "invitation@acme.example",
        "Jane Roe <jane.roe@acme.example>",
    )
    assert (made.state, _proposals(proposed)) == ("confirmed", ())
    proposed.sleep(hours=2)
    assert proposed.scan().silent
    assert proposed.states() == ["confirmed"]


def test_a_proposal_is_accepted_once(proposed: Mailroom) -> None:
    """A second word is answered with what became of the first."""
    (proposal,) = _proposals(proposed)
    assert proposal.id is not None
    _accept(proposed, proposal.id)
    with pytest.raises(UsageError, match="was accepted before"):
        _accept(proposed, proposal.id)
    with pytest.raises(UsageError, match='there is no proposal 99; "mailhook log" shows those that wait'):
        _accept(proposed, 99)
    assert len(proposed.drafts()) == 1


def test_who_wants_it_made_at_once_says_so_in_the_settings(proposed: Mailroom) -> None:
    """`[reply] ask_known_person` makes the draft without a word."""
    eager = Mailroom(proposed.folder / "eager", "[reply]\nask_known_person = true").make()
    eager.scan()
    for found in proposed.found(""):
        eager.deliver(found.path.read_bytes())
    for found in proposed.found(".Sent"):
        eager.deliver(found.path.read_bytes(), mailbox=".Sent")
    eager.scan()
    assert [draft.mail["To"] for draft in eager.drafts()] == ["Jane Roe <jane.roe@acme.example>"]
