"""Who sent a message: a person or a machine, a list, a bounce, an automatic answer; and whether its sender is proven."""

import re
from dataclasses import dataclass
from typing import Literal

from mailhook.mail.authentication import Dmarc, dmarc_of
from mailhook.mail.message import Message
from mailhook.mail.wording import OUT_OF_OFFICE

RECIPIENTS = 20
Unreadable = Literal["smime", "pgp", "calendar"]

_AUTO_REPLY_FIELDS = (
    "x-autoreply",
    "x-auto-reply",
    "x-autorespond",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-autoresponse",
)
_MACHINE = re.compile(
    r"no-?_?\.?repl(?:y|ies)|do-?_?\.?not-?_?\.?reply|dont-?reply|nicht-?antworten|ne-?pas-?repondre|no-?responder|nao-?responda|non-?rispondere|"
    r"auto-?(?:reply|mail|confirm)|mailer-?daemon|postmaster|bounces?|notifications?|notify|system|alerts?|mailrobot",
)
_NOT_LETTERS = re.compile(r"[^a-z]+")
_BOUNCING = frozenset({"mailerdaemon", "postmaster"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a message comes from.

    `machine`: no person pressed Send on it; an application tracking system's rejection often is one, which forbids nothing by itself.
    `list`: a mailing list (RFC 2919, RFC 2369's List-Post). `bounce`: a report about mail of one's own. `auto_reply`: a vacation notice
    or the like. `bulk`: sent as bulk mail. `dmarc`: what the pinned server says of the From domain. `unreadable`: why there is no
    text to judge, if so. `many_recipients`: more than 20 are addressed.
    """

    machine: bool = False
    list: bool = False
    bounce: bool = False
    auto_reply: bool = False
    bulk: bool = False
    dmarc: Dmarc = "unknown"
    unreadable: Unreadable | None = None
    many_recipients: bool = False
    auto_submitted: str | None = None
    list_id: str | None = None


def origin(message: Message, *, authserv_id: str | None = None) -> Origin:
    """Read a message's origin; `authserv_id` names the server whose Authentication-Results count (RFC 8601 §5)."""
    fields: dict[str, str] = {}
    for name, value in message.header_fields:
        fields.setdefault(name.lower(), value)
    auto_submitted = _first_word(fields.get("auto-submitted"))
    auto_reply = _is_auto_reply(message, fields, auto_submitted)
    bulk = _first_word(fields.get("precedence")) in ("bulk", "list", "junk") or "feedback-id" in fields
    list_post = fields.get("list-post", "").strip()
    is_list = "list-id" in fields or (bool(list_post) and not list_post.lower().startswith("no"))
    sent_by_machine = any(
        _MACHINE.match(one.local) or _MACHINE.search(one.local) for one in message.from_[:1]
    )
    return Origin(
        machine=auto_reply
        or bulk
        or sent_by_machine
        or auto_submitted not in (None, "no")
        or "x-auto-response-suppress" in fields,
        list=is_list or "mailing-list" in fields,
        bounce=not auto_reply and _is_bounce(message, fields),
        auto_reply=auto_reply,
        bulk=bulk,
        dmarc=dmarc_of(message, authserv_id),
        unreadable=_unreadable(message),
        many_recipients=len(message.to) + len(message.cc) > RECIPIENTS,
        auto_submitted=auto_submitted,
        list_id=fields.get("list-id"),
    )


def _first_word(value: str | None) -> str | None:
    if value is None:
        return None
    words = re.split(r"[\s;(]", value.strip().lower(), maxsplit=1)
    return words[0] or None


def _is_auto_reply(message: Message, fields: dict[str, str], auto_submitted: str | None) -> bool:
    if auto_submitted == "auto-replied" or _first_word(fields.get("precedence")) == "auto_reply":
        return True
    if any(fields.get(name, "no").strip().lower() not in ("no", "false", "0") for name in _AUTO_REPLY_FIELDS):
        return True
    return message.subject.lower().startswith(OUT_OF_OFFICE)


def _is_bounce(message: Message, fields: dict[str, str]) -> bool:
    if fields.get("return-path", "-").strip() in ("<>", ""):
        return True
    if message.content_type == "multipart/report" or "x-failed-recipients" in fields:
        return True
    return any(_NOT_LETTERS.sub("", one.local) in _BOUNCING for one in message.from_)


def _unreadable(message: Message) -> Unreadable | None:
    kind = message.content_type
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return "smime"
    text = message.text.lstrip()
    if kind == "multipart/encrypted" or text.startswith("-----BEGIN PGP MESSAGE-----"):
        return "pgp"
    if text or message.quoted:
        return None
    if any(part.content_type.endswith("pkcs7-mime") for part in message.attachments):
        return "smime"
    return "calendar" if message.calendars else None
