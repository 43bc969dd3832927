"""Threads: the base subject of RFC 5256, in the languages people write in, and what a reply carries."""

import re

from mailhook.mail.message import Message

# What mail programs of many languages put before the subject of a reply and of a forward; each needs its colon.
# "Ref", "Rif" and the like are missing on purpose: before a colon they mostly name a file.
_REPLY = (
    "re aw sv vs antw antwort odp ynt rép res bls vá svar vast atb odpověď odpoveď válasz răspuns trả_lời "
    "r 回复 回覆 答复 答覆 回 返信 답장 회신 отв на ответ відп απ σχετ השב תגובה رد"
)
_FORWARD = (
    "fw fwd wg tr rv vl vb enc pd ilt trs doorst i fs videresendt vidaresänt weitergeleitet inoltra reenv yml "
    "továbbítás chuyển_tiếp 转发 轉寄 轉發 転送 전달 пересл перес πρθ προωθ הועבר إعادة_توجيه"
)
_COUNT = r"(?:\s{0,2}[\[(*^]\d{1,3}[\])]?)?"
_COLON = r"\s{0,3}[:：]\s*"


def _prefix(words: str) -> str:
    short = {"i", "r"}  # of one letter only as Italian programs write them
    names = [w.replace("_", r"\s") for w in words.split() if w not in short]
    letters = [w.upper() for w in words.split() if w in short]
    return f"(?:(?i:{'|'.join(names)}){_COUNT}|{'|'.join(letters)}){_COLON}"


_ANY = re.compile(rf"{_prefix(f'{_REPLY} {_FORWARD}'.replace(' r ', ' ').replace(' i ', ' ') + ' r i')}")
_ONE_FORWARD = re.compile(_prefix(_FORWARD))
_TAG = re.compile(r"(\[[^\[\]]{1,60}\]\s{0,3})(?=\S)")
_WRAPPED = re.compile(r"\[\s{0,3}fwd?\s{0,3}:(.*)\]\s*\Z", re.IGNORECASE)
_TRAILER = re.compile(r"(?:\(fwd\)|\s)+\Z", re.IGNORECASE)
SUBJECT = 255


def base_subject(subject: str) -> str:
    """Return the subject without the marks of replies and forwards; a list's [tag] stays, wherever the marks stood about it."""
    rest = " ".join(subject.split())
    tags = ""
    while True:
        before = rest
        if rest.endswith((")", " ")) and rest[-5:].lower() == "(fwd)":
            rest = _TRAILER.sub("", rest)
        mark = _ANY.match(rest)
        if mark:
            rest = rest[mark.end() :]
        elif wrapped := _WRAPPED.match(rest):
            rest = wrapped[1].strip()
        elif (tag := _TAG.match(rest)) and _ANY.match(rest, tag.end()):
            if tag[1].strip() not in tags:
                tags += tag[1].strip() + " "
            rest = rest[tag.end() :]
        if rest == before:
            break
    tag = _TAG.match(rest)
    if tag and tag[1].strip() in tags:
        return rest
    return (tags + rest).strip()


def is_forward(subject: str) -> bool:
    """Say whether the outermost mark of the subject is a forward's."""
    text = " ".join(subject.split())
    tag = _TAG.match(text)
    if tag and not _WRAPPED.match(text):
        text = text[tag.end() :]
    return bool(_ONE_FORWARD.match(text) or _WRAPPED.match(text))


def is_reply(subject: str) -> bool:
    """Say whether the subject begins with the mark of a reply or a forward."""
    return _ANY.match(subject.lstrip()) is not None


def reply_subject(subject: str) -> str:
    """Return the subject of a reply: "Re: " once, before the base subject."""
    return f"Re: {base_subject(subject)}"[:SUBJECT].strip()


def reply_references(message: Message) -> tuple[str, ...]:
    """Return the References of a reply (RFC 5322 §3.6.4): those of the message answered, or its single In-Reply-To, and its own msg-id.

    Every id is bare and unchanged, each once; () where the message has no msg-id, as a reply then names no parent.
    """
    if message.message_id is None:
        return ()
    earlier = message.references
    if not earlier and len(message.in_reply_to) == 1:
        earlier = message.in_reply_to
    return (*(one for one in earlier if one != message.message_id), message.message_id)
