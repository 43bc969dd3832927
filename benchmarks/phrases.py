"""The phrases every way in a comparison looks for: the English decision shapes of the lexicon, as ordinary patterns."""

import re

from mailhook.verdict.shapes import DECISION, expand, languages


def english_patterns() -> list[str]:
    """Return the shapes as patterns that both `re` and RE2 read, gaps as bounded wildcards."""
    return [
        re.sub(r" *~ *", r" ?[^.!?\\n]{0,60}? ?", expand(shape.pattern, shape.fragments))
        for shape in languages()["en"].shapes
        if shape.role in DECISION
    ]
