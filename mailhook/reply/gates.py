"""The gates an answer passes, in order: each says in words why it lets the answer through, stops it, or changes it.

The stops come first: behind one of them nothing is written at all. Then the turns: the first that applies decides
what the answer is about.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from mailhook.mail.message import Me, Message
from mailhook.mail.origin import Origin
from mailhook.reply import addresses
from mailhook.reply.channel import Route
from mailhook.reply.settings import ReplySettings
from mailhook.verdict.verdict import Facts, Verdict

Purpose = Literal["feedback", "accept", "given", "thanks", "keep_in_touch", "none"]
CONTACT_STAGES = frozenset({"screen", "assessment", "interview", "final"})


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the ledger remembers that bears on this answer.

    `asked_in_thread` and `asked_company` say when a draft that asks was last made there; `same_news` is the msg-id of a message
    of the last 14 days that brought the same news (company and role) and has a draft.
    """

    asked_in_thread: datetime | None = None
    asked_company: datetime | None = None
    same_news: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate that was tried: its name, whether it stopped or changed the answer, and why in words."""

    name: str
    closed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a gate may look at."""

    message: Message
    verdict: Verdict
    facts: Facts
    me: Me
    origin: Origin
    conversation: Sequence[Message]
    history: History
    settings: ReplySettings
    now: datetime
    route: Route

    @property
    def contact(self) -> bool:
        """Say whether a person ever dealt with the candidate: the stage shows it, they called or texted, or both wrote to each other."""
        return (
            self.verdict.stage in CONTACT_STAGES
            or self.route.channel in {"call", "text"}
            or self.corresponded
        )

    @property
    def corresponded(self) -> bool:
        """Say whether the candidate wrote to this conversation after a person had written to them."""
        people = [
            m
            for m in self.conversation
            if is_from_person(m, self.me) and m.message_id != self.message.message_id
        ]
        mine = [m for m in self.conversation if is_from(m, self.me)]
        return any(
            own.date and other.date and own.date > other.date and self.before(own)
            for own in mine
            for other in people
        )

    @property
    def named_human(self) -> bool:
        """Say whether a named person wrote it: a name is signed, and the answer goes to somebody's own address."""
        to = self.route.recipient
        if to is None:
            return self.route.channel in {"call", "letter"} or (
                self.route.person and self.facts.recruiter is not None
            )
        firm = self.facts.company.value.casefold() if self.facts.company else None
        own_name = addresses.is_persons_name(to.name) and (firm is None or firm not in to.name.casefold())
        named = self.facts.recruiter is not None or own_name
        return (
            named
            and not self.origin.machine
            and (addresses.is_personal(to) or self.facts.recruiter is not None)
        )

    def before(self, other: Message) -> bool:
        """Say whether another message is older than the one to answer."""
        return other.date is not None and (self.message.date is None or other.date < self.message.date)


def is_from(message: Message, me: Me) -> bool:
    """Say whether the candidate wrote a message."""
    return any(me.owns(a.address) for a in message.from_)


