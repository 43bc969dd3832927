"""The tone check on drafts that wait for the person, as they stand in the mailbox, edits included."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mailhook.cli.show import clean_line, line
from mailhook.errors import MailhookError

if TYPE_CHECKING:
    from mailhook.config import Account, Config
    from mailhook.connector import Connector
    from mailhook.ledger.ledger import Ledger
    from mailhook.ledger.records import DraftRecord
    from mailhook.mail.message import Message


def check_drafts(settings: "Config", accounts: "Sequence[Account]") -> bool:
    """Check every draft that waits; say whether none of them should stay unsent."""
    from mailhook.ledger.ledger import Ledger
    from mailhook.scan.place import mailbox_of

    sound = True
    with Ledger.rehearsal(settings.ledger) as ledger:
        for account in accounts:
            waiting = ledger.drafts.in_states(account.name, ("confirmed", "edited"))
            if not waiting:
                line(f"{account.name}: no draft waits")
                continue
            try:
                with mailbox_of(account) as mailbox:
                    for record in waiting:
                        sound &= _check(ledger, mailbox, record)
            except MailhookError as exc:
                line(f"{account.name}: fault. {clean_line(str(exc))}")
                sound = False
    return sound


def _check(ledger: "Ledger", mailbox: "Connector", record: "DraftRecord") -> bool:
    from mailhook.cli.tone import print_findings
    from mailhook.reply.tone import blocking, check_tone

    judged = ledger.judged(record.account, record.identity)
    sound = True
    for draft in _standing(mailbox, record):
        findings = check_tone(draft.text, judged.language if judged else "en")
        to = clean_line(record.recipient) if record.recipient else "nobody"
        told = "nothing to say against it" if not findings else f"{len(findings)} to look at"
        line(f'{record.account}: draft to {to}, "{clean_line(draft.subject)}": {told}')
        print_findings(draft.text, findings)
        sound &= not blocking(findings)
    return sound


def _standing(mailbox: "Connector", record: "DraftRecord") -> "Iterator[Message]":
    """Yield the draft as it stands now, if it still does."""
    from mailhook.mail.message import Message
    from mailhook.mail.parse import parse

    answered = Message(message_id=record.answers)
    around = mailbox.conversation(answered, thread_id=record.thread_id) if record.answers else ()
    for arrival in around:
        if arrival.place == "drafts":
            draft = parse(arrival.raw, size=arrival.size)
            if draft.message_id == record.message_id or record.answers in draft.in_reply_to:
                yield draft
