"""Header fields: encoded words, addresses, msg-ids, dates and parameters, as RFCs and careless programs write them."""

import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhook.mail.address import addresses
from mailhook.mail.charset import decode
from mailhook.mail.header import date_of, msg_ids, parameters, text_of
from mailhook.mail.message import Address
from mailhook.mail.parse import parse


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?q?Caf=C3=A9_au_lait?=", "Café au lait"),
        (b"=?utf-8?b?Q2Fmw6k=?=", "Café"),
        (b"=?UTF-8?Q?a?= =?UTF-8?Q?b?=", "ab"),
        (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        (b"=?utf-8*en?q?a?=", "a"),
        (b"=?utf-8?b?5L2g5aW?= =?utf-8?b?9?=", "你好"),
        (b"=?utf-8?q?=E4=BD?= =?utf-8?q?=A0?=", "你"),
        (b"=?iso-8859-1?q?=80?=", "€"),
        (b"=?koi8-r?b?8NLJ18XU?=", "Привет"),
        (b"=?windows-1256?b?4+HD?=", "ملأ"),
        (b"=?utf-8?q?with spaces inside?=", "with spaces inside"),
        (b"=?utf-8?b?not base64 at all!?=", text_of(b"=?utf-8?b?notbase64atall?=")),
        (b"=?utf-8?x?untouched?=", "=?utf-8?x?untouched?="),
        ("naïve".encode(), "naïve"),
        ("naïve".encode("cp1252"), "naïve"),
        (b"=?utf-8?q?=0D=0ABcc=3A_x?=", "Bcc: x"),
        (b"a\x00b\x1bc\xc2\x85d", "ab c d"),
        (b"=?utf-8?q?=E2=80=A8x?=", "x"),
    ],
)
def test_a_value_is_decoded_once_and_holds_no_control_character(raw: bytes, text: str) -> None:
    assert text_of(raw) == text


def test_a_decoded_word_is_not_decoded_again() -> None:
    assert text_of(b"=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?=") == "=?utf-8?q?x?="


ANN = Address(name="Ann Lee", address="ann@x.example")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("ann@x.example", (Address(address="ann@x.example"),)),
        ("Ann Lee <ann@x.example>", (ANN,)),
        ('"Ann Lee" <ann@x.example>', (ANN,)),
        ("ann@x.example (Ann Lee)", (ANN,)),
        ('"Lee, Ann" <ann@x.example>', (Address(name="Lee, Ann", address="ann@x.example"),)),
        (r'"Ann \"A\" Lee" <ann@x.example>', (Address(name='Ann "A" Lee', address="ann@x.example"),)),
        ("=?utf-8?q?Ann=2C_Lee?= <ann@x.example>", (Address(name="Ann, Lee", address="ann@x.example"),)),
        ("Team: Ann Lee <ann@x.example>, b@y.example;", (ANN, Address(address="b@y.example"))),
        ("undisclosed-recipients:;", ()),
        ("<@relay.example:ann@x.example>", (Address(address="ann@x.example"),)),
        ('"a b"@x.example', (Address(address='"a b"@x.example'),)),
        ("jörg@müller.example", (Address(address="jörg@müller.example"),)),
        ("a@[192.0.2.1]", (Address(address="a@[192.0.2.1]"),)),
        ("hr@evil.example <ann@x.example>", (Address(name="hr@evil.example", address="ann@x.example"),)),
    ],
)
def test_addresses_are_read_by_the_grammar(value: str, found: tuple[Address, ...]) -> None:
    assert addresses(value) == (found, ())


@pytest.mark.parametrize(
    ("value", "found", "defects"),
    [
        ("HR (<evil@y>) <hr@x", (), ("angle", "address")),
        ("HR <a@x.example> <b@x.example>", (Address(name="HR", address="a@x.example"),), ("angle",)),
        ("a@x.example>", (Address(address="a@x.example"),), ("angle",)),
        ("no address", (), ("address",)),
        ("a b@x.example", (), ("address",)),
        ("<a@x.example> trailing", (Address(name="trailing", address="a@x.example"),), ("angle",)),
        ("a@@x.example", (), ("address",)),
        ("a@x..example", (), ("address",)),
        ("A (unclosed <a@x.example>", (), ("syntax", "address")),
    ],
)
def test_what_is_broken_is_named_and_not_repaired(
    value: str, found: tuple[Address, ...], defects: tuple[str, ...]
) -> None:
    assert addresses(value) == (found, defects)


def test_msg_ids_are_bare_each_once_and_only_such_as_can_be_written_back() -> None:
    assert msg_ids("<a@b> text <c@d>,<a@b> <e f@g> <h\x01@i> <jö@k> <>") == ("a@b", "c@d")
    assert msg_ids("a@b c@d") == ("a@b", "c@d")
    assert msg_ids("<broken a@b") == ()