def is_from_person(message: Message, me: Me) -> bool:
    """Say whether a message comes from somebody else's own, answerable address."""
    return (
        len(message.from_) == 1
        and not is_from(message, me)
        and addresses.is_personal(message.from_[0])
        and (message.header("Auto-Submitted") or "no").lower().startswith("no")
        and message.header("List-Id") is None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a turn makes of the answer, and why."""

    purpose: Purpose
    reason: str


Stop = Callable[[Case], str | None]
Turning = Callable[[Case], Turn | None]


def _not_a_rejection(case: Case) -> str | None:
    match case.verdict.label:
        case "rejection":
            return None
        case "uncertain":
            return "It is not certain that this is a rejection, so it is shown and not answered."
    return "It is not a rejection."


def _own(case: Case) -> str | None:
    if is_from(case.message, case.me) and case.route.channel != "letter":
        return "You wrote it yourself."
    return None


def _bounce(case: Case) -> str | None:
    return "It reports that a message could not be delivered." if case.origin.bounce else None


def _auto_reply(case: Case) -> str | None:
    return "It is an automatic reply, such as an absence note." if case.origin.auto_reply else None


def _list(case: Case) -> str | None:
    return "It came through a mailing list." if case.origin.list else None


def _many(case: Case) -> str | None:
    return "It was sent to many people at once." if case.origin.many_recipients else None


def _money(case: Case) -> str | None:
    found = next((m for p in _money_patterns() if (m := p.search(case.message.text))), None)
    return f'It asks for money ("{found[0]}"), as no employer does: take care.' if found else None


def _forwarded(case: Case) -> str | None:
    return "Somebody forwarded it; it was not written to you." if case.message.forwarded else None


def _sender(case: Case) -> str | None:
    if len(case.message.from_) != 1:
        return "It does not have exactly one sender."
    broken = [defect for defect in case.message.defects if defect.startswith(("from:", "reply-to:"))]
    return "The sender's address is malformed, as in forged mail." if broken else None


def _spoofed(case: Case) -> str | None:
    if case.origin.dmarc == "fail":
        return "Your mail provider found that it does not come from the domain it names (DMARC failed): take care, it may be forged."
    return None


def _misdirected(case: Case) -> str | None:
    fact = case.facts.candidate
    if fact is None or _same_person(fact.value, case.me.name):
        return None
    return f'It greets somebody else ("{fact.value}"), so it may not be meant for you.'


def _withdrawn(case: Case) -> str | None:
    return "It confirms that you withdrew or declined." if case.verdict.has_cue("withdrawn") else None


def _answered(case: Case) -> str | None:
    mine = (m for m in case.conversation if is_from(m, case.me))
    own_id = case.message.message_id
    for other in mine:
        if own_id is not None and own_id in (*other.in_reply_to, *other.references):
            return "You have already answered it, or a draft of yours stands there."
        if other.date is not None and case.message.date is not None and other.date > case.message.date:
            return "You have written in this conversation since."
    return None


def _asked_here(case: Case) -> str | None:
    if case.history.asked_in_thread is None:
        return None
    return f"A question was already drafted in this conversation on {case.history.asked_in_thread:%Y-%m-%d}."


def _same_news(case: Case) -> str | None:
    return "Another message brought the same news and has its draft." if case.history.same_news else None


def _asked_company(case: Case) -> str | None:
    asked, months = case.history.asked_company, case.settings.ask_again_after_months
    if asked is None or case.now - asked > timedelta(days=30.44 * months):
        return None
    if case.verdict.has_cue("feedback_offered") or case.verdict.has_cue("feedback_given"):
        return None
    return f"This company was already asked on {asked:%Y-%m-%d}, less than {months} months ago."


def _custom(case: Case) -> str | None:
    if case.verdict.language.startswith("ja") and not case.settings.answer_japanese:
        return "Japanese custom leaves such news unanswered ([reply] answer_japanese changes that)."
    return None


def _cancelled_meeting(case: Case) -> str | None:
    cancels = any(re.search(r"(?im)^METHOD:CANCEL\b", text) for text in case.message.calendars)
    if cancels and not case.message.text.strip():
        return "It only takes a meeting off the calendar, which is no rejection: wait for word."
    return None


def _unanswerable(case: Case) -> str | None:
    return case.route.why if case.route.channel == "none" else None


STOPS: tuple[tuple[str, Stop, str], ...] = (
    ("calendar", _cancelled_meeting, "It is more than a cancelled meeting."),
    ("rejection", _not_a_rejection, "It is a rejection."),
    ("own", _own, "Somebody else wrote it."),
    ("bounce", _bounce, "It is no delivery report."),
    ("auto_reply", _auto_reply, "It is no automatic reply."),
    ("list", _list, "It is no list mail."),
    ("many", _many, "It was not sent to a crowd."),
    ("forwarded", _forwarded, "It was not forwarded."),
    ("sender", _sender, "It has one well-formed sender."),
    ("spoofed", _spoofed, "Nothing shows that the sender is forged."),
    ("money", _money, "It asks for no money."),
    ("misdirected", _misdirected, "It does not greet anybody else."),
    ("withdrawn", _withdrawn, "You did not withdraw."),
    ("answered", _answered, "You have not answered it yet."),
    ("asked_here", _asked_here, "Nothing was asked in this conversation yet."),
    ("same_news", _same_news, "No other message with a draft brought this news."),
    ("asked_company", _asked_company, "This company was not asked lately."),
    ("custom", _custom, "No custom speaks against an answer."),
    ("unanswerable", _unanswerable, "There is a way to answer."),
)


def _offered(case: Case) -> Turn | None:
    if not case.verdict.has_cue("feedback_offered") or case.verdict.has_cue("feedback_given"):
        return None
    return Turn(purpose="accept", reason="They offer feedback, so the answer accepts the offer.")


def _given(case: Case) -> Turn | None:
    if not case.verdict.has_cue("feedback_given"):
        return None
    return Turn(
        purpose="given", reason="They already gave feedback, so the answer thanks for that and asks nothing."
    )


def _closed(case: Case) -> Turn | None:
    if case.verdict.kind != "closed":
        return None
    if not case.contact and not case.named_human:
        return Turn(purpose="none", reason="The role was closed before anybody dealt with your application.")
    return Turn(
        purpose="keep_in_touch",
        reason="The role was closed and nobody decided about you, so the answer keeps in touch and asks nothing.",
    )


def _japanese(case: Case) -> Turn | None:
    if not case.verdict.language.startswith("ja"):
        return None
    return Turn(purpose="thanks", reason="By Japanese custom the answer thanks and asks nothing.")


def _no_inquiry(case: Case) -> Turn | None:
    if not case.verdict.has_cue("no_inquiry"):
        return None
    if case.contact or (case.named_human and case.settings.thank_without_contact):
        return Turn(
            purpose="thanks", reason="They ask not to be questioned about it, so the answer only thanks."
        )
    return Turn(
        purpose="none", reason="They ask not to be questioned about it, and nobody dealt with you in person."
    )


def _no_feedback(case: Case) -> Turn | None:
    if not case.verdict.has_cue("no_feedback"):
        return None
    if case.contact or (case.named_human and case.settings.thank_without_contact):
        return Turn(
            purpose="thanks",
            reason="They give no individual feedback, so the answer thanks and asks nothing.",
        )
    return Turn(
        purpose="none", reason="They give no individual feedback, and nobody dealt with you in person."
    )


def _contact(case: Case) -> Turn | None:
    if case.contact:
        return None
    unknown = (
        " The stage is not known, so it is treated as an application."
        if case.verdict.stage == "unknown"
        else ""
    )
    if not case.named_human:
        return Turn(
            purpose="none",
            reason=f"Nobody ever dealt with you in person, so there is nobody to ask.{unknown}",
        )
    if case.settings.ask_at_application:
        return Turn(
            purpose="feedback", reason=f"A person wrote to you, and you chose to ask even so early.{unknown}"
        )
    if case.settings.thank_without_contact:
        return Turn(
            purpose="thanks",
            reason=f"A person wrote, but nobody had spoken with you, so the answer thanks and asks nothing.{unknown}",
        )
    return Turn(
        purpose="none",
        reason=f"A person wrote, but nobody had spoken with you, and you chose not to answer then.{unknown}",
    )


def _feedback(case: Case) -> Turn | None:
    stage = {
        "screen": "after a first conversation",
        "assessment": "after your exercise",
        "interview": "after an interview",
        "final": "after the final round",
    }.get(case.verdict.stage)
    if stage is None:
        spoken = {"call": "by phone", "text": "by text message"}
        stage = spoken.get(case.route.channel, "after you had written to each other")
    return Turn(
        purpose="feedback", reason=f"The news came {stage}, so the answer thanks and asks one open question."
    )


TURNS: tuple[tuple[str, Turning, str], ...] = (
    ("offered", _offered, "No feedback is offered."),
    ("given", _given, "No feedback is given yet."),
    ("closed", _closed, "The role was not closed."),
    ("custom_thanks", _japanese, "No custom asks for thanks only."),
    ("no_inquiry", _no_inquiry, "They do not ask to be left in peace."),
    ("no_feedback", _no_feedback, "They do not refuse feedback."),
    ("contact", _contact, "Somebody dealt with you in person."),
    ("stage", _feedback, ""),
)


@lru_cache(maxsize=1)
def _money_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in addresses.tables()["money"]["patterns"])


def _same_person(greeted: str, mine: str) -> bool:
    """Say whether the name greeted may be the candidate's: a name in common, or the beginning of one (Alex, Alexander)."""
    theirs, own = _folded(greeted), _folded(mine)
    if not theirs or not own:
        return True
    return any(
        a == b or (len(min(a, b, key=len)) >= 3 and (a.startswith(b) or b.startswith(a)))
        for a in theirs
        for b in own
    )


def _folded(name: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return [word for word in re.split(r"[^\w]+", plain.replace("ß", "ss")) if len(word) > 1]
