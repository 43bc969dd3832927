"""Dovecot with a Gmail accent: a proxy adds what Gmail adds (X-GM-EXT-1) and takes out of commands what Dovecot lacks.

https://developers.google.com/gmail/imap/imap-extensions. The mailbox Archive plays All Mail.
"""

import re
from dataclasses import dataclass, field

from tests.servers.proxy import Act, FaultProxy, Piece

_ITEMS = re.compile(rb" X-GM-(?:MSGID|THRID|LABELS)")


@dataclass(slots=True, kw_only=True)
class Facts:
    """What Gmail would say of a message."""

    msgid: int
    thrid: int
    labels: bytes = b""


@dataclass(slots=True)
class GmailAccent:
    """`facts` by UID, whatever the mailbox; without them the message is in a thread of its own."""

    proxy: FaultProxy
    facts: dict[int, Facts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.proxy.up, self.proxy.down = self._up, self._down

    def _up(self, piece: Piece) -> Act | None:
        line = piece.data
        if piece.is_literal:
            return None
        thread = re.search(rb"UID SEARCH X-GM-THRID (\d+)\r\n", line)
        if thread:
            uids = [str(uid) for uid, facts in self.facts.items() if facts.thrid == int(thread[1])]
            return Act(
                line[: thread.start()] + f"UID SEARCH UID {','.join(uids) or '4294967295'}\r\n".encode()
            )
        return Act(_ITEMS.sub(b"", line)) if b"UID FETCH" in line else None

    def _down(self, piece: Piece) -> Act | None:
        if piece.is_literal:
            return None
        line = re.sub(rb"(CAPABILITY IMAP4rev1)", rb"\1 X-GM-EXT-1", piece.data)
        line = re.sub(rb"\\Archive(.*) Archive\r\n", rb"\\All\1 Archive\r\n", line)
        line = re.sub(rb"^(\* \d+ FETCH \(UID (\d+))", self._tell, line)
        return Act(line)

    def _tell(self, match: re.Match[bytes]) -> bytes:
        uid = int(match[2])
        facts = self.facts.get(uid, Facts(msgid=9000 + uid, thrid=9000 + uid))
        return match[1] + b" X-GM-MSGID %d X-GM-THRID %d X-GM-LABELS (%s)" % (
            facts.msgid, facts.thrid, facts.labels
        )  # fmt: skip
