"""From a plan to the words of the answer: the greeting as theirs, the text of the purpose, the name as the person signs."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mailhook.errors import TemplateError
from mailhook.mail.message import Address, Me, Message
from mailhook.reply import texts
from mailhook.reply.addresses import is_dead, is_east_asian_name, is_personal, is_persons_name
from mailhook.reply.gates import CONTACT_STAGES
from mailhook.reply.greet import greeting, person, plausible_company, plausible_role
from mailhook.reply.language import Form, Language, choose_language, form_of_address
from mailhook.reply.letter import Letter, letter_of
from mailhook.reply.meeting import last_meeting
from mailhook.reply.plan import Plan, answered_message
from mailhook.reply.provenance import is_told, readable
from mailhook.reply.settings import ReplySettings
from mailhook.reply.tone import blocking, check_tone
from mailhook.verdict.verdict import Fact, Facts, Verdict

# At most so many characters by channel, whatever the language; how many words, a language says for itself. None where there is no such limit.
LIMITS: Mapping[str, int | None] = {"email": None, "text": 300, "portal": 1000, "letter": None, "call": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The words of an answer.

    `text` is all that the person will read, from greeting to name (or the script of a call). `values` are the words taken from the
    mailbox, by name. `letter` is what a printed letter needs besides, or None. `templates_folder` is the person's own folder of texts.
    """

    text: str
    language: str
    form: Form
    purpose: str
    values: tuple[tuple[str, str], ...] = ()
    letter: Letter | None = None
    templates_folder: str | None = None


def compose(
    plan: Plan,
    message: Message,
    verdict: Verdict,
    facts: Facts,
    *,
    me: Me,
    conversation: Sequence[Message] = (),
    settings: ReplySettings = ReplySettings(),  # noqa: B008 - frozen
) -> Text | None:
    """Return the words of the answer, or None where the plan is to write nothing.

    Raise TemplateError where a text is broken, does not pass the tone check, or cannot be made short enough.
    """
    if plan.channel == "none" or plan.intent == "none":
        return None
    answered = answered_message(plan, message, conversation)
    language, _ = choose_language(answered, verdict.language, settings.templates)
    form = form_of_address(answered, language, me)
    told = (answered, message, *conversation)
    facts = _told(_believable(facts, plan, answered), told)
    values = text_values(
        plan, message, verdict, facts, me=me, conversation=conversation, language=language, form=form
    )
    seed = message.message_id or message.fingerprint or message.subject
    body = _fitting(plan, language, values, seed=seed, settings=settings, form=form)
    _hold_tone(body, language, verdict, values, plan, thread=known_words(told, language, settings))
    return Text(
        text=body,
        language=language.code,
        form=form,
        purpose=plan.purpose,
        values=tuple(
            (name, values[name]) for name in MAILBOX_VALUES if values[name] and values[name] in body
        ),
        letter=letter_of(
            body,
            language,
            facts,
            role=values["role"],
            postal_address=settings.postal_address,
            country=settings.country,
        )
        if plan.channel == "letter"
        else None,
        templates_folder=settings.templates,
    )


# The values that come out of the mailbox; every other word of an answer stands in a template or is the person's name.
MAILBOX_VALUES = ("recruiter", "first", "company", "role", "day", "number", "greeting")


def text_values(
    plan: Plan,
    message: Message,
    verdict: Verdict,
    facts: Facts,
    *,
    me: Me,
    conversation: Sequence[Message],
    language: Language,
    form: Form,
) -> dict[str, Any]:
    """Return everything a template may name."""
    contact = verdict.stage in CONTACT_STAGES
    meeting = last_meeting(conversation, message) if contact else None
    who = person(facts)
    return {
        "purpose": plan.purpose,
        "channel": plan.channel,
        "stage": verdict.stage,
        "kind": verdict.kind or "not_selected",
        "formal": form == "formal",
        "contact": contact,
        "indirect": _indirect(plan),
        "no_feedback": verdict.has_cue("no_feedback") or verdict.has_cue("no_inquiry"),
        "thanked": meeting is not None and _wrote_after(conversation, me, meeting.end, message),
        "day": language.say_date(language.day, meeting.start) if meeting else "",
        "role": plausible_role(facts.role.value if facts.role else "", language),
        "company": plausible_company(facts.company.value if facts.company else "", language),
        "recruiter": who.name,
        "first": who.first,
        "me": me.name,
        "greeting": greeting(answered_message(plan, message, conversation), facts, language, form),
        "number": plan.number or "",
        "my_number": "",
        "zone": plan.zone or "",
    }


