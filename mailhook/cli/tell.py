"""What a pass came to, as lines for people or JSON for programs; silent where nothing happened, so that cron mails nothing."""

import sys
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mailhook.cli.show import clean_line, console, counted, json_line, line, warn

if TYPE_CHECKING:
    from mailhook.scan.report import JudgedMessage, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for on the command line."""

    since: datetime | None
    dry_run: bool
    as_json: bool
    others: bool

    @property
    def terminal(self) -> bool:
        """Say whether somebody watches: then there is a progress bar, and a word also where nothing happened."""
        return sys.stdout.isatty() and not self.as_json


def tell_judged(judged: "JudgedMessage", wanted: Wanted) -> None:
    """Say what one message came to, where somebody wants to know: of drafts always, of the rest on a terminal."""
    if wanted.as_json:
        from mailhook.cli.record import record

        json_line(
            record(
                judged.message,
                judged.verdict,
                judged.facts,
                judged.plan,
                account=judged.account,
                draft=judged.draft,
                mailbox=judged.mailbox,
            )
        )
    elif wanted.terminal:
        _show(judged, wanted)
    elif judged.draft is not None or wanted.dry_run or wanted.others:
        line(_sentence(judged, wanted))


def _show(judged: "JudgedMessage", wanted: Wanted) -> None:
    """Show one message to whoever watches: its verdict beside who wrote, about what, what was done and why."""
    from rich.table import Table
    from rich.text import Text

    from mailhook.cli.describe import LABEL_STYLES

    label = judged.verdict.label
    done = (_done(judged, wanted), "green" if judged.draft is not None else "")
    about = (_who(judged), "bold"), f"\n{clean_line(judged.message.subject)}\n"
    reason = (f"\n{clean_line(judged.plan.reason)}", "dim")
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=9)
    grid.add_row(Text(label, LABEL_STYLES[label]), Text.assemble(*about, done, reason))
    console().print(grid)
    line()


def _sentence(judged: "JudgedMessage", wanted: Wanted) -> str:
    about = f'{judged.account}: "{clean_line(judged.message.subject)}" from {_who(judged)}'
    done = f"{judged.verdict.label}, {_done(judged, wanted)}"
    return f"{about}: {done}. {clean_line(judged.plan.reason)}"


def _who(judged: "JudgedMessage") -> str:
    return clean_line(judged.message.part("from")) or "nobody"


def _done(judged: "JudgedMessage", wanted: Wanted) -> str:
    """Say what was done about a message, and for a draft where it lies and how it answers."""
    if judged.draft is None:
        return "no draft"
    done = "would leave a draft" if wanted.dry_run else "left a draft"
    to = f"to {clean_line(judged.draft.recipient)}" if judged.draft.recipient else "without a recipient"
    how = f"{judged.plan.intent.replace('_', ' ')} by {judged.plan.channel}"
    return f"{done} in {clean_line(judged.mailbox or 'Drafts')}: {how}, {to}"


def tell_report(report: "Report", wanted: Wanted, now: datetime) -> bool:
    """Say what a pass came to besides the messages; return whether all went well."""
    tell = warn if wanted.as_json else line
    if report.busy:
        tell(f"{report.account}: another mailhook is at work on this account already; nothing was done")
        return True
    for note in report.notes:
        tell(f"{report.account}: {clean_line(note.sentence)}")
    if wanted.terminal:
        _sum_up(report, wanted, now)
    if report.fault is not None:
        warn(f"{report.account}: {report.fault}")
    return report.fault is None and not any(note.action == "too-many-drafts" for note in report.notes)


def _sum_up(report: "Report", wanted: Wanted, now: datetime) -> None:
    from mailhook.cli.log import state_in_words

    for changed in report.changed:
        line(f"{report.account}: a draft {state_in_words(changed, now)}")
    new, made = report.read - report.known, len(report.made)
    if not new:
        line(f"{report.account}: nothing new")
        return
    rejections = sum(each.verdict.label == "rejection" for each in report.judged)
    kept = "would be left" if wanted.dry_run else "left"
    line(
        f"{report.account}: {counted(new, 'new message')}, {counted(rejections, 'rejection')}, {counted(made, 'draft')} {kept}"
    )
