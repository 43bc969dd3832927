"""What was worked out from the lexicon, kept for the next start in the user's cache folder.

It is JSON, and holds only for the very files it was made from: a hash of their contents, and of the modules that read them,
is kept with it. Where it cannot be read or written, or with `MAILHOOK_CACHE=off`, it is worked out again, which takes a second or two.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

import platformdirs

SWITCH, OFF = "MAILHOOK_CACHE", "off"  # in the environment: keep nothing
_MAKERS = frozenset({"anchors.py", "folding.py", "kept.py", "language.py", "rules.py", "shapes.py"})


@cache
def _origin() -> str:
    """Name the state of the lexicon and of what reads it."""
    room = files("mailhook.verdict")
    makers = [entry for entry in room.iterdir() if entry.name in _MAKERS]
    lexicon = [entry for entry in (room / "lexicon").iterdir() if entry.name.endswith(".toml")]
    digest = blake2b(digest_size=16)
    for source in sorted(makers + lexicon, key=lambda entry: entry.name):
        content = source.read_bytes()
        digest.update(f"{source.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def kept(name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` gives, which JSON must be able to hold: as it was kept, if it was made from the same files."""
    place = platformdirs.user_cache_path("mailhook") / f"{name}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        held = json.loads(place.read_bytes())
        if held["origin"] == _origin():
            return held["made"]
    made = make()
    if os.environ.get(SWITCH) == OFF:
        return made
    with suppress(OSError):
        _write(
            place, json.dumps({"origin": _origin(), "made": made}, ensure_ascii=False, separators=(",", ":"))
        )
    return made


@contextmanager
def keeping_nothing() -> Iterator[None]:
    """Keep nothing meanwhile, neither in this process nor in those it starts."""
    before = os.environ.get(SWITCH)
    os.environ[SWITCH] = OFF
    try:
        yield
    finally:
        if before is None:
            del os.environ[SWITCH]
        else:
            os.environ[SWITCH] = before


def _write(place: Path, text: str) -> None:
    """Put a file in its place at once, whoever else does the same."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=place.parent, prefix=f"{place.stem}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(place)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
