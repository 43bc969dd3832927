"""The facts of an application: company, role, requisition, recruiter and candidate, each with the place it was read from.

Everything comes out of the mailbox: this message first, then earlier ones of the same application, the latest first.
Nothing is guessed; a slot that no message fills is None.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailhook.mail.message import Me, Message
from mailhook.verdict.company import read_company
from mailhook.verdict.person import read_candidate, read_recruiter
from mailhook.verdict.place import key
from mailhook.verdict.role import read_requisition, read_role
from mailhook.verdict.verdict import Fact, Facts, Verdict


def read_facts(
    message: Message, verdict: Verdict, *, conversation: Sequence[Message] = (), me: Me | None = None
) -> Facts:
    """Read the facts of the application that a message is about."""
    code = verdict.language if verdict.language != "und" else "en"
    earlier = [
        each
        for each in sorted(
            conversation, key=lambda each: each.date.timestamp() if each.date else 0.0, reverse=True
        )
        if each.message_id != message.message_id
    ]
    theirs = [each for each in earlier if me is None or not any(me.owns(one.address) for one in each.from_)]
    role = read_role(message, code) or _one_role(theirs, code)
    recruiter, candidate = read_recruiter(message, code), read_candidate(message, code, me)
    company = read_company(message, code, role, (recruiter, candidate))
    if company is None or company.part == "from":
        company = _first(theirs, lambda each: _same_sender(message, each, code, role)) or company
    return Facts(
        company=company,
        role=_less_company(role, company),
        requisition=read_requisition(message) or _first(theirs, read_requisition),
        recruiter=_not_the_company(recruiter, company),
        candidate=candidate,
    )


def _less_company(role: Fact | None, company: Fact | None) -> Fact | None:
    """Take the employer's name off the front of a role: "Gannet Airways Cabin Crew"."""
    if role is None or company is None or not role.value.startswith(f"{company.value} "):
        return role
    cut = len(company.value) + 1
    return replace(role, value=role.value[cut:], start=role.start + cut)


def _not_the_company(recruiter: Fact | None, company: Fact | None) -> Fact | None:
    """Leave out a "person" who is the employer."""
    if recruiter is None or company is None:
        return recruiter
    one, other = key(recruiter.value), key(company.value)
    return None if one in other or (len(other) > 3 and other in one) else recruiter


def _first(messages: Sequence[Message], read: Callable[[Message], Fact | None]) -> Fact | None:
    return next((found for each in messages if (found := read(each)) is not None), None)


def _same_sender(message: Message, earlier: Message, code: str, role: Fact | None) -> Fact | None:
    """Return the employer as an earlier message of the same sender's domain spells it in words."""
    domains = {one.domain for one in message.from_}
    if not domains & {one.domain for one in earlier.from_}:
        return None
    found = read_company(earlier, code, role)
    return found if found is not None and found.part != "from" else None


def _one_role(earlier: Sequence[Message], code: str) -> Fact | None:
    """Return the role that earlier messages name, if it is one and the same: two open roles are not confused."""
    found = [role for each in earlier if (role := read_role(each, code)) is not None]
    return found[0] if len({key(role.value) for role in found}) == 1 else None
