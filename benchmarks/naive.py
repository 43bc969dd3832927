"""The way a first version is usually written: whole messages one by one, the default policy, html.parser, a pattern at a time.

Run as a program, so that its processor time and memory are its own: `python -m benchmarks.naive HOST PORT USER PASSWORD`.
It reads INBOX read-only, judges each message by the same phrases as mailhook's English lexicon, and prints how many it found.
"""

import email
import email.policy
import imaplib
import re
import sys
from pathlib import Path

import bs4

from benchmarks.phrases import english_patterns


def text_of(message: email.message.EmailMessage) -> str:
    """Return the readable text as the library's own short-cut gives it."""
    part = message.get_body(preferencelist=("html", "plain"))
    if part is None:
        return ""
    content = str(part.get_content())
    if part.get_content_subtype() == "html":
        return bs4.BeautifulSoup(content, "html.parser").get_text(" ")
    return content


def main(host: str, port: str, user: str, password: str) -> None:
    """Read every message of INBOX and count those in which a phrase stands."""
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in english_patterns()]
    found = 0
    client = imaplib.IMAP4(host, int(port))
    client.login(user, password)
    client.select("INBOX", readonly=True)
    _, (numbers,) = client.search(None, "ALL")
    for number in numbers.split():
        _, data = client.fetch(number.decode(), "(BODY.PEEK[])")
        assert isinstance(data[0], tuple)
        message = email.message_from_bytes(data[0][1], policy=email.policy.default)
        text = " ".join(text_of(message).split())
        hits = [pattern for pattern in patterns if pattern.search(text)]  # every pattern, as scores need
        found += bool(hits)
    client.logout()
    print(found)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    main(*sys.argv[1:])
