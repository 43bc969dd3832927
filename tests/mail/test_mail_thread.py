"""Threads: base subjects in the languages people write in, and the References of a reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhook.mail.message import Message
from mailhook.mail.thread import base_subject, is_forward, is_reply, reply_references, reply_subject


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Data Engineer", "Data Engineer"),
        ("Re: Data Engineer", "Data Engineer"),
        ("RE: Re: re:Data Engineer", "Data Engineer"),
        ("Re[2]: Data Engineer", "Data Engineer"),
        ("Re(3): Data Engineer", "Data Engineer"),
        ("RE : Votre candidature", "Votre candidature"),
        ("Re\u00a0: Votre candidature", "Votre candidature"),
        ("AW: WG: Ihre Bewerbung", "Ihre Bewerbung"),
        ("Antw: Uw sollicitatie", "Uw sollicitatie"),
        ("Antwort: Ihre Bewerbung", "Ihre Bewerbung"),
        ("SV: Din ansökan", "Din ansökan"),
        ("VS: Hakemuksesi", "Hakemuksesi"),
        ("RV: Su candidatura", "Su candidatura"),
        ("TR: Votre candidature", "Votre candidature"),
        ("Odp: Aplikacja", "Aplikacja"),
        ("Vá: Jelentkezés", "Jelentkezés"),
        ("YNT: Başvurunuz", "Başvurunuz"),
        ("R: Candidatura", "Candidatura"),
        ("RES: Candidatura", "Candidatura"),
        ("回复：您的申请", "您的申请"),
        ("答复: 您的申请", "您的申请"),
        ("转发: 您的申请", "您的申请"),
        ("返信: 選考結果", "選考結果"),
        ("답장: 지원 결과", "지원 결과"),
        ("Ответ: Ваша заявка", "Ваша заявка"),
        ("תגובה: מועמדותך", "מועמדותך"),
        ("رد: طلبك", "طلبك"),
        ("Trả lời: Đơn", "Đơn"),
        ("Fwd: Re: Data Engineer", "Data Engineer"),
        ("[Fwd: Data Engineer]", "Data Engineer"),
        ("Data Engineer (fwd)", "Data Engineer"),
        ("[jobs] Re: Data Engineer", "[jobs] Data Engineer"),
        ("Re: [jobs] Data Engineer", "[jobs] Data Engineer"),
        ("Re: [jobs] Re: Data Engineer", "[jobs] Data Engineer"),
        ("Re: [jobs] Re: [jobs] Data Engineer", "[jobs] Data Engineer"),
        ("  Data \t Engineer  ", "Data Engineer"),
        ("Re:", ""),
        ("", ""),
        ("Ready to ship", "Ready to ship"),
        ("Re the role", "Re the role"),
        ("Ref: 12345", "Ref: 12345"),
        ("Reminder: interview", "Reminder: interview"),
        ("R developer: your application", "R developer: your application"),
        ("r: x", "r: x"),
        ("Result: no", "Result: no"),
        ("Straße: 5", "Straße: 5"),
    ],
)
def test_the_base_subject_has_no_mark_of_reply_or_forward(subject: str, base: str) -> None:
    assert base_subject(subject) == base
    assert base_subject(base) == base


@given(st.text(max_size=80))
def test_a_reply_carries_re_once_and_keeps_the_base_subject(subject: str) -> None:
    answer = reply_subject(subject)
    assert reply_subject(answer) == answer
    assert len(answer) <= 255
    assert answer == "Re:" or answer.startswith("Re: ")
    assert base_subject(answer) == base_subject(base_subject(subject))


@pytest.mark.parametrize(
    ("subject", "forward", "reply"),
    [
        ("Fwd: x", True, True),
        ("[jobs] FW: x", True, False),
        ("[Fwd: x]", True, False),
        ("WG: x", True, True),
        ("Re: Fwd: x", False, True),
        ("AW: x", False, True),
        ("Forward thinking: x", False, False),
        ("x", False, False),
    ],
)
def test_only_the_outermost_mark_says_what_a_message_is(subject: str, forward: bool, reply: bool) -> None:
    assert (is_forward(subject), is_reply(subject)) == (forward, reply)


def test_references_are_the_parents_and_its_own_msg_id() -> None:
    assert reply_references(Message(message_id="c@x", references=("a@x", "b@x"), in_reply_to=("b@x",))) == (
        "a@x",
        "b@x",
        "c@x",
    )


def test_references_fall_back_to_a_single_in_reply_to_only() -> None:
    assert reply_references(Message(message_id="c@x", in_reply_to=("b@x",))) == ("b@x", "c@x")
    assert reply_references(Message(message_id="c@x", in_reply_to=("a@x", "b@x"))) == ("c@x",)


def test_a_message_without_a_msg_id_has_no_references_to_give() -> None:
    assert reply_references(Message(references=("a@x",))) == ()


def test_a_msg_id_already_among_the_references_is_named_once_and_last() -> None:
    assert reply_references(Message(message_id="a@x", references=("a@x", "b@x"))) == ("b@x", "a@x")
