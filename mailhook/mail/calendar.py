"""Invitations and cancellations (RFC 5546) that came as calendar parts, within bounds and never raising."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mailhook.mail.header import clean

EVENTS = 20
LENGTH = 64 * 1024
ATTENDEES = 50
_VALUE = 500
# A time zone may only repeat as real ones do, once a year: any other rule could be expanded for ever.
_ZONE = re.compile(r"^BEGIN:VTIMEZONE\r?\n.*?^END:VTIMEZONE\r?\n", re.DOTALL | re.MULTILINE | re.IGNORECASE)
_REAL_RULE = re.compile(
    r"RRULE:FREQ=YEARLY(?:;(?:BYMONTH=\d{1,2}|BYDAY=-?\d?[A-Z]{2}|BYMONTHDAY=[-\d,]{1,30}|UNTIL=\w{1,20}|INTERVAL=1|WKST=[A-Z]{2}))*\s*\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Who is asked to come: addr-spec, name, and PARTSTAT in upper case ("ACCEPTED", "DECLINED", "NEEDS-ACTION"...)."""

    address: str
    name: str = ""
    partstat: str = "NEEDS-ACTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a calendar part.

    `method` is the part's METHOD in upper case ("REQUEST", "CANCEL", "REPLY", "PUBLISH"...). `status` is STATUS in upper case or "".
    `start` and `end` are aware; a whole day begins at midnight UTC, and a floating time counts as UTC. A cancellation is
    `method == "CANCEL"` or `status == "CANCELLED"`.
    """

    method: str
    uid: str
    sequence: int = 0
    status: str = ""
    start: datetime | None = None
    end: datetime | None = None
    summary: str = ""
    location: str = ""
    organizer: Attendee | None = None
    attendees: tuple[Attendee, ...] = ()

    @property
    def cancelled(self) -> bool:
        """Say whether it is called off."""
        return self.method == "CANCEL" or self.status == "CANCELLED"


def read_events(calendars: Iterable[str]) -> tuple[Event, ...]:
    """Read the events of a message's calendar parts, at most 20; what is no calendar is passed over."""
    from icalendar import Calendar

    found: list[Event] = []
    for text in calendars:
        if "BEGIN:VEVENT" not in text.upper():
            continue
        try:
            components = Calendar.from_ical(_ZONE.sub(_real_zone, text[:LENGTH]), multiple=True)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            continue
        for component in components:
            method = _text(component.get("METHOD")).upper() or "PUBLISH"
            for part in component.subcomponents:
                if getattr(part, "name", "") == "VEVENT" and len(found) < EVENTS:
                    found.append(_event(part, method))
    return tuple(found)


def _real_zone(zone: re.Match[str]) -> str:
    rules = [line for line in zone[0].upper().splitlines() if "RRULE" in line or "FREQ" in line]
    return zone[0] if len(rules) < 10 and all(_REAL_RULE.match(rule) for rule in rules) else ""


def _event(part: Any, method: str) -> Event:
    start = _moment(part.get("DTSTART"))
    end = _moment(part.get("DTEND"))
    duration = _value(part.get("DURATION"))
    if end is None and start is not None and isinstance(duration, timedelta):
        end = _plus(start, duration)
    return Event(
        method=method,
        uid=_text(part.get("UID")),
        sequence=_number(part.get("SEQUENCE")),
        status=_text(part.get("STATUS")).upper(),
        start=start,
        end=end,
        summary=_text(part.get("SUMMARY")),
        location=_text(part.get("LOCATION")),
        organizer=_attendee(_first(part.get("ORGANIZER"))),
        attendees=tuple(filter(None, map(_attendee, _several(part.get("ATTENDEE"))))),
    )


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return value[:ATTENDEES] if isinstance(value, list) else [value]


def _first(value: Any) -> Any:
    return next(iter(_several(value)), None)


def _text(value: Any) -> str:
    one = _first(value)
    return "" if one is None else clean(str(one))[:_VALUE]


def _number(value: Any) -> int:
    try:
        return max(0, min(int(_first(value) or 0), 2**31))
    except (ValueError, TypeError):
        return 0


def _value(value: Any) -> Any:
    """Return a property's value, or None where it is broken: icalendar tells so only when asked for it."""
    try:
        return getattr(_first(value), "dt", None)
    except ValueError:
        return None


def _plus(start: datetime, duration: timedelta) -> datetime | None:
    try:
        return start + duration
    except OverflowError:
        return None


def _moment(value: Any) -> datetime | None:
    moment = _value(value)
    if isinstance(moment, datetime):
        if moment.tzinfo is None or moment.utcoffset() is None:
            return moment.replace(tzinfo=UTC)
        return moment
    return datetime.combine(moment, time(), UTC) if isinstance(moment, date) else None


def _attendee(value: Any) -> Attendee | None:
    text = _text(value)
    if not text:
        return None
    address = text[7:] if text.lower().startswith("mailto:") else text
    about = getattr(value, "params", {})
    return Attendee(
        address=address.strip(),
        name=_text(about.get("CN")),
        partstat=_text(about.get("PARTSTAT")).upper() or "NEEDS-ACTION",
    )
