"""The words by which mail programs and writers of many languages mark what is not new text. Data only, one kind a table.

All are in lower case and in the normal form of `normal.py`; a label's colon and a line's dashes are not part of them.
Languages stand in one order: en de fr es pt nl it pl sv da no fi cs tr ja zh ko ru uk ar he hi id vi ro hu el, then
neighbours where mail programs know them.
"""


def _set(table: str) -> frozenset[str]:
    return frozenset(
        entry.strip() for line in table.splitlines() for entry in line.split("|") if entry.strip()
    )


# The verb of an attribution line ("On Monday, Jane wrote:"), as it stands before the colon or before the name.
WROTE = _set("""
wrote | writes | schrieb | schrieb am | hat geschrieben | geschrieben | a écrit | a ecrit | écrit | écrivait
escribió | escribio | ha escrito | escreveu | schreef | heeft geschreven | geschreven | ha scritto | scrive | scriveva
napisał | napisała | napisał(a) | napisał/a | pisze | skrev | skrev följande | skrev den | kirjoitti | kirjoittaa
napsal | napsala | napsal(a) | napísal | napísala | napísal(a) | yazdı | şunu yazdı | şunları yazdı | yazmış | yazıyor
のメール | のメッセージ | が書きました | は書きました | さんは書きました | 書きました | wrote(は) | 写道 | 寫道 | 来信 | 撰寫 | 님이 작성 | 작성 | 님이 썼습니다 | 님의 말 | 썼습니다 | 쓴 글
написал | написала | написал(а) | пишет | писал | писал(а) | пише | написав | написала | написав(ла) | писав
كتب | كتبت | يكتب | כתב | כתבה | כתב/ה | כתב(ה) | ने लिखा | लिखा | menulis | menulis berikut | đã viết | viết
a scris | a scris: | írta | ezt írta | a következőt írta | έγραψε | έγραψαν | ha escrit | kirjutas | rašė | parašė | rakstīja
napisao je | napisala je | je napisao | je napisala | je napisao/la | je napisal | je napisala | написа | skrifaði | idatzi
""")

# The first word of an attribution line, so that a wrapped one is taken whole.
ATTRIBUTION_STARTS = _set("""
on | am | um | den | der | le | el | em | op | il | in | w | dnia | d | på | pe | dne | dňa | at | von | from | da | de | van
в | у | на | في | بتاريخ | ב | ב- | בתאריך | को | pada | vào | ngày | lúc | în | la | στις | την | στο | a | az | 在 | 于
mon | tue | wed | thu | fri | sat | sun | monday | tuesday | wednesday | thursday | friday | saturday | sunday
mo | di | mi | do | fr | sa | so | montag | dienstag | mittwoch | donnerstag | freitag | samstag | sonntag
lun | mar | mer | jeu | ven | sam | dim | lundi | mardi | mercredi | jeudi | vendredi | samedi | dimanche
mié | jue | vie | sáb | dom | seg | ter | qua | qui | sex | ma | ti | ke | to | su | za | zo | wo | vr | gio | sab
pon | wt | śr | czw | pt | sob | niedz | po | út | st | čt | pá | ne | пн | вт | ср | чт | пт | сб | вс | нд | sen | sel | rab | kam | jum | sab | min
lunes | martes | miércoles | jueves | viernes | sábado | domingo | segunda-feira | terça-feira | quarta-feira | quinta-feira | sexta-feira
""")

