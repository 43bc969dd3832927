"""A Maildir as it is found in the wild: late and early files, odd names, other layouts, full disks."""

import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailhook.connectors.maildir import MaildirMailbox
from mailhook.errors import AccountError, ConfigError, NoDrafts, OverQuota, Unreachable
from mailhook.mail.parse import parse
from tests.connectors.contract import draft_for, ids, letter, lf
from tests.servers.maildir_store import MaildirStore

HOUR = 3600 * 10**9


def _write(root: Path, name: str, *, mtime_ns: int | None = None, sub: str = "new") -> Path:
    path = root / sub / name
    path.write_bytes(lf(letter(message_id=f"{name.partition(':')[0]}@acme.example")))
    if mtime_ns is not None:
        os.utime(path, ns=(mtime_ns, mtime_ns))
    return path


def _names(mailbox: MaildirMailbox, cursor: str) -> list[str]:
    return [str(each).partition("@")[0] for each in ids(mailbox.arrived(cursor))]


def test_a_file_that_shows_up_late_with_an_earlier_time_still_arrives(maildir: Path) -> None:
    """A slow delivery is written before, and renamed after, a quick one."""
    now = time.time_ns()
    with MaildirMailbox(path=maildir) as mailbox:
        _write(maildir, "old", mtime_ns=now - HOUR)
        cursor = mailbox.start(None)
        _write(maildir, "quick", mtime_ns=now)
        assert _names(mailbox, cursor) == ["quick"]
        after = mailbox.cursor_after(cursor)
        _write(maildir, "slow", mtime_ns=now - 10**9)
        _write(maildir, "ancient", mtime_ns=now - 2 * HOUR)
        assert _names(mailbox, after) == ["ancient", "slow"]
        assert _names(mailbox, mailbox.cursor_after(after)) == []


def test_many_files_of_one_moment_arrive_once_each(maildir: Path) -> None:
    """As after unpacking an archive; also when the pass stops in their midst."""
    moment = time.time_ns()
    with MaildirMailbox(path=maildir) as mailbox:
        cursor = mailbox.start(None)
        wanted = [f"n{n:04}" for n in range(700)]
        for name in wanted:
            _write(maildir, name, mtime_ns=moment)
        arrivals = list(mailbox.arrived(cursor))
        assert [str(i).partition("@")[0] for i in ids(arrivals)] == wanted
        for at in (0, 255, 256, 257, 500, 699):
            assert _names(mailbox, arrivals[at].cursor) == wanted[at + 1 :]
        assert max(len(arrival.cursor) for arrival in arrivals) < 4096


def test_a_cursor_from_before_thousands_remembers_what_matters(maildir: Path) -> None:
    """The newest deliveries are known by name; what is older than all of them counts as handled."""
    now = time.time_ns()
    for n in range(300):
        _write(maildir, f"n{n:04}", mtime_ns=now + n)
    with MaildirMailbox(path=maildir) as mailbox:
        cursor = mailbox.start(None)
        _write(maildir, "late-among-the-newest", mtime_ns=now + 200)
        _write(maildir, "older-than-all-remembered", mtime_ns=now - HOUR)
        assert _names(mailbox, cursor) == ["late-among-the-newest"]


def test_renamed_between_the_listing_and_the_reading_it_is_still_read(maildir: Path) -> None:
    """A mail program moves it from new/ to cur/ at that very moment."""
    with MaildirMailbox(path=maildir) as mailbox:
        cursor = mailbox.start(None)
        _write(maildir, "a", mtime_ns=1)
        _write(maildir, "b", mtime_ns=2)
        _write(maildir, "c", mtime_ns=3)
        arrivals = mailbox.arrived(cursor)
        seen = ids([next(arrivals)])
        (maildir / "new" / "b").rename(maildir / "cur" / "b:2,S")
        (maildir / "new" / "c").unlink()
        assert seen + ids(arrivals) == ["a@acme.example", "b@acme.example"]
        assert _names(mailbox, mailbox.cursor_after(cursor)) == []


