"""A proxy that stands between a client and a server and does what networks and servers do on bad days.

It knows IMAP's lines and literals, so that a fault can be put exactly: before, inside or behind a literal, before the
tagged answer, at the n-th command. Everything that passed is kept in `log`, as what must and must not have been said is
judged at the wire.
"""

import asyncio
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Way = Literal["up", "down"]
Verb = Literal["fin", "rst", "hang"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole line with its CRLF, or a literal's bytes."""

    data: bytes
    is_literal: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """What becomes of a piece: the bytes to pass on, then perhaps an end, after a while."""

    data: bytes
    then: Verb | None = None
    delay: float = 0.0


Rule = Callable[[Piece], Act | None]
_LITERAL = re.compile(rb"\{(\d+)[+-]?\}\r\n$")


class Pieces:
    """Cuts a stream into lines and literals."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._literal = 0

    def feed(self, data: bytes) -> list[Piece]:
        """Return the pieces that are whole now; of a literal, what has come of it."""
        self._buffer += data
        found = []
        while self._buffer:
            if self._literal:
                part = bytes(self._buffer[: self._literal])
                del self._buffer[: len(part)]
                self._literal -= len(part)
                found.append(Piece(part, is_literal=True))
                continue
            end = self._buffer.find(b"\r\n")
            if end < 0:
                break
            line = bytes(self._buffer[: end + 2])
            del self._buffer[: end + 2]
            found.append(Piece(line))
            announced = _LITERAL.search(line)
            self._literal = int(announced[1]) if announced else 0
        return found


@dataclass
class Line:
    """One thing said on the wire."""

    way: Way
    data: bytes


@dataclass
class Wire:
    """What passed, in order."""

    said: list[Line] = field(default_factory=list)

    def lines(self, way: Way) -> list[bytes]:
        """Return what went that way, literals too."""
        return [line.data for line in self.said if line.way == way]

    def commands(self) -> list[bytes]:
        """Return the client's commands without their tags; not its literals and continuations."""
        found = (re.match(rb"[A-Z]+\d+ (.*)\r\n$", line) for line in self.lines("up"))
        return [match[1] for match in found if match]

    def verbs(self) -> list[str]:
        """Return the commands' verbs: `EXAMINE`, `UID FETCH`."""
        found = (re.match(rb"(?:UID )?[A-Za-z]+", command) for command in self.commands())
        return [match[0].decode() for match in found if match]


class FaultProxy:
    """Listens on a free port of 127.0.0.1; `up` and `down` are rules for each piece, changeable at any time."""

    def __init__(self, upstream_port: int, *, raw: bool = False) -> None:
        self._upstream = ("127.0.0.1", upstream_port)
        self._raw = raw  # TLS inside: pass bytes as they come
        self.up: Rule | None = None
        self.down: Rule | None = None
        self.refuse = False
        self.linger = False  # pass on what was said before the client left, however late
        self.connections = 0
        self.wire = Wire()
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._errors: list[Exception] = []
        self._writers: list[asyncio.StreamWriter] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            if self.refuse:
                raise ConnectionRefusedError
            up_reader, up_writer = await asyncio.open_connection(*self._upstream)
        except OSError:
            _reset(writer)
            return
        self._writers.append(up_writer)
        pair = (writer, up_writer)
        self._pairs.add(pair)
        pumps = [
            asyncio.ensure_future(self._pump(up_reader, writer, "down", pair)),
            asyncio.ensure_future(self._pump(reader, up_writer, "up", pair)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if self.linger:
                await asyncio.wait(pumps[1:])
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._pairs.discard(pair)
            for each in pair:
                each.close()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        way: Way,
        pair: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
    ) -> None:
        pieces = Pieces()
        try:
            while data := await reader.read(65_536):
                for piece in [Piece(data)] if self._raw else pieces.feed(data):
                    rule = self.up if way == "up" else self.down
                    act = (rule and rule(piece)) or Act(piece.data)
                    if act.delay:
                        await asyncio.sleep(act.delay)
                    if act.data:
                        self.wire.said.append(Line(way, act.data))
                        writer.write(act.data)
                        await writer.drain()
                    if act.then == "hang":
                        await asyncio.sleep(3600)
                    if act.then == "rst":
                        _reset(pair[0])
                    if act.then is not None:
                        return
        except OSError:
            return
        except Exception as exc:  # noqa: BLE001 - a rule of the test is wrong: it is raised at `close`
            self._errors.append(exc)

    def raw_from_tls(self) -> None:
        """Read lines as long as they are plain, though TLS may follow."""
        self._raw = False

    def kill_all(self, *, rst: bool = False) -> None:
        """End every connection that lives."""

        def end() -> None:
            for client, server in list(self._pairs):
                if rst:
                    _reset(client)
                client.close()
                server.close()

        self._loop.call_soon_threadsafe(end)

    def close(self) -> None:
        """Stop listening and end everything."""

        async def end() -> None:
            self._server.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for writer in self._writers:
                writer.transport.abort()
            for _ in range(3):  # transports tell of their end one turn later
                await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        if self._errors:
            raise self._errors[0]


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST in place of FIN."""
    sock = writer.get_extra_info("socket")
    if sock is not None and not writer.is_closing():
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


# Rules ------------------------------------------------------------------------------------------------------------------------


def cut_at(pattern: bytes, *, keep: int = 0, then: Verb = "fin", times: int = 1) -> Rule:
    """End the connection in the piece that matches, after `keep` of its bytes from the match on."""
    left = [times]

    def rule(piece: Piece) -> Act | None:
        match = re.search(pattern, piece.data)
        if match is None or not left[0]:
            return None
        left[0] -= 1
        return Act(piece.data[: match.start() + keep], then)

    return rule


def cut_literal(*, keep: int | None, then: Verb = "rst") -> Rule:
    """End the connection inside the first literal after `keep` bytes; with None, right behind the whole of it."""

    def rule(piece: Piece) -> Act | None:
        if not piece.is_literal:
            return None
        return Act(piece.data if keep is None else piece.data[:keep], then)

    return rule


def rewrite(pattern: bytes, replacement: bytes, *, times: int | None = None) -> Rule:
    """Replace in lines (never in literals), that many times or always."""
    left = [times]

    def rule(piece: Piece) -> Act | None:
        if piece.is_literal or left[0] == 0 or not re.search(pattern, piece.data):
            return None
        if left[0] is not None:
            left[0] -= 1
        return Act(re.sub(pattern, replacement, piece.data))

    return rule


def delay_at(pattern: bytes, seconds: float) -> Rule:
    """Hold the matching piece back for a while."""
    return lambda piece: Act(piece.data, delay=seconds) if re.search(pattern, piece.data) else None


def swallow(_: Piece) -> Act:
    """Pass nothing on and say nothing: a half-open connection."""
    return Act(b"")


def all_of(*rules: Rule) -> Rule:
    """Apply the first rule that has something to do, to each piece."""

    def rule(piece: Piece) -> Act | None:
        return next((act for each in rules if (act := each(piece)) is not None), None)

    return rule
