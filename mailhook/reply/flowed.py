"""Write text as format=flowed (RFC 3676), so that every mail program wraps it to its own width."""

from collections.abc import Iterator

WIDTH = 72


def flow(text: str) -> str:
    """Return the text with long lines broken softly, by a space at the line's end, and lines stuffed where RFC 3676 §4.4 asks."""
    return "\n".join(line for paragraph in text.split("\n") for line in _broken(paragraph.rstrip()))


def stuffed(line: str) -> str:
    """Return a line that no program mistakes for a quoted one or for an mbox separator (RFC 3676 §4.4)."""
    return f" {line}" if line.startswith((" ", ">", "From ")) else line


def quoted(text: str) -> str:
    """Return every line behind a quote mark; what is long breaks softly behind marks of its own, and older quotes keep their breaks."""
    return "\n".join(marked for line in text.split("\n") for marked in _marked(line.rstrip()))


def _marked(line: str) -> Iterator[str]:
    if not line:
        yield ">"
    elif line.startswith(">"):
        yield f">{line}"
    else:
        yield from (f"> {part.removeprefix(' ')}" for part in _broken(line.lstrip()))


def _broken(paragraph: str) -> Iterator[str]:
    line = ""
    for word in paragraph.split(" "):
        if line and len(line) + len(word) + 1 > WIDTH:
            yield stuffed(line) + " "
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield stuffed(line)
