"""Opening a ledger: its place, its modes, its migrations, and what is refused with one sentence."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from mailhook.errors import LedgerError
from mailhook.ledger.database import file_system
from mailhook.ledger.ledger import Ledger
from mailhook.ledger.migrate import configuration
from mailhook.ledger.schema import REVISIONS, VERSION_TABLE, metadata

Run = Callable[..., "subprocess.CompletedProcess[str]"]
NOW = datetime(2026, 3, 2, tzinfo=UTC)
OPEN = "import sys, pathlib; from mailhook.ledger.ledger import Ledger; Ledger.open(pathlib.Path(sys.argv[1])).close()"


def test_only_its_owner_may_read_it_whatever_the_umask(ledger_path: Path) -> None:
    """File, log and folder are closed to everybody else, even under umask 0."""
    before = os.umask(0)
    try:
        with Ledger.open(ledger_path) as ledger:
            ledger.begin_account("personal", "c1", begun=NOW)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in ledger_path.parent.iterdir()}
    finally:
        os.umask(before)
    assert stat.S_IMODE(ledger_path.parent.stat().st_mode) == 0o700
    assert modes == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}


def test_a_file_that_others_may_read_is_closed_to_them(ledger_path: Path) -> None:
    """A ledger copied back with wide modes becomes private again."""
    Ledger.open(ledger_path).close()
    ledger_path.chmod(0o644)
    Ledger.open(ledger_path).close()
    assert stat.S_IMODE(ledger_path.stat().st_mode) == 0o600


def test_a_link_in_its_place_is_refused(tmp_path: Path, ledger_path: Path) -> None:
    """Nobody can make us write through a symbolic link."""
    ledger_path.parent.mkdir()
    ledger_path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger.open(ledger_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """A file where the folder should be is said, with what to do."""
    (tmp_path / "state").write_text("")
    with pytest.raises(LedgerError, match="name another in MAILHOOK_STATE"):
        Ledger.open(tmp_path / "state" / "ledger.db")


def test_migrations_and_tables_agree(ledger_path: Path) -> None:
    """What the migrations make is exactly what the code reads."""
    Ledger.open(ledger_path).close()
    engine = create_engine(f"sqlite:///{ledger_path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_revision_is_known_to_the_program() -> None:
    """The list that decides without Alembic is Alembic's own."""
    script = ScriptDirectory.from_config(configuration())
    assert tuple(reversed([revision.revision for revision in script.walk_revisions()])) == REVISIONS


def test_alembic_is_not_imported_where_nothing_is_to_migrate(ledger_path: Path, run_python: Run) -> None:
    """A second start is quick."""
    Ledger.open(ledger_path).close()
    done = run_python(f"{OPEN}; print('alembic' in sys.modules)", ledger_path)
    assert (done.stdout, done.stderr, done.returncode) == ("False\n", "", 0)


def test_every_commit_is_synchronised(ledger_path: Path) -> None:
    """Write-ahead log and full synchronisation are on for every connection."""
    with Ledger.open(ledger_path) as ledger, ledger._database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_newer_ledger_is_refused_and_kept(ledger_path: Path) -> None:
    """A ledger of a later version is not touched."""
    Ledger.open(ledger_path).close()
    raw = sqlite3.connect(ledger_path)
    raw.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    raw.commit()
    raw.close()
    before = ledger_path.read_bytes()
    with pytest.raises(
        LedgerError, match=r"written by a newer mailhook \(revision 9999\); install that version"
    ):
        Ledger.open(ledger_path)
    assert ledger_path.read_bytes() == before


def test_another_programs_database_is_refused(ledger_path: Path) -> None:
    """A database that is not a ledger is left alone."""
    ledger_path.parent.mkdir()
    raw = sqlite3.connect(ledger_path)
    raw.execute("CREATE TABLE photos (name TEXT)")
    raw.close()
    with pytest.raises(LedgerError, match="database of another program"):
        Ledger.open(ledger_path)


@pytest.mark.parametrize(
    "content",
    [b"not a database at all, but long enough to be read as one" * 20, b"SQLite format 3\0" + bytes(4080)],
)
def test_a_file_that_is_no_database_is_refused_and_kept(ledger_path: Path, content: bytes) -> None:
    """Damage is said with the way out, and the file stays for whoever wants to look at it."""
    ledger_path.parent.mkdir()
    ledger_path.write_bytes(content)
    with pytest.raises(LedgerError, match="move it away and run: mailhook scan --since"):
        Ledger.open(ledger_path)
    assert ledger_path.read_bytes() == content


