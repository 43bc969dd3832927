"""The employer, as the message names it: never the system that sent it, a job title, or a provider of mail."""

import re
from functools import cache

from mailhook.mail.domain import organisational_domain
from mailhook.mail.message import Address, Message
from mailhook.verdict.person import is_person
from mailhook.verdict.place import fact, key, tables
from mailhook.verdict.platforms import platforms
from mailhook.verdict.role import named
from mailhook.verdict.verdict import Fact

MOST_WORDS = 7
LONGEST_LABEL = 12
_WORD = re.compile(r"[^\s,;:|()\"<>]+")
_TOKEN = re.compile(r"\S+")
_LEGAL = re.compile(
    r"[ ,]+(?:inc|gmbh(?: & co\.? kg)?|ltd|limited|llc|llp|plc|corp|corporation|ag|sa|s\.a\.|s\.r\.l\.|srl|s\.p\.a\.|spa|bv|b\.v\.|nv|ab|as|a/s|oy|sp\. z o\.o\.|sas|sarl|se|kg|kk|pty|co)\.?\Z",
    re.IGNORECASE,
)


def read_company(message: Message, code: str, role: Fact | None) -> Fact | None:
    """Return the employer, from the sender's name, the subject and text, or the sender's domain, in this order."""
    sender = message.from_[0] if message.from_ else None
    by_domain = _spelt_like_domain(message, sender) if sender else None
    displayed = _from_display(message, sender, code) if sender else None
    if displayed is not None:
        return _in_full(message, displayed, role)
    return (
        _named(message, code, role, by_domain)
        or by_domain
        or (_tenant(message, sender) if sender else None)
        or (_own_domain(message, sender) if sender else None)
    )


@cache
def _affixes() -> tuple[frozenset[str], frozenset[str]]:
    words = tables()["company"]["affixes"]
    return frozenset(word for word in words if " " not in word), frozenset(
        word for word in words if " " in word
    )


def _is_system(name: str) -> bool:
    return name.lower().strip(" .") in platforms().ats_names


def _from_display(message: Message, sender: Address, code: str) -> Fact | None:
    """Return the employer in a display name such as "Acme Hiring Team", "Acme via Workday" or "Jane Doe at Acme"."""
    name = sender.name
    if not name or _is_system(name):
        return None
    base = message.part("from").index(name)
    start, end = 0, len(name)
    low = name.lower()
    for word in tables()["company"]["via"]:
        at = low.find(word)
        if at > 0:
            left, right = (0, at), (at + len(word), len(name))
            start, end = right if _is_system(name[slice(*left)]) else left
            if word == " @ " and not _is_system(name[slice(*right)]):
                start, end = right
            break
    inside = re.search(r"\(([^()]{3,60})\)\s*\Z", name)
    if inside is not None and is_person(
        Address(name=name[: inside.start()].strip(), address=sender.address), code
    ):
        start, end = inside.span(1)
    elif is_person(sender, code):
        return None
    else:
        for word in tables()["company"]["person_at"]:
            at = low.find(word, start, end)
            if at > 0 and is_person(Address(name=name[:at].strip(), address=sender.address), code):
                start = at + len(word)
                break
            if (
                at > 0
                and " " not in name[:at].strip()
                and word in (" at ", " @ ", " from ")
                and name[:at].strip().lower() not in _affixes()[0]
            ):
                start = at + len(word)
                break
    tokens = [(found.start(), found.end()) for found in re.finditer(r"[^\s|:,;/()]+", name[start:end])]
    tokens = _without_affixes(name, [(a + start, b + start) for a, b in tokens])
    if not tokens or len(tokens) > MOST_WORDS:
        return None
    a, b = tokens[0][0], tokens[-1][1]
    value = name[a:b]
    stuck = re.match(r"([A-Z][\w&]+?)(?:HR)?Workday\Z", value)
    if stuck is not None:
        b = a + stuck.end(1)
        value = name[a:b]
    whole = (a, b) == (0, len(name))
    if (
        _is_system(value)
        or "@" in value
        or (whole and not _is_office(sender) and not _like_domain(value, sender))
    ):
        return None
    return fact(message, "from", base + a, base + b)


