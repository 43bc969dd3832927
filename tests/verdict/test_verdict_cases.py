"""Texts with the label they must get, in every language that has some: `cases/<language>[_topic].toml`, found by glob."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mailhook.mail.message import Address, Message
from mailhook.verdict.judge import Judge

FOLDER = Path(__file__).parent / "cases"


def _cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for number, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"]):
            # A case marked `missed` says what the judge gets wrong today; it fails when that changes.
            marks = [pytest.mark.xfail(reason=case["missed"])] if "missed" in case else []
            found.append(pytest.param(path.stem, case, id=f"{path.stem}-{number}", marks=marks))
    return found


@pytest.mark.parametrize(("language", "case"), _cases())
def test_a_text_gets_its_label(language: str, case: dict[str, Any], judge: Judge) -> None:
    """The label is one of those allowed, the stage and kind are as said, and the screen lets through what is not `other`."""
    message = Message(
        subject=case.get("subject", ""),
        text=case["text"].strip(),
        from_=(Address(name=case.get("name", ""), address=case.get("from", "someone@employer.example")),),
    )
    verdict = judge.judge(message)
    allowed = case["label"] if isinstance(case["label"], list) else [case["label"]]
    assert verdict.label in allowed, [(each.rule, each.weight, each.quote) for each in verdict.evidence]
    assert verdict.stage == case.get("stage", verdict.stage)
    assert verdict.kind == case.get("kind", verdict.kind)
    assert judge.screen(message) or verdict.label == "other"
    if verdict.label == "rejection":
        assert verdict.language == language.partition("_")[0]
