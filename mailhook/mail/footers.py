"""How the notices begin that law, lists and programs put under a message. A paragraph is one only by how it begins."""

from typing import Any

import re2

# Each row: the beginning of a paragraph, in lower case.
_BEGINNINGS = r"""
(?:strictly )?confidential(?:ity)?(?: notice| note| statement)?\b
legal (?:notice|disclaimer)
disclaimer\b
(?:important )?(?:notice|note): (?:this|the information)
(?:the information (?:contained |transmitted )?in )?this (?:e-?mail|message|communication|transmission)(?: message)?,?(?: \S+){0,8} (?:confidential|privileged|intended|solely|may contain|contains information)
(?:this|the) (?:e-?mail|message|communication)(?: \S+){0,6} (?:was sent|is sent|has been sent|is being sent) (?:to you |to |by |from |on behalf|because|using|via)
the (?:information|contents?)(?: \S+){0,6} (?:this|the) (?:e-?mail|message)
if you (?:are not|have received|received|are not the)(?: \S+){0,4} (?:intended|this (?:e-?mail|message|communication)(?: \S+){0,2} (?:in error|by mistake))
(?:please )?consider the environment
please think (?:of|about) the environment
(?:to )?unsubscribe\b
(?:click here to|you can|you may|to) (?:unsubscribe|opt.?out)
if you (?:no longer|do not|don't|would (?:no longer|prefer not)) (?:wish|want|like)? ?to receive
you(?:'re| are) receiving this (?:e-?mail|message|notification|because)
you (?:have )?received this (?:e-?mail|message|notification) because
(?:manage|update|change) (?:your )?(?:e-?mail |notification |communication )?(?:preferences|settings|subscription)
(?:view|read) (?:this )?(?:e-?mail |message )?(?:in (?:your |a )?(?:web )?browser|online)
(?:\S+ ){0,4}mailing[ -]list\b
(?:©|\(c\)|copyright)
all rights reserved
(?:powered|sent) by \S+(?: \S+){0,3}$
(?:our )?privacy (?:policy|notice|statement)\b
equal opportunity employer
(?:\S+ ){1,6}is an equal (?:employment )?opportunity
diese (?:e-?mail|nachricht)(?: \S+){0,8} (?:vertraulich|rechtlich)
(?:wenn|falls|sollten) sie nicht der (?:richtige|beabsichtigte|vorgesehene) (?:adressat|empfänger)
der inhalt dieser (?:e-?mail|nachricht)
(?:geschäftsführ(?:er|erin|ung|end)|vorstand|aufsichtsrat|sitz der gesellschaft|registergericht|amtsgericht|handelsregister|hrb)\b
(?:bitte )?(?:denken sie an|prüfen sie|schonen sie)(?: \S+){0,6} (?:umwelt|drucken|ausdrucken)
(?:hinweise|informationen) zum datenschutz
(?:datenschutz(?:erklärung|hinweise)?|impressum)\b
(?:newsletter )?abmelden
(?:wenn|falls) sie keine(?: \S+){0,4} (?:e-?mails|nachrichten|benachrichtigungen)(?: \S+){0,3} (?:erhalten|empfangen)
ce (?:message|courriel|mail|e-?mail)(?: \S+){0,12} (?:confidentiel|destin|strictement)
(?:les informations|toute utilisation)(?: \S+){0,8} (?:confidentiel|ce message)
(?:pour )?(?:vous |se )?désabonner
(?:se )?désinscrire
(?:pensez à|avant d'imprimer).{0,60}(?:environnement|imprimer)
(?:politique|charte) de confidentialité
este (?:mensaje|correo|e-?mail)(?: \S+){0,12} (?:confidencial|destinatario|dirigido)
(?:aviso (?:legal|de confidencialidad)|advertencia legal|protección de datos|política de privacidad)\b
(?:darse de baja|cancelar (?:la )?suscripción|si no (?:desea|quieres|deseas) recibir)
(?:antes de imprimir|por favor,? (?:piense|considere))
esta (?:mensagem|comunicação)(?: \S+){0,12} (?:confidencia|destinat)
(?:aviso legal|política de privacidade|cancelar (?:a )?(?:inscrição|subscrição)|descadastr|se não (?:deseja|quiser) (?:mais )?receber)
(?:dit|deze) (?:bericht|e-?mail)(?: \S+){0,12} (?:vertrouwelijk|bestemd|geadresseerde)
(?:de informatie|de inhoud)(?: \S+){0,6} (?:e-?mail|bericht)(?: \S+){0,6} (?:vertrouwelijk|bestemd)
(?:uitschrijven|afmelden|privacy(?:beleid|verklaring))\b
(?:questo messaggio|questa (?:e-?mail|comunicazione)|le informazioni contenute)(?: \S+){0,12} (?:riservat|confidenzial|destinat|privacy)
(?:annulla(?:re)? (?:l')?iscrizione|disiscriv|cancellati|informativa (?:sulla )?privacy|ai sensi del)
(?:ta|niniejsza|niniejszy|ten) (?:wiadomość|e-?mail|przekaz)(?: \S+){0,12} (?:poufn|przeznaczon|adresat)
(?:wypisz się|rezygnacja z|polityka prywatności|administratorem (?:pani|pana|danych))
(?:detta|det här) (?:meddelande|mejl|e-?post)(?: \S+){0,10} (?:konfidentiell|avsett|sekretess)
(?:avregistrera|avsluta prenumeration|integritetspolicy)
denne (?:e-?mail|mail|e-?post|meddelelse|melding)\S*(?: \S+){0,10} (?:fortrolig|konfidensiell|tiltænkt|beregnet)
(?:afmeld|avmeld|frameld|privatlivspolitik|personvern)
(?:tämä|tämän) (?:viesti|sähköposti)\S*(?: \S+){0,10} (?:luottamuksel|tarkoitet)
(?:peruuta tilaus|tietosuoja)
(?:tato|tento) (?:zpráva|e-?mail)(?: \S+){0,12} (?:důvěrn|určen)
(?:odhlásit|zásady ochrany|informace o zpracování osobních)
bu (?:e-?posta|mesaj|ileti)(?: \S+){0,12} (?:gizli|yalnızca|kişiye özel)
(?:abonelikten çık|gizlilik politikası|kvkk)
(?:本メール|このメール|本电子邮件|本邮件|本郵件|此邮件|此郵件|이 메일|본 메일|본메일|이메일)(?:は|には|及|及び|包含|可能|은|는|을|에)?.{0,40}(?:機密|配信|送信専用|自動|保密|机密|机要|退订|退訂|기밀|수신거부|발신전용|자동)
(?:退订|退訂|配信停止|수신거부|수신 거부)
(?:это|данное|настоящее) (?:сообщение|письмо)(?: \S+){0,12} (?:конфиденциальн|предназначен|автоматическ)
(?:отписаться|политика конфиденциальности)
(?:це|цей) (?:повідомлення|лист)(?: \S+){0,12} (?:конфіденційн|призначен|автоматичн)
(?:відписатися|політика конфіденційності)
(?:هذه الرسالة|هذا البريد)(?: \S+){0,12} (?:سري|سرية|مخصص)
(?:إلغاء الاشتراك|سياسة الخصوصية)
(?:הודעה זו|דואר אלקטרוני זה)(?: \S+){0,12} (?:חסוי|סודי|מיועד)
(?:להסרה מרשימת|הסרה מרשימת|מדיניות פרטיות)
यह (?:ईमेल|संदेश)(?: \S+){0,12} (?:गोपनीय|केवल)
(?:सदस्यता समाप्त)
(?:e-?mail|pesan|surel) ini(?: \S+){0,12} (?:rahasia|ditujukan|dimaksudkan)
(?:berhenti berlangganan|kebijakan privasi)
(?:email|thư|tin nhắn) này(?: \S+){0,12} (?:bảo mật|mật|dành cho)
(?:hủy đăng ký|chính sách bảo mật)
(?:acest|acesta) (?:mesaj|e-?mail)(?: \S+){0,12} (?:confidențial|confidential|destinat)
(?:dezabon|politica de confidențialitate)
(?:ez az |ez a |jelen )(?:üzenet|e-?mail|levél)(?: \S+){0,12} (?:bizalmas|kizárólag|címzett)
(?:leiratkoz|adatvédelmi)
(?:αυτό το|το παρόν) (?:μήνυμα|e-?mail)(?: \S+){0,12} (?:εμπιστευτικ|απευθύνεται|προορίζεται)
(?:κατάργηση εγγραφής|πολιτική απορρήτου)
"""
# What a mail gateway puts above a message from outside.
_BANNERS = r"""
(?:caution|warning|attention|notice|external(?: e-?mail| sender| message)?)\W{0,4}\s*(?:this|the) (?:e-?mail|message)(?: \S+){0,4} (?:outside|external)
(?:this|the) (?:e-?mail|message) (?:originated|was sent|came|is|comes) from (?:outside|an external)
you don't often get e-?mail from
(?:vorsicht|achtung|warnung|hinweis|extern)\W{0,4}\s*diese (?:e-?mail|nachricht)(?: \S+){0,4} (?:extern|außerhalb)
(?:attention|prudence|externe)\W{0,4}\s*ce (?:message|courriel|mail)(?: \S+){0,4} (?:extérieur|externe)
(?:precaución|atención|externo)\W{0,4}\s*este (?:mensaje|correo)(?: \S+){0,4} (?:fuera|extern)
(?:let op|waarschuwing|extern)\W{0,4}\s*deze (?:e-?mail|mail)(?: \S+){0,4} (?:buiten|extern)
"""


def _beginning(rows: str) -> Any:
    return re2.compile("(?i)(?:[*_\\[(\"'#>|]|\\s)*(?:" + "|".join(rows.strip().splitlines()) + ")")


_FOOTER = _beginning(_BEGINNINGS)
_BANNER = _beginning(_BANNERS)
_LENGTH = 400


def is_footer(paragraph: str) -> bool:
    """Say whether a paragraph begins as a notice does."""
    return _FOOTER.match(paragraph[:_LENGTH]) is not None


def is_banner(paragraph: str) -> bool:
    """Say whether a paragraph is what a mail gateway puts above a message from outside, and no more."""
    return len(paragraph) <= _LENGTH and _BANNER.match(paragraph) is not None
