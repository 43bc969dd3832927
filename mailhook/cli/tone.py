"""`mailhook tone`: what a reply should not say, where, why, and what to write instead."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailhook.cli.options import JsonOption
from mailhook.cli.show import clean_line, console, json_line, line
from mailhook.errors import UsageError

if TYPE_CHECKING:
    from mailhook.reply.tone import ToneFinding

_LARGEST = 1024 * 1024


def tone(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-", help="A reply of yours: plain text or a raw message; - for standard input."
        ),
    ],
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="Its language, as in en, de, fr or es.")
    ] = "en",
    as_json: JsonOption = False,
) -> None:
    """Check the tone of a reply: demands, reproaches, threats, pleading, sarcasm and their kin.

    Quoted mail does not count. Exit status 1 where something should not be sent as it is.

    \b
    Examples:
      mailhook tone reply.txt
      pbpaste | mailhook tone - --language de
    """
    from mailhook.reply.tone import blocking, check_tone

    text = own_text(_read(file))
    findings = check_tone(text, language)
    if as_json:
        for each in findings:
            json_line(entry(each))
    else:
        print_findings(text, findings)
        if not findings:
            line("nothing to say against it")
    if blocking(findings):
        raise typer.Exit(1)


def _read(name: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(_LARGEST)
        with Path(name).open("rb") as file:
            return file.read(_LARGEST)
    except OSError as exc:
        raise UsageError(
            f"{name} cannot be read ({exc.strerror}); name a text file, or - for standard input"
        ) from exc


def own_text(raw: bytes) -> str:
    """Return what the person wrote themselves: of a raw message the new text, of plain text all but lines that quote."""
    head, _, _ = raw.partition(b"\n\n" if b"\r\n\r\n" not in raw else b"\r\n\r\n")
    if any(
        each.lower().startswith((b"subject:", b"message-id:", b"mime-version:")) for each in head.splitlines()
    ):
        from mailhook.mail.parse import parse

        text = parse(raw).text
    else:
        text = raw.decode("utf-8", "replace")
    return "\n".join(each for each in text.splitlines() if not each.startswith(">"))


def entry(finding: "ToneFinding") -> dict[str, Any]:
    """Return the object that `--json` prints for one finding."""
    return {
        "id": finding.id,
        "level": finding.level,
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
        "why": finding.why,
        "better": finding.better,
    }


def print_findings(text: str, findings: "Sequence[ToneFinding]") -> None:
    """Show each finding with its line, and on a terminal the words in place."""
    from rich.text import Text

    out = console()
    lines = text.split("\n")
    for each in findings:
        number = text.count("\n", 0, each.start)
        begin = text.rfind("\n", 0, each.start) + 1
        shown = Text(clean_line_in_place(lines[number]))
        shown.stylize(
            "bold red" if each.level == "block" else "bold yellow", each.start - begin, each.end - begin
        )
        level = "do not send this" if each.level == "block" else "think twice"
        out.print(
            f'line {number + 1}: "{clean_line(each.quote)}" {each.why} ({level}, {each.id})', soft_wrap=True
        )
        out.print(Text("    ") + shown, soft_wrap=True)
        out.print(f"    better: {each.better}", soft_wrap=True)


def clean_line_in_place(text: str) -> str:
    """Return a line safe for a terminal, with as many characters as before."""
    from mailhook.cli.show import clean

    return clean(text).replace("\t", " ")
