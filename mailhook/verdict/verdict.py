"""The values that say what a message says.

Two invariants make "explainable" a fact, and are tested as properties: a verdict's score is the sum of its
evidence's weights, and every evidence quote stands at its stated place in the message.
"""

from dataclasses import dataclass
from typing import Literal

Label = Literal["rejection", "other", "uncertain"]
Stage = Literal["application", "screen", "assessment", "interview", "final", "unknown"]
WORDS_RULE = ".words"  # after the code of the language
Kind = Literal["not_selected", "filled", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason for a verdict: the rule, and the words it was read from.

    `part` names a part of the message (see `Message.part`); `start` and `end` count its characters;
    `quote` is exactly `message.part(part)[start:end]`; `weight` is in points, negative when it speaks against a rejection.
    """

    rule: str
    part: str
    start: int
    end: int
    quote: str
    weight: float

    @property
    def is_of_all_words(self) -> bool:
        """Say whether it is what the words of the message come to as a whole, quoted where they tell most."""
        return self.rule.endswith(WORDS_RULE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A value read from the mailbox, and where: the msg-id of the message, its part, and the characters there."""

    value: str
    source: str | None = None
    part: str = "text"
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the mailbox tells about the application. None where it does not tell; nothing is guessed."""

    company: Fact | None = None
    role: Fact | None = None
    requisition: Fact | None = None
    recruiter: Fact | None = None
    candidate: Fact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of one message.

    `cues` names what else the text says that the answer depends on, each with its evidence (weight 0):
    `no_inquiry`, `no_feedback`, `feedback_offered`, `feedback_given`, `unmonitored`, `withdrawn`, `stage.*`.
    """

    label: Label
    score: float
    evidence: tuple[Evidence, ...] = ()
    language: str = "und"
    stage: Stage = "unknown"
    kind: Kind | None = None
    cues: tuple[str, ...] = ()

    def has_cue(self, name: str) -> bool:
        """Say whether the text carries that cue."""
        return name in self.cues
