"""Between records and rows: a record's fields are its table's columns, by name."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, Table, select

Record = TypeVar("Record")


def _names(kind: Any) -> tuple[str, ...]:
    return tuple(kind.__dataclass_fields__)


def to_row(record: Any) -> dict[str, Any]:
    """Return a record as the values of a row; an id that is not given yet is left to the database."""
    row = {name: getattr(record, name) for name in _names(type(record))}
    if row.get("id", 0) is None:
        del row["id"]
    return row


def select_records(kind: type, table: Table) -> Select[Any]:
    """Select the columns of a record, in the order of its fields."""
    return select(*(table.c[name] for name in _names(kind)))


def to_record(kind: type[Record], row: Sequence[Any]) -> Record:
    """Return a row, or its first columns, as a record."""
    return kind(**dict(zip(_names(kind), row, strict=False)))