def _fitting(
    plan: Plan,
    language: Language,
    values: Mapping[str, Any],
    *,
    seed: str,
    settings: ReplySettings,
    form: Form,
) -> str:
    """Return the text, with the long words from the mailbox left out where they would make it too long for its channel."""
    values = {**values, "my_number": settings.phone or ""}
    body = ""
    for left_out in ((), ("company",), ("company", "day"), ("company", "role", "day")):
        shorter = {**values, **dict.fromkeys(left_out, "")}
        body = _whole(plan, language, shorter, seed=seed, templates=settings.templates, form=form)
        if fits(body, plan.channel, language):
            return body
    raise TemplateError(
        f"{language.code}: the text for {plan.purpose} by {plan.channel} is too long "
        f"({language.length.of(body)} {language.length.unit} as the language counts, {len(body)} characters in all); shorten it"
    )


def fits(body: str, channel: str, language: Language) -> bool:
    """Say whether a text is short enough for its channel."""
    most, characters = language.length.most(channel), LIMITS[channel]
    return (most is None or language.length.of(body) <= most) and (
        characters is None or len(body) <= characters
    )


def _whole(
    plan: Plan, language: Language, values: Mapping[str, Any], *, seed: str, templates: str | None, form: Form
) -> str:
    def part(name: str) -> str:
        return texts.render(language, f"{name}.j2", values, seed=seed, templates=templates)

    match plan.channel:
        case "text":
            return part("text")
        case "call":
            return f"{part('call')}\n\n{part('voicemail')}"
    closings = language.closings.get(form) or language.closings[language.default]
    closing = closings[
        int.from_bytes(hashlib.sha256(f"{seed}\nclosing".encode()).digest()[:8]) % len(closings)
    ]
    return f"{values['greeting']}\n\n{part(plan.purpose)}\n\n{closing}\n{values['me']}"


def _hold_tone(
    body: str, language: Language, verdict: Verdict, values: Mapping[str, Any], plan: Plan, *, thread: str
) -> None:
    named = tuple(str(values[name]) for name in (*MAILBOX_VALUES, "me", "zone") if values[name])
    found = blocking(check_tone(body, language.code, stage=verdict.stage, names=named, thread=thread))
    if found:
        worst = found[0]
        raise TemplateError(
            f'{language.code}/{plan.purpose}.j2: "{worst.quote}" {worst.why}; nothing was drafted with it ({worst.better})'
        )


def known_words(messages: Sequence[Message], language: Language, settings: ReplySettings) -> str:
    """Return all that an answer may name: what stands in the messages, and what the person wrote in their own texts."""
    folder = Path(settings.templates).expanduser() if settings.templates else None
    files = (file for code in language.folders if folder for file in sorted((folder / code).glob("*.j2")))
    return readable(messages) + "".join(f"\n{file.read_text(encoding='utf-8')}" for file in files)


def _told(facts: Facts, messages: Sequence[Message]) -> Facts:
    """Return the facts without the names that stand literally in none of the messages."""
    return replace(
        facts,
        **{
            name: fact if fact is not None and is_told(fact, messages) else None
            for name, fact in (
                ("company", facts.company),
                ("role", facts.role),
                ("recruiter", facts.recruiter),
            )
        },
    )


def _indirect(plan: Plan) -> bool:
    """Say whether the answer goes to a person known from earlier mail, who did not send the news."""
    return plan.proposed is not None and plan.recipient == plan.proposed


def _believable(facts: Facts, plan: Plan, message: Message) -> Facts:
    """Return the facts without what only names the system that carried the message, and with the person of an accepted proposal."""
    company, recruiter = facts.company, facts.recruiter
    sender = message.from_[0] if message.from_ else None
    if _indirect(plan) and sender is not None:
        known = is_persons_name(sender.name)
        recruiter = Fact(value=sender.name, source=message.message_id, part="from") if known else None
    elif recruiter is not None and recruiter.part == "from" and sender is not None and is_dead(sender):
        recruiter = None
    elif recruiter is None and sender is not None and is_east_asian_name(sender.name) and is_personal(sender):
        recruiter = Fact(value=sender.name, source=message.message_id, part="from")
    if company is not None and sender is not None:
        writer = sender.name.partition(" via ")[0]
        alone = plan.channel in {"text", "portal"} or _signs_its_address(writer, sender)
        if alone and company.value == writer and is_persons_name(writer) and not is_dead(sender):
            recruiter, company = recruiter or replace(company, part="from"), None
    if company is not None and (
        (company.part == "from" and plan.channel in {"call", "letter", "text"})
        or (recruiter is not None and company.value == recruiter.value)
    ):
        company = None
    return replace(facts, company=company, recruiter=recruiter)


def _signs_its_address(name: str, sender: Address) -> bool:
    """Say whether an address is one person's by that name: `sanne.bakker@` of "Sanne Bakker", and no `hello@` of a firm."""
    words = [word.casefold() for word in name.split() if len(word) > 1]
    return any(word in sender.local and word not in sender.domain for word in words)


def _wrote_after(conversation: Sequence[Message], me: Me, moment: datetime, message: Message) -> bool:
    return any(
        other.date is not None
        and other.date > moment
        and (message.date is None or other.date < message.date)
        and any(me.owns(a.address) for a in other.from_)
        for other in conversation
    )
