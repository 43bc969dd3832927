"""The employer, as the message names it: never the system that sent it, a job title, an office, or a provider of mail.

Every place that may name it puts forward a name; each is worth what supports it (the sender's domain spells it, it ends in
a word of employers' names, it stands elsewhere too). The one worth most is taken, in its fullest form; none where nothing
supports any: a wrong name would stand in a draft.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from mailhook.mail.domain import organisational_domain
from mailhook.mail.message import Address, Message
from mailhook.verdict.person import is_person, looks_like_name, without_titles, words_of
from mailhook.verdict.place import fact, is_employers_word, key, names_employer, tables
from mailhook.verdict.platforms import platforms
from mailhook.verdict.role import ends_like_role, named, names_role
from mailhook.verdict.signoff import Piece, closing_pieces
from mailhook.verdict.spelling import alike, latin, spells
from mailhook.verdict.verdict import Fact

MOST_WORDS = 7
MOST_IN_SUBJECT = 4
ENOUGH = 3.0  # what a name has to be worth
# What a place is worth by itself, and what supports a name there.
NAMED = 3.0
NAMED_EMPLOYER = 6.0
DISPLAYED, SIGNED, OF_PERSON = 2.0, 1.0, 0.5
SPELT = 4.5
BY_SYSTEM, BY_DOMAIN, BY_WORD, BY_REPEAT = 4.0, 4.0, 3.0, 2.5
_SPACED = re.compile(r"[^\s|:,;/()\[\]【】]+")
_TOKEN = re.compile(r"\S+")
_LEGAL = re.compile(
    r"[ ,]+(?:inc|gmbh(?: & co\.? kg)?|ltd|limited|llc|llp|plc|corp|corporation|ag|sa|s\.a\.|s\.r\.l\.|srl|s\.p\.a\.|spa|bv|b\.v\.|nv|ab|as|a/s|aps|oy|oyj|kft|zrt|sp\. z o\.o\.|s\.r\.o\.|a\.s\.|sas|sarl|se|kg|kk|pty|co)\.?\Z",
    re.IGNORECASE,
)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
LONGEST_UNSPACED = 18
SHORTEST_WORD = 4
LONGEST_SMALL = 6  # words of a name that may be written small
LONGEST_ENDING = 2  # letters that languages add to names
_PLAINLY = (" at ", " @ ", " from ", " | ")
_NUMBERED = re.compile(r"\d[\d ./-]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name put forward for the employer, and what it is worth."""

    fact: Fact
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What the names of one message are judged by."""

    message: Message
    code: str
    sender: Address | None
    labels: tuple[str, ...]  # what the sender's domain, or the address of a system, may spell
    by_system: bool
    role: str
    people: frozenset[str]


def read_company(
    message: Message, code: str, role: Fact | None, people: Sequence[Fact | None] = ()
) -> Fact | None:
    """Return the employer that the sender's name, the signature, the subject and the text agree on most.

    `people` are persons known from the message: they are nobody's employer.
    """
    sender = message.from_[0] if message.from_ else None
    scene = _Scene(
        message=message,
        code=code,
        sender=sender,
        labels=_labels(sender) if sender else (),
        by_system=sender is not None and platforms().is_ats(sender.domain),
        role=key(role.value) if role else "",
        people=_people(message, sender, code, people),
    )
    found = [each for each in _all(scene) if not _barred(scene, each.fact.value)]
    best = max(found, key=lambda each: each.worth, default=None)
    if best is None or best.worth < ENOUGH:
        return _by_domain_alone(scene)
    client = _client(scene, best.fact, found)
    return _in_full(scene, client or best.fact, found)


def _people(
    message: Message, sender: Address | None, code: str, people: Sequence[Fact | None]
) -> frozenset[str]:
    employers = {
        key(message.part(part)[start:end]) for part, _, start, end in named(message, code, "company")
    }
    names = [
        each.value
        for each in people
        if each is not None and not names_employer(each.value) and key(each.value) not in employers
    ]
    names += [one.name for one in (*message.to, *message.cc)]
    if sender is not None and (
        is_person(sender, code)
        or (" " not in sender.name and not _is_office(sender) and not platforms().is_ats(sender.domain))
    ):
        names.append(sender.name[: _after_person(sender, code)[0]])
    return frozenset(
        key(word) for name in names for word in without_titles(name).split() if len(key(word)) > 1
    )


def _all(scene: _Scene) -> Iterator[Named]:
    yield from _displayed(scene)
    for piece in closing_pieces(scene.message, scene.code):
        signed = _less_affixes(scene, piece)
        if signed is not None:
            yield Named(fact=signed, worth=SIGNED + _support(scene, signed))
    for one, is_employer in _by_pattern(scene):
        yield Named(
            fact=one, worth=NAMED_EMPLOYER if is_employer else NAMED + min(_support(scene, one), BY_WORD) / 2
        )
    spelt = _spelt(scene)
    if spelt is not None:
        yield Named(fact=spelt, worth=SPELT)


def _support(scene: _Scene, found: Fact) -> float:
    """Return what speaks for a name besides its place."""
    words = _LEGAL.sub("", found.value).split()
    if _spelt_by(scene.labels, words):
        return BY_DOMAIN
    if names_employer(found.value):
        return BY_WORD
    parts = ("from", "subject", "text", "signature")
    again = any(
        found.value in (text[: found.start] + "\n" + text[found.end :] if part == found.part else text)
        for part in parts
        if (text := scene.message.part(part))
    )
    return BY_REPEAT if again and len(found.value) > 2 else 0.0


def _spelt_by(labels: Sequence[str], words: Sequence[str]) -> bool:
    return any(
        any(spells(stem, words) for stem in _stems(label)) or alike(label, " ".join(words))
        for label in labels
    )


@cache
def _affixes() -> tuple[frozenset[str], frozenset[str]]:
    words = tables()["company"]["affixes"]
    return frozenset(word for word in words if " " not in word), frozenset(
        word for word in words if " " in word
    )


def _is_system(name: str) -> bool:
    return name.lower().strip(" .!*") in platforms().ats_names


def _barred(scene: _Scene, value: str) -> bool:
    """Say whether a name is anything but an employer's: a system's, an office's, a role's, a person's, or a number."""
    low = value.lower()
    words = [key(word) for word in value.split()]
    short = key(_LEGAL.sub("", value))
    return (
        _is_system(value)
        or "@" in value
        or "http" in low
        or "www." in low
        or _NUMBERED.search(value) is not None
        or not re.search(r"[^\W\d_]{2}|[^\W\d_]&[^\W\d_]", value)
        or len(words) > MOST_WORDS + 3
        or all(word in _affixes()[0] or not key(word) for word in low.split())
        or low in _affixes()[1]
        or low.split()[0].strip(".,!") in _never(scene.code)
        or (len(words) == 1 and low in words_of(scene.code, "function_words"))
        or bool(scene.role and short and short in scene.role and not _spelt_by(scene.labels, value.split()))
        or (len(words) == 1 and is_employers_word(value) and not _spelt_by(scene.labels, [value]))
        or value.strip() in tables()["company"]["legal_before"]
        or _is_portal(value)
        or (_is_role(value) and not _spelt_by(scene.labels, value.split()))
        or (
            all(
                word in scene.people
                for word in (key(each) for each in without_titles(value).split())
                if len(word) > 1
            )
        )
        or _is_sentence(value)
    )


