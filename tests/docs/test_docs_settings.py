"""What the pages for users show works: every settings block parses, and `mailhook init` knows the providers just so."""

import inspect
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mailhook.cli.providers import Provider, provider_of, providers
from mailhook.config import parse
from mailhook.connector import connector_class
from mailhook.connectors.gmail import GmailMailbox

ROOT = Path(__file__).parent.parent.parent
GMAIL = ROOT / "docs" / "gmail.md"
PROVIDERS = ROOT / "docs" / "providers.md"
PAGES = sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md"])

ME = '[me]\nname = "Alex Morgan"\naddresses = ["alex.morgan@example.org"]\n'
ACCOUNT = '[accounts.personal]\nconnector = "maildir"\npath = "~/Maildir"\n'


def _blocks() -> list[Any]:
    found = []
    for page in PAGES:
        for number, block in enumerate(
            re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        ):
            found.append(pytest.param(page, block, id=f"{page.name}-{number}"))
    return found


def _whole(block: str) -> str:
    """Return a block with what a page leaves out because it stays as it is."""
    block += "" if "[me]" in block else f"\n{ME}"
    return block + ("" if "[accounts." in block else f"\n{ACCOUNT}")


@pytest.mark.parametrize(("page", "block"), _blocks())
def test_every_settings_block_is_a_configuration(page: Path, block: str) -> None:
    """Each key is known, has the right kind, and is one that its connector takes."""
    assert parse(_whole(block), constructor=connector_class).accounts


@pytest.mark.parametrize(
    ("page", "block"), [each for each in _blocks() if each.values[0] in (GMAIL, PROVIDERS)]
)
def test_init_would_write_the_same_server(page: Path, block: str) -> None:
    """The page and `mailhook init` name one host, port, security and kind of password for an address."""
    for account in parse(_whole(block)).accounts.values():
        if account.connector != "imap":
            continue
        settings, host = account.settings, account.settings["host"]
        provider = provider_of(settings["user"])
        known = provider if provider is not None else next(p for p in providers() if p.host == host)
        assert (host, settings.get("port", 993), settings.get("security", "tls")) == (
            known.host,
            known.port,
            known.security,
        )
        assert ("oauth" in account.secrets["password"]) <= (known.oauth is not None)
        assert ("oauth" in account.secrets["password"]) >= (known.auth == "oauth")


@pytest.mark.parametrize("provider", providers(), ids=lambda provider: provider.name)
def test_every_provider_that_init_knows_stands_on_a_page(provider: Provider) -> None:
    """By its server where it has one, by its name where it has none; and the address of its password page."""
    text = GMAIL.read_text(encoding="utf-8") + PROVIDERS.read_text(encoding="utf-8")
    assert (provider.host or provider.title) in text
    if provider.auth in ("app-password", "oauth") and provider.password_url:
        assert urlsplit(provider.password_url).netloc in text


@pytest.mark.parametrize("provider", providers(), ids=lambda provider: provider.name)
def test_an_entry_is_whole(provider: Provider) -> None:
    """A way in, or a sentence why there is none; only encrypted pages; only connectors that there are."""
    if provider.auth == "none":
        assert provider.host == ""
        assert provider.notes
        return
    assert provider.auth in {"app-password", "password", "bridge-password", "oauth"}
    assert provider.security == "tls" or provider.host == "127.0.0.1"
    assert (provider.auth == "oauth") <= (provider.oauth in {"google", "microsoft"})
    assert provider.password_url is None or provider.password_url.startswith("https://")
    assert provider.api is None or connector_class(provider.api)
    assert all(note.endswith((".", ")")) or "https://" in note for note in provider.notes)


def test_the_table_of_gmails_settings_is_the_connectors() -> None:
    """Every setting, and each default."""
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", GMAIL.read_text(encoding="utf-8"), re.MULTILINE)
    parameters = inspect.signature(GmailMailbox).parameters
    assert [name for name, _ in rows] == list(parameters)
    for name, shown in rows:
        default = parameters[name].default
        match shown:
            case "–" | "the keyring":
                assert default is None
            case "Google's":
                assert default == "https://gmail.googleapis.com/"
            case _:
                given = shown.strip("`").strip('"')
                assert given in (
                    str(default),
                    '["INBOX"]',
                    f"{default:g}" if isinstance(default, float) else "",
                )


def test_the_faults_on_gmails_page_are_said_just_so() -> None:
    """Each sentence of the table of faults begins one that the program says."""
    text = GMAIL.read_text(encoding="utf-8").partition("## When something is wrong")[2]
    sources = [*ROOT.glob("connectors/*gmail*.py"), *ROOT.glob("mailhook/oauth/*.py")]
    code = re.sub(r"['\"]\s*\n\s*f?['\"]", "", "".join(each.read_text(encoding="utf-8") for each in sources))
    said = [
        row
        for row in re.findall(r"^\| (.*?) \|", text, re.MULTILINE)
        if row not in ("it says", "---") and not row.startswith("-")
    ]
    assert len(said) == 7
    assert [row for row in said if row not in code] == []