def _without_affixes(text: str, tokens: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Take off what stands around an employer's name: "Careers", "Talent Acquisition", "Team"."""
    single, several = _affixes()
    changed = True
    while tokens and changed:
        changed = False
        for take, known in ((2, several), (1, single)):
            if len(tokens) >= take and text[tokens[0][0] : tokens[take - 1][1]].lower().strip(".,") in known:
                tokens, changed = tokens[take:], True
            elif len(tokens) >= take and text[tokens[-take][0] : tokens[-1][1]].lower().strip(".,") in known:
                tokens, changed = tokens[:-take], True
    return tokens


def _is_office(sender: Address) -> bool:
    local = key(sender.local.partition("+")[0])
    return any(
        key(role) in local for role in tables()["company"]["local_roles"] if len(role) > 2
    ) or local in ("hr", "rh")


def _label(sender: Address) -> str:
    """Return the name in a sender's own domain, or "" where that is a system's or a provider's of mail."""
    domain = organisational_domain(sender.domain)
    if domain in tables()["company"]["free_mail"] or platforms().is_ats(sender.domain):
        return ""
    return domain.partition(".")[0]


def _like_domain(value: str, sender: Address) -> bool:
    label, short = key(_label(sender)), key(_LEGAL.sub("", value))
    return bool(label) and len(short) >= 3 and (label.startswith(short) or short.startswith(label))


def _stems(label: str) -> set[str]:
    """Return a domain's label with and without what is added to names there."""
    found = {label}
    for affix in tables()["company"]["domain_affixes"]:
        if label.endswith(affix) and len(label) > len(affix) + 2:
            found.add(label.removesuffix(affix))
        if label.startswith(affix) and len(label) > len(affix) + 2:
            found.add(label.removeprefix(affix))
    return found


def _spelt_like_domain(message: Message, sender: Address) -> Fact | None:
    """Return words of the message that spell the sender's own domain: "Redfern & Stokes" for redfernandstokes.example."""
    label = key(_label(sender))
    if len(label) < 3:
        return None
    stems = _stems(label)
    for part in ("signature", "subject", "text"):
        text = message.part(part)
        tokens = [(found.start(), found.end()) for found in _WORD.finditer(text)]
        for first in range(len(tokens)):
            spelt = ""
            for last in range(first, min(first + MOST_WORDS, len(tokens))):
                if last > first and "\n" in text[tokens[last - 1][1] : tokens[last][0]]:
                    break
                spelt += key(text[slice(*tokens[last])])
                if len(spelt) > len(label):
                    break
                if spelt in stems and text[tokens[first][0]].isupper() and len(spelt) >= 3:
                    end = _with_more(text, tokens, last) if part == "signature" else tokens[last][1]
                    return fact(message, part, tokens[first][0], end)
    return None


def _in_full(message: Message, short: Fact, role: Fact | None) -> Fact:
    """Return the employer's whole name where subject, text or signature go on: "University of Wexcombe", "Osprey Freight Rail"."""
    name = re.escape(short.value)
    longer = re.compile(
        rf"(?<![\w&-])(?:(?:University|College|Department|City|County|School|Bank|Institute|Ministry|Council|Borough|Royal|The) (?:of )?(?:the )?)?{name}"
        r"(?: (?:&|and|of|for|de|für) (?=[A-Z])| (?=[A-Z]))?(?:[A-Z][\w&'-]*(?: (?:&|and|of|for|de|für)? ?(?=[A-Z]))?){0,5}",
    )
    best: Fact | None = None
    barred = key(role.value) if role is not None else ""
    heads = frozenset(tables()["role"]["words"])
    for part in ("subject", "text", "signature"):
        text = message.part(part)
        for found in longer.finditer(text):
            tokens = [(a.start(), a.end()) for a in _TOKEN.finditer(text, found.start(), found.end())]
            tokens = _without_affixes(text, tokens)
            if not tokens:
                continue
            start, end = tokens[0][0], tokens[-1][1]
            words = text[start:end].lower().split()
            rest = key(text[start:end]).replace(key(short.value), "")
            if (
                not rest
                or rest in barred
                or (barred and barred in rest)
                or words[-1].removesuffix("s") in heads
            ):
                continue
            if any(word in _NOT_NAMES for word in words):
                continue
            whole = fact(message, part, start, end)
            if whole is not None and (best is None or len(whole.value) > len(best.value)):
                best = whole
    return best or short


_NOT_NAMES = frozenset(
    {
        "we",
        "i",
        "you",
        "your",
        "our",
        "thank",
        "thanks",
        "dear",
        "unfortunately",
        "this",
        "application",
        "interview",
        "if",
        "please",
        "as",
        "in",
        "it",
        "after",
        "while",
        "although",
        "there",
        "regards",
        "best",
    }
)


def _with_more(text: str, tokens: list[tuple[int, int]], last: int) -> int:
    """Extend a name to the end of its line in a signature, if the line goes on with capitalised words."""
    end = tokens[last][1]
    for a, b in tokens[last + 1 : last + 1 + MOST_WORDS]:
        between = text[end:a]
        if between != " " or not (text[a].isupper() or text[a:b] in ("of", "and", "&", "de", "für", "the")):
            break
        end = b
    return end


def _named(message: Message, code: str, role: Fact | None, by_domain: Fact | None) -> Fact | None:
    """Return the first employer that the language's patterns read in the text or subject."""
    for part, _, start, end in named(message, code, "company"):
        text = message.part(part)
        tokens = [(found.start(), found.end()) for found in _TOKEN.finditer(text, start, end)]
        tokens = _without_affixes(text, tokens)
        if not tokens:
            continue
        start, end = tokens[0][0], tokens[-1][1]
        value = text[start:end]
        follows = text[end : end + 12].lower().lstrip()
        if role is not None and key(value) and key(value) in key(role.value):
            continue
        if follows.startswith(("role", "position", "vacancy", "job", "opening", "post ", "internship")):
            continue
        if _is_system(value) or value.lower() in _affixes()[0] or not re.search(r"[^\W\d_]{2}", value):
            continue
        if by_domain is not None and key(by_domain.value).startswith(key(value)):
            return by_domain
        found = fact(message, part, start, end)
        if found is not None:
            return found
    return None


def _tenant(message: Message, sender: Address) -> Fact | None:
    """Return the employer's short name in an address of a system that carries it."""
    table = tables()["company"]
    slug = ""
    for domain in table["tenant_local"]:
        if sender.domain == domain or sender.domain.endswith(f".{domain}"):
            slug = sender.local.partition("+")[0]
    for domain in table["tenant_label"]:
        if sender.domain.endswith(f".{domain}"):
            slug = sender.domain.removesuffix(f".{domain}").rpartition(".")[2]
    if not slug or slug in table["not_a_tenant"] or any(char.isdigit() for char in slug):
        return None
    return _from_label(message, sender, slug)


def _own_domain(message: Message, sender: Address) -> Fact | None:
    """Return the name in the sender's own domain, if it is short or can be cut in words: how a long one is written is not known."""
    label = _label(sender)
    if len(label) < 3:
        return None
    return (
        _from_label(message, sender, label) if len(label) <= LONGEST_LABEL or _cut(label) != label else None
    )


def _cut(label: str) -> str:
    """Set off the word that ends a label, if it is one that ends employers' names."""
    tail = next(
        (
            tail
            for tail in tables()["company"]["tails"]
            if label.endswith(tail) and len(label) > len(tail) + 2
        ),
        "",
    )
    return (
        f"{label.removesuffix(tail)}-{tail}" if tail and not label.removesuffix(tail).endswith("-") else label
    )


def _from_label(message: Message, sender: Address, label: str) -> Fact | None:
    """Write a label as a name, less what is added to names there."""
    start = (
        message.part("from")
        .lower()
        .rindex(label, message.part("from").lower().rindex(sender.address.lower()))
    )
    name = label
    for affix in ("hr", "careers", "talent", "recruiting", "admin", "jobs", "hq"):
        if name.endswith(affix) and len(name) > len(affix) + 2:
            name = name.removesuffix(affix).rstrip("-")
    value = " ".join(word.capitalize() for word in re.split(r"[-_]", _cut(name)) if word)
    return fact(message, "from", start, start + len(name), value=value)
