"""What to answer, to whom, and why: gates, intent, one recipient or none, and a reason in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from mailhook.mail.message import Address, Me, Message
from mailhook.mail.origin import Origin
from mailhook.reply import addresses, call, when
from mailhook.reply.channel import Channel, Route, find_route, target
from mailhook.reply.gates import STOPS, TURNS, Case, Gate, History, Purpose, Turn, is_from_person
from mailhook.reply.language import choose_language
from mailhook.reply.settings import ReplySettings
from mailhook.verdict.verdict import Facts, Verdict

__all__ = [
    "Channel",
    "Gate",
    "History",
    "Intent",
    "Plan",
    "Purpose",
    "accept_proposal",
    "answered_message",
    "make_plan",
]

Intent = Literal["feedback", "thanks", "keep_in_touch", "none"]

_INTENTS: dict[Purpose, Intent] = {
    "feedback": "feedback",
    "accept": "feedback",
    "given": "thanks",
    "thanks": "thanks",
    "keep_in_touch": "keep_in_touch",
    "none": "none",
}
_BY_PHONE = re.compile(
    r"(?i)\b(?:call|phone|telephone|ring|speak|telefon\w*|anruf\w*|ruf\w*|durchklingel\w*|appel\w*|t[ée]l[ée]phon\w*|ll[áa]m\w*|tel[ée]fon\w*|"
    r"bel(?:len|t)?|chiam\w*|zadzwo\w*|ring\w*|ligar|ligue|ara(?:yabilir|yın)\w*)\b|電話|电话|電話|전화"
)
_BY_MAIL = re.compile(
    r"(?i)\b(?:reply|e-?mails?|mail|write|antwort\w*|schreib\w*|r[ée]pond\w*|[ée]cri\w*|respond\w*|escrib\w*|responder|escrev\w*|"
    r"mail(?:en)?|antwoord\w*|rispond\w*|scriv\w*|odpowie\w*|odpisz\w*|napisz\w*|svar\w*|skriv\w*|yaz\w*)\b|返信|メール|邮件|回复|메일|회신"
)
_SENTENCE_ENDS = (". ", "\n", "! ", "? ", "。")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the answer goes: in kind, to one recipient or none, with a reason also when nothing is to be done.

    `answers` is the msg-id of the message it answers. `recipient` is one addr-spec, a pure function of that message. `proposed` names a
    known person (addr-spec) to whom a draft could be made if the candidate accepts (`mailhook propose`), with the msg-id of their message
    in `proposed_answers` and what it would be about in `proposed_purpose`. `suggested_send` and `stale_after` are for the log, never for the mail.
    `purpose` is the text the answer is made from, finer than `intent`. `number` is a telephone number in international form and `zone` its
    time of day, for a call; `link` is shown for a portal and never opened.
    """

    channel: Channel
    intent: Intent
    recipient: str | None
    answers: str | None
    reason: str
    gates: tuple[Gate, ...] = ()
    proposed: str | None = None
    proposed_answers: str | None = None
    proposed_purpose: Purpose = "none"
    suggested_send: datetime | None = None
    stale_after: datetime | None = None
    purpose: Purpose = "none"
    number: str | None = None
    zone: str | None = None
    link: str | None = None


def make_plan(
    message: Message,
    verdict: Verdict,
    facts: Facts,
    *,
    me: Me,
    origin: Origin,
    conversation: Sequence[Message] = (),
    history: History = History(),  # noqa: B008 - frozen
    settings: ReplySettings = ReplySettings(),  # noqa: B008 - frozen
    now: datetime,
) -> Plan:
    """Decide how a message is answered. Only a rejection ever is; the reason says why, also where nothing is done."""
    case = Case(
        message=message,
        verdict=verdict,
        facts=facts,
        me=me,
        origin=origin,
        conversation=conversation,
        history=history,
        settings=settings,
        now=now,
        route=find_route(message, verdict, origin, me),
    )
    known = _known_person(case) if _may_propose(case.route) else None
    stops, stopped = _try_stops(case, passed_over="unanswerable" if known else None)
    if stopped:
        return _nothing(case, stopped, stops)
    turns, turn = _try_turns(case)
    gates = (*stops, *turns)
    if turn.purpose == "none":
        return _nothing(case, turn.reason, gates)
    if known is not None:
        return _proposal(case, turn, gates, *known)
    return _answer(case, turn, gates)


