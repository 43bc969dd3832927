"""With permission to read alone, drafts are files in a folder, and Gmail is asked for nothing that writes."""

from pathlib import Path

import pytest

from mailhook.connector import Kept
from mailhook.errors import ConfigError, NoDrafts, NotWritten
from tests.servers.gmail.fixtures import Connect
from tests.servers.gmail.letters import draft, letter
from tests.servers.gmail.shim import Shim

pytestmark = pytest.mark.emulator


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the drafts go; it is made when needed."""
    return tmp_path / "drafts"


def test_a_draft_is_a_file_that_mail_programs_open(gmail: Shim, connect: Connect, folder: Path) -> None:
    """Byte for byte, readable by its owner alone, named after its subject; Gmail hears nothing of it."""
    answer = draft("1@acme.example", subject="Re: Ihre Bewerbung: Köchin / Küche")
    with connect(mode="readonly", drafts_folder=str(folder)) as box:
        cursor = box.start(None)
        gmail.mailbox.deliver(letter(1))
        (arrival,) = box.arrived(cursor)
        gmail.forget()
        kept = box.keep(answer, thread_id=arrival.thread_id)
        assert gmail.asked() == []
        assert box.find(answer) == box.find(answer, since=box.mark()) == kept
    (file,) = folder.iterdir()
    assert file.name == "Re-Ihre-Bewerbung-Köchin-Küche.0f3d9a.eml"
    assert kept == Kept(ref=file.name, mailbox=str(folder), place="drafts", in_thread=False)
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (answer.raw, 0o600)
    assert gmail.mailbox.drafts() == []


def test_a_draft_sent_by_hand_is_found_in_gmail(gmail: Shim, connect: Connect, folder: Path) -> None:
    """The person sent it with another program and deleted the file: it is known, and not made again."""
    answer = draft("1@acme.example")
    gmail.mailbox.deliver(letter(1))
    gmail.mailbox.deliver(answer.raw, labels=["SENT"])
    with connect(mode="readonly", drafts_folder=str(folder)) as box:
        found = box.find(answer)
        assert box.find(answer, since=box.mark()) is None
    assert found is not None
    assert found.place == "sent"


def test_a_draft_edited_by_hand_is_found_and_a_strange_file_is_not(connect: Connect, folder: Path) -> None:
    """By its msg-id, whatever its text is now; other files in the folder are other people's."""
    answer = draft("1@acme.example")
    with connect(mode="readonly", drafts_folder=str(folder)) as box:
        kept = box.keep(answer)
        file = folder / kept.ref
        file.write_bytes(answer.raw.replace(b"What should I work on first?", b"Good luck!"))
        (folder / "notes.eml").write_bytes(b"not a message")
        (folder / "other.eml").write_bytes(draft("2@acme.example", own="other@example.com").raw)
        assert box.find(answer) == kept
        file.unlink()
        assert box.find(answer) is None


def test_drafts_of_one_subject_do_not_overwrite_each_other(connect: Connect, folder: Path) -> None:
    """The msg-id is in the name."""
    with connect(mode="readonly", drafts_folder=str(folder)) as box:
        for own in ("aaa@example.com", "bbb@example.com"):
            box.keep(draft("1@acme.example", own=own))
    assert len(list(folder.iterdir())) == 2


def test_a_folder_that_cannot_be_made_is_said_so(connect: Connect, folder: Path) -> None:
    """By `mailhook check`, before a draft is due."""
    folder.write_text("a file in its place", encoding="utf-8")
    with connect(mode="readonly", drafts_folder=str(folder)) as box:
        for attempt in (box.health, lambda: box.keep(draft(None))):
            with pytest.raises(NoDrafts, match="cannot be made"):
                attempt()


def test_a_disk_that_fails_leaves_nothing_behind(
    connect: Connect, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Certainly nothing was kept, and the protocol may try again."""

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(5, "Input/output error")

    with connect(mode="readonly", drafts_folder=str(folder)) as box:
        monkeypatch.setattr(Path, "rename", refuse)
        with pytest.raises(NotWritten, match="Input/output"):
            box.keep(draft(None))
    assert list(folder.iterdir()) == []


def test_health_says_what_is_weaker(connect: Connect, folder: Path) -> None:
    """The drafts' place, and that there is no more permission than for reading."""
    with connect(mode="readonly", drafts_folder=str(folder)) as box:
        health = box.health()
    assert health.drafts == str(folder)
    assert "read-only" in health.capabilities
    assert any("for reading only" in note for note in health.notes)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"mode": "send"}, '"drafts" or "readonly"'),
        ({"mailboxes": "INBOX"}, "list of names"),
        ({"mailboxes": []}, "list of names"),
        ({"units_per_minute": 10}, "at least 100"),
    ],
)
def test_a_wrong_setting_is_said_so(connect: Connect, settings: dict[str, object], sentence: str) -> None:
    """Before anything is asked of Google."""
    with pytest.raises(ConfigError, match=sentence):
        connect(**settings)
