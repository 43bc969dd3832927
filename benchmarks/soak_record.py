"""What happened during a soak: what was delivered, what came of it, what went wrong and what it cost. Times are monotonic."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

# A draft that was kept while nobody heard of it is looked for this long after; one that is written a second time comes then.
SECOND_DRAFT_SECONDS = 75.0
# Mail that arrived so long before a trouble may still have been on its way.
_ON_ITS_WAY_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is delivered, in how long, and how long may be waited for what is still to come then."""

    messages: int
    seconds: float
    settle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A delivery that calls for a draft."""

    source: str
    account: str
    at: float


@dataclass(slots=True, kw_only=True)
class Trouble:
    """Something that went wrong with some accounts, until they had caught up with it."""

    name: str
    accounts: Sequence[str]
    began: float
    passed: datetime | None = None
    """When the cause was gone."""
    ended: float = float("inf")
    came_about: bool = True

    def touches(self, rejection: Rejection) -> bool:
        """Say whether it was going on when a rejection arrived, or so soon after that its draft was still to come."""
        return (
            rejection.account in self.accounts
            and self.began - _ON_ITS_WAY_SECONDS <= rejection.at <= self.ended
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the service cost at a moment of the run (0 to 1, and above while the last drafts are awaited) in one of its lives."""

    when: float
    life: int
    memory: float
    files: int


@dataclass(slots=True)
class Record:
    """What happened, in order."""

    planned: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    delivered: Counter[str] = field(default_factory=Counter)
    drafts: dict[str, list[float]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def missing(self) -> list[Rejection]:
        """Return the rejections that have no draft."""
        return [each for each in self.rejections if each.source not in self.drafts]

    def going_on(self) -> list[Trouble]:
        """Return the troubles that some account has not caught up with."""
        return [each for each in self.troubles if each.ended == float("inf")]

    def last_change(self) -> float:
        """Return when a draft was seen or a trouble ended for the last time; 0 before the first."""
        drafts = (seen for times in self.drafts.values() for seen in times)
        return max((*drafts, *(each.ended for each in self.troubles)), default=0.0)
