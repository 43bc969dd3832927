"""Tell the person of a new draft, or of a fault that waits for them: on the desktop, or by a command of their own."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence

from mailhook.config import NotifySettings
from mailhook.errors import AccountError
from mailhook.scan.report import JudgedMessage, Report

_log = logging.getLogger("mailhook.watch")
_SECONDS = 20
_APPLESCRIPT = (
    "-e", "on run argv",
    "-e", 'display notification (item 1 of argv) with title "mailhook"',
    "-e", "end run",
)  # fmt: skip


class Notifier:
    """Tells each draft once, and each fault once until another comes or it is over."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings
        self._told: dict[str, frozenset[tuple[str, str]]] = {}

    def tell(self, report: Report) -> None:
        """Tell what a pass has come to."""
        for made in report.made:
            self._send("draft-made", report.account, draft_sentence(made))
        self._tell_faults(report.account, frozenset(_faults(report)))

    def tell_fault(self, account: str, action: str, sentence: str) -> None:
        """Tell that an account cannot be served until the person does something."""
        self._tell_faults(account, frozenset({(action, sentence)}))

    def _tell_faults(self, account: str, faults: frozenset[tuple[str, str]]) -> None:
        for action, sentence in sorted(faults - self._told.get(account, frozenset())):
            self._send(action, account, sentence)
        self._told[account] = faults

    def _send(self, action: str, account: str, sentence: str) -> None:
        clean = "".join(char if char.isprintable() else " " for char in sentence)
        if self._settings.command:
            about = {"MAILHOOK_ACTION": action, "MAILHOOK_ACCOUNT": account}
            _run([*self._settings.command, clean], about)
        if self._settings.desktop and (desktop := _desktop_command()):
            _run([*desktop, f"{account}: {clean}"], {})


def draft_sentence(made: JudgedMessage) -> str:
    """Say for whom a draft is ready, in words from the mailbox."""
    about = [fact.value for fact in (made.facts.company, made.facts.role) if fact is not None]
    return f"A draft is ready in {made.mailbox}" + (f": {', '.join(about)}" if about else "")


def _faults(report: Report) -> list[tuple[str, str]]:
    found = [(note.action, note.sentence) for note in report.notes if note.needs_person]
    if isinstance(report.fault, AccountError) and report.complete:
        found.append(("account-fault", str(report.fault)))
    return found


def _desktop_command() -> Sequence[str]:
    if sys.platform == "darwin":
        return ("/usr/bin/osascript", *_APPLESCRIPT)
    found = shutil.which("notify-send")
    return (found, "--app-name=mailhook", "--", "mailhook") if found else ()


def _run(words: Sequence[str], about: Mapping[str, str]) -> None:
    """Run a command of the person's own, without a shell; what it does wrong is logged and harms nobody."""
    try:
        subprocess.run(  # noqa: S603  (the person's own command)
            words,
            env={**os.environ, **about},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as exc:
        said = exc.strerror if isinstance(exc, OSError) else type(exc).__name__
        _log.warning(
            "the notification command did not work (%s)", said, extra={"action": "notification-failed"}
        )