WRITABLE = string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~.@[]:,;()\"\\"


@given(st.lists(st.text(WRITABLE, min_size=1, max_size=200), min_size=1, max_size=20, unique=True))
def test_every_msg_id_survives_unchanged(ids: list[str]) -> None:
    folded = "\r\n ".join(f"<{one}>" for one in ids)
    message = parse(
        f"Message-ID: <{ids[0]}>\r\nReferences: {folded}\r\nIn-Reply-To: {folded}\r\n\r\n".encode()
    )
    assert message.message_id == ids[0]
    assert message.references == message.in_reply_to == tuple(ids)


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Mon, 2 Mar 2026 10:12:00 +0100", datetime(2026, 3, 2, 10, 12, tzinfo=timezone(timedelta(hours=1)))),
        ("2 Mar 2026 10:12:00 -0000 (UTC)", datetime(2026, 3, 2, 10, 12, tzinfo=UTC)),
        ("Mon, 02 Mar 26 10:12 GMT", datetime(2026, 3, 2, 10, 12, tzinfo=UTC)),
        ("Mon Mar  2 10:12:00 2026", datetime(2026, 3, 2, 10, 12, tzinfo=UTC)),
        ("Mon, 2 Mar 2026 23:59:60 +0000", datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)),
        ("Mon, 2 Mar 2026 10:12:00 EST", datetime(2026, 3, 2, 10, 12, tzinfo=timezone(timedelta(hours=-5)))),
        ("Mon, 32 Mar 2026 10:12:00 +0100", None),
        ("Mon, 2 Mar 99999 10:12:00 +9999", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_aware_or_none(value: str, date: datetime | None) -> None:
    assert date_of(value) == date


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("text/PLAIN; charset=utf-8", ("text/plain", {"charset": "utf-8"})),
        ('multipart/mixed; boundary="a;b"; x=1', ("multipart/mixed", {"boundary": "a;b", "x": "1"})),
        ("a/b; name*=utf-8'de'%C3%A4.pdf", ("a/b", {"name*": "utf-8'de'%C3%A4.pdf", "name": "ä.pdf"})),
        ('a/b; n*0="x"; n*1=y', ("a/b", {"n*0": "x", "n*1": "y", "n": "xy"})),
        ("a/b (comment); c=d", ("a/b", {"c": "d"})),
        ('a/b; c="unclosed', ("a/b", {"c": "unclosed"})),
        ("", ("", {})),
    ],
)
def test_parameters_are_read_also_where_they_are_continued(
    value: str, read: tuple[str, dict[str, str]]
) -> None:
    assert parameters(value) == read


@pytest.mark.parametrize(
    ("text", "charset", "codec"),
    [
        ("日本語のメール", "ISO-2022-JP", "iso2022_jp"),
        ("ｶﾅ①", "iso-2022-jp", "iso2022_jp_ext"),
        ("髙﨑", "shift_jis", "cp932"),
        ("简体与繁體", "GB2312", "gb18030"),
        ("繁體中文", "big5", "big5"),
        ("한국어", "euc-kr", "euc-kr"),
        ("똠방각하", "ks_c_5601-1987", "cp949"),
        ("Привет", "koi8-r", "koi8-r"),
        ("Привіт", "KOI8-U", "koi8-u"),
        ("žluťoučký", "windows-1250", "cp1250"),
        ("Γειά σου", "ISO_8859-7", "iso8859-7"),
        ("İstanbul", "iso-8859-9", "cp1254"),
        ("שלום", "iso-8859-8-i", "iso8859-8"),
        ("مرحبا", "windows-1256", "cp1256"),
        ("สวัสดี", "tis-620", "cp874"),
        ("“quoted”", "iso-8859-1", "cp1252"),
        ("“quoted”", "", "cp1252"),
        ("“quoted”", "x-unheard-of", "utf-8"),
        ("naïve", "us-ascii", "utf-8"),
        ("naïve", "iso-8859-1", "utf-8"),
        ("utf sixteen", "utf-16", "utf-16"),
    ],
)
def test_a_charset_is_read_as_it_is_used(text: str, charset: str, codec: str) -> None:
    if codec == "iso2022_jp_ext":
        text = text.rstrip("①")
    assert decode(text.encode(codec), charset) == text


def test_text_cut_inside_a_character_keeps_the_rest() -> None:
    assert decode("Grüße – ü".encode()[:-1], "utf-8") == "Grüße – "


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-7", "utf-16", "hz", "iso-2022-kr", "johab", "punycode", "idna", "unicode_escape", "rot13", "\x00", "x" * 300]))  # fmt: skip
def test_any_bytes_decode_under_any_name(data: bytes, charset: str) -> None:
    decode(data, charset).encode("utf-8")
