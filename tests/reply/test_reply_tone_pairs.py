"""Of each way in which a reply goes wrong, in each language, one sentence that is found and one near it that is left alone."""

import pytest

from mailhook.reply.tone import check_tone, tone_languages

# Language: category: what hurts, and what stands near it and is kind.
PAIRS: dict[str, dict[str, tuple[str, str]]] = {
    "sv": {
        "T1": ("Vad är anledningen till avslaget?", "Tack för att du förklarade hur ni tänkte."),
        "T2": ("Jag ber er ompröva beslutet.", "Jag förstår ert beslut, och jag respekterar det."),
        "T3": ("Jag vill ha svar senast på fredag.", "På fredag är jag ledig, om ett samtal passar bättre."),
        "T4": ("Ett standardsvar är ren nonchalans.", "Jag uppskattar att ni lade tid på min ansökan."),
        "T5": ("Jag tänker anmäla er till diskrimineringsombudsmannen.", "Jag har anmält mig till en kurs."),
        "T6": ("Jag ska varna andra på sociala medier.", "Jag läste annonsen med stort intresse."),
        "T7": ("Snälla, snälla, ge mig en chans.", "Det var en fin chans att lära känna er."),
        "T8": ("Tack för ingenting.", "Tack för beskedet, och lycka till med starten."),
        "T9": ("Vad gjorde jag för fel?", "Vad bör jag arbeta på först?"),
        "T10": ("Berodde det på min ålder? Vem anställde ni?", "Vilken erfarenhet bör jag skaffa mig?"),
    },
    "da": {
        "T1": ("Hvad er årsagen til afslaget?", "Tak, fordi du forklarede, hvad I lagde vægt på."),
        "T2": ("Jeg beder jer genoverveje sagen.", "Jeg forstår jeres beslutning og respekterer den."),
        "T3": ("Svar mig senest på fredag.", "På fredag har jeg fri, hvis en samtale passer bedre."),
        "T4": ("Sådan et standardafslag er uhøfligt.", "Jeg sætter pris på, at I brugte tid på min ansøgning."),
        "T5": ("Jeg vil klage til Ligebehandlingsnævnet.", "Jeg har meldt mig til et kursus."),
        "T6": ("Jeg vil advare andre på sociale medier.", "Jeg læste opslaget med stor interesse."),
        "T7": ("Giv mig en chance til, jeg er desperat.", "Det var en god chance for at lære jer at kende."),
        "T8": ("Tak for ingenting.", "Tak for beskeden, og held og lykke."),
        "T9": ("Hvad gjorde jeg forkert?", "Hvad kan jeg arbejde med først?"),
        "T10": ("Skyldtes det min alder? Hvem ansatte I?", "Hvilken erfaring skal jeg have?"),
    },
    "no": {
        "T1": ("Hva er grunnen til avslaget?", "Takk for at du forklarte hva dere la vekt på."),
        "T2": ("Jeg ber dere revurdere saken.", "Jeg forstår valget deres og respekterer det."),
        "T3": ("Jeg vil ha svar innen fredag.", "På fredag har jeg fri, om en samtale passer bedre."),
        "T4": ("Et slikt standardavslag er uhøflig.", "Jeg setter pris på at dere brukte tid på søknaden min."),
        "T5": ("Jeg klager til Diskrimineringsnemnda.", "Jeg har meldt meg på et kurs."),
        "T6": ("Jeg skal advare andre i sosiale medier.", "Jeg leste annonsen med stor interesse."),
        "T7": ("Gi meg en sjanse til, jeg er fortvilet.", "Det var en god anledning til å bli kjent med dere."),
        "T8": ("Takk for ingenting.", "Takk for beskjeden, og lykke til."),
        "T9": ("Hva gjorde jeg galt?", "Hva bør jeg jobbe med først?"),
        "T10": ("Skyldtes det alderen? Hvem ansatte dere?", "Hvilken erfaring bør jeg skaffe meg?"),
    },
    "nl": {
        "T1": ("Wat is de reden van de afwijzing?", "Fijn dat u de tijd nam om uw keuze toe te lichten."),
        "T3": ("Ik wil een antwoord vóór vrijdag, en wel onmiddellijk.", "Vrijdag ben ik goed bereikbaar, als bellen makkelijker is."),
        "T4": ("Dit is een belachelijke standaardbrief.", "Ik waardeer de tijd die u aan mijn brief hebt besteed."),
        "T5": ("Ik overweeg juridische stappen.", "Ik heb me ingeschreven voor een cursus."),
        "T6": ("Ik zet dit op sociale media en zal anderen waarschuwen.", "Ik las de vacature met veel interesse."),
        "T7": ("Geef me een laatste kans.", "Het was een mooie kans om kennis te maken."),
    },
    "it": {
        "T1": ("Vorrei sapere i motivi del rifiuto.", "La ringrazio per aver chiarito la vostra scelta."),
        "T3": ("Esigo una risposta entro venerdì.", "Venerdì sono libero da impegni, se preferisce una telefonata."),
        "T4": ("Una lettera standard è una mancanza di rispetto.", "Apprezzo il tempo dedicato alla mia candidatura."),
        "T5": ("Procederò per vie legali.", "Mi sono iscritto a un corso di lingua."),
        "T6": ("Scriverò una recensione.", "Ho letto l'annuncio con molto interesse."),
        "T7": ("Vi scongiuro, datemi un'ultima possibilità.", "È stata una bella occasione per conoscervi."),
    },
    "pl": {
        "T1": ("Jaki był powód odrzucenia mojej kandydatury?", "Dziękuję za wyjaśnienie tej decyzji."),
        "T3": ("Oczekuję odpowiedzi do piątku.", "W piątek mam wolny dzień, jeśli wygodniej będzie porozmawiać."),
        "T4": ("Taki szablonowy list to bezczelność.", "Doceniam czas poświęcony mojej aplikacji."),
        "T5": ("Podejmę kroki prawne.", "Zapisałam się na kurs."),
        "T6": ("Upublicznię to w mediach społecznościowych.", "Z zainteresowaniem przeczytałam ogłoszenie."),
        "T7": ("Błagam o jeszcze jedną szansę.", "To była dobra okazja, żeby poznać zespół."),
    },
    "pt": {
        "T1": ("Gostava de saber os motivos da recusa.", "Agradeço a clareza com que me explicou a escolha."),
        "T3": ("Exijo uma resposta até sexta.", "Na sexta tenho o dia livre, se preferir telefonar."),
        "T4": ("Uma resposta padrão é uma falta de respeito.", "Agradeço o tempo dedicado à minha candidatura."),
        "T5": ("Vou recorrer a medidas judiciais.", "Inscrevi-me num curso de línguas."),
        "T6": ("Vou expor a empresa nas redes sociais.", "Li o anúncio com muito interesse."),
        "T7": ("Suplico uma última oportunidade.", "Foi uma boa oportunidade para conhecer a equipa."),
    },
    "tr": {
        "T1": ("Olumsuz kararın gerekçesini açıklayın.", "Kararın gerekçesini açıkladığınız için teşekkür ederim."),
        "T2": ("Kararınızı yeniden değerlendirmenizi istiyorum.", "Kararınızı saygıyla karşılıyorum."),
        "T3": ("Cuma gününe kadar yanıt vermek zorundasınız.", "Cuma günü uygunum, telefon daha kolaysa arayabilirim."),
        "T4": ("Şablon bir mesajla zamanımı çaldınız.", "Başvuruma zaman ayırdığınız için teşekkür ederim."),
        "T5": ("Hukuki yollara başvuracağım.", "Bir kursa başvurdum."),
        "T6": ("Bunu sosyal medyada paylaşacağım.", "İlanı büyük bir ilgiyle okudum."),
        "T7": ("Lütfen, lütfen bana son bir şans verin.", "Sizi tanımak için güzel bir fırsat oldu."),
        "T8": ("Hiçbir şey için teşekkürler demek isterdim, hiçbir şey için teşekkür ederim.", "Mesajınız için teşekkür ederim."),
        "T9": ("Neyi yanlış yaptım?", "Öncelikle neleri geliştirmeliyim?"),
        "T10": ("Yaşım yüzünden mi? Kimi seçtiniz?", "Hangi alanda deneyim kazanmalıyım?"),
    },
    "ja": {
        "T1": ("不採用の理由を教えてください。", "不採用の理由を教えていただき、ありがとうございました。"),
        "T2": ("もう一度考え直していただきたいです。", "ご判断を尊重いたします。"),
        "T3": ("金曜日までに必ずご回答ください。", "金曜日でしたら、お電話でも差し支えございません。"),
        "T4": ("テンプレートのメールとは失礼な対応です。", "先にお電話を差し上げ、失礼いたしました。"),
        "T5": ("労働局に訴えます。", "製品の差別化について学びました。"),
        "T6": ("ネットに書き込みます。口コミにも載せます。", "求人を興味深く拝見しました。"),
        "T7": ("必死です。もう一度チャンスをください。", "ご家族の皆様にもどうぞよろしくお伝えください。"),
        "T8": ("さぞかし立派な方が見つかったのでしょう。", "新しい方を迎えられますことを、お喜び申し上げます。"),
        "T9": ("私の欠点は何でしょうか。どこが悪かったのですか。", "どの点を伸ばすとよいでしょうか。"),
        "T10": ("年齢が理由ですか。誰を採用したのですか。", "どのような経験を積むとよいでしょうか。"),
    },
    "zh": {
        "T1": ("請解釋拒絕我的原因。", "感谢您的解释，对我很有帮助。"),
        "T2": ("这是错误的决定，请重新考虑。", "我尊重您的决定。"),
        "T3": ("请在星期五之前给我答复，我有权知道。", "星期五我有空，如果打电话更方便的话。"),
        "T4": ("用模板邮件敷衍我，太没礼貌了。", "感谢您花时间看我的材料。"),
        "T5": ("我会申请劳动仲裁。", "我报名参加了一门课程。"),
        "T6": ("我会把这件事发到网上曝光。", "我认真读了招聘信息。"),
        "T7": ("求求您再给我一次机会。", "祝您和您的家人一切顺利。"),
        "T8": ("所谓的面试，显然你们早有人选。", "祝新同事一切顺利。"),
        "T9": ("我做错了什么？我的缺点是什么？", "我应该怎样提升自己？"),
        "T10": ("是因为我的年龄吗？你们录用了谁？", "我该积累哪方面的经验？"),
    },
    "ko": {
        "T1": ("불합격 사유를 알려 주세요.", "결정의 배경을 설명해 주셔서 감사합니다."),
        "T2": ("잘못된 결정이니 다시 생각해 주세요.", "내려 주신 결정을 존중합니다."),
        "T3": ("금요일까지 꼭 답해 주세요.", "금요일에는 통화도 가능합니다."),
        "T4": ("형식적인 답변은 무례합니다.", "듣기만 해도 많은 도움이 되었습니다."),
        "T5": ("노동청에 신고하겠습니다.", "제품을 차별화하는 방법을 배웠습니다."),
        "T6": ("인터넷에 올리겠습니다.", "채용 공고를 관심 있게 읽었습니다."),
        "T7": ("제발 한 번만 더 기회를 주세요.", "가족의 건강을 기원합니다."),
        "T8": ("참 대단한 결정이네요.", "알려 주셔서 고맙습니다."),
        "T9": ("제가 무엇을 잘못했나요?", "무엇부터 준비하면 좋을까요?"),
        "T10": ("나이 때문인가요? 누구를 뽑았나요?", "어떤 경험을 쌓으면 좋을까요?"),
    },
}  # fmt: skip
ROWS = [(code, id_, *pair) for code, rows in PAIRS.items() for id_, pair in rows.items()]


