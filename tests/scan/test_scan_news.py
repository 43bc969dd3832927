"""Company and role, folded so that one employer and one role compare equal however they are written."""

import pytest

from mailhook.scan.news import company_key, role_key
from mailhook.verdict.verdict import Fact, Facts


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Acme", "acme"),
        ("ACME GmbH", "acme"),
        ("Acme GmbH & Co. KG", "acme"),
        ("Acme, Inc.", "acme"),
        ("Acme S.r.l.", "acme"),
        ("Acme S.A.", "acme"),
        ("Acme Sp. z o.o.", "acme"),
        ("Ａｃｍｅ Group", "acme"),
        ("O’Neill & Sons Ltd", "oneill sons"),
        ("L'Oréal", "loréal"),
        ("AG", "ag"),
        ("Société Générale", "société générale"),
        ("株式会社アクメ", "株式会社アクメ"),
        ("—", None),
    ],
)
def test_a_company_has_one_key(written: str, key: str | None) -> None:
    """Legal forms, case, width and punctuation do not matter."""
    assert company_key(Facts(company=Fact(value=written))) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Data Engineer (m/w/d)", "data engineer"),
        ("Data Engineer (all genders)", "data engineer"),
        ("Ingénieur données (H/F)", "ingénieur données"),
        ("Senior  C++ Developer – Berlin", "senior c developer berlin"),
        ("Data Engineer (Platform)", "data engineer platform"),
    ],
)
def test_a_role_has_one_key(written: str, key: str) -> None:
    """What is said to everybody is left out; what tells two roles apart stays."""
    assert role_key(Facts(role=Fact(value=written))) == key


def test_nothing_is_made_of_nothing() -> None:
    """Where no company or role was read there is no key."""
    assert (company_key(Facts()), role_key(Facts())) == (None, None)
