"""`mailhook scan` as cron and people run it, as a process of its own on a real Maildir."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailhook.scan.lock import only_one
from tests.cli.letters import NEWS, mail
from tests.servers.dovecot import PASSWORD, Dovecot

Run = Callable[..., Any]
Deliver = Callable[..., Path]
Snapshot = Callable[[], dict[str, str]]

KEYS = [
    "account", "message_id", "from", "subject", "date", "label", "score", "language", "stage", "kind", "company", "role", "requisition",
    "recruiter", "candidate", "channel", "intent", "to", "reason", "evidence", "draft",
]  # fmt: skip


def drafts(maildir: Path) -> list[bytes]:
    """Return what lies in the Drafts mailbox, half-written files included."""
    return [
        path.read_bytes()
        for part in ("tmp", "new", "cur")
        for path in sorted((maildir / ".Drafts" / part).glob("*"))
    ]


@pytest.fixture
def begun(run: Run, configured: Path) -> Path:
    """An account that has been scanned once, so that what arrives from now on is looked at."""
    ran = run("scan")
    assert ran.status == 0, ran.err
    return configured


# What cron sees ---------------------------------------------------------------------------------------------------------------


def test_a_first_scan_says_once_that_it_looks_at_new_mail_only(
    run: Run, configured: Path, maildir: Path, deliver: Deliver, rejection: bytes
) -> None:
    deliver(rejection)
    first = run("scan")
    assert (first.status, first.err) == (0, "")
    (sentence,) = first.out.splitlines()
    assert sentence.endswith("for earlier mail type: mailhook scan --account post --since 30d")
    assert (run("scan").out, drafts(maildir)) == ("", [])


def test_where_nothing_happened_nothing_is_printed(run: Run, begun: Path, deliver: Deliver) -> None:
    deliver(mail("Lunch on Sunday?\n", sender="Mum <mum@example.net>", subject="Sunday"))
    ran = run("scan")
    assert (ran.status, ran.out, ran.err) == (0, "", "")


def test_each_draft_is_one_line(
    program: Run, begun: Path, maildir: Path, deliver: Deliver, rejection: bytes
) -> None:
    deliver(rejection)
    ran = program("scan")
    assert (ran.status, ran.err) == (0, "")
    (sentence,) = ran.out.splitlines()
    assert sentence.startswith(
        'post: "Your interview for Data Engineer at Acme" from Jane Roe <jane.roe@acme.example>: rejection, '
        "left a draft in Drafts: feedback by email, to jane.roe@acme.example. "
    )
    (draft,) = drafts(maildir)
    assert b"\r\nIn-Reply-To: <x1@acme.example>\r\n" in draft.replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")
    assert program("scan").out == ""
    assert len(drafts(maildir)) == 1


def test_on_a_terminal_it_tells_what_it_found_and_sums_up(
    terminal: Run, begun: Path, deliver: Deliver, rejection: bytes
) -> None:
    deliver(rejection)
    shown = terminal("scan")
    assert shown.status == 0
    assert "rejection  Jane Roe <jane.roe@acme.example>" in shown.out
    assert "left a draft in Drafts: feedback by email, to jane.roe@acme.example" in shown.out
    assert shown.out.splitlines()[-1] == "post: 1 new message, 1 rejection, 1 draft left"
    assert terminal("scan").out.splitlines()[-1] == "post: nothing new"


# JSON --------------------------------------------------------------------------------------------------------------------------


def test_json_has_exactly_the_keys_of_the_contract(
    run: Run, begun: Path, deliver: Deliver, rejection: bytes
) -> None:
    deliver(rejection)
    ran = run("scan", "--json")
    assert (ran.status, ran.err) == (0, "")
    (found,) = ran.objects
    assert list(found) == KEYS
    evidence = found.pop("evidence")
    assert [list(each) for each in evidence] == [["rule", "part", "start", "end", "quote", "weight"]] * len(
        evidence
    )
    assert sum(each["weight"] for each in evidence) == found.pop("score")
    draft = found.pop("draft")
    assert list(draft) == ["message_id", "mailbox", "in_reply_to", "subject", "text"]
    assert (draft["mailbox"], draft["in_reply_to"]) == ("Drafts", "x1@acme.example")
    assert draft["subject"] == "Re: Your interview for Data Engineer at Acme"
    assert draft["text"].endswith("Alex Morgan\n") or draft["text"].endswith("Alex Morgan")
    assert isinstance(found.pop("reason"), str)
    assert found.pop("date").endswith("+00:00")
    assert found == {
        "account": "post",
        "message_id": "x1@acme.example",
        "from": "Jane Roe <jane.roe@acme.example>",
        "subject": "Your interview for Data Engineer at Acme",
        "label": "rejection",
        "language": "en",
        "stage": "interview",
        "kind": "not_selected",
        "company": "Acme",
        "role": "Data Engineer",
        "requisition": None,
        "recruiter": "Jane Roe",
        "candidate": "Alex",
        "channel": "email",
        "intent": "feedback",
        "to": "jane.roe@acme.example",
    }


def test_json_has_other_messages_only_with_all(run: Run, begun: Path, deliver: Deliver) -> None:
    deliver(mail("Lunch on Sunday?\n", sender="Mum <mum@example.net>", subject="Sunday", message_id="m@x"))
    deliver(mail("Lunch on Monday?\n", sender="Mum <mum@example.net>", subject="Monday", message_id="n@x"))
    assert run("scan", "--json", "--dry-run").out == ""
    ran = run("scan", "--json", "--all")
    assert [(each["message_id"], each["label"], each["draft"]) for each in ran.objects] == [
        ("m@x", "other", None),
        ("n@x", "other", None),
    ]


# --dry-run and --since ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["never scanned", "scanned"])
def test_a_dry_run_writes_nothing_anywhere(
    program: Run, configured: Path, deliver: Deliver, rejection: bytes, snapshot: Snapshot, before: str
) -> None:
    """Not in the mailbox, not in the state folder, not even a folder or a time of change."""
    if before == "scanned":
        program("scan")
    deliver(rejection)
    whole = snapshot()
    ran = program("scan", "--dry-run", "--since", "2d", "--json")
    assert (ran.status, ran.err) == (0, "")
    (found,) = ran.objects
    assert (found["to"], found["draft"]["mailbox"]) == ("jane.roe@acme.example", "Drafts")
    assert "would leave a draft in Drafts" in program("scan", "--dry-run", "--since", "2d").out
    assert snapshot() == whole


def test_since_reads_back_and_drafts_once(
    run: Run, configured: Path, maildir: Path, deliver: Deliver, rejection: bytes
) -> None:
    deliver(rejection)
    assert "left a draft" in run("scan", "--since", "1d").out
    assert run("scan", "--since", "1w").out == ""
    assert len(drafts(maildir)) == 1


@pytest.mark.parametrize("when", ["x", "90", "2026-13-01", "9999-01-01", "-3d", ""])
def test_a_since_that_names_no_time_is_refused(run: Run, configured: Path, when: str) -> None:
    ran = run("scan", f"--since={when}")
    assert ran.status == 2
    assert ran.err.startswith("mailhook: --since")
    assert ran.err.count("\n") == 1


# Exit status -------------------------------------------------------------------------------------------------------------------


def test_a_second_scan_at_once_says_so_and_exits_0(run: Run, configured: Path, home: Path) -> None:
    with only_one(home / ".local/state/mailhook") as alone:
        assert alone
        ran = run("scan")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "another mailhook is at work with this state folder already; nothing was done\n"


def test_of_four_scans_at_once_one_makes_the_draft_and_all_exit_0(
    begun: Path, maildir: Path, deliver: Deliver, rejection: bytes
) -> None:
    deliver(rejection)
    command = [sys.executable, "-m", "mailhook", "scan"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    told = [process.communicate(timeout=100) for process in started]
    assert [process.returncode for process in started] == [0] * 4
    assert sum(b"left a draft" in out for out, _ in told) == 1
    assert len(drafts(maildir)) == 1


def test_an_account_that_fails_is_exit_status_1_and_the_others_are_scanned(
    run: Run, begun: Path, maildir: Path, deliver: Deliver, rejection: bytes
) -> None:
    """Nothing listens on the port that was just given back."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    begun.write_text(
        begun.read_text() + f'\n[accounts.away]\nconnector = "imap"\nhost = "127.0.0.1"\nport = {port}\n'
        'security = "none"\nuser = "alex"\npassword = { env = "MAIL_PASSWORD" }\n'
    )
    deliver(rejection)
    ran = run("scan", env={"MAIL_PASSWORD": "secret"})
    assert ran.status == 1
    assert ran.err == (
        f"mailhook: away: nothing listens at 127.0.0.1:{port}; check `host`, `port` and `security`\n"
    )
    assert len(drafts(maildir)) == 1
    assert run("scan", "--account", "post").status == 0


