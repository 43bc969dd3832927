"""`mailhook status`: whether mailhook lives, account by account, and what waits for you."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from mailhook.cli.options import ConfigOption, JsonOption, load_config
from mailhook.cli.show import clean_line, counted, json_line, line

if TYPE_CHECKING:
    from mailhook.ledger.ledger import Ledger
    from mailhook.ledger.records import Heartbeat
    from mailhook.ledger.states import State

_WAITING: tuple["State", ...] = ("confirmed", "edited")
_IN_DOUBT: tuple["State", ...] = ("ambiguous", "needs_human", "blocked")


def status(context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show each account: whether it is watched, the last sign of life, drafts that wait, and faults with what to do.

    Asks no server; "mailhook check" does.
    """
    from mailhook.ledger.ledger import Ledger

    settings = load_config(context, config, accounts=False)
    path = settings.ledger
    now = datetime.now(UTC)
    if not path.exists():
        entries = [_never(name) for name in settings.accounts]
    else:
        with Ledger.rehearsal(path) as ledger:
            entries = [_entry(ledger, name) for name in settings.accounts]
    for each in entries:
        if as_json:
            json_line(each)
        else:
            _print(each, now)


def _never(name: str) -> dict[str, Any]:
    return {
        "account": name,
        "watched": False,
        "state": None,
        "connected": None,
        "last_sign": None,
        "next_try": None,
        "scanned": False,
        "handled": None,
        "drafts_waiting": 0,
        "drafts_in_doubt": 0,
        "proposals": 0,
        "fault": None,
    }


def _entry(ledger: "Ledger", name: str) -> dict[str, Any]:
    record = ledger.account(name)
    beat = next((each for each in ledger.heartbeats() if each.account == name), None)
    counts = ledger.drafts.count()
    return _never(name) | {
        "watched": beat is not None and _is_alive(beat),
        "state": beat.state if beat else None,
        "connected": _moment(beat.connected) if beat else None,
        "last_sign": _moment(beat.at) if beat else None,
        "next_try": _moment(beat.next_try) if beat else None,
        "scanned": record is not None,
        "handled": _moment(record.handled) if record else None,
        "drafts_waiting": sum(counts.get((name, state), 0) for state in _WAITING),
        "drafts_in_doubt": sum(counts.get((name, state), 0) for state in _IN_DOUBT),
        "proposals": sum(each.account == name for each in ledger.proposals()),
        "fault": beat.fault if beat else None,
    }


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _is_alive(beat: "Heartbeat") -> bool:
    """Say whether the process that gave this sign of life still runs."""
    try:
        os.kill(beat.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return beat.state != "stopped"


def _print(entry: dict[str, Any], now: datetime) -> None:
    line(f"{entry['account']}: {_life(entry, now)}")
    if entry["handled"]:
        line(f"    read up to the mail of {_when(entry['handled'])}")
    if entry["drafts_waiting"]:
        line(f"    {counted(entry['drafts_waiting'], 'draft')} for you to review and send")
    if entry["drafts_in_doubt"]:
        line(f"    {counted(entry['drafts_in_doubt'], 'draft')} in doubt or held back: see mailhook log")
    if entry["proposals"]:
        line(f"    {counted(entry['proposals'], 'proposal')}: see mailhook log")
    if entry["fault"]:
        line(f"    fault: {clean_line(entry['fault'])}")
        if entry["next_try"]:
            line(f"    tried again {_when(entry['next_try'])}")


def _life(entry: dict[str, Any], now: datetime) -> str:
    if entry["watched"]:
        ago = int((now - datetime.fromisoformat(entry["last_sign"])).total_seconds())
        return f"{entry['state']}, last sign of life {ago} s ago"
    if entry["last_sign"]:
        return f"not watched; the service last gave a sign of life {_when(entry['last_sign'])}"
    return "scanned, not watched" if entry["scanned"] else 'never scanned; run "mailhook scan"'


def _when(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"
