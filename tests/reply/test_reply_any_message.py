"""Whatever arrives, the way from a message to its draft ends in a draft to one intended recipient, or in a reason."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailhook.mail.message import Me
from mailhook.mail.origin import origin
from mailhook.mail.parse import parse
from mailhook.reply.build import build_draft
from mailhook.reply.compose import LIMITS, compose
from mailhook.reply.language import language_codes
from mailhook.reply.plan import Plan, make_plan
from mailhook.reply.tone import blocking, check_tone
from mailhook.verdict.facts import read_facts
from mailhook.verdict.verdict import Fact, Facts, Stage, Verdict

ME = Me(name="Alex Morgan", addresses=("alex.morgan@example.org",))
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
REJECTED = Verdict(label="rejection", score=5, language="en", stage="interview", kind="not_selected")

names = st.sampled_from(
    [
        "From",
        "Reply-To",
        "To",
        "Subject",
        "Message-ID",
        "References",
        "In-Reply-To",
        "Date",
        "Delivered-To",
        "Content-Type",
        "DKIM-Signature",
        "X-CallingTelephoneNumber",
    ]
)
values = st.one_of(
    st.sampled_from(
        [
            "Jane Roe <jane.roe@acme.test>", "=?utf-8?q?J=C3=A4ne=0D=0ABcc=3A_x=40y.test?= <jane@acme.test>", "a@b.test, c@d.test", "<>", "HR (<evil@y.test>) <hr@x.test",
            "group: a@b.test;", "<x@y>", "=?utf-8?b?8J+Ygg==?=", "text/html; charset=x-foo", "Mon, 02 Mar 2026 09:12:00 +0100", "jürgen@bücher.test", "+1 (917) 359-5785",
            "no-reply@acme.test", "<" + "a" * 1500 + "@b>", "eFax <message@inbound.efax.com>",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=60),
)  # fmt: skip
mails = st.builds(
    lambda fields, body: "".join(f"{name}: {value}\r\n" for name, value in fields).encode() + b"\r\n" + body,
    st.lists(st.tuples(names, values), max_size=9),
    st.one_of(st.binary(max_size=300), st.just(b"Dear Alex,\r\n\r\nno.\r\n\r\nBest,\r\nJane Roe\r\n")),
)


@given(mails)
@example(b"From: Jane Roe <jane.roe@acme.test>\r\nSubject: {{7*7}}\r\nMessage-ID: <a@b>\r\n\r\nHi Alex,\r\n")
@settings(max_examples=250, deadline=None)
def test_any_bytes_end_in_a_draft_or_a_reason(raw: bytes) -> None:
    """No bytes raise; a draft has one recipient that the message itself names, or none, and its header is complete."""
    message = parse(raw)
    facts = read_facts(message, REJECTED, me=ME)
    plan = make_plan(message, REJECTED, facts, me=ME, origin=origin(message), now=NOW)
    words = compose(plan, message, REJECTED, facts, me=ME)
    assert plan.reason
    assert (words is None) == (plan.channel == "none")
    if words is None:
        return
    draft = build_draft(plan, words, message, me=ME, message_id="0f3c@example.org", now=NOW)
    mail = message_from_bytes(draft.raw, policy=policy.default)
    reached = [a.addr_spec for a in mail["To"].addresses] if mail["To"] else []
    assert len(reached) == (1 if plan.recipient else 0)
    if plan.recipient is not None:
        assert plan.recipient in {a.address for a in (*message.from_, *message.reply_to)}
    assert mail["Cc"] is None
    assert mail["Bcc"] is None
    assert "49" not in words.text.replace(plan.number or "", "")


CASES = [
    ("feedback", "feedback"),
    ("accept", "feedback"),
    ("given", "thanks"),
    ("thanks", "thanks"),
    ("keep_in_touch", "keep_in_touch"),
]
FULL = Facts(company=Fact(value="Acme"), role=Fact(value="Data Engineer"), recruiter=Fact(value="Jane Roe"))


@pytest.mark.parametrize("code", language_codes())
def test_every_language_answers_every_case(code: str) -> None:
    """In each language every purpose, channel and stage gives a text of the right length that nobody would mind, with one question or none."""
    stages: list[tuple[Stage, Facts]] = [
        ("application", FULL), ("screen", FULL), ("assessment", Facts()), ("interview", FULL), ("final", Facts())
    ]  # fmt: skip
    for (purpose, intent), channel, number, (stage, facts) in product(CASES, LIMITS, range(2), stages):
        message = parse(
            f"From: a@b.test\r\nMessage-ID: <{number}@x>\r\n\r\nAlex, a Data Engineer, Acme\r\nJane Roe\r\n".encode()
        )
        arguments: dict[str, Any] = {"channel": channel, "intent": intent, "purpose": purpose}
        plan = Plan(
            recipient=None, answers=message.message_id, reason="", number="+49 30 901820", **arguments
        )
        verdict = Verdict(label="rejection", score=5, language=code, stage=stage)
        words = compose(plan, message, verdict, facts, me=ME)
        assert words is not None
        assert words.language == code
        assert blocking(check_tone(words.text, code, names=["Acme", "Data Engineer", "Jane Roe"])) == ()
        assert words.text.count("?") + words.text.count("？") <= (1 if intent == "feedback" else 0)