def test_links_pipes_folders_and_hidden_files_are_no_mail(maildir: Path, tmp_path: Path) -> None:
    """Nobody is made to read a device, or a file elsewhere."""
    secret = tmp_path / "secret"
    secret.write_text("not for mail")
    with MaildirMailbox(path=maildir) as mailbox:
        cursor = mailbox.start(None)
        (maildir / "new" / "link").symlink_to(secret)
        os.mkfifo(maildir / "new" / "pipe")
        (maildir / "new" / "folder").mkdir()
        (maildir / "new" / ".hidden").write_text("x")
        _write(maildir, "mail")
        assert _names(mailbox, cursor) == ["mail"]
        message = parse(letter(in_reply_to="mail@acme.example"))
        assert ids(mailbox.conversation(message)) == ["mail@acme.example"]


def test_a_name_that_is_no_text_is_read(maildir: Path) -> None:
    """File names are bytes; references are text that any database takes."""
    path = os.path.join(os.fsencode(maildir), b"new", b"1.\xff\xfe.host")
    with open(path, "wb") as file:
        file.write(lf(letter(message_id="bytes@acme.example")))
    with MaildirMailbox(path=maildir) as mailbox:
        cursor = mailbox.start(None)
        (maildir / "new" / "2").write_bytes(lf(letter(message_id="two@acme.example")))
        assert ids(mailbox.arrived(cursor)) == ["two@acme.example"]
        (odd, _) = mailbox.conversation(parse(letter(references=("bytes@acme.example", "two@acme.example"))))
        odd.ref.encode("utf-8")
        mailbox.start(None).encode("utf-8")


# Layouts ------------------------------------------------------------------------------------------------------------------------


def _make(*folders: Path) -> None:
    for folder in folders:
        for sub in ("tmp", "new", "cur"):
            (folder / sub).mkdir(parents=True)


def test_mailboxes_beside_the_inbox_are_found(tmp_path: Path) -> None:
    """As mbsync lays them: one folder a mailbox, no dots."""
    _make(tmp_path / "Inbox", tmp_path / "Drafts", tmp_path / "Gesendet", tmp_path / "Jobs")
    with MaildirMailbox(path=tmp_path, mailboxes=["INBOX", "Jobs"]) as mailbox:
        cursor = mailbox.start(None)
        _write(tmp_path / "Inbox", "a")
        _write(tmp_path / "Jobs", "b")
        assert [(*ids([a]), a.mailbox, a.place) for a in mailbox.arrived(cursor)] == [
            ("a@acme.example", "INBOX", "inbox"),
            ("b@acme.example", "Jobs", "inbox"),
        ]
        assert mailbox.keep(draft_for(None)).mailbox == "Drafts"


def test_a_drafts_folder_in_another_language_is_found(tmp_path: Path) -> None:
    """Its name on disk is modified UTF-7."""
    _make(tmp_path, tmp_path / ".Entw&APw-rfe")
    with MaildirMailbox(path=tmp_path) as mailbox:
        assert mailbox.health().drafts == "Entwürfe"
        mailbox.keep(draft_for(None))
    assert len(list((tmp_path / ".Entw&APw-rfe" / "cur").iterdir())) == 1


def test_everything_is_all_but_junk_trash_drafts_and_sent(maildir: Path) -> None:
    """With `["*"]`; a mailbox that is new later is read from the first start on."""
    _make(maildir / ".Jobs", maildir / ".Mine")
    with MaildirMailbox(path=maildir, mailboxes=["*"], drafts="Mine") as mailbox:
        assert mailbox.health().mailboxes == ("INBOX", "Archive", "Jobs")
        cursor = mailbox.start(None)
        for folder in (".Jobs", ".Sent", ".Trash", ".Junk", ".Mine"):
            _write(maildir / folder, folder.removeprefix("."))
        _make(maildir / ".New")
        _write(maildir / ".New", "fresh")
        _write(maildir / ".New", "stale", mtime_ns=time.time_ns() - HOUR)
        assert _names(mailbox, cursor) == ["Jobs", "fresh"]


