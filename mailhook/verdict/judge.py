"""From a message to its verdict.

The test is: does the new text name another person as chosen, or state a decision already taken about the reader? The
lexicon's shapes find such statements; their clause may take them back ("if", "not yet", somebody else's); the rest of the
message may speak against them. Every step is a piece of evidence with its weight, and the score is the sum of the weights.

Labels, in points: `rejection` from `REJECTION`, `uncertain` from `UNCERTAIN`, else `other`. A statement that is only made of
job applications has 4, one that is also made elsewhere 2.5, and the subject being a job adds 1.5; so either is a rejection
where the message is about a job. Whatever offers or asks something new brings the score below `REJECTION`, whatever it was:
answering a live application is the worst error.
"""

from collections.abc import Iterable, Sequence

from mailhook.mail.message import Me, Message
from mailhook.mail.origin import origin
from mailhook.verdict.language import UNKNOWN, language_of
from mailhook.verdict.platforms import Notice, platforms
from mailhook.verdict.rules import Hit, Reading, context, decisions, own_phrases
from mailhook.verdict.scope import REACH, Stretch, Text
from mailhook.verdict.settings import Phrase
from mailhook.verdict.shapes import languages
from mailhook.verdict.stage import read_stage
from mailhook.verdict.verdict import Evidence, Kind, Label, Verdict

REJECTION = 3.5
UNCERTAIN = 2.0

# A statement counts in full once; each further one confirms it a little, and mood never decides.
CONFIRMS = 0.5
MOST_CONFIRMING = 1.0
MOST_WEAK = 2.5
JOB = 1.5
JOB_FOR_MOOD = 0.5
JOB_AT_LEAST = 0.5
JOB_SURELY = 0.75
STRONG = 4.0
PLAIN = 3.0
# By so much must another domain's words outweigh the job's before they take the verdict away altogether.
FOREIGN_MARGIN = 1.0

_JUDGED = ("subject", "text", "signature")
_SCREENED = (*_JUDGED, "footer", "quoted")
_CUES = ("no_inquiry", "no_feedback", "feedback_offered", "feedback_given", "unmonitored")
_AGAINST = ("acknowledgement", "undecided", "incomplete", "withdrawal")
_DOUBT = ("next_step", "offer")
_TAKES_BACK = ("conditional", "negating", "someone_else", "unless")
_STATED = ("strong", "likely")


class Judge:
    """Judges messages by the lexicon and the person's own phrases."""

    def __init__(self, phrases: Sequence[Phrase] = ()) -> None:
        self._own = own_phrases(phrases) if phrases else None

    def screen(self, message: Message) -> bool:
        """Say quickly whether the message can be anything but `other`. It loses nothing: `judge` begins with the same question."""
        return (
            _bound(self._decisions(Reading(message), _SCREENED), platforms().notices_in(message)) >= UNCERTAIN
        )

    def judge(
        self, message: Message, *, conversation: Sequence[Message] = (), me: Me | None = None
    ) -> Verdict:
        """Give the verdict on a message; `conversation` are earlier messages of the same application, `me` the person whose mail it is."""
        reading = Reading(message)
        found = self._decisions(reading, _JUDGED)
        notices = platforms().notices_in(message)
        if _bound(found, notices) < UNCERTAIN:
            return _other(message, found)
        return _Case(message, reading, found, notices, self._own).verdict(conversation, me)

    def _decisions(self, reading: Reading, parts: Iterable[str]) -> list[Hit]:
        found = reading.hits(decisions(), parts)
        if self._own is not None:
            found += [hit for hit in reading.hits(self._own, parts) if hit.shape.weight > 0]
        return found


def _bound(found: Iterable[Hit], notices: Iterable[Notice]) -> float:
    """Return a score that no weighing of these can exceed."""
    if any(hit.shape.role == "reserve" for hit in found):
        return REJECTION
    weights = {hit.shape.name: hit.shape.weight for hit in found if hit.shape.role in _STATED}
    mood = {hit.shape.name: hit.shape.weight for hit in found if hit.shape.role == "weak"}
    stated = sum(weights.values()) + sum(notice.weight for notice in notices)
    felt = min(sum(mood.values()), MOST_WEAK)
    return stated + felt + (JOB if stated else JOB_FOR_MOOD)


def _evidence(message: Message, hit: Hit, weight: float, rule: str | None = None) -> Evidence:
    quote = message.part(hit.part)[hit.start : hit.end]
    return Evidence(
        rule=rule or hit.shape.name, part=hit.part, start=hit.start, end=hit.end, quote=quote, weight=weight
    )


def _other(message: Message, found: Iterable[Hit]) -> Verdict:
    """The verdict on a message that states nothing: what mood it has is shown, and is not enough."""
    evidence = tuple(_evidence(message, hit, weight) for hit, weight in _mood(found, MOST_WEAK))
    language = language_of(message.text or message.subject)
    return Verdict(
        label="other", score=sum(each.weight for each in evidence), evidence=evidence, language=language
    )


