"""Write a message's text as its program writes it: plain, or in the HTML of Word, Gmail, Apple Mail, a template."""

import html
import re
import textwrap
from email.utils import parseaddr

from tests.corpus.records import QUOTES, Item, Section, draw, hexid

CURLY = {"ats": 50, "gmail": 8, "outlook": 75, "apple": 60, "plain": 0, "promo": 60}

# What mail programs write above a quotation: From, Sent, To, Subject, Date; the lines of Outlook and of Apple Mail.
# Gmail's own line, and its Date, Subject and To, stay English in most languages.
HEADINGS = {
    "en": ("From", "Sent", "To", "Subject", "Date", "Original Message", "Begin forwarded message:"),
    "de": (
        *("Von", "Gesendet", "An", "Betreff", "Datum"),
        *("Ursprüngliche Nachricht", "Anfang der weitergeleiteten Nachricht:"),
    ),
    "fr": (
        *("De ", "Envoyé ", "À ", "Objet ", "Date "),
        *("Message d'origine", "Début du message transféré :"),
    ),
    "es": (
        *("De", "Enviado", "Para", "Asunto", "Fecha"),
        *("Mensaje original", "Inicio del mensaje reenviado:"),
    ),
    "pt": (
        *("De", "Enviado", "Para", "Assunto", "Data"),
        *("Mensagem original", "Início da mensagem reencaminhada:"),
    ),
    "nl": (
        *("Van", "Verzonden", "Aan", "Onderwerp", "Datum"),
        *("Oorspronkelijk bericht", "Begin doorgestuurd bericht:"),
    ),
    "it": (
        *("Da", "Inviato", "A", "Oggetto", "Data"),
        *("Messaggio originale", "Inizio messaggio inoltrato:"),
    ),
    "ja": ("差出人", "送信日時", "宛先", "件名", "日付", "Original Message", "転送されたメッセージ："),
    "zh": ("发件人", "发送时间", "收件人", "主题", "日期", "邮件原件", "开始转发的邮件："),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목", "날짜", "원본 메시지", "전달된 메시지:"),
    "ar": (
        "من",
        "تاريخ الإرسال",
        "إلى",
        "الموضوع",
        "التاريخ",
        "الرسالة الأصلية",
        "بدء الرسالة المعاد توجيهها:",
    ),
    "he": ("מאת", "נשלח", "אל", "נושא", "תאריך", "הודעה מקורית", "תחילת ההודעה שהועברה:"),
    "hi": ("प्रेषक", "भेजा गया", "प्रति", "विषय", "दिनांक", "मूल संदेश", "अग्रेषित संदेश प्रारंभ:"),
    "id": ("Dari", "Dikirim", "Kepada", "Subjek", "Tanggal", "Pesan Asli", "Mulai pesan terusan:"),
    "vi": ("Từ", "Đã gửi", "Tới", "Chủ đề", "Ngày", "Thư gốc", "Bắt đầu thư được chuyển tiếp:"),
    "el": ("Από", "Στάλθηκε", "Προς", "Θέμα", "Ημερομηνία", "Αρχικό μήνυμα", "Αρχή προωθημένου μηνύματος:"),
    "pl": (
        *("Od", "Wysłano", "Do", "Temat", "Data"),
        *("Wiadomość oryginalna", "Początek przekazywanej wiadomości:"),
    ),
    "sv": ("Från", "Skickat", "Till", "Ämne", "Datum", "Ursprungligt meddelande", "Vidarebefordrat brev:"),
    "da": ("Fra", "Sendt", "Til", "Emne", "Dato", "Oprindelig meddelelse", "Start på videresendt besked:"),
    "no": ("Fra", "Sendt", "Til", "Emne", "Dato", "Opprinnelig melding", "Videresendt melding:"),
    "fi": (
        *("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe", "Päivämäärä"),
        *("Alkuperäinen viesti", "Välitetty viesti alkaa:"),
    ),
    "cs": ("Od", "Odesláno", "Komu", "Předmět", "Datum", "Původní zpráva", "Začátek přeposílané zprávy:"),
    "tr": (
        *("Kimden", "Gönderildi", "Kime", "Konu", "Tarih"),
        *("Özgün İleti", "Yönlendirilen ileti başlangıcı:"),
    ),
    "ru": (
        *("От", "Отправлено", "Кому", "Тема", "Дата"),
        *("Исходное сообщение", "Начало переадресованного сообщения:"),
    ),
    "uk": (
        *("Від", "Надіслано", "Кому", "Тема", "Дата"),
        *("Вихідне повідомлення", "Початок переадресованого повідомлення:"),
    ),
    "ro": (
        *("De la", "Trimis", "Către", "Subiect", "Dată"),
        *("Mesaj original", "Începutul mesajului redirecționat:"),
    ),
    "hu": ("Feladó", "Küldve", "Címzett", "Tárgy", "Dátum", "Eredeti üzenet", "Továbbított levél kezdete:"),
}