def test_a_missing_mailbox_or_maildir_is_said_so(maildir: Path, tmp_path: Path) -> None:
    """Each with the setting to correct."""
    with (
        MaildirMailbox(path=maildir, mailboxes=["Jobs"]) as mailbox,
        pytest.raises(AccountError, match="mailboxes"),
    ):
        mailbox.start(None)
    with pytest.raises(Unreachable, match="path"):
        MaildirMailbox(path=tmp_path / "nowhere").__enter__()
    (tmp_path / "empty").mkdir()
    with pytest.raises(Unreachable, match="no Maildir"):
        MaildirMailbox(path=tmp_path / "empty").__enter__()
    with pytest.raises(ConfigError, match="list"):
        MaildirMailbox(path=maildir, mailboxes="INBOX")


# Drafts -------------------------------------------------------------------------------------------------------------------------


@contextmanager
def _files_no_larger_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_nothing_behind(maildir: Path) -> None:
    """Certainly nothing was kept, and the half-written file is gone."""
    with MaildirMailbox(path=maildir) as mailbox:
        with _files_no_larger_than(4096), pytest.raises(OverQuota, match="make room"):
            mailbox.keep(draft_for(None, "A line.\n" * 5000))
        assert MaildirStore(maildir).drafts() == []
        assert list((maildir / ".Drafts" / "tmp").iterdir()) == []


def test_a_draft_is_for_its_owner_alone(maildir: Path) -> None:
    """Mode 0600 whatever the umask, in cur/, marked as draft and seen."""
    before = os.umask(0)
    try:
        with MaildirMailbox(path=maildir) as mailbox:
            mailbox.keep(draft_for(None))
    finally:
        os.umask(before)
    (path,) = (maildir / ".Drafts" / "cur").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.name.endswith(":2,DS")


def test_a_drafts_folder_that_was_taken_away_is_said_so(maildir: Path) -> None:
    """Between one call and the next."""
    with MaildirMailbox(path=maildir) as mailbox:
        mailbox.health()
        (maildir / ".Drafts" / "tmp").rmdir()
        with pytest.raises(NoDrafts, match="takes no drafts"):
            mailbox.keep(draft_for(None))


def test_a_drafts_folder_is_made_where_the_person_asked(tmp_path: Path) -> None:
    """create_drafts = true, with the configured name; otherwise never."""
    _make(tmp_path)
    with MaildirMailbox(path=tmp_path) as mailbox, pytest.raises(NoDrafts, match="create_drafts"):
        mailbox.health()
    assert not list(tmp_path.glob(".*"))
    draft = draft_for(None)
    with MaildirMailbox(path=tmp_path, create_drafts=True, drafts="Entwürfe") as mailbox:
        kept = mailbox.keep(draft)
        assert kept.mailbox == "Entwürfe"
        assert mailbox.find(draft) == kept
    assert (tmp_path / ".Entw&APw-rfe" / "maildirfolder").exists()


# Waiting ------------------------------------------------------------------------------------------------------------------------


def test_without_notifications_the_folder_is_looked_at(maildir: Path) -> None:
    """On systems and file systems that tell nothing."""
    with MaildirMailbox(path=maildir, poll=0.1) as mailbox:
        cursor = mailbox.start(None)
        list(mailbox.arrived(cursor))
        folders = mailbox._watched()
        assert mailbox._wait_by_looking(folders, time.monotonic() + 0.3) is False
        timer = threading.Timer(0.3, _write, (maildir, "polled"))
        timer.start()
        assert mailbox._wait_by_looking(folders, time.monotonic() + 30) is True
        timer.join()


def test_a_delivery_in_the_very_moment_of_the_reading_is_not_waited_past(maildir: Path) -> None:
    """A folder's own time may be too coarse to tell the two apart."""
    with MaildirMailbox(path=maildir) as mailbox:
        cursor = mailbox.start(None)
        _write(maildir, "first")
        stood = (maildir / "new").stat()
        assert _names(mailbox, cursor) == ["first"]
        _write(maildir, "same-moment")
        os.utime(maildir / "new", ns=(stood.st_atime_ns, stood.st_mtime_ns))
        assert mailbox.wait(30) is True
        assert _names(mailbox, mailbox.cursor_after(cursor)) == ["same-moment"]
