"""Answers in every language: length, tone, form of address, nothing invented, and nobody's gender guessed."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product

import pytest

from mailhook.mail.message import Address, Me, Message
from mailhook.reply import texts
from mailhook.reply.check import NAMES
from mailhook.reply.compose import compose, fits
from mailhook.reply.invented import unknown_names
from mailhook.reply.language import FORMS, Form, Length, choose_language, form_of_address, load_language
from mailhook.reply.plan import Channel, Intent, Plan, Purpose
from mailhook.reply.provenance import readable
from mailhook.reply.settings import ReplySettings
from mailhook.reply.tone import check_tone
from mailhook.verdict.verdict import Fact, Facts, Kind, Stage, Verdict

ME = Me(name="Alex Morgan", addresses=("alex.morgan@example.org",))
CODES = (
    "da",
    "de",
    "en",
    "es",
    "fr",
    "it",
    "ja",
    "ko",
    "nl",
    "no",
    "pl",
    "pt",
    "pt-br",
    "sv",
    "tr",
    "zh",
    "zh-hant",
)
# In these the address is one, and only the greeting and the closing differ between the forms.
ONE_ADDRESS = ("da", "en", "no", "pt-br", "sv")
# These write to strangers in one polite form alone.
ONE_FORM = ("ja", "ko", "zh", "zh-hant")
CASES = [(code, form) for code in CODES for form in FORMS if form == "formal" or code not in ONE_FORM]
INTENTS: dict[Purpose, Intent] = {
    "feedback": "feedback",
    "accept": "feedback",
    "given": "thanks",
    "thanks": "thanks",
    "keep_in_touch": "keep_in_touch",
}
WORDINGS = 60
STAGES: tuple[Stage, ...] = ("application", "screen", "assessment", "interview", "final")
FULL = Facts(company=Fact(value="Acme"), role=Fact(value="Data Engineer"), recruiter=Fact(value="Robin Roe"))
LONG = Facts(
    company=Fact(value="Northern Energy Systems International Holding"),
    role=Fact(value="Senior Principal Data Engineer (m/f/d) - Platform & Analytics, Remote"),
    recruiter=Fact(value="Maria del Carmen Rodriguez"),
)
# A message that shows each form of address.
ADDRESSED: dict[str, dict[Form, str]] = {
    "da": {
        "formal": "Kære Alex Morgan,\ntak for din ansøgning.\nMed venlig hilsen",
        "informal": "Hej Alex,\ntak for din ansøgning.",
    },
    "de": {
        "formal": "Wir danken Ihnen für Ihre Bewerbung.",
        "informal": "Wir danken dir für deine Bewerbung.",
    },
    "en": {"formal": "Dear Mr Morgan,\nthank you.", "informal": "Hi Alex,\nthank you."},
    "ja": {"formal": "このたびはご応募いただき、ありがとうございました。"},
    "ko": {"formal": "지원해 주셔서 감사합니다."},
    "no": {
        "formal": "Kjære Alex Morgan,\ntakk for søknaden.\nMed vennlig hilsen",
        "informal": "Hei Alex,\ntakk for søknaden.",
    },
    "tr": {"formal": "Başvurunuz için teşekkür ederiz.", "informal": "Başvurun için teşekkürler."},
    "zh": {"formal": "感谢您应聘我们公司的职位。"},
    "zh-hant": {"formal": "感謝您應徵我們公司的職缺。"},
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
    "da": r"\b(?:han|hun|hans|hendes|hende|ham|herr|hr|fru)\b",
    "de": r"\b(?:herrn?|frau|bewerber(?:in)?|kandidat(?:in|en)?|lieber?|geehrter?|er|sie selbst)\b(?! gute)",
    "en": r"\b(?:he|she|his|her|hers|him|mr|ms|mrs|sir|madam)\b",
    "ja": r"彼|彼女|氏\b",
    "ko": r"그녀|그는|아가씨",
    "no": r"\b(?:han|hun|hans|hennes|henne|ham|herr|fru)\b",
    "tr": r"\b(?:bay|bayan|bey|hanım)\b",
    "zh": r"先生|女士|小姐|她|(?<!其)他",
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
GENDERED["zh-hant"] = GENDERED["zh"]
# How a question looks where it has no question mark.
ASKS = {"ja": r"とよいでしょうか|ご助言をいただけ|を伺えますと|お聞かせいただけ"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, and the case it was written for."""

    purpose: Purpose
    stage: Stage
    channel: Channel
    names: tuple[str, ...]
    text: str
    thread: str