def _mood(found: Iterable[Hit], most: float) -> list[tuple[Hit, float]]:
    """Weigh the weak shapes, each once, up to a limit."""
    weighed: list[tuple[Hit, float]] = []
    seen: list[Hit] = []
    for hit in sorted(found, key=lambda hit: -hit.shape.weight):
        if hit.shape.role != "weak" or most <= 0 or any(_same(hit, each) for each in seen):
            continue
        seen.append(hit)
        weighed.append((hit, min(hit.shape.weight, most)))
        most -= hit.shape.weight
    return weighed


def _same(hit: Hit, other: Hit) -> bool:
    """Whether two hits are of one shape, or of one place."""
    overlap = hit.part == other.part and hit.start < other.end and other.start < hit.end
    return overlap or hit.shape.name == other.shape.name


class _Case:
    """The weighing of one message."""

    def __init__(
        self, message: Message, reading: Reading, found: list[Hit], notices: list[Notice], own: object
    ) -> None:
        self.message = message
        self.reading = reading
        self.found = found
        self.notices = notices
        self.evidence: list[Evidence] = []
        self._about_job = False
        hints = tuple(hit.shape.language for hit in found if hit.shape.role in _STATED)
        self.language = language_of(message.text or message.subject, hints)
        codes = list(dict.fromkeys([self.language, *hints]))
        self.context = [
            hit
            for code in codes
            for hit in reading.hits(context(code), (*_JUDGED, "footer", "from", "quoted"))
        ]
        turns = [
            word for code in codes if code in languages() for word in languages()[code].words.get("turn", ())
        ]
        self.texts = {part: Text(reading.masked(part).text, turns) for part in _JUDGED if message.part(part)}

    @property
    def score(self) -> float:
        return sum(each.weight for each in self.evidence)

    def add(self, hit: Hit, weight: float, rule: str | None = None) -> None:
        """Put a piece of evidence in the scale."""
        self.evidence.append(_evidence(self.message, hit, weight, rule))

    def verdict(self, conversation: Sequence[Message], me: Me | None) -> Verdict:
        """Weigh everything, in the order in which it is told."""
        live = self._live()
        self._weigh_decisions(live)
        self._weigh_subject_matter(live)
        self._weigh_against(live)
        self._weigh_origin(me)
        label = self._label()
        cues, stage_hits = self._cues()
        stage = read_stage(self.message, stage_hits, conversation, me)
        for hit in stage_hits:
            self.add(hit, 0.0)
        return Verdict(
            label=label,
            score=self.score,
            evidence=tuple(self.evidence),
            language=self.language,
            stage=stage,
            kind=self._kind(live) if label != "other" else None,
            cues=cues,
        )

    def _of(self, *roles: str, parts: Sequence[str] = _JUDGED) -> list[Hit]:
        return [hit for hit in self.context if hit.shape.role in roles and hit.part in parts]

    def _live(self) -> list[Hit]:
        """Return the decisions that stand, the heaviest of overlapping ones; those taken back are shown with what does so."""
        scopes = [
            (hit, self.texts[hit.part].rest_of_clause(hit.start, hit.end)) for hit in self._of(*_TAKES_BACK)
        ]
        stated = [hit for hit in self.found if hit.shape.role in _STATED]
        kept: list[Hit] = []
        for hit in sorted(stated, key=lambda hit: (-hit.shape.weight, hit.start - hit.end)):
            if any(
                hit.part == other.part and hit.start < other.end and other.start < hit.end for other in kept
            ):
                continue
            because = self._taken_back(hit, scopes)
            if because is None:
                kept.append(hit)
            else:
                self.add(hit, hit.shape.weight)
                self.evidence.append(
                    Evidence(
                        rule=because.rule,
                        part=because.part,
                        start=because.start,
                        end=because.end,
                        quote=because.quote,
                        weight=-hit.shape.weight,
                    )
                )
        return kept

    def _taken_back(self, hit: Hit, scopes: Sequence[tuple[Hit, Stretch]]) -> Evidence | None:
        """Return what takes a decision back: a condition, a negation, quotation marks, a question, or nothing."""
        for governing, reach in scopes:
            if governing.shape.role == "unless":
                whole = self.texts[hit.part].sentence(hit.start)
                if governing.part == hit.part and hit.end <= governing.start < min(
                    whole.end, hit.end + REACH
                ):
                    return _evidence(self.message, governing, 0.0)
                continue
            if (
                governing.part == hit.part
                and hit.end > governing.start
                and reach.overlaps(hit.start, hit.end)
                and hit.start >= governing.start
            ):
                return _evidence(self.message, governing, 0.0)
        text = self.texts[hit.part]
        for quoted in text.quoted:
            if quoted.start <= hit.start and hit.end <= quoted.end:
                return self._mark(hit.part, quoted.start, quoted.end, "quotation")
        if (
            text.is_question(hit.end - 1)
            and text.rest_of_clause(hit.start, hit.end).end == text.sentence(hit.end - 1).end
        ):
            whole = text.sentence(hit.end - 1)
            place = text.text.rindex("?", whole.start, whole.end)
            return self._mark(hit.part, place, place + 1, "question")
        return None

    def _mark(self, part: str, start: int, end: int, rule: str) -> Evidence:
        quote = self.message.part(part)[start:end]
        return Evidence(rule=rule, part=part, start=start, end=end, quote=quote, weight=0.0)

    def _weigh_decisions(self, live: Sequence[Hit]) -> None:
        """The heaviest decision counts in full, others of other shapes confirm it; then notices, then mood."""
        room = MOST_CONFIRMING
        seen: set[str] = set()
        for hit in live:
            if hit.shape.name in seen:
                continue
            weight = min(CONFIRMS, room) if seen else hit.shape.weight
            room -= CONFIRMS if seen else 0
            seen.add(hit.shape.name)
            if weight > 0:
                self.add(hit, weight)
        for notice in self.notices:
            start = self.message.part(notice.part).index(notice.words)
            weight = (
                0.0 if any(each.rule.startswith("linkedin.") for each in self.evidence) else notice.weight
            )
            mark = self._mark(notice.part, start, start + len(notice.words), notice.rule)
            self.evidence.append(
                Evidence(
                    rule=mark.rule,
                    part=mark.part,
                    start=mark.start,
                    end=mark.end,
                    quote=mark.quote,
                    weight=weight,
                )
            )
        for hit, weight in _mood(self.found, MOST_WEAK):
            self.add(hit, weight)

    def _weigh_subject_matter(self, live: Sequence[Hit]) -> None:
        """A job adds to what was stated; another domain that outweighs it takes it away."""
        parts = (*_JUDGED, "from", "quoted")
        job, foreign = _distinct(self._of("job", parts=parts)), _distinct(self._of("foreign", parts=parts))
        about_job = sum(hit.shape.weight for hit in job) + self._from_ats()
        about_job += 0.5 if any(hit.shape.role.startswith("stage.") for hit in self.context) else 0.0
        about_other = sum(hit.shape.weight for hit in foreign)
        self._about_job = about_job > about_other
        if self.score <= 0 or self.notices:
            return
        if about_other > about_job:
            heaviest = max(foreign, key=lambda hit: hit.shape.weight)
            if about_other >= about_job + FOREIGN_MARGIN:
                self.add(heaviest, -self.score)
            else:
                self._doubt(heaviest, 0.0)
            return
        if about_job >= JOB_AT_LEAST:
            weight = min(JOB, about_job + 0.5) if self._stated else JOB_FOR_MOOD
            if job:
                self.add(max(job, key=lambda hit: hit.shape.weight), weight)
            elif self._from_ats():
                self.evidence.append(self._sender("sender.job-platform", weight))
        surest = max((hit.shape.weight for hit in live), default=0.0)
        if surest >= STRONG or not live:
            return
        if about_job < JOB_AT_LEAST:
            enough = self.score >= REJECTION
            self.add(
                live[0], (REJECTION - 0.5 if enough else UNCERTAIN - 0.25) - self.score, "no-word-of-a-job"
            )
        elif about_job < JOB_SURELY and surest < PLAIN:
            self._doubt(live[0], 0.0)

    def _sender(self, rule: str, weight: float) -> Evidence:
        address = self.message.from_[0].address
        start = self.message.part("from").index(address)
        return Evidence(
            rule=rule, part="from", start=start, end=start + len(address), quote=address, weight=weight
        )

    @property
    def _stated(self) -> bool:
        """Whether a decision that was not taken back is in the scale."""
        return self._standing > 0

    @property
    def _standing(self) -> float:
        names = {hit.shape.name for hit in self.found if hit.shape.role in _STATED}
        return sum(
            each.weight for each in self.evidence if each.rule in names or each.rule.startswith("linkedin.")
        )

    def _from_ats(self) -> float:
        return 1.0 if any(platforms().is_ats(one.domain) for one in self.message.from_) else 0.0

    def _weigh_against(self, live: Sequence[Hit]) -> None:
        """What speaks against a decision counts once for each class; what offers something new forbids `rejection`."""
        conditions = [
            (hit.part, self.texts[hit.part].rest_of_clause(hit.start, hit.end))
            for hit in self._of("conditional")
        ]
        self._weigh_reserve(live)
        strong = any(hit.shape.role == "strong" for hit in live)
        for role in (*_AGAINST, *_DOUBT):
            for hit in self._of(role):
                if any(
                    hit.part == each.part and hit.start < each.end and each.start < hit.end for each in live
                ):
                    continue
                if role in _DOUBT and any(
                    part == hit.part and reach.overlaps(hit.start, hit.end) for part, reach in conditions
                ):
                    continue
                if role in _DOUBT:
                    self._doubt(hit, hit.shape.weight)
                else:
                    self.add(hit, hit.shape.weight * (1.0 if strong else 2.0))
                break
        if self._said_filled_and_closed(live):
            closed = next(hit for hit in live if hit.shape.kind == "closed")
            self._doubt(closed, 0.0)

    def _weigh_reserve(self, live: Sequence[Hit]) -> None:
        """A waiting list, a pool, an offer taken back: the matter is open, so the score is brought to `uncertain` from either side."""
        if self.score <= 0 and not self._about_job:
            return
        for hit in self.found:
            if hit.shape.role == "reserve" and not any(_same(hit, each) for each in live):
                self.add(hit, REJECTION - 0.5 - self.score)
                return

    def _doubt(self, hit: Hit, weight: float) -> None:
        """Bring the score below `REJECTION`, by at least the weight."""
        self.add(hit, min(weight, REJECTION - 0.5 - self.score, 0.0))

    def _said_filled_and_closed(self, live: Sequence[Hit]) -> bool:
        """Whether all that was decided is that the position is filled *and* closed, in one sentence."""
        kinds = {hit.shape.kind for hit in live}
        return (
            kinds == {"filled", "closed"}
            and len(live) == 2
            and len({self.texts[hit.part].sentence(hit.start) for hit in live}) == 1
        )

    def _weigh_origin(self, me: Me | None) -> None:
        """One's own mail, lists, alerts, reports and automatic answers are no rejections, whatever they say."""
        if self.score <= 0:
            return
        mark = self._origin_mark(me)
        if mark is not None:
            weight = -self.score
            if mark.rule == "origin.forwarded":
                weight = min(0.0, REJECTION - 0.5 - self.score)
            self.evidence.append(
                Evidence(
                    rule=mark.rule,
                    part=mark.part,
                    start=mark.start,
                    end=mark.end,
                    quote=mark.quote,
                    weight=weight,
                )
            )

    def _origin_mark(self, me: Me | None) -> Evidence | None:
        message, seen = self.message, origin(self.message)
        sender = message.part("from")
        if me is not None and any(me.owns(one.address) for one in message.from_):
            return self._mark("from", 0, len(sender), "origin.own")
        if platforms().sends_alerts(message):
            return self._mark("from", 0, len(sender), "origin.alerts")
        if seen.list:
            name = next(
                (name for name in ("list-id", "list-post", "mailing-list") if message.header(name)), "list-id"
            )
            return self._mark(f"header:{name}", 0, len(message.part(f"header:{name}")), "origin.list")
        if seen.bounce or seen.auto_reply:
            rule = "origin.bounce" if seen.bounce else "origin.auto-reply"
            return self._mark("subject", 0, len(message.subject), rule)
        if message.forwarded:
            return self._mark("subject", 0, len(message.subject), "origin.forwarded")
        return None

    def _label(self) -> Label:
        if self.score >= REJECTION:
            return "rejection"
        return "uncertain" if self.score >= UNCERTAIN else "other"

    def _kind(self, live: Sequence[Hit]) -> Kind:
        """`filled` where somebody else has it; `closed` where nobody was chosen; else you were not selected."""
        kinds = {hit.shape.kind for hit in live}
        if "filled" in kinds:
            return "filled"
        return "closed" if "closed" in kinds else "not_selected"

    def _cues(self) -> tuple[tuple[str, ...], list[Hit]]:
        """Return what the answer depends on, with its evidence put in the scale at no weight, and the hits about the stage."""
        names: list[str] = []
        parts = (*_JUDGED, "footer")
        for role in _CUES:
            hits = self._of(role, parts=parts)
            if hits:
                self.add(hits[0], 0.0)
                names.append(role)
        if any(each.rule.split(".")[-1].startswith("withdraw") for each in self.evidence):
            names.append("withdrawn")
        stages = [hit for hit in self._of(*(f"stage.{name}" for name in _STAGES))]
        stages = _distinct(stages)
        names += sorted({hit.shape.role for hit in stages})
        return tuple(names), stages


_STAGES = ("application", "screen", "assessment", "interview", "final")


def _distinct(hits: Iterable[Hit]) -> list[Hit]:
    """Keep the first hit of each shape."""
    return list({hit.shape.name: hit for hit in reversed(list(hits))}.values())[::-1]


__all__ = ["REJECTION", "UNCERTAIN", "UNKNOWN", "Judge"]
