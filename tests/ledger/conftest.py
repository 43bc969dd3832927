"""Ledgers in files, and records to put into them."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailhook.ledger.ledger import Ledger
from mailhook.ledger.records import DraftRecord, Lease, MessageRecord

NOW = datetime(2026, 3, 2, 9, 12, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def ledger_path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.db"


@pytest.fixture
def ledger(ledger_path: Path) -> Iterator[Ledger]:
    with Ledger.open(ledger_path) as opened:
        yield opened


@pytest.fixture
def lease(ledger: Ledger) -> Lease:
    taken = ledger.take_lease("personal", "here", now=NOW, seconds=600)
    assert taken is not None
    return taken


@pytest.fixture
def message() -> Callable[..., MessageRecord]:
    """Make a rejection's record; the number tells one from another."""

    def make(number: int = 1, **changes: Any) -> MessageRecord:
        made = MessageRecord(
            account="personal",
            identity=f"identity-{number}",
            message_id=f"source-{number}@acme.example",
            thread_id=None,
            received=NOW + timedelta(minutes=number),
            judged=NOW + timedelta(minutes=number),
            label="rejection",
            score=7.5,
            language="en",
            stage="interview",
            kind="not_selected",
            company="acme",
            role="data engineer",
            channel="email",
            intent="feedback",
            recipient="jane.roe@acme.example",
            reason="a person wrote after an interview",
        )
        return replace(made, **changes)

    return make


@pytest.fixture
def draft() -> Callable[..., DraftRecord]:
    """Make a planned draft's record for the message of the same number."""

    def make(number: int = 1, **changes: Any) -> DraftRecord:
        made = DraftRecord(
            account="personal",
            identity=f"identity-{number}",
            tuid=f"tuid-{number}",
            message_id=f"tuid-{number}@example.org",
            answers=f"source-{number}@acme.example",
            thread_id=None,
            recipient="jane.roe@acme.example",
            body_sha256="0" * 64,
            source_cursor="c0",
            received=NOW + timedelta(minutes=number),
            created=NOW + timedelta(minutes=number),
            changed=NOW + timedelta(minutes=number),
        )
        return replace(made, **changes)

    return make


@pytest.fixture
def run_python() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run a program in a Python of its own, as another process of the person's would."""

    def run(program: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", program, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run
