"""The tone check on drafts that wait for the person, as they stand in the mailbox, edits included."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailhook.cli.show import clean_line, line
from mailhook.errors import MailhookError, Unreadable
from mailhook.mail.message import Message

if TYPE_CHECKING:
    from mailhook.config import Account, Config
    from mailhook.connector import Arrival, Connector
    from mailhook.ledger.ledger import Ledger
    from mailhook.ledger.records import DraftRecord, MessageRecord
    from mailhook.reading.here import Reads
    from mailhook.reply.tone import ToneFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """A draft as it stands in the mailbox, what else was said in its conversation, and whether mailhook's own text is as it was."""

    draft: Message
    said: tuple[Message, ...]
    untouched: bool


def check_drafts(settings: "Config", accounts: "Sequence[Account]") -> bool:
    """Check every draft that waits; say whether none of them should stay unsent."""
    from mailhook.ledger.ledger import Ledger
    from mailhook.scan.place import mailbox_of, reading_of

    sound = True
    with Ledger.rehearsal(settings.ledger) as ledger, reading_of(settings) as reading:
        for account in accounts:
            waiting = ledger.drafts.in_states(account.name, ("confirmed", "edited"))
            if not waiting:
                line(f"{account.name}: no draft waits")
                continue
            try:
                with mailbox_of(account) as mailbox:
                    for record in waiting:
                        sound &= _check(settings, ledger, list(_standing(mailbox, reading, record)), record)
            except MailhookError as exc:
                line(f"{account.name}: fault. {clean_line(str(exc))}")
                sound = False
    return sound


def _check(settings: "Config", ledger: "Ledger", found: "Sequence[_Standing]", record: "DraftRecord") -> bool:
    from mailhook.cli.tone import print_findings
    from mailhook.reply.tone import blocking

    to = clean_line(record.recipient) if record.recipient else "nobody"
    if not found:
        line(f"{record.account}: draft to {to}: not checked, since it does not stand beside what it answers")
    judged = ledger.judged(record.account, record.identity)
    sound = True
    for each in found:
        findings = _findings(settings, judged, each)
        told = "nothing to say against it" if not findings else f"{len(findings)} to look at"
        line(f'{record.account}: draft to {to}, "{clean_line(each.draft.subject)}": {told}')
        print_findings(each.draft.text, findings)
        sound &= not blocking(findings)
    return sound


def _findings(
    settings: "Config", judged: "MessageRecord | None", standing: _Standing
) -> "tuple[ToneFinding, ...]":
    """Check the person's own text; one they have changed also against the conversation. They may tell news, so that is only shown."""
    from mailhook.reply.compose import known_words
    from mailhook.reply.language import choose_language
    from mailhook.reply.meeting import last_meeting
    from mailhook.reply.tone import check_tone

    draft, me = standing.draft, settings.me
    answered = next((each for each in standing.said if each.message_id in draft.in_reply_to), Message())
    language, _ = choose_language(answered, judged.language if judged else "und", settings.reply.templates)
    meeting = last_meeting(standing.said, answered)
    names = (me.name, language.say_date(language.day, meeting.start)) if meeting else (me.name,)
    plain = check_tone(draft.text, language.code, names=names)
    if standing.untouched or (judged and judged.channel == "call"):  # a script names places that no mail does
        return plain
    shown = Message(subject=draft.subject, from_=(*draft.from_, *draft.to), quoted=draft.quoted)
    thread = known_words((*standing.said, shown), language, settings.reply)
    found = check_tone(draft.text, language.code, names=names, thread=thread)
    return tuple(each if each in plain else replace(each, level="warn") for each in found)


def _standing(mailbox: "Connector", reading: "Reads", record: "DraftRecord") -> Iterator[_Standing]:
    """Yield the draft as it stands now, if it still does."""
    from mailhook.mail.mime import first_plain
    from mailhook.reply.draft import body_digest

    if record.answers is None:
        return
    for arrival in mailbox.conversation(Message(message_id=record.answers), thread_id=record.thread_id):
        if arrival.place != "drafts":
            continue
        for draft in _read(reading, arrival):
            if draft.message_id == record.message_id or record.answers in draft.in_reply_to:
                around = mailbox.conversation(draft, thread_id=record.thread_id)
                said = (each for each in around if each.place not in {"drafts", "trash"})
                yield _Standing(
                    draft=draft,
                    said=tuple(message for each in said for message in _read(reading, each)),
                    untouched=body_digest(first_plain(arrival.raw)) == record.body_sha256,
                )


def _read(reading: "Reads", arrival: "Arrival") -> Iterator[Message]:
    """Yield the message, if it can be read."""
    from mailhook.reading.here import Mail

    with suppress(Unreadable):
        yield reading.glance(Mail(raw=arrival.raw, size=arrival.size))