def _is_role(value: str) -> bool:
    """Say whether a part of a name ends in a word for somebody at work that employers are not called by."""
    return ends_like_role(value) and not is_employers_word(value.split()[-1])


@cache
def _never(code: str) -> frozenset[str]:
    """Words that no employer's name begins with: greetings, pronouns, months."""
    greetings: frozenset[str] = frozenset({word.split()[0] for word in words_of(code, "greeting")})
    return greetings | frozenset(tables()["company"]["never_first"])


def _is_sentence(value: str) -> bool:
    """Say whether most words are written small, or a name in a script without spaces is longer than names are."""
    if _UNSPACED.search(value):
        return len(value) > LONGEST_UNSPACED or any(mark in value for mark in "，,。、;；:：")
    cased = [word for word in re.findall(r"[^\W\d_]{3,}", value) if word.lower() != word.upper()]
    small = sum(word.islower() for word in cased)
    if names_employer(value) and value[0].isupper() and len(cased) < LONGEST_SMALL:
        return False
    return small * 2 > len(cased) or (len(cased) > MOST_WORDS)


def _displayed(scene: _Scene) -> Iterator[Named]:
    """Yield the employers in a display name such as "Acme Hiring Team", "Acme via Workday" or "Jane Doe at Acme"."""
    sender = scene.sender
    if sender is None or not sender.name or _is_system(sender.name) or _is_portal(sender.name):
        return
    name = sender.name
    base = scene.message.part("from").index(name)
    start, end = _besides_system(name)
    inside = re.search(r"[(（]([^()（）]{2,60})[)）]\s*\Z", name)
    _, after = _after_person(sender, scene.code)
    of_person = True
    if inside is not None and _is_persons(name[: inside.start()], sender, scene.code):
        start, end = inside.span(1)
    elif after:
        start = after
    elif is_person(sender, scene.code):
        return
    else:
        of_person = False
    for cut in re.finditer(r"(?:(?! [-–—|/] |[,|/] ?).)+", name[start:end]):
        a, b = start + cut.start(), start + cut.end()
        tokens = _without_affixes(
            name, [(a + each.start(), a + each.end()) for each in _SPACED.finditer(name[a:b])]
        )
        if not tokens or len(tokens) > MOST_WORDS:
            continue
        first, last = tokens[0][0], tokens[-1][1]
        stuck = re.match(r"([A-Z][\w&]+?)(?:HR)?Workday\Z", name[first:last])
        last = first + stuck.end(1) if stuck is not None else last
        first, last = _less_unspaced(scene, name, first, last)
        found = fact(scene.message, "from", base + first, base + last)
        if found is not None:
            yield Named(fact=found, worth=_worth_displayed(scene, sender, found, of_person))


