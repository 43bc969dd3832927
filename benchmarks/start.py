"""A process that imports the judge and ends, or first makes every lexicon ready: the difference is what they cost at the start."""

import sys

import mailhook.verdict.judge  # noqa: F401 - importing it is what is measured
from mailhook.verdict.rules import decisions

if sys.argv[1:]:
    decisions()
