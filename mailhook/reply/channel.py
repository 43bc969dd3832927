"""How they reached us, and so how we answer: decided for each message by itself, never for a vendor as a whole.

The rows of `routes.toml` know the special ways (voice mail, text message relays, fax, platforms); everything else is
mail, answered at its Reply-To or From where somebody reads that.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from mailhook.mail.domain import same_organisation
from mailhook.mail.message import Address, Me, Message
from mailhook.mail.origin import Origin
from mailhook.reply import addresses
from mailhook.verdict.verdict import Verdict

Channel = Literal["email", "text", "call", "letter", "portal", "none"]

_LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}]{4,400}")
_PORTAL_WORDS = re.compile(
    r"(?i)\b(?:log ?in|sign in|candidate (?:home|portal|account)|your (?:profile|dashboard|account)|portal|"
    r"anmelden|einloggen|bewerberportal|kandidatenportal|connectez-vous|espace candidat|inicia(?:r)? sesi[óo]n|[áa]rea de candidat|"
    r"area candidat|accedi|inloggen|zaloguj|logga in|log ind|logg inn|giri[şs] yap|acesse|マイページ|ログイン|登录|登入|로그인)"
)
_LOGIN_LINK = re.compile(
    r"(?i)login|signin|portal|candidate|careers?|jobs?|apply|bewerb|karriere|recrut|talent|message|inbox"
)
_JUNK_LINK = re.compile(
    r"(?i)unsubscribe|abmelden|desabonn|optout|opt-out|preferences|privacy|\.(?:png|gif|jpe?g|css|js|ico)(?:\?|$)|w3\.org|/track|/open"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How the answer goes. `recipient` is None where it goes to nobody, and `why` says so in words.

    `row` names the row of routes.toml, or "mail". `number_text` holds a telephone number as written, `region` the country to
    read it in. `person` says that a person wrote it, through a platform. `ask` is set where several people might be meant, so that the candidate has to choose.
    """

    channel: Channel
    recipient: Address | None
    why: str
    row: str = "mail"
    number_text: str = ""
    region: str | None = None
    link: str | None = None
    person: bool = False
    ask: bool = False


def find_route(message: Message, verdict: Verdict, origin: Origin, me: Me) -> Route:
    """Decide how this message is answered. The recipient is a pure function of the message."""
    sender = message.from_[0] if len(message.from_) == 1 else None
    if sender is None:
        return _nobody(
            "The message has no sender, or more than one."
            if not message.from_
            else "The message has several senders."
        )
    for row in _rows():
        if _fits(row, message, me, sender):
            return _by_row(row, message, sender)
    return _by_mail(message, verdict, origin, me, sender)


def target(message: Message, origin: Origin, me: Me) -> tuple[Address | None, str]:
    """Return the one address an answer would go to and a note, Reply-To before From; None where none or several are meant."""
    sender = message.from_[0]
    others = [a for a in _distinct(message.reply_to) if not me.owns(a.address)]
    if not others:
        return sender, ""
    if len(others) == 1:
        return _single(others[0], sender, message, origin)
    people = [a for a in others if addresses.is_personal(a) and same_organisation(a.domain, sender.domain)]
    if len(people) == 1:
        return people[
            0
        ], "Of several addresses for answers, only this one is a person's at the sender's own domain."
    return None, "The message names several addresses for answers, so it is for you to choose one."


def _single(
    reply_to: Address, sender: Address, message: Message, origin: Origin
) -> tuple[Address | None, str]:
    same = same_organisation(reply_to.domain, sender.domain)
    if reply_to.address.lower() == sender.address.lower():
        return sender, ""
    if same and not addresses.is_shared(sender.domain):
        return reply_to, ""
    if addresses.is_relay(reply_to.domain) or addresses.is_relay(sender.domain):
        return reply_to, ""
    if origin.dmarc == "pass" or _signed(message, sender):
        return reply_to, ""
    return sender, (
        f"It asks for answers at {reply_to.address}, outside the sender's own domain and without a signature for that, so this was not followed."
    )


def _signed(message: Message, sender: Address) -> bool:
    """Say whether a DKIM signature of the sender's domain covers the Reply-To field (RFC 6376 §5.4)."""
    for value in message.headers("DKIM-Signature"):
        split = (tag.partition("=") for tag in value.split(";"))
        tags = {key.strip().lower(): item.strip() for key, _, item in split}
        covered = {name.strip().lower() for name in tags.get("h", "").split(":")}
        aligned = same_organisation(tags.get("d", ""), sender.domain)
        if aligned and "reply-to" in covered:
            return True
    return False


