"""The wire to an IMAP server: TLS as it must be, our own buffer, and a list of the only commands that may go out.

imaplib's documented extension points (open, read, readline, send, shutdown) are overridden. So the connection behaves
alike on every Python, IDLE can be watched without losing what is already buffered, and nothing that changes a mailbox
leaves this process, whoever asks: no SELECT, STORE, EXPUNGE, COPY, MOVE, DELETE, and APPEND only to Drafts.
"""

import imaplib
import logging
import re
import select
import socket
import ssl
from typing import TYPE_CHECKING, Literal

from imapclient import IMAPClient, SocketTimeout

from mailhook.connectors._imap_tls import Security

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

Event = Literal["data", "woken", "quiet"]

LONGEST_LINE = 16_777_216  # a SEARCH over a million messages
LONGEST_LITERAL = 16_777_216  # nothing larger is ever asked for
_CHUNK = 65_536

# The library's loggers write whole commands at DEBUG, and with them addresses and mail.
logging.getLogger("imapclient").setLevel(logging.WARNING)

_FETCH_ITEM = (
    rb"(?:UID|RFC822\.SIZE|INTERNALDATE|X-GM-MSGID|X-GM-THRID|X-GM-LABELS|EMAILID|THREADID"
    rb"|BODY\.PEEK\[(?:HEADER\.FIELDS \([A-Z -]+\))?\](?:<\d+\.\d+>)?)"
)
_STRING = rb'"(?:[^"\\]|\\.)*"'
_ARGUMENTS: dict[bytes, re.Pattern[bytes]] = {
    verb: re.compile(arguments)
    for verb, arguments in {
        b"CAPABILITY": rb"",
        b"NOOP": rb"",
        b"LOGOUT": rb"",
        b"STARTTLS": rb"",
        b"IDLE": rb"",
        b"ID": rb" \(.*\)",
        b"LOGIN": rb" .*",
        b"AUTHENTICATE": rb" (?:PLAIN|XOAUTH2|OAUTHBEARER)",
        b"LIST": rb' "" "\*"(?: RETURN \(SPECIAL-USE\))?',
        b"STATUS": rb" " + _STRING + rb" \([A-Z ]+\)",
        b"EXAMINE": rb" " + _STRING,
        b"UID FETCH": rb" [0-9,:*]+ \(" + _FETCH_ITEM + rb"(?: " + _FETCH_ITEM + rb")*\)",
        b"UID SEARCH": rb" .*",
    }.items()
}
_COMMAND = re.compile(rb"[A-Z]+[0-9]+ ((?:UID )?[A-Z]+)([^\r\n\0]*)\r\n")
_APPEND = re.compile(rb" (" + _STRING + rb") \(\\Draft \\Seen\) \{([0-9]+)\}")
_LITERAL_AHEAD = re.compile(rb"\{[0-9]+[+-]?\}$")
_SASL = re.compile(rb"[A-Za-z0-9+/=]*(?:\r\n)?|\*(?:\r\n)?")


class Guard:
    """Follows what is sent and refuses everything that is not on the list.

    A refusal is an error in this program, never the person's: RuntimeError.
    """

    def __init__(self) -> None:
        self._drafts: bytes | None = None
        self._creatable: bytes | None = None
        self._literal: int | None = None
        self._sasl = self._idling = False

    def allow_drafts(self, quoted: bytes, *, create: bool = False) -> None:
        """Name the one mailbox, as it is written in a command, to which APPEND may go; and CREATE, where the person asked."""
        self._drafts = quoted
        self._creatable = quoted if create else None

    def nothing_is_due(self) -> None:
        """Hear that the server has answered: it wants no literal (refused before it) and no DONE (does not idle)."""
        self._literal = None
        self._idling = False

    def check(self, data: bytes) -> None:
        """Raise RuntimeError unless these bytes may be sent now."""
        if self._literal is not None:
            if len(data) != self._literal:
                raise RuntimeError("refused to send a literal of another size than announced")
            self._literal = None
        elif self._idling:
            if data != b"DONE\r\n":
                raise RuntimeError("refused to send a command during IDLE")
            self._idling = False
        elif data != b"\r\n" and not (self._sasl and _SASL.fullmatch(data)):
            self._check_command(data)

    def _check_command(self, data: bytes) -> None:
        command = _COMMAND.fullmatch(data)
        if command is None:
            raise RuntimeError("refused to send what is not one whole command")
        verb, rest = command.groups()
        self._sasl = verb == b"AUTHENTICATE"
        self._idling = verb == b"IDLE"
        if verb == b"APPEND":
            self._literal = self._append_size(rest)
        elif verb == b"CREATE" and self._creatable is not None and rest == b" " + self._creatable:
            return
        elif verb not in _ARGUMENTS or not _ARGUMENTS[verb].fullmatch(rest) or _LITERAL_AHEAD.search(rest):
            raise RuntimeError(f"refused to send the command {verb.decode('ascii')}")

    def _append_size(self, rest: bytes) -> int:
        append = _APPEND.fullmatch(rest)
        if append is None or append[1] != self._drafts:
            raise RuntimeError("refused to append anything but a draft to the Drafts mailbox")
        return int(append[2])


