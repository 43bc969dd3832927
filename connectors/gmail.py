"""Mail in Gmail, through Google's API: read by its history, drafts kept in their threads, nothing sent, deleted or marked read.

`mode = "readonly"` asks for no more than reading, and keeps drafts as files in a folder. How a person gives permission is in
`mailhook.oauth`; what may be asked of Google at all in `_gmail_transport`.
"""

import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from mailhook.connector import Arrival, Health, Kept
from mailhook.connectors._gmail_api import Api, Missing
from mailhook.connectors._gmail_drafts import DRAFTS, find_draft, keep_draft, place_of, thread_of
from mailhook.connectors._gmail_folder import DraftFolder
from mailhook.connectors._gmail_history import Cursor, Watched, owner_of, steps
from mailhook.connectors._gmail_mime import decode, reassemble
from mailhook.connectors._gmail_pace import Budget, Patience
from mailhook.connectors._gmail_transport import ENDPOINT, TooLarge, Wire, is_id
from mailhook.connectors._identity import conversation_ids, read_ids
from mailhook.errors import AccountError, ConfigError, CursorExpired, LoginRefused, NotWritten, Unreachable
from mailhook.mail.message import Message
from mailhook.oauth import flow
from mailhook.oauth.client import read_client
from mailhook.oauth.grant import Grant
from mailhook.oauth.store import GrantStore, HeldStore, grant_store
from mailhook.oauth.tokens import Tokens
from mailhook.reply.draft import Draft

READ = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
Mode = Literal["drafts", "readonly"]

_EVERYTHING = "*"
# Messages above this size are read without their attachments; the search word and the number say the same.
_LARGE = "larger:1M"
_HISTORY_LIVES = timedelta(days=8)
_MOST_IN_CONVERSATION = 50


