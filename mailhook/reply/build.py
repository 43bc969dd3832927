"""From plan and text to the exact bytes of a draft, read back and compared with what was meant before anyone keeps them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

from mailhook.errors import Unreadable
from mailhook.mail.message import Me, Message
from mailhook.mail.thread import reply_references, reply_subject
from mailhook.reply import fields
from mailhook.reply.compose import Text
from mailhook.reply.draft import Draft, body_digest
from mailhook.reply.flowed import flow
from mailhook.reply.language import load_language
from mailhook.reply.plan import Plan
from mailhook.reply.quote import html_of, quote_html, quote_plain

# RFC 2045 §6.7 and §6.8: an encoded line has at most 76 characters. A mail program that reads lines into a buffer tears a longer one amid a character.
# Only the fields of MIME parts are folded by this; those of the message are written by `fields`, where a msg-id never breaks.
_WIRE = policy.SMTP.clone(max_line_length=76)
_BODY_FIELDS = ("mime-version", "content-type", "content-transfer-encoding")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What the header section of a draft must say, and nothing else."""

    sender_name: str
    sender: str
    recipient_name: str
    recipient: str | None
    subject: str
    date: str
    message_id: str
    parent: str | None
    references: tuple[str, ...]

    def lines(self) -> bytes:
        """Return the header fields as they go over the wire."""
        parts = [fields.address("From", self.sender_name, self.sender)]
        if self.recipient is not None:
            parts.append(fields.address("To", self.recipient_name, self.recipient))
        parts.append(fields.unstructured("Subject", self.subject))
        parts.append(fields.unstructured("Date", self.date))
        parts.append(fields.ids("Message-ID", [self.message_id]))
        if self.parent is not None:
            parts.append(fields.ids("In-Reply-To", [self.parent]))
        if self.references:
            parts.append(fields.ids("References", self.references))
        return b"".join(parts)

    def meant(self) -> dict[str, str]:
        """Return the fields by name, decoded, as a mail program must read them."""
        found = {
            "from": _shown(self.sender_name, self.sender),
            "subject": self.subject,
            "date": self.date,
            "message-id": f"<{self.message_id}>",
        }
        if self.recipient is not None:
            found["to"] = _shown(self.recipient_name, self.recipient)
        if self.parent is not None:
            found["in-reply-to"] = f"<{self.parent}>"
        if self.references:
            found["references"] = " ".join(f"<{one}>" for one in self.references)
        return found


def build_draft(plan: Plan, text: Text, message: Message, *, me: Me, message_id: str, now: datetime) -> Draft:
    """Return the draft that answers `message`, which must be the message that the plan names.

    `message_id` is bare. The same arguments give the same bytes. Raise Unreadable where what would be written does not
    read back as what was meant.
    """
    if plan.answers is not None and plan.answers != message.message_id:
        raise ValueError(f"the plan answers {plan.answers}, not {message.message_id}")
    head = _head(plan, message, me=me, message_id=message_id, now=now)
    plain, body = _body(plan, text, message, me=me, now=now, boundary=_boundary(message_id))
    try:
        raw = head.lines() + body
    except ValueError as exc:
        raise Unreadable(
            f"the answer cannot be written as a message: {exc}; answer this one by hand"
        ) from exc
    _read_back(raw, head)
    return Draft(
        message_id=message_id,
        recipient=plan.recipient,
        subject=head.subject,
        text=text.text,
        raw=raw,
        in_reply_to=head.parent,
        body_sha256=body_digest(plain),
    )


def reply_address(message: Message, me: Me) -> str:
    """Return the address to answer from: the one the message was sent to, else the one it was delivered to, else the first.

    A plus-tag is kept, since applicant tracking systems know candidates by the address they wrote to.
    """
    for reached in (*(a.address for a in (*message.to, *message.cc)), *message.delivered_to):
        if me.owns(reached):
            same = (own for own in me.addresses if own.lower() == reached.lower())
            return next(same, reached)
    return me.addresses[0]


