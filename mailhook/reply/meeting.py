"""The last meeting that the mailbox knows of: an invitation of this conversation whose time is past and that nobody called off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailhook.mail.calendar import read_events
from mailhook.mail.message import Message

UNSTATED = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """When a meeting began and ended, in the time zone of its invitation; aware."""

    start: datetime
    end: datetime


def last_meeting(conversation: Sequence[Message], before: Message) -> Meeting | None:
    """Return the last meeting that ended before a message was written, or None."""
    limit = before.date
    if limit is None:
        return None
    held: dict[str, Meeting] = {}
    for event in (event for message in conversation for event in read_events(message.calendars)):
        if event.cancelled:
            held.pop(event.uid, None)
        elif event.method in {"REQUEST", "PUBLISH"} and event.start is not None:
            held[event.uid] = Meeting(start=event.start, end=event.end or event.start + UNSTATED)
    past = (meeting for meeting in held.values() if meeting.end <= limit)
    return max(past, key=lambda meeting: meeting.start, default=None)
