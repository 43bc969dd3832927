"""Answers in the languages besides English and German: length, tone, form of address, and nobody's gender guessed."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product

import pytest

from mailhook.mail.message import Address, Me, Message
from mailhook.reply.compose import compose, fits
from mailhook.reply.language import FORMS, Form, choose_language, form_of_address, load_language
from mailhook.reply.plan import Channel, Intent, Plan, Purpose
from mailhook.reply.settings import ReplySettings
from mailhook.reply.tone import check_tone
from mailhook.verdict.verdict import Fact, Facts, Kind, Stage, Verdict

ME = Me(name="Alex Morgan", addresses=("alex.morgan@example.org",))
CODES = ("es", "fr", "it", "nl", "pl", "pt", "pt-br", "sv")
# In these the address is one, and only the greeting and the closing differ between the forms.
ONE_ADDRESS = ("pt-br", "sv")
INTENTS: dict[Purpose, Intent] = {
    "feedback": "feedback",
    "accept": "feedback",
    "given": "thanks",
    "thanks": "thanks",
    "keep_in_touch": "keep_in_touch",
}
STAGES: tuple[Stage, ...] = ("application", "screen", "assessment", "interview", "final")
FULL = Facts(company=Fact(value="Acme"), role=Fact(value="Data Engineer"), recruiter=Fact(value="Robin Roe"))
LONG = Facts(
    company=Fact(value="Northern Energy Systems International Holding"),
    role=Fact(value="Senior Principal Data Engineer (m/f/d) - Platform & Analytics, Remote"),
    recruiter=Fact(value="Maria del Carmen Rodriguez"),
)
# A message that shows each form of address.
ADDRESSED: dict[str, dict[Form, str]] = {
    "es": {"formal": "Le agradecemos su candidatura.", "informal": "Te agradecemos tu candidatura."},
    "fr": {"formal": "Nous vous remercions de votre candidature.", "informal": "Merci pour ta candidature."},
    "it": {
        "formal": "La ringraziamo per la Sua candidatura.",
        "informal": "Ti ringraziamo per la tua candidatura.",
    },
    "nl": {"formal": "Dank voor uw sollicitatie.", "informal": "Dank voor je sollicitatie."},
    "pl": {"formal": "Dziękujemy za Pani aplikację.", "informal": "Dziękujemy za Twoją aplikację."},
    "pt": {"formal": "Agradecemos a sua candidatura.", "informal": "Agradecemos a tua candidatura."},
    "pt-br": {"formal": "Prezado Alex,\nAgradecemos.", "informal": "Oi Alex,\nAgradecemos a você."},
    "sv": {
        "formal": "Tack för din ansökan.\nMed vänliga hälsningar",
        "informal": "Hej Alex,\ntack för din ansökan.",
    },
}
# Endings that would say whether the candidate, or the person answered, is a woman or a man.
GENDERED = {
    "es": r"\b(?:encantad|agradecid|interesad|contigo mism|list|segur|motivad|content|estimad)[oa]\b(?! equipo)|\b(?:el|la) candidat[oa]\b|\bsr|\bseñor",
    "fr": r"\b(?:ravi|heureu(?:x|se)|intéressée?|reconnaissante?|déçue?|contente?|touchée?|retenue? comme|désolée?|certaine?|cher|chère)\b|\b(?:monsieur|madame)\b"
    r"|m['’]avoir (?:informé|prévenu|reçu|écouté|considéré|contacté)|\bje suis \w+ée?\b",
    "it": r"\b(?:liet|grat|interessat|contentissim|content|sicur|convint|car|gentilissim|per prim)[oa]\b(?! saluto)|\bsono stat[oa]\b|\b(?:signor|dott)",
    "nl": r"\b(?:meneer|mevrouw|heer|zijne|hare)\b",
    "pl": r"\b\w+(?:łam|łem|łabym|łbym|łaś|łeś|łabyś|łbyś)\b|\b(?:wdzięczn|zainteresowan|pewn|szczęśliw|otwart|gotow)[yai]\b|\bpan(?:i|a|u|em|ią|ie)?\b",
    "sv": r"\b(?:han|hon|hans|hennes|honom|henne|herr|fru)\b",
    "pt": r"\b(?:obrigad|grat|interessad|encantad|agradecid|content|segur|car|prezad|estimad)[oa]s?\b(?! equip)|\bsenhora?\b|\bo senhor\b",
}
GENDERED["pt-br"] = GENDERED["pt"] + r"|\bvocês?\b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, and the case it was written for."""

    purpose: Purpose
    stage: Stage
    channel: Channel
    names: tuple[str, ...]
    text: str


