"""Whole answers by hand: `NAME.eml` arrived, `NAME/*.eml` is the rest of its conversation, `NAME.draft` is what comes of it."""

import dataclasses
import re
import tomllib
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailhook.mail.message import Me
from mailhook.mail.origin import origin
from mailhook.mail.parse import parse
from mailhook.reply.build import build_draft
from mailhook.reply.compose import compose
from mailhook.reply.language import form_of_address, language_codes, load_language
from mailhook.reply.plan import answered_message, make_plan
from mailhook.reply.settings import ReplySettings
from mailhook.verdict.facts import read_facts
from mailhook.verdict.judge import Judge

GOLDEN = Path(__file__).parent / "golden"
ME = Me(name="Alex Morgan", addresses=("alex.morgan@example.org",))
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
JUDGE = Judge()
CASES = sorted(GOLDEN.glob("*.eml"))


def answer(case: Path) -> str:
    """Return what comes of a case, in the form of a .draft file: what was given, the plan, the draft's header, an empty line, the words."""
    expected = case.with_suffix(".draft")
    given = (
        [line for line in expected.read_text("utf-8").split("\n") if line.startswith("Given: ")]
        if expected.is_file()
        else []
    )
    settings = tomllib.loads("\n".join(line.removeprefix("Given: ") for line in given))
    message = parse(case.read_bytes())
    conversation = [parse(file.read_bytes()) for file in sorted(case.with_suffix("").glob("*.eml"))]
    verdict = JUDGE.judge(message, conversation=conversation, me=ME)
    facts = read_facts(message, verdict, conversation=conversation, me=ME)
    reply = ReplySettings(**settings)
    plan = make_plan(
        message,
        verdict,
        facts,
        me=ME,
        origin=origin(message, authserv_id="mx.example.org"),
        conversation=conversation,
        settings=reply,
        now=NOW,
    )
    shown = [
        f"Label: {verdict.label}",
        f"Stage: {verdict.stage}",
        f"Channel: {plan.channel}",
        f"Intent: {plan.intent}",
        f"Reason: {plan.reason}",
    ]
    if plan.proposed is not None:
        shown.append(f"Proposed: {plan.proposed} ({plan.proposed_purpose})")
    answered = answered_message(plan, message, conversation)
    words = compose(plan, message, verdict, facts, me=ME, conversation=conversation, settings=reply)
    if words is None:
        return "\n".join([*given, *shown]) + "\n"
    draft = build_draft(plan, words, answered, me=ME, message_id="0f3c@example.org", now=NOW)
    mail = message_from_bytes(draft.raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    longest = max(map(len, draft.raw.partition(b"\r\n\r\n")[2].split(b"\r\n")))
    assert longest <= (300 if plan.channel == "text" else 78)  # a relay sends each line of a text as it is
    shown += [
        f"{name}: {mail[name]}"
        for name in ("From", "To", "Subject", "In-Reply-To", "References")
        if mail[name]
    ]
    shown.append(
        f"Parts: {', '.join(part.get_content_type() for part in mail.walk() if not part.is_multipart())}"
    )
    return "\n".join([*given, *shown, "", draft.text]) + "\n"


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_each_case_is_answered_as_written(case: Path) -> None:
    """The plan, the header and every word are those of the .draft file."""
    assert answer(case) == case.with_suffix(".draft").read_text("utf-8")


def test_there_are_cases_of_every_kind() -> None:
    """Every channel and every intent has its case, and nothing lies there unread."""
    texts = [case.with_suffix(".draft").read_text("utf-8") for case in CASES]
    for name in ("Channel", "Intent"):
        seen = {line for text in texts for line in text.split("\n") if line.startswith(f"{name}: ")}
        wanted = {
            "Channel": ["email", "text", "call", "letter", "portal", "none"],
            "Intent": ["feedback", "thanks", "keep_in_touch", "none"],
        }[name]
        assert {f"{name}: {one}" for one in wanted} <= seen
    names = {case.stem for case in CASES}
    assert all(file.stem in names for file in GOLDEN.iterdir() if file.name != "README.md")
    assert {field.name for field in dataclasses.fields(ReplySettings)} >= {"ask_known_person"}


@pytest.mark.parametrize("code", language_codes())
def test_every_language_has_a_case_of_each_intent_and_register(code: str) -> None:
    """Asking, thanking and keeping in touch; and each form of address that the language has."""
    texts = [
        (case, case.with_suffix(".draft").read_text("utf-8"))
        for case in CASES
        if re.match(rf"{code}-(?!br-|hant-)", case.stem)
    ]
    seen = {intent for _, text in texts for intent in re.findall(r"(?m)^Intent: (\w+)", text)}
    assert seen >= {"feedback", "thanks", "keep_in_touch"}
    language = load_language(code)
    forms = {
        form_of_address(parse(case.read_bytes()), language, ME) for case, text in texts if "\n\n" in text
    }
    assert forms == set(language.greetings)
