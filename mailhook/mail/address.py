"""Addresses of a header field (RFC 5322 §3.4 and §4.4), read in one pass over its characters. Nothing here raises.

What is not an address by the grammar is never repaired into one: it is left out and named as a defect, so that an
answer can refuse to go where a broken field seems to point.
"""

import re

from mailhook.mail.header import clean, decode_words
from mailhook.mail.message import Address

_SIMPLE = re.compile(
    r'(?:"([^"\\]*)"[ \t]*|([^"<>,:;()@\\\[\]]*))<([!#-\'*-+\--9=?A-Z^-~]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>\Z'
)
_PLAIN = re.compile(r"[!#-'*-+\--9=?A-Z^-~]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\Z")
_LEXEME = re.compile(r'"(?:[^"\\]|\\.){0,255}"|[^\s"<>,:;()\\]+|\s+|.', re.DOTALL)
_LOCAL = re.compile(r'(?:[^\s@"<>,:;()\[\]\\]+|"(?:[^"\\]|\\.)*")\Z')
_DOMAIN = re.compile(r"(?:[^\s@\"<>,:;()\[\]\\.]+(?:\.[^\s@\"<>,:;()\[\]\\.]+)*|\[[0-9A-Za-z.:-]+\])\Z")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def addresses(value: str) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    """Return the addresses of a field whose encoded words are not yet decoded, and the names of its defects."""
    simple = _SIMPLE.match(value)
    if simple:
        name = simple[1] if simple[1] is not None else simple[2]
        return (Address(name=_display(name), address=simple[3]),), ()
    if _PLAIN.match(value):
        return (Address(address=value),), ()
    return _Reader(value).read()


def _display(name: str) -> str:
    if "=?" in name:
        name = decode_words(name)
    if not name.isprintable():
        name = clean(name)
    return name.strip()


def is_address(spec: str) -> bool:
    """Say whether a string is one addr-spec that can be written into a header field as it stands."""
    local, at, domain = spec.rpartition("@")
    return bool(
        at and len(spec) <= 320 and spec.isprintable() and _LOCAL.match(local) and _DOMAIN.match(domain)
    )


class _Reader:
    """Read an address list lexeme by lexeme."""

    def __init__(self, value: str) -> None:
        self.lexemes = _LEXEME.findall(value)
        self.at = 0
        self.found: list[Address] = []
        self.defects: dict[str, None] = {}
        self.in_group = False
        self._start()

    def _start(self) -> None:
        self.phrase: list[str] = []
        self.comment = ""
        self.angle: str | None = None
        self.after_angle = False

    def read(self) -> tuple[tuple[Address, ...], tuple[str, ...]]:
        """Read all of it."""
        while self.at < len(self.lexemes):
            lexeme = self.lexemes[self.at]
            self.at += 1
            match lexeme:
                case ",":
                    self._finish()
                case ";":
                    self._finish()
                    if not self.in_group:
                        self.defects["syntax"] = None
                    self.in_group = False
                case ":":
                    self._colon()
                case "<":
                    self._angle()
                case "(":
                    self.comment = self._comment() or self.comment
                case ">" | ")" | "\\":
                    self.defects["angle" if lexeme == ">" else "syntax"] = None
                case _:
                    if self.angle is not None and not lexeme.isspace():
                        self.after_angle = True
                    self.phrase.append(lexeme)
        self._finish()
        return tuple(self.found), tuple(self.defects)

    def _colon(self) -> None:
        if self.in_group or self.angle is not None or not "".join(self.phrase).strip():
            self.defects["syntax"] = None
        self.in_group = True
        self._start()

    def _angle(self) -> None:
        inside: list[str] = []
        while self.at < len(self.lexemes):
            lexeme = self.lexemes[self.at]
            if lexeme == "<":
                break
            self.at += 1
            if lexeme == ">":
                if self.angle is not None:
                    self.defects["angle"] = None
                else:
                    self.angle = "".join(inside)
                return
            if lexeme == "(":
                self._comment()
            else:
                inside.append(lexeme)
        self.defects["angle"] = None
        self.after_angle = True

    def _comment(self) -> str:
        depth = 1
        inside: list[str] = []
        while self.at < len(self.lexemes):
            lexeme = self.lexemes[self.at]
            self.at += 1
            if lexeme == "(":
                depth += 1
            elif lexeme == ")":
                depth -= 1
                if not depth:
                    return "".join(inside)
            elif lexeme == "\\" and self.at < len(self.lexemes):
                self.at += 1
                continue
            inside.append(lexeme)
        self.defects["syntax"] = None
        return "".join(inside)

    def _finish(self) -> None:
        phrase = "".join(self.phrase).strip()
        if self.angle is not None:
            spec = self.angle.strip()
            if spec.startswith("@") and ":" in spec:  # an obsolete route
                spec = spec.partition(":")[2].strip()
            if self.after_angle:
                self.defects["angle"] = None
            self._add(_unquoted(phrase) or self.comment, spec)
        elif phrase:
            self._add(self.comment, phrase)
        self._start()

    def _add(self, name: str, spec: str) -> None:
        if is_address(spec):
            self.found.append(Address(name=_display(name), address=spec))
        elif spec or name:
            self.defects["address"] = None


def _unquoted(phrase: str) -> str:
    if '"' not in phrase:
        return phrase
    return "".join(
        _ESCAPED.sub(r"\1", lexeme[1:-1]) if len(lexeme) > 1 and lexeme[0] == '"' else lexeme
        for lexeme in _LEXEME.findall(phrase)
    )
