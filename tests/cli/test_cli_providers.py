"""What `mailhook init` knows of providers: each entry makes a configuration that parses."""

import pytest

from mailhook.cli.config_text import account_section, me_section
from mailhook.cli.providers import Provider, provider_of, providers
from mailhook.config import parse
from mailhook.connector import connector_class
from mailhook.mail.message import Me


@pytest.mark.parametrize("provider", providers(), ids=lambda provider: provider.name)
def test_each_provider_with_imap_makes_a_configuration_that_parses(provider: Provider) -> None:
    assert provider.auth in {"app-password", "password", "bridge-password", "oauth", "none"}
    if provider.auth == "none":
        assert provider.host == ""
        return
    address = f"alex@{provider.domains[0].removeprefix('*.')}"
    section = account_section(
        provider.name,
        {
            "connector": "imap",
            "host": provider.host,
            "port": provider.port,
            "security": provider.security,
            "user": provider.login(address),
            "drafts": provider.drafts,
            "password": {"oauth": provider.oauth} if provider.auth == "oauth" else {"keyring": True},
        },
    )
    text = me_section(Me(name="Alex", addresses=(address,))) + "\n" + section
    config = parse(text, constructor=connector_class)
    assert config.accounts[provider.name].settings["host"] == provider.host


def test_no_domain_belongs_to_two_providers() -> None:
    domains = [domain for provider in providers() for domain in provider.domains]
    assert len(domains) == len(set(domains))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("alex@gmail.com", "gmail"),
        ("Alex@GoogleMail.com", "gmail"),
        ("alex@firm.onmicrosoft.com", "office365"),
        ("alex@posteo.de", "posteo"),
        ("alex@example.org", None),
        ("alex@notgmail.com", None),
    ],
)
def test_a_provider_is_found_by_the_domain_of_an_address(address: str, name: str | None) -> None:
    found = provider_of(address)
    assert (found.name if found else None) == name
