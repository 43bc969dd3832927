"""`mailhook check`: tries everything, writes nothing, and says what to do; with --drafts, what a draft should not say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.letters import mail

FINNISH = """Hei Alex,

Kiitos haastattelusta viime viikolla. Valitettavasti emme valinneet sinua Data Engineer -tehtävään, vaan valitsimme toisen hakijan.

Ystävällisin terveisin,
Aino Laine
"""

Run = Callable[..., Any]


@pytest.fixture
def draft(run: Run, configured: Path, maildir: Path, deliver: Callable[..., Path], rejection: bytes) -> Path:
    """The draft that a scan has left."""
    deliver(rejection)
    assert run("scan", "--since", "1d").status == 0
    (path,) = (maildir / ".Drafts/cur").iterdir()
    return path


def invitation(day: datetime) -> bytes:
    """An invitation that says the day in its calendar part alone."""
    plain = mail(
        "Dear Alex,\n\nThank you for your application as Data Engineer. I would like to invite you to an interview.\n\n"
        "Kind regards,\nJane Roe\n",
        subject="Your application as Data Engineer at Acme",
        message_id="i1@acme.example",
        days=8,
    )
    calendar = (
        "\r\n--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\n"
        f"BEGIN:VEVENT\r\nUID:1@acme.example\r\nDTSTART:{day:%Y%m%dT100000Z}\r\nDTEND:{day:%Y%m%dT110000Z}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n"
    )
    head = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8"
    return plain.replace(b"Content-Type: text/plain; charset=utf-8", head) + calendar.encode()


def edit(draft: Path, text: str) -> None:
    """Write another text into a draft, as a mail program does where the person changes it."""
    head, _, _ = draft.read_bytes().partition(b"\n\n")
    draft.write_bytes(head + b"\n\n" + text.encode())


def test_a_sound_account_is_told_with_what_it_can_do(run: Run, configured: Path, maildir: Path) -> None:
    ran = run("check")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == f"post: ok. Maildir {maildir}"
    assert lines[1] == "    drafts go to Drafts; mail is read from INBOX"
    assert any(line.startswith("ledger: none yet; the first scan makes it at ") for line in lines)
    assert any(line.startswith("reading: ok. Mail is read in a process of its own") for line in lines)
    assert "    no core dump" in lines
    assert lines[-1].startswith("Python: ")


def test_a_fault_says_what_to_do_and_the_rest_is_tried_all_the_same(
    run: Run, configured: Path, home: Path
) -> None:
    configured.write_text(
        configured.read_text() + f'\n[accounts.old]\nconnector = "maildir"\npath = "{home}/none"\n'
    )
    ran = run("check")
    assert ran.status == 1
    assert "post: ok. " in ran.out
    assert f'old: fault. there is no folder "{home}/none"; correct `path`\n' in ran.out
    assert "Python: " in ran.out
    assert run("check", "--account", "post").status == 0


def test_a_draft_that_the_person_edited_is_checked_for_its_tone(run: Run, draft: Path) -> None:
    """As it stands there now; what must not be sent so is exit status 1."""
    ran = run("check", "--drafts")
    assert ran.status == 0
    assert (
        'post: draft to jane.roe@acme.example, "Re: Your interview for Data Engineer at Acme": nothing to say'
        in ran.out
    )
    edit(draft, "Dear Jane,\n\nI demand that you explain this decision to me immediately.\n\nAlex\n")
    ran = run("check", "--drafts")
    assert ran.status == 1
    assert 'line 3: "I demand' in ran.out
    assert "better: " in ran.out


def test_what_an_edited_draft_names_that_nobody_spoke_of_is_shown_and_may_be_sent(
    run: Run, draft: Path
) -> None:
    """A name of another firm is left from another letter, or the person's own news: they know which."""
    edit(
        draft,
        "Dear Jane,\n\nThank you for the interview at Acme. I enjoyed hearing about the work at Globex. "
        "What could I do to be a closer match for a Data Engineer?\n\nKind regards,\nAlex Morgan\n",
    )
    ran = run("check", "--drafts")
    assert ran.status == 0
    told = [each for each in ran.out.splitlines() if "T11" in each]
    assert told == ['line 3: "Globex" names what is not in the mailbox (think twice, T11)']
    assert 'Data Engineer at Acme": 1 to look at' in ran.out


def test_the_day_of_a_meeting_in_the_calendar_is_not_invented(
    run: Run, configured: Path, maildir: Path, deliver: Callable[..., Path], rejection: bytes
) -> None:
    """mailhook says it itself; another day is shown."""
    day = datetime.now(UTC) - timedelta(days=5)
    deliver(invitation(day))
    deliver(rejection.replace(b"Message-ID: ", b"In-Reply-To: <i1@acme.example>\r\nMessage-ID: "))
    assert run("scan", "--since", "1d").status == 0
    (draft,) = (maildir / ".Drafts/cur").iterdir()
    other = day - timedelta(days=1)
    edit(
        draft,
        f"Dear Jane,\n\nThank you for talking with me on {day.day} {day:%B}, and for ringing on {other.day} {other:%B}. "
        "What could I do to be a closer match?\n\nAlex Morgan\n",
    )
    told = [each for each in run("check", "--drafts").out.splitlines() if "T11" in each]
    assert told == [f'line 3: "{other.day} {other:%B}" names what is not in the mailbox (think twice, T11)']


def test_a_draft_is_checked_in_the_language_it_is_written_in(
    run: Run, configured: Path, maildir: Path, deliver: Callable[..., Path]
) -> None:
    """News in a language without texts is answered in English."""
    deliver(mail(FINNISH, subject="Hakemuksesi", sender="Aino Laine <aino.laine@acme.example>"))
    run("scan", "--since", "1d")
    assert run("log", "--json").objects[0]["language"] == "fi"
    (draft,) = (maildir / ".Drafts/cur").iterdir()
    edit(draft, "Dear Aino,\n\nI demand an answer.\n\nAlex Morgan\n")
    ran = run("check", "--drafts")
    assert ran.status == 1
    assert 'line 3: "I demand' in ran.out


def test_a_waiting_draft_that_is_not_found_is_said_to_be_unchecked(run: Run, draft: Path) -> None:
    draft.unlink()
    ran = run("check", "--drafts")
    assert ran.status == 0
    assert "post: draft to jane.roe@acme.example: not checked, since it does not stand beside" in ran.out


def test_where_no_draft_waits_the_check_says_so(run: Run, configured: Path) -> None:
    ran = run("check", "--drafts")
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "post: no draft waits")
