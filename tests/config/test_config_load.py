"""A configuration becomes frozen settings, or one error that lists every mistake with its key."""

from pathlib import Path
from typing import Any

import pytest

from mailhook.config import Account, Config, ScanSettings, config_path, load, parse, state_path
from mailhook.errors import ConfigError
from mailhook.mail.message import Me
from mailhook.reply.settings import ReplySettings

LEAST = """
[me]
name = "Alex Morgan"
addresses = ["alex.morgan@example.org"]

[accounts.archive]
connector = "maildir"
path = "~/Maildir"
"""

WHOLE = """
[me]
name = "Alex Morgan"
addresses = ["alex.morgan@example.org", "alex@morgan.example"]

[accounts.personal]
connector = "imap"
host = "imap.example.org"
port = 993
security = "tls"
user = "alex.morgan@example.org"
mailboxes = ["INBOX"]
drafts = "Drafts"
authserv_id = "mx.example.org"
password = { keyring = true }

[accounts.work]
connector = "imap"
host = "imap.example.net"
user = "alex"
password = { command = ["pass", "show", "mail"] }

[reply]
ask_known_person = true
max_per_pass = 5

[scan]
poll_minutes = 2

[notify]
command = ["notify-send", "mailhook"]
"""


class Mailbox:
    """A stranger's connector, as its constructor says."""

    def __init__(
        self, *, host: str, port: int = 993, mailboxes: tuple[str, ...] = (), password: str = ""
    ) -> None: ...


def mistakes(text: str, **options: Any) -> list[str]:
    """Return the mistakes that a configuration's error lists."""
    with pytest.raises(ConfigError) as caught:
        parse(text, path=Path("c.toml"), **options)
    return [each.strip() for each in str(caught.value).splitlines()[1:]]


def test_name_addresses_and_one_account_are_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAILHOOK_STATE", str(tmp_path))
    assert parse(LEAST) == Config(
        path=None,
        state=tmp_path,
        me=Me(name="Alex Morgan", addresses=("alex.morgan@example.org",)),
        accounts={"archive": Account(name="archive", connector="maildir", settings={"path": "~/Maildir"})},
    )


def test_everything_that_is_set_is_read() -> None:
    config = parse(WHOLE)
    assert dict(config.accounts) == {
        "personal": Account(
            name="personal",
            connector="imap",
            settings={
                "host": "imap.example.org",
                "port": 993,
                "security": "tls",
                "user": "alex.morgan@example.org",
                "mailboxes": ("INBOX",),
                "drafts": "Drafts",
            },
            secrets={"password": {"keyring": True}},
            authserv_id="mx.example.org",
        ),
        "work": Account(
            name="work",
            connector="imap",
            settings={"host": "imap.example.net", "user": "alex"},
            secrets={"password": {"command": ("pass", "show", "mail")}},
        ),
    }
    assert config.reply == ReplySettings(ask_known_person=True, max_per_pass=5)
    assert config.scan == ScanSettings(poll_minutes=2.0)
    assert config.notify.command == ("notify-send", "mailhook")


def test_every_mistake_is_reported_at_once_with_its_key() -> None:
    text = """
        [me]
        name = 5
        addresses = ["alex"]
        [accounts.a]
        connector = 3
        [accounts.b]
        connector = "imap"
        password = "hunter2"
        [accounts."c d"]
        connector = "imap"
        [reply]
        max_per_pas = 3
        ask_known_person = "yes"
        [scan]
        poll_minutes = "often"
        [notify]
        command = "notify-send"
        [replies]
    """
    assert mistakes(text) == [
        'replies: is not a setting; did you mean "reply"?',
        "me.name: must be text in quotes, not a number",
        'me.addresses[0]: "alex" is not an address like alex@example.org',
        "accounts.a.connector: must be text in quotes, not a number",
        'accounts.b.password: must not stand here in plain text; write { keyring = true } and let "mailhook init" store it, or '
        '{ env = "NAME" }, { command = ["pass", "show", "mail"] } or { file = "path" }',
        "accounts.c d: an account's name is made of letters, digits, dots, dashes and underscores",
        "reply.ask_known_person: must be true or false, not text",
        'reply.max_per_pas: is not a setting; did you mean "max_per_pass"?',
        "scan.poll_minutes: must be a number, not text",
        "notify.command: must be a list in square brackets, not text",
    ]