# Labels of the block that Outlook, Apple Mail and Gmail put before older mail, by what they label.
FROM = _set("""
from | von | de | expéditeur | remitente | da | van | afzender | od | od kogo | från | fra | lähettäjä | keneltä | odesílatel | kimden | gönderen
差出人 | 送信者 | 发件人 | 寄件人 | 寄件者 | 보낸 사람 | 보낸사람 | 발신 | от | від | от кого | від кого | من | מאת | प्रेषक | से | dari | từ | người gửi
de la | expeditor | feladó | küldő | από | frá | saatja | nuo | iš
""")  # fmt: skip
SENT = _set("""
sent | date | sent at | received | gesendet | datum | gesendet am | envoyé | date d'envoi | envoyé le | enviado | enviado el | fecha | enviado em | enviada | enviada em | data | verzonden
inviato | data invio | wysłano | data wysłania | wysłane | skickat | sendt | dato | lähetetty | päivämäärä | päiväys | odesláno | odoslané | dátum | gönderildi | gönderme tarihi | tarih
送信日時 | 日時 | 日付 | 送信日 | 发送时间 | 發送時間 | 日期 | 时间 | 寄件日期 | 傳送時間 | 보낸 날짜 | 날짜 | 보냄 | 전송 | отправлено | дата | отправлено в | надіслано | تاريخ الإرسال | التاريخ | أرسلت | تم الإرسال
נשלח | תאריך | भेजा गया | दिनांक | तारीख | dikirim | terkirim | tanggal | đã gửi | ngày | gửi | trimis | data trimiterii | elküldve | küldve | στάλθηκε | ημερομηνία | sent on
""")
TO = _set("""
to | an | à | a | destinataire | para | aan | do | till | til | vastaanottaja | kenelle | komu | kime | alıcı | 宛先 | 收件人 | 받는 사람 | 받는사람 | 수신 | кому | إلى | אל
प्रति | kepada | ke | đến | tới | către | catre | címzett | προς | cc | kopie | kopi | kopia | copia | cópia | dw | 抄送 | 副本 | 참조 | копия | копія | نسخة | עותק
""")
SUBJECT = _set("""
subject | betreff | objet | sujet | asunto | assunto | onderwerp | oggetto | temat | ämne | emne | aihe | předmět | predmet | konu | 件名 | 主题 | 主旨 | 主題 | 제목
тема | الموضوع | נושא | विषय | perihal | subjek | chủ đề | subiect | tárgy | θέμα | re | efni | teema
""")

# Lines between dashes (or alone) that begin older mail, and those that begin a forwarded message.
ORIGINAL = _set("""
original message | original mail | ursprüngliche nachricht | originalnachricht | ursprüngliche mail | message d'origine | message original | message d origine
mensaje original | mensagem original | oorspronkelijk bericht | messaggio originale | wiadomość oryginalna | oryginalna wiadomość | originalmeddelande
ursprungligt meddelande | oprindelig meddelelse | original meddelelse | original besked | oprindelig besked | opprinnelig melding | opprinnelig e-post | alkuperäinen viesti | původní zpráva | pôvodná správa
orijinal mesaj | özgün ileti | orijinal ileti | 元のメッセージ | 原始邮件 | 原始郵件 | 邮件原件 | 원본 메시지 | 원본 메일 | исходное сообщение | оригинальное сообщение | оригінальне повідомлення
вихідне повідомлення | الرسالة الأصلية | رسالة أصلية | הודעה מקורית | मूल संदेश | pesan asli | tin nhắn gốc | thư gốc | mesaj original | mesajul original | eredeti üzenet | αρχικό μήνυμα
reply message | original appointment
""")
FORWARDED = _set("""
forwarded message | forwarded mail | begin forwarded message | start forwarded message | weitergeleitete nachricht | anfang der weitergeleiteten nachricht | message transféré | début du message transféré
début du message réexpédié | mensaje reenviado | inicio del mensaje reenviado | comienzo del mensaje reenviado | mensagem encaminhada | mensagem reencaminhada | início da mensagem encaminhada | início da mensagem reencaminhada
doorgestuurd bericht | begin doorgestuurd bericht | messaggio inoltrato | inizio messaggio inoltrato | wiadomość przekazana dalej | przekazana wiadomość | początek przekazywanej wiadomości
vidarebefordrat meddelande | vidarebefordrat brev | påbörjat vidarebefordrat meddelande | vidaresänt meddelande | videresendt meddelelse | videresendt besked | start på videresendt besked | videresendt melding | videresendt e-post
starten på en videresendt melding | välitetty viesti | edelleenlähetetty viesti | edelleen lähetetty viesti | přeposlaná zpráva | předaná zpráva | začátek přeposílané zprávy | preposlaná správa
iletilen mesaj | yönlendirilen ileti | iletilmiş mesaj | yönlendirilen mesaj | 転送されたメッセージ | 転送メッセージ | 以下は転送メッセージです | 转发的邮件 | 轉寄郵件 | 轉寄的郵件 | 以下是转发的邮件 | 转发邮件信息 | 开始转发的邮件 | 開始轉寄郵件
전달된 메시지 | 전달된 메일 | 전달된 편지 | пересылаемое сообщение | пересланное сообщение | начало переадресованного сообщения | переслане повідомлення | перенаправлене повідомлення | початок переадресованого повідомлення
رسالة معاد توجيهها | رسالة محولة | بدء رسالة معاد توجيهها | הודעה שהועברה | תחילת ההודעה שהועברה | अग्रेषित संदेश | pesan terusan | pesan yang diteruskan | awal pesan yang diteruskan | tin nhắn được chuyển tiếp | thư được chuyển tiếp | bắt đầu thư được chuyển tiếp
mesaj redirecționat | mesaj redirectionat | început mesaj redirecționat | továbbított üzenet | továbbított levél | προωθημένο μήνυμα | έναρξη προωθημένου μηνύματος | weitergeleitete mail | forwarded message from
""")

