"""The configuration as text to write: TOML that a person would have written, kept in a file only they may read."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mailhook.mail.message import Me


def me_section(me: Me) -> str:
    """Return the [me] section."""
    return f"[me]\nname = {_value(me.name)}\naddresses = {_value(list(me.addresses))}\n"


def account_section(name: str, settings: Mapping[str, Any]) -> str:
    """Return the section of one account; `settings` hold `connector` first, and secrets as the place where they are kept."""
    lines = [f"{key} = {_value(value)}" for key, value in settings.items() if value is not None]
    return f"[accounts.{_key(name)}]\n" + "\n".join(lines) + "\n"


def write_config(path: Path, text: str, *, keep_old: bool) -> Path | None:
    """Write the configuration whole or not at all, for its owner's eyes only; return where the old one is kept, if any."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        old = None
        if keep_old and path.exists():
            old = path.with_name(path.name + ".old")
            old.unlink(missing_ok=True)
            os.link(path, old)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return old


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # JSON's strings are TOML's basic strings, but for DEL.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() | float():
            return str(value)
        case Mapping():
            return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
        case Sequence():
            return "[" + ", ".join(_value(item) for item in value) + "]"
    raise TypeError(f"no TOML for {type(value).__name__}")