def test_an_empty_configuration_says_what_is_needed() -> None:
    assert mistakes("") == [
        'me: is missing; add [me] with your name and addresses = ["you@example.org"]',
        'accounts: is missing; add a section like [accounts.personal] with connector = "imap"',
    ]


def test_a_password_is_never_repeated_in_the_error() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(LEAST.replace('path = "~/Maildir"', 'password = "hunter2"'))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "mistake"),
    [
        ("{ keyring = false }", "keyring must be true, or the name of the entry in the keyring"),
        ("{ env = 3 }", "env must be text in quotes, not a number"),
        ('{ file = "" }', "file must be text in quotes, not empty"),
        ('{ command = "pass show" }', 'command must be a list of words, as in ["pass", "show", "mail"]'),
        ('{ oauth = "yahoo" }', 'oauth must be "google" or "microsoft"'),
        ('{ oauth = "google", token_file = 3 }', "token_file must be text in quotes"),
        ('{ keyring = true, token_file = "t" }', "keyring stands alone; take token_file out"),
        ("{ command = [] }", 'command must be a list of words, as in ["pass", "show", "mail"]'),
    ],
)
def test_a_secret_source_is_checked(source: str, mistake: str) -> None:
    assert mistakes(LEAST + f"password = {source}\n") == [f"accounts.archive.password: {mistake}"]


@pytest.mark.parametrize("source", ["{}", '{ plain = "x" }', '{ env = "A", file = "b" }', "[1]", "true"])
def test_a_secret_names_exactly_one_source(source: str) -> None:
    (mistake,) = mistakes(LEAST + f"password = {source}\n")
    assert mistake.startswith("accounts.archive.password: must name one place where the secret is kept; ")


def test_an_accounts_keys_are_held_against_its_connector() -> None:
    text = LEAST.replace(
        'path = "~/Maildir"', 'prot = 993\nmailboxes = "INBOX"\npassword = { env = "P" }\nauthserv_id = "mx"'
    )
    assert mistakes(text, constructor=lambda name: Mailbox) == [
        'accounts.archive.prot: is not a setting; did you mean "port"?',
        "accounts.archive.host: is missing",
        "accounts.archive.mailboxes: must be a list in square brackets, not text",
    ]


def test_values_of_the_right_kind_pass_the_connectors_check() -> None:
    text = LEAST.replace('path = "~/Maildir"', 'host = "h"\nport = 1\nmailboxes = ["A", "B"]')
    config = parse(text, constructor=lambda name: Mailbox)
    assert config.accounts["archive"].settings == {"host": "h", "port": 1, "mailboxes": ("A", "B")}


def test_an_unknown_connector_is_one_of_the_mistakes() -> None:
    from mailhook.connector import connector_class

    (mistake,) = mistakes(LEAST.replace('"maildir"', '"pop3"'), constructor=connector_class)
    assert mistake.startswith('accounts.archive.connector: there is no connector "pop3"; installed are: ')


def test_broken_toml_names_the_line() -> None:
    with pytest.raises(ConfigError, match=r"^c\.toml is not valid TOML: .*line 2"):
        parse("[me]\nname = Alex\n", path=Path("c.toml"))


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value) == (
        f'there is no configuration at {path}; write one with "mailhook init", or try "mailhook demo", which needs none'
    )


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_the_environment_moves_configuration_and_state(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAILHOOK_CONFIG", str(tmp_path / "c.toml"))
    monkeypatch.setenv("MAILHOOK_STATE", str(tmp_path / "state"))
    assert config_path() == tmp_path / "c.toml"
    assert config_path(Path("/else/where.toml")) == Path("/else/where.toml")
    assert state_path() == tmp_path / "state"


def test_without_the_environment_the_platforms_own_places_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILHOOK_CONFIG", raising=False)
    monkeypatch.delenv("MAILHOOK_STATE", raising=False)
    assert config_path().parts[-2:] == ("mailhook", "config.toml")
    assert "mailhook" in state_path().parts
