"""Two messages bring the same news when employer and role agree, however they are written."""

import pytest

from mailhook.reply.news import answer_rank, employer_key, news_key
from mailhook.reply.plan import Channel, Plan
from mailhook.verdict.verdict import Fact, Facts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme GmbH", "ACME"),
        ("Acme, Inc.", "Acme"),
        ("Société Générale S.A.", "Societe Generale"),
        ("Müller & Söhne GmbH & Co. KG", "Muller Sohne"),
        ("Acme S.r.l.", "acme srl"),
    ],
)
def test_an_employer_has_one_key(one: str, other: str) -> None:
    """Case, accents, punctuation and legal form do not matter."""
    assert employer_key(one) == employer_key(other) != ""


def test_different_employers_have_different_keys() -> None:
    """Nor is an employer that is all legal form left without one."""
    assert employer_key("Acme Bank") != employer_key("Acme")
    assert employer_key("The Group") != ""


def test_the_same_news_needs_company_and_role() -> None:
    """One role at one company; where either is unknown, nothing is taken for the same."""
    mail = Facts(company=Fact(value="Acme GmbH"), role=Fact(value="Data Engineer (m/w/d)"))
    portal = Facts(company=Fact(value="ACME"), role=Fact(value="Data engineer"))
    other = Facts(company=Fact(value="ACME"), role=Fact(value="Data Scientist"))
    assert news_key(mail) == news_key(portal) != news_key(other)
    assert news_key(Facts(company=Fact(value="Acme"))) is None


def test_a_person_is_answered_before_a_portal() -> None:
    """Of several plans for one news the one that reaches a person comes first, and none at all last."""

    def plan(channel: Channel, recipient: str | None = None) -> Plan:
        return Plan(channel=channel, intent="thanks", recipient=recipient, answers=None, reason="")

    plans = [plan("none"), plan("portal"), plan("email", "jane@acme.test"), plan("call")]
    assert [one.channel for one in sorted(plans, key=answer_rank)] == ["email", "call", "portal", "none"]
