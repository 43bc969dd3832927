"""What is true of every verdict, whatever the message says."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhook.mail.message import Address, Message
from mailhook.verdict.facts import read_facts
from mailhook.verdict.judge import REJECTION, UNCERTAIN, Judge
from mailhook.verdict.match import Searchable, mask, unify
from mailhook.verdict.rules import Reading, decisions
from mailhook.verdict.scope import Text

JUDGE = Judge()
SENTENCES = sorted(
    {
        sentence.strip()
        for path in (Path(__file__).parent / "cases").glob("*.toml")
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
        for sentence in case["text"].split("\n")
        if sentence.strip()
    }
)
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(SENTENCES), max_size=8).map("\n".join),
    st.lists(st.one_of(st.sampled_from(SENTENCES), st.text(max_size=40)), max_size=8).map(" ".join),
)
fields = st.sampled_from(
    [
        (),
        (("List-Id", "<team.lists.example>"),),
        (("X-LinkedIn-Template", "email_jobs_application_rejected_01"),),
        (("Auto-Submitted", "auto-replied"),),
    ]
)
messages = st.builds(
    Message,
    subject=texts.map(lambda text: text.replace("\n", " ")[:120]),
    text=texts,
    signature=texts,
    quoted=texts,
    footer=texts,
    forwarded=st.booleans(),
    header_fields=fields,
    from_=st.sampled_from([(), (Address(name="Acme Careers", address="careers@acme.example"),)]),
)


@settings(max_examples=150, deadline=None)
@given(message=messages)
def test_the_score_is_the_sum_of_the_evidence(message: Message) -> None:
    """A verdict's score is exactly the sum of its evidence's weights, and its label follows from the score alone."""
    verdict = JUDGE.judge(message)
    assert verdict.score == sum(each.weight for each in verdict.evidence)
    assert (verdict.label == "rejection") == (verdict.score >= REJECTION)
    assert (verdict.label == "uncertain") == (UNCERTAIN <= verdict.score < REJECTION)
    assert (verdict.kind is None) == (verdict.label == "other")


@settings(max_examples=150, deadline=None)
@given(message=messages)
def test_every_quote_stands_at_its_place(message: Message) -> None:
    """What evidence and facts quote is found where they say it is."""
    verdict = JUDGE.judge(message)
    for each in verdict.evidence:
        assert message.part(each.part)[each.start : each.end] == each.quote
    facts = read_facts(message, verdict)
    for fact in (facts.company, facts.role, facts.requisition, facts.recruiter, facts.candidate):
        if fact is not None:
            assert 0 <= fact.start < fact.end <= len(message.part(fact.part))
            assert fact.value.strip() == fact.value != ""


@settings(max_examples=200, deadline=None)
@given(message=messages)
def test_the_screen_loses_nothing(message: Message) -> None:
    """Whatever is judged a rejection or uncertain has passed the screen."""
    assert JUDGE.screen(message) or JUDGE.judge(message).label == "other"


@given(text=st.text(max_size=200))
def test_making_ready_keeps_every_place(text: str) -> None:
    """A text made ready for searching has the same length, so that places in it are places in the message."""
    searched = Searchable(mask(text))
    assert len(unify(text)) == len(mask(text)) == len(searched.text) == len(text)
    assert searched.chars(len(searched.data)) == len(text)


@pytest.mark.parametrize("case", ["en_letters", "en_everyday"])
def test_work_grows_with_the_text(case: str) -> None:
    """Twice the text has twice the sentences and at most twice the places to look at: nothing is squared."""
    path = Path(__file__).parent / "cases" / f"{case}.toml"
    once = "\n".join(entry["text"] for entry in tomllib.loads(path.read_text(encoding="utf-8"))["case"])
    work = []
    for times in (1, 2, 4):
        message = Message(text="\n".join([once] * times))
        hits = Reading(message).hits(decisions(), ("text",))
        work.append((len(hits), Text(mask(unify(message.text))).sentences))
    assert work[0][0] > 20
    assert work[1] == pytest.approx((2 * work[0][0], 2 * work[0][1]), rel=0.02)
    assert work[2] == pytest.approx((4 * work[0][0], 4 * work[0][1]), rel=0.02)


def test_a_text_without_an_end_is_governed_no_further_than_a_clause_reaches() -> None:
    """A condition in a text that never ends its sentence reaches a few hundred characters and no more."""
    text = "if you are not chosen " + "and " * 5000
    reach = Text(text).rest_of_clause(0, 10)
    assert reach.end - reach.start < 500
