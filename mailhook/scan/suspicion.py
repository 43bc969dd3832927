"""Messages that nobody can read. Most kill no more than the process apart that reads them; that was tried often enough then.

After a pass that died itself: each message is tried on its own, with the try on disk, until the one that kills is known and left alone.

A try covers reading, judging and composing, and nothing that waits for a server, so that a process killed from outside
hardly ever casts suspicion on the wrong message.
"""

from contextlib import suppress
from datetime import datetime
from hashlib import sha256

from mailhook.connector import Arrival
from mailhook.errors import TemplateError, Unreadable
from mailhook.ledger.ledger import Ledger
from mailhook.reading.here import Mail, Reads
from mailhook.reply.plan import History
from mailhook.scan.consider import Reader

TRIES = 3

# Goes the whole way once, so that what is loaded at first use does not stretch the first message's try.
_WARM_UP = b"""From: Jane Roe <jane.roe@acme.example>\r
To: you@example.org\r
Subject: Your application\r
Message-ID: <warm-up@acme.example>\r
Date: Mon, 02 Mar 2026 09:12:00 +0000\r
\r
Thank you for the interview. Unfortunately we have decided to move forward with another candidate.\r
"""


class Suspicion:
    """Knows the messages of one account that are never to be read again, and finds new ones after a pass that died."""

    def __init__(self, ledger: Ledger, account: str, reading: Reads, reader: Reader) -> None:
        self._ledger = ledger
        self._account = account
        self._reading = reading
        self._reader = reader
        self._left_alone = ledger.quarantined(account)
        self._died = False

    def after_a_death(self, now: datetime) -> None:
        """Suspect every message from now on: the last pass died reading one."""
        self._died = True
        self._go_through(Mail(raw=_WARM_UP), now)

    def is_left_alone(self, arrival: Arrival) -> bool:
        """Say whether a message was found before to kill whoever reads it."""
        return bool(self._left_alone) and key_of(arrival) in self._left_alone

    def convicts(self, arrival: Arrival, now: datetime) -> bool:
        """Try a message where there is suspicion; say whether it has killed its reader so often that it is now left alone."""
        if not self._died:
            return False
        key = key_of(arrival)
        if self._ledger.try_message(self._account, key) > TRIES:
            self.convict(arrival)
            return True
        self._go_through(Mail(raw=arrival.raw, size=arrival.size), now)
        self._ledger.acquit(self._account, key)
        return False

    def convict(self, arrival: Arrival) -> None:
        """Leave a message alone for good: it could not be read."""
        key = key_of(arrival)
        self._ledger.quarantine(self._account, key)
        self._left_alone |= {key}

    def _go_through(self, mail: Mail, now: datetime) -> None:
        """Do with a message all that could kill, and throw the outcome away."""
        (screened,) = self._reading.screen([mail])
        if screened is None or not screened.candidate:
            return
        try:
            reading = self._reading.study(mail)
        except Unreadable:  # found again, and said, where it is read in earnest
            return
        plan = self._reader.plan(reading, history=History(), now=now)
        with suppress(TemplateError, Unreadable):
            self._reader.answer(reading, plan, tuid="0", now=now)


def key_of(arrival: Arrival) -> str:
    """Return what tells a message from others before it is read."""
    return arrival.durable_id or f"raw:{sha256(arrival.raw).hexdigest()}"