@pytest.mark.parametrize(("code", "id_", "hurts", "kind"), ROWS)
def test_one_is_found_and_one_is_left_alone(code: str, id_: str, hurts: str, kind: str) -> None:
    """The first carries the finding; the second, which speaks of much the same, carries none of any kind."""
    assert id_ in {one.id for one in check_tone(hurts, code)}
    assert check_tone(kind, code) == ()


def test_demands_accusations_threats_pressure_and_pleading_have_their_pair_everywhere() -> None:
    """Of every language that is not tested sentence by sentence elsewhere (English, German, French and Spanish are)."""
    assert {*PAIRS, "de", "en", "es", "fr"} == set(tone_languages())
    for rows in PAIRS.values():
        assert {"T1", "T3", "T4", "T5", "T6", "T7"} <= set(rows)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("sv", "Tack för vårt trevliga samtal. Vad kan jag stärka?"),
        ("da", "Tak for vores samtale. Hvad kan jeg styrke?"),
        ("no", "Takk for samtalen vår. Hva kan jeg styrke?"),
        ("tr", "Görüşmemiz için teşekkürler. Neyi geliştirmeliyim?"),
        ("ja", "面接でお話しできて光栄でした。"),
        ("zh", "感谢您与我交流。我该如何提升？"),
        ("ko", "면접에서 많이 배웠습니다."),
    ],
)
def test_a_meeting_that_never_was_is_found_in_every_language(code: str, text: str) -> None:
    """Below a first conversation, and only there."""
    assert "T11" in {one.id for one in check_tone(text, code, stage="application")}
    assert "T11" not in {one.id for one in check_tone(text, code, stage="interview")}


