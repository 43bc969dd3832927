"""Header fields: from raw bytes to decoded values, addresses, msg-ids, dates and parameters. Nothing here raises.

Every value is decoded once. Afterwards it holds no control character and no line or paragraph separator, so that
nothing taken from it can end a line of a header that is written later.
"""

import binascii
import re
from datetime import UTC, datetime, timedelta, timezone

from mailhook.mail.charset import decode

FIELD_BYTES = 64 * 1024
SECTION_BYTES = 512 * 1024
FIELDS = 2000

_NAME = re.compile(rb"[!-9;-~]{1,256}[ \t]*\Z")
_FIELD = re.compile(rb"(?:[!-9;-~]{1,256})[ \t]*:")
_WORD = re.compile(r"=\?([^?=\s]{1,80})\?([bBqQ])\?([^?]{0,2000})\?=")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MSG_ID = re.compile(r"<([^<>\s]+)>")
_BARE_ID = re.compile(r"[^<>\s,;]+@[^<>\s,;]+")
_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) "
    r"(\d\d):(\d\d)(?::(\d\d))? ([+-])(\d\d)(\d\d)(?: *\([^()]*\))?\Z"
)
_MONTHS = {
    name: n
    for n, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))')
_ESCAPED = re.compile(r"\\(.)")

Field = tuple[str, bytes]


def split_header(section: bytes) -> tuple[list[Field], int, list[str]]:
    """Split a header section into unfolded fields (name as written, raw value).

    Return them, how many bytes belong to the header (fewer than given where a line cannot be a field: there the
    body begins), and what was wrong.
    """
    fields: list[Field] = []
    defects: list[str] = []
    used = len(section)
    if used > SECTION_BYTES:
        defects.append("bounds:header")
        section = section[:SECTION_BYTES]
    lines = _unfold(section)
    if used <= FIELD_BYTES and len(lines) <= FIELDS:
        split = [line.partition(b":") for line in lines]
        names = b"".join([name or b"?" for name, _, _ in split])
        if names.replace(b"-", b"").isalnum() and all(colon for _, colon, _ in split):
            return [(name.decode("ascii"), value.strip()) for name, _, value in split], used, defects
    for number, line in enumerate(lines):
        name, colon, value = line.partition(b":")
        if colon and (name.replace(b"-", b"").isalnum() or _NAME.match(name)):
            if len(fields) >= FIELDS:
                defects.append("bounds:header")
                break
            if len(value) > FIELD_BYTES:
                defects.append("bounds:header")
                value = value[:FIELD_BYTES]
            fields.append((name.rstrip().decode("ascii"), value.strip()))
        elif not line.strip() or (number == 0 and line.lstrip(b">").startswith(b"From ")):
            continue
        elif any(_FIELD.match(later) for later in lines[number + 1 : number + 4]):
            defects.append("header:line")
        else:
            defects.append("header:end")
            return fields, max(section.find(line.split(b"\n")[0][:80]), 0), defects
    return fields, used, defects


def _unfold(section: bytes) -> list[bytes]:
    """Return the section's lines, each with its continuation lines, as far as a field may be long."""
    lines: list[bytes] = []
    for line in section.split(b"\n"):
        if line and line[0] in b" \t" and lines:
            if len(lines[-1]) <= FIELD_BYTES:
                lines[-1] = lines[-1].rstrip(b"\r") + line
        else:
            lines.append(line)
    return lines


def text_of(raw: bytes, charset: str = "") -> str:
    """Decode a field's raw value for reading: RFC 2047 words, raw 8-bit bytes, and no control characters."""
    value = raw.decode("ascii") if raw.isascii() else decode(raw, charset)
    if "=?" in value:
        value = decode_words(value)
    return value if value.isprintable() else clean(value)


def clean(value: str) -> str:
    """Take NULs out and put a space for every other run of control characters and line separators."""
    return _CONTROL.sub(" ", value.replace("\x00", "")).strip()


