"""From a message to its verdict.

The test is: does the new text name another person as chosen, or state a decision already taken about the reader? The
lexicon's shapes find such statements (`rules`); their own clause may take them back (`standing`); the rest of the message
adds to them or speaks against them (`weigh`). Every step is a piece of evidence with its weight, and the score is the sum.
"""

from collections.abc import Iterable, Sequence

from mailhook.mail.message import Me, Message
from mailhook.verdict.case import JUDGED, STATED, Case, distinct
from mailhook.verdict.language import UNKNOWN, language_of
from mailhook.verdict.platforms import Notice, platforms
from mailhook.verdict.rules import OWN, Hit, Reading, decisions, own_phrases
from mailhook.verdict.settings import Phrase
from mailhook.verdict.stage import ORDER, read_stage
from mailhook.verdict.standing import standing
from mailhook.verdict.verdict import Evidence, Kind, Label, Verdict
from mailhook.verdict.weigh import (
    JOB,
    JOB_TO_MOOD,
    MOST_MOOD,
    OPEN,
    REJECTION,
    UNCERTAIN,
    mood,
    weigh_against,
    weigh_decisions,
    weigh_origin,
    weigh_subject_matter,
    weigh_words,
    words_of,
)

__all__ = ["REJECTION", "UNCERTAIN", "Judge"]

TOO_SHORT_TO_TELL = 200  # characters
_SCREENED = (*JUDGED, "footer", "quoted")
_CUES = ("no_inquiry", "no_feedback", "feedback_offered", "feedback_given", "unmonitored")


class Judge:
    """Judges messages by the lexicon and the person's own phrases."""

    def __init__(self, phrases: Sequence[Phrase] = ()) -> None:
        self._own = own_phrases(phrases) if phrases else None

    def screen(self, message: Message) -> bool:
        """Say quickly whether the message can be anything but `other`. It loses nothing: `judge` begins with the same question."""
        found = self._decisions(Reading(message), _SCREENED)
        notices = platforms().notices_in(message)
        return _bound(found, notices, words_of(message)) >= UNCERTAIN

    def judge(
        self, message: Message, *, conversation: Sequence[Message] = (), me: Me | None = None
    ) -> Verdict:
        """Give the verdict on a message; `conversation` are earlier messages of the application, `me` whose mail it is."""
        reading = Reading(message)
        found = self._decisions(reading, JUDGED)
        notices = platforms().notices_in(message)
        words = words_of(message)
        if _bound(found, notices, words) < UNCERTAIN:
            return _other(message, found)
        found = [hit for hit in found if _is_spoken(message, hit)]
        case = Case(message, reading, found, notices, self._own)
        live = standing(case)
        weigh_decisions(case, live)
        weigh_words(case, live, words)
        weigh_subject_matter(case, live)
        weigh_against(case, live)
        weigh_origin(case, me)
        label = _label(case.score)
        score = case.score
        stages = distinct(case.of(*(f"stage.{stage}" for stage in ORDER), parts=(*JUDGED, "quoted")))
        cues = _cues(case, stages)
        return Verdict(
            label=label,
            score=score,
            evidence=tuple(case.evidence),
            language=case.language,
            stage=read_stage(message, stages, conversation, me, case.language),
            kind=None if label == "other" else _kind(live),
            cues=cues,
        )

    def _decisions(self, reading: Reading, parts: Iterable[str]) -> list[Hit]:
        found = reading.hits(decisions(), parts)
        if self._own is not None:
            found += [hit for hit in reading.hits(self._own, parts) if hit.shape.weight > 0]
        return found


def _is_spoken(message: Message, hit: Hit) -> bool:
    """Say whether the words of a shape may be meant in its language: the message is in it, or the line is, or it is too short to tell."""
    text = message.part(hit.part)
    code = hit.shape.language
    if code == OWN or len(text) < TOO_SHORT_TO_TELL or language_of(text) in (code, UNKNOWN):
        return True
    start, end = text.rfind("\n", 0, hit.start) + 1, text.find("\n", hit.end)
    return language_of(text[start : end if end >= 0 else len(text)]) in (code, UNKNOWN)


def _bound(found: Iterable[Hit], notices: Iterable[Notice], words: float) -> float:
    """Return a score that no weighing of these can exceed."""
    stated = {hit.shape.name: hit.shape.weight for hit in found if hit.shape.role in STATED}
    felt = {hit.shape.name: hit.shape.weight for hit in found if hit.shape.role == "weak"}
    said = sum(stated.values()) + sum(notice.weight for notice in notices)
    bound = (
        said
        + min(sum(felt.values()), MOST_MOOD)
        + (JOB if said or words > 0 else JOB_TO_MOOD)
        + max(words, 0.0)
    )
    return max(bound, OPEN) if any(hit.shape.role == "reserve" for hit in found) else bound


def _other(message: Message, found: Iterable[Hit]) -> Verdict:
    """The verdict on a message that states nothing: what mood it has is shown, and is not enough."""
    evidence = tuple(
        Evidence(
            rule=hit.shape.name,
            part=hit.part,
            start=hit.start,
            end=hit.end,
            quote=message.part(hit.part)[hit.start : hit.end],
            weight=weight,
        )
        for hit, weight in mood(found)
    )
    return Verdict(
        label="other",
        score=sum(each.weight for each in evidence),
        evidence=evidence,
        language=language_of(message.text or message.subject),
    )


def _label(score: float) -> Label:
    if score >= REJECTION:
        return "rejection"
    return "uncertain" if score >= UNCERTAIN else "other"


def _kind(live: Sequence[Hit]) -> Kind:
    """`filled` where somebody else has it; `closed` where nobody was chosen; else the reader was not selected."""
    kinds = {hit.shape.kind for hit in live}
    if "filled" in kinds:
        return "filled"
    return "closed" if "closed" in kinds else "not_selected"


def _cues(case: Case, stages: Sequence[Hit]) -> tuple[str, ...]:
    """Name what the answer depends on, each with its evidence put on the scale at no weight."""
    names: list[str] = []
    for role in _CUES:
        hits = case.of(role, parts=(*JUDGED, "footer"))
        if role == "feedback_offered":  # "we can give no feedback" reads like an offer
            refused = case.of("no_feedback", parts=(*JUDGED, "footer"))
            hits = [hit for hit in hits if not any(_overlap(hit, other) for other in refused)]
        if hits:
            case.add(hits[0], 0.0)
            names.append(role)
    weighed = {each.rule for each in case.evidence}
    if any(hit.shape.role == "withdrawal" and hit.shape.name in weighed for hit in case.context):
        names.append("withdrawn")
    for hit in stages:
        case.add(hit, 0.0)
    return (*names, *sorted({hit.shape.role for hit in stages}))


def _overlap(one: Hit, other: Hit) -> bool:
    return one.part == other.part and one.start < other.end and other.start < one.end
