"""`mailhook demo`: the main job on a believable sample, for whoever meets mailhook for the first time."""

import re
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_it_shows_what_was_found_and_why_each_draft_in_full_and_where_they_lie(run: Run, home: Path) -> None:
    folder = home / "sample"
    ran = run("demo", "--dir", folder)
    assert (ran.status, ran.err) == (0, "")
    letters = list((folder / "new").iterdir())
    assert len(letters) >= 25
    assert ran.out.startswith(f"A sample mailbox of {len(letters)} messages: {folder}\n")
    found = re.search(r"^(\d+) rejections, (\d+) uncertain", ran.out, flags=re.MULTILINE)
    rest = re.search(r"^(\d+) other messages, left alone", ran.out, flags=re.MULTILINE)
    assert found is not None
    assert rest is not None
    assert int(found[1]) + int(found[2]) + int(rest[1]) == len(letters)
    drafts = [path.read_bytes() for path in (folder / ".Drafts/cur").iterdir()]
    assert len(drafts) >= 8
    assert f"The {len(drafts)} drafts wait in {folder}/.Drafts\n" in ran.out
    flat = " ".join(re.sub("[│╭╮╰╯─]", " ", ran.out).split())
    for raw in drafts:
        draft = message_from_bytes(raw)
        (part,) = [each for each in draft.walk() if each.get_content_type() == "text/plain"][:1]
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        first = content.decode().split("\n\n")[:2][-1]
        assert " ".join(first.split()) in flat
        assert draft["To"] is None or draft["To"].count("@") == 1


def test_each_channel_of_the_sample_is_answered_in_kind(run: Run, home: Path) -> None:
    folder = home / "sample"
    env = {
        "MAILHOOK_CONFIG": str(folder / "mailhook/config.toml"),
        "MAILHOOK_STATE": str(folder / "mailhook"),
    }
    run("demo", "--dir", folder)
    told = run("log", "--json", env=env).objects
    assert {each["channel"] for each in told if each["draft"]} == {"email", "text", "call", "letter"}
    assert all(
        (each["to"] is None) == (each["channel"] in {"call", "letter", "portal"})
        for each in told
        if each["draft"]
    )
    assert all(each["reason"] for each in told)


def test_it_needs_no_configuration_and_leaves_the_persons_own_alone(
    run: Run, configured: Path, home: Path, snapshot: Callable[[], dict[str, str]], tmp_path: Path
) -> None:
    configured.write_text("broken")
    before = snapshot()
    ran = run("demo", "--dir", tmp_path / "elsewhere")
    assert ran.status == 0
    assert snapshot() == before


def test_a_folder_that_is_not_empty_is_refused(run: Run, home: Path) -> None:
    (home / "mine").mkdir()
    (home / "mine/file").write_text("x")
    ran = run("demo", "--dir", home / "mine")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"mailhook: {home}/mine is not empty; name a new folder with --dir\n"


def test_on_a_terminal_no_line_is_longer_than_it_is_wide(terminal: Run, home: Path) -> None:
    """But for our own last lines, which name paths to copy."""
    shown = terminal("demo", "--dir", home / "sample", kind="xterm-256color").out
    body = shown.partition("\n")[2].rpartition("\nThe ")[0]
    assert body.count("\n") > 100
    assert all(_columns(line) <= 100 for line in body.splitlines())


def _columns(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line)