@pytest.mark.parametrize("code", tone_languages())
def test_what_is_better_is_said_in_the_language_of_the_text(code: str) -> None:
    """A person who writes Korean is not advised in English."""
    [caps] = [one for one in check_tone("ABC DEF", code) if one.id == "T14"]
    english = next(one.better for one in check_tone("ABC DEF", "en") if one.id == "T14")
    assert (caps.better == english) is (code == "en")


@pytest.mark.parametrize(
    ("code", "text", "thread", "found"),
    [
        ("en", "Dear Jane, thank you. I wish Acme well.", "Acme hiring\nJane Roe", []),
        ("en", "Dear Peter, thank you. I wish Globex well.", "Acme hiring\nJane Roe", ["Peter", "Globex"]),
        ("en", "I heard in March that Jane's team grows.", "Jane Roe", []),
        ("de", "Guten Tag Frau Roe, vielen Dank für die Nachricht von Acme.", "Jane Roe", []),
        ("de", "Grüßen Sie Herrn Meier von der Globex GmbH.", "Jane Roe", ["Meier", "Globex"]),
        ("fr", "Bonjour Pierre, merci pour ce retour de la part de Monsieur Durand.", "Jeanne Roe", ["Pierre", "Durand"]),
        ("es", "Hola, María: gracias por el mensaje de Globex.", "María Paz, Globex", []),
        ("it", "Gentile Anna, ringrazio Lei e la Globex.", "Anna Greco", ["Globex"]),
        ("pt", "Olá, Rui, agradeço a mensagem da Globex.", "Rui Sá", ["Globex"]),
        ("nl", "Beste Jan, dank u wel, ook namens Piet.", "Jan Bos", ["Piet"]),
        ("pl", "Dzień dobry, dziękuję Państwu i Tobie oraz firmie Globex.", "Ewa", ["Globex"]),
        ("sv", "Hej Anna, hälsa gärna Björn.", "Anna Ek", ["Björn"]),
        ("da", "Hej Anne, jeg skriver, fordi I har svaret, hils Bo.", "Anne Holm", ["Bo"]),
        ("no", "Hei Kari, hils Ola fra meg.", "Kari Vik", ["Ola"]),
        ("tr", "Sayın Ayşe Yılmaz, Mart ayındaki mesajınız ve Mehmet için teşekkürler.", "Ayşe Yılmaz", ["Mehmet"]),
        ("ja", "田中様、皆様、ご連絡ありがとうございます。鈴木様にもよろしく。", "田中", ["鈴木"]),
        ("ja", "アクメ株式会社のAcmeチームへ。", "Acme", ["アクメ"]),
        ("zh", "王女士，您好：感谢Globex的消息，也问候李先生。", "王女士", ["Globex", "李"]),
        ("ko", "안녕하세요, 김민수님. 채용 담당자님. 박지훈님께도 감사드립니다.", "김민수", ["박지훈"]),
    ],
)  # fmt: skip
def test_a_name_that_stands_in_no_message_is_found(
    code: str, text: str, thread: str, found: list[str]
) -> None:
    """A person or a company that the conversation does not know, where the language shows what is a name; without the conversation nothing can be said."""
    assert [one.quote for one in check_tone(text, code, thread=thread) if one.id == "T11"] == found
    assert [one for one in check_tone(text, code) if one.id == "T11"] == []


