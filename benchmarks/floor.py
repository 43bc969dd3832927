"""The least that must be done: a raw socket fetches the same bytes, lexbor reads the text, one RE2 set of plain words passes over it.

Run as a program: `python -m benchmarks.floor HOST PORT USER PASSWORD`. No MIME is parsed: what stands behind the first
HTML tag is given to lexbor as it came.
"""

import re
import socket
import sys

import re2
import selectolax.lexbor

from benchmarks.phrases import english_words

BATCH = 50


class _Wire:
    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.buffer = bytearray()
        self.number = 0
        self._line()

    def _fill(self) -> None:
        data = self.socket.recv(1 << 18)
        if not data:
            raise EOFError
        self.buffer += data

    def _line(self) -> bytes:
        while (end := self.buffer.find(b"\r\n")) < 0:
            self._fill()
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        return line

    def _literal(self, size: int) -> bytes:
        while len(self.buffer) < size:
            self._fill()
        data = bytes(self.buffer[:size])
        del self.buffer[:size]
        return data

    def command(self, text: str) -> list[bytes]:
        """Send one command and return the literals of its answer."""
        self.number += 1
        tag = f"t{self.number}"
        self.socket.sendall(f"{tag} {text}\r\n".encode())
        literals: list[bytes] = []
        while True:
            line = self._line()
            if line.startswith(tag.encode() + b" "):
                assert line.split()[1] == b"OK", line
                return literals
            if (size := re.search(rb"\{(\d+)\}$", line)) is not None:
                literals.append(self._literal(int(size[1])))


def main(host: str, port: str, user: str, password: str) -> None:
    """Fetch the first 64 KB of every message of INBOX, and count those in which a phrase stands."""
    phrases = re2.Set.SearchSet(re2_options())
    for word in english_words():
        phrases.Add(word)
    phrases.Compile()
    wire = _Wire(host, int(port))
    wire.command(f"LOGIN {user} {password}")
    wire.command("EXAMINE INBOX")
    count = int(sys.argv[5])
    found = 0
    for first in range(1, count + 1, BATCH):
        for raw in wire.command(f"FETCH {first}:{min(count, first + BATCH - 1)} (BODY.PEEK[]<0.65536>)"):
            html = raw[max(raw.find(b"<html"), 0) :]
            text = selectolax.lexbor.LexborHTMLParser(html).text(separator=" ")
            found += bool(phrases.Match(text))
    wire.command("LOGOUT")
    print(found)


def re2_options() -> re2.Options:
    """Return options with memory enough for a set of many patterns."""
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = 64 << 20
    return options


if __name__ == "__main__":
    main(*sys.argv[1:5])
