"""The values that say what arrived. All frozen; all times aware; msg-ids bare (no angle brackets).

A `Message` is made by `mailhook.mail.parse.parse` from any bytes whatever; nobody else builds one outside tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of RFC 5322 §3.4 (there called a mailbox): display name, and addr-spec as written."""

    name: str = ""
    address: str

    @property
    def local(self) -> str:
        """The part before the last `@`, in lower case."""
        return self.address.rpartition("@")[0].lower()

    @property
    def domain(self) -> str:
        """The part after the last `@`, in lower case; A-label form if it came so."""
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is not the message's text: its name, media type and size in bytes. Never opened."""

    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, read within bounds.

    `text` is the new text made ready for judging: quotes, signature and legal footer split off, soft line
    breaks joined, white space, quotation marks and zero-width characters normalised, block structure kept as
    newlines. Evidence counts its characters. `original` is the readable body as its author wrote it, quotes
    and all, for quoting back. Both are "" where there is no text.
    """

    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    subject: str = ""
    from_: tuple[Address, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    text: str = ""
    quoted: str = ""
    signature: str = ""
    footer: str = ""
    original: str = ""
    html: str | None = None
    has_plain: bool = True
    forwarded: bool = False
    header_fields: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    calendars: tuple[str, ...] = ()
    content_type: str = "text/plain"
    defects: tuple[str, ...] = ()
    size: int = 0
    fingerprint: str = field(default="")

    def header(self, name: str) -> str | None:
        """Return the first (topmost) header field of that name, decoded, or None; case does not matter."""
        return next(self.headers(name), None)

    def headers(self, name: str) -> Iterator[str]:
        """Yield the values of every header field of that name, topmost first."""
        wanted = name.lower()
        return (value for field_name, value in self.header_fields if field_name.lower() == wanted)

    def part(self, name: str) -> str:
        """Return the text that evidence of that part counts in.

        `text`, `subject`, `signature`, `footer`, `quoted`, `html`, `from` (display name and address as
        `Name <address>`), or `header:NAME`.
        """
        match name:
            case "text" | "subject" | "signature" | "footer" | "quoted":
                return str(getattr(self, name))
            case "html":
                return self.html or ""
            case "from":
                return ", ".join(f"{a.name} <{a.address}>" if a.name else a.address for a in self.from_)
        if name.startswith("header:"):
            return self.header(name.removeprefix("header:")) or ""
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The person whose mail this is: name as they sign, and every address mail reaches them at."""

    name: str
    addresses: tuple[str, ...]

    def owns(self, address: str) -> bool:
        """Say whether an addr-spec is one of theirs; case and a plus-tag do not matter."""
        return _bare(address) in {_bare(own) for own in self.addresses}


def _bare(address: str) -> str:
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