def test_a_missing_password_is_one_sentence(run: Run, begun: Path) -> None:
    begun.write_text(
        begun.read_text()
        + '\n[accounts.away]\nconnector = "imap"\nhost = "127.0.0.1"\nsecurity = "none"\nuser = "alex"\n'
        'password = { env = "MAIL_PASSWORD" }\n'
    )
    ran = run("scan", "--account", "away")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        'mailhook: away: account "away": the environment has no MAIL_PASSWORD; set it where mailhook is started\n'
    )


@pytest.mark.dovecot
@pytest.mark.parametrize("command", ["scan", "check"])
def test_a_wrong_password_is_one_sentence_without_it(
    run: Run, configured: Path, dovecot: Dovecot, command: str
) -> None:
    configured.write_text(
        '[me]\nname = "Alex Morgan"\naddresses = ["alex.morgan@example.org"]\n\n'
        f'[accounts.post]\nconnector = "imap"\nhost = "127.0.0.1"\nport = {dovecot.port}\n'
        'security = "none"\nuser = "wrong-password"\npassword = { env = "MAIL_PASSWORD" }\n'
    )
    ran = run(command, env={"MAIL_PASSWORD": "hunter2-hunter2"})
    assert ran.status == 1
    assert "refused" in ran.out + ran.err
    assert "hunter2" not in ran.out + ran.err
    assert (ran.out + ran.err).count("refused the login") == 1
    assert run(command, env={"MAIL_PASSWORD": PASSWORD}).status == 0


