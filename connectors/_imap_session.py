"""One logged-in connection, and the few questions it is asked: every command this program knows is in this file."""

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mailhook.connectors._identity import is_safe_id
from mailhook.connectors._imap_errors import append_refused, login_refused, refused, writing
from mailhook.connectors._imap_fetched import Fetched, aware, body_of, is_there, read_fetched
from mailhook.connectors._imap_mailboxes import Mailbox, read_list
from mailhook.connectors._imap_tls import Security
from mailhook.connectors._imap_wire import Client
from mailhook.errors import LoginRefused
from mailhook.mail.parse import needs_more

FIRST_BYTES = 65_536
MOST_BYTES = 1_048_576
IDS = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES)]"
_SEARCH_SECONDS = 300.0  # a header search over a large mailbox without an index
_SEARCH_IDS = 8
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_APPENDUID = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.IGNORECASE)
_STATUS = re.compile(rb"(UIDNEXT|UIDVALIDITY|MESSAGES) (\d+)(?=[^()]*\)\s*$)", re.IGNORECASE)
# They let nobody read who has not said what program they are.
_WANT_ID = (".163.com", ".126.com", ".yeah.net", ".188.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How to reach and enter a server."""

    host: str
    port: int
    security: Security
    context: ssl.SSLContext
    user: str
    password: str | None
    access_token: Callable[[], str] | None
    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a mailbox stands: `uidnext` is the UID that the next message will have, at least; `exists` how many there are."""

    mailbox: str
    uidvalidity: int
    uidnext: int
    exists: int = 0


class Session:
    """A connection from login to logout. Used by one thread; not used again once it has failed."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self.selected: Standing | None = None
        self._mailboxes: tuple[Mailbox, ...] | None = None
        self._client = Client(
            login.host, login.port, security=login.security, context=login.context, timeout=login.timeout
        )
        self.wire = self._client.wire
        self.wire.is_readonly = (
            True  # all we ever open is; imaplib else takes the word in an answer for a fault
        )
        try:
            self._enter()
        except BaseException:
            self.wire.shutdown()
            raise
        self.capabilities = frozenset(word.decode("ascii", "replace") for word in self._client.capabilities())
        if login.host.endswith(_WANT_ID):
            self.identify()

    def _enter(self) -> None:
        if self._login.security == "starttls":
            self.wire.start_tls()
        if self.wire.state == "AUTH":
            return
        offered = set(self.wire.capabilities)
        try:
            if self._login.access_token is not None:
                self._enter_by_token(self._login.access_token, offered)
            elif "AUTH=PLAIN" in offered:
                secret = f"\0{self._login.user}\0{self._login.password}"
                self._client.sasl_login("PLAIN", lambda _: secret.encode("utf-8"))
            elif "LOGINDISABLED" in offered:
                raise LoginRefused(
                    f"{self._login.host} offers no way to log in with a password; check `security`"
                )
            else:
                self._enter_by_login()
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as exc:
            raise login_refused(exc, self._login.host) from exc

    def _enter_by_token(self, access_token: Callable[[], str], offered: set[str]) -> None:
        bearer, user = access_token(), self._login.user
        if "AUTH=XOAUTH2" in offered or "AUTH=OAUTHBEARER" not in offered:
            mechanism, answer = "XOAUTH2", f"user={user}\1auth=Bearer {bearer}\1\1"
        else:
            escaped = user.replace("=", "=3D").replace(",", "=2C")
            mechanism, answer = "OAUTHBEARER", f"n,a={escaped},\1auth=Bearer {bearer}\1\1"
        # A second challenge is the server's reason in JSON; it wants an empty answer before it says NO.
        self._client.sasl_login(mechanism, lambda challenge: b"" if challenge else answer.encode("utf-8"))

    def _enter_by_login(self) -> None:
        user, password = self._login.user, self._login.password or ""
        if not (user + password).isascii() or any(char in user + password for char in "\r\n\0"):
            raise LoginRefused(
                f"{self._login.host} takes only ASCII in `user` and password; change the password to plain letters, digits and signs"
            )
        self._client.login(user, password)

    def close(self) -> None:
        """Say goodbye where the connection still lives, and close it."""
        with suppress(imaplib.IMAP4.error, OSError, ValueError):
            self.wire.sock.settimeout(3.0)
            self._client.logout()
        with suppress(OSError):
            self.wire.shutdown()

    def offers(self, capability: str) -> bool:
        """Say whether the server has announced a capability."""
        return capability in self.capabilities

    @property
    def is_gmail(self) -> bool:
        """Say whether the server has Gmail's extensions."""
        return self.offers("X-GM-EXT-1")

    def identify(self) -> str:
        """Tell the server this program's name, and return what it says of itself (RFC 2971), or its host."""
        if not self.offers("ID"):
            return self._login.host
        answer = self._client.id_({"name": "mailhook"})
        pairs = answer[0] if answer and isinstance(answer[0], tuple) else ()
        facts = dict(zip(pairs[::2], pairs[1::2], strict=False))
        words = [facts.get(key) for key in (b"name", b"version")]
        return " ".join(w.decode("latin-1") for w in words if isinstance(w, bytes)) or self._login.host

    # Mailboxes --------------------------------------------------------------------------------------------------------------

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Return the account's mailboxes; asked once for each connection."""
        if self._mailboxes is None:
            extended = self.offers("SPECIAL-USE") and self.offers("LIST-EXTENDED")
            options = ["RETURN (SPECIAL-USE)"] if extended else []
            self.wire.untagged_responses.clear()
            typ, data = self.wire._simple_command("LIST", '""', '"*"', *options)
            if typ != "OK":
                raise refused("LIST", data[-1])
            self._mailboxes = read_list(self.wire.untagged_responses.pop("LIST", []))
        return self._mailboxes

    def forget_mailboxes(self) -> None:
        """Ask again at the next need: mailboxes come and go while a service runs."""
        self._mailboxes = None

    def examine(self, name: str) -> Standing:
        """Open a mailbox read-only and return where it stands. Raise AccountError where it cannot be opened."""
        self.selected = None
        typ, data = self.wire.select(self._client._normalise_folder(name), readonly=True)
        if typ != "OK":
            raise refused(f'to open the mailbox "{name}"', data[-1])
        answers = self.wire.untagged_responses
        numbers = {key: _number(answers.get(key)) for key in ("UIDVALIDITY", "UIDNEXT", "EXISTS")}
        uidnext = numbers["UIDNEXT"]
        if uidnext is None:  # RFC 3501 demands it; some old servers leave it out
            uidnext = max(self.search("UID", "1:*"), default=0) + 1
        self.selected = Standing(
            mailbox=name,
            uidvalidity=numbers["UIDVALIDITY"] or 0,
            uidnext=uidnext,
            exists=numbers["EXISTS"] or 0,
        )
        return self.selected

    def status(self, name: str) -> Standing:
        """Return where a mailbox stands without opening it. Raise AccountError where the server does not say."""
        typ, data = self.wire.status(self._client._normalise_folder(name), "(UIDNEXT UIDVALIDITY MESSAGES)")
        if typ != "OK":
            raise refused(f'to look at the mailbox "{name}"', data[-1])
        answer = b" ".join(part if isinstance(part, bytes) else b" ".join(part) for part in data if part)
        told = {key.upper(): int(number) for key, number in _STATUS.findall(answer)}
        if b"UIDNEXT" not in told:
            raise refused(f'to tell where the mailbox "{name}" stands', answer)
        return Standing(
            mailbox=name,
            uidvalidity=told.get(b"UIDVALIDITY", 0),
            uidnext=told[b"UIDNEXT"],
            exists=told.get(b"MESSAGES", 0),
        )

    def create(self, name: str) -> None:
        """Make the Drafts mailbox, where the person asked for it."""
        quoted = self._client._normalise_folder(name)
        self.wire.guard.allow_drafts(quoted, create=True)
        typ, data = self.wire.create(quoted)
        if typ != "OK":
            raise append_refused(data[-1], name)
        self.forget_mailboxes()

    # Messages ---------------------------------------------------------------------------------------------------------------

    def search(self, *criteria: str) -> list[int]:
        """Return the UIDs that match, ascending. Raise AccountError where the server refuses the question."""
        self.wire.untagged_responses.pop("SEARCH", None)
        try:
            typ, data = self.wire.uid("SEARCH", *criteria)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as exc:  # BAD
            raise refused("a search", exc) from exc
        if typ != "OK":
            raise refused("a search", data[-1])
        return sorted({int(word) for line in data if line for word in line.split() if word.isdigit()})

    def search_from(self, uid: int, *, until: int | None = None) -> list[int]:
        """Return the UIDs from `uid` on, below `until`. A range beyond the last message means the last one: filtered."""
        found = self.search("UID", f"{uid}:{'*' if until is None else until - 1}")
        return [each for each in found if each >= uid and (until is None or each < until)]

    def search_since(self, moment: datetime) -> list[int]:
        """Return the UIDs received since the day before a moment: the server's days are in a zone of its own."""
        day: date = (moment.astimezone(UTC) - timedelta(days=1)).date()
        return self.search("SINCE", f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year:04}")

    def search_ids(self, fields: Sequence[str], msg_ids: Iterable[str]) -> list[int]:
        """Return the UIDs of messages one of whose header fields holds one of these msg-ids; servers may return more."""
        wanted = [msg_id for msg_id in dict.fromkeys(msg_ids) if is_safe_id(msg_id)]
        found: set[int] = set()
        for start in range(0, len(wanted), _SEARCH_IDS):
            terms = [
                f'HEADER {field} "{msg_id}"'
                for msg_id in wanted[start : start + _SEARCH_IDS]
                for field in fields
            ]
            with self._patience(_SEARCH_SECONDS):
                found.update(self.search(*(["OR"] * (len(terms) - 1)), *terms))
        return sorted(found)

    def internal_dates(self, uids: Sequence[int]) -> dict[int, datetime]:
        """Return when the server received each message."""
        answers = self._client.fetch(list(uids), ["INTERNALDATE"])
        return {uid: aware(answer.get(b"INTERNALDATE")) for uid, answer in answers.items()}

    def header_ids(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return the header fields that hold msg-ids, for each message that is still there."""
        answers = self._client.fetch(list(uids), [IDS]) if uids else {}
        return {uid: body_of(answer) for uid, answer in answers.items()}

    def fetch(self, uids: Sequence[int]) -> list[Fetched]:
        """Return the first part of each message that is still there, in the order asked, in one command.

        Where a text part is cut off, more of it follows. Nothing is ever marked as read.
        """
        items = [f"BODY.PEEK[]<0.{FIRST_BYTES}>", "RFC822.SIZE", "INTERNALDATE"]
        if self.is_gmail:
            items += ["X-GM-MSGID", "X-GM-THRID", "X-GM-LABELS"]
        elif self.offers("OBJECTID"):
            items += ["EMAILID", "THREADID"]
        answers = self._client.fetch(list(uids), items) if uids else {}
        found = ((uid, answers.pop(uid, {})) for uid in uids)
        return [self._fetched(uid, answer) for uid, answer in found if is_there(answer)]

    def _fetched(self, uid: int, answer: dict[bytes, Any]) -> Fetched:
        raw, size = body_of(answer), answer[b"RFC822.SIZE"]
        while len(raw) < min(size, MOST_BYTES) and needs_more(raw, size):
            more = self._client.fetch([uid], [f"BODY.PEEK[]<{len(raw)}.{3 * len(raw)}>"])
            tail = body_of(more.get(uid, {}))
            if not tail:
                break
            raw += tail
        return read_fetched(uid, answer, raw)

    def append_draft(self, name: str, raw: bytes) -> tuple[int, int] | None:
        """Ask the server to keep a draft, once. Return its UIDVALIDITY and UID where the server tells them.

        Raise NotWritten, OverQuota or NoDrafts on the server's NO or BAD, DoubtfulWrite on anything else.
        """
        quoted = self._client._normalise_folder(name)
        self.wire.guard.allow_drafts(quoted)
        with writing(name):
            try:
                typ, data = self.wire.append(quoted, r"(\Draft \Seen)", None, raw)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as exc:
                if " BAD " not in str(exc):
                    raise
                raise append_refused(exc, name) from exc
            finally:
                self.wire.guard.nothing_is_due()
        if typ != "OK":
            raise append_refused(data[-1], name)
        told = _APPENDUID.search(data[-1] or b"")
        return (int(told[1]), int(told[2])) if told else None

    # Waiting ----------------------------------------------------------------------------------------------------------------

    def idle(self, seconds: float, wake: int) -> bool | None:
        """Wait in the open mailbox until mail comes (True), nothing does (False), or `wake` is readable (None).

        Raise an error as soon as the connection is known to be dead; a silent one is found by its missing answer to DONE.
        """
        answers = self.wire.untagged_responses
        answers.clear()
        tag = self.wire._command("IDLE")
        while self.wire._get_response() is not None:
            if self.wire.tagged_commands[tag] is not None:
                self.wire.guard.nothing_is_due()
                del self.wire.tagged_commands[tag]
                self.capabilities -= {"IDLE"}  # announced and refused: poll instead
                return False
        event = "data" if "EXISTS" in answers else "quiet"
        deadline = time.monotonic() + seconds
        while "EXISTS" not in answers and (left := deadline - time.monotonic()) > 0:
            event = self.wire.await_data(left, wake)
            if event != "data":
                break
            self.wire._get_response()
            if "BYE" in answers:
                raise imaplib.IMAP4.abort(f"BYE {answers['BYE'][-1]!r}")
        self.wire.send(b"DONE\r\n")
        while self.wire.tagged_commands[tag] is None:
            self.wire._get_response()
        del self.wire.tagged_commands[tag]
        if "EXISTS" in answers:
            return True
        return None if event == "woken" else False

    def take_throttled(self) -> str | None:
        """Return the server's words where it asked for patience beside an OK (`OK [THROTTLED]`), once."""
        found = self.wire.untagged_responses.pop("THROTTLED", None)
        return "[THROTTLED]" if found is not None else None

    @contextmanager
    def _patience(self, seconds: float) -> Iterator[None]:
        sock = self.wire.sock
        sock.settimeout(max(seconds, self._login.timeout))
        try:
            yield
        finally:
            with suppress(OSError):
                sock.settimeout(self._login.timeout)


def _number(answers: Sequence[object] | None) -> int | None:
    last = answers[-1] if answers else None
    return int(last) if isinstance(last, bytes) and last.isdigit() else None
