"""Who sent a message: a person or a machine, a list, a bounce, an automatic answer; and whether its sender is proven."""

import re
from dataclasses import dataclass
from typing import Literal

from mailhook.mail.authentication import Dmarc, dmarc_of
from mailhook.mail.message import Message
from mailhook.mail.normal import fold, normalise
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
# In an address's local part: words run together that only machines have, and words that are machines when they stand alone.
_NEVER_READ = re.compile(
    r"noreply|donotreply|dontreply|nichtantworten|nepasrepondre|noresponder|naoresponda|nonrispondere|autoreply|"
    r"mailerdaemon|mailrobot|systemmessage"
)
_MACHINES = frozenset(
    {
        "postmaster",
        "bounce",
        "bounces",
        "notification",
        "notifications",
        "notify",
        "system",
        "alert",
        "alerts",
        "daemon",
    }
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
    report = _is_report(message, fields)
    auto_reply = not report and _is_auto_reply(message, fields, auto_submitted)
    bulk = _first_word(fields.get("precedence")) in ("bulk", "list", "junk") or "feedback-id" in fields
    list_post = fields.get("list-post", "").strip()
    is_list = "list-id" in fields or (bool(list_post) and not list_post.lower().startswith("no"))
    return Origin(
        machine=report
        or auto_reply
        or bulk
        or any(is_machine_address(one.local) for one in message.from_[:1])
        or auto_submitted not in (None, "no")
        or "x-auto-response-suppress" in fields,
        list=is_list or "mailing-list" in fields,
        bounce=report or (not auto_reply and fields.get("return-path", "-").strip() in ("<>", "")),
        auto_reply=auto_reply,
        bulk=bulk,
        dmarc=dmarc_of(message, authserv_id),
        unreadable=_unreadable(message),
        many_recipients=len(message.to) + len(message.cc) > RECIPIENTS,
        auto_submitted=auto_submitted,
        list_id=fields.get("list-id"),
    )


def is_machine_address(local: str) -> bool:
    """Say whether nobody reads what is sent to an address with this local part."""
    words = _NOT_LETTERS.split(local.partition("+")[0].lower())
    return bool(_NEVER_READ.search("".join(words))) or not _MACHINES.isdisjoint(words)


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
    return fold(normalise(message.subject)).startswith(OUT_OF_OFFICE)


def _is_report(message: Message, fields: dict[str, str]) -> bool:
    """Say whether it tells about mail of one's own; such reports also call themselves auto-replied (RFC 3464)."""
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
