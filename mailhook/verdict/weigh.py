"""How much each piece of evidence weighs. All numbers are here, in points; quarters add up exactly.

A statement that is only made of job applications has 4 points, one also made elsewhere about 2.5, and the message being about a
job adds 1.5; so either is a rejection where the message is about a job, and neither is where something new is asked or offered.
"""

from collections.abc import Iterable, Sequence

from mailhook.mail.message import Me, Message
from mailhook.mail.origin import origin
from mailhook.verdict.case import JUDGED, Case, distinct, overlap
from mailhook.verdict.language import language_of
from mailhook.verdict.platforms import platforms
from mailhook.verdict.rules import OWN, Hit
from mailhook.verdict.verdict import WORDS_RULE
from mailhook.verdict.wording import wording

# Labels: a rejection from here, uncertain from there, else other.
REJECTION = 3.5
UNCERTAIN = 2.0
OPEN = REJECTION - 0.5  # what anything is brought down to (or up) that leaves the matter open

# The first decision counts in full; each further one confirms it a little. Mood never decides alone.
CONFIRMS = 0.5
MOST_CONFIRMING = 1.0
MOST_MOOD = 1.5

# The words as a whole: points for each unit of the logarithm of the odds above what is even (letters to learn from are half
# rejections, mailboxes are not), how far they count, and how far against what is said of job applications only.
WORDS = 3.0
EVEN = 0.4
MOST_LEANING = 4.0
MOST_AGAINST_STRONG = 6.0
MOST_AGAINST_STRONG_IN_SHORT = 2.0  # which is little but its statement
STATED_EVEN = 0.75  # what a stated decision brings to that
HINTED_EVEN = 0.0  # and what one brings that is hardly more than hinted at
# What they must say more where no sentence states a decision, and where none is of a job either.
UNSTATED = 1.0
UNSTATED_AND_NO_JOB = 4.0
ENOUGH_LETTERS = 400  # a table learnt from fewer never decides alone
ENOUGH_TEXT = 60  # nor does one of a shorter text
SHORT = 150  # both in bytes of UTF-8, of which a Chinese word takes about as many as an English one
# Words that outweigh the want of a job's words; words that outweigh another domain's, but for so much.
SURE_WITHOUT_JOB = 7.5
SURE_WITH_SOME_JOB = 1.5
SURE_WORDS = 4.0
FOREIGN_TO_SURE_WORDS = 1.0

# About a job: what it adds to a decision and to mood, and how much of it there must be for decisions of which strength.
JOB = 1.5
JOB_TO_MOOD = 0.5
ABOUT = (*JUDGED, "from", "quoted")  # where words tell what a message is about
SOME_JOB = 0.5
SURELY_JOB = 0.75
STRONG = 4.0  # needs no job besides
PLAIN = 3.0  # is content with some
LIKELY = 2.5  # leaves the matter open where something new is offered; a weaker one gives way
FROM_PLATFORM = 1.0
FROM_STAGE = 0.75
# By so much must another domain's words outweigh the job's to take the verdict away altogether.
FOREIGN_MARGIN = 1.0
# What speaks against weighs more against a decision that is not strong.
AGAINST_WEAKER = 2.0
COURTEOUS = 0.75  # weak shapes of such weight keep a file, wish luck or ask to apply again; lighter ones are found in any letter

_AGAINST = ("acknowledgement", "undecided", "incomplete", "withdrawal")
_OFFERS = ("next_step", "offer")


def mood(found: Iterable[Hit], most: float | None = None) -> list[tuple[Hit, float]]:
    """Weigh the weak shapes, each once and each place once, up to a limit."""
    weighed: list[tuple[Hit, float]] = []
    most = MOST_MOOD if most is None else most
    for hit in sorted(found, key=lambda hit: -hit.shape.weight):
        again = any(overlap(hit, each) or hit.shape.name == each.shape.name for each, _ in weighed)
        if hit.shape.role == "weak" and most > 0 and not again:
            weighed.append((hit, min(hit.shape.weight, most)))
            most -= hit.shape.weight
    return weighed


def weigh_decisions(case: Case, live: Sequence[Hit]) -> None:
    """Put on the scale the decisions that stand, then platforms' notices, then mood."""
    room = MOST_CONFIRMING
    for number, hit in enumerate(distinct(live)):
        weight = min(CONFIRMS, room) if number else hit.shape.weight
        room -= CONFIRMS if number else 0.0
        if weight > 0:
            case.add(hit, weight)
    for number, notice in enumerate(case.notices):
        start = case.message.part(notice.part).index(notice.words)
        case.mark(
            notice.rule, notice.part, start, start + len(notice.words), 0.0 if number else notice.weight
        )
    for hit, weight in mood(case.found):
        case.add(hit, weight)


