"""The service looks after its threads: one that hangs in a call that nothing can end is left, and another takes its place."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailhook.config import parse
from mailhook.ledger.ledger import Ledger
from mailhook.watch import account, service
from mailhook.watch.signals import Asked
from tests.scan.mailroom import ME
from tests.watch.running import until

CONFIG = """
[me]
name = "Alex Morgan"
addresses = ["{me}"]
[accounts.silent]
connector = "imap"
host = "127.0.0.1"
port = {port}
security = "none"
timeout = 600
user = "alex"
password = {{ env = "TEST_PASSWORD" }}
"""


@contextmanager
def silent_server() -> Iterator[tuple[int, list[socket.socket]]]:
    """A server that takes every connection and never says a word."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def take() -> None:
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take)
        thread.start()
        yield listener.getsockname()[1], taken
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        for each in taken:
            each.close()


def test_a_thread_that_hangs_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With patience cut to half a second: the silent server sees a second connection, and the service ends when asked."""
    monkeypatch.setenv("TEST_PASSWORD", "secret")
    monkeypatch.setenv("MAILHOOK_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(account, "STEP_SECONDS", 0.5)
    for name, seconds in {"_TICK_SECONDS": 0.1, "_ABANDON_SECONDS": 0.5, "_STOP_SECONDS": 1.0}.items():
        monkeypatch.setattr(service, name, seconds)
    caplog.set_level(logging.INFO, "mailhook")
    with silent_server() as (port, taken), Ledger.open(tmp_path / "state" / "ledger.sqlite") as ledger:
        config = parse(CONFIG.format(me=ME, port=port))
        asked = Asked()
        running = service._Service(lambda: config, config, ledger, asked, lambda: datetime.now(UTC))
        thread = threading.Thread(target=running.run)
        thread.start()
        assert until(lambda: len(taken) >= 2)
        asked.stop = True
        thread.join(20)
        assert not thread.is_alive()
        asked.close()
    actions = [getattr(record, "action", None) for record in caplog.records]
    assert "watch-replaced" in actions
    assert actions[-1] == "stopped"
    assert "left-in-doubt" in actions