def headings(item: Item) -> tuple[str, ...]:
    """Give the words of a quotation's heading in the message's language."""
    return HEADINGS.get(item.lang, HEADINGS["en"])


def dress(item: Item, text: str, *, ascii_only: bool = False) -> str:
    """Give the text the typography of the program it was written in."""
    if ascii_only:
        return text
    wants_curly = "curly" in item.tokens or draw(item.id + "curly", 100) < CURLY[item.style]
    if wants_curly and "straight" not in item.tokens:
        text = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?= )", "’", text)
        text = re.sub(r'"([^"\n<>]+)"(?![^<>\n]*>)', r"“\1”", text)
        text = re.sub(r"(?<=\w) - (?=\w)", " – ", text)
    if "nbsp" in item.tokens or (item.style in {"ats", "outlook"} and draw(item.id + "nbsp", 100) < 20):
        counted = iter(range(10_000))
        pieces = re.split(r"(<[^>]*>)", text)
        pieces[::2] = [
            re.sub(r"(?<=[a-z,.]) (?=[a-z])", lambda _: "\xa0" if next(counted) % 7 == 3 else " ", piece)
            for piece in pieces[::2]
        ]
        text = "".join(pieces)
    return text


def bare(line: str) -> str:
    """Take the light markup out of a line."""
    line = re.sub(r"\*\*(.+?)\*\*", r"\1", line)
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"\1 ( \2 )", line)


def quote_head(item: Item, section: Section) -> list[str]:
    """Give the lines a mail program writes above what it quotes or forwards."""
    if section.kind in {"gmail", "apple"}:
        return [section.arg]
    origin, sent, to, subject, date = headings(item)[:5]
    match section.kind:
        case "fwd":
            names = (origin, "Date", "Subject", "To")
        case "applefwd":
            names = (origin, date, subject, to)
        case _:
            names = (origin, sent, to, subject)
    return [f"{name}: {value}" for name, value in zip(names, section.arg.split("|"), strict=True)]


def plain_section(item: Item, section: Section) -> list[str]:
    """Give the unwrapped lines of a section of a text part."""
    lines = []
    for paragraph in section.paragraphs:
        lines += [bare(line) for line in paragraph] + [""]
    match section.kind:
        case "pre" | "stub" | "eml":
            return []
        case "sig":
            return (["-- "] if item.style in {"gmail", "plain"} else []) + lines
        case "gmail" | "apple":
            return [
                *quote_head(item, section),
                "",
                *("> " + line if line else ">" for line in lines[:-1]),
                "",
            ]
        case "applefwd":
            inner = [*quote_head(item, section), "", *lines[:-1]]
            return [headings(item)[6], "", *("> " + line if line else ">" for line in inner), ""]
        case "outlook":
            return ["_" * 32, *quote_head(item, section), "", *lines]
        case "orig":
            return [f"-----{headings(item)[5]}-----", *quote_head(item, section), "", *lines]
        case "fwd":
            return ["---------- Forwarded message ---------", *quote_head(item, section), "", *lines]
        case _:
            return lines


def plain_text(item: Item, *, flowed: bool) -> str:
    """Give the text part of a message, wrapped as its program wraps."""
    lines = [line for section in item.sections for line in plain_section(item, section)]
    if "mash" in item.tokens:
        return " ".join(line for line in lines if line) + "\n"
    width = {"gmail": 78, "apple": 0, "plain": 72}.get(item.style, 0)
    out: list[str] = []
    for line in lines:
        out += wrap_line(line, 72 if flowed else width, flowed=flowed)
    return dress(item, "\n".join(out).rstrip("\n") + "\n", ascii_only=item.shape.endswith("7bit"))


def wrap_line(line: str, width: int, *, flowed: bool) -> list[str]:
    """Wrap one line, keeping its quote marks; a flowed line ends in a space (RFC 3676)."""
    if not width or len(line) <= width:
        return [line]
    mark = "> " if line.startswith("> ") else ""
    pieces = textwrap.wrap(
        line[len(mark) :], width - len(mark), break_long_words=False, break_on_hyphens=False
    )
    tail = " " if flowed else ""
    return [mark + piece + tail for piece in pieces[:-1]] + [mark + pieces[-1]]


