"""Write text as format=flowed (RFC 3676), so that every mail program wraps it to its own width."""

from collections.abc import Iterator

WIDTH = 72


def flow(text: str) -> str:
    """Return the text with long lines broken softly, by a space at the line's end, and lines stuffed where RFC 3676 §4.4 asks."""
    return "\n".join(line for paragraph in text.split("\n") for line in _broken(paragraph.rstrip()))


def stuffed(line: str) -> str:
    """Return a line that no program mistakes for a quoted one or for an mbox separator (RFC 3676 §4.4)."""
    return f" {line}" if line.startswith((" ", ">", "From ")) else line


def fixed(text: str, prefix: str) -> str:
    """Return every line with a quoting prefix and no soft break: quoted mail keeps its author's lines."""
    return "\n".join(_quoted(line.rstrip(), prefix) for line in text.split("\n"))


def _quoted(line: str, prefix: str) -> str:
    if line.startswith(">"):
        return f"{prefix}{line}"
    return f"{prefix} {line}" if line else prefix


def _broken(paragraph: str) -> Iterator[str]:
    line = ""
    for word in paragraph.split(" "):
        if line and len(line) + len(word) + 1 > WIDTH:
            yield stuffed(line) + " "
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield stuffed(line)
