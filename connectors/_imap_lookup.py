"""Finding messages on an IMAP server: a draft it may have kept, a conversation, the first mail since a moment."""

import json
import logging
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from mailhook.connector import Kept
from mailhook.connectors._identity import is_draft_by_text, read_ids
from mailhook.connectors._imap_mailboxes import Mailbox
from mailhook.connectors._imap_session import Session, Standing
from mailhook.errors import AccountError, Throttled
from mailhook.reply.draft import Draft

_MOST_READ = 500
_DATES_AT_ONCE = 500
_OBJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")  # RFC 8474 §4; Gmail's are decimal
_log = logging.getLogger(__name__)


def write_mark(standing: Standing) -> str:
    """Return where a mailbox stands as text."""
    return json.dumps([standing.mailbox, standing.uidvalidity, standing.uidnext])


def read_mark(mark: str | None) -> Standing | None:
    """Read back what `write_mark` wrote; None for anything else, so that everything is looked at."""
    try:
        mailbox, uidvalidity, uidnext = json.loads(mark or "")
        return Standing(mailbox=str(mailbox), uidvalidity=int(uidvalidity), uidnext=int(uidnext))
    except (ValueError, TypeError):
        return None


def ref(standing: Standing, uid: int) -> str:
    """Return the reference of a message: UIDVALIDITY, UID and mailbox."""
    return f"{standing.uidvalidity}/{uid}/{standing.mailbox}"


def find_among_drafts(
    session: Session, mailbox: Mailbox, draft: Draft, *, since: Standing | None
) -> Kept | None:
    """Look in the Drafts mailbox, from a mark on.

    Header fields are read rather than searched for: an index may lag behind, and some servers have no header search.
    """
    standing = session.examine(mailbox.name)
    first = 1
    if since and (since.mailbox, since.uidvalidity) == (standing.mailbox, standing.uidvalidity):
        first = since.uidnext
    if first == 1 and standing.exists > _MOST_READ:
        return search_for(session, mailbox, draft)
    uids = session.search_from(first) if standing.exists and first < standing.uidnext else []
    return _compare(session, mailbox, draft, uids)


def search_for(session: Session, mailbox: Mailbox, draft: Draft) -> Kept | None:
    """Look in any mailbox by the server's own search; what it finds is compared, for servers find parts of words too."""
    if not session.examine(mailbox.name).exists:
        return None
    uids = _asked(session.search_ids, ["MESSAGE-ID"], [draft.message_id])
    if not uids and draft.in_reply_to:
        uids = _asked(session.search_ids, ["IN-REPLY-TO"], [draft.in_reply_to])
    return _compare(session, mailbox, draft, uids[-_MOST_READ:])


def _compare(session: Session, mailbox: Mailbox, draft: Draft, uids: Sequence[int]) -> Kept | None:
    heads = {uid: read_ids(head) for uid, head in session.header_ids(uids).items()}
    same = [uid for uid, ids in heads.items() if ids.own == draft.message_id]
    answers = [uid for uid, ids in heads.items() if draft.in_reply_to in ids.parents]
    for each in session.fetch(same[:1] or answers):
        if same or is_draft_by_text(draft, each.raw):
            standing = session.selected
            place = mailbox.place_of(each.labels)
            return Kept(ref=ref(standing, each.uid) if standing else "", mailbox=mailbox.name, place=place)
    return None


def first_since(session: Session, standing: Standing, since: datetime) -> int:
    """Return the UID of the first message received at or after a moment, or UIDNEXT where there is none."""
    uids = session.search_since(since)
    for start in range(0, len(uids), _DATES_AT_ONCE):
        dates = session.internal_dates(uids[start : start + _DATES_AT_ONCE])
        late = [uid for uid, received in dates.items() if received >= since]
        if late:
            return min(late)
    return standing.uidnext


def conversation_uids(session: Session, ids: Sequence[str], thread_id: str | None) -> list[int]:
    """Return the UIDs in the open mailbox that may belong to a conversation: by the store's thread id and by msg-ids.

    Both, for a store may part what its header fields join (a draft older than the mail it names).
    """
    found = set(_asked(session.search_ids, ("MESSAGE-ID", "IN-REPLY-TO", "REFERENCES"), ids))
    if thread_id is not None and _OBJECT_ID.fullmatch(thread_id):
        if session.is_gmail:
            found.update(_asked(session.search, "X-GM-THRID", thread_id))
        elif session.offers("OBJECTID"):
            found.update(_asked(session.search, "THREADID", thread_id))
    return sorted(found)


def _asked(search: Callable[..., list[int]], *criteria: object) -> list[int]:
    try:
        return search(*criteria)
    except Throttled:
        raise
    except AccountError as exc:
        _log.info("this server cannot search so: %s", exc, extra={"action": "imap.search_refused"})
        return []
