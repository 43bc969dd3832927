"""Questions to the person: on a terminal they are asked, in a script each has a flag that answers it beforehand."""

import sys
from dataclasses import dataclass

import typer

from mailhook.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks where somebody is there to answer; `yes` agrees to every yes-or-no question beforehand."""

    yes: bool = False

    @property
    def somebody(self) -> bool:
        """Say whether there is somebody to ask."""
        return sys.stdin.isatty()

    def text(self, question: str, given: str | None, *, flag: str, default: str | None = None) -> str:
        """Return what was given by flag, else what the person answers, else the default."""
        if given is not None:
            return given
        if not self.somebody:
            if default is not None:
                return default
            raise UsageError(f"{question}: there is nobody to ask here; give it with {flag}")
        answer: str = typer.prompt(question, default=default)
        return answer.strip()

    def secret(self, question: str, *, flag: str) -> str:
        """Return a secret typed by the person, never shown."""
        if not self.somebody:
            raise UsageError(f"{question}: there is nobody to ask here; use {flag}")
        answer: str = typer.prompt(question, hide_input=True)
        return answer

    def agree(self, question: str, *, flag: str = "--yes", default: bool = True) -> bool:
        """Return whether the person agrees."""
        if self.yes:
            return True
        if not self.somebody:
            raise UsageError(f"{question} There is nobody to ask here; agree beforehand with {flag}")
        return bool(typer.confirm(question, default=default))
