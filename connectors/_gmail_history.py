"""What arrived, out of what changed: Gmail's history, read by type and label, and the cursor that stands in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Self

from mailhook.errors import CursorExpired

# Never watched, whatever else a message carries. A message to oneself is SENT and INBOX at once, and counts.
_NEVER = frozenset({"DRAFT", "CHAT", "SPAM", "TRASH"})
_HIDDEN = frozenset({"SPAM", "TRASH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place in the history; with `since` (ms), the mail from then on is still to be listed, behind the message `anchor`.

    `owner` stands for the address, so that another account's history is never read on.
    """

    owner: str
    history: str
    since: int | None = None
    anchor: str = ""

    def pack(self) -> str:
        """Return the cursor as text."""
        listing = () if self.since is None else (str(self.since), self.anchor)
        return ":".join((self.owner, self.history, *listing))

    @classmethod
    def unpack(cls, text: str, *, owner: str) -> Self:
        """Read a cursor. Raise CursorExpired where it is none, or belongs to another address."""
        match text.split(":"):
            case [whose, history] if history.isdigit():
                cursor = cls(owner=whose, history=history)
            case [whose, history, since, anchor] if history.isdigit() and since.isdigit():
                cursor = cls(owner=whose, history=history, since=int(since), anchor=anchor)
            case _:
                raise CursorExpired(
                    "Gmail's cursor cannot be read; it starts again from the last handled date"
                )
        if owner and cursor.owner and cursor.owner != owner:
            raise CursorExpired(
                "this is another Google account than before; it starts again from the last handled date"
            )
        return cursor

    def handled(self, ref: str) -> "Cursor":
        """Return the cursor behind one listed message."""
        return replace(self, anchor=ref)


def owner_of(address: str | None) -> str:
    """Return what stands for an address in a cursor."""
    return sha256(address.lower().encode()).hexdigest()[:8] if address else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Which mail is watched: by label id, or (`labels` is None) all but junk, trash, drafts and sent."""

    labels: frozenset[str] | None

    def wants(self, labels: Iterable[str]) -> bool:
        """Say whether a message with these labels is watched."""
        have = frozenset(labels)
        if have & _NEVER:
            return False
        if self.labels is None:
            return "SENT" not in have or "INBOX" in have
        return bool(have & self.labels)

    def names(self, labels: Iterable[str]) -> bool:
        """Say whether one of the labels is watched by name."""
        return self.labels is not None and bool(self.labels & frozenset(labels))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One message to read, and the history to go on from once it is handled."""

    ref: str
    history: str


def steps(pages: Sequence[Mapping[str, Any]], watched: Watched, *, start: str) -> tuple[list[Step], str]:
    """Return the messages to read, oldest change first, each once, and where the history stands behind them.

    Pages may come out of order, repeat records, or be empty: only the ids decide.
    """
    records = {str(record["id"]): record for page in pages for record in page.get("history", ())}
    ordered = sorted(records.values(), key=lambda record: int(record["id"]))
    added = {str(entry["message"]["id"]) for record in ordered for entry in record.get("messagesAdded", ())}
    seen: set[str] = set()
    found: list[Step] = []
    before = start
    for record in ordered:
        fresh = [ref for ref in _candidates(record, watched, added) if ref not in seen]
        seen.update(fresh)
        # Several messages may share a record: only behind the last of them may the cursor pass it.
        found += [Step(ref=ref, history=before) for ref in fresh[:-1]]
        found += [Step(ref=ref, history=str(record["id"])) for ref in fresh[-1:]]
        before = str(record["id"])
    # What changes while the pages are read is on a later page, or comes again next time: the first page's word is safe.
    stands = next((str(page["historyId"]) for page in pages if page.get("historyId")), before)
    return found, stands


def _candidates(record: Mapping[str, Any], watched: Watched, added: set[str]) -> list[str]:
    found: dict[str, None] = {}
    for entry in record.get("messagesAdded", ()):
        labels = entry["message"].get("labelIds")
        if labels is None or watched.wants(labels):
            found[str(entry["message"]["id"])] = None
    for entry in record.get("labelsAdded", ()):
        if watched.names(entry.get("labelIds", ())) and _visible(entry):
            found[str(entry["message"]["id"])] = None
    for entry in record.get("labelsRemoved", ()):
        ref, gone = str(entry["message"]["id"]), frozenset(entry.get("labelIds", ()))
        rescued = bool(gone & _HIDDEN) and watched.wants(entry["message"].get("labelIds", ()))
        moved_on = ref in added and watched.names(gone) and _visible(entry)
        if rescued or moved_on:
            found[ref] = None
    return list(found)


def _visible(entry: Mapping[str, Any]) -> bool:
    return not _NEVER & frozenset(entry["message"].get("labelIds", ()))
