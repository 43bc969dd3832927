"""What is answered, to whom, and why: every gate, in both directions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhook.mail.message import Address, Me, Message
from mailhook.mail.origin import Origin
from mailhook.reply.gates import STOPS, TURNS
from mailhook.reply.plan import History, Plan, accept_proposal, answered_message, make_plan
from mailhook.reply.settings import ReplySettings
from mailhook.reply.when import sender_zone, suggested_send
from mailhook.verdict.verdict import Evidence, Fact, Facts, Verdict

Made = Callable[..., Plan]
Of = Callable[..., Any]
NOBODY = Facts(company=Fact(value="Acme"))


def what(plan: Plan) -> tuple[str, str, str, str | None]:
    return plan.channel, plan.intent, plan.purpose, plan.recipient


def test_an_interview_is_answered_with_a_question(plan: Made) -> None:
    """The ordinary case: a person wrote after an interview; all gates are open and each says so."""
    made = plan()
    assert what(made) == ("email", "feedback", "feedback", "jane.roe@acme.test")
    assert made.answers == "x@acme.test"
    assert made.reason == (
        "The news came after an interview, so the answer thanks and asks one open question. "
        "It came by mail, and jane.roe@acme.test can be answered."
    )
    assert [gate.name for gate in made.gates] == [name for name, *_ in (*STOPS, *TURNS)]
    assert not any(gate.closed for gate in made.gates)


@pytest.mark.parametrize(
    ("changed", "gate", "words"),
    [
        ({"verdict": {"label": "other"}}, "rejection", "not a rejection"),
        ({"verdict": {"label": "uncertain"}}, "rejection", "not certain"),
        ({"message": {"from_": (Address(address="alex.morgan@example.org"),)}}, "own", "wrote it yourself"),
        ({"origin": Origin(bounce=True)}, "bounce", "could not be delivered"),
        ({"origin": Origin(auto_reply=True)}, "auto_reply", "automatic reply"),
        ({"origin": Origin(list=True)}, "list", "mailing list"),
        ({"message": {"calendars": ("BEGIN:VCALENDAR\nMETHOD:CANCEL\nEND:VCALENDAR",), "text": ""}}, "calendar", "calendar"),
        ({"origin": Origin(many_recipients=True)}, "many", "many people"),
        ({"message": {"text": "You were not selected. Pay a fee of $50 to be considered again."}}, "money", "asks for money"),
        ({"message": {"forwarded": True}}, "forwarded", "forwarded"),
        ({"message": {"from_": ()}}, "sender", "one sender"),
        ({"message": {"defects": ("from:angle",)}}, "sender", "malformed"),
        ({"origin": Origin(dmarc="fail")}, "spoofed", "forged"),
        ({"facts": {"candidate": Fact(value="Ms Bauer")}}, "misdirected", "Ms Bauer"),
        ({"verdict": {"cues": ("withdrawn",)}}, "withdrawn", "withdrew"),
        ({"history": History(asked_in_thread=datetime(2026, 2, 1, tzinfo=UTC))}, "asked_here", "2026-02-01"),
        ({"history": History(same_news="other@x")}, "same_news", "same news"),
        ({"history": History(asked_company=datetime(2025, 12, 1, tzinfo=UTC))}, "asked_company", "6 months"),
        ({"verdict": {"language": "ja"}}, "custom", "Japanese custom"),
        ({"message": {"from_": (Address(address="no-reply@acme.test"),)}}, "unanswerable", "Nobody reads"),
        ({"message": {"reply_to": (Address(address="jane@acme.test"), Address(address="bob@acme.test"))}}, "unanswerable", "choose one"),
    ],
)  # fmt: skip
def test_each_stop_leaves_nothing_but_its_reason(
    plan: Made, message: Of, verdict: Of, changed: dict[str, Any], gate: str, words: str
) -> None:
    """Behind a closed stop there is no channel, no intent and no recipient, and the last gate tried is the one that closed."""
    facts = replace(
        Facts(company=Fact(value="Acme"), recruiter=Fact(value="Jane Roe")), **changed.pop("facts", {})
    )
    made = plan(
        message(**changed.pop("message", {})), verdict(**changed.pop("verdict", {})), facts, **changed
    )
    assert what(made) == ("none", "none", "none", None)
    assert (made.gates[-1].name, made.gates[-1].closed) == (gate, True)
    assert words in made.reason
    assert made.gates[-1].reason in made.reason


@pytest.mark.parametrize("greeted", ["Alex", "Alexander", "Mr Morgan", "alex morgan", "ALEX", "Herr Morgan"])
def test_the_candidate_is_known_by_any_of_their_names(plan: Made, greeted: str) -> None:
    """A greeting by first name, last name or a longer form is no misdirection."""
    facts = Facts(recruiter=Fact(value="Jane Roe"), candidate=Fact(value=greeted))
    assert plan(facts=facts).channel == "email"


@pytest.mark.parametrize(
    ("cues", "kind", "stage", "expected"),
    [
        (("feedback_offered",), "not_selected", "interview", ("feedback", "accept")),
        (("feedback_offered", "no_inquiry"), "not_selected", "interview", ("feedback", "accept")),
        (("feedback_offered",), "not_selected", "application", ("feedback", "accept")),
        (("feedback_given",), "not_selected", "interview", ("thanks", "given")),
        (("no_inquiry",), "not_selected", "interview", ("thanks", "thanks")),
        (("no_feedback",), "not_selected", "final", ("thanks", "thanks")),
        ((), "closed", "interview", ("keep_in_touch", "keep_in_touch")),
        ((), "closed", "application", ("keep_in_touch", "keep_in_touch")),
        ((), "filled", "screen", ("feedback", "feedback")),
        ((), "not_selected", "screen", ("feedback", "feedback")),
        ((), "not_selected", "assessment", ("feedback", "feedback")),
        ((), "not_selected", "final", ("feedback", "feedback")),
        ((), "not_selected", "application", ("thanks", "thanks")),
        ((), "not_selected", "unknown", ("thanks", "thanks")),
    ],
)
def test_what_the_answer_is_about(
    plan: Made, verdict: Of, cues: tuple[str, ...], kind: str, stage: str, expected: tuple[str, str]
) -> None:
    """Cue, kind and stage decide between asking, accepting, thanking and keeping in touch, where a named person wrote."""
    made = plan(verdict=verdict(cues=cues, kind=kind, stage=stage))
    assert (made.intent, made.purpose) == expected
    assert made.recipient == "jane.roe@acme.test"


@pytest.mark.parametrize(
    ("cues", "kind", "stage"),
    [((), "not_selected", "application"), ((), "not_selected", "unknown"), (("no_inquiry",), "not_selected", "application"), (("no_feedback",), "filled", "unknown"), ((), "closed", "application")],
)  # fmt: skip
def test_a_machine_that_nobody_stands_behind_is_not_answered(
    plan: Made, message: Of, verdict: Of, cues: tuple[str, ...], kind: str, stage: str
) -> None:
    """Without any human contact there is nobody to ask, even where the address could be answered."""
    sent = message(from_=(Address(name="Acme Recruiting", address="careers@acme.test"),))
    made = plan(sent, verdict(cues=cues, kind=kind, stage=stage), NOBODY)
    assert what(made) == ("none", "none", "none", None)
    assert made.reason


def test_settings_change_what_etiquette_leaves_open(plan: Made, verdict: Of, message: Of) -> None:
    """Asking early, not thanking, answering in Japanese, and how long to wait before asking again."""
    early = verdict(stage="application")
    assert plan(verdict=early, settings=ReplySettings(ask_at_application=True)).purpose == "feedback"
    assert plan(verdict=early, settings=ReplySettings(thank_without_contact=False)).purpose == "none"
    japanese = plan(verdict=verdict(language="ja"), settings=ReplySettings(answer_japanese=True))
    assert (japanese.intent, japanese.recipient) == ("thanks", "jane.roe@acme.test")
    answering = ReplySettings(answer_japanese=True)
    closed = verdict(language="ja", kind="closed")
    assert plan(verdict=closed, settings=answering).purpose == "keep_in_touch"
    for cue, purpose in (("feedback_offered", "accept"), ("feedback_given", "given")):
        assert plan(verdict=verdict(language="ja", cues=(cue,)), settings=answering).purpose == purpose
    asked = History(asked_company=datetime(2025, 12, 1, tzinfo=UTC))
    assert plan(history=asked, settings=ReplySettings(ask_again_after_months=2)).purpose == "feedback"


def test_an_offer_by_telephone_is_accepted_by_telephone(plan: Made, message: Of, verdict: Of) -> None:
    """Offered feedback is accepted in the channel in which it is offered: a number alone is called, a reply is written."""
    text = "Hi Alex,\nno, sorry. I am happy to give feedback, call me on +49 30 901820 any afternoon.\nJane"
    start = text.index("happy to give")
    seen = Evidence(
        rule="en.feedback-offered",
        part="text",
        start=start,
        end=start + 22,
        quote=text[start : start + 22],
        weight=0,
    )
    offered = verdict(cues=("feedback_offered",), evidence=(seen,))
    made = plan(message(text=text), offered)
    assert what(made) == ("call", "feedback", "accept", None)
    assert (made.number, made.zone) == ("+49 30 901820", "Berlin")
    both = text.replace("call me on", "reply here or call me on")
    assert what(plan(message(text=both), offered)) == ("email", "feedback", "accept", "jane.roe@acme.test")


def test_who_called_is_called_back(plan: Made, message: Of, verdict: Of) -> None:
    """A voice message is contact in person; the answer is a call, to nobody by mail."""
    sent = message(
        from_=(Address(name="Google Voice", address="voice-noreply@google.com"),),
        subject="New voicemail from (917) 359-5785 at 3:18 PM",
        text="Hi Alex this is Jane from Acme we decided to go with somebody else",
    )
    made = plan(sent, verdict(stage="unknown"), NOBODY)
    assert what(made) == ("call", "feedback", "feedback", None)
    assert made.number == "+1 917-359-5785"


def test_who_texted_is_texted_back(plan: Made, message: Of, verdict: Of) -> None:
    """An answer to an SMS relay goes to the relay address, which is the message's own sender."""
    relay = "19175550100.15550100142.h4sh@txt.voice.google.com"
    sent = message(from_=(Address(name="Jane Roe", address=relay),), subject="New text message from Jane Roe")
    assert what(plan(sent, verdict(stage="unknown"), NOBODY)) == ("text", "feedback", "feedback", relay)