def accept_proposal(plan: Plan) -> Plan:
    """Return the plan that writes to the known person after all; it answers their message."""
    if plan.proposed is None:
        return plan
    return replace(
        plan,
        channel="email",
        intent=_INTENTS[plan.proposed_purpose],
        purpose=plan.proposed_purpose,
        recipient=plan.proposed,
        answers=plan.proposed_answers,
    )


def answered_message(plan: Plan, message: Message, conversation: Sequence[Message]) -> Message:
    """Return the message that the plan answers: the one it was made for, or the known person's of an accepted proposal."""
    if plan.answers == message.message_id:
        return message
    for other in conversation:
        if other.message_id == plan.answers:
            return other
    raise ValueError(f"the plan answers {plan.answers}, which is not in this conversation")


def _try_stops(case: Case, *, passed_over: str | None) -> tuple[tuple[Gate, ...], str | None]:
    tried: list[Gate] = []
    for name, stop, otherwise in STOPS:
        reason = stop(case)
        tried.append(Gate(name=name, closed=reason is not None, reason=reason or otherwise))
        if reason is not None and name != passed_over:
            return tuple(tried), reason
    return tuple(tried), None


def _try_turns(case: Case) -> tuple[tuple[Gate, ...], Turn]:
    tried: list[Gate] = []
    for name, turning, otherwise in TURNS:
        turn = turning(case)
        changes = turn is not None and name != "stage"
        tried.append(Gate(name=name, closed=changes, reason=turn.reason if turn else otherwise))
        if turn is not None:
            return tuple(tried), turn
    raise AssertionError("the last turn always applies")


def _nothing(case: Case, reason: str, gates: tuple[Gate, ...]) -> Plan:
    named = _named_elsewhere(case) if case.verdict.label == "rejection" else ""
    return Plan(
        channel="none",
        intent="none",
        recipient=None,
        answers=case.message.message_id,
        reason=f"{reason} {named}".strip(),
        gates=gates,
    )


def _answer(case: Case, turn: Turn, gates: tuple[Gate, ...]) -> Plan:
    route = case.route
    number = _number(case, route)
    channel, how = route.channel, route.why
    if turn.purpose == "accept" and channel == "email" and number is not None:
        channel, how = (
            "call",
            f"They offer it by telephone, so the answer is a call to {number.international}.",
        )
    recipient = (
        route.recipient.address if route.recipient is not None and channel in {"email", "text"} else None
    )
    zone = number.zone if number else None
    unread = (
        "Its number could not be read ([reply] country reads numbers without a prefix)."
        if channel == "call" and number is None
        else ""
    )
    link = f"The link is {route.link} (never opened here)." if channel == "portal" and route.link else ""
    return Plan(
        channel=channel,
        intent=_INTENTS[turn.purpose],
        recipient=recipient,
        answers=case.message.message_id,
        reason=_sentences(turn.reason, how, unread, link, *_notes(case, channel)),
        gates=gates,
        suggested_send=when.suggested_send(case.message, case.now, zone),
        stale_after=when.stale_after(case.message, case.now, letter=channel == "letter"),
        purpose=turn.purpose,
        number=number.international if number and channel == "call" else None,
        zone=call.zone_name(zone) if zone and channel == "call" else None,
        link=route.link if channel == "portal" else None,
    )


