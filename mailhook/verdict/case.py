"""One message as it is weighed: what was found in it, and the scale that evidence is put on."""

from collections.abc import Iterable, Sequence

from mailhook.mail.message import Message
from mailhook.verdict.language import language_of
from mailhook.verdict.match import Matcher
from mailhook.verdict.platforms import Notice
from mailhook.verdict.rules import Hit, Reading, context
from mailhook.verdict.scope import Text
from mailhook.verdict.shapes import languages
from mailhook.verdict.verdict import Evidence

# Where a decision counts: the new text. Quotes and footers are only looked at for what the message is about.
JUDGED = ("subject", "text", "signature")
STATED = frozenset({"strong", "likely"})


def overlap(one: Hit, other: Hit) -> bool:
    """Say whether two hits share a character."""
    return one.part == other.part and one.start < other.end and other.start < one.end


def distinct(hits: Iterable[Hit]) -> list[Hit]:
    """Keep the first hit of each shape."""
    found: dict[str, Hit] = {}
    for hit in hits:
        found.setdefault(hit.shape.name, hit)
    return list(found.values())


class Case:
    """A message's decisions, everything else its languages' shapes find, and the evidence so far."""

    def __init__(
        self, message: Message, reading: Reading, found: list[Hit], notices: list[Notice], own: Matcher | None
    ) -> None:
        self.message = message
        self.found = found
        self.notices = notices
        self.evidence: list[Evidence] = []
        self.about_job = False
        self.words = 0.0  # what the words as a whole weigh, in points
        hints = tuple(hit.shape.language for hit in found if hit.shape.role in STATED)
        self.language = language_of(f"{message.text}\n{message.subject}", hints)
        codes = [code for code in dict.fromkeys([self.language, *hints]) if code in languages()]
        parts = (*JUDGED, "footer", "from", "quoted")
        self.context = [hit for code in codes for hit in reading.hits(context(code), parts)]
        if own is not None:
            self.context += [hit for hit in reading.hits(own, JUDGED) if hit.shape.weight < 0]
        turns = [word for code in codes for word in languages()[code].words.get("turn", ())]
        self.texts = {part: Text(reading.masked(part).text, turns) for part in JUDGED if message.part(part)}

    @property
    def score(self) -> float:
        """The sum of the weights so far."""
        return sum(each.weight for each in self.evidence)

    def of(self, *roles: str, parts: Sequence[str] = JUDGED) -> list[Hit]:
        """Return what was found of some classes, in the order of the text within each language."""
        return [hit for hit in self.context if hit.shape.role in roles and hit.part in parts]

    def add(self, hit: Hit, weight: float, rule: str | None = None) -> None:
        """Put a hit on the scale, under its shape's name or another."""
        self.mark(rule or hit.shape.name, hit.part, hit.start, hit.end, weight)

    def mark(self, rule: str, part: str, start: int, end: int, weight: float) -> None:
        """Put a stretch of a part on the scale."""
        quote = self.message.part(part)[start:end]
        self.evidence.append(Evidence(rule=rule, part=part, start=start, end=end, quote=quote, weight=weight))