EARLIER = Message(
    message_id="hello@acme.test",
    date=datetime(2026, 2, 10, 9, tzinfo=UTC),
    subject="Our interview",
    from_=(Address(name="Jane Roe", address="jane.roe@acme.test"),),
    to=(Address(address="alex.morgan@example.org"),),
    text="Hi Alex, see you on Tuesday. Jane",
)
DEAD = (Address(name="Acme", address="no-reply@acme.test"),)


def test_a_known_person_is_proposed_where_nobody_reads_the_sender(plan: Made, message: Of) -> None:
    """Nothing goes to the dead address; the person of the earlier mail is proposed, in their thread, and accepted only on request."""
    sent = message(from_=DEAD)
    made = plan(sent, conversation=[EARLIER])
    assert what(made) == ("none", "none", "none", None)
    assert (made.proposed, made.proposed_answers, made.proposed_purpose) == (
        "jane.roe@acme.test",
        "hello@acme.test",
        "feedback",
    )
    assert "Jane Roe" in made.reason
    accepted = accept_proposal(made)
    assert what(accepted) == ("email", "feedback", "feedback", "jane.roe@acme.test")
    assert answered_message(accepted, sent, [EARLIER]) == EARLIER
    asked = plan(sent, conversation=[EARLIER], settings=ReplySettings(ask_known_person=True))
    assert what(asked) == what(accepted)
    assert asked.answers == "hello@acme.test"


