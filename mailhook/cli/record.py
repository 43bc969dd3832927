"""One judged message as the JSON object that `scan --json` and `explain --json` print: keys and their order are a contract."""

from typing import Any

from mailhook.mail.message import Message
from mailhook.reply.draft import Draft
from mailhook.reply.plan import Plan
from mailhook.verdict.verdict import Evidence, Fact, Facts, Verdict


def record(
    message: Message,
    verdict: Verdict,
    facts: Facts,
    plan: Plan,
    *,
    account: str | None = None,
    draft: Draft | None = None,
    mailbox: str | None = None,
) -> dict[str, Any]:
    """Return the object for one message; `draft` is None where none was made."""
    return {
        "account": account,
        "message_id": message.message_id,
        "from": message.part("from"),
        "subject": message.subject,
        "date": message.date.isoformat() if message.date else None,
        "label": verdict.label,
        "score": verdict.score,
        "language": verdict.language,
        "stage": verdict.stage,
        "kind": verdict.kind,
        "company": _value(facts.company),
        "role": _value(facts.role),
        "requisition": _value(facts.requisition),
        "recruiter": _value(facts.recruiter),
        "candidate": _value(facts.candidate),
        "channel": plan.channel,
        "intent": plan.intent,
        "to": plan.recipient,
        "reason": plan.reason,
        "evidence": [_evidence(each) for each in verdict.evidence],
        "draft": None if draft is None else _draft(draft, mailbox),
    }


def _value(fact: Fact | None) -> str | None:
    return None if fact is None else fact.value


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "rule": evidence.rule,
        "part": evidence.part,
        "start": evidence.start,
        "end": evidence.end,
        "quote": evidence.quote,
        "weight": evidence.weight,
    }


def _draft(draft: Draft, mailbox: str | None) -> dict[str, Any]:
    return {
        "message_id": draft.message_id,
        "mailbox": mailbox,
        "in_reply_to": draft.in_reply_to,
        "subject": draft.subject,
        "text": draft.text,
    }