class Wire(imaplib.IMAP4):
    """One connection. Raises imaplib's errors and OSError; `_imap_errors` makes sentences of them."""

    def __init__(
        self, host: str, port: int, *, security: Security, context: ssl.SSLContext, timeout: float
    ) -> None:
        self.guard = Guard()
        self._security = security
        self._context = context
        self._inbox = bytearray()
        super().__init__(host, port, timeout)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect, with TLS before the first byte where that is the way."""
        self.host, self.port = host, port
        self.sock = socket.create_connection((host, port), timeout)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (("TCP_KEEPIDLE", 120), ("TCP_KEEPINTVL", 30), ("TCP_KEEPCNT", 4)):
            if hasattr(socket, option):
                self.sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        if self._security == "tls":
            self._wrap()

    def _wrap(self) -> None:
        try:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)
        except BaseException:
            self.sock.close()
            raise

    def start_tls(self) -> None:
        """Change to TLS. Raise abort where the server does not offer it, or has said more than its answer in plain text."""
        if self.state != "NONAUTH" or "STARTTLS" not in self.capabilities:
            raise self.abort("STARTTLS is not offered")
        typ, data = self._simple_command("STARTTLS")
        if typ != "OK":
            raise self.abort(f"STARTTLS was refused: {data[-1]!r}")
        if self._inbox:
            raise self.abort("STARTTLS was answered with more than its answer")
        self._wrap()
        self._get_capabilities()

    def read(self, size: int) -> bytes:
        """Read a literal; shorter only at the end of the connection."""
        if size > LONGEST_LITERAL:
            raise self.abort(f"the server announced a literal of {size} bytes")
        while len(self._inbox) < size:
            if not self._receive(_CHUNK):
                break
        data = bytes(self._inbox[:size])
        del self._inbox[:size]
        return data

    def readline(self) -> bytes:
        """Read a line with its end; what there is at the end of the connection."""
        searched = 0
        while (end := self._inbox.find(b"\n", searched)) < 0:
            searched = len(self._inbox)
            if searched > LONGEST_LINE:
                raise self.abort(f"the server sent a line of more than {LONGEST_LINE} bytes")
            if not self._receive(_CHUNK):
                end = len(self._inbox) - 1
                break
        line = bytes(self._inbox[: end + 1])
        del self._inbox[: end + 1]
        return line

    def _receive(self, size: int) -> bool:
        chunk = self.sock.recv(size)
        self._inbox += chunk
        return bool(chunk)

    def send(self, data: "Buffer") -> None:
        """Send what the guard lets through."""
        self.guard.check(bytes(data))
        self.sock.sendall(data)

    def shutdown(self) -> None:
        """Close the connection, also a dead one."""
        self.sock.close()

    def await_data(self, seconds: float, wake: int) -> Event:
        """Wait until there is something to read, until the descriptor `wake` is readable, or for that many seconds."""
        pending = self.sock.pending() if isinstance(self.sock, ssl.SSLSocket) else 0
        if self._inbox or pending:
            return "data"
        poller = select.poll()
        poller.register(self.sock, select.POLLIN)
        poller.register(wake, select.POLLIN)
        ready = {descriptor for descriptor, _ in poller.poll(max(0, seconds) * 1000)}
        if wake in ready:
            return "woken"
        return "data" if ready else "quiet"

    def _log(self, line: str) -> None:
        """Keep no copy of commands: imaplib would hold the last ten in memory, LOGIN among them."""


class Client(IMAPClient):  # type: ignore[misc]  # imapclient ships no types
    """imapclient upon our wire."""

    def __init__(
        self, host: str, port: int, *, security: Security, context: ssl.SSLContext, timeout: float
    ) -> None:
        self._wiring = (security, context, timeout)
        super().__init__(host, port=port, ssl=False, timeout=SocketTimeout(min(timeout, 30.0), timeout))
        self.normalise_times = False
        # imapclient sets 5, and imaplib then formats every literal twice though nobody reads it: 4,909 against 263 µs a
        # message of 45 KB.
        self._imap.debug = 0

    def _create_IMAP4(self) -> Wire:  # noqa: N802 - the library's name
        security, context, timeout = self._wiring
        return Wire(self.host, self.port, security=security, context=context, timeout=min(timeout, 30.0))

    @property
    def wire(self) -> Wire:
        """The connection below, typed."""
        wire: Wire = self._imap
        return wire