def _head(plan: Plan, message: Message, *, me: Me, message_id: str, now: datetime) -> _Head:
    usable = message.message_id is not None and fields.is_msg_id(message.message_id)
    references = tuple(one for one in reply_references(message) if fields.is_msg_id(one)) if usable else ()
    return _Head(
        sender_name=fields.one_line(me.name),
        sender=reply_address(message, me),
        recipient_name=_name_of(plan.recipient, message),
        recipient=plan.recipient,
        subject=fields.one_line(reply_subject(message.subject)),
        date=format_datetime(now),
        message_id=message_id,
        parent=message.message_id if usable else None,
        references=references,
    )


def _name_of(recipient: str | None, message: Message) -> str:
    """Return the display name that the message itself gives that address."""
    known = (a.name for a in (*message.reply_to, *message.from_) if a.address == recipient)
    return fields.one_line(next(known, ""))


def _body(
    plan: Plan, text: Text, message: Message, *, me: Me, now: datetime, boundary: str
) -> tuple[str, bytes]:
    """Return the text/plain part as text, and the body with its MIME header fields as bytes."""
    quoted = plan.channel == "email"
    language = load_language(text.language, text.templates_folder)
    quote = quote_plain(message, language) if quoted else ""
    own = (
        text.text if plan.channel == "text" else flow(text.text)
    )  # a gateway sends the lines of an SMS as they are
    plain = own + (f"\n\n{quote}" if quote else "") + "\n"
    mail = EmailMessage(policy=_WIRE)
    mail.set_content(plain, charset="utf-8", cte=_encoding(plain))
    if plan.channel != "text":
        mail.set_param("format", "flowed")
    if quoted and message.html is not None:
        html = html_of(text.text) + quote_html(message, language)
        page = f'<html><head><meta charset="utf-8"></head><body>\n{html}</body></html>\n'
        mail.add_alternative(page, subtype="html", cte="quoted-printable")
    if plan.channel == "letter" and text.letter is not None:
        from mailhook.reply.letter import letter_pdf

        pdf = letter_pdf(text.letter, me=me, now=now)
        if pdf is not None:
            mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=text.letter.filename)
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"{boundary}{number}")
        if part is not mail:
            del part["MIME-Version"]
    return plain, mail.as_bytes()


def _encoding(plain: str) -> str:
    return "7bit" if plain.isascii() and max(map(len, plain.split("\n"))) < 900 else "quoted-printable"


def _boundary(message_id: str) -> str:
    """Return a boundary that is the same for the same draft; no line of an encoded body begins with its like."""
    return f"------------{hashlib.sha256(message_id.encode()).hexdigest()[:24]}"


def _shown(name: str, spec: str) -> str:
    """Return an address for comparison: Python keeps the white space between encoded words of a name, others drop it."""
    name = "".join(name.split())
    return f"{name} <{fields.ascii_address(spec)}>" if name else fields.ascii_address(spec)


def _read_back(raw: bytes, head: _Head) -> None:
    """Read the bytes as a mail program would, and compare every header field with what was meant."""
    read = message_from_bytes(raw, policy=policy.default)
    found: dict[str, str] = {}
    for name, value in read.items():
        key = name.lower()
        if key in found:
            raise Unreadable(f"the draft would carry {name} twice; answer this message by hand")
        addresses = getattr(value, "addresses", None)
        found[key] = (
            ", ".join(_shown(a.display_name, a.addr_spec) for a in addresses) if addresses else str(value)
        )
    body = {key: found.pop(key) for key in _BODY_FIELDS if key in found}
    meant = head.meant()
    if found != meant or "mime-version" not in body:
        wrong = sorted({*found} ^ {*meant}) or [key for key in meant if found.get(key) != meant[key]]
        raise Unreadable(
            f"the draft would not read back as meant ({', '.join(wrong)}); answer this message by hand"
        )
