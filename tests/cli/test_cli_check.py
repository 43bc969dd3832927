"""`mailhook check`: tries everything, writes nothing, and says what to do; with --drafts, what a draft should not say."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


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


def test_a_draft_that_the_person_edited_is_checked_for_its_tone(
    run: Run, configured: Path, maildir: Path, deliver: Callable[..., Path], rejection: bytes
) -> None:
    """As it stands there now; what must not be sent so is exit status 1."""
    assert run("check", "--drafts").status == 0
    deliver(rejection)
    run("scan", "--since", "1d")
    ran = run("check", "--drafts")
    assert ran.status == 0
    assert (
        'post: draft to jane.roe@acme.example, "Re: Your interview for Data Engineer at Acme": nothing to say'
        in ran.out
    )
    (draft,) = (maildir / ".Drafts/cur").iterdir()
    raw = draft.read_bytes()
    head, _, _ = raw.partition(b"\n\n")
    draft.write_bytes(
        head + b"\n\nDear Jane,\n\nI demand that you explain this decision to me immediately.\n\nAlex\n"
    )
    ran = run("check", "--drafts")
    assert ran.status == 1
    assert 'line 3: "I demand' in ran.out
    assert "better: " in ran.out