@lru_cache(maxsize=1)
def answers(code: str, form: Form) -> tuple[Answer, ...]:
    """Write every case in several wordings: by mail with everything known, with long names and with nothing, by text and call with less of it."""
    cases: tuple[tuple[Channel, int, tuple[Facts, ...]], ...] = (
        ("email", 2, (FULL, LONG, Facts())),
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
    names = tuple(fact.value for fact in (facts.company, facts.role, facts.recruiter) if fact)
    domain = "acme.com.br" if code == "pt-br" else "acme.example"
    message = Message(
        message_id=message_id,
        from_=(Address(address=f"robin.roe@{domain}"),),
        text=ADDRESSED[code][form],
        footer=" | ".join(names),
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
    return Answer(
        purpose=purpose,
        stage=stage,
        channel=channel,
        names=names,
        text=made.text,
        thread=readable([message]),
    )


@pytest.mark.parametrize(("code", "form"), CASES)
def test_an_answer_is_short_kind_genderless_and_of_one_form(code: str, form: Form) -> None:
    """Of every answer these are true.

    It is as long as the language has it by mail whatever is known, and has one question or none; not even a warning of tone. No word agrees with the gender of
    the candidate or of the person answered. It keeps their form of address throughout, where the language has two. Every name in it stands
    in the message, or is the candidate's own.
    """
    language = load_language(code)
    others = (
        () if code in ONE_ADDRESS else language.marks.get("informal" if form == "formal" else "formal", ())
    )
    for one in answers(code, form):
        assert check_tone(one.text, code, stage=one.stage, names=one.names) == (), one.text
        assert fits(one.text, one.channel, language)
        assert one.channel != "email" or language.length.of(one.text) >= language.length.email[0], one.text
        if code not in ASKS or one.channel == "email":
            asked = len(re.findall(ASKS.get(code, "[?？]"), one.text))
            assert asked == (1 if INTENTS[one.purpose] == "feedback" else 0), one.text
        assert not re.search(r"[!！…]|\.\.|  | [,.，。]", one.text), one.text
        assert re.search(GENDERED[code], one.text, re.IGNORECASE) is None, one.text
        known = f"{one.thread}\n{ME.name}\nParis"
        assert [
            one.text[start:end] for start, end in unknown_names(one.text, code.partition("-")[0], known)
        ] == []
        for mark in others:
            assert re.search(mark.replace("{first}", "Alex").replace("{last}", "Morgan"), one.text) is None, (
                one.text
            )


@pytest.mark.parametrize(("code", "form"), CASES)
def test_every_wording_is_as_long_as_it_should_be(code: str, form: Form) -> None:
    """By mail, for every purpose, stage, outcome and closing, in sixty mixtures of the wordings, with nothing known and with all of an ordinary length."""
    language = load_language(code)
    least, most = language.length.email
    cases = [
        *product(["feedback"], STAGES, ["not_selected", "filled"]),
        *product(INTENTS, ["application", "interview"], ["not_selected"]),
    ]
    for (purpose, stage, kind), number, known in product(cases, range(WORDINGS), (False, True)):
        contact = stage != "application"
        day = language.day.format(day=3, month=language.months[2], month_number="03")
        names = {"role": "Data Engineer", "company": "Acme", "day": day if contact else ""}
        values = {
            **NAMES, **(names if known else {}), "purpose": purpose, "stage": stage, "kind": kind, "contact": contact, "formal": form == "formal",
            "thanked": contact and not known, "no_feedback": known and purpose == "thanks",
        }  # fmt: skip
        body = texts.render(language, f"{purpose}.j2", values, seed=str(number), templates=None)
        for closing in language.closings[form]:
            whole = f"{language.greetings[form].nobody}\n\n{body}\n\n{closing}\nAlex Morgan"
            assert least <= language.length.of(whole) <= most, (purpose, stage, kind, whole)


def test_a_character_is_the_measure_where_words_have_no_spaces() -> None:
    """There a word in Latin letters and a number count as one, and marks and spaces as none."""
    length = Length(unit="characters", email=(1, 9))
    assert length.of("3月3日、Data Engineerの件。") == 8
    assert length.of("한 가지 여쭙고 싶습니다.") == 10
    assert Length().of("One word, two words.") == 4
    assert {load_language(code).length.unit for code in ("ja", "ko", "zh", "zh-hant")} == {"characters"}
    assert fits("語" * 9, "portal", replace(load_language("ja"), length=length))
    assert not fits("語" * 10, "email", replace(load_language("ja"), length=length))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("感谢您应聘我们的职位，很遗憾这次没有选择您。", "zh"),
        ("感謝您應徵本公司的職位，很遺憾這次沒有錄取您。", "zh-hant"),
        ("您好，我是陳經理。感谢您应聘我们的职位，这次我们选择了其他人。", "zh"),
        ("您好，我是陈经理。感謝您應徵我們的職缺，這次我們選擇了其他人選。", "zh-hant"),
        ("你好", "zh"),
    ],
)
def test_chinese_is_answered_in_the_script_of_the_message(text: str, code: str) -> None:
    """Whichever of the two scripts shows more often; a name in the other one does not turn it."""
    assert (
        choose_language(Message(from_=(Address(address="hr@acme.example"),), text=text), "zh")[0].code == code
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
        ("da", "1. marts", "3. marts"),
        ("de", "1. März", "3. März"),
        ("no", "1. mars", "3. mars"),
        ("tr", "1 Mart", "3 Mart"),
        ("ja", "3月1日", "3月3日"),
        ("ko", "3월 1일", "3월 3일"),
        ("zh-hant", "3月1日", "3月3日"),
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
        ("da", "Hej Alex,\nvi er gået videre med en anden.\nMange hilsner", "informal"),
        ("da", "Kære Alex Morgan,\nvi er gået videre med en anden.\nMed venlig hilsen", "formal"),
        ("no", "Hei Alex,\nvi gikk videre med en annen. Ha en fin uke", "informal"),
        ("no", "Kjære søker,\nvi gikk videre med en annen.\nMed vennlig hilsen", "formal"),
        ("sv", "Hejsan Alex,\nvi har valt någon annan. Ha det bra", "informal"),
        ("tr", "Sayın Alex Morgan,\nbaşvurunuz için teşekkürler.", "formal"),
        ("tr", "Selam Alex,\nbaşvurun için teşekkürler.", "informal"),
        ("de", "Hallo Alex,\nwir haben uns gegen dich entschieden.", "informal"),
        ("de", "Wir haben uns gegen Sie entschieden.", "formal"),
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