@lru_cache(maxsize=1)
def answers(code: str, form: Form) -> tuple[Answer, ...]:
    """Write every case in several wordings: by mail with everything known, with long names and with nothing, by text and call with less of it."""
    cases: tuple[tuple[Channel, int, tuple[Facts, ...]], ...] = (
        ("email", 3, (FULL, LONG, Facts())),
        ("text", 2, (LONG,)),
        ("call", 1, (FULL,)),
    )
    kinds: tuple[Kind, ...] = ("not_selected", "filled")
    return tuple(
        answer(code, form, purpose, stage, channel, facts, kind, f"{number}@acme.example")
        for channel, wordings, known in cases
        for purpose, stage, facts, number in product(INTENTS, STAGES, known, range(wordings))
        for kind in (kinds if (purpose, channel) == ("feedback", "email") else kinds[:1])
    )


def answer(
    code: str,
    form: Form,
    purpose: Purpose,
    stage: Stage,
    channel: Channel,
    facts: Facts,
    kind: Kind,
    message_id: str,
) -> Answer:
    domain = "acme.com.br" if code == "pt-br" else "acme.example"
    message = Message(
        message_id=message_id,
        from_=(Address(address=f"robin.roe@{domain}"),),
        text=ADDRESSED[code][form],
        date=datetime(2026, 3, 2, tzinfo=UTC),
    )
    plan = Plan(
        channel=channel,
        intent=INTENTS[purpose],
        purpose=purpose,
        recipient=None,
        answers=message_id,
        reason="",
        number="+33 1 23 45 67 89",
        zone="Paris",
    )
    verdict = Verdict(label="rejection", score=5, language=code.partition("-")[0], stage=stage, kind=kind)
    made = compose(plan, message, verdict, facts, me=ME, settings=ReplySettings(phone="+33 6 12 34 56 78"))
    assert made is not None
    assert (made.language, made.form) == (code, form)
    names = tuple(fact.value for fact in (facts.company, facts.role, facts.recruiter) if fact)
    return Answer(purpose=purpose, stage=stage, channel=channel, names=names, text=made.text)


@pytest.mark.parametrize(("code", "form"), list(product(CODES, FORMS)))
def test_an_answer_is_short_kind_genderless_and_of_one_form(code: str, form: Form) -> None:
    """Of every answer these are true.

    It has 60 to 130 words by mail whatever is known, and one question or none; not even a warning of tone. No word agrees with the gender of
    the candidate or of the person answered. It keeps their form of address throughout, where the language has two.
    """
    language = load_language(code)
    others = () if code in ONE_ADDRESS else language.marks["informal" if form == "formal" else "formal"]
    for one in answers(code, form):
        assert check_tone(one.text, code, stage=one.stage, names=one.names) == (), one.text
        assert fits(one.text, one.channel)
        assert one.channel == "text" or len(one.text.split()) >= 60, one.text
        assert one.text.count("?") == (1 if INTENTS[one.purpose] == "feedback" else 0)
        assert not re.search(r"[!…]|\.\.|  | [,.]", one.text)
        assert re.search(GENDERED[code], one.text, re.IGNORECASE) is None, one.text
        for mark in others:
            assert re.search(mark.replace("{first}", "Alex").replace("{last}", "Morgan"), one.text) is None, (
                one.text
            )


def test_french_spaces_never_break_a_line() -> None:
    """Before ? : ; » and after « stands a space that does not break; elsewhere there is none of that kind."""
    for one in answers("fr", "formal"):
        assert not re.search(r" [?!:;»]|« ", one.text)
        assert re.sub(r"\u00a0(?=[?!:;»])|(?<=«)\u00a0", "", one.text).count("\u00a0") == 0
    assert load_language("fr").quote_line.endswith("a écrit\u00a0:")


@pytest.mark.parametrize(
    ("code", "first", "third"),
    [
        ("fr", "1er mars", "3 mars"),
        ("it", "1° marzo", "3 marzo"),
        ("es", "1 de marzo", "3 de marzo"),
        ("pt", "1 de março", "3 de março"),
        ("pt-br", "1º de março", "3 de março"),
        ("nl", "1 maart", "3 maart"),
        ("pl", "1 marca", "3 marca"),
        ("sv", "1 mars", "3 mars"),
    ],
)
def test_a_day_is_written_as_the_language_has_it(code: str, first: str, third: str) -> None:
    """The first of a month is an ordinal in some languages."""
    language = load_language(code)
    assert language.say_date(language.day, datetime(2026, 3, 1, tzinfo=UTC)) == first
    assert language.say_date(language.day, datetime(2026, 3, 3, tzinfo=UTC)) == third