@pytest.mark.parametrize(
    ("code", "text", "thread"),
    [
        ("en", "I was impressed by your work on solar roofs.", "We build solar roofs."),
        ("de", "Ihre beeindruckende Solartechnik kenne ich gut.", "Wir bauen Solartechnik."),
        ("fr", "J'admire vos recherches sur les abeilles.", "Nos recherches sur les abeilles"),
        ("es", "Me impresionó el proyecto de riego.", "El proyecto de riego"),
        ("pt", "Admiro o projeto de rega.", "O projeto de rega"),
        ("it", "Ammiro il progetto irriguo.", "Il progetto irriguo"),
        ("nl", "Ik bewonder het werk aan dijken.", "Wij bouwen dijken."),
        ("pl", "Podziwiam pracę nad mostami.", "Zajmujemy się mostami."),
        ("sv", "Jag beundrar arbetet med broarna.", "Vi bygger broarna."),
        ("da", "Jeg beundrer arbejdet med broerne.", "Vi bygger broerne."),
        ("no", "Jeg beundrer arbeidet med bruene.", "Vi bygger bruene."),
        ("tr", "Köprü projelerinizden çok etkilendim.", "Köprü yapıyoruz."),
        ("ja", "橋の設計に大変感銘を受けました。", "当社は橋の設計を行っています。"),
        ("zh", "我对桥梁设计印象深刻。", "我们做桥梁设计。"),
        ("ko", "다리 설계에 깊은 감명을 받았습니다.", "다리 설계를 합니다."),
    ],
)  # fmt: skip
def test_a_compliment_for_what_no_message_speaks_of_is_found(code: str, text: str, thread: str) -> None:
    """Praise needs its object in the conversation."""
    assert [one for one in check_tone(text, code, thread=thread) if one.id == "T11"] == []
    [found] = [one for one in check_tone(text, code, thread="12") if one.id == "T11"]
    assert found.level == "block"


@pytest.mark.parametrize(
    ("code", "text"),
    [("sv", "den 3 mars"), ("da", "den 3. marts"), ("no", "3. mars"), ("tr", "3 Mart"), ("ja", "3月3日"), ("ko", "3월 3일"), ("zh", "3月3日"), ("en", "on 3/4/2026")],
)  # fmt: skip
def test_a_date_that_stands_nowhere_is_found_in_every_language(code: str, text: str) -> None:
    """And a time of day is no date."""
    assert [one.id for one in check_tone(text, code, thread="")] == ["T11"]
    assert check_tone(text, code, thread=f"- {text} -") == ()
    assert check_tone("9.00, 17.00, 9:30, 10.45", code, thread="") == ()