def _proposal(case: Case, turn: Turn, gates: tuple[Gate, ...], person: Address, theirs: Message) -> Plan:
    """Propose to write to a person known from earlier mail, in their thread, instead of the address that nobody reads."""
    shown = f"{person.name} <{person.address}>" if person.name else person.address
    plan = Plan(
        channel="none",
        intent="none",
        recipient=None,
        answers=case.message.message_id,
        reason=_sentences(
            case.route.why,
            f"{shown} wrote to you earlier in this application: a draft to them is proposed.",
            *_notes(case, "email"),
        ),
        gates=gates,
        proposed=person.address,
        proposed_answers=theirs.message_id,
        proposed_purpose=turn.purpose,
        suggested_send=when.suggested_send(case.message, case.now),
        stale_after=when.stale_after(case.message, case.now, letter=False),
    )
    if not case.settings.ask_known_person:
        return plan
    made = accept_proposal(plan)
    return replace(
        made,
        reason=_sentences(
            turn.reason,
            case.route.why,
            f"{shown} wrote to you earlier in this application, so the draft goes to them.",
        ),
    )


def _may_propose(route: Route) -> bool:
    """Say whether the news came from an address that nobody reads, rather than through a platform or to a choice of people."""
    return route.channel in {"none", "portal"} and not route.person and not route.ask


def _known_person(case: Case) -> tuple[Address, Message] | None:
    """Return the person who last wrote to the candidate in this conversation, and that message, or None."""
    for other in sorted(
        (m for m in case.conversation if case.before(m) and m.message_id),
        key=lambda m: m.date or case.now,
        reverse=True,
    ):
        if not is_from_person(other, case.me):
            continue
        to, _ = target(other, case.origin, case.me)
        if (
            to is not None
            and addresses.is_personal(to)
            and addresses.is_writable(to)
            and not case.me.owns(to.address)
        ):
            return to, other
    return None


def _number(case: Case, route: Route) -> call.Number | None:
    """Return the number to call: of a voice message, or of an offer made by telephone alone."""
    country = addresses.place(case.message.from_[0].domain)
    region = route.region or case.settings.country or (country.region if country else None)
    if route.channel == "call":
        return call.find_number(route.number_text, region) or call.find_number(case.message.text, region)
    if not case.verdict.has_cue("feedback_offered"):
        return None
    offer = _offer(case)
    if not _BY_PHONE.search(offer) or _BY_MAIL.search(offer):
        return None
    return call.find_number(f"{offer}\n{case.message.signature}\n{case.message.text}", region)


def _offer(case: Case) -> str:
    """Return the sentence in which feedback is offered, and the one after it; the whole text where it cannot be told."""
    text = case.message.text
    for evidence in case.verdict.evidence:
        if evidence.part == "text" and "feedback-offered" in evidence.rule:
            begin = max(text.rfind(sign, 0, evidence.start) for sign in _SENTENCE_ENDS)
            return text[begin + 1 : _sentence_end(text, _sentence_end(text, evidence.end) + 1)]
    return text


def _sentence_end(text: str, start: int) -> int:
    return min((at for sign in _SENTENCE_ENDS if (at := text.find(sign, start)) >= 0), default=len(text))


def _notes(case: Case, channel: Channel) -> tuple[str, ...]:
    """Say what the candidate should know besides: the language, and what a letter lacks."""
    from mailhook.reply.letter import font_missing

    language, note = choose_language(case.message, case.verdict.language, case.settings.templates)
    missing = font_missing(language.code) if channel == "letter" else None
    return tuple(one for one in (note, missing) if one)


def _named_elsewhere(case: Case) -> str:
    """Name a person's address that stands in the text of a message that cannot be answered itself."""
    if case.route.channel not in {"none", "portal"}:
        return ""
    for spec in _ADDRESS.findall(f"{case.message.signature}\n{case.message.text}"):
        found = Address(address=spec.rstrip("."))
        if addresses.is_personal(found) and not case.me.owns(found.address):
            return f"The message names {found.address}, to whom you could write yourself."
    return ""


def _sentences(*parts: str) -> str:
    return " ".join(part.strip() for part in parts if part.strip())
