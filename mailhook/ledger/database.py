"""Opening the ledger's database: where it may lie, who may read it, how it syncs, and how it is brought up to date."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mailhook.errors import LedgerError
from mailhook.ledger.schema import REVISIONS, VERSION_TABLE

_BUSY_SECONDS = 30
_MOUNTS = Path("/proc/self/mounts")

# SQLite's locks cannot be trusted on these, and its write-ahead log needs memory shared between processes.
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "fuse.glusterfs", "ncpfs"})  # fmt: skip


class Database:
    """An open database, read and written in whole transactions; every error of it becomes a LedgerError."""

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine = engine
        self.place = place

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read in one transaction, beside whoever writes."""
        with translated(self.place), self._engine.connect().execution_options(reads=True) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Write in one transaction that is on the disk when this returns, or undone altogether."""
        with translated(self.place), self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def open_file(path: Path) -> Database:
    """Open the ledger in that file, making it where there is none, and bring it up to date."""
    _refuse_network(path)
    _make_private(path)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})
    _set_up_sqlite(engine, wal=True)
    return _ready(engine, str(path))


def open_url(url: str) -> Database:
    """Open a ledger in another database, such as PostgreSQL; its driver must be installed."""
    return _ready(create_engine(url), engine_name(url))


def open_copy(path: Path) -> Database:
    """Open a copy in memory of the ledger in that file (empty where there is none): nothing done to it is kept."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    _set_up_sqlite(engine, wal=False)
    if path.exists():
        with translated(str(path)):
            _copy_into(engine, path)
    return _ready(engine, str(path))


def engine_name(url: str) -> str:
    """Return the URL without its password, for people."""
    head, at, tail = url.rpartition("@")
    return f"{head.partition('://')[0]}://…@{tail}" if at else url


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn every error of the database into one sentence that says what to do."""
    try:
        yield
    except DBAPIError as exc:
        raise LedgerError(_sentence(exc.orig, place)) from exc
    except sqlite3.Error as exc:
        raise LedgerError(_sentence(exc, place)) from exc
    except UnicodeDecodeError as exc:  # from sqlite3, where even the schema is no text any more
        raise damaged(place, "its text is not UTF-8") from exc
    except SQLAlchemyError as exc:
        raise LedgerError(f"the ledger {place} cannot be used: {exc}") from exc


def damaged(place: str, what: str) -> LedgerError:
    """Say that the ledger is damaged, and how to go on without losing a draft."""
    return LedgerError(
        f"the ledger {place} is damaged ({what}); move it away and run: mailhook scan --since 30d, "
        "which finds the drafts that are there and makes none twice"
    )


def _sentence(exc: BaseException | None, place: str) -> str:
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    match code:
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return (
                f"the ledger {place} cannot be written ({exc}); make room on the disk and run mailhook again"
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"the ledger {place} is in use by another program; wait until it is done and run mailhook again"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return f"the ledger {place} cannot be written ({exc}); give your user the right to write it and its folder"
        case (
            sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_ERROR | sqlite3.SQLITE_CONSTRAINT
        ):
            return str(damaged(place, str(exc)))
    return f"the ledger {place} cannot be used ({exc}); see that its database runs and can be reached"


def _set_up_sqlite(engine: Engine, *, wal: bool) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, so that DDL is in the transaction too
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL" if wal else "",
            "synchronous=FULL",
            "fullfsync=ON",
            "foreign_keys=ON",
        ):
            if pragma:
                cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _ready(engine: Engine, place: str) -> Database:
    try:
        with translated(place):
            _check(engine, place)
            _bring_up_to_date(engine, place)
    except BaseException:
        engine.dispose()
        raise
    return Database(engine, place)


def _check(engine: Engine, place: str) -> None:
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(reads=True) as connection:
        found = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if found != "ok":
        raise damaged(place, str(found).splitlines()[-1])


def _bring_up_to_date(engine: Engine, place: str) -> None:
    with engine.connect().execution_options(reads=True) as connection:
        if _revision(connection, place) == REVISIONS[-1]:
            return
    with engine.begin() as connection:
        # Another process may have been quicker: only now is the writer's place ours.
        if _revision(connection, place) == REVISIONS[-1]:
            return
        # Imported here because Alembic is dear to import and there is rarely anything to migrate.
        from mailhook.ledger.migrate import upgrade

        upgrade(connection)


def _revision(connection: Connection, place: str) -> str | None:
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables:
            raise LedgerError(
                f"{place} is a database of another program; name another state folder in MAILHOOK_STATE"
            )
        return None
    revision = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  (a constant)
    if revision is not None and revision not in REVISIONS:
        raise LedgerError(
            f"the ledger {place} was written by a newer mailhook (revision {revision}); install that version again"
        )
    return str(revision) if revision is not None else None


def _copy_into(engine: Engine, path: Path) -> None:
    # An existing log of another process is read through it; without one the file is opened as it lies, so that nothing is made beside it.
    log = path.with_name(f"{path.name}-wal")
    how = "mode=ro" if log.exists() else "immutable=1"
    source = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=_BUSY_SECONDS)
    try:
        raw = engine.raw_connection()
        try:
            target = raw.driver_connection
            assert isinstance(target, sqlite3.Connection)
            source.backup(target)
        finally:
            raw.close()
    finally:
        source.close()


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(handle, 0o600)
        finally:
            os.close(handle)
    except OSError as exc:
        raise LedgerError(
            f"the ledger {path} cannot be opened ({exc.strerror}); make its folder yours, or name another in MAILHOOK_STATE"
        ) from exc


def _refuse_network(path: Path) -> None:
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return  # not Linux: nothing tells
    kind = file_system(path.absolute(), mounts)
    if kind in _NETWORK:
        raise LedgerError(
            f"the ledger cannot lie on a network file system ({kind} at {path.parent}); name a local folder in MAILHOOK_STATE"
        )


def file_system(path: Path, mounts: str) -> str | None:
    """Return the kind of file system that a path lies on, by a mount table in the format of /proc/self/mounts."""
    best: tuple[int, str] | None = None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        # Of two mounts on one point the later hides the earlier.
        if path.is_relative_to(point) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), fields[2])
    return best[1] if best else None