def test_no_drafts_mailbox_is_one_sentence_and_the_draft_is_made_once_there_is_one(
    run: Run, begun: Path, maildir: Path, deliver: Deliver, rejection: bytes
) -> None:
    for part in ("cur", "new", "tmp"):
        (maildir / ".Drafts" / part).rmdir()
    (maildir / ".Drafts").rmdir()
    deliver(rejection)
    ran = run("scan")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        f'mailhook: post: there is no Drafts mailbox in "{maildir}"; name it in `drafts`, or let mailhook make it: create_drafts = true\n'
    )
    assert not (maildir / ".Drafts").exists()
    begun.write_text(begun.read_text() + "create_drafts = true\n")
    assert run("scan").status == 0
    assert len(drafts(maildir)) == 1


def test_more_drafts_than_one_pass_may_make_wait_for_a_person(
    run: Run, terminal: Run, begun: Path, maildir: Path, deliver: Deliver
) -> None:
    """Under cron it stops, says so and fails; on a terminal it asks."""
    begun.write_text(begun.read_text() + "\n[reply]\nmax_per_pass = 1\n")
    for number in range(3):
        name, host = ("Jane Roe", "Max Mole", "Ann Lee")[number], ("acme", "bolt", "crux")[number]
        text = NEWS.replace("Acme", host.title()).replace("Jane Roe", name)
        sender = f"{name} <{name.split()[0].lower()}@{host}.example>"
        subject = f"Your interview for Data Engineer at {host.title()}"
        deliver(mail(text, sender=sender, subject=subject, message_id=f"{number}@{host}.example"))
    ran = run("scan")
    assert ran.status == 1
    assert len(drafts(maildir)) <= 1
    asked = terminal("scan", answers="y\n")
    assert "Make them all now?" in asked.out
    assert asked.status == 0, asked.out
    assert len(drafts(maildir)) == 3