@pytest.mark.parametrize(
    ("domain", "text", "code"),
    [
        ("acme.pt", "Agradecemos a sua candidatura.", "pt"),
        ("acme.example", "Agradecemos a sua candidatura.", "pt"),
        ("acme.com.br", "Agradecemos a sua candidatura.", "pt-br"),
        ("acme.example", "Agradecemos a você por participar do nosso processo seletivo.", "pt-br"),
        ("acme.pt", "A nossa equipa agradece o contacto.", "pt"),
    ],
)
def test_brazil_is_answered_as_brazil_writes(domain: str, text: str, code: str) -> None:
    """By the sender's country, or by words that only Brazil uses."""
    message = Message(from_=(Address(address=f"rh@{domain}"),), text=text)
    language, note = choose_language(message, "pt")
    assert (language.code, note) == (code, None)


@pytest.mark.parametrize(
    ("code", "text", "form"),
    [
        ("fr", "Nous ne donnons pas suite.", "formal"),
        (
            "fr",
            "Bonjour Alex,\nmerci pour l'échange, je te souhaite le meilleur et t'écris vite.",
            "informal",
        ),
        ("fr", "Bonjour Alex,\nnous vous remercions de votre intérêt pour notre entreprise.", "formal"),
        ("es", "Hola, Alex:\nlamentamos informarte de que no has sido seleccionado.", "informal"),
        ("es", "Lamentamos informarle de que no podemos ofrecerle el puesto.", "formal"),
        ("es", "Hola Alex, gracias por tu postulación, te deseamos éxitos.", "informal"),
        ("es", "La vacante ha sido cubierta por otra persona por su experiencia.", "formal"),
        ("it", "Gentile Alex Morgan,\nla ringraziamo per il suo interesse.", "formal"),
        ("it", "Ciao Alex,\ngrazie per il tuo tempo.", "informal"),
        ("it", "Gentile Alex,\nti scrivo per la posizione. La selezione è chiusa.", "informal"),
        ("nl", "Beste Alex,\nwe gaan niet met je verder.", "informal"),
        ("nl", "Geachte heer Morgan,\nwij danken u voor uw belangstelling.", "formal"),
        ("pl", "Cześć Alex,\ndzięki za rozmowę.", "informal"),
        ("pl", "Szanowny Panie,\ndziękujemy za Pana aplikację.", "formal"),
        ("pl", "Dzień dobry,\ndziękujemy za udział w rekrutacji.", "formal"),
        ("pt", "Olá, Alex,\nobrigada por teres vindo. Desejo-te sorte na tua procura.", "informal"),
        ("pt", "Exmo. Senhor,\nagradecemos a sua candidatura.", "formal"),
        ("pt-br", "Oi, Alex,\nvocê não foi selecionado.", "informal"),
        ("pt-br", "Prezado Alex,\nagradecemos. Atenciosamente,\nMarina", "formal"),
    ],
)
def test_the_form_of_address_is_seen(code: str, text: str, form: Form) -> None:
    """By pronouns, possessives, verbs and the words that open and close; formal where nothing shows."""
    assert form_of_address(Message(text=text), load_language(code), ME) == form


@pytest.mark.parametrize(
    ("code", "company", "said"),
    [
        ("fr", "Orbe", True),
        ("fr", "Musée de Rivecourt", False),
        ("es", "Cometa", True),
        ("es", "Ayuntamiento de Vega", False),
        ("it", "Ginestra", True),
        ("it", "Comune di Vena", False),
        ("pl", "Sowa", True),
        ("pl", "Muzeum Zamkowe", False),
    ],
)
def test_an_employer_that_needs_an_article_is_left_out(code: str, company: str, said: bool) -> None:
    """Nobody writes "chez Musée": where the name cannot stand alone in a sentence, the sentence does without."""
    facts = Facts(company=Fact(value=company))
    texts = [
        answer(
            code, "formal", "keep_in_touch", "interview", "email", facts, "not_selected", f"{number}@x"
        ).text
        for number in range(4)
    ]
    assert any(company in text for text in texts) is said


def test_a_name_that_ends_in_a_dot_ends_its_sentence() -> None:
    """One dot stands behind "S.p.A." at the end of a sentence."""
    facts = Facts(company=Fact(value="Ginestra S.p.A."))
    texts = [
        answer("it", "formal", "feedback", "interview", "email", facts, "not_selected", f"{number}@x").text
        for number in range(12)
    ]
    assert any("in Ginestra S.p.A. " in text for text in texts)
    assert not any(".." in text for text in texts)
