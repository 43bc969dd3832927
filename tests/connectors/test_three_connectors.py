"""One mailbox, three ways to it: Maildir, IMAP and Gmail come to the same verdicts and the same drafts."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from mailhook.config import parse
from mailhook.ledger.ledger import Ledger
from mailhook.scan.place import job_of
from mailhook.scan.report import JudgedMessage
from mailhook.scan.run import scan_account
from tests.scan.mailroom import the_judge
from tests.servers.dovecot import Dovecot
from tests.servers.gmail.fixtures import Connect, connect, gmail, gmail_emulator
from tests.servers.gmail.shim import Shim
from tests.servers.gmail.store import GmailStore
from tests.servers.imap_store import DovecotStore
from tests.servers.maildir_store import MaildirStore

__all__ = ["connect", "gmail", "gmail_emulator"]

pytestmark = [pytest.mark.dovecot, pytest.mark.emulator]

ME = "alex.morgan@example.com"
CONFIG = f'[me]\nname = "Alex Morgan"\naddresses = ["{ME}"]\n[accounts.one]\nconnector = "maildir"\npath = "unused"\n'
OVERS = "Unfortunately, we have decided to move forward with another candidate."
"""What most of these letters say."""


def mail(
    number: int, sender: str, subject: str, text: str, *, html: str = "", pdf: int = 0, answers: str = ""
) -> bytes:
    """Return a message to the person."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, f"Alex Morgan <{ME}>", subject
    message["Date"] = datetime(2026, 3, 2, 9, number, tzinfo=UTC)
    message["Message-ID"] = f"<s{number}@{sender.rpartition('@')[2].strip('>')}>"
    if answers:
        message["In-Reply-To"] = message["References"] = f"<{answers}>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if pdf:
        message.add_attachment(bytes(pdf), maintype="application", subtype="pdf", filename="letter.pdf")
    return message.as_bytes()


SCENARIO = (
    mail(1, "Jane Roe <jane.roe@acme.example>", "Your application as Data Engineer at Acme",
         f"Dear Alex,\n\nThank you for taking the time to interview with us for the position of Data Engineer at Acme.\n\n{OVERS}\n\nKind regards,\nJane Roe\nAcme\n"),
    mail(2, "Initech Hiring Team <no-reply@greenhouse-mail.io>", "Your application to Initech",
         f"Hi Alex,\n\nThank you for applying for the role of Analyst at Initech.\n\n{OVERS}\n\nThe Initech Hiring Team\n"),
    mail(3, "Erika Muster <e.muster@beispiel.example>", "Ihre Bewerbung als Köchin",
         "Sehr geehrte Frau Morgan,\n\nvielen Dank für das freundliche Gespräch. Leider haben wir uns für eine andere Bewerberin entschieden.\n\nMit freundlichen Grüßen\nErika Muster\n"),
    mail(4, "Kim Poe <kim.poe@hooli.example>", "Interview on Tuesday",
         "Hi Alex,\n\nwe would love to meet you on Tuesday at ten. Does that suit you?\n\nKim\n"),
    mail(5, "Mum <mum@example.net>", "Sunday", "Hi Alex, are you coming to dinner on Sunday? Love, Mum\n"),
    mail(6, "Sam Lee <sam.lee@globex.example>", "Your application as Designer at Globex",
         "See the HTML part.\n", html=f"<html><body><p>Dear Alex,</p><p>thank you for coming in for the interview.</p><p>{OVERS}</p><p>Kind regards,<br>Sam Lee</p></body></html>"),
    mail(7, "Pat Doe <pat.doe@umbrella.example>", "Your application as Chemist at Umbrella",
         f"Dear Alex,\n\nthank you for the interview last week.\n\n{OVERS} A letter is attached.\n\nKind regards,\nPat Doe\n", pdf=1_500_000),
    mail(8, "Robin Fox <robin.fox@tyrell.example>", "Your application as Engineer at Tyrell",
         "Dear Alex,\n\nthank you for your application. We are still reviewing it and will be in touch.\n\nRobin Fox\n"),
)  # fmt: skip
"""Rejections after an interview and without one, in two languages, in HTML, with a large attachment; and what is none."""


_OWN = re.compile(rb"^(Message-ID|Date): .*\r\n|-{12}[0-9a-f]{25}", re.MULTILINE)
"""What each draft has for itself alone: its msg-id, its moment, and the boundary between its parts."""


def essence(judged: JudgedMessage) -> dict[str, Any]:
    """Return what must be the same, whatever the store: all but the draft's own msg-id and date."""
    draft = judged.draft
    text = None
    if draft is not None:
        text = _OWN.sub(b"", draft.raw.replace(draft.message_id.encode(), b"own"))
    return {
        "from": judged.message.from_,
        "subject": judged.message.subject,
        "text": judged.message.text,
        "verdict": judged.verdict,
        "facts": judged.facts,
        "plan": (judged.plan.channel, judged.plan.intent, judged.plan.recipient, judged.plan.reason),
        "draft": text,
    }


@pytest.fixture
def stores(maildir: Path, dovecot: Dovecot, gmail: Shim, connect: Connect) -> dict[str, Any]:
    """The three, empty."""
    return {
        "maildir": MaildirStore(maildir),
        "imap": DovecotStore(dovecot),
        "gmail": GmailStore(gmail, connect),
    }


def scanned(store: Any, state: Path) -> Callable[[], list[dict[str, Any]]]:
    """Return how to scan a store, with a ledger of its own."""
    config = replace(parse(CONFIG), state=state)

    def scan() -> list[dict[str, Any]]:
        with Ledger.open(config.ledger) as ledger:
            clock = lambda: datetime.now(UTC)  # noqa: E731  named as the job names it
            job = job_of(config, config.accounts["one"], ledger, clock=clock, judge=the_judge())
            report = scan_account(replace(job, open_mailbox=store.connector, others=True))
        assert report.fault is None
        return [essence(each) for each in report.judged]

    return scan


def test_the_same_mail_gives_the_same_verdicts_and_drafts(stores: dict[str, Any], tmp_path: Path) -> None:
    """Message by message, evidence, facts, plan and draft; and as many drafts in the store."""
    results, kept = {}, {}
    for name, store in stores.items():
        scan = scanned(store, tmp_path / name)
        assert scan() == []
        for raw in SCENARIO:
            store.deliver(raw)
        results[name] = scan()
        kept[name] = len(store.drafts())
        assert scan() == []
    assert len(results["maildir"]) == len(SCENARIO)
    assert [each["verdict"].label for each in results["maildir"]].count("rejection") >= 4
    assert kept["maildir"] == len([each for each in results["maildir"] if each["draft"] is not None]) > 0
    for name in ("imap", "gmail"):
        assert results[name] == results["maildir"]
        assert kept[name] == kept["maildir"]
    stores["imap"].close()