def test_no_machine_later_or_own_message_is_proposed(plan: Made, message: Of) -> None:
    """Only a person who wrote before the news can be proposed."""
    machine = replace(EARLIER, from_=(Address(address="notifications@acme.test"),))
    later = replace(EARLIER, date=datetime(2026, 3, 2, 10, tzinfo=UTC))
    receipt = replace(EARLIER, header_fields=(("Auto-Submitted", "auto-generated"),))
    for other in (machine, later, receipt):
        assert plan(message(from_=DEAD), conversation=[other]).proposed is None


def test_an_address_in_the_text_is_named_and_not_used(plan: Made, message: Of) -> None:
    """A dead sender's text may name somebody: the reason says so, and nothing goes there by itself."""
    made = plan(message(from_=DEAD, text="Questions? jane.roe@acme.test"))
    assert what(made) == ("none", "none", "none", None)
    assert "jane.roe@acme.test" in made.reason


def test_an_answer_or_draft_of_one_s_own_ends_it(plan: Made, message: Of) -> None:
    """Whoever has answered, or has a draft standing in the thread, needs no other; an older own message does not count."""
    mine = Message(
        from_=(Address(address="Alex.Morgan@example.org"),), in_reply_to=("x@acme.test",), date=None
    )
    later = Message(
        from_=(Address(address="alex@morgan.example.net"),), date=datetime(2026, 3, 2, 10, tzinfo=UTC)
    )
    older = Message(
        from_=(Address(address="alex.morgan@example.org"),), date=datetime(2026, 2, 2, tzinfo=UTC)
    )
    assert plan(conversation=[mine]).gates[-1].name == "answered"
    assert plan(conversation=[later]).gates[-1].name == "answered"
    assert plan(conversation=[older]).channel == "email"


