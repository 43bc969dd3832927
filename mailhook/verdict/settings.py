"""What a person may add to the verdict; `[verdict]` in the configuration fills it."""

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words of the person's own, matched as they stand (case and apostrophes do not matter).

    `says` is what they mean: `rejection` decides alone, `hint` adds to others, `other` takes the verdict back.
    """

    # A table in the configuration becomes a Phrase; everything else there is checked strictly.
    __pydantic_config__: ClassVar[dict[str, object]] = {"strict": False, "extra": "forbid"}

    text: str
    says: Literal["rejection", "hint", "other"] = "rejection"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictSettings:
    """The person's own phrases, and senders (addresses or domains) that are never to be answered."""

    phrases: tuple[Phrase, ...] = ()
    never_answer: tuple[str, ...] = ()