def words_of(message: Message) -> float:
    """Return the points that the words of a message as a whole are worth, whatever its sentences state."""
    table = wording(language_of(f"{message.text}\n{message.subject}"))
    if table is None:
        return 0.0
    leaning = max(-MOST_LEANING, min(MOST_LEANING, table.leaning(message) - EVEN))
    return round(leaning * WORDS * 4) / 4


def subject_matter(case: Case) -> tuple[float, float]:
    """Return how many points speak for a job as the message's matter, and how many for something else."""
    job, foreign = (distinct(case.of(role, parts=ABOUT)) for role in ("job", "foreign"))
    at_a_stage = bool(case.of("stage.screen", "stage.assessment", "stage.interview", "stage.final"))
    about_job = sum(hit.shape.weight for hit in job)
    about_job += FROM_PLATFORM * from_platform(case) + FROM_STAGE * at_a_stage
    return about_job, sum(hit.shape.weight for hit in foreign)


def from_platform(case: Case) -> bool:
    """Say whether an application system sent the message."""
    return any(platforms().is_ats(one.domain) for one in case.message.from_)


def weigh_words(case: Case, live: Sequence[Hit], words: float) -> None:
    """Put the words as a whole on the scale, at the sentence that tells most; against a platform's notice they say nothing.

    Where no sentence states a decision and no word is of a job, they must say the more.
    """
    table = wording(case.language)
    part = next((part for part in ("text", "subject") if part in case.texts), None)
    if table is None or part is None or (case.notices and words < 0):
        return
    length = len(case.message.text.encode("utf-8", "replace"))
    if live:
        surest = max(hit.shape.weight for hit in live)
        words += STATED_EVEN if surest >= LIKELY else HINTED_EVEN
    if words > 0 and not live:
        about_job, about_other = subject_matter(case)
        doubt = UNSTATED if about_job >= max(SURELY_JOB, about_other) else UNSTATED_AND_NO_JOB
        words = max(words - doubt, 0.0)
    if words < 0 and (not live or any(hit.shape.language == OWN for hit in live)):
        words = 0.0  # nothing is stated that they could speak against, or the person has said what it means
    elif any(hit.shape.weight >= STRONG for hit in live):
        words = max(words, -(MOST_AGAINST_STRONG_IN_SHORT if length < SHORT else MOST_AGAINST_STRONG))
    case.words = words
    if words:
        text, sign = case.texts[part], 1 if words > 0 else -1
        told = max(text.stretches(), key=lambda each: sign * table.telling(text.text[each.start : each.end]))
        case.mark(f"{table.code}{WORDS_RULE}", part, told.start, told.end, words)
        too_little = table.letters < ENOUGH_LETTERS or length < ENOUGH_TEXT
        if not (live or case.notices) and too_little and case.score > OPEN:
            case.mark("words-alone", part, told.start, told.end, OPEN - JOB_TO_MOOD - case.score)


def weigh_subject_matter(case: Case, live: Sequence[Hit]) -> None:
    """A job adds to what was stated; another domain that outweighs it takes it away; without either a weaker decision is in doubt."""
    about_job, about_other = subject_matter(case)
    case.about_job = about_job > about_other
    if case.score <= 0 or case.notices:
        return
    if about_other > about_job:
        heaviest = max(case.of("foreign", parts=ABOUT), key=lambda hit: hit.shape.weight)
        if case.words >= SURE_WORDS:
            case.add(heaviest, -FOREIGN_TO_SURE_WORDS)
        elif about_other >= about_job + FOREIGN_MARGIN:
            case.add(heaviest, -case.score)
        else:
            leave_open(case, heaviest, 0.0)
        return
    if about_job >= SOME_JOB:
        weight = min(JOB, about_job + 0.5) if live else JOB_TO_MOOD
        job = case.of("job", parts=ABOUT)
        if job:
            case.add(max(job, key=lambda hit: hit.shape.weight), weight)
        elif from_platform(case):
            sender = case.message.from_[0].address
            start = case.message.part("from").index(sender)
            case.mark("sender.job-platform", "from", start, start + len(sender), weight)
    _doubt_without_job(case, live, about_job)


def _doubt_without_job(case: Case, live: Sequence[Hit], about_job: float) -> None:
    surest = max((hit.shape.weight for hit in live), default=STRONG)
    if surest >= STRONG or case.words >= SURE_WITHOUT_JOB:
        return
    if about_job < SOME_JOB:
        enough = OPEN if case.score >= REJECTION else UNCERTAIN - 0.25
        case.add(live[0], min(enough - case.score, 0.0), "no-word-of-a-job")
    elif (
        about_job < SURELY_JOB
        and surest < PLAIN
        and case.words < SURE_WITH_SOME_JOB
        and len(distinct(live)) == 1
    ):
        leave_open(case, live[0], 0.0)


