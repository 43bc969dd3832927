"""A soak: `mailhook watch` on three accounts through two hours' worth of mail and trouble, in minutes. `python -m benchmarks soak`.

Ten thousand deliveries to a Dovecot (over IDLE), a Gmail (the tests' emulator) and a Maildir, one in twenty a rejection that calls for a
draft; meanwhile servers restart, lines break, fall silent and lose answers, the disk fills, and the service is killed in the middle of its
work. Nothing may be lost, made twice or touched. Servers, mail and state lie in a temporary folder and on 127.0.0.1, and go at the end.

`SOAK_MESSAGES` (10000) and `SOAK_SECONDS` (900) say how much is delivered in how long; then up to `SOAK_SETTLE` (240) more seconds are
waited for drafts that were in doubt. No run takes longer than both and three minutes, and each ends with its figures. `SOAK_ACCOUNTS` names
some of the accounts. The service's log is kept in `SOAK_LOG` (soak.log in the folder for temporary files).
Exit status 1 where something that must hold does not. Latency is judged on mail that arrived while nothing was wrong with its account,
and the median on all mail: how long a broken server stays broken is the soak's choice.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks.soak_accounts import MaildirAccount, SoakAccount
from benchmarks.soak_dovecot import PASSWORD_VARIABLE, DovecotAccount
from benchmarks.soak_gmail import GmailAccount
from benchmarks.soak_record import Size
from benchmarks.soak_report import report
from benchmarks.soak_run import START_UP_SECONDS, Soak
from benchmarks.soak_service import Service
from tests.scan.mailroom import ME
from tests.servers.dovecot import PASSWORD
from tests.servers.gmail.emulator import ADDRESS

_ACCOUNTS: Mapping[str, Callable[[Path], SoakAccount]] = {
    each.name: each for each in (DovecotAccount, GmailAccount, MaildirAccount)
}
_LAST_QUESTIONS_SECONDS = 120.0


def main() -> None:
    """Soak, and say how it went."""
    size = Size(
        messages=int(os.environ.get("SOAK_MESSAGES", "10000")),
        seconds=float(os.environ.get("SOAK_SECONDS", "900")),
        settle=float(os.environ.get("SOAK_SETTLE", "240")),
    )
    log = Path(os.environ.get("SOAK_LOG") or Path(tempfile.gettempdir(), "soak.log"))
    log.write_bytes(b"")
    _end_in_time(size)
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="mailhook-soak-", ignore_cleanup_errors=True)
            )
        )
        accounts = _accounts(folder, stack)
        environment = {
            PASSWORD_VARIABLE: PASSWORD,
            "XDG_CACHE_HOME": str(folder / "cache"),
            "OAUTHLIB_INSECURE_TRANSPORT": "1",  # the sign-in library insists on https, and the emulator is on this machine
        }
        service = Service(folder, _configuration(folder, accounts), environment, log)
        stack.callback(service.close)
        print(f"{size.messages} deliveries in {size.seconds:.0f} s; {', '.join(accounts)}", flush=True)
        print(f"full disk: {service.how_the_disk_fills}; the service's log: {log}", flush=True)
        soak = Soak(accounts, service, size)
        try:
            soak.run()
        except (KeyboardInterrupt, TimeoutError) as exc:
            soak.record.broken.append(f"the run was ended before its time: {exc!r}")
        wrong = report(soak.record)
    for each in wrong:
        print(f"WRONG: {each}")
    if wrong:
        sys.exit(1)
    print("nothing lost, nothing twice, nothing touched")


def _end_in_time(size: Size) -> None:
    """Let SIGTERM and the last deadline end the soak as Ctrl-C does, so that it says what it has and leaves nothing behind."""

    def too_late(*_: object) -> None:
        raise TimeoutError("the soak hangs")

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGALRM, too_late)
    signal.alarm(int(START_UP_SECONDS + size.seconds + size.settle + _LAST_QUESTIONS_SECONDS))


def _accounts(folder: Path, stack: ExitStack) -> Mapping[str, SoakAccount]:
    accounts: dict[str, SoakAccount] = {}
    for name in os.environ.get("SOAK_ACCOUNTS", ",".join(_ACCOUNTS)).split(","):
        accounts[name] = _ACCOUNTS[name](folder)
        stack.callback(accounts[name].close)
    return accounts


def _configuration(folder: Path, accounts: Mapping[str, SoakAccount]) -> Path:
    path = folder / "config.toml"
    sections = "\n".join(f"[accounts.{name}]\n{each.section()}" for name, each in accounts.items())
    path.write_text(
        f'[me]\nname = "Alex Morgan"\naddresses = ["{ME}", "{ADDRESS}"]\n'
        "[reply]\nmax_per_pass = 1000\n[scan]\npoll_minutes = 0.2\n" + sections,
        encoding="utf-8",
    )
    return path


if __name__ == "__main__":
    main()
