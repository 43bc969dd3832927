"""`mailhook log`: what was done and why, the state of each draft, and what could be done if you say so."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailhook.cli.options import ConfigOption, JsonOption, load_config
from mailhook.cli.show import clean_line, json_line, line, paragraph

if TYPE_CHECKING:
    from mailhook.ledger.records import DraftRecord, Logged, MessageRecord, Proposal

# Each state of a draft, as a person would say it.
STATES = {
    "planned": "about to be written",
    "writing": "being written",
    "ambiguous": "perhaps written: the server's answer was lost, and the next scan looks for it",
    "blocked": "held back",
    "confirmed": "waits in {mailbox} for you to review and send",
    "edited": "waits in {mailbox}, edited by you",
    "sent": "sent by you",
    "deleted": "deleted by you; it is not made again",
    "superseded": "not made: something else stands in the thread",
    "abandoned": "given up",
    "needs_human": "in doubt: please look in {mailbox}, mailhook does not touch it again",
}


def log(
    context: typer.Context,
    account: Annotated[
        str | None, typer.Option("--account", metavar="NAME", help="Only this account.", show_default=False)
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also the messages that are no rejection.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what was done and why, newest last: verdicts, drafts and their state, and proposals that wait for you.

    The ledger keeps no text of any mail, so a message is named by its date, the company and role in small letters, and its msg-id.

    \b
    Examples:
      mailhook log
      mailhook log --all --json
    """
    from mailhook.cli.accounts import chosen
    from mailhook.ledger.ledger import Ledger

    settings = load_config(context, config, accounts=False)
    chosen(settings, account)
    path = settings.ledger
    if not path.exists():
        if not as_json:
            line('nothing has been scanned yet; run "mailhook scan"')
        return
    now = datetime.now(UTC)
    with Ledger.rehearsal(path) as ledger:
        proposals = {(each.account, each.identity): each for each in ledger.proposals()}
        count = 0
        for each in ledger.log(account, others=everything):
            count += 1
            proposal = proposals.get((each.message.account, each.message.identity))
            if as_json:
                json_line(entry(each, proposal, now))
            else:
                _print(each, proposal, now)
    if not count and not as_json:
        line("no rejection has been found yet")


def entry(logged: "Logged", proposal: "Proposal | None", now: datetime) -> dict[str, Any]:
    """Return the object that `--json` prints for one message."""
    message, draft = logged.message, logged.draft
    return {
        "account": message.account,
        "message_id": message.message_id,
        "received": message.received.isoformat(),
        "judged": message.judged.isoformat(),
        "label": message.label,
        "score": message.score,
        "language": message.language,
        "stage": message.stage,
        "kind": message.kind,
        "channel": message.channel,
        "intent": message.intent,
        "to": message.recipient,
        "reason": message.reason,
        "draft": None if draft is None else _draft(draft, now),
        "proposal": None if proposal is None else {"id": proposal.id, "to": proposal.recipient},
    }


def _draft(draft: "DraftRecord", now: datetime) -> dict[str, Any]:
    return {
        "message_id": draft.message_id,
        "mailbox": draft.mailbox,
        "in_reply_to": draft.answers,
        "to": draft.recipient,
        "state": draft.state,
        "created": draft.created.isoformat(),
        "changed": draft.changed.isoformat(),
        "reason": draft.reason,
        "suggested_send": draft.suggested_send.isoformat() if draft.suggested_send else None,
        "stale_after": draft.stale_after.isoformat() if draft.stale_after else None,
        "stale": is_stale(draft, now),
    }


def is_stale(draft: "DraftRecord", now: datetime) -> bool:
    """Say whether a draft has waited for so long that sending it would look odd."""
    waits = draft.state in ("confirmed", "edited")
    return waits and draft.stale_after is not None and draft.stale_after < now


def state_in_words(draft: "DraftRecord", now: datetime) -> str:
    """Return what has become of a draft, in words."""
    words = STATES[draft.state].format(mailbox=clean_line(draft.mailbox or "Drafts"))
    if draft.state in ("confirmed", "edited"):
        if is_stale(draft, now):
            words += "; it has grown stale, better not send it as it is"
        elif draft.suggested_send and draft.suggested_send > now:
            words += f"; best sent {draft.suggested_send.astimezone():%A %d %B, %H:%M}"
    return f"{words} ({clean_line(draft.reason)})" if draft.reason else words


def _print(logged: "Logged", proposal: "Proposal | None", now: datetime) -> None:
    """Print one message: when and about what, the verdict and the answer, why, and what has become of the draft."""
    message, draft = logged.message, logged.draft
    about = ", ".join(clean_line(word) for word in (message.company, message.role) if word)
    paragraph(
        f"{message.received.astimezone():%Y-%m-%d %H:%M}  {message.account}  {about}".rstrip(), style="bold"
    )
    words = (message.label, message.stage if message.stage != "unknown" else "", message.language)
    paragraph(f"{', '.join(filter(None, words))}: {_answer(message)}", indent=4)
    paragraph(f"message <{clean_line(message.message_id or 'without a msg-id')}>", indent=4, style="dim")
    if message.reason:
        paragraph(clean_line(message.reason), indent=4, style="dim")
    if draft is not None:
        paragraph(f"draft: {state_in_words(draft, now)}", indent=4)
    if proposal is not None:
        paragraph(
            f"proposal {proposal.id}: {clean_line(proposal.recipient)} could be asked instead; "
            f"make that draft with: mailhook propose --accept {proposal.id}",
            indent=4,
        )


def _answer(message: "MessageRecord") -> str:
    if message.intent == "none":
        return "no answer"
    to = f" to {clean_line(message.recipient)}" if message.recipient else ""
    return f"{message.intent.replace('_', ' ')} by {message.channel}{to}"
