"""Drafts in Gmail: kept in their thread, looked up after a doubtful write, and never touched again."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from mailhook.connector import Kept, Place
from mailhook.connectors._gmail_api import Api, Missing
from mailhook.connectors._gmail_mime import decode
from mailhook.connectors._identity import is_draft_by_text, is_safe_id, read_ids
from mailhook.reply.draft import Draft

DRAFTS = "Drafts"
# So many of the newest drafts are looked at after a doubtful write, which no search may find yet, and where the parent is unknown.
_NEWEST = 10


def place_of(labels: Iterable[str]) -> Place:
    """Return what kind of mailbox a message lies in, by its labels."""
    have = frozenset(labels)
    for label, place in _PLACES:
        if label in have:
            return place
    return "archive"


_PLACES: tuple[tuple[str, Place], ...] = (
    ("DRAFT", "drafts"),
    ("TRASH", "trash"),
    ("INBOX", "inbox"),
    ("SENT", "sent"),
)


def keep_draft(api: Api, draft: Draft, thread: str | None) -> Kept:
    """Post the draft once, into its thread, and see where it stands."""
    message = {"raw": base64.urlsafe_b64encode(draft.raw).decode("ascii")}
    if thread:
        message["threadId"] = thread
    made = api.create_draft(message)
    return Kept(ref=str(made["id"]), mailbox=DRAFTS, in_thread=_is_in(thread, made.get("message", {})))


def find_draft(api: Api, draft: Draft, *, since: str | None) -> Kept | None:
    """Look for the draft by its msg-id, then by its parent and text: in Drafts, and without `since` wherever it may have gone."""
    thread = thread_of(api, draft.in_reply_to)
    for stored in _drafts(api, draft, thread, since=since):
        message = stored["message"]
        if _is(draft, _raw(message)) and _is_since(message, since):
            return Kept(ref=str(stored["id"]), mailbox=DRAFTS, in_thread=_is_in(thread, message))
    return None if since is not None else _elsewhere(api, draft, thread)


def _drafts(api: Api, draft: Draft, thread: str | None, *, since: str | None) -> Iterator[Mapping[str, Any]]:
    """Yield drafts that may be it: those a search finds, those in its parent's thread, and some of the newest."""
    tried: set[str] = set()
    if is_safe_id(draft.message_id):
        yield from _read(api, api.drafts(f"rfc822msgid:{draft.message_id}"), tried)
    listed = api.drafts()
    yield from _read(api, (entry for entry in listed if _is_in(thread, entry["message"])), tried)
    if since is not None or thread is None:
        yield from _read(api, listed[:_NEWEST], tried)


def _read(api: Api, entries: Iterable[Mapping[str, Any]], tried: set[str]) -> Iterator[Mapping[str, Any]]:
    for entry in entries:
        if entry["id"] not in tried:
            tried.add(entry["id"])
            with suppress(Missing):
                yield api.draft(entry["id"], "raw")


def _elsewhere(api: Api, draft: Draft, thread: str | None) -> Kept | None:
    """Look where a draft goes when a person sends, deletes or files it."""
    candidates: dict[str, None] = {}
    if is_safe_id(draft.message_id):
        found = api.messages(f"rfc822msgid:{draft.message_id}", spam_trash=True)
        candidates |= dict.fromkeys(m["id"] for m in found)
    if thread is not None:
        with suppress(Missing):
            candidates |= dict.fromkeys(m["id"] for m in _own(api.thread(thread)))
    for ref in candidates:
        with suppress(Missing):
            message = api.message(ref, "raw")
            if _is(draft, _raw(message)):
                place = place_of(message.get("labelIds", ()))
                return Kept(ref=ref, mailbox=place, place=place, in_thread=_is_in(thread, message))
    return None


def _own(thread: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for message in thread.get("messages", ()):
        if {"DRAFT", "SENT", "TRASH"} & set(message.get("labelIds", ())):
            yield message


def thread_of(api: Api, message_id: str | None) -> str | None:
    """Return the thread in which a message stands, if it is known."""
    if message_id is None or not is_safe_id(message_id):
        return None
    found = api.messages(f"rfc822msgid:{message_id}", spam_trash=True)
    return found[0]["threadId"] if found else None


def _is_in(thread: str | None, message: Mapping[str, Any]) -> bool:
    return thread is not None and message.get("threadId") == thread


def _is(draft: Draft, raw: bytes) -> bool:
    return read_ids(raw).own == draft.message_id or is_draft_by_text(draft, raw)


def _is_since(message: Mapping[str, Any], since: str | None) -> bool:
    history = str(message.get("historyId", ""))
    return since is None or not since.isdigit() or not history.isdigit() or int(history) > int(since)


def _raw(message: Mapping[str, Any]) -> bytes:
    return decode(str(message.get("raw", "")))
