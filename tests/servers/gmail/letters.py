"""Messages and drafts for the Gmail tests."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from mailhook.reply.draft import Draft, body_digest
from tests.servers.gmail.emulator import ADDRESS


def letter(
    number: int,
    *,
    subject: str = "Your application",
    text: str = "Unfortunately we have decided otherwise.\n",
    answers: str | None = None,
    attachment: bytes | None = None,
    sender: str = "Jane Roe <jane.roe@acme.example>",
) -> bytes:
    """Return a message to the person, with msg-id `N@acme.example`."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = ADDRESS
    message["Subject"] = subject
    message["Date"] = datetime(2026, 3, 2, 9, number % 60, tzinfo=UTC)
    message["Message-ID"] = f"<{number}@acme.example>"
    message["Authentication-Results"] = "mx.google.com; dmarc=pass header.from=acme.example"
    if answers:
        message["In-Reply-To"] = message["References"] = f"<{answers}>"
    message.set_content(text)
    if attachment is not None:
        message.add_attachment(attachment, maintype="application", subtype="pdf", filename="letter.pdf")
    return message.as_bytes()


def draft(
    answers: str | None,
    *,
    own: str = "0f3d9a@example.com",
    subject: str = "Re: Your application",
    text: str = "Thank you for letting me know.\nWhat should I work on first?\n",
) -> Draft:
    """Return a draft of mailhook's kind."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Alex Morgan <{ADDRESS}>"
    message["To"] = "jane.roe@acme.example"
    message["Subject"] = subject
    message["Date"] = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    message["Message-ID"] = f"<{own}>"
    if answers:
        message["In-Reply-To"] = message["References"] = f"<{answers}>"
    message.set_content(text)
    return Draft(
        message_id=own,
        recipient="jane.roe@acme.example",
        subject=subject,
        text=text,
        raw=message.as_bytes(),
        in_reply_to=answers,
        body_sha256=body_digest(text),
    )
