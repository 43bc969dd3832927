"""Which mailboxes an IMAP account has, and which of them are Drafts, Sent, Trash, Junk and the archive.

First the server's own word (SPECIAL-USE, RFC 6154), then the person's, then the names that mail programs use.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from imapclient import imap_utf7
from imapclient.response_parser import parse_response

from mailhook.connector import Place
from mailhook.connectors._special_use import Use, rank, use_by_attributes, use_by_name
from mailhook.errors import AccountError

_PLACES: dict[Use, Place] = {
    "drafts": "drafts",
    "sent": "sent",
    "trash": "trash",
    "archive": "archive",
    "all": "archive",
}
_UNREAD: frozenset[Use] = frozenset({"junk", "trash", "drafts", "sent", "all"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox as LIST gives it. `told` is the use by the server's word, `use` by that or else by its name."""

    name: str
    separator: str | None = None
    selectable: bool = True
    told: Use | None = None
    use: Use | None = None

    @property
    def place(self) -> Place:
        """What the port calls this kind of mailbox."""
        return _PLACES.get(self.use, "inbox") if self.use else "inbox"

    def place_of(self, labels: Collection[str]) -> Place:
        """Say the same of one message: what Gmail keeps in All Mail is told apart by its labels (lower case)."""
        if self.use != "all":
            return self.place
        told: tuple[tuple[str, Place], ...] = (
            ("\\draft", "drafts"),
            ("\\inbox", "inbox"),
            ("\\sent", "sent"),
        )
        return next((place for label, place in told if label in labels), "archive")


def inbox() -> Mailbox:
    """Return the mailbox that every account has (RFC 3501 §5.1)."""
    return Mailbox(name="INBOX")


def read_list(lines: Sequence[Any]) -> tuple[Mailbox, ...]:
    """Read the answers to LIST, INBOX first; a name that is not modified UTF-7 is passed over."""
    told = [mailbox for mailbox in _mailboxes(lines) if mailbox.name]
    known = {mailbox.told for mailbox in told}
    named = (
        mailbox
        if mailbox.told or (use := use_by_name(mailbox.name, mailbox.separator)) in known
        else replace(mailbox, use=use)
        for mailbox in told
    )
    return tuple(sorted(named, key=lambda mailbox: mailbox.name != "INBOX"))


def _mailboxes(lines: Sequence[Any]) -> list[Mailbox]:
    parsed = parse_response([line for line in lines if line])
    found = []
    for attributes, separator, name in zip(parsed[::3], parsed[1::3], parsed[2::3], strict=False):
        words = {a.decode("latin-1").lower() for a in attributes if isinstance(a, bytes)}
        told = use_by_attributes(sorted(words))
        found.append(
            Mailbox(
                name=_decoded(name),
                separator=separator.decode("latin-1") if isinstance(separator, bytes) else None,
                selectable=words.isdisjoint({"\\noselect", "\\nonexistent"}),
                told=told,
                use=told,
            )
        )
    return found


def _decoded(name: object) -> str:
    """Decode a mailbox name; imapclient reads a name of digits as a number."""
    text = name if isinstance(name, bytes) else str(name).encode("ascii")
    try:
        decoded = str(imap_utf7.decode(text))
    except ValueError:
        return ""
    return "INBOX" if decoded.upper() == "INBOX" else decoded


def drafts_mailbox(mailboxes: Sequence[Mailbox], configured: str | None) -> Mailbox | None:
    """Return the Drafts mailbox: the one the server marks, else the one configured, else the one named so."""
    usable = [mailbox for mailbox in mailboxes if mailbox.selectable]
    marked = [mailbox for mailbox in usable if mailbox.told == "drafts"]
    named = [mailbox for mailbox in usable if mailbox.use == "drafts"]
    wanted = find_mailbox(usable, configured) if configured else None
    found: Mailbox | None
    if marked:
        found = wanted if wanted in marked else marked[0]
    elif configured:
        found = wanted
    else:
        found = min(named, key=lambda mailbox: rank(mailbox.name, mailbox.separator), default=None)
    return None if found is None else replace(found, use="drafts")


def find_mailbox(mailboxes: Sequence[Mailbox], name: str) -> Mailbox | None:
    """Return the mailbox of that name, also where the server wants it below INBOX."""
    wanted = "INBOX" if name.upper() == "INBOX" else name
    below = {f"INBOX{mailbox.separator}{wanted}" for mailbox in mailboxes if mailbox.separator}
    return next((m for m in mailboxes if m.name == wanted), None) or next(
        (m for m in mailboxes if m.name in below), None
    )


def named_mailboxes(mailboxes: Sequence[Mailbox], names: Sequence[str]) -> tuple[Mailbox, ...]:
    """Return the mailboxes of these names. Raise AccountError where one does not exist."""
    found = [(name, find_mailbox(mailboxes, name)) for name in names]
    for name, mailbox in found:
        if mailbox is None:
            raise AccountError(
                f'there is no mailbox "{name}" (there are: {names_of(mailboxes)}); correct `mailboxes`'
            )
    return tuple(mailbox for _, mailbox in found if mailbox is not None)


def names_of(mailboxes: Sequence[Mailbox]) -> str:
    """Return the first names for an error's sentence."""
    return ", ".join(mailbox.name for mailbox in mailboxes[:20])


def below_inbox(mailboxes: Sequence[Mailbox], name: str) -> str:
    """Return the name under which a new mailbox can be made: below INBOX where all others are."""
    others = [mailbox for mailbox in mailboxes if mailbox.name != "INBOX"]
    separator = next((mailbox.separator for mailbox in mailboxes if mailbox.separator), None)
    if separator and others and all(m.name.startswith(f"INBOX{separator}") for m in others):
        return f"INBOX{separator}{name}"
    return name


def everywhere(mailboxes: Sequence[Mailbox], *, gmail: bool) -> tuple[Mailbox, ...]:
    """Return every mailbox where mail may arrive: on Gmail the one that holds all, elsewhere each but junk, trash, drafts, sent."""
    usable = [mailbox for mailbox in mailboxes if mailbox.selectable]
    if gmail:
        holds_all = [mailbox for mailbox in usable if mailbox.told == "all"]
        if holds_all:
            return tuple(holds_all[:1])
    return tuple(mailbox for mailbox in usable if mailbox.use not in _UNREAD)


def with_use(mailboxes: Sequence[Mailbox], *uses: Use) -> tuple[Mailbox, ...]:
    """Return the mailboxes of these uses, in the order of the uses."""
    return tuple(m for use in uses for m in mailboxes if m.use == use and m.selectable)
