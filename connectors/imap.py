"""Mail on an IMAP server: mailboxes are opened read-only and messages peeked at; drafts are appended to `\\Drafts`.

The cursor is UIDVALIDITY and UID; what is new is told by UIDNEXT alone. Of each message the first 64 KB are fetched,
and more only where a text part was cut. One connection for each account.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from imaplib import IMAP4
from typing import Self

from mailhook.connector import Arrival, Health, Kept
from mailhook.connectors._identity import conversation_ids, read_ids
from mailhook.connectors._imap_cursor import Cursor
from mailhook.connectors._imap_errors import at_the_edge, patience
from mailhook.connectors._imap_fetched import Fetched
from mailhook.connectors._imap_lookup import (
    conversation_uids,
    find_among_drafts,
    first_since,
    read_mark,
    ref,
    search_for,
    write_mark,
)
from mailhook.connectors._imap_mailboxes import (
    Mailbox,
    below_inbox,
    drafts_mailbox,
    everywhere,
    find_mailbox,
    inbox,
    named_mailboxes,
    names_of,
    with_use,
)
from mailhook.connectors._imap_session import Login, Session, Standing
from mailhook.connectors._imap_tls import Security, checked_security, tls_context
from mailhook.connectors._imap_waiting import POLL_BESIDE_IDLE, POLL_WITHOUT_IDLE, Bell, idle_seconds
from mailhook.errors import AccountError, ConfigError, CursorExpired, DoubtfulWrite, NoDrafts, Throttled
from mailhook.mail.message import Message
from mailhook.reply.draft import Draft

_BATCH = 64  # at 64 KB a message, 4 MB at once
_MOST_IN_CONVERSATION = 50


class ImapMailbox:
    """An IMAP account. `mailboxes` are names, or `["*"]` for all but junk, trash, drafts and sent.

    `drafts` counts only where the server does not say which mailbox is for drafts. Give `password`, or `access_token`,
    which is called at each login (XOAUTH2, OAUTHBEARER).
    """

    def __init__(
        self,
        *,
        host: str,
        user: str,
        port: int | None = None,
        security: Security = "tls",
        password: str | None = None,
        access_token: Callable[[], str] | None = None,
        mailboxes: Sequence[str] = ("INBOX",),
        drafts: str | None = None,
        create_drafts: bool = False,
        ca_file: str | os.PathLike[str] | None = None,
        timeout: float = 60.0,
        poll: float | None = None,
    ) -> None:
        if isinstance(mailboxes, str) or not mailboxes:
            raise ConfigError('`mailboxes` is a list of names: write mailboxes = ["INBOX"]')
        if (password is None) == (access_token is None):
            raise ConfigError(
                "give `password` for this account, as in password = { keyring = true }, or OAuth: one of them"
            )
        self._login = Login(
            host=host,
            port=port or (993 if security == "tls" else 143),
            security=checked_security(security, host),
            context=tls_context(ca_file),
            user=user,
            password=password,
            access_token=access_token,
            timeout=timeout,
        )
        self._wanted = tuple(dict.fromkeys(mailboxes))
        self._drafts_name = drafts
        self._create_drafts = create_drafts
        self._poll = poll
        self._session: Session | None = None
        self._stood: dict[str, tuple[int, int]] = {}
        self._given = self._after = ""
        self._bell = Bell()

    # Coming and going -------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Log in. Raise LoginRefused or Unreachable."""
        self._bell.hang()
        try:
            with self._talk():
                pass
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        """Log out and close; a connection that is already dead is let go."""
        session, self._session = self._session, None
        if session is not None:
            session.close()
        self._bell.take_down()

    @contextmanager
    def _talk(self) -> Iterator[Session]:
        """Lend the connection, a new one where there is none; one that failed is not used again."""
        with at_the_edge(self._login.host, self._login.port):
            if self._session is None:
                self._session = Session(self._login)
            session = self._session
            try:
                yield session
            except (IMAP4.error, OSError, ValueError, DoubtfulWrite):
                self._session = None
                with suppress(OSError):
                    session.wire.shutdown()
                raise

    def health(self) -> Health:
        """Say what this server can do. Raise NoDrafts where no draft could be kept."""
        with self._talk() as session:
            session.forget_mailboxes()
            server, drafts = session.identify(), self._drafts(session)
            self._standing_of(session, drafts)
            watched = tuple(mailbox.name for mailbox in self._watched(session))
            for name in watched:
                session.examine(name)
            words = {
                "IDLE": session.offers("IDLE"),
                "UIDPLUS": session.offers("UIDPLUS"),
                "special-use": any(mailbox.told for mailbox in session.mailboxes()),
                "thread ids": session.is_gmail or session.offers("OBJECTID"),
            }
        notes = []
        if not words["IDLE"]:
            notes.append(
                f"This server cannot say when mail comes; it is asked every {self._poll or POLL_WITHOUT_IDLE:.0f} seconds."
            )
        if not words["special-use"]:
            notes.append(
                f'This server does not say which mailbox is for drafts; "{drafts.name}" was chosen by its name.'
            )
        if self._login.security == "none":
            notes.append("The connection is not encrypted; it stays on this machine.")
        return Health(
            server=server,
            drafts=drafts.name,
            mailboxes=watched,
            capabilities=tuple(word for word, there in words.items() if there),
            wakes=words["IDLE"],
            notes=tuple(notes),
        )

    # Reading ----------------------------------------------------------------------------------------------------------------

    def start(self, since: datetime | None) -> str:
        """Return the cursor behind the newest message, or before the first received at or after `since`."""
        read = {}
        with self._talk() as session:
            for mailbox in self._watched(session):
                standing = session.examine(mailbox.name)
                before = standing.uidnext if since is None else first_since(session, standing, since)
                read[mailbox.name] = (standing.uidvalidity, before - 1)
        return Cursor(baseline=since or datetime.now(UTC), read=read).pack()

    def arrived(self, cursor: str) -> Iterator[Arrival]:
        """Yield what arrived after the cursor, oldest first in each mailbox, each message once.

        Raise CursorExpired where a mailbox was made anew: its UIDs mean other messages now.
        """
        at = Cursor.unpack(cursor)
        self._given = self._after = cursor
        with self._talk() as session:
            session.forget_mailboxes()
            watched = self._watched(session)
        for mailbox in watched:
            standing, uids = self._news(mailbox, at)
            throttled = None
            for start in range(0, len(uids), _BATCH):
                with self._talk() as session:
                    self._reopen(session, standing)
                    batch = session.fetch(uids[start : start + _BATCH])
                    throttled = session.take_throttled()
                for message in batch:
                    at = at.moved(mailbox.name, standing.uidvalidity, message.uid)
                    self._after = at.pack()
                    arrival = _arrival(mailbox, standing, message, cursor=self._after)
                    if mailbox.use != "all" or arrival.place not in {"drafts", "sent"}:
                        yield arrival
                if throttled is not None:
                    raise patience(throttled)
            if at.read.get(mailbox.name) != (standing.uidvalidity, standing.uidnext - 1):
                at = at.moved(mailbox.name, standing.uidvalidity, standing.uidnext - 1)
                self._after = at.pack()

    def _news(self, mailbox: Mailbox, at: Cursor) -> tuple[Standing, list[int]]:
        """Open a mailbox and return the UIDs behind the cursor; where UIDNEXT says there are none, nothing more is asked."""
        with self._talk() as session:
            standing = session.examine(mailbox.name)
            self._stood[mailbox.name] = (standing.uidvalidity, standing.uidnext)
            if mailbox.name in at.read:
                uidvalidity, uid = at.read[mailbox.name]
                if uidvalidity != standing.uidvalidity:
                    raise _expired(mailbox.name)
            else:
                uid = first_since(session, standing, at.baseline) - 1
            if standing.uidnext <= uid + 1:
                return standing, []
            return standing, session.search_from(uid + 1, until=standing.uidnext)

    @staticmethod
    def _reopen(session: Session, standing: Standing) -> None:
        """Open the mailbox again where another was opened meanwhile, or the connection is new."""
        selected = session.selected
        if selected is None or selected.mailbox != standing.mailbox:
            selected = session.examine(standing.mailbox)
        if selected.uidvalidity != standing.uidvalidity:
            raise _expired(standing.mailbox)

    def cursor_after(self, cursor: str) -> str:
        """Return the cursor behind everything that the last `arrived` yielded."""
        return self._after if cursor == self._given else cursor

    def conversation(self, message: Message, *, thread_id: str | None = None) -> Sequence[Arrival]:
        """Return what else belongs to the conversation: by the store's thread id where it has one, else by msg-ids.

        Looked for in the inbox and the other watched mailboxes, Sent, Drafts and the archive; the newest fifty.
        """
        ids = conversation_ids(message)
        found: list[Arrival] = []
        with self._talk() as session:
            for mailbox in self._where_conversations_are(session):
                standing = session.examine(mailbox.name)
                uids = conversation_uids(session, ids, thread_id)[-_MOST_IN_CONVERSATION:]
                for each in session.fetch(uids):
                    theirs = read_ids(each.raw)
                    same_thread = thread_id is not None and each.thread_id == thread_id
                    if theirs.own != message.message_id and (same_thread or theirs.touches(ids)):
                        found.append(_arrival(mailbox, standing, each))
        # One message may lie in several mailboxes.
        unique = {a.durable_id or (read_ids(a.raw).own or a.ref, a.place): a for a in found}
        return tuple(sorted(unique.values(), key=lambda arrival: arrival.received)[-_MOST_IN_CONVERSATION:])

    def _where_conversations_are(self, session: Session) -> Sequence[Mailbox]:
        mailboxes = session.mailboxes()
        whole = with_use(mailboxes, "all")
        if session.is_gmail and whole:
            return whole
        drafts = self._drafts_or_none(session)
        chosen = (
            find_mailbox(mailboxes, "INBOX") or inbox(),
            *self._watched(session),
            *with_use(mailboxes, "sent"),
            *((drafts,) if drafts else ()),
            *with_use(mailboxes, "archive"),
        )
        return tuple({mailbox.name: mailbox for mailbox in chosen}.values())

    # Drafts -----------------------------------------------------------------------------------------------------------------

    def mark(self) -> str:
        """Return where the Drafts mailbox stands now."""
        with self._talk() as session:
            return write_mark(self._standing_of(session, self._drafts(session)))

    def keep(self, draft: Draft, *, thread_id: str | None = None) -> Kept:
        """Ask the server to keep the draft: one APPEND, never repeated. Raise as the port says."""
        with self._talk() as session:
            mailbox = self._drafts(session)
            before = self._standing_of(session, mailbox)
            told = session.append_draft(mailbox.name, draft.raw)
        # From here on the draft is kept, whatever else goes wrong; a number that cannot be right is not believed.
        uid = told[1] if told and told[0] == before.uidvalidity and told[1] >= before.uidnext else None
        kept = Kept(ref=ref(before, uid or 0), mailbox=mailbox.name)
        with suppress(AccountError), self._talk() as session:
            if uid is None:
                return find_among_drafts(session, mailbox, draft, since=before) or kept
            if session.is_gmail and thread_id is not None:
                session.examine(mailbox.name)
                landed = [each.thread_id for each in session.fetch([uid])]
                return replace(kept, in_thread=landed == [thread_id])
        return kept

    @staticmethod
    def _standing_of(session: Session, drafts: Mailbox) -> Standing:
        """Ask where the Drafts mailbox stands, and leave it closed: some servers append to nothing that is open read-only."""
        try:
            if session.selected is not None and session.selected.mailbox == drafts.name:
                session.examine("INBOX")
            return session.status(drafts.name)
        except Throttled:
            raise
        except AccountError as exc:
            raise NoDrafts(
                f'the Drafts mailbox "{drafts.name}" cannot be opened ({exc}); name another in `drafts`'
            ) from exc

    def find(self, draft: Draft, *, since: str | None = None) -> Kept | None:
        """Look for the draft by its msg-id, then by its parent and text, in Drafts, Sent, Trash and the archive."""
        with self._talk() as session:
            session.forget_mailboxes()
            drafts, found = self._drafts_or_none(session), None
            if drafts is not None:
                found = find_among_drafts(session, drafts, draft, since=read_mark(since))
            for mailbox in with_use(session.mailboxes(), "drafts", "sent", "trash", "archive", "all"):
                if found is None and (drafts is None or mailbox.name != drafts.name):
                    found = search_for(session, mailbox, draft)
        return found

    # Waiting ----------------------------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> bool:
        """Return True when mail has come since the last `arrived`, False after that many seconds.

        The first watched mailbox is idled in. All are asked for their UIDNEXT at first and now and then, since IDLE may fail
        in silence, and mail may come before it begins.
        """
        deadline = time.monotonic() + seconds
        while True:
            with self._talk() as session:
                if self._moved(session):
                    return True
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                if not session.offers("IDLE"):
                    if self._bell.wait(min(left, self._poll or POLL_WITHOUT_IDLE)):
                        return False
                    continue
                longest = min(left, self._poll or POLL_BESIDE_IDLE, idle_seconds(self._login.host))
                outcome = session.idle(longest, self._bell.descriptor)
                if outcome is None:
                    self._bell.wait(0)
                    return False
                # A server that cries wolf is not run after.
                if outcome and not self._moved(session) and self._bell.wait(min(left, 1.0)):
                    return False

    def interrupt(self) -> None:
        """Make a `wait` in another thread return soon."""
        self._bell.ring()

    def _moved(self, session: Session) -> bool:
        """Say whether a watched mailbox stands elsewhere than `arrived` saw; leaves the first one open, for IDLE."""
        moved = False
        first, *others = self._watched(session)
        for mailbox in (*others, first):
            standing = session.examine(mailbox.name) if mailbox is first else session.status(mailbox.name)
            now = (standing.uidvalidity, standing.uidnext)
            moved |= self._stood.setdefault(mailbox.name, now) != now
        return moved

    # Mailboxes --------------------------------------------------------------------------------------------------------------

    def _watched(self, session: Session) -> tuple[Mailbox, ...]:
        if self._wanted == ("INBOX",):
            return (inbox(),)
        mailboxes = session.mailboxes()
        if "*" in self._wanted:
            drafts = self._drafts_or_none(session)
            everything = everywhere(mailboxes, gmail=session.is_gmail)
            return tuple(m for m in everything if drafts is None or m.name != drafts.name)
        return named_mailboxes(mailboxes, self._wanted)

    def _drafts_or_none(self, session: Session) -> Mailbox | None:
        return drafts_mailbox(session.mailboxes(), self._drafts_name)

    def _drafts(self, session: Session) -> Mailbox:
        found = self._drafts_or_none(session)
        if found is None and self._create_drafts:
            session.create(below_inbox(session.mailboxes(), self._drafts_name or "Drafts"))
            found = self._drafts_or_none(session)
        if found is None:
            raise NoDrafts(
                f"there is no Drafts mailbox (there are: {names_of(session.mailboxes())}); name one in `drafts`, "
                "or let mailhook make it: create_drafts = true"
            )
        return found


def _expired(mailbox: str) -> CursorExpired:
    return CursorExpired(
        f'the server made the mailbox "{mailbox}" anew (UIDVALIDITY changed); it is read again from the last handled date'
    )


def _arrival(mailbox: Mailbox, standing: Standing, message: Fetched, *, cursor: str = "") -> Arrival:
    return Arrival(
        ref=ref(standing, message.uid),
        cursor=cursor,
        mailbox=mailbox.name,
        place=mailbox.place_of(message.labels),
        raw=message.raw,
        size=message.size,
        received=message.received,
        durable_id=message.durable_id,
        thread_id=message.thread_id,
    )
