"""Sleep is told by two clocks that part."""

from mailhook.watch.sleep import Clocks


def test_a_machine_that_slept_is_noticed_once() -> None:
    """An hour passed on the wall and five seconds in the machine."""
    clocks = Clocks(wall=1000.0, monotonic=10.0)
    assert clocks.slept(1005.0, 15.0) == 0.0
    assert clocks.slept(4605.0 + 5.0, 20.0) == 3600.0
    assert clocks.slept(4615.0, 25.0) == 0.0


def test_a_clock_put_back_is_no_sleep() -> None:
    """And what follows is measured from there."""
    clocks = Clocks(wall=1000.0, monotonic=10.0)
    assert clocks.slept(400.0, 15.0) == 0.0
    assert clocks.slept(465.0, 20.0) == 60.0
