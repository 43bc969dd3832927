"""Which state of a draft may follow which."""

from itertools import product

import pytest

from mailhook.errors import LedgerError
from mailhook.ledger.states import ASKED, MAY_FOLLOW, OPEN, PENDING, STATES, State, check_step


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_a_step_is_taken_or_refused_as_the_table_says(before: State, after: State) -> None:
    """Every pair of states is either legal, or raises and names both."""
    if after in MAY_FOLLOW[before]:
        check_step(before, after)
    else:
        with pytest.raises(LedgerError, match=f"cannot become {after} after it was {before}"):
            check_step(before, after)


def test_nothing_follows_what_a_person_has_finished() -> None:
    """A draft that was sent, deleted, superseded or abandoned is never made again."""
    final = {state for state in STATES if not MAY_FOLLOW[state]}
    assert final == {"sent", "deleted", "superseded", "abandoned"}


def test_the_store_is_asked_only_on_the_way_from_a_pending_state() -> None:
    """`writing` can be reached only from states that are looked up at the start of a pass, so no finished draft is written again."""
    assert {state for state in STATES if "writing" in MAY_FOLLOW[state]} == PENDING - {"writing"}
    assert not PENDING & OPEN


def test_a_doubtful_draft_counts_as_asked() -> None:
    """Where a draft may exist, its question counts as put: better a question less than one twice."""
    assert {"writing", "ambiguous", "needs_human"} <= ASKED
    assert not ASKED & {"planned", "superseded", "abandoned", "deleted"}