def test_sigterm_ends_it_between_two_messages_and_the_next_scan_goes_on(
    program: Run, begun: Path, maildir: Path, deliver: Deliver, rejection: bytes
) -> None:
    for number in range(2500):
        deliver(mail("Lunch?\n" * 200, sender="Mum <mum@example.net>", subject="S", message_id=f"{number}@x"))
    deliver(rejection)
    with subprocess.Popen(
        [sys.executable, "-m", "mailhook", "scan", "--json", "--all"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        told = process.stderr.read().decode()
    assert process.returncode == 130
    assert told == "mailhook: stopped; the next scan goes on from here\n"
    assert drafts(maildir) == []
    assert program("scan").status == 0
    assert len(drafts(maildir)) == 1


# What breaks -------------------------------------------------------------------------------------------------------------------


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_written(
    program: Run, begun: Path, maildir: Path, deliver: Deliver, rejection: bytes
) -> None:
    deliver(rejection)
    done = subprocess.run(
        [sys.executable, "-m", "mailhook", "scan"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("mailhook: the ledger ")
    assert "make room on the disk and run mailhook again" in done.stderr
    assert done.stderr.count("\n") == 1
    assert drafts(maildir) == []
    assert program("scan").status == 0
    assert len(drafts(maildir)) == 1


@pytest.mark.parametrize("command", ["scan", "scan --dry-run", "log", "status", "check", "propose"])
def test_a_ledger_of_a_newer_version_is_refused_and_kept(
    run: Run, begun: Path, home: Path, maildir: Path, deliver: Deliver, rejection: bytes, command: str
) -> None:
    ledger = home / ".local/state/mailhook/ledger.sqlite"
    with sqlite3.connect(ledger) as raw:
        (table,) = raw.execute("SELECT name FROM sqlite_master WHERE name LIKE '%version%'").fetchone()
        raw.execute(f"UPDATE {table} SET version_num = '9999'")
    raw.close()
    before = ledger.read_bytes()
    deliver(rejection)
    ran = run(*command.split())
    assert ran.status == 1
    sentence = (
        f"the ledger {ledger} was written by a newer mailhook (revision 9999); install that version again\n"
    )
    assert (ran.out + ran.err).count(sentence) == 1
    assert (ledger.read_bytes(), drafts(maildir)) == (before, [])


def test_a_damaged_ledger_is_one_sentence_and_kept(run: Run, begun: Path, home: Path) -> None:
    ledger = home / ".local/state/mailhook/ledger.sqlite"
    ledger.write_bytes(b"no database at all" * 1000)
    before = ledger.read_bytes()
    ran = run("scan")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"mailhook: the ledger {ledger} is damaged (")
    assert ran.err.count("\n") == 1
    assert ledger.read_bytes() == before


def test_a_state_folder_that_cannot_be_used_is_one_sentence(run: Run, configured: Path, home: Path) -> None:
    (home / "file").write_text("")
    ran = run("scan", env={"MAILHOOK_STATE": str(home / "file" / "state")})
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"mailhook: the state folder {home}/file/state cannot be used (")
    assert ran.err.count("\n") == 1


def test_broken_texts_of_ones_own_stop_a_scan_before_it_begins(
    program: Run, begun: Path, home: Path, deliver: Deliver, rejection: bytes, snapshot: Snapshot
) -> None:
    """With file, line and variable; nothing is written."""
    own = home / "texts/en/thanks.j2"
    own.parent.mkdir(parents=True)
    own.write_text("Thank you.\n\nI like {{ compnay }}.\n")
    begun.write_text(begun.read_text() + '\n[reply]\ntemplates = "~/texts"\n')
    deliver(rejection)
    whole = snapshot()
    for command in ("scan", "watch"):
        ran = program(command)
        assert (ran.status, ran.out) == (2, "")
        assert f'  {own} line 3: there is no value "compnay"; there are:' in ran.err
    assert snapshot() == whole


def test_mail_never_commands_the_terminal(terminal: Run, run: Run, begun: Path, deliver: Deliver) -> None:
    """Escapes in a subject, a name or a text are shown, not obeyed."""
    subject = "=?utf-8?q?Interview_=1b]0;owned=07_=1b[2J_=c2=9b31m_=e2=80=ae?="
    sender = "=?utf-8?q?Jane_=1b[8m_Roe?= <jane.roe@acme.example>"
    raw = mail(NEWS.replace("Unfortunately", "Unfortunately\x1b[31m\x07"), subject=subject, sender=sender)
    deliver(raw)
    shown = terminal("scan", "--dry-run", "--all").out
    plain = run("scan").out + run("log").out
    for out in (shown, plain):
        assert "Jane" in out or "acme" in out
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(out)


def test_a_fault_of_our_own_is_one_sentence_too(configured: Path) -> None:
    """Whatever breaks, there is no traceback unless it was asked for."""
    program = (
        "import sys, mailhook.cli.scan as scan\n"
        "def broken(*_): raise ZeroDivisionError('x')\n"
        "scan.scan_accounts = broken\n"
        "from mailhook.cli import main\n"
        "main(['scan'])\n"
    )

    def ran(**env: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **env},
        )

    quiet, loud = ran(), ran(MAILHOOK_DEBUG="1")
    assert (quiet.returncode, quiet.stdout) == (1, "")
    assert quiet.stderr.startswith("mailhook: a fault of mailhook's own (ZeroDivisionError in ")
    assert quiet.stderr.count("\n") == 1
    assert "Traceback" in loud.stderr