def _by_mail(message: Message, verdict: Verdict, origin: Origin, me: Me, sender: Address) -> Route:
    to, note = target(message, origin, me)
    if to is None:
        return Route(channel="none", recipient=None, why=note, ask=True)
    if me.owns(to.address):
        return _nobody("It would go to your own address.")
    if not addresses.is_writable(to):
        return _nobody(f"The address {to.address} cannot be written to.")
    if _unanswerable(to, verdict, sender):
        return _dead(to, message)
    relayed = " through a system that carries answers on" if addresses.is_relay(to.domain) else ""
    why = f"It came by mail{relayed}, and {to.address} can be answered."
    return Route(channel="email", recipient=to, why=f"{why} {note}".strip())


def _unanswerable(to: Address, verdict: Verdict, sender: Address) -> bool:
    """Say whether nobody reads answers there: the address shows it, or the text says so and names nobody else for answers."""
    if addresses.is_dead(to):
        return True
    named = to.address.lower() != sender.address.lower() and addresses.is_personal(to)
    return verdict.has_cue("unmonitored") and not named


def _dead(to: Address, message: Message) -> Route:
    link = portal_link(message)
    why = f"Nobody reads answers to {to.address}."
    if link and _PORTAL_WORDS.search(message.text or message.original):
        return Route(
            channel="portal",
            recipient=None,
            why=f"{why} The message points to a portal, so the answer is a text to paste there.",
            link=link,
        )
    return Route(channel="none", recipient=None, why=why, row="dead")


def _by_row(row: dict[str, Any], message: Message, sender: Address) -> Route:
    channel: Channel = row["channel"]
    to: Address | None = None
    match row["to"]:
        case "from":
            to = sender
        case "reply_to":
            to = next((a for a in message.reply_to if _any(row["reply_to"], a.address)), None)
    place = row.get("number")
    number = "" if place is None else message.subject if place == "subject" else message.header(place) or ""
    return Route(
        channel=channel,
        recipient=to,
        why=row["why"],
        row=row["name"],
        number_text=number,
        region=row.get("region"),
        link=portal_link(message) if channel == "portal" else None,
        person=row.get("person", False),
    )


def _fits(row: dict[str, Any], message: Message, me: Me, sender: Address) -> bool:
    if "from" in row and not _any(row["from"], sender.address):
        return False
    if "reply_to" in row and not any(_any(row["reply_to"], a.address) for a in message.reply_to):
        return False
    if "sender" in row:
        kind = "own" if me.owns(sender.address) else "dead" if addresses.is_dead(sender) else "alive"
        if kind != row["sender"]:
            return False
    if row.get("unless_reply_to") and any(_other_and_alive(a, sender, me) for a in message.reply_to):
        return False
    if "header" in row:
        value = message.header(row["header"]["name"])
        if value is None or not re.search(row["header"]["is"], value):
            return False
    if "subject" in row and not re.search(row["subject"], message.subject):
        return False
    if "content_type" in row and not re.search(row["content_type"], message.content_type):
        return False
    if "attachment" in row:
        named = (f"{a.filename} {a.content_type}" for a in message.attachments)
        return any(re.search(row["attachment"], name) for name in named)
    return True


def _other_and_alive(address: Address, sender: Address, me: Me) -> bool:
    same = address.address.lower() == sender.address.lower()
    return not same and not me.owns(address.address) and not addresses.is_dead(address)


def portal_link(message: Message) -> str | None:
    """Return the link to show for a portal, from the text or the HTML; it is never opened."""
    text = " ".join((message.original, message.text, (message.html or "")[:100_000].replace("&amp;", "&")))
    found = [link.rstrip(".,;:!") for link in _LINK.findall(text) if not _JUNK_LINK.search(link)]
    return next((link for link in found if _LOGIN_LINK.search(link)), found[0] if found else None)


def _nobody(why: str) -> Route:
    return Route(channel="none", recipient=None, why=why)


def _any(patterns: list[str], spec: str) -> bool:
    return any(re.search(pattern, spec.lower()) for pattern in patterns)


def _distinct(listed: tuple[Address, ...]) -> list[Address]:
    return list({a.address.lower(): a for a in listed}.values())


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, Any], ...]:
    return tuple(routes())


def routes() -> list[dict[str, Any]]:
    """Return the rows of routes.toml."""
    text = files("mailhook.reply").joinpath("routes.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["route"]
    return rows