def leave_open(case: Case, hit: Hit, weight: float) -> None:
    """Bring the score below `REJECTION`, by at least the weight."""
    case.add(hit, min(weight, OPEN - case.score, 0.0))


def weigh_against(case: Case, live: Sequence[Hit]) -> None:
    """What speaks against a decision counts once for each class; what offers or asks something new forbids a rejection."""
    conditions = [
        (hit.part, case.texts[hit.part].rest_of_clause(hit.start, hit.end)) for hit in case.of("conditional")
    ]
    _weigh_reserve(case, live)
    surest = max((hit.shape.weight for hit in live), default=0.0)
    more = 1.0 if surest >= STRONG else AGAINST_WEAKER
    for role in (*_AGAINST, *_OFFERS):
        for hit in case.of(role):
            if any(overlap(hit, each) for each in live) or (role == "next_step" and _is_courtesy(case, hit)):
                continue
            if role in _AGAINST:
                case.add(hit, hit.shape.weight * more)
                if not (live or case.notices):  # words alone say no more than that it is about the same
                    leave_open(case, hit, 0.0)
                break
            if not any(part == hit.part and reach.overlaps(hit.start, hit.end) for part, reach in conditions):
                if surest >= LIKELY and case.about_job:  # a no to one thing and a yes to another
                    case.add(hit, min(max(case.score, UNCERTAIN), OPEN) - case.score)
                else:
                    leave_open(case, hit, hit.shape.weight)
                break
    if live and _said_filled_and_closed(case, live):
        leave_open(case, live[0], 0.0)


def _is_courtesy(case: Case, hit: Hit) -> bool:
    """Say whether what sounds like an invitation is to feedback, to later vacancies or to keep in touch."""
    text = case.texts[hit.part]
    courtesies = [
        *case.of("feedback_offered", "feedback_given", "no_feedback", parts=(hit.part,)),
        *(
            each
            for each in case.found
            if each.shape.role == "weak" and each.shape.weight >= COURTEOUS and each.part == hit.part
        ),
    ]
    here = text.sentence(hit.start)
    return any(here.start <= each.start < here.end for each in courtesies)


def _said_filled_and_closed(case: Case, live: Sequence[Hit]) -> bool:
    """Say whether all that stands is one sentence that calls the position filled *and* closed: which it is, is not said."""
    places = {(hit.part, case.texts[hit.part].sentence(hit.start)) for hit in live}
    if len(places) > 1 or any(hit.shape.kind is None for hit in live):
        return False
    (part, whole), *_ = places
    said = [
        hit
        for hit in case.found
        if hit.part == part and hit.shape.kind and whole.start <= hit.start < whole.end
    ]
    return {hit.shape.kind for hit in said} == {"filled", "closed"}


def _weigh_reserve(case: Case, live: Sequence[Hit]) -> None:
    """A waiting list, a pool, an offer taken back: the matter is open, from whichever side the score comes."""
    if case.score <= 0 and not case.about_job:
        return
    for hit in case.found:
        within = any(
            each.part == hit.part and each.start <= hit.start and hit.end <= each.end for each in live
        )
        if hit.shape.role == "reserve" and hit.shape.language == case.language and not within:
            case.add(hit, OPEN - case.score)
            return


def weigh_origin(case: Case, me: Me | None) -> None:
    """One's own mail, lists, alerts, reports and automatic answers are no rejections, whatever they say."""
    if case.score <= 0:
        return
    message, seen = case.message, origin(case.message)
    sender = message.part("from")
    if me is not None and any(me.owns(one.address) for one in message.from_):
        case.mark("origin.own", "from", 0, len(sender), -case.score)
    elif platforms().sends_alerts(message):
        case.mark("origin.alerts", "from", 0, len(sender), -case.score)
    elif seen.list:
        name = next(
            (name for name in ("list-id", "list-post", "mailing-list") if message.header(name)), "list-id"
        )
        case.mark("origin.list", f"header:{name}", 0, len(message.part(f"header:{name}")), -case.score)
    elif seen.bounce or seen.auto_reply:
        rule = "origin.bounce" if seen.bounce else "origin.auto-reply"
        case.mark(rule, "subject", 0, len(message.subject), -case.score)
    elif message.forwarded and case.score > OPEN:
        case.mark("origin.forwarded", "subject", 0, len(message.subject), OPEN - case.score)
