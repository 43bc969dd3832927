"""What a mailbox is for: by its special-use attribute (RFC 6154), else by the names that mail programs give it.

Names are compared without case, below the personal namespace's prefix (`INBOX.`, `[Gmail]/`).
"""

import unicodedata
from collections.abc import Iterable
from typing import Literal

Use = Literal["drafts", "sent", "trash", "junk", "archive", "all"]

ATTRIBUTES: dict[str, Use] = {
    "\\drafts": "drafts",
    "\\sent": "sent",
    "\\trash": "trash",
    "\\junk": "junk",
    "\\archive": "archive",
    "\\all": "all",
}

# One line a use and family of languages; the first name of a use is what a new mailbox would be called.
NAMES: dict[Use, tuple[str, ...]] = {
    "drafts": (
        "Drafts", "Draft", "Draft Messages",
        "Entwürfe", "Entwurf", "Concepten", "Utkast", "Kladder", "Kladde", "Drög", "Luonnokset", "Mustandid",
        "Brouillons", "Borradores", "Borrador", "Bozze", "Rascunhos", "Ciorne", "Esborranys", "Zirriborroak",
        "Wersje robocze", "Kopie robocze", "Szkice", "Koncepty", "Rozepsané", "Rozpísané", "Nacrti", "Skice", "Osnutki",
        "Черновики", "Чернетки", "Чернови", "Нацрти", "Piszkozatok", "Juodraščiai", "Melnraksti", "Πρόχειρα", "Taslaklar",
        "下書き", "草稿", "草稿箱", "草稿夾", "草稿匣", "임시보관함", "임시 보관함",
        "טיוטות", "مسودات", "المسودات", "ร่าง", "ร่างจดหมาย", "Bản nháp", "Thư nháp", "Konsep", "Draf", "ड्राफ़्ट", "ड्राफ्ट",
    ),
    "sent": (
        "Sent", "Sent Items", "Sent Mail", "Sent Messages", "Sent-Mail",
        "Gesendet", "Gesendete Elemente", "Gesendete Objekte", "Gesendete Nachrichten", "Verzonden", "Verzonden items",
        "Verzonden berichten", "Skickat", "Skickade", "Sendt", "Sendte elementer", "Sendt post", "Lähetetyt", "Saadetud",
        "Envoyés", "Éléments envoyés", "Messages envoyés", "Enviados", "Elementos enviados", "Posta inviata", "Inviata",
        "Inviati", "Itens enviados", "E-mails enviados", "Trimise", "Elemente trimise", "Enviats",
        "Wysłane", "Elementy wysłane", "Odeslané", "Odeslaná pošta", "Odoslané", "Odoslaná pošta", "Poslano", "Poslato",
        "Отправленные", "Надіслані", "Изпратени", "Elküldött", "Elküldött elemek", "Išsiųsti", "Nosūtītie", "Απεσταλμένα",
        "Gönderilmiş Öğeler", "Gönderilmiş Postalar", "Gönderilenler",
        "送信済み", "送信済みメール", "送信済みアイテム", "已发送", "已发送邮件", "寄件備份", "已傳送", "보낸편지함", "보낸 메일함",
        "דואר יוצא", "פריטים שנשלחו", "البريد المرسل", "العناصر المرسلة", "จดหมายที่ส่ง", "Thư đã gửi", "Terkirim",
    ),
    "trash": (
        "Trash", "Deleted Items", "Deleted Messages", "Deleted", "Bin",
        "Papierkorb", "Gelöscht", "Gelöschte Elemente", "Gelöschte Objekte", "Prullenbak", "Verwijderde items", "Papperskorg",
        "Papperskorgen", "Borttaget", "Papirkurv", "Slettede elementer", "Slettet post", "Roskakori", "Poistetut", "Prügikast",
        "Corbeille", "Éléments supprimés", "Papelera", "Elementos eliminados", "Cestino", "Posta eliminata", "Lixeira", "Lixo",
        "Itens excluídos", "Coș de gunoi", "Paperera", "Kosz", "Elementy usunięte", "Koš", "Odstraněná pošta", "Kôš", "Smeće",
        "Корзина", "Удаленные", "Удалённые", "Кошик", "Кошче", "Kuka", "Törölt elemek", "Šiukšlinė", "Miskaste", "Κάδος",
        "Çöp", "Çöp Kutusu", "Silinmiş Öğeler", "ゴミ箱", "削除済みアイテム", "已删除", "已删除邮件", "垃圾桶", "刪除的郵件", "휴지통",
        "אשפה", "פריטים שנמחקו", "سلة المهملات", "المهملات", "ถังขยะ", "Thùng rác", "Sampah",
    ),
    "junk": (
        "Junk", "Spam", "Junk E-mail", "Junk Email", "Junk Mail", "Bulk Mail", "Bulk", "Spamverdacht", "Unerwünscht", "Werbung",
        "Ongewenste e-mail", "Ongewenst", "Skräppost", "Uønsket e-post", "Uønsket", "Uønsket post", "Roskaposti", "Rämpspost",
        "Courrier indésirable", "Indésirables", "Pourriel", "Correo no deseado", "No deseado", "Posta indesiderata", "Indesiderata",
        "Lixo Eletrônico", "Lixo eletrónico", "Correu brossa", "Niechciane", "Wiadomości-śmieci", "Nevyžádaná pošta",
        "Nevyžiadaná pošta", "Neželjeno", "Спам", "Нежелательная почта", "Levélszemét", "Brukalas", "Ανεπιθύμητα",
        "Ανεπιθύμητη αλληλογραφία", "Gereksiz", "Gereksiz E-posta", "İstenmeyen", "迷惑メール", "垃圾邮件", "垃圾郵件", "스팸",
        "스팸메일함", "정크 메일", "דואר זבל", "البريد العشوائي", "البريد غير الهام", "จดหมายขยะ", "Thư rác",
    ),
    "archive": (
        "Archive", "Archives", "Archiv", "Archief", "Arkiv", "Arkisto", "Archivo", "Archivio", "Arquivo", "Arxiu", "Arhivă",
        "Archiwum", "Archív", "Arhiva", "Архив", "Архів", "Archívum", "Archyvas", "Arhīvs", "Αρχείο", "Arşiv",
        "アーカイブ", "归档", "存档", "封存", "보관함", "ארכיון", "الأرشيف", "ที่เก็บถาวร", "Lưu trữ", "Arsip",
    ),
    "all": (),
}  # fmt: skip


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


_USES: dict[str, Use] = {_fold(name): use for use, names in NAMES.items() for name in names}
_RANK: dict[str, int] = {_fold(name): rank for names in NAMES.values() for rank, name in enumerate(names)}


def use_by_attributes(attributes: Iterable[str]) -> Use | None:
    """Return what the server says the mailbox is for; attributes compare without case."""
    return next((ATTRIBUTES[a.lower()] for a in attributes if a.lower() in ATTRIBUTES), None)


def use_by_name(name: str, separator: str | None) -> Use | None:
    """Return what a mailbox directly below the personal namespace is for, by its name alone."""
    return _USES.get(_fold(_below_prefix(name, separator)))


def rank(name: str, separator: str | None) -> int:
    """Order several mailboxes that by name have one use: the commonest name first."""
    return _RANK.get(_fold(_below_prefix(name, separator)), len(_RANK))


def _below_prefix(name: str, separator: str | None) -> str:
    if not separator:
        return name
    prefix, found, rest = name.partition(separator)
    if found and (prefix.upper() == "INBOX" or (prefix.startswith("[") and prefix.endswith("]"))):
        return rest
    return name
