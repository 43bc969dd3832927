"""Reading stays within bounds: work grows with the bytes at most, and beyond the bounds not at all.

Work is counted in calls, of Python and of C, so that a slow machine fails nothing.
"""

import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType

import pytest

from mailhook.mail.mime import HTML_BYTES, LEVELS, PARTS, TEXT_BYTES, Part, read
from mailhook.mail.parse import parse


def work(raw: bytes, *, careful: bool) -> int:
    """Count the calls that parsing makes."""
    calls = 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        parse(raw, careful=careful)
    finally:
        sys.setprofile(before)
    return calls


def mail(kind: str, body: bytes) -> bytes:
    return b"From: a@b.example\nSubject: Re: x\nContent-Type: " + kind.encode() + b"\n\n" + body


def nested(n: int) -> bytes:
    level = b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n"
    return mail("multipart/mixed; boundary=b0", b"".join(level % (i, i + 1) for i in range(n)))


BOMBS: dict[str, Callable[[int], bytes]] = {
    "parts": lambda n: mail("multipart/mixed; boundary=b", b"--b\n\nx\n" * n),
    "parts of one boundary": lambda n: mail("multipart/mixed; boundary=b", b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * n),
    "nested multiparts": nested,
    "nested messages": lambda n: mail("message/rfc822", b"Content-Type: message/rfc822\n\n" * n),
    "almost boundaries": lambda n: mail("multipart/mixed; boundary=b", b"--bx\n" * n),
    "nested div": lambda n: mail("text/html", b"<div>" * n),
    "nested quotations": lambda n: mail("text/html", b"<blockquote type=cite>x" * n),
    "nested formatting": lambda n: mail("text/html", b"<a><b><i><u>" * n + b"<p>" * n),
    "attributes": lambda n: mail("text/html", b"<div " + b" ".join(b"a%d" % i for i in range(n)) + b">x"),
    "attributes behind a bracket": lambda n: mail("text/html", b"<div a='>' " + b"".join(b"a%d=''" % i for i in range(n)) + b">x"),
    "open tags": lambda n: mail("text/html", b"<" * n),
    "open comments": lambda n: mail("text/html", b"<!--" * n),
    "open styles": lambda n: mail("text/html", b"<style>" * n),
    "hidden blocks": lambda n: mail("text/html", b"<div style='display:none'>" * n),
    "tiny blocks": lambda n: mail("text/html", b"<div style='font-size:0'>" * n),
    "quote marks": lambda n: mail("text/plain", b">" * n),
    "quoted lines": lambda n: mail("text/plain", b"> x\n" * n),
    "labels": lambda n: mail("text/plain", b"From: x\n" * n),
    "attributions": lambda n: mail("text/plain", b"On 2 March wrote:\n" * n),
    "colons": lambda n: mail("text/plain", b"a:\n" * n),
    "signatures": lambda n: mail("text/plain", b"-- \nBest regards,\n" * n),
    "notices": lambda n: mail("text/plain", b"Unsubscribe\n\n" * n),
    "spaces": lambda n: mail("text/plain", b"a" + b" " * n + b"b"),
    "combining marks": lambda n: mail("text/plain; charset=utf-8", b"a" + "\u0301\u0323".encode() * n),
    "header fields": lambda n: b"X: y\n" * n,
    "broken header lines": lambda n: b"X: y\njunk\njunk\n" * n,
    "recipients": lambda n: b"To: " + b"a@b.example,\n " * n + b"\n\nx",
    "brackets": lambda n: b"From: " + b"<" * n + b"\n\nx",
    "quotes": lambda n: b"From: " + b'"\\' * n + b"\n\nx",
    "encoded words": lambda n: b"Subject: " + b"=?utf-8?b?YQ?= " * n + b"\n\nx",
    "open encoded words": lambda n: b"Subject: " + b"=?utf-8?q?a" * n + b"\n\nx",
    "msg-ids": lambda n: b"References: " + b"<a@b> " * n + b"\n\nx",
    "parameters": lambda n: b"Content-Type: text/plain" + b"; a*1*=b" * n + b"\n\nx",
    "base64": lambda n: b"Content-Transfer-Encoding: base64\n\n" + b"Y W-J_j\n" * n,
    "calendar": lambda n: mail("text/calendar", b"BEGIN:VEVENT\n" * n),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("careful", [True, False], ids=["careful", "fast"])
def test_twice_the_bytes_are_at_most_twice_the_work(bomb: str, careful: bool) -> None:
    make = BOMBS[bomb]
    parse(make(10), careful=careful)
    assert work(make(6000), careful=careful) <= 2.3 * work(make(3000), careful=careful) + 500


@pytest.mark.parametrize("bomb", BOMBS)
def test_beyond_the_bounds_there_is_no_more_work(bomb: str) -> None:
    assert work(BOMBS[bomb](100_000), careful=False) < 1_000_000


def leaves(part: Part) -> int:
    return sum(map(leaves, part.parts)) if part.parts else 1


def test_a_hundred_thousand_parts_are_two_hundred() -> None:
    raw = BOMBS["parts"](100_000)
    assert len(raw) > 600_000
    entity = read(raw)
    assert (leaves(entity.root), entity.defects) == (PARTS, ["bounds:parts"])
    assert "bounds:parts" in parse(raw).defects


def test_three_thousand_levels_are_thirty_two() -> None:
    part, levels = read(nested(3000)).root, 0
    while part.parts:
        part, levels = part.parts[0], levels + 1
    assert levels == LEVELS
    assert "bounds:levels" in parse(nested(3000)).defects


@pytest.mark.parametrize("careful", [True, False], ids=["careful", "fast"])
def test_text_is_read_up_to_its_bound_and_the_message_says_so(careful: bool) -> None:
    long = parse(mail("text/plain", b"word " * 100_000), careful=careful)
    assert len(long.original) <= TEXT_BYTES
    assert "bounds:text" in long.defects
    wide = parse(mail("text/html", b"<p>word</p>" * 100_000), careful=careful)
    assert len(wide.html or "") <= HTML_BYTES
    assert len(wide.text) <= TEXT_BYTES
    assert "bounds:text" in wide.defects


@pytest.mark.parametrize("careful", [True, False], ids=["careful", "fast"])
def test_ten_megabytes_of_nested_html_need_little_memory(careful: bool) -> None:
    raw = mail("text/html", b"<div>" * 2_000_000 + b"We chose another.")
    parse(mail("text/html", b"<p>x</p>"), careful=careful)
    tracemalloc.start()
    try:
        parse(raw, careful=careful)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60_000_000


def test_a_hundred_thousand_recipients_are_read_as_far_as_a_field_may_be_long() -> None:
    message = parse(BOMBS["recipients"](100_000) + b"\n")
    assert 20 < len(message.to) < 10_000
    assert "bounds:header" in message.defects


def test_deep_html_is_read_by_its_words_when_it_is_too_hard_to_build() -> None:
    html = b"<div>" * 5000 + b"We chose <b>another</b>." + b"</div>" * 5000
    for careful in (True, False):
        assert parse(mail("text/html", html), careful=careful).text.split() == ["We", "chose", "another", "."]