def _worth_displayed(scene: _Scene, sender: Address, found: Fact, of_person: bool) -> float:
    if scene.by_system:
        return DISPLAYED + BY_SYSTEM
    support = _support(scene, found)
    local = key(sender.local.partition("+")[0])
    if support <= BY_REPEAT and (not _is_office(sender) or key(found.value) == local or of_person):
        return 0.0
    return support + (OF_PERSON if of_person else DISPLAYED)


def _is_portal(name: str) -> bool:
    return any(word in name.lower() for word in tables()["company"]["portals"])


def _is_office(sender: Address) -> bool:
    local = key(sender.local.partition("+")[0])
    return any(
        key(role) in local for role in tables()["company"]["local_roles"] if len(role) > 2
    ) or local in ("hr", "rh")


def _besides_system(name: str) -> tuple[int, int]:
    """Return the side of "via", "@" and their like on which no system stands."""
    low = name.lower()
    for word in tables()["company"]["via"]:
        at = low.find(word)
        if at > 0:
            left, right = (0, at), (at + len(word), len(name))
            if _is_system(name[slice(*left)]) or (word == " @ " and not _is_system(name[slice(*right)])):
                return right
            return left
    return 0, len(name)


def _is_persons(name: str, sender: Address, code: str) -> bool:
    return is_person(Address(name=name.strip(), address=sender.address), code) or (
        bool(name.strip()) and looks_like_name(name.strip(), code) and not names_employer(name)
    )


