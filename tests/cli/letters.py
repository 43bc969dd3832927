"""Mail that the tests of the command line deliver."""

import time
from email.utils import formatdate


def mail(
    text: str,
    *,
    subject: str = "Your interview for Data Engineer at Acme",
    sender: str = "Jane Roe <jane.roe@acme.example>",
    message_id: str = "x1@acme.example",
    answers: str = "",
    days: int = 0,
) -> bytes:
    """Return a message to Alex, written so many days ago."""
    reply = f"In-Reply-To: <{answers}>\r\nReferences: <{answers}>\r\n" if answers else ""
    head = (
        "Delivered-To: alex.morgan@example.org\r\n"
        f"Date: {formatdate(time.time() - days * 86400)}\r\nFrom: {sender}\r\nTo: Alex Morgan <alex.morgan@example.org>\r\n"
        f"Subject: {subject}\r\nMessage-ID: <{message_id}>\r\n{reply}"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    return (head + text.replace("\n", "\r\n")).encode()


NEWS = """Dear Alex,

Thank you for taking the time to interview with us last week for the Data Engineer position at Acme.

Unfortunately, we have decided to move forward with another candidate.

Kind regards,
Jane Roe
Acme
"""
