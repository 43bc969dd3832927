"""How fast to ask: Google's units per minute, and patience where it says no for now."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

# What a request costs, in Google's quota units: developers.google.com/workspace/gmail/api/reference/quota (2026-05).
UNITS = {
    "profile": 1,
    "labels": 1,
    "history": 2,
    "messages": 5,
    "drafts": 5,
    "create": 10,
    "message": 20,
    "draft": 20,
    "attachment": 20,
    "thread": 40,
}
WINDOW = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often to ask again and how long to wait between, in seconds; each wait is drawn at random up to a doubling bound."""

    tries: int = 6
    first: float = 1.0
    longest: float = 64.0


class Budget:
    """At most so many units in any 60 seconds, over all threads of an account."""

    def __init__(
        self,
        units: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._units = units
        self._clock = clock
        self._sleep = sleep
        self._spent: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()

    def spend(self, units: int) -> None:
        """Wait until so many units may be spent, and spend them."""
        while (pause := self._try(units)) > 0:
            self._sleep(pause)

    def _try(self, units: int) -> float:
        with self._lock:
            now = self._clock()
            while self._spent and self._spent[0][0] <= now - WINDOW:
                self._spent.popleft()
            used = sum(cost for _, cost in self._spent)
            if used + units <= self._units or not self._spent:
                self._spent.append((now, units))
                return 0.0
            return max(self._spent[0][0] + WINDOW - now, 0.001)
