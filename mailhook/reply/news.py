"""When two messages bring the same news (portal and mail, two aliases, system and recruiter), and which of them is answered."""

import re
import unicodedata

from mailhook.reply.plan import Plan
from mailhook.verdict.verdict import Facts

# Legal forms and words that a firm's name may go without.
_FORMS = frozenset(
    (  # noqa: SIM905 - a list of words reads best as words
        "inc incorporated llc llp ltd limited plc corp corporation co company gmbh ag se kg kgaa ohg ug mbh ev eg sa sas sarl sasu srl spa srls "
        "bv nv ab as asa oy oyj aps sl slu lda ltda eirl sp zoo spzoo kk pty pvt group holding holdings the gruppe groupe"
    ).split()
)
_MARKS = re.compile(
    r"\((?:m|f|w|d|h|x|i|gn|all genders|alle)(?:\s*[/|,*]\s*(?:m|f|w|d|h|x|i|gn|\*))*\)", re.IGNORECASE
)
_CHANNELS = {"email": 0, "text": 1, "call": 2, "letter": 3, "portal": 4, "none": 5}


def employer_key(name: str) -> str:
    """Return one key for all ways to write an employer's name: without case, accents, punctuation and legal form; "" where nothing is left."""
    words = _words(name)
    kept = [word for word in words if word not in _FORMS]
    return "".join(kept or words)


def news_key(facts: Facts) -> str | None:
    """Return a key that two messages share when they bring the same news: one employer and one role. None where either is unknown."""
    if facts.company is None or facts.role is None:
        return None
    company, role = employer_key(facts.company.value), "".join(_words(_MARKS.sub(" ", facts.role.value)))
    return f"{company}/{role}" if company and role else None


def answer_rank(plan: Plan) -> tuple[int, bool]:
    """Return by what to sort plans for the same news, the one to carry out first: a person before a relay before a portal before nothing."""
    return _CHANNELS[plan.channel], plan.recipient is None


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("&", " ").replace("ß", "ss")
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    joined = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", plain)
    return re.findall(r"\w+", joined)
