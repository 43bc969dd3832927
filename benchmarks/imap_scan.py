"""A scan of an IMAP mailbox against the naive way and against the floor, on a Dovecot; and a scan with nothing new.

`(a)` processor time for the same messages, as ratios, pair by pair in one run. `(c)` what a pass costs that finds nothing
new in a small and in a large mailbox. `(d)` peak memory of `(a)`.
"""

import os
import tempfile
from pathlib import Path

from benchmarks.mailbox import messages
from benchmarks.measure import Cost, python, ratios, spread
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.tls import Authority

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "10000"))
LARGE = int(os.environ.get("BENCH_LARGE", "100000"))
SMALL = 100
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))


class Account:
    """One user of the server, with a configuration and a state folder of its own for each scan."""

    def __init__(self, server: Dovecot, folder: Path, user: str) -> None:
        self.server, self.folder, self.user = server, folder, user
        self.config = folder / f"{user}.toml"
        self.config.write_text(
            f"""
[me]
name = "Alex Morgan"
addresses = ["alex.morgan@example.org"]

[accounts.bench]
connector = "imap"
host = "127.0.0.1"
port = {server.port}
security = "none"
user = "{user}"
password = {{ env = "BENCH_PASSWORD" }}
""",
            encoding="utf-8",
        )

    def scan(self, state: str, *words: str) -> Cost:
        """Run one real pass."""
        return python(
            "mailhook",
            "scan",
            "--config",
            str(self.config),
            *words,
            env={"MAILHOOK_STATE": str(self.folder / state), "BENCH_PASSWORD": PASSWORD},
        )


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="mailhook-bench-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        server = Dovecot(Authority(folder / "tls").certificate("localhost"))
        server.start()
        try:
            _passes(server, folder)
            _nothing_new(server, folder)
        finally:
            server.close()


def _passes(server: Dovecot, folder: Path) -> None:
    for message in messages(MESSAGES):
        server.deliver("bench", [message])
    account = Account(server, folder, "bench")
    place = ("127.0.0.1", str(server.port), "bench", PASSWORD)
    python("benchmarks.floor", *place, str(MESSAGES))  # the server's own indexes are made here
    naive, floor, ours = [], [], []
    for number in range(ROUNDS):
        floor.append(python("benchmarks.floor", *place, str(MESSAGES)))
        ours.append(account.scan(f"state{number}", "--since", "2000-01-01"))
        naive.append(python("benchmarks.naive", *place))
    print(f"(a) a pass over {MESSAGES} messages, processor seconds: median (least to most) of {ROUNDS}")
    for name, costs in (("naive", naive), ("floor", floor), ("mailhook", ours)):
        print(f"    {name:10} {spread([cost.cpu for cost in costs])}")
    against_naive = ratios([cost.cpu for cost in naive], [cost.cpu for cost in ours])
    against_floor = ratios([cost.cpu for cost in ours], [cost.cpu for cost in floor])
    print(f"    naive / mailhook   {spread(against_naive)}   goal: at least 20")
    print(f"    mailhook / floor   {spread(against_floor)}   goal: at most 3")
    print(
        f"(d) peak memory, MB: mailhook {spread([cost.memory for cost in ours], digits=0)}   goal: under 120"
    )
    print(f"    naive {spread([cost.memory for cost in naive], digits=0)}")


def _nothing_new(server: Dovecot, folder: Path) -> None:
    small, large = [], []
    one = next(iter(messages(1, attachments=False)))
    accounts = {}
    for name, count in (("few", SMALL), ("many", LARGE)):
        server.deliver(name, [one] * count)
        accounts[name] = Account(server, folder, name)
        accounts[name].scan(f"state-{name}")
    for _ in range(ROUNDS):
        small.append(accounts["few"].scan("state-few"))
        large.append(accounts["many"].scan("state-many"))
    print(
        f"(c) a pass with nothing new, processor seconds: {SMALL} messages {spread([cost.cpu for cost in small])},"
    )
    print(f"    {LARGE} messages {spread([cost.cpu for cost in large])}   goal: under 1, and no growth")
    print(f"    growth {spread(ratios([cost.cpu for cost in large], [cost.cpu for cost in small]))}")


if __name__ == "__main__":
    main()
