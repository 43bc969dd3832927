"""The demo's mailbox: believable mail, written for it, laid out as a Maildir with dates that end today."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from importlib.resources import files
from pathlib import Path

from mailhook.mail.message import Me

ME = Me(name="Alex Morgan", addresses=("alex.morgan@example.org",))

_MAIL_DATE = re.compile(rb"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")
_CALENDAR_DATE = re.compile(rb"(?<=[:;=])\d{8}T\d{6}Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One message of the sample: its name, whether the person sent it, its date and its bytes."""

    name: str
    sent: bool
    date: datetime
    raw: bytes


def write_sample(folder: Path, now: datetime) -> int:
    """Lay out the sample as a Maildir in an empty folder and return how many messages lie in its inbox.

    Every message keeps its distance from the newest one, which came within the day before `now`.
    """
    for mailbox in ("", ".Sent", ".Drafts"):
        for part in ("cur", "new", "tmp"):
            (folder / mailbox / part).mkdir(parents=True, mode=0o700, exist_ok=True)
    messages = list(_shifted(now))
    for number, message in enumerate(messages):
        place, flags = (".Sent/cur", ":2,S") if message.sent else ("new", "")
        stamp = int(message.date.timestamp())
        path = folder / place / f"{stamp}.M{number:06}P{os.getpid()}.sample{flags}"
        path.write_bytes(message.raw)
        os.utime(path, (stamp, stamp))
    return sum(not message.sent for message in messages)


def oldest(now: datetime) -> datetime:
    """Return the date of the oldest message, as it is written for `now`."""
    return min(message.date for message in _shifted(now))


def _shifted(now: datetime) -> Iterator[Sample]:
    messages = sorted(_messages(), key=lambda message: message.date)
    days = (now - messages[-1].date) // timedelta(days=1)
    for message in messages:
        yield _later(message, timedelta(days=days))


def _messages() -> Iterator[Sample]:
    sample = files("mailhook.cli").joinpath("sample")
    for place in ("inbox", "sent"):
        for file in sample.joinpath(place).iterdir():
            raw = file.read_bytes()
            found = re.search(rb"^Date: (.*)$", raw, flags=re.MULTILINE)
            assert found is not None, f"{file.name} has no date"
            date = parsedate_to_datetime(found[1].decode("ascii"))
            yield Sample(name=file.name, sent=place == "sent", date=date, raw=raw)


def _later(message: Sample, delay: timedelta) -> Sample:
    head, blank, body = message.raw.partition(b"\n\n")
    head = _MAIL_DATE.sub(
        lambda found: format_datetime(parsedate_to_datetime(found[0].decode("ascii")) + delay).encode(
            "ascii"
        ),
        head,
    )
    body = _CALENDAR_DATE.sub(
        lambda found: (
            (datetime.strptime(found[0].decode("ascii"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) + delay)
            .strftime("%Y%m%dT%H%M%SZ")
            .encode("ascii")
        ),
        body,
    )
    return Sample(name=message.name, sent=message.sent, date=message.date + delay, raw=head + blank + body)