def test_correspondence_is_contact(plan: Made, verdict: Of, message: Of) -> None:
    """Where the candidate answered a person before, there was contact, whatever the text shows of the stage."""
    mine = Message(
        from_=(Address(address="alex.morgan@example.org"),), date=datetime(2026, 2, 12, tzinfo=UTC)
    )
    assert plan(verdict=verdict(stage="unknown"), conversation=[EARLIER, mine]).purpose == "feedback"


def test_a_language_without_texts_is_said(plan: Made, verdict: Of) -> None:
    """The reason tells where the answer is not in the sender's language."""
    assert 'the language "fi"' in plan(verdict=verdict(language="fi")).reason


local_parts = st.sampled_from(
    ["jane.roe", "careers", "no-reply", "bob", "notifications", "alex.morgan", "x.y@", ""]
)
domains = st.sampled_from(
    [
        "acme.test",
        "example.org",
        "gmail.com",
        "greenhouse-mail.io",
        "linkedin.com",
        "invalidemail.com",
        "indeedemail.com",
        "evil.test",
    ]
)
address = st.builds(
    lambda local, domain, name: Address(name=name, address=f"{local}@{domain}"),
    local_parts,
    domains,
    st.sampled_from(["", "Jane Roe", "Do Not Reply"]),
)
verdicts = st.builds(
    Verdict,
    label=st.sampled_from(["rejection", "other", "uncertain"]),
    score=st.just(1.0),
    language=st.sampled_from(["en", "de", "ja", "fi", "und"]),
    stage=st.sampled_from(["application", "screen", "assessment", "interview", "final", "unknown"]),
    kind=st.sampled_from(["not_selected", "filled", "closed", None]),
    cues=st.lists(
        st.sampled_from(
            ["no_inquiry", "no_feedback", "feedback_offered", "feedback_given", "unmonitored", "withdrawn"]
        ),
        max_size=3,
    ).map(tuple),
)
messages = st.builds(
    Message,
    message_id=st.sampled_from(["x@acme.test", None]),
    from_=st.lists(address, max_size=2).map(tuple),
    reply_to=st.lists(address, max_size=3).map(tuple),
    subject=st.sampled_from(["Your application", "New voicemail from (917) 359-5785", ""]),
    text=st.sampled_from(["Hello Alex, no.", "Please log in: https://acme.test/login", ""]),
    date=st.sampled_from([None, datetime(2026, 3, 1, tzinfo=UTC)]),
)