def decode_words(value: str) -> str:
    """Decode RFC 2047 encoded words; neighbours of one charset are joined first, as a character may be split between them."""
    out: list[str] = []
    pending: list[tuple[str, str]] = []
    charset = ""
    end = 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        name = word[1].partition("*")[0].lower()
        if pending and (name != charset or between.strip()):
            out.append(_joined(pending, charset))
            pending = []
        if between.strip() or not end:
            out.append(between)
        pending.append((word[2].lower(), word[3]))
        charset = name
        end = word.end()
    if pending:
        out.append(_joined(pending, charset))
    out.append(value[end:])
    return "".join(out)


def _joined(words: list[tuple[str, str]], charset: str) -> str:
    data = b""
    digits = ""
    for encoding, text in words:
        if encoding == "b":
            digits += text
            if "=" in text or len(digits) % 4 == 0:
                data += base64_bytes(digits.encode("utf-8", "replace"))
                digits = ""
        else:
            data += binascii.a2b_qp(text.encode("utf-8", "replace").replace(b" ", b"_"), header=True)
    if digits:
        data += base64_bytes(digits.encode("utf-8", "replace"))
    return decode(data, charset)


def base64_bytes(raw: bytes) -> bytes:
    """Decode base64 as far as it goes, also where it is cut off or not padded."""
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        digits = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        return binascii.a2b_base64(digits[: len(digits) // 4 * 4] + _tail(digits))


def _tail(digits: bytes) -> bytes:
    rest = digits[len(digits) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def msg_ids(value: str) -> tuple[str, ...]:
    """Return the msg-ids of a field, bare, in order, each once; those that could not be written back unchanged are left out."""
    found = _MSG_ID.findall(value) if "<" in value or ">" in value else _BARE_ID.findall(value)
    return tuple(
        dict.fromkeys(one for one in found if one.isascii() and one.isprintable() and len(one) <= 900)
    )


def date_of(value: str) -> datetime | None:
    """Read a date-time of RFC 5322 §3.3 or its obsolete forms; aware, or None where it is none."""
    exact = _DATE.match(value)
    try:
        if exact:
            day, month, year, hour, minute, second, sign, east, east_minutes = exact.groups()
            offset = timedelta(hours=int(east), minutes=int(east_minutes))
            zone = UTC if not offset else timezone(-offset if sign == "-" else offset)
            return datetime(
                int(year),
                _MONTHS[month],
                int(day),
                int(hour),
                int(minute),
                min(int(second or 0), 59),
                tzinfo=zone,
            )
        from email.utils import parsedate_tz  # needed for unusual dates only, and slow to load

        parsed = parsedate_tz(value[:200])
        if parsed is None:
            return None
        zone = timezone(timedelta(seconds=parsed[9] or 0))
        return datetime(*parsed[:5], min(parsed[5], 59), tzinfo=zone)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Split a structured value such as Content-Type's into its first word in lower case and its parameters (RFC 2231)."""
    first, semicolon, rest = value.partition(";")
    first = first.partition("(")[0].strip().lower()
    if not semicolon:
        return first, {}
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(";" + rest[:8192]):
        name = match[1].lower()
        if name not in found and len(found) < 100:
            quoted = match[2]
            found[name] = match[3].strip() if quoted is None else _ESCAPED.sub(r"\1", quoted)
    if "*" in rest and any("*" in name for name in found):
        _join_continuations(found)
    return first, found


def _join_continuations(found: dict[str, str]) -> None:
    """Put RFC 2231's `name*0*=…; name*1=…` and `name*=charset'lang'…` together under `name`."""
    from urllib.parse import unquote_to_bytes

    for base in {name.partition("*")[0] for name in found if "*" in name}:
        pieces: list[bytes] = []
        charset = ""
        names = [f"{base}*"] if f"{base}*" in found else [f"{base}*{n}" for n in range(100)]
        for number, name in enumerate(names):
            extended = name if name.endswith("*") else f"{name}*"
            value = found.get(extended)
            if value is None:
                if name not in found:
                    break
                pieces.append(found[name].encode("utf-8", "replace"))
                continue
            if number == 0 and value.count("'") >= 2:
                charset, _, value = value.split("'", 2)
            pieces.append(unquote_to_bytes(value))
        if pieces:
            found[base] = decode(b"".join(pieces), charset or "utf-8")
