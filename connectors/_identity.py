"""What a stored message is, told from its own bytes: its msg-ids, and whether its text is a draft's.

Used only to recognise: a draft of ours that a store kept, and the messages of one conversation.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailhook.mail.message import Message
from mailhook.mail.mime import first_plain
from mailhook.reply.draft import Draft, body_digest

HEADER_LIMIT = 65_536
# RFC 5322 §3.6.4 in practice: printable ASCII without white space, quotes, backslash or brackets, with one @.
_SAFE_ID = re.compile(r"[!#-;=?-Z^-~]{1,240}@[!#-;=?A-Z^-~]{1,240}", re.ASCII)
_FIELD = re.compile(
    rb"^(message-id|in-reply-to|references)[ \t]*:([^\n]*\n(?:[ \t][^\n]*\n)*)", re.IGNORECASE | re.MULTILINE
)
_ANGLE = re.compile(r"<([^<>\s]+)>")
_BLANK = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """A message's own msg-id, and those of what it answers: In-Reply-To, and all of both fields."""

    own: str | None
    parents: frozenset[str]
    ancestors: frozenset[str]

    def touches(self, wanted: Iterable[str]) -> bool:
        """Say whether the message is one of these, or names one of them."""
        wanted = frozenset(wanted)
        return self.own in wanted or not wanted.isdisjoint(self.ancestors)


def read_ids(raw: bytes) -> Ids:
    """Read the msg-ids of a message or of its header section; never raises."""
    head = raw[:HEADER_LIMIT].lstrip(b"\r\n")
    blank = _BLANK.search(head)
    section = (head[: blank.start()] if blank else head) + b"\n"
    found: dict[bytes, list[str]] = {b"message-id": [], b"in-reply-to": [], b"references": []}
    for name, value in _FIELD.findall(section.replace(b"\r\n", b"\n")):
        found[name.lower()] += _ANGLE.findall(value.decode("latin-1"))
    parents = frozenset(found[b"in-reply-to"])
    return Ids(
        own=next(iter(found[b"message-id"]), None),
        parents=parents,
        ancestors=parents | frozenset(found[b"references"]),
    )


def is_safe_id(msg_id: str) -> bool:
    """Say whether a bare msg-id may stand in a command: no control character, white space, quote or bracket."""
    return _SAFE_ID.fullmatch(msg_id) is not None


def conversation_ids(message: Message) -> tuple[str, ...]:
    """Return the msg-ids that hold a conversation together, nearest first, fit to be searched for."""
    chain = (message.message_id, *message.in_reply_to, *reversed(message.references))
    return tuple(dict.fromkeys(i for i in chain if i is not None and is_safe_id(i)))


def is_draft_by_text(draft: Draft, raw: bytes) -> bool:
    """Say whether a stored message answers the draft's parent with the draft's very text, whatever its msg-id now."""
    if draft.in_reply_to is None or draft.in_reply_to not in read_ids(raw).parents:
        return False
    return body_digest(first_plain(raw)) == draft.body_sha256