def test_eight_first_starts_at_once_make_one_ledger(ledger_path: Path) -> None:
    """Whoever is first migrates; the others wait and find it done."""
    starts = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(ledger_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    errors = [start.communicate(timeout=100)[1] for start in starts]
    assert (errors, [start.returncode for start in starts]) == ([""] * 8, [0] * 8)
    Ledger.open(ledger_path).close()


def test_a_migration_that_dies_leaves_nothing_half_done(ledger_path: Path, run_python: Run) -> None:
    """A process killed after the last statement of the migration, before its commit, leaves an empty file that the next start fills."""
    program = """
import os, pathlib, sys
from mailhook.ledger import database, migrate
whole = migrate.upgrade
def dying(connection):
    whole(connection)
    os._exit(137)
migrate.upgrade = dying
database.open_file(pathlib.Path(sys.argv[1]))
"""
    done = run_python(program, ledger_path)
    assert (done.returncode, done.stderr) == (137, "")
    raw = sqlite3.connect(ledger_path)
    assert raw.execute("SELECT name FROM sqlite_master").fetchall() == []
    raw.close()
    with Ledger.open(ledger_path) as ledger:
        assert ledger.account("personal") is None


def test_a_rehearsal_reads_everything_and_writes_nothing(ledger_path: Path) -> None:
    """What is done to the copy is seen in it and nowhere else; no file is made, changed or left beside it."""
    with Ledger.open(ledger_path) as ledger:
        ledger.begin_account("personal", "c1", begun=NOW)
    before = {path.name: path.read_bytes() for path in ledger_path.parent.iterdir()}
    with Ledger.rehearsal(ledger_path) as copy:
        found = copy.account("personal")
        assert found is not None
        assert found.cursor == "c1"
        copy.advance("personal", "c2")
        changed = copy.account("personal")
        assert changed is not None
        assert changed.cursor == "c2"
        assert {path.name: path.read_bytes() for path in ledger_path.parent.iterdir()} == before
    assert {path.name: path.read_bytes() for path in ledger_path.parent.iterdir()} == before


def test_a_rehearsal_sees_what_another_process_has_just_written(ledger_path: Path) -> None:
    """Beside a running service the copy holds what stands only in the write-ahead log."""
    with Ledger.open(ledger_path) as ledger:
        ledger.begin_account("personal", "c1", begun=NOW)
        with Ledger.rehearsal(ledger_path) as copy:
            found = copy.account("personal")
            assert found is not None
            assert found.cursor == "c1"


def test_a_rehearsal_without_a_ledger_starts_empty(ledger_path: Path) -> None:
    """A dry run before the first run makes no folder."""
    with Ledger.rehearsal(ledger_path) as copy:
        assert copy.account("personal") is None
    assert not ledger_path.parent.exists()


def test_a_full_disk_is_one_sentence_and_changes_nothing(ledger_path: Path, run_python: Run) -> None:
    """Where the file may not grow, the write fails whole, and what stood there still stands."""
    with Ledger.open(ledger_path) as ledger:
        ledger.begin_account("personal", "c1", begun=NOW)
    program = """
import pathlib, resource, signal, sys
from mailhook.errors import LedgerError
from mailhook.ledger.ledger import Ledger
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Ledger.open(pathlib.Path(sys.argv[1])) as ledger:
    resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))
    try:
        ledger.advance("personal", "c2" * 100_000)
    except LedgerError as exc:
        print(exc)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(ledger.account("personal").cursor)
"""
    run = run_python(program.replace("(16384, 16384)", "(16384, resource.RLIM_INFINITY)"), ledger_path)
    said, cursor = run.stdout.splitlines()
    assert "make room on the disk and run mailhook again" in said
    assert (cursor, run.stderr, run.returncode) == ("c1", "", 0)


def test_a_flipped_byte_anywhere_is_refused_or_harmless(tmp_path: Path, ledger_path: Path) -> None:
    """At 300 places of the file: either one sentence, or a ledger that answers; never an unexpected error."""
    with Ledger.open(ledger_path) as ledger:
        for number in range(40):
            ledger.begin_account(f"a{number}", "c", begun=NOW)
    whole = ledger_path.read_bytes()
    refused = []
    for offset in [*range(120), *range(120, len(whole), max(1, len(whole) // 180))]:
        copy = tmp_path / "flipped" / "ledger.db"
        shutil.rmtree(copy.parent, ignore_errors=True)
        copy.parent.mkdir()
        copy.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0xFF]) + whole[offset + 1 :])
        try:
            with Ledger.open(copy) as flipped:
                flipped.account("personal")
                flipped.drafts.pending("personal")
                flipped.begin_account("personal", "c99", begun=NOW)
        except LedgerError as exc:
            refused.append(str(exc))
    assert refused
    assert not [said for said in refused if "\n" in said]


MOUNTS = """/dev/vda / ext4 rw 0 0
server:/export /home nfs4 rw 0 0
/dev/vdb /home/alex/My\\040Disk ext4 rw 0 0
tmpfs /home/alex/run tmpfs rw 0 0
sshfs#host: /home/alex/run fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/mailhook/ledger.db", "ext4"),
        ("/home/alex/.local/state/mailhook/ledger.db", "nfs4"),
        ("/home/alex/My Disk/ledger.db", "ext4"),
        ("/home/alex/run/ledger.db", "fuse.sshfs"),
        ("/homework/ledger.db", "ext4"),
    ],
)
def test_the_deepest_and_latest_mount_decides_the_file_system(path: str, kind: str) -> None:
    """A mount table is read as the kernel writes it: escaped, and later mounts hide earlier ones."""
    assert file_system(Path(path), MOUNTS) == kind