class GmailMailbox:
    """A Gmail account. `mailboxes` are INBOX, names of labels, or `["*"]` for all mail but junk, trash, drafts and sent.

    The permission is kept in `token_file`, else in the keyring, under `user`. `endpoint` is for tests: another server that speaks
    Gmail's API, on this machine.
    """

    patience: ClassVar[Patience] = Patience()

    def __init__(
        self,
        *,
        user: str | None = None,
        mailboxes: Sequence[str] = ("INBOX",),
        mode: Mode = "drafts",
        drafts_folder: str = "~/mailhook-drafts",
        token_file: str | None = None,
        units_per_minute: int = 5_400,
        poll: float = 60.0,
        endpoint: str = ENDPOINT,
    ) -> None:
        if isinstance(mailboxes, str) or not mailboxes:
            raise ConfigError('`mailboxes` is a list of names: write mailboxes = ["INBOX"]')
        if mode not in ("drafts", "readonly"):
            raise ConfigError('`mode` is "drafts" or "readonly"')
        if units_per_minute < 100:
            raise ConfigError("`units_per_minute` is at least 100: one conversation costs 40, one message 20")
        self._names = tuple(mailboxes)
        self._mode = mode
        self._folder = DraftFolder(Path(drafts_folder).expanduser()) if mode == "readonly" else None
        self._tokens = Tokens(_store(user, token_file))
        self._wire = Wire(self._tokens, endpoint=endpoint)
        self._api = Api(self._wire, Budget(units_per_minute), self.patience)
        self._poll = poll
        self._watched: Watched | None = None
        self._owner = ""
        self._given = self._after = self._stands = ""
        self._interrupted = threading.Event()

    @classmethod
    def authorise(
        cls,
        *,
        client_file: Path,
        say: flow.Say,
        now: datetime,
        user: str | None = None,
        mode: Mode = "drafts",
        token_file: str | None = None,
        ask: flow.Ask | None = None,
        open_browser: Callable[[str], object] | None = webbrowser.open,
        seconds: float = flow.SECONDS,
        endpoint: str = ENDPOINT,
    ) -> str:
        """Let the person give permission, keep it, and return the address it is for.

        `ask` asks for a line of text: with it, the page may be opened on another machine. Raise UsageError or LoginRefused with what
        to do; nothing is kept then.
        """
        store = _store(user, token_file)
        client = read_client(client_file)
        scopes = (READ,) if mode == "readonly" else (READ, COMPOSE)
        if ask is not None:
            grant = flow.authorise_by_paste(client, scopes, say=say, ask=ask, now=now, user=user)
        else:
            grant = flow.authorise(
                client, scopes, say=say, now=now, open_browser=open_browser, seconds=seconds, user=user
            )
        return _keep_for_its_address(grant, store, user=user, endpoint=endpoint, patience=cls.patience)

    def __enter__(self) -> Self:
        """Have a token that works. Raise LoginRefused or Unreachable."""
        grant = self._tokens.current()
        if self._mode == "drafts" and COMPOSE not in grant.scopes:
            raise LoginRefused(
                'the permission kept is for reading only; run "mailhook init" to allow drafts, or set mode = "readonly"'
            )
        self._owner = owner_of(grant.user)
        return self

    def __exit__(self, *exc: object) -> None:
        """Let go of the connections."""
        self._wire.close()

    def health(self) -> Health:
        """Say what this account can do. Raise NoDrafts where no draft could be kept."""
        address = str(self._api.profile()["emailAddress"])
        self._watches()
        notes = ["Gmail cannot wake mailhook; it asks every minute or so, for 2 of 6,000 units a minute."]
        if self._folder:
            self._folder.require_writable()
            notes.append(f"Drafts are files in {self._folder.path}: the permission is for reading only.")
        else:
            self._api.drafts(at_most=1)
        if ends := self._tokens.current().ends:
            notes.append(
                f"Google ends this permission on {ends.date().isoformat()}, because your app is in Testing; "
                'publish it ("In production") and run "mailhook init" again.'
            )
        return Health(
            server=f"Gmail API ({address})",
            drafts=str(self._folder.path) if self._folder else DRAFTS,
            mailboxes=self._names,
            capabilities=("history", "threads", "read-only" if self._folder else "drafts"),
            wakes=False,
            notes=tuple(notes),
        )

    def start(self, since: datetime | None) -> str:
        """Return the cursor behind the newest message, or before the first received at or after `since`."""
        stands = str(self._api.profile()["historyId"])
        moment = None if since is None else max(int(since.timestamp() * 1000), 0)
        return Cursor(owner=self._owner, history=stands, since=moment).pack()

    def arrived(self, cursor: str) -> Iterator[Arrival]:
        """Yield what arrived after the cursor, oldest first, each message once."""
        self._given = self._after = cursor
        position = Cursor.unpack(cursor, owner=self._owner)
        yielded: set[str] = set()
        if position.since is not None:
            for arrival in self._listed(position, position.since):
                yielded.add(arrival.ref)
                self._after = arrival.cursor
                yield arrival
            position = Cursor(owner=self._owner, history=position.history)
            self._after = position.pack()
        for arrival in self._changed(position):
            if arrival.ref not in yielded:
                self._after = arrival.cursor
                yield arrival
        self._after = Cursor(owner=self._owner, history=self._stands).pack()

    def cursor_after(self, cursor: str) -> str:
        """Return the cursor behind everything that the last `arrived` yielded."""
        return self._after if cursor == self._given else cursor

    def conversation(self, message: Message, *, thread_id: str | None = None) -> Sequence[Arrival]:
        """Return the rest of the thread, oldest first, the newest fifty."""
        for thread in self._threads(message, thread_id):
            found = [
                self._whole(entry, cursor="")
                for entry in thread.get("messages", ())
                if "SPAM" not in entry.get("labelIds", ())
            ]
            rest = [each for each in found if read_ids(each.raw).own != message.message_id]
            return tuple(sorted(rest, key=lambda each: each.received)[-_MOST_IN_CONVERSATION:])
        return ()

    def mark(self) -> str:
        """Return where the account's history stands now."""
        return "" if self._folder else str(self._api.profile()["historyId"])

    def keep(self, draft: Draft, *, thread_id: str | None = None) -> Kept:
        """Post the draft once. Raise NotWritten, OverQuota or LoginRefused, or DoubtfulWrite (see the port)."""
        if self._folder:
            return self._folder.keep(draft)
        try:
            self._wire.log_in()
            thread = thread_id or thread_of(self._api, draft.in_reply_to)
        except Unreachable as exc:
            raise NotWritten(f"the draft was not sent to Gmail: {exc}") from exc
        return keep_draft(self._api, draft, thread)

    def find(self, draft: Draft, *, since: str | None = None) -> Kept | None:
        """Look for the draft by its msg-id, then by its parent and text, in Drafts, and without `since` everywhere."""
        found = self._folder.find(draft) if self._folder else None
        if found is not None or (self._folder and since is not None):
            return found
        return find_draft(self._api, draft, since=since)

    def wait(self, seconds: float) -> bool:
        """Ask now and then whether anything changed since the last look; 2 units a time."""
        deadline = time.monotonic() + seconds
        try:
            while not self._interrupted.is_set():
                if self._has_changed():
                    return True
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self._interrupted.wait(min(left, self._poll))
            return False
        finally:
            self._interrupted.clear()

    def interrupt(self) -> None:
        """Make a `wait` in another thread return soon."""
        self._interrupted.set()

    # Reading --------------------------------------------------------------------------------------------------------------

    def _watches(self) -> Watched:
        """Return which labels are watched; names other than INBOX cost one request, once."""
        if self._watched is None:
            if _EVERYTHING in self._names:
                self._watched = Watched(labels=None)
            else:
                plain = [name for name in self._names if name.upper() != "INBOX"]
                known = {str(e["name"]).casefold(): str(e["id"]) for e in self._api.labels()} if plain else {}
                missing = [name for name in plain if name.casefold() not in known]
                if missing:
                    raise AccountError(
                        f'Gmail has no label "{missing[0]}"; name one that it has, INBOX, or "*" for all mail'
                    )
                ids = {known[name.casefold()] for name in plain}
                self._watched = Watched(
                    labels=frozenset(ids | ({"INBOX"} if len(plain) < len(self._names) else set()))
                )
        return self._watched

    def _listed(self, position: Cursor, since: int) -> Iterator[Arrival]:
        """Yield the mail from a moment on, by searching; the search is by whole seconds, the rest is told by each message's date."""
        window = f"after:{max(since // 1000 - 1, 0)}"
        refs: dict[str, None] = {}
        for query, label in self._searches():
            found = self._api.messages(f"{window} {query}".strip(), label=label)
            refs |= dict.fromkeys(entry["id"] for entry in reversed(found))
        waiting = list(refs)
        if position.anchor in refs:
            waiting = waiting[waiting.index(position.anchor) + 1 :]
        large = self._large(window) if waiting else frozenset()
        for ref in waiting:
            arrival = self._arrival(ref, cursor=position.handled(ref).pack(), large=ref in large)
            if arrival is not None and arrival.received.timestamp() * 1000 >= since:
                yield arrival

    def _searches(self) -> Iterator[tuple[str, str | None]]:
        labels = self._watches().labels
        if labels is None:
            yield "-in:inbox -in:sent -in:draft -in:chats", None
            yield "", "INBOX"
        else:
            yield from (("", label) for label in sorted(labels))

    def _changed(self, position: Cursor) -> Iterator[Arrival]:
        """Yield the mail that the history tells of."""
        watched = self._watches()
        try:
            pages = list(self._api.history(position.history))
        except Missing as exc:
            raise CursorExpired(
                "Gmail no longer knows what changed since then; mail is read again from the last handled date"
            ) from exc
        waiting, self._stands = steps(pages, watched, start=position.history)
        week_ago = int((datetime.now(UTC) - _HISTORY_LIVES).timestamp())
        large = self._large(f"after:{week_ago}") if waiting else frozenset()
        for step in waiting:
            cursor = Cursor(owner=self._owner, history=step.history).pack()
            arrival = self._arrival(step.ref, cursor=cursor, large=step.ref in large)
            if arrival is not None:
                yield arrival

    def _large(self, window: str) -> frozenset[str]:
        """Return which messages of late are large: one search, where asking each would cost four times as much."""
        return frozenset(entry["id"] for entry in self._api.messages(f"{window} {_LARGE}"))

    def _arrival(self, ref: str, *, cursor: str, large: bool) -> Arrival | None:
        """Read one message, in one request; None where it is gone by now, or thrown away."""
        try:
            try:
                message = self._api.message(ref, "full" if large else "raw")
            except TooLarge:
                message = self._api.message(ref, "full")
        except Missing:
            return None
        if {"DRAFT", "SPAM", "TRASH"} & set(message.get("labelIds", ())):
            return None
        return self._whole(message, cursor=cursor)

    def _whole(self, message: dict[str, Any], *, cursor: str) -> Arrival:
        ref = str(message["id"])
        if "raw" in message:
            raw = decode(str(message["raw"]))
            size = len(raw)
        else:
            raw = reassemble(message.get("payload", {}), lambda part: self._outside(ref, part))
            size = int(message.get("sizeEstimate", len(raw)))
        place = place_of(message.get("labelIds", ()))
        return Arrival(
            ref=ref,
            cursor=cursor,
            mailbox="INBOX" if place == "inbox" else place,
            place=place,
            raw=raw,
            size=size,
            received=datetime.fromtimestamp(int(message["internalDate"]) / 1000, UTC),
            durable_id=ref,
            thread_id=message.get("threadId"),
        )

    def _outside(self, message: str, part: str) -> bytes:
        try:
            return decode(str(self._api.attachment(message, part).get("data", "")))
        except (Missing, TooLarge):
            return b""

    def _threads(self, message: Message, thread_id: str | None) -> Iterator[dict[str, Any]]:
        """Yield the message's thread: the one that is known, else the first that a search by its msg-ids finds."""
        if thread_id is not None and is_id(thread_id):
            refs = [thread_id]
        else:
            searches = (self._api.messages(f"rfc822msgid:{each}") for each in conversation_ids(message))
            refs = [found[0]["threadId"] for found in searches if found][:1]
        for ref in refs:
            try:
                yield self._api.thread(ref)
            except (Missing, TooLarge):
                continue

    def _has_changed(self) -> bool:
        if not self._stands:
            return True
        try:
            return any(page.get("history") for page in self._api.history(self._stands, at_most=1))
        except Missing:
            return True


def _store(user: str | None, token_file: str | None) -> GrantStore:
    return grant_store(f"gmail:{user or 'default'}", file=token_file)


def _keep_for_its_address(
    grant: Grant, store: GrantStore, *, user: str | None, endpoint: str, patience: Patience
) -> str:
    """Ask Google whose mailbox the permission is for, and keep it only where that is the one meant."""
    wire = Wire(Tokens(HeldStore(grant)), endpoint=endpoint)
    try:
        address = str(Api(wire, Budget(5_400), patience).profile()["emailAddress"])
    finally:
        wire.close()
    if user is not None and address.casefold() != user.casefold():
        raise LoginRefused(
            f'permission was given for {address}, not for {user}; run "mailhook init" again and choose the other account'
        )
    with store.lock():
        store.write(replace(grant, user=address))
    return address
