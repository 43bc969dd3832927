"""`log`, `status` and `propose`: what was done and why, whether it lives, and what is done on the person's word only."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailhook.ledger.ledger import Ledger
from mailhook.scan.lock import only_one
from tests.cli.letters import NEWS, mail

Run = Callable[..., Any]
Deliver = Callable[..., Path]
Snapshot = Callable[[], dict[str, str]]

INVITATION = """Dear Alex,

Thank you for your application as Data Engineer. I would like to invite you to an interview on Tuesday.

Kind regards,
Jane Roe
"""


@pytest.fixture
def scanned(run: Run, configured: Path, deliver: Deliver, rejection: bytes) -> Path:
    """An account in which a scan has left one draft, and passed over a note."""
    deliver(rejection)
    deliver(mail("Lunch?\n", sender="Mum <mum@example.net>", subject="Sunday", message_id="m1@example.net"))
    assert run("scan", "--since", "1d").status == 0
    return configured


@pytest.fixture
def proposed(run: Run, configured: Path, deliver: Deliver) -> int:
    """Jane invited, Alex answered, and a machine brought the news: the number of the proposal to ask Jane."""
    subject = "Your application as Data Engineer at Acme"
    deliver(mail(INVITATION, subject=subject, message_id="i1@acme.example", days=9))
    own = mail(
        "Dear Jane,\n\nTuesday suits me well.\n\nAlex\n",
        sender="alex.morgan@example.org",
        subject=subject,
        message_id="o1@example.org",
        answers="i1@acme.example",
        days=8,
    )
    deliver(own, mailbox=".Sent")
    deliver(
        mail(
            NEWS.replace("Jane Roe", "Acme Careers"),
            sender="Acme Careers <no-reply@acme.example>",
            subject=f"Re: {subject}",
            answers="i1@acme.example",
        )
    )
    assert run("scan", "--since", "1d").status == 0
    (number,) = (each["proposal"]["id"] for each in run("log", "--json").objects if each["proposal"])
    return int(number)


# log ---------------------------------------------------------------------------------------------------------------------------


def test_log_json_tells_each_rejection_and_its_draft(run: Run, scanned: Path) -> None:
    ran = run("log", "--json")
    assert (ran.status, ran.err) == (0, "")
    (found,) = ran.objects
    draft = found.pop("draft")
    for moment in (found.pop("received"), found.pop("judged"), draft.pop("created"), draft.pop("changed")):
        assert datetime.fromisoformat(moment).tzinfo is not None
    assert datetime.fromisoformat(draft.pop("suggested_send")) < datetime.fromisoformat(
        draft.pop("stale_after")
    )
    assert draft.pop("message_id").endswith("@example.org")
    assert draft == {
        "mailbox": "Drafts",
        "in_reply_to": "x1@acme.example",
        "to": "jane.roe@acme.example",
        "state": "confirmed",
        "reason": "",
        "stale": False,
    }
    assert found.pop("score") > 0
    assert found.pop("reason").startswith("The news came after an interview")
    assert found == {
        "account": "post",
        "message_id": "x1@acme.example",
        "label": "rejection",
        "language": "en",
        "stage": "interview",
        "kind": "not_selected",
        "channel": "email",
        "intent": "feedback",
        "to": "jane.roe@acme.example",
        "proposal": None,
    }


def test_log_tells_other_messages_only_with_all(run: Run, scanned: Path) -> None:
    told = [each["message_id"] for each in run("log", "--json", "--all").objects]
    assert sorted(told) == ["m1@example.net", "x1@acme.example"]


def test_log_says_where_the_draft_waits(run: Run, scanned: Path) -> None:
    ran = run("log")
    assert "    draft: waits in Drafts for you to review and send" in ran.out
    assert "  post  acme, data engineer\n" in ran.out
    assert "    message <x1@acme.example>\n" in ran.out


def test_log_follows_what_the_person_did(run: Run, scanned: Path, maildir: Path, home: Path) -> None:
    """A draft that they deleted is said to be deleted once two scans, an hour apart, have missed it."""
    import sqlite3

    for path in (maildir / ".Drafts/cur").iterdir():
        path.unlink()
    for _ in range(2):
        with sqlite3.connect(home / ".local/state/mailhook/ledger.sqlite") as raw:
            raw.execute("UPDATE draft SET followed = '2026-01-01T00:00:00+00:00', missed = NULL")
        raw.close()
        assert run("scan").status == 0
    (found,) = run("log", "--json").objects
    assert found["draft"]["state"] == "deleted"
    assert "deleted by you; it is not made again" in run("log").out
    assert run("scan").out == ""
    assert list((maildir / ".Drafts/cur").iterdir()) == []


@pytest.mark.parametrize("command", ["log", "status", "propose", "check"])
def test_asking_writes_nothing(run: Run, scanned: Path, snapshot: Snapshot, command: str) -> None:
    before = snapshot()
    assert run(command).status == 0
    assert snapshot() == before


def test_before_any_scan_each_says_so_and_exits_0(run: Run, configured: Path, home: Path) -> None:
    assert run("log").out == 'nothing has been scanned yet; run "mailhook scan"\n'
    assert run("log", "--json").out == ""
    assert run("status").out == 'post: never scanned; run "mailhook scan"\n'
    assert run("propose").out == "no proposal waits\n"
    assert not (home / ".local").exists()


# status ------------------------------------------------------------------------------------------------------------------------


def test_status_json_tells_each_account(run: Run, scanned: Path) -> None:
    (found,) = run("status", "--json").objects
    assert found.pop("handled") is not None
    assert found == {
        "account": "post",
        "watched": False,
        "state": None,
        "connected": None,
        "last_sign": None,
        "next_try": None,
        "scanned": True,
        "drafts_waiting": 1,
        "drafts_in_doubt": 0,
        "proposals": 0,
        "fault": None,
    }


@pytest.fixture
def watching(scanned: Path, home: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """The service, watching that account."""
    scanned.write_text(scanned.read_text() + "\n[scan]\npoll_minutes = 0.1\n")
    with subprocess.Popen(
        [sys.executable, "-m", "mailhook", "watch", "--json"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ},
    ) as process:
        assert process.stderr is not None
        assert b'"started"' in process.stderr.readline()
        yield process
        process.kill()


def test_the_service_is_seen_by_status_keeps_scans_out_and_ends_when_asked(
    run: Run, watching: "subprocess.Popen[bytes]"
) -> None:
    """With exit status 0; each line of its log is JSON and names no address."""
    import json
    import time

    end = time.monotonic() + 30
    while run("status", "--json").objects[0]["state"] != "waiting" and time.monotonic() < end:
        time.sleep(0.2)
    (found,) = run("status", "--json").objects
    assert (found["watched"], found["state"], found["fault"]) == (True, "waiting", None)
    assert run("status").out.startswith("post: waiting, last sign of life ")
    ran = run("scan")
    assert (ran.status, ran.err) == (0, "")
    assert "another mailhook is at work" in ran.out
    watching.terminate()
    _, told = watching.communicate(timeout=30)
    assert watching.returncode == 0
    lines = [json.loads(line) for line in told.splitlines()]
    assert lines[-1]["action"] == "stopped"
    assert b"@" not in told
    assert run("status", "--json").objects[0]["watched"] is False


# propose -----------------------------------------------------------------------------------------------------------------------


def test_a_proposal_is_listed_and_made_only_on_the_persons_word(
    run: Run, maildir: Path, proposed: int
) -> None:
    drafts = maildir / ".Drafts/cur"
    assert list(drafts.iterdir()) == []
    assert run("propose").out.startswith(f"{proposed}: post, news of ")
    assert f"make that draft with: mailhook propose --accept {proposed}" in run("log").out
    assert run("status", "--json").objects[0]["proposals"] == 1
    ran = run("propose", "--accept", str(proposed))
    assert (ran.status, ran.err) == (0, "")
    assert "left a draft in Drafts" in ran.out
    (draft,) = drafts.iterdir()
    assert b"\nTo: Jane Roe <jane.roe@acme.example>\n" in draft.read_bytes().replace(b"\r", b"")
    again = run("propose", "--accept", str(proposed))
    assert (again.status, again.out) == (2, "")
    assert (
        again.err
        == f'mailhook: the proposal {proposed} was accepted before; "mailhook log" shows those that wait\n'
    )
    assert len(list(drafts.iterdir())) == 1
    assert run("propose").out == "no proposal waits\n"


def test_a_dismissed_proposal_is_not_asked_again(run: Run, maildir: Path, proposed: int) -> None:
    ran = run("propose", "--dismiss", str(proposed))
    assert (ran.status, ran.out) == (0, f"the proposal {proposed} is dismissed\n")
    assert run("propose").out == "no proposal waits\n"
    assert run("propose", "--accept", str(proposed)).status == 2
    assert list((maildir / ".Drafts/cur").iterdir()) == []


def test_a_proposal_is_made_beside_a_running_service(
    run: Run, proposed: int, home: Path, maildir: Path
) -> None:
    """The service holds the state folder for as long as it runs."""
    with only_one(home / ".local/state/mailhook") as alone:
        assert alone
        ran = run("propose", "--accept", str(proposed))
    assert (ran.status, ran.err) == (0, "")
    assert len(list((maildir / ".Drafts/cur").iterdir())) == 1


def test_a_proposal_is_not_made_in_the_middle_of_a_pass(
    run: Run, proposed: int, home: Path, maildir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits, and then says what to do; nothing is written."""
    monkeypatch.setattr("mailhook.cli.propose._PATIENCE_SECONDS", 1)
    now = datetime.now(UTC)
    with Ledger.open(home / ".local/state/mailhook/ledger.sqlite") as ledger:
        lease = ledger.take_lease("post", "another", now=now, seconds=60)
        assert lease is not None
        ran = run("propose", "--accept", str(proposed))
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.startswith(
            "mailhook: mailhook is at work on this account; nothing was done, try again"
        )
        assert list((maildir / ".Drafts/cur").iterdir()) == []
        ledger.release(lease, now=now)
    assert run("propose", "--accept", str(proposed)).status == 0


def test_a_proposal_that_is_none_is_exit_status_2(run: Run, scanned: Path) -> None:
    for words in (
        ("--accept", "99"),
        ("--dismiss", "99"),
        ("--accept", "1", "--dismiss", "1"),
        ("--accept", "x"),
    ):
        ran = run("propose", *words)
        assert (ran.status, ran.out) == (2, "")
