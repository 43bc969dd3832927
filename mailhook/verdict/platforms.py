"""What is known of platforms: the words in their headers and links, their senders and their names."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mailhook.mail.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A platform's own word that an application was turned down: the part it stands in, the words, and their points."""

    rule: str
    part: str
    words: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Platforms:
    """The table, as read."""

    notices: tuple[Notice, ...]
    alert_senders: frozenset[str]
    ats_domains: frozenset[str]
    ats_names: frozenset[str]

    def notices_in(self, message: Message) -> list[Notice]:
        """Return the notices that stand in a message."""
        return [each for each in self.notices if each.words in message.part(each.part)]

    def sends_alerts(self, message: Message) -> bool:
        """Say whether its sender sends lists of jobs and nothing else."""
        return any(
            one.address.lower() in self.alert_senders or f"@{one.domain}" in self.alert_senders
            for one in message.from_
        )

    def is_ats(self, domain: str) -> bool:
        """Say whether a mail domain, or one above it, is an applicant tracking system's or a job platform's."""
        labels = domain.lower().split(".")
        return any(".".join(labels[start:]) in self.ats_domains for start in range(len(labels) - 1))


@cache
def platforms() -> Platforms:
    """Read the table, once."""
    raw = tomllib.loads((files("mailhook.verdict") / "platforms.toml").read_text(encoding="utf-8"))
    return Platforms(
        notices=tuple(Notice(**each) for each in raw["notice"]),
        alert_senders=frozenset(raw["alerts"]["senders"]),
        ats_domains=frozenset(raw["ats"]["domains"]),
        ats_names=frozenset(raw["ats"]["names"]),
    )
