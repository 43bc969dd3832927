"""How far an application had come: from the text, and from what was sent before.

The mailbox decides whether an interview happened (an invitation whose time is past and that was not called off), the text
which round it was. `unknown` is an answer.
"""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from mailhook.mail.calendar import Event, read_events
from mailhook.mail.domain import organisational_domain
from mailhook.mail.message import Me, Message
from mailhook.verdict.rules import Hit, Reading, context
from mailhook.verdict.verdict import Stage

ORDER: tuple[Stage, ...] = ("unknown", "application", "screen", "assessment", "interview", "final")
# A cue of this weight ("we will not invite you to an interview") outranks what sounds like later stages.
CERTAIN = 2.0
# One of this weight ("your interview on Monday") holds beside it, if it stands elsewhere: the interview refused is another.
PROVEN = 1.5
# One below this ("nice to speak with you") tells that people met, and leaves to others at what.
PLAIN = 1.0


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("mailhook.verdict") / "stage.toml").read_text(encoding="utf-8"))


def read_stage(
    message: Message, hits: Sequence[Hit], conversation: Sequence[Message], me: Me | None, code: str
) -> Stage:
    """Give the stage that the text's cues and the earlier messages of the conversation show."""
    earlier = [each for each in conversation if each.message_id != message.message_id]
    by_mailbox = _furthest(
        [
            *_events_held(message, earlier, me),
            *(stage for each in earlier for stage in _by_sender(each)),
            *(stage for each in earlier if _is_mine(each, me) for stage in _said_by_me(each, code)),
        ]
    )
    by_text = _by_text(hits)
    if ORDER.index(by_mailbox) > ORDER.index(by_text):
        return by_mailbox
    return by_text


def _furthest(stages: Iterable[Stage]) -> Stage:
    return max(stages, key=ORDER.index, default="unknown")


def _by_text(hits: Sequence[Hit]) -> Stage:
    """Give the stage that the cues tell together: what is sure, then what is plain, then what is vague."""
    plain = [hit for hit in hits if PLAIN <= hit.shape.weight < CERTAIN and hit.shape.role != _PAPERS]
    certain = [hit for hit in hits if hit.shape.weight >= CERTAIN]
    if certain:  # no interview: what sounds like one is the one that was refused
        before = [
            hit
            for hit in plain
            if hit.shape.role in ("stage.screen", "stage.assessment")
            or (hit.shape.weight >= PROVEN and not any(_overlap(hit, each) for each in certain))
        ]
        return _furthest(map(_stage_of, [*certain, *before]))
    return _furthest(map(_stage_of, plain or hits))


def _overlap(one: Hit, other: Hit) -> bool:
    return one.part == other.part and one.start < other.end and other.start < one.end


_PAPERS = "stage.application"  # spoken of at every stage


def _stage_of(hit: Hit) -> Stage:
    return next(stage for stage in ORDER if hit.shape.role == f"stage.{stage}")


def _is_mine(message: Message, me: Me | None) -> bool:
    return me is not None and any(me.owns(one.address) for one in message.from_)


def _said_by_me(message: Message, code: str) -> list[Stage]:
    """Return the stages that the person's own mail speaks of: "thank you for the interview"."""
    found = Reading(message).hits(context(code), ("subject", "text"))
    return [
        _stage_of(hit)
        for hit in found
        if hit.shape.role in ("stage.screen", "stage.interview", "stage.final")
    ]


def _by_sender(message: Message) -> list[Stage]:
    """Return the stage that a message shows by who sent it: a test, or an appointment made."""
    domains = {one.domain for one in message.from_}
    if _is_under(domains, _table()["assessments"]):
        return ["assessment"]
    if _is_under(domains, _table()["schedulers"]) and not message.calendars:
        return [_by_title(message.subject, None)]
    return []


def _is_under(domains: Iterable[str], known: Sequence[str]) -> bool:
    return any(domain == each or domain.endswith(f".{each}") for domain in domains for each in known)


def _events_held(message: Message, earlier: Sequence[Message], me: Me | None) -> list[Stage]:
    """Return the stages of the appointments that were over when the message was written, one for each event."""
    if message.date is None:
        return []
    latest: dict[str, Event] = {}
    off: set[str] = set()
    for each in sorted((each for each in earlier if each.date is not None), key=_when):
        for event in read_events(each.calendars):
            if event.method == "REPLY":
                mine = [one for one in event.attendees if me is not None and me.owns(one.address)]
                if any(one.partstat == "DECLINED" for one in mine):
                    off.add(event.uid)
            elif event.cancelled:
                off.add(event.uid)
            elif event.uid not in latest or event.sequence >= latest[event.uid].sequence:
                if event.uid in latest and event.sequence > latest[event.uid].sequence:
                    off.discard(event.uid)
                latest[event.uid] = event
    ours = {organisational_domain(one.domain) for one in message.from_}
    return [
        _by_title(event.summary, _minutes(event))
        for event in latest.values()
        if event.uid not in off and _is_over(event, message.date) and _concerns(event, ours)
    ]


def _when(message: Message) -> datetime:
    assert message.date is not None
    return message.date


def _is_over(event: Event, now: datetime) -> bool:
    end = event.end or event.start
    return end is not None and end <= now


def _minutes(event: Event) -> float | None:
    return (
        None if event.start is None or event.end is None else (event.end - event.start) / timedelta(minutes=1)
    )


def _concerns(event: Event, ours: set[str]) -> bool:
    """Say whether an event is of this application: by its organiser, a scheduler, or its title."""
    if event.organizer is not None:
        domain = event.organizer.address.rpartition("@")[2].lower()
        if organisational_domain(domain) in ours or _is_under([domain], _table()["schedulers"]):
            return True
    return _by_title(event.summary, None) != "unknown"


def _by_title(title: str, minutes: float | None) -> Stage:
    """Read the stage from an appointment's title and length."""
    low = title.lower()
    titles = _table()["titles"]
    if any(word in low for word in titles["final"]):
        return "final"
    if any(word in low for word in titles["screen"]):
        return "screen"
    if any(word in low for word in titles["interview"]):
        return "interview"
    if minutes is None:
        return "unknown"
    return "screen" if minutes <= _table()["screen"]["minutes"] else "interview"
