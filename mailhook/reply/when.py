"""When a draft is best sent, and from when it is stale. For the log; nothing of it is in the mail."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailhook.mail.message import Message
from mailhook.reply.addresses import place

OPENS, CLOSES = time(9, 30), time(17)
SOONEST = timedelta(hours=4)
BEST = timedelta(hours=24)
STALE = timedelta(days=7)
STALE_LETTER = timedelta(days=14)


def suggested_send(message: Message, now: datetime, zone: str | None = None) -> datetime:
    """Return the first moment in the sender's business hours a day after their message, and four hours after now at the least.

    Where a day after has long passed, four hours from now count. Whole quarters of an hour, in the sender's time zone.
    """
    there = sender_zone(message, zone)
    after = now + SOONEST if message.date is None or message.date + BEST < now else message.date + BEST
    after = max(after, message.date + SOONEST if message.date else after, now)
    return _business(after.astimezone(there))


def stale_after(message: Message, now: datetime, *, letter: bool) -> datetime:
    """Return the moment from which an answer comes late: a week after their message, two for a letter."""
    return (message.date or now) + (STALE_LETTER if letter else STALE)


def sender_zone(message: Message, zone: str | None = None) -> tzinfo:
    """Return the sender's time zone: the one given, else their country's where that fits their clock, else their clock's offset."""
    named = _zone(zone)
    if named is not None:
        return named
    offset = message.date.utcoffset() if message.date else None
    known = place(message.from_[0].domain) if message.from_ else None
    country = _zone(known.zone) if known else None
    fits = message.date is None or not offset or message.date.astimezone(country).utcoffset() == offset
    if country is not None and fits:
        return country
    return message.date.tzinfo or UTC if message.date else UTC


def _zone(name: str | None) -> ZoneInfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _business(moment: datetime) -> datetime:
    minutes = -moment.minute % 15
    moment = (moment + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    if moment.time() > CLOSES:
        moment = _next_morning(moment)
    elif moment.time() < OPENS:
        moment = moment.replace(hour=OPENS.hour, minute=OPENS.minute)
    while moment.weekday() >= 5:
        moment = _next_morning(moment)
    return moment


def _next_morning(moment: datetime) -> datetime:
    return (moment + timedelta(days=1)).replace(hour=OPENS.hour, minute=OPENS.minute)
