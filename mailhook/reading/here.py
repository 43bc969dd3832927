"""What is asked of whoever reads mail, and the reader that answers in this process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mailhook.mail.message import Me, Message
from mailhook.mail.parse import parse
from mailhook.verdict.facts import read_facts
from mailhook.verdict.judge import Judge
from mailhook.verdict.verdict import Facts, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message's bytes, or the first of them; `size` is the whole message's size in bytes, None where all are given."""

    raw: bytes
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A message quickly read: what identifies it, and whether it could be a rejection at all.

    `message` is the whole of what was read, only where that was asked for.
    """

    candidate: bool
    message_id: str | None
    fingerprint: str
    message: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message as it was read and judged, with the conversation it stands in."""

    message: Message
    verdict: Verdict
    facts: Facts = field(default_factory=Facts)
    conversation: tuple[Message, ...] = ()


class Reads(Protocol):
    """Whoever reads mail. Everything answered is within bounds and free of control characters, whatever the bytes."""

    def begin(self) -> None:
        """Get ready without anybody waiting for it: there will be something to read."""

    def screen(self, mails: Sequence[Mail], *, whole: bool = False) -> Iterator[Screened | None]:
        """Screen messages in their order; None stands for one that could not be read. `whole` asks for the messages too."""

    def study(self, mail: Mail, conversation: Sequence[Mail] = ()) -> Reading:
        """Read a message carefully and judge it within its conversation. Raise Unreadable."""

    def glance(self, mail: Mail) -> Message:
        """Read a message quickly. Raise Unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadsHere:
    """Reads in this process: for files that the person names, for samples of our own, and inside the process apart."""

    judge: Judge
    me: Me

    def begin(self) -> None:
        """Be ready."""

    def screen(self, mails: Sequence[Mail], *, whole: bool = False) -> Iterator[Screened | None]:
        """Screen messages in their order."""
        return (self.screen_one(mail, whole=whole) for mail in mails)

    def screen_one(self, mail: Mail, *, whole: bool = False) -> Screened:
        """Read one message quickly, and say whether it could be a rejection at all."""
        message = self.glance(mail)
        return Screened(
            candidate=self.judge.screen(message),
            message_id=message.message_id,
            fingerprint=message.fingerprint,
            message=message if whole else None,
        )

    def study(self, mail: Mail, conversation: Sequence[Mail] = ()) -> Reading:
        """Read a message carefully and judge it within its conversation."""
        return self.judged(parse(mail.raw, size=mail.size), [self.glance(each) for each in conversation])

    def glance(self, mail: Mail) -> Message:
        """Read a message quickly."""
        return parse(mail.raw, careful=False, size=mail.size)

    def judged(self, message: Message, conversation: Sequence[Message] = ()) -> Reading:
        """Judge a message that was read carefully."""
        verdict = self.judge.judge(message, conversation=conversation, me=self.me)
        facts = read_facts(message, verdict, conversation=conversation, me=self.me)
        return Reading(message=message, verdict=verdict, facts=facts, conversation=tuple(conversation))