# Signatures that a device or program adds.
DEVICE_STARTS = tuple(_set("""
sent from my | sent from mail for | sent from yahoo mail | sent from outlook | sent from proton mail | sent with proton mail | sent via | sent using | get outlook for | sent from samsung | sent on the go
von meinem | gesendet von mein | gesendet mit | von outlook für | outlook für | outlook für ios | diese nachricht wurde von meinem | von unterwegs gesendet | holen sie sich outlook
envoyé de mon | envoyé depuis mon | envoyé depuis | envoyé à partir de | télécharger outlook | obtenir outlook | provenance : courrier
enviado desde mi | enviado desde | obtener outlook | obtén outlook | enviado do meu | enviado a partir do | enviado via | obter o outlook | obter outlook
verstuurd vanaf mijn | verzonden vanaf mijn | verzonden met | outlook voor ios | download outlook | inviato da | inviato dal mio | scarica outlook | ottieni outlook
wysłane z | wysłano z | pobierz aplikację outlook | skickat från min | skickat från | hämta outlook | sendt fra min | sendt fra | hent outlook | få outlook | lähetetty | hanki outlook
odesláno z | odoslané z | stáhnout outlook | iphone'umdan gönderildi | iphone'dan gönderildi | ios için outlook | iphoneから送信 | outlook for | 发自我的 | 從我的 | 寄自我的 | 获取 outlook | 取得 outlook
나의 iphone에서 보냄 | ios용 outlook | отправлено с | отправлено из | надіслано з | получить outlook | تم الإرسال من | أرسلت من | נשלח מה | הורד את outlook | मेरे iphone से भेजा | dikirim dari | dapatkan outlook
đã gửi từ | được gửi từ | tải outlook | trimis de pe | obțineți outlook | az iphone-omról küldve | iphone-omról küldve | az outlook beszerzése | στάλθηκε από | αποστολή από | λήψη του outlook
"""))  # fmt: skip

