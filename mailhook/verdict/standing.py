"""Which decisions stand: those that their own clause does not take back, the heaviest where several share a place."""

from collections.abc import Sequence

from mailhook.verdict.case import STATED, Case, overlap
from mailhook.verdict.rules import Hit
from mailhook.verdict.scope import REACH, Stretch

# A hit that takes a decision back, and what it governs.
Scope = tuple[Hit, Stretch]
_TAKES_BACK = ("conditional", "negating", "someone_else", "unless")


def standing(case: Case) -> list[Hit]:
    """Return the decisions that stand; those taken back are put on the scale with what takes them back, and cancel out."""
    scopes = [(hit, case.texts[hit.part].rest_of_clause(hit.start, hit.end)) for hit in case.of(*_TAKES_BACK)]
    stated = [hit for hit in case.found if hit.shape.role in STATED]
    kept: list[Hit] = []
    for hit in sorted(stated, key=lambda hit: (-hit.shape.weight, hit.start - hit.end)):
        if any(overlap(hit, each) for each in kept):
            continue
        because = _taken_back(case, hit, scopes)
        if because is None:
            kept.append(hit)
            continue
        rule, start, end = because
        case.add(hit, hit.shape.weight)
        case.mark(rule, hit.part, start, end, -hit.shape.weight)
    return kept


def _taken_back(case: Case, hit: Hit, scopes: Sequence[Scope]) -> tuple[str, int, int] | None:
    """Return the rule that takes a decision back and its place: a condition, a negation, quotation marks, a question."""
    text = case.texts[hit.part]
    for governing, reach in scopes:
        if governing.part != hit.part:
            continue
        if governing.shape.role == "unless":
            end = min(text.sentence(hit.start).end, hit.end + REACH)
            if hit.end <= governing.start < end:
                return governing.shape.name, governing.start, governing.end
        elif hit.start >= governing.start and reach.overlaps(hit.start, hit.end):
            return governing.shape.name, governing.start, governing.end
    for quoted in text.quoted:
        if quoted.start <= hit.start and hit.end <= quoted.end:
            return "quotation", quoted.start, quoted.end
    whole = text.sentence(hit.end - 1)
    if text.is_question(hit.end - 1) and text.rest_of_clause(hit.start, hit.end).end == whole.end:
        place = text.text.rindex("?", whole.start, whole.end)
        return "question", place, place + 1
    return None
