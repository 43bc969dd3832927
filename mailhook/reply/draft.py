"""The draft: a value, and the bytes of a message that a person will review and send."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to keep in the Drafts mailbox.

    `message_id` is bare and is the draft's only identity. `recipient` is one addr-spec, or None for a call
    script, a letter or a portal text, which cannot be sent by accident. `in_reply_to` is the bare msg-id of the
    message it answers, or None where that has none. `raw` is the exact message with CRLF line ends. `text` is what the
    person will have written, without the quoted mail. `body_sha256` is `body_digest` of the whole text/plain part, by
    which a draft is found again where a store rewrites msg-ids.
    """

    message_id: str
    recipient: str | None
    subject: str
    text: str
    raw: bytes
    in_reply_to: str | None
    body_sha256: str


def body_digest(plain: str) -> str:
    """Return the SHA-256 hex digest of a decoded text/plain body; white space, which stores may rewrap, does not count."""
    return hashlib.sha256("".join(plain.split()).encode("utf-8", "surrogatepass")).hexdigest()
