"""The facts and the stage read from the corpus get no worse than what was reached."""

from tests.corpus.measure_facts import measure, reached


def test_facts_and_stage_are_read_as_well_as_before() -> None:
    """In each half and slot as many are right as were, and no more are wrong."""
    before = reached()
    for half, slots in measure().items():
        for slot, counts in slots.items():
            held = before[half][slot]
            assert counts["right"] >= held["right"], (half, slot, counts)
            assert counts["wrong"] <= held["wrong"], (half, slot, counts)