def _after_person(sender: Address, code: str) -> tuple[int, int]:
    """Return where a person ends and the employer begins: "Jane Doe at Acme", "Lena von Acme"; the whole name and 0 where none does."""
    name = sender.name
    low = name.lower()
    for word in tables()["company"]["person_at"]:
        at = low.find(word)
        if at <= 0 or low[:at].strip() in _affixes()[0] or names_employer(name[:at]):
            continue
        if not _is_persons(name[:at], sender, code):
            continue
        rest = name[at + len(word) :]
        if names_employer(rest) or _spelt_by(_labels(sender), rest.split()) or word in _PLAINLY:
            return at, at + len(word)
    return len(name), 0


def _without_affixes(text: str, tokens: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Take off what stands around an employer's name: "Careers", "Talent Acquisition", "Team"."""
    single, several = _affixes()
    changed = True
    while tokens and changed:
        changed = False
        head_of = len(tokens) > 2 and (
            text[slice(*tokens[0])].lower() in tables()["company"]["heads_of"]
            and text[slice(*tokens[1])] == "of"
        )
        if head_of:
            break
        for take, known in ((3, several), (2, several), (1, single)):
            if len(tokens) >= take and text[tokens[0][0] : tokens[take - 1][1]].lower().strip(".,") in known:
                tokens, changed = tokens[take:], True
            elif len(tokens) >= take and text[tokens[-take][0] : tokens[-1][1]].lower().strip(".,") in known:
                tokens, changed = tokens[:-take], True
    return tokens


def _less_unspaced(scene: _Scene, text: str, start: int, end: int) -> tuple[int, int]:
    """Take offices and persons off the end of a name in a script without spaces."""
    if not _UNSPACED.search(text[start:end]):
        return start, end
    tokens = [(start + each.start(), start + each.end()) for each in _TOKEN.finditer(text[start:end])]
    while len(tokens) > 1 and (
        key(text[slice(*tokens[-1])]) in scene.people or text[slice(*tokens[-1])] in _affixes()[0]
    ):
        tokens = tokens[:-1]
        end = tokens[-1][1]
    changed = True
    while changed:
        changed = False
        for tail in tables()["company"]["unspaced_tails"]:
            if text[start:end].endswith(tail) and end - start > len(tail) + 1:
                end, changed = end - len(tail), True
                end -= len(text[start:end]) - len(text[start:end].rstrip())
    return start, end


def _less_affixes(scene: _Scene, piece: Piece) -> Fact | None:
    """Make a piece of the signature a name, less what stands around it there."""
    text = scene.message.part(piece.part)
    tokens = [(each.start(), each.end()) for each in _TOKEN.finditer(text, piece.start, piece.end)]
    tokens = _without_affixes(text, tokens)
    if not tokens or len(tokens) > MOST_WORDS + 3:
        return None
    first, last = _less_unspaced(scene, text, tokens[0][0], tokens[-1][1])
    head = text[first]
    if head.islower() and len(tokens) < 2:
        return None
    return fact(scene.message, piece.part, first, last)


def _labels(sender: Address) -> tuple[str, ...]:
    """Return what a sender's own domain, or a system's address that carries a name, may spell; the most telling first."""
    table = tables()["company"]
    domain = organisational_domain(sender.domain)
    if domain in table["free_mail"] or any(sender.domain.endswith(each) for each in table["free_mail"]):
        return ()
    found = [_tenant(sender.local.partition("+")[0])] if platforms().is_ats(sender.domain) else []
    known = next(
        (
            each
            for each in platforms().ats_domains
            if sender.domain == each or sender.domain.endswith(f".{each}")
        ),
        "",
    )
    above = sender.domain.removesuffix(known) if known else sender.domain
    labels = [label for label in above.split(".") if label] if known else above.split(".")[:-1]
    found += [
        _tenant(label)
        for label in reversed(labels)
        if label not in table["public_labels"] and label not in platforms().ats_names
    ]
    return tuple(latin(each) for each in found if len(each) > 2)


def _tenant(slug: str) -> str:
    table = tables()["company"]
    return "" if slug in table["not_a_tenant"] or slug in table["local_roles"] else slug


@cache
def _stems(label: str) -> tuple[str, ...]:
    """Return a domain's label with and without what is added to names there."""
    found = [label]
    for affix in tables()["company"]["domain_affixes"]:
        if label.endswith(affix) and len(label) > len(affix) + 2:
            found.append(label.removesuffix(affix))
        if label.startswith(affix) and len(label) > len(affix) + 2:
            found.append(label.removeprefix(affix))
    return tuple(found)


def _spelt(scene: _Scene) -> Fact | None:
    """Return words of the message that spell the sender's own domain: "Redfern & Stokes" for redfernandstokes.example."""
    stems = tuple(stem for label in scene.labels for stem in _stems(label))
    initials = {stem[0] for stem in stems}
    best: Fact | None = None
    for part in ("signature", "subject", "text"):
        text = scene.message.part(part)
        tokens = [(each.start(), each.end()) for each in _SPACED.finditer(text)]
        for first, (start, _) in enumerate(tokens):
            head = text[start].lstrip("«\"'„“") or text[start + 1 : start + 2]
            if head.islower() or latin(text[slice(*tokens[first])])[:1] not in initials:
                continue
            for last in range(first, min(first + MOST_WORDS, len(tokens))):
                end = tokens[last][1]
                if "\n" in text[start:end] or re.search(r"[.,;:!?] ", text[start : end - 1]):
                    break
                words = text[start:end].split()
                if text[tokens[last][0]].islower() or not any(spells(stem, words) for stem in stems):
                    continue
                found = fact(scene.message, part, start, end)
                if found is None or _barred(scene, found.value) or len(key(found.value)) < 3:
                    continue
                if best is None or (
                    len(found.value) > len(best.value) and key(found.value).startswith(key(best.value))
                ):
                    best = found
                break
    return best


def _by_pattern(scene: _Scene) -> Iterator[tuple[Fact, bool]]:
    """Yield the employers that the language's patterns read in the text or subject, and whether the row is sure of it."""
    for part, row, start, end in named(scene.message, scene.code, "company"):
        text = scene.message.part(part)
        tokens = _without_affixes(
            text, [(each.start(), each.end()) for each in _TOKEN.finditer(text, start, end)]
        )
        if not tokens:
            continue
        start, end = _less_unspaced(scene, text, tokens[0][0], tokens[-1][1])
        follows = text[end : end + 12].lower().lstrip()
        if follows.startswith(
            ("role", "position", "vacancy", "job", "opening", "post ", "internship", "programme")
        ):
            continue
        found = fact(scene.message, part, start, end)
        if found is not None:
            yield found, row.partition(".")[2].startswith("employer-")


def _client(scene: _Scene, best: Fact, found: Sequence[Named]) -> Fact | None:
    """Return the client that an agency writes about, where the message names one."""
    if not any(
        word in latin(best.value) or any(word in label for label in scene.labels)
        for word in tables()["company"]["agencies"]
    ):
        return None
    one = key(best.value)
    others = [
        each
        for each in (*found, *_in_subject(scene))
        if each.worth >= ENOUGH
        and each.fact.part in ("text", "subject")
        and key(each.fact.value) not in one
        and one not in key(each.fact.value)
        and _support(scene, each.fact) not in (0.0, BY_DOMAIN)
    ]
    return max(others, key=lambda each: each.worth).fact if others else None


def _in_subject(scene: _Scene) -> Iterator[Named]:
    """Yield the pieces of an agency's subject that the text speaks of again: its client is one of them."""
    subject = scene.message.part("subject")
    for piece in re.finditer(r"(?:(?!\s[-–—|/:]\s|[|:/,]).)+", subject):
        found = fact(scene.message, "subject", *piece.span())
        if (
            found is None
            or _barred(scene, found.value)
            or found.value[0].islower()
            or len(found.value.split()) > MOST_IN_SUBJECT
            or (scene.role and scene.role in key(found.value))
            or (names_role(found.value) and not names_employer(found.value))
        ):
            continue
        first = found.value.split()[0]
        if (
            re.search(rf"(?<!\w){re.escape(first)}(?!\w)", scene.message.text)
            and first.lower() not in tables()["role"]["noise"]
        ):
            yield Named(fact=found, worth=NAMED)


def _in_full(scene: _Scene, short: Fact, found: Sequence[Named]) -> Fact:
    """Return the employer's whole name where it is written out elsewhere: "University of Wexcombe", "Osprey Freight Rail"."""
    one, words = key(_LEGAL.sub("", short.value)), short.value.split()
    fuller = [
        each.fact
        for each in found
        if len(each.fact.value) > len(short.value)
        and len(each.fact.value.split()) <= MOST_WORDS
        and len(key(each.fact.value)) > len(one) + LONGEST_ENDING
        and one in key(each.fact.value)
        and (each.fact.value.startswith(words[0]) or is_employers_word(each.fact.value.split()[0]))
    ]
    if scene.by_system and short.part == "from" and len(words) > 1:
        fuller = [each for each in fuller if each.part in ("subject", "signature")]
    whole = max(fuller, key=lambda each: len(each.value), default=short)
    return _with_legal_form(scene, _by_label(scene, whole) if whole is short else whole)


def _by_label(scene: _Scene, short: Fact) -> Fact:
    """Add to a display name the word that the domain adds to it: "Marlowe Careers" at marloweconsulting.example."""
    if short.part != "from" or scene.by_system:
        return short
    for label in scene.labels:
        rest = label.removeprefix(latin(short.value))
        if rest != label and rest in tables()["company"]["tails"]:
            return replace(short, value=f"{short.value} {rest.capitalize()}")
    return short


def _by_domain_alone(scene: _Scene) -> Fact | None:
    """Return what the sender's own domain says, the weakest of all: only where it can be cut into the words of a name."""
    if scene.sender is None or scene.by_system or not scene.labels or scene.code != "en":
        return None
    domain = organisational_domain(scene.sender.domain)
    label = domain.partition(".")[0]
    if latin(label) != scene.labels[0] or any(word in label for word in tables()["company"]["agencies"]):
        return None
    tail = next(
        (
            each
            for each in tables()["company"]["tails"]
            if label.endswith(each) and len(label) > len(each) + 3
        ),
        "",
    )
    words = [*re.split(r"[-_]", label.removesuffix(tail)), tail] if tail else re.split(r"[-_]", label)
    words = [word for word in words if word]
    if len(words) < 2 or min(len(word) for word in words) < SHORTEST_WORD:
        return None
    start = scene.message.part("from").lower().rindex(label, scene.message.part("from").lower().rindex("@"))
    value = " ".join(word.capitalize() for word in words)
    return fact(scene.message, "from", start, start + len(label), value=value)


def _with_legal_form(scene: _Scene, name: Fact) -> Fact:
    """Add the legal form that stands before a name, and take off the ending that an apostrophe sets apart."""
    ending = re.search(r"['’]\w{1,4}\Z", name.value) if scene.code == "tr" else None
    if ending is not None:
        name = replace(name, value=name.value[: ending.start()], end=name.end - len(ending[0]))
    for part in ("text", "subject", "signature"):
        text = scene.message.part(part)
        for form in tables()["company"]["legal_before"]:
            at = text.find(form + name.value)
            if at >= 0 and not text[at - 1 : at].isalnum():
                return fact(scene.message, part, at, at + len(form + name.value)) or name
    return name
