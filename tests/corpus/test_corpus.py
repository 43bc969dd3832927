"""The corpus keeps verdicts honest: what is read rightly today is still read rightly tomorrow.

It was written by people who had not seen the rules, a good part of it on purpose harder than a mailbox is. Its `held` half
is never looked at while rules are written or words are learnt, so it says how well they read what nobody had in mind.
What is held here is what was reached, not what is wanted: `reached.toml` says it, and may only get better.
"""

import pytest

from mailhook.verdict.judge import Judge
from tests.corpus.measure import HALVES, languages, line, measure, reached


@pytest.mark.parametrize("code", languages())
def test_no_rejection_that_was_found_is_missed_and_no_new_false_alarm(code: str, judge: Judge) -> None:
    """Print the confusion table; no fewer rejections are found, and no other message becomes one."""
    before = reached()[code]
    for half, tally in measure(code, judge).items():
        print(line(code, half, tally))  # noqa: T201 - the table that a run shows
        assert tally.found >= int(str(before[half]["found"]))
        known = before[half]["false_alarms"]
        assert isinstance(known, list)
        assert sorted(set(tally.false_alarms) - set(known)) == []


def test_the_corpus_is_as_large_as_it_is_said_to_be() -> None:
    """All languages of the lexicon are there, and both halves of each have rejections and other mail."""
    assert len(languages()) >= 27
    assert HALVES == ("dev", "held")


@pytest.fixture(scope="module")
def judge() -> Judge:
    """One judge for all."""
    return Judge()
