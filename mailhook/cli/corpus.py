"""Labelled messages to measure against: a folder of .eml files with a labels.csv, or JSON Lines."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, get_args

from mailhook.errors import UsageError
from mailhook.verdict.verdict import Label

LABELS: tuple[str, ...] = get_args(Label)
_LONG_LINES = SMTP.clone(max_line_length=998)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One labelled message; `allowed` holds every label that is right for it, the first being the one hoped for."""

    id: str
    allowed: tuple[str, ...]
    language: str
    raw: bytes

    @property
    def label(self) -> str | list[str]:
        """The label as the corpus writes it: one, or a list."""
        return self.allowed[0] if len(self.allowed) == 1 else list(self.allowed)


def read_corpus(path: Path) -> Iterator[Sample]:
    """Yield the samples of a corpus in its order. Raise UsageError naming the file and line that is wrong."""
    try:
        if path.is_dir():
            yield from _folder(path)
        else:
            yield from _json_lines(path)
    except OSError as exc:
        raise UsageError(f"{exc.filename or path} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{path} is not UTF-8 text; a corpus is UTF-8") from exc


def _folder(folder: Path) -> Iterator[Sample]:
    table = folder / "labels.csv"
    if not table.is_file():
        raise UsageError(f"{folder} has no labels.csv; a corpus folder needs one with the columns file,label")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"file", "label"} <= set(rows.fieldnames or ()):
            raise UsageError(f"{table} needs a first line that names the columns: file,label")
        for row in rows:
            where = f"{table} line {rows.line_num}"
            name = (row["file"] or "").strip()
            if not name:
                raise UsageError(f"{where}: the file's name is missing")
            yield Sample(
                id=name,
                allowed=_labels(re.split(r"[|;/ ]+", (row["label"] or "").strip()), where),
                language=(row.get("lang") or "und").strip(),
                raw=(folder / name).read_bytes(),
            )


def _json_lines(path: Path) -> Iterator[Sample]:
    with path.open(encoding="utf-8-sig") as file:
        for number, text in enumerate(file, 1):
            if not text.strip():
                continue
            where = f"{path} line {number}"
            try:
                entry = json.loads(text)
            except json.JSONDecodeError as exc:
                raise UsageError(f"{where} is not JSON: {exc.msg}") from exc
            if not isinstance(entry, dict) or "label" not in entry:
                raise UsageError(f'{where} must be an object with "id" and "label"')
            label = entry["label"]
            yield Sample(
                id=str(entry.get("id", number)),
                allowed=_labels(label if isinstance(label, list) else [label], where),
                language=str(entry.get("lang") or "und"),
                raw=_raw(entry, path.parent, where),
            )


def _labels(given: list[Any], where: str) -> tuple[str, ...]:
    if not given or any(label not in LABELS for label in given):
        raise UsageError(f"{where}: a label is one of {', '.join(LABELS)}")
    return tuple(given)


def _raw(entry: dict[str, Any], folder: Path, where: str) -> bytes:
    if isinstance(path := entry.get("path"), str):
        return (folder / path).read_bytes()
    if not isinstance(entry.get("body_text"), str):
        raise UsageError(f'{where}: needs "path", or "subject", "from" and "body_text"')
    return build_message(
        subject=str(entry.get("subject") or ""),
        sender=str(entry.get("from") or ""),
        body=entry["body_text"],
    )


def build_message(*, subject: str, sender: str, body: str) -> bytes:
    """Return the plain message that has this subject, From and text, as a mail program would have written it."""
    message = EmailMessage(policy=_LONG_LINES)
    message["Subject"] = _one_line(subject)
    try:
        message["From"] = _one_line(sender)
    except (ValueError, IndexError, AttributeError):  # the standard library's header parser, on odd addresses
        message["X-From"] = _one_line(sender)
    message.set_content(body.encode("utf-8", "replace").decode("utf-8"), charset="utf-8", cte="8bit")
    return message.as_bytes()


def _one_line(value: str) -> str:
    spaced = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", value)
    return spaced.encode("utf-8", "replace").decode("utf-8").strip()
