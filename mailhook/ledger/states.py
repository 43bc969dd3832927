"""The states of a draft, and which may follow which: decided here and nowhere else.

::

    planned ──▶ writing ──▶ confirmed ──▶ edited ──▶ sent
       │ ▲         │  ▲         ├──▶ sent
       │ └─refused─┤  │         └──▶ deleted
       │           ▼  │
       │       ambiguous ──▶ needs_human
       ▼
    blocked, superseded, abandoned

`planned`: its identity is on disk, and the store was asked nothing that may still be in doubt. `writing`: the store is being asked.
`ambiguous`: the answer was lost. `blocked`: the store takes no draft until the person makes room or names a mailbox.
`confirmed`: the store keeps it. What the person did with it is `edited`, `sent` or `deleted`. `superseded`: something else stands in
the thread. `abandoned`: there is nothing to answer any more. `needs_human`: doubt stayed, so a person has to look.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from mailhook.errors import LedgerError

State = Literal[
    "planned",
    "writing",
    "ambiguous",
    "blocked",
    "confirmed",
    "edited",
    "sent",
    "deleted",
    "superseded",
    "abandoned",
    "needs_human",
]

STATES: Final[tuple[State, ...]] = get_args(State)

# What the store must still be asked about, at the start of every pass.
PENDING: Final[frozenset[State]] = frozenset({"planned", "writing", "ambiguous", "blocked"})

# What is worth looking at again, to tell the person how it went.
OPEN: Final[frozenset[State]] = frozenset({"confirmed", "edited", "needs_human"})

# In these the question has been, or may have been, put to the company.
ASKED: Final[frozenset[State]] = frozenset(
    {"writing", "ambiguous", "confirmed", "edited", "sent", "needs_human"}
)

_SEEN: Final[frozenset[State]] = frozenset({"confirmed", "edited", "sent", "deleted", "superseded"})

MAY_FOLLOW: Final[Mapping[State, frozenset[State]]] = {
    "planned": _SEEN | {"writing", "blocked", "abandoned"},
    "writing": _SEEN | {"planned", "ambiguous", "blocked", "needs_human"},
    "ambiguous": _SEEN | {"writing", "needs_human", "abandoned"},
    "blocked": _SEEN | {"writing", "abandoned"},
    "confirmed": frozenset({"edited", "sent", "deleted"}),
    "edited": frozenset({"sent", "deleted"}),
    "needs_human": frozenset({"confirmed", "edited", "sent", "deleted"}),
    "sent": frozenset(),
    "deleted": frozenset(),
    "superseded": frozenset(),
    "abandoned": frozenset(),
}


def check_step(before: State, after: State) -> None:
    """Raise LedgerError where a draft may not go from the one state to the other."""
    if after not in MAY_FOLLOW[before]:
        raise LedgerError(
            f"a draft cannot become {after} after it was {before}; this is a fault in mailhook, please report it"
        )
