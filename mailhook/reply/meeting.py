"""The last meeting that the mailbox knows of: an invitation of this conversation whose time is past and that nobody cancelled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mailhook.mail.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """When it began and ended, in the time zone of the invitation; aware."""

    uid: str
    start: datetime
    end: datetime


def last_meeting(conversation: Sequence[Message], before: Message) -> Meeting | None:
    """Return the last meeting that ended before a message was written, or None."""
    limit = before.date
    if limit is None:
        return None
    held: dict[str, Meeting] = {}
    for message in conversation:
        for text in message.calendars:
            for cancelled, meeting in _events(text):
                if cancelled:
                    held.pop(meeting.uid, None)
                else:
                    held[meeting.uid] = meeting
    past = [meeting for meeting in held.values() if meeting.end <= limit]
    return max(past, key=lambda meeting: meeting.start, default=None)


def _events(text: str) -> Iterator[tuple[bool, Meeting]]:
    """Yield the events of an iCalendar object (RFC 5545), each with whether it says they are off."""
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(text)
        method = str(calendar.get("METHOD", "")).upper()
        for event in calendar.walk("VEVENT"):
            start = _moment(event.decoded("DTSTART"))
            end = _moment(event.decoded("DTEND")) if "DTEND" in event else start + timedelta(minutes=30)
            off = method == "CANCEL" or str(event.get("STATUS", "")).upper() == "CANCELLED"
            yield off, Meeting(uid=str(event.get("UID", "")), start=start, end=end)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError):
        return  # a calendar part that cannot be read tells nothing


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), tzinfo=UTC)
    raise TypeError(f"not a time: {value!r}")