def rich(line: str) -> str:
    """Turn the light markup of a line into HTML."""
    line = html.escape(line, quote=False)
    line = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", line)
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r'<a href="\2" style="color:#0b63c5">\1</a>', line)


def html_paragraph(item: Item, lines: tuple[str, ...]) -> str:
    """Give a paragraph in the HTML of the message's program."""
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{rich(line[2:])}</li>" for line in lines) + "</ul>"
    inner = "<br>\n".join(rich(line) for line in lines)
    match item.style:
        case "outlook":
            if "split" in item.tokens or draw(item.id + "split", 100) < 15:
                inner = re.sub(r"(\w+ \w+ \w\w)(\w+ )", r"\1</span><span lang=EN-GB>\2", inner)
            font = 'style="font-size:11.0pt;font-family:&quot;Calibri&quot;,sans-serif"'
            return f'<p class="MsoNormal"><span lang=EN-GB {font}>{inner}<o:p></o:p></span></p>\n<p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        case "gmail":
            return f"<div>{inner}</div><div><br></div>"
        case "apple":
            return f"<div>{inner}</div><div><br></div>"
        case "ats" | "promo":
            return f'<p style="margin:0 0 16px;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:22px;color:#333">{inner}</p>'
        case _:
            return f"<p>{inner}</p>"


def html_section(item: Item, section: Section) -> str:
    """Give a section of an HTML part."""
    inner = "\n".join(html_paragraph(item, paragraph) for paragraph in section.paragraphs)
    heads = (
        "<br>".join(html.escape(line) for line in quote_head(item, section)) if section.kind in QUOTES else ""
    )
    match section.kind:
        case "stub" | "eml":
            return ""
        case "pre":
            filler = "&nbsp;&zwnj;" * 12
            text = " ".join(rich(line) for paragraph in section.paragraphs for line in paragraph)
            return f'<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{text}{filler}</div>'
        case "sig":
            return f'<div class="gmail_signature" data-smartmail="gmail_signature">{inner}</div>'
        case "foot":
            return f'<div style="font-size:11px;color:#888888">{inner}</div>'
        case "gmail":
            return f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{heads}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">{inner}</blockquote></div>'
        case "fwd":
            return f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>{heads}<br></div>{inner}</div>'
        case "apple" | "applefwd":
            lead = "" if section.kind == "apple" else f"<div>{headings(item)[6]}</div>"
            return f'<div><br>{lead}<blockquote type="cite"><div>{heads}</div><br class="Apple-interchange-newline"><div>{inner}</div></blockquote></div>'
        case "outlook" | "orig":
            lead = f"-----{headings(item)[5]}-----<br>" if section.kind == "orig" else ""
            return f'<div id="divRplyFwdMsg"><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0 0 0"><p class="MsoNormal">{lead}{heads}</p></div></div>\n{inner}'
        case _:
            return inner


def html_text(item: Item) -> str:
    """Give the HTML part of a message."""
    inner = "\n".join(html_section(item, section) for section in item.sections)
    if item.style in {"ats", "promo"}:
        page = html_table(item, inner)
    elif item.style == "outlook":
        page = f'<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15">\n<style><!--\np.MsoNormal {{margin:0cm;}}\n--></style></head><body lang=EN-GB link="#0563C1"><div class=WordSection1>\n{inner}\n</div></body></html>\n'
    elif item.style == "apple":
        page = f'<html><head></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">{inner}</body></html>\n'
    else:
        page = f'<div dir="ltr">{inner}</div>\n'
    return dress(item, page)


def html_table(item: Item, inner: str) -> str:
    """Put the sections into the nested tables of a templating system, with a style sheet and a pixel."""
    sheet = "body{margin:0;padding:0} .wrap{width:600px} @media only screen and (max-width:620px){.wrap{width:100%!important}}"
    mso = "<!--[if mso]><table width=600><tr><td><![endif]-->" if item.style == "promo" else ""
    logo = '<img src="cid:logo" alt="" width="120">' if "logo" in item.tokens else ""
    host = parseaddr(item.sender)[1].rpartition("@")[2] or "mail.example"
    pixel = f'<img src="https://open.{host}/o/{hexid(item.id)}.gif" width="1" height="1" alt="" style="display:block">'
    return (
        f'<!DOCTYPE html>\n<html lang="{item.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(item.subject)}</title><style>{sheet}</style></head>\n"
        f'<body style="background:#f4f5f7">{mso}\n<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">\n'
        f'<table role="presentation" class="wrap" width="600" style="background:#ffffff"><tr><td style="padding:24px">{logo}\n'
        f"{inner}\n</td></tr></table>\n</td></tr></table>\n{pixel}</body></html>\n"
    )
