"""Bytes to text, for any charset that mail names and any bytes that stand under the name. Nothing here raises.

Only codecs listed here are used: a message must not choose a slow or strange one (punycode, for one, takes
quadratic time), nor fill the interpreter's cache of unknown names. Where a narrow name is commonly put over a
wider set of bytes (gb2312 over GBK, iso-8859-1 over windows-1252), the wider one reads it, as browsers do.
"""

import re

_CODECS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 cp65001 utf-8-sig utf8mb4",
    "ascii": "us-ascii ascii ansi_x3.4-1968 iso646-us",
    "utf-16": "utf-16 utf16 unicode",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "utf-32": "utf-32 utf32",
    "utf-7": "utf-7 unicode-1-1-utf-7",
    "cp1252": "iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1 l1 windows-1252 cp1252 x-cp1252 ansi win-1252",
    "cp1250": "windows-1250 cp1250 x-cp1250 win-1250",
    "cp1251": "windows-1251 cp1251 x-cp1251 win-1251",
    "cp1253": "windows-1253 cp1253 x-cp1253",
    "cp1254": "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 latin5",
    "cp1255": "windows-1255 cp1255 x-cp1255",
    "cp1256": "windows-1256 cp1256 x-cp1256",
    "cp1257": "windows-1257 cp1257 x-cp1257",
    "cp1258": "windows-1258 cp1258 x-cp1258",
    "iso8859-2": "iso-8859-2 iso8859-2 latin2 latin-2",
    "iso8859-3": "iso-8859-3",
    "iso8859-4": "iso-8859-4 latin4",
    "iso8859-5": "iso-8859-5",
    "iso8859-6": "iso-8859-6 iso-8859-6-i iso-8859-6-e",
    "iso8859-7": "iso-8859-7",
    "iso8859-8": "iso-8859-8 iso-8859-8-i iso-8859-8-e logical visual",
    "iso8859-10": "iso-8859-10 latin6",
    "cp874": "iso-8859-11 tis-620 windows-874 cp874 dos-874",
    "iso8859-13": "iso-8859-13",
    "iso8859-14": "iso-8859-14",
    "iso8859-15": "iso-8859-15 latin9 latin-9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "koi8-r koi koi8",
    "koi8-u": "koi8-u koi8-ru",
    "cp437": "cp437 ibm437",
    "cp850": "cp850 ibm850 cp-850",
    "cp852": "cp852 ibm852",
    "cp866": "cp866 ibm866",
    "mac_roman": "macintosh mac x-mac-roman macroman x-mac",
    "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "gb2312 gbk gb18030 x-gbk cp936 ms936 euc-cn gb_2312-80 csgb2312 chinese",
    "hz": "hz-gb-2312 hz",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5 csbig5",
    "cp950": "cp950",
    "euc_jp": "euc-jp x-euc-jp ujis",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j cp932 ms932 csshiftjis",
    "iso2022_jp_ext": "iso-2022-jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-2004 iso-2022-jp-ext csiso2022jp iso-2022-jp-ms cp50220 cp50221 cp50222",
    "cp949": "euc-kr ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean cp949 uhc windows-949 cseuckr",
    "iso2022_kr": "iso-2022-kr csiso2022kr",
    "johab": "johab",
}  # fmt: skip
_BY_NAME = {name: codec for codec, names in _CODECS.items() for name in names.split()}
_OTHER_JAPANESE = ("iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_2004")
_UNFINISHED = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")


def codec_of(charset: str) -> str | None:
    """Return Python's name of the codec for a charset's name, or None where we know none."""
    codec = _BY_NAME.get(charset)
    if codec is None and charset:
        name = charset[:64].strip(" \t\"'").lower()
        codec = _BY_NAME.get(name) or _BY_NAME.get(name.replace("_", "-"))
    return codec


def decode(data: bytes, charset: str = "") -> str:
    """Decode bytes as well as can be: by the name they carry, else as UTF-8, else as windows-1252."""
    codec = codec_of(charset)
    if codec is None or codec in ("ascii", "utf-8", "cp1252"):
        if data.isascii():
            return data.decode("ascii")
        return _like_utf8(data) or data.decode("cp1252", "replace")
    try:
        return data.decode(codec)
    except ValueError:
        return _damaged(data, codec)


def _like_utf8(data: bytes) -> str | None:
    """Decode UTF-8, also where it is cut off or a little damaged; None where it is something else."""
    try:
        return data.decode("utf-8")
    except ValueError:
        pass
    whole = _UNFINISHED.sub(b"", data)
    if not whole.isascii():
        try:
            return whole.decode("utf-8")
        except ValueError:
            pass
    text = data.decode("utf-8", "replace")
    # A few broken bytes in much UTF-8 are damage; many are another encoding.
    if text.count("\ufffd") * 8 < len(text) - len(text.encode("ascii", "ignore")):
        return text
    return None


def _damaged(data: bytes, codec: str) -> str:
    if codec == "iso2022_jp_ext":
        for other in _OTHER_JAPANESE:
            try:
                return data.decode(other)
            except ValueError:
                continue
    return _like_utf8(data) or data.decode(codec, "replace")
