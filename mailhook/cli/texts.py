"""The person's own texts, looked at before anything relies on them."""

from pathlib import Path
from typing import TYPE_CHECKING

from mailhook.errors import ConfigError

if TYPE_CHECKING:
    from mailhook.config import Config
    from mailhook.reply.check import TextFinding


def refuse_broken_texts(settings: "Config") -> None:
    """Raise ConfigError, naming file, line and variable, where one of the person's own texts cannot be used."""
    folder = settings.reply.templates
    if folder is None:
        return
    if not Path(folder).expanduser().is_dir():
        raise ConfigError(
            f"[reply] templates: there is no folder {folder}; make it, or take the setting out of {settings.path}"
        )
    from mailhook.reply.check import broken_texts

    if found := broken_texts(folder):
        listed = "\n".join(f"  {finding_line(each)}" for each in found)
        raise ConfigError(
            f'your own texts cannot be used as they are; correct them, and see "mailhook templates --check":\n{listed}'
        )


def finding_line(finding: "TextFinding") -> str:
    """Return one thing that is wrong with a text, on one line."""
    where = f"{finding.file} line {finding.line}" if finding.line else finding.file
    return f"{where}: {finding.problem}"