# The line that closes a letter, alone on its line but for a comma.
CLOSINGS = _set("""
best | best regards | kind regards | kindest regards | regards | warm regards | warmest regards | warmly | sincerely | yours sincerely | sincerely yours | yours truly | yours faithfully | best wishes | all the best | all good wishes | best regard | with thanks | have a great day | have a nice day | ngā mihi | with best regards
with kind regards | with regards | many thanks | thanks | thank you | thanks again | thank you again | thanks and regards | thanks & regards | thanks so much | cheers | respectfully | cordially | with appreciation | with gratitude | with warm regards | take care
yours | very best | all my best | my best | best of luck | good luck | br | kr | rgds | bests | with best wishes | kind wishes | thanks and best regards | many thanks and kind regards | in gratitude | gratefully | faithfully | talk soon
mit freundlichen grüßen | mit freundlichen grüssen | freundliche grüße | freundliche grüsse | mit freundlichem gruß | viele grüße | viele grüsse | liebe grüße | beste grüße | beste grüsse | herzliche grüße | herzliche grüsse | mit besten grüßen | mit herzlichen grüßen
mit den besten grüßen | schöne grüße | sonnige grüße | grüße | gruß | mfg | lg | vg | hochachtungsvoll | mit freundlicher empfehlung | es grüßt sie | alles gute | mit besten wünschen | herzlichst | freundlichst | liebe grüsse
cordialement | bien cordialement | très cordialement | cordiales salutations | sincères salutations | salutations distinguées | meilleures salutations | bien à vous | bien à toi | bonne journée | belle journée | à bientôt | respectueusement | sincèrement
salutations | amicalement | crdt | cdlt | bien sincèrement | avec nos meilleures salutations | recevez nos sincères salutations | excellente journée | bonne continuation | bonne réception | courtoisement
saludos | un saludo | saludos cordiales | un cordial saludo | cordialmente | atentamente | atentos saludos | muy atentamente | un saludo cordial | un abrazo | reciba un cordial saludo | saludos atentos | gracias | muchas gracias | le saluda atentamente | un fuerte abrazo
atenciosamente | cumprimentos | com os melhores cumprimentos | melhores cumprimentos | abraços | um abraço | abraço | att | atte | obrigado | obrigada | cordiais saudações | saudações | com cumprimentos | respeitosamente | boa sorte | grato | grata
met vriendelijke groet | met vriendelijke groeten | vriendelijke groet | vriendelijke groeten | hartelijke groet | hartelijke groeten | met hartelijke groet | groet | groeten | groetjes | hoogachtend | mvg | met vriendelijke groet(en) | met groet | warme groet | alvast bedankt | veel succes
cordiali saluti | distinti saluti | cordialità | un cordiale saluto | saluti | tanti saluti | a presto | buona giornata | grazie | un saluto | i migliori saluti | i più cordiali saluti | con i migliori saluti | cari saluti | buon lavoro | in bocca al lupo
z poważaniem | pozdrawiam | pozdrawiamy | z wyrazami szacunku | serdecznie pozdrawiam | serdecznie pozdrawiamy | z pozdrowieniami | pozdrowienia | dziękuję | dziękujemy | miłego dnia | łączę wyrazy szacunku
med vänliga hälsningar | vänliga hälsningar | med vänlig hälsning | vänlig hälsning | hälsningar | bästa hälsningar | varma hälsningar | mvh | allt gott | vänligen | tack | hälsning | lycka till
med venlig hilsen | venlig hilsen | de bedste hilsner | mange hilsner | bedste hilsner | hilsen | kærlig hilsen | venligst | med venlige hilsner | mange tak | tak | vh | kh | dbh | held og lykke
med vennlig hilsen | vennlig hilsen | beste hilsen | hilsen | med beste hilsen | ha en fin dag | vennligst | lykke til | takk
ystävällisin terveisin | terveisin | parhain terveisin | ystävällisesti | kiitos | yt | kunnioittavasti | hyvää jatkoa | mukavaa päivänjatkoa | kiittäen | yhteistyöterveisin
s pozdravem | s přátelským pozdravem | s úctou | hezký den | děkuji | děkujeme | přeji hezký den | přejeme hezký den | s přáním hezkého dne | s přáním pěkného dne | zdravím | srdečně | s pozdravom
saygılarımla | saygılarımızla | iyi günler | iyi çalışmalar | sevgiler | teşekkürler | teşekkür ederim | teşekkür ederiz | selamlar | saygılar | iyi dileklerimizle | kolay gelsin | iyi günler dileriz | başarılar dileriz
敬具 | 草々 | 以上 | よろしくお願いいたします | よろしくお願い致します | 宜しくお願い致します | 何卒よろしくお願い申し上げます | よろしくお願い申し上げます | どうぞよろしくお願いいたします | かしこ
此致 | 此致敬礼 | 敬礼 | 敬禮 | 祝好 | 顺祝商祺 | 順祝商祺 | 谢谢 | 謝謝 | 此致敬禮 | 祝商祺 | 敬上 | 谨上 | 順頌商祺 | 祝您生活愉快 | 祝您工作顺利 | 祝工作顺利 | 祝您求职顺利
감사합니다 | 고맙습니다 | 드림 | 올림 | 안녕히 계세요 | 수고하세요 | 좋은 하루 되세요 | 감사드립니다 | 배상
с уважением | с наилучшими пожеланиями | всего доброго | хорошего дня | спасибо | всего наилучшего | с благодарностью | искренне ваш | искренне ваша | удачи | до свидания | с уважением и наилучшими пожеланиями | с найкращими побажаннями
з повагою | з найкращими побажаннями | гарного дня | дякую | дякуємо | всього найкращого | щиро ваш | з вдячністю | щиро | хай щастить
مع أطيب التحيات | تحياتي | مع خالص التحية | مع تحياتي | وتفضلوا بقبول فائق الاحترام | شكرا | شكرا لك | مع خالص التحيات | أطيب التحيات | مع التحية | مع الشكر | خالص التحية | تحياتنا | وتقبلوا تحياتنا | مع فائق الاحترام
בברכה | בכבוד רב | תודה | תודה רבה | בהצלחה | בברכה ובהצלחה | בהוקרה | שלכם | יום נעים | בתודה | בידידות
सादर | धन्यवाद | आपका | भवदीय | शुभकामनाएं | शुभकामनाओं सहित | सधन्यवाद | आदर सहित | हार्दिक शुभकामनाएं
salam | hormat kami | salam hormat | terima kasih | hormat saya | salam hangat | salam sejahtera | dengan hormat
trân trọng | thân ái | kính thư | xin cảm ơn | cảm ơn | trân trọng kính chào | thân mến | trân trọng cảm ơn | thân | chúc bạn thành công
cu stimă | cu respect | o zi bună | toate cele bune | mulțumesc | mulțumim | cu stima | numai bine | cu considerație | o zi frumoasă | cele bune | cu drag | succes
üdvözlettel | tisztelettel | köszönettel | szép napot | üdv | szívélyes üdvözlettel | köszönöm | sok sikert | baráti üdvözlettel | további sok sikert
με εκτίμηση | φιλικά | ευχαριστώ | ευχαριστούμε | με φιλικούς χαιρετισμούς | χαιρετισμούς | με τιμή | καλή συνέχεια | φιλικούς χαιρετισμούς | καλή επιτυχία | ευχαριστούμε πολύ
""")  # fmt: skip

