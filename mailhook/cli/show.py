"""What a terminal is shown: mail is text from strangers, so it is never markup and never a terminal's commands."""

import json
import re
import sys
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# Control characters (C0 but newline and tab, DEL, C1), characters that turn the direction of writing round, lone surrogates, and
# the separators that some terminals take for a new line.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """Return text that a terminal only shows: each control character becomes its picture, or the replacement character."""
    return _UNSAFE.sub(_picture, text)


def clean_line(text: str) -> str:
    """Return text safe for a terminal and on one line."""
    return " ".join(clean(text).split())


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def console(*, stderr: bool = False) -> "Console":
    """Return a console: colours and boxes for a terminal, plain text otherwise; never markup from strings."""
    from rich.console import Console

    stream: IO[str] = sys.stderr if stderr else sys.stdout
    wide = None if stream.isatty() else 120
    return Console(file=stream, markup=False, highlight=False, emoji=False, width=wide)


def line(text: str = "") -> None:
    """Print one line of our own words and cleaned mail, as it is."""
    sys.stdout.write(clean(text) + "\n")


def paragraph(text: "str | Text", *, indent: int = 0, style: str = "") -> None:
    """Print a paragraph: wrapped with its indentation and in colour on a terminal, one plain line otherwise."""
    if not sys.stdout.isatty():
        line(" " * indent + str(text))
        return
    from rich.padding import Padding
    from rich.text import Text

    shown = Text(clean(text), style) if isinstance(text, str) else text
    console().print(Padding(shown, (0, 0, 0, indent)))


def warn(sentence: str) -> None:
    """Print one sentence on standard error."""
    sys.stderr.write(f"mailhook: {clean(sentence)}\n")


def counted(number: int, what: str) -> str:
    """Return `3 drafts`, `1 draft`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def json_line(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line, in ASCII, so that every terminal and every locale takes it."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")
    sys.stdout.flush()
