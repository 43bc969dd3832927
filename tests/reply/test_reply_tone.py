"""The tone check finds what hurts, where it stands, and leaves kind letters alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhook.reply.tone import blocking, check_tone, tone_languages


def ids(text: str, language: str = "en", **known: Any) -> set[str]:
    return {one.id for one in check_tone(text, language, **known)}


HURTS = {
    "en": [
        ("T1", "Could you tell me why I wasn’t selected, and why did you not call?"),
        ("T1", "Please share the reasons for my rejection."),
        ("T1", "I would like you to explain your decision."),
        ("T1", "What went wrong?"),
        ("T2", "I respectfully disagree and ask you to reconsider."),
        ("T2", "I am far more qualified than the person you hired. It is your loss."),
        ("T2", "I find it hard to believe that somebody else was better."),
        ("T3", "I demand an answer. You owe me that much."),
        ("T3", "Please reply by Friday."),
        ("T3", "I expect a reply ASAP."),
        ("T4", "That was an unprofessional form letter and a waste of my time."),
        ("T4", "You ghosted me for weeks."),
        ("T5", "My lawyer will be in touch."),
        ("T5", "Under Article 15 GDPR I ask for my interview notes."),
        ("T6", "I will post about this on LinkedIn and leave a review."),
        ("T7", "I beg you, I need this job for my family."),
        ("T7", "Please, please give me one more chance."),
        ("T8", "Thanks for nothing. Good luck with that."),
        ("T8", "Obviously you had made up your mind."),
        ("T9", "What did I do wrong? What are my weaknesses?"),
        ("T10", "Was it because of my age? Who did you hire?"),
        ("T10", "How could I improve? What else? Which course? Where?"),
        ("T12", "Can you give me feedback?"),
        ("T13", "Sorry to bother you, I just have a quick question. What could I improve?"),
        ("T14", "Thank you!! I LOVE THIS company…"),
        ("T14", "Thank you 🙂"),
        ("T15", "Dear {{ recruiter }}, thank you."),
        ("T15", "Dear None, thank you for the [Role]."),
    ],
    "de": [
        ("T1", "Warum haben Sie mich nicht genommen?"),
        ("T1", "Bitte nennen Sie mir die Gründe für die Absage."),
        ("T1", "Woran hat es gelegen?"),
        ("T2", "Mit dieser Entscheidung bin ich nicht einverstanden, das ist eine Fehlentscheidung."),
        ("T2", "Das kann ich nicht nachvollziehen."),
        ("T3", "Ich erwarte eine Antwort bis spätestens Freitag."),
        ("T3", "Ich fordere Sie auf, sich umgehend zu melden."),
        ("T4", "Eine solche Standardabsage ist eine Frechheit."),
        ("T5", "Ich werde rechtliche Schritte nach dem AGG prüfen."),
        ("T6", "Das werde ich auf Kununu bewerten."),
        ("T7", "Bitte geben Sie mir eine zweite Chance, ich bin verzweifelt."),
        ("T8", "Na dann viel Erfolg. Vielen Dank für nichts."),
        ("T9", "Was habe ich falsch gemacht?"),
        ("T10", "Lag es an meinem Alter? Wen haben Sie genommen?"),
        ("T12", "Können Sie mir Feedback geben?"),
        ("T13", "Entschuldigen Sie die Störung, ich habe nur kurz eine Frage: Was könnte ich tun?"),
    ],
    "fr": [
        ("T1", "Pourquoi n’ai-je pas été retenu ?"),
        ("T1", "Pouvez-vous me donner les raisons de ce refus ?"),
        ("T2", "Je ne suis pas d’accord et vous demande de revoir votre décision."),
        ("T3", "J’exige une réponse dans les plus brefs délais."),
        ("T4", "C’est injuste et irrespectueux, une simple lettre type."),
        ("T5", "Mon avocat saisira les prud’hommes."),
        ("T6", "Je laisserai un avis Google."),
        ("T7", "Je vous supplie de me donner une dernière chance."),
        ("T8", "Merci pour rien, tant pis pour vous."),
        ("T9", "Qu’ai-je fait de mal ?"),
        ("T10", "Est-ce à cause de mon âge ? Qui avez-vous choisi ?"),
        ("T12", "Pouvez-vous m’aider ?"),
    ],
    "es": [
        ("T1", "¿Por qué no me seleccionaron?"),
        ("T1", "Quisiera conocer los motivos del rechazo."),
        ("T2", "No estoy de acuerdo y pido que lo reconsideren."),
        ("T3", "Exijo una respuesta a la mayor brevedad."),
        ("T4", "Es una falta de respeto y una pérdida de tiempo."),
        ("T5", "Hablaré con mi abogado por discriminación."),
        ("T6", "Publicaré una reseña en redes sociales."),
        ("T7", "Le suplico una segunda oportunidad, estoy desesperado."),
        ("T8", "Gracias por nada, ustedes se lo pierden."),
        ("T9", "¿Qué hice mal?"),
        ("T10", "¿Fue por mi edad? ¿A quién contrataron?"),
        ("T12", "¿Podría ayudarme?"),
    ],
    "pt": [
        ("T1", "Por que não fui escolhido?"),
        ("T3", "Exijo uma resposta."),
        ("T4", "Isso é uma falta de respeito."),
        ("T5", "Vou falar com meu advogado."),
        ("T7", "Imploro por mais uma chance."),
        ("T1", "Porque é que não fui escolhida?"),
        ("T1", "Pode explicar a vossa decisão?"),
        ("T1", "O que correu mal?"),
        ("T2", "Não concordo e peço que reconsiderem."),
        ("T2", "Era a melhor candidata."),
        ("T3", "Aguardo resposta até sexta."),
        ("T3", "Têm de me responder no prazo de 5 dias."),
        ("T4", "Fizeram-me perder tempo, é inadmissível."),
        ("T5", "Vou apresentar queixa no tribunal."),
        ("T6", "Vou publicar isto no LinkedIn."),
        ("T7", "Peço encarecidamente mais uma oportunidade."),
        ("T7", "Preciso mesmo deste emprego."),
        ("T8", "Obrigado por nada."),
        ("T9", "O que fiz de errado?"),
        ("T10", "Foi por causa da minha idade?"),
        ("T10", "Quem é que contrataram?"),
        ("T12", "Pode ajudar-me?"),
        ("T13", "Desculpe o incómodo, é só uma pergunta rápida: o que devo melhorar?"),
    ],
    "nl": [
        ("T1", "Waarom ben ik niet gekozen?"),
        ("T3", "Ik eis een antwoord, zo snel mogelijk."),
        ("T4", "Dit is onprofessioneel en tijdverspilling."),
        ("T5", "Mijn advocaat neemt contact op."),
        ("T7", "Ik smeek u om een tweede kans."),
        ("T1", "Waarom hebben jullie mij niet gekozen?"),
        ("T1", "Wat is er misgegaan? Wat ging er mis?"),
        ("T2", "Ik ben het er niet mee eens."),
        ("T2", "Ik vraag u de beslissing te heroverwegen."),
        ("T3", "U moet mij binnen 5 dagen antwoorden."),
        ("T4", "Zo'n standaardmail is onacceptabel."),
        ("T5", "Ik dien een klacht in bij de rechtbank."),
        ("T6", "Ik zal een review achterlaten op Google."),
        ("T7", "Geef me alstublieft nog een kans."),
        ("T7", "Ik heb deze baan echt nodig."),
        ("T8", "Bedankt voor niets."),
        ("T9", "Wat heb ik verkeerd gedaan?"),
        ("T10", "Lag het aan mijn leeftijd?"),
        ("T10", "Wie hebben jullie gekozen?"),
        ("T12", "Kunt u me helpen?"),
        ("T13", "Sorry dat ik u stoor, ik heb maar een vraagje: wat kan ik verbeteren?"),
    ],
    "it": [
        ("T1", "Perché non sono stato scelto?"),
        ("T3", "Pretendo una risposta entro venerdì."),
        ("T4", "È una vergogna e una perdita di tempo."),
        ("T5", "Mi rivolgerò a un avvocato."),
        ("T7", "Vi supplico, datemi una seconda possibilità."),
        ("T1", "Perché avete scelto un'altra persona?"),
        ("T1", "Potreste spiegarmi la decisione?"),
        ("T1", "Cosa è andato storto?"),
        ("T2", "Non sono d'accordo, vi chiedo di riconsiderare."),
        ("T2", "Ve ne pentirete."),
        ("T3", "Voglio una spiegazione entro venerdì."),
        ("T4", "Mi avete fatto perdere tempo: poca serietà."),
        ("T5", "Farò causa e contatterò il mio legale."),
        ("T6", "Pubblicherò tutto su LinkedIn."),
        ("T7", "Ho davvero bisogno di questo lavoro, datemi un'altra possibilità."),
        ("T8", "Grazie di niente."),
        ("T9", "Dove ho sbagliato?"),
        ("T10", "È per la mia età?"),
        ("T10", "Chi avete scelto?"),
        ("T12", "Può aiutarmi?"),
        ("T13", "Mi scusi se disturbo, solo una domanda veloce: che cosa posso migliorare?"),
    ],
    "pl": [
        ("T1", "Dlaczego nie zostałem wybrany?"),
        ("T3", "Żądam odpowiedzi do piątku."),
        ("T4", "To nieprofesjonalne i strata czasu."),
        ("T5", "Mój adwokat się z Państwem skontaktuje."),
        ("T7", "Błagam o ostatnią szansę."),
        ("T1", "Z jakiego powodu nie zaproszono mnie?"),
        ("T1", "Proszę o wyjaśnienie tej decyzji."),
        ("T1", "Co poszło nie tak?"),
        ("T2", "Nie zgadzam się z tą decyzją."),
        ("T2", "Proszę jeszcze raz przemyśleć tę decyzję. Proszę zmienić decyzję."),
        ("T3", "Proszę pilnie odpowiedzieć, najpóźniej do środy."),
        ("T3", "Wymagam odpowiedzi w ciągu 3 dni."),
        ("T4", "Zmarnowaliście mój czas, to niepoważne."),
        ("T5", "Złożę skargę do PIP."),
        ("T6", "Wystawię opinię w internecie."),
        ("T7", "Zrobię wszystko, proszę dać mi jeszcze jedną szansę."),
        ("T8", "Dziękuję za nic."),
        ("T9", "Co zrobiłem źle?"),
        ("T10", "Czy to z powodu wieku?"),
        ("T10", "Kogo wybraliście?"),
        ("T12", "Czy może mi Pani pomóc?"),
        ("T13", "Przepraszam, że zawracam głowę, tylko jedno szybkie pytanie: co mogę poprawić?"),
    ],
    "sv": [("T1", "Varför fick jag inte jobbet?"), ("T3", "Jag kräver ett svar omgående."), ("T4", "Det är oprofessionellt och slöseri med tid."), ("T5", "Min advokat hör av sig."), ("T7", "Jag är desperat, ge mig en sista chans.")],
    "da": [("T1", "Hvorfor blev jeg ikke valgt?"), ("T3", "Jeg kræver et svar straks."), ("T4", "Det er uprofessionelt og spild af min tid."), ("T5", "Min advokat kontakter jer."), ("T7", "Jeg er desperat, giv mig en sidste chance.")],
    "no": [("T1", "Hvorfor ble jeg ikke valgt?"), ("T3", "Jeg krever et svar umiddelbart."), ("T4", "Dette er uprofesjonelt og bortkastet tid."), ("T5", "Min advokat tar kontakt."), ("T7", "Jeg er desperat, gi meg en siste sjanse.")],
    "tr": [("T1", "Neden reddedildim?"), ("T3", "Derhal bir yanıt talep ediyorum."), ("T4", "Bu çok saygısızca ve zaman kaybı."), ("T5", "Avukatım sizinle görüşecek."), ("T7", "Yalvarırım, bana son bir şans verin.")],
    "ja": [("T1", "なぜ不採用になったのか理由を教えてください。"), ("T3", "至急ご回答ください。"), ("T4", "時間の無駄でした。失礼な対応です。"), ("T5", "弁護士に相談し法的措置をとります。"), ("T7", "どうしても入社したいです。もう一度チャンスをください。")],
    "zh": [("T1", "为什么不录用我？请告诉我被拒绝的原因。"), ("T3", "我要求你们立即答复。"), ("T4", "这太不公平了，浪费时间。"), ("T5", "我会找律师起诉你们。"), ("T7", "求求你们再给一次机会。")],
    "ko": [("T1", "왜 제가 불합격인지 불합격 사유를 알려 주세요."), ("T3", "즉시 답변을 요구합니다."), ("T4", "불공정하고 시간 낭비였습니다."), ("T5", "변호사를 통해 법적 조치를 하겠습니다."), ("T7", "제발 마지막 기회를 주세요.")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "id_", "text"), [(code, id_, text) for code, rows in HURTS.items() for id_, text in rows]
)
def test_what_hurts_is_found(language: str, id_: str, text: str) -> None:
    """Each sentence carries the finding it was written for."""
    assert id_ in ids(text, language), text


KIND = {
    "en": [
        "Thank you for letting me know. If you have a moment, which one area should I develop first?",
        "The affair was settled. Sue was very kind, and data engineers are in demand.",
        "I appreciate your review of my application. What could I improve?",
        "I would be glad to hear from you if another role comes up, whenever it suits you.",
        "I was sorry to miss the train; I hope the team had a good day.",
    ],
    "de": [
        "Vielen Dank für Ihre Rückmeldung. Woran sollte ich zuerst arbeiten?",
        "Was könnte ich tun, um mein Profil für eine solche Position weiter zu verbessern?",
        "Welchen Punkt sollte ich aus Ihrer Sicht für künftige Bewerbungen stärken?",
        "Haben Sie vielen Dank für die Zeit, die Sie sich genommen haben. Ich respektiere Ihre Entscheidung.",
    ],
    "fr": [
        "Je me permets de vous demander un retour : sur quels points me conseilleriez-vous de progresser ?",
        "Merci de votre réponse. Comment pourrais-je renforcer une prochaine candidature ?",
        "Je vous souhaite une bonne continuation et reste intéressé par la poursuite de nos échanges.",
    ],
    "es": [
        "Hay mucha demanda en el mercado. ¿Qué aspectos me recomendaría reforzar?",
        "¿Cómo podría mejorar mis opciones en futuros procesos? Gracias por su tiempo.",
        "Si surge otra oportunidad, me alegraría tener noticias suyas.",
    ],
    "it": [
        "Se si presentasse un'altra occasione, sarei lieto di sentirvi. Su quali aspetti dovrei lavorare?",
        "Grazie per avermi spiegato la decisione. Su quali aspetti dovrei lavorare?",
        "Naturalmente speravo in un esito diverso, ma rispetto la scelta.",
        "Grazie per la disponibilità; se si aprisse un'altra posizione, mi farebbe piacere avere Sue notizie.",
    ],
    "nl": [
        "Bedankt voor de toelichting op de keuze. Waar kan ik als eerste aan werken?",
        "Ik respecteer de beslissing en wens de nieuwe collega een goede start.",
        "Dank u wel voor het gesprek en voor de motivering van de beslissing.",
    ],
    "pl": [
        "Dziękuję za wyjaśnienie decyzji. Nad czym warto popracować?",
        "Państwa biuro jest czynne od poniedziałku do piątku, chętnie zadzwonię.",
        "Rozumiem tę decyzję i życzę zespołowi wszystkiego dobrego.",
        "Dziękuję za wyjaśnienia dotyczące tej decyzji.",
    ],
    "pt": [
        "Agradeço por me explicar a decisão. Em que devo trabalhar primeiro?",
        "Agradeço a explicação da escolha feita e o processo bem conduzido. Que aspetos devo reforçar?",
        "Espero que o processo tenha corrido bem. Se surgir outra vaga, terei gosto em ter notícias suas.",
        "Sei que há muitos candidatos e que a escolha foi difícil; respeito a decisão.",
    ],
    "ja": ["このたびはご連絡をいただき、誠にありがとうございました。今後の参考に、どのような点を伸ばすとよいかご助言をいただけますと幸いです。"],
    "ko": ["알려 주셔서 감사합니다. 앞으로 어떤 점을 보완하면 좋을지 조언해 주시면 감사하겠습니다."],
    "zh": ["感谢您告知结果。如果方便，想请教您：我应该先提高哪方面的能力？"],
}  # fmt: skip


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, rows in KIND.items() for text in rows])
def test_what_is_kind_is_left_alone(language: str, text: str) -> None:
    """Look-alikes ("affair", "in demand", "demander un retour") and good letters carry no finding at all."""
    assert check_tone(text, language) == ()


def test_a_finding_says_where_why_and_what_instead() -> None:
    """Place, quote, level, reason and a better phrase, in the language of the text."""
    text = "Guten Tag,\nbitte nennen Sie mir die Gründe für die Absage."
    [found] = check_tone(text, "de")
    assert text[found.start : found.end] == found.quote == "Gründe für die Absage"
    assert (found.id, found.level, found.why) == ("T1", "block", "demands the reason")
    assert found.better == "Woran sollte ich für künftige Bewerbungen arbeiten?"


def test_a_meeting_that_never_was_is_found() -> None:
    """Below a first conversation nothing may be said of one."""
    text = "I enjoyed our conversation. What could I improve?"
    assert ids(text, stage="application") == {"T11"}
    assert ids(text, stage="unknown") == {"T11"}
    assert ids(text, stage="interview") == set()
    assert ids("Vielen Dank für das Gespräch. Was kann ich tun?", "de", stage="application") == {"T11"}


def test_a_date_that_stands_nowhere_is_found() -> None:
    """With the conversation at hand, a date that it does not hold is a fact made up."""
    text = "Thank you for your time on 3 March. What could I improve?"
    assert ids(text, thread="See you on 3 March at ten.") == set()
    assert ids(text, thread="See you on Tuesday.") == {"T11"}


def test_names_from_the_mailbox_are_passed_over() -> None:
    """A company or a role may be called anything."""
    text = "Thank you for the SENIOR JAVA DEVELOPER position at Reasonable Lawyers Ltd."
    assert ids(text) == {"T14", "T5"}
    assert ids(text, names=["SENIOR JAVA DEVELOPER", "Reasonable Lawyers Ltd"]) == set()


def test_only_what_blocks_blocks() -> None:
    """A warning is shown and keeps nothing back."""
    found = check_tone("Can you help me? I demand it.")
    assert {one.level for one in found} == {"block", "warn"}
    assert {one.id for one in blocking(found)} == {"T3"}


def test_fifteen_languages_know_demands_accusations_threats_and_pleading() -> None:
    """Every language there are answers in is checked for the four worst ways."""
    assert tone_languages() == (
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
        "sv",
        "tr",
        "zh",
    )


@given(st.text(max_size=300), st.sampled_from(["en", "de", "tr", "ja", "xx"]))
def test_findings_quote_the_text(text: str, language: str) -> None:
    """Whatever is checked, nothing is raised, and each quote stands at its place."""
    for one in check_tone(text, language, stage="application", thread=""):
        assert text[one.start : one.end] == one.quote
