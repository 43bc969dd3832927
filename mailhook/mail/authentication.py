"""Whether a message's sender is proven: Authentication-Results (RFC 8601) of one server that the person trusts.

Anyone can write such a field. Only the topmost one of the pinned server counts; without a pinned server nothing is known.
"""

import re
from typing import Literal

from mailhook.mail.domain import a_label, same_organisation
from mailhook.mail.message import Message

Dmarc = Literal["pass", "fail", "unknown"]

_LEXEME = re.compile(r'"(?:[^"\\]|\\.){0,255}"|[^\s"();]+|\s+|.', re.DOTALL)
_RESULT = re.compile(r"([a-z0-9-]+)(?:/\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r'([a-z0-9-]+)\s*\.\s*([a-z0-9_-]+)\s*=\s*("[^"]*"|[^\s;]+)', re.IGNORECASE)


def dmarc_of(message: Message, authserv_id: str | None) -> Dmarc:
    """Say what the pinned server found: `pass` for dmarc=pass or an aligned dkim=pass, `fail` for dmarc=fail."""
    if not authserv_id or len(message.from_) != 1:
        return "unknown"
    domain = message.from_[0].domain
    for value in message.headers("authentication-results"):
        server, results = _read(value)
        if server != authserv_id.strip().lower():
            continue
        return _judge(results, domain)
    return "unknown"


def _judge(results: list[str], domain: str) -> Dmarc:
    passed = False
    for result in results:
        head = _RESULT.match(result)
        if not head:
            continue
        method, outcome = head[1].lower(), head[2].lower()
        properties = {
            f"{a}.{b}".lower(): v.strip('"').lower() for a, b, v in _PROPERTY.findall(result, head.end())
        }
        if method == "dmarc":
            about = a_label(properties.get("header.from", domain).rpartition("@")[2])
            if outcome == "fail":
                return "fail"
            passed = passed or (outcome == "pass" and about == a_label(domain))
        elif method == "dkim" and outcome == "pass":
            signer = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
            passed = passed or same_organisation(signer, domain)
    return "pass" if passed else "unknown"


def _read(value: str) -> tuple[str, list[str]]:
    """Split a field into the server's name and its results, without comments."""
    pieces = [""]
    depth = 0
    for lexeme in _LEXEME.findall(value):
        if lexeme == "(":
            depth += 1
        elif lexeme == ")":
            depth = max(depth - 1, 0)
        elif depth:
            continue
        elif lexeme == ";":
            pieces.append("")
        else:
            pieces[-1] += lexeme
    server = pieces[0].split()
    return (server[0].strip('"').lower() if server else ""), [piece.strip() for piece in pieces[1:]]
