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


def english_words() -> list[str]:
    """Return the words the shapes are made of: the cheapest thing that can be looked for."""
    return sorted(
        {word for pattern in english_patterns() for word in re.findall(r"[a-z]{5,}(?: [a-z]{3,})?", pattern)}
    )