@given(messages, verdicts, st.booleans())
@settings(max_examples=400, deadline=None)
def test_one_recipient_or_none_and_only_from_the_message(
    message: Message, verdict: Verdict, known: bool
) -> None:
    """Only a rejection is answered; the recipient is an address of the message answered, never one's own, never a machine's; a reason is always given."""
    me = Me(name="Alex Morgan", addresses=("alex.morgan@example.org",))
    arguments: dict[str, Any] = {
        "me": me, "origin": Origin(), "now": datetime(2026, 3, 2, tzinfo=UTC), "settings": ReplySettings(ask_known_person=known)
    }  # fmt: skip
    facts = Facts(recruiter=Fact(value="Jane Roe"))
    made = make_plan(message, verdict, facts, conversation=[EARLIER] if known else [], **arguments)
    assert made.reason
    if made.channel == "none":
        assert (made.intent, made.recipient) == ("none", None)
        return
    assert verdict.label == "rejection"
    assert made.intent != "none"
    if made.channel in {"call", "letter", "portal"}:
        assert made.recipient is None
        return
    answered = answered_message(made, message, [EARLIER])
    assert made.recipient in {a.address for a in (*answered.from_, *answered.reply_to)}
    assert made.recipient is not None
    assert not me.owns(made.recipient)
    again = make_plan(message, verdict, facts, conversation=[EARLIER] if known else [], **arguments)
    assert again == made


@pytest.mark.parametrize(
    ("sent", "now", "expected"),
    [
        (
            "2026-03-02T09:12+01:00",
            "2026-03-02T10:00+01:00",
            "2026-03-03T09:30+01:00",
        ),  # a day later, at opening
        ("2026-03-02T14:05+01:00", "2026-03-02T15:00+01:00", "2026-03-03T14:15+01:00"),
        ("2026-03-06T15:00+01:00", "2026-03-06T16:00+01:00", "2026-03-09T09:30+01:00"),  # Friday: Monday
        (
            "2026-03-02T20:00+01:00",
            "2026-03-02T21:00+01:00",
            "2026-03-04T09:30+01:00",
        ),  # late: the day after next, at opening
        (
            "2026-02-02T10:00+01:00",
            "2026-03-02T10:00+01:00",
            "2026-03-02T14:00+01:00",
        ),  # old news: four hours from now
        ("2026-03-28T10:00+01:00", "2026-03-28T11:00+01:00", "2026-03-30T09:30+02:00"),  # summer time begins
    ],
)
def test_when_to_send(message: Of, sent: str, now: str, expected: str) -> None:
    """A day after their message, in the business hours of their own time zone, never at night or on a weekend."""
    answered = message(date=datetime.fromisoformat(sent), from_=(Address(address="jane@acme.de"),))
    when = suggested_send(answered, datetime.fromisoformat(now))
    assert when == datetime.fromisoformat(expected)
    assert when.utcoffset() == datetime.fromisoformat(expected).utcoffset()


def test_the_clock_of_a_message_is_believed_over_its_domain(message: Of) -> None:
    """A German domain with a New York clock is somebody in New York; a clock at UTC is a server's."""
    berlin = message(from_=(Address(address="jane@acme.de"),), date=datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert sender_zone(berlin) == ZoneInfo("Europe/Berlin")
    new_york = replace(berlin, date=datetime.fromisoformat("2026-03-02T09:00-05:00"))
    assert sender_zone(new_york).utcoffset(None) == timedelta(hours=-5)


def test_a_letter_is_stale_later_than_mail(plan: Made, message: Of) -> None:
    """A week for mail, two for a letter, from their message on."""
    fax = message(from_=(Address(address="message@inbound.efax.com"),), subject="eFax from Acme")
    assert plan().stale_after == datetime(2026, 3, 9, 9, 12, tzinfo=UTC)
    assert plan(fax).stale_after == datetime(2026, 3, 16, 9, 12, tzinfo=UTC)
