"""Whether the machine has slept: its wall clock goes on meanwhile, its monotonic clock does not."""

from dataclasses import dataclass


@dataclass(slots=True)
class Clocks:
    """Two clocks, compared from look to look. A clock that is put right looks like sleep, and does no harm."""

    wall: float
    monotonic: float

    def slept(self, wall: float, monotonic: float) -> float:
        """Return for how many seconds the machine has slept since the last look."""
        seconds = (wall - self.wall) - (monotonic - self.monotonic)
        self.wall, self.monotonic = wall, monotonic
        return max(seconds, 0.0)
