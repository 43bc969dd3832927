"""The service's log: a sentence for people, or JSON for journals with an `action` for machines. No address, no long secret, no body."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import TextIO

_ADDRESS = re.compile(r"""[^\s<>@"'(),:;]+@[^\s<>@"'(),:;]+""")
_LONG_SECRET = re.compile(r"[A-Za-z0-9_+=~-]{32,}")


def redacted(text: str) -> str:
    """Return a sentence without addresses, msg-ids, and anything that looks like a token; on one line."""
    one_line = "".join(char if char.isprintable() else " " for char in text)
    return _LONG_SECRET.sub("…", _ADDRESS.sub("…@…", one_line))


class ForPeople(logging.Formatter):
    """`09:12:00 personal: a draft was left in Drafts`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        account = getattr(record, "account", None)
        moment = datetime.fromtimestamp(record.created).astimezone()
        said = redacted(record.getMessage())
        return f"{moment:%H:%M:%S} {account}: {said}" if account else f"{moment:%H:%M:%S} {said}"


class ForJournals(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "action": getattr(record, "action", None),
            "account": getattr(record, "account", None),
            "message": redacted(record.getMessage()),
        }
        return json.dumps(line, ensure_ascii=False)


def log_to(stream: TextIO, *, as_json: bool, level: int = logging.INFO) -> logging.Handler:
    """Let mailhook's own log, and no library's, go to a stream; return the handler, for `stop_logging`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ForJournals() if as_json else ForPeople())
    ours = logging.getLogger("mailhook")
    ours.addHandler(handler)
    ours.setLevel(level)
    # Libraries log what goes over the wire, secrets and all: nothing of theirs reaches the handler.
    ours.propagate = False
    return handler


def stop_logging(handler: logging.Handler) -> None:
    """Take back `log_to`."""
    logging.getLogger("mailhook").removeHandler(handler)
    handler.close()