# How the subject of an automatic answer begins.
OUT_OF_OFFICE = tuple(_set("""
automatic reply | auto reply: | auto-reply | autoreply | auto: | out of office | out of the office | ooo: | i am out of | away from | on vacation: | on leave: | vacation reply
automatische antwort | abwesenheitsnotiz | abwesenheit | abwesend | automatische abwesenheit | ich bin nicht im büro | außer haus | réponse automatique | réponse auto | absence du bureau | absent du bureau | absence :
respuesta automática | fuera de la oficina | fuera de oficina | ausencia | ausente | resposta automática | fora do escritório | ausência | automatisch antwoord | afwezig | niet aanwezig | buiten kantoor
risposta automatica | fuori sede | fuori ufficio | assente | assenza | odpowiedź automatyczna | automatyczna odpowiedź | poza biurem | nieobecność | autosvar | automatiskt svar | frånvaro | ej på kontoret | frånvarande
automatisk svar | fraværende | ikke på kontoret | fravær | ikke til stede | automaattinen vastaus | poissa | poissaolo | automatická odpověď | mimo kancelář | nepřítomnost | otomatik yanıt | ofis dışında | otomatik cevap
自動返信 | 自動応答 | 不在 | 休暇 | 自动回复 | 自動回覆 | 外出 | 不在办公室 | 자동 회신 | 자동 응답 | 부재중 | 자동회신 | 부재 | автоматический ответ | автоответ | вне офиса | отсутствую
автоматична відповідь | автовідповідь | поза офісом | رد تلقائي | خارج المكتب | الرد التلقائي | מענה אוטומטי | תשובה אוטומטית | מחוץ למשרד | לא במשרד | स्वचालित उत्तर | कार्यालय से बाहर
balasan otomatis | di luar kantor | trả lời tự động | vắng mặt | không có mặt tại văn phòng | răspuns automat | plecat din birou | absent din birou | automatikus válasz | házon kívül | távol | αυτόματη απάντηση | εκτός γραφείου
"""))  # fmt: skip
