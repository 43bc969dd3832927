"""What is asked by signals."""

import os
import signal
import time

import pytest

from mailhook.watch.signals import heard_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_stop_is_heard_and_ends_a_wait_at_once(number: signal.Signals) -> None:
    """A second one does not wait for anything."""
    with heard_signals() as asked:
        os.kill(os.getpid(), number)
        began = time.monotonic()
        asked.wait(30.0)
        assert asked.stop
        assert time.monotonic() - began < 20
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)


def test_a_hangup_asks_to_read_the_configuration_again_once() -> None:
    """However often it is sent before anybody looks."""
    with heard_signals() as asked:
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGHUP)
        asked.wait(30.0)
        assert (asked.take_reload(), asked.take_reload(), asked.stop) == (True, False, False)


def test_afterwards_signals_mean_what_they_meant_before() -> None:
    """The handlers are put back, also when something went wrong."""
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    with pytest.raises(ValueError, match="trouble"), heard_signals():
        raise ValueError("trouble")
    assert [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)] == before
