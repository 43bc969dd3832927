"""`mailhook init`: tests the login, shows and writes the configuration, and never overwrites or stores in plain text unasked."""

import os
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.servers.dovecot import PASSWORD, Dovecot

Run = Callable[..., Any]
WHO = ("--name", "Alex Morgan", "--address", "alex.morgan@example.org")


@pytest.fixture
def config(home: Path) -> Path:
    return home / ".config/mailhook/config.toml"


def test_flags_alone_write_a_tested_configuration(run: Run, config: Path, maildir: Path) -> None:
    ran = run("init", "--connector", "maildir", "--path", maildir, *WHO, "--yes")
    assert ran.status == 0, ran.err
    assert config.read_text() == (
        '[me]\nname = "Alex Morgan"\naddresses = ["alex.morgan@example.org"]\n\n'
        f'[accounts.personal]\nconnector = "maildir"\npath = "{maildir}"\n'
    )
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert os.listdir(config.parent) == ["config.toml"]
    assert f"Logged in: Maildir {maildir}. Drafts will be kept in Drafts." in ran.out
    assert run("check").status == 0


def test_nothing_is_written_without_agreement(run: Run, config: Path, maildir: Path) -> None:
    ran = run("init", "--path", maildir, *WHO)
    assert ran.status == 2
    assert ran.err == "mailhook: Write it? There is nobody to ask here; agree beforehand with --yes\n"
    assert not config.exists()


def test_what_is_missing_is_named_with_its_flag(run: Run) -> None:
    ran = run("init", "--path", "x", "--yes")
    assert (ran.status, ran.err) == (
        2,
        "mailhook: Your name, as you sign: there is nobody to ask here; give it with --name\n",
    )


def test_a_failed_login_writes_nothing(run: Run, config: Path, home: Path) -> None:
    ran = run("init", "--path", home / "none", *WHO, "--yes")
    assert ran.status == 1
    assert ran.err == f'mailhook: there is no folder "{home}/none"; correct `path`\n'
    assert not config.exists()


def test_a_missing_drafts_mailbox_is_made_only_where_asked(run: Run, config: Path, home: Path) -> None:
    for part in ("cur", "new", "tmp"):
        (home / "bare" / part).mkdir(parents=True)
    ran = run("init", "--path", home / "bare", *WHO, "--yes")
    assert ran.status == 1
    assert not config.exists()
    ran = run("init", "--path", home / "bare", *WHO, "--yes", "--create-drafts")
    assert ran.status == 0, ran.err
    assert tomllib.loads(config.read_text())["accounts"]["personal"]["create_drafts"] is True


def test_a_second_account_is_added_and_the_rest_stays_as_it_was(
    run: Run, config: Path, home: Path, maildir: Path
) -> None:
    run("init", "--path", maildir, *WHO, "--yes")
    config.write_text("# my own words\n" + config.read_text())
    before = config.read_text()
    for part in ("cur", "new", "tmp"):
        (home / "Old/.Drafts" / part).mkdir(parents=True)
        (home / "Old" / part).mkdir(parents=True)
    ran = run("init", "--path", home / "Old", "--yes")
    assert ran.status == 0, ran.err
    added = f'\n[accounts.personal2]\nconnector = "maildir"\npath = "{home}/Old"\n'
    assert config.read_text() == before + added


def test_the_same_mailbox_is_not_configured_twice(run: Run, config: Path, maildir: Path) -> None:
    run("init", "--path", maildir, *WHO, "--yes")
    before = config.read_text()
    ran = run("init", "--path", maildir, "--yes")
    assert (ran.status, ran.err) == (
        2,
        'mailhook: this mailbox is configured already, as account "personal"; nothing was changed\n',
    )
    assert config.read_text() == before


def test_overwriting_keeps_the_old_configuration(run: Run, config: Path, maildir: Path) -> None:
    run("init", "--path", maildir, *WHO, "--yes")
    before = config.read_text()
    ran = run("init", "--path", maildir, "--name", "Alex M.", *WHO[2:], "--overwrite", "--yes")
    assert ran.status == 0, ran.err
    assert tomllib.loads(config.read_text())["me"]["name"] == "Alex M."
    assert config.with_name("config.toml.old").read_text() == before


def test_a_password_by_environment_is_written_as_its_name(run: Run, config: Path) -> None:
    flags = ("--host", "imap.example.org", "--password-env", "MAIL_PASSWORD", "--no-test", "--yes")
    ran = run("init", *WHO, *flags)
    assert ran.status == 0, ran.err
    assert tomllib.loads(config.read_text())["accounts"]["personal"] == {
        "connector": "imap",
        "host": "imap.example.org",
        "user": "alex.morgan@example.org",
        "password": {"env": "MAIL_PASSWORD"},
    }


def test_a_password_command_and_file_are_written_as_they_are(run: Run, config: Path) -> None:
    ran = run(
        "init", *WHO, "--host", "h.example", "--password-command", "pass show 'my mail'", "--no-test", "--yes"
    )
    assert ran.status == 0, ran.err
    accounts = tomllib.loads(config.read_text())["accounts"]
    assert accounts["personal"]["password"] == {"command": ["pass", "show", "my mail"]}


def test_without_a_keyring_a_typed_password_is_never_stored_unasked(run: Run, config: Path) -> None:
    flags = ("--host", "imap.example.org", "--password-stdin", "--no-test", "--yes")
    ran = run("init", *WHO, *flags, stdin=b"hunter2\n")
    assert ran.status == 2
    assert "this machine has no keyring that keeps secrets safe" in ran.out
    assert "agree beforehand with --password-file" in ran.err
    assert not config.parent.exists()


def test_a_known_provider_needs_no_server(run: Run, config: Path) -> None:
    flags = ("--name", "Alex", "--address", "alex@fastmail.com", "--password-env", "P", "--no-test", "--yes")
    ran = run("init", *flags)
    assert ran.status == 0, ran.err
    account = tomllib.loads(config.read_text())["accounts"]["fastmail"]
    assert (account["host"], account["port"], account["user"]) == (
        "imap.fastmail.com",
        993,
        "alex@fastmail.com",
    )


def test_a_provider_without_imap_is_one_sentence(run: Run) -> None:
    ran = run("init", "--name", "Alex", "--address", "alex@tuta.com", "--yes")
    assert ran.status == 2
    assert ran.err.startswith("mailhook: Tuta cannot be read: Tuta offers no IMAP")


@pytest.mark.dovecot
def test_over_imap_the_login_is_tried_and_drafts_is_found(run: Run, config: Path, dovecot: Dovecot) -> None:
    """A wrong password writes nothing; the right one writes where it is kept, and never itself."""
    server = ("--host", "127.0.0.1", "--port", str(dovecot.port), "--security", "none", "--user", "init")
    flags = ("init", *WHO, *server, "--password-env", "MAIL_PASSWORD", "--yes")
    ran = run(*flags, env={"MAIL_PASSWORD": "wrong"})
    assert ran.status == 1
    assert ran.err.count("\n") == 1
    assert not config.exists()
    ran = run(*flags, env={"MAIL_PASSWORD": PASSWORD})
    assert (ran.status, ran.err) == (0, "")
    assert "Drafts will be kept in Drafts." in ran.out
    assert PASSWORD not in config.read_text()
    assert run("check").status == 0


def test_on_a_terminal_it_asks_shows_what_it_would_write_and_asks_again(
    terminal: Run, config: Path, maildir: Path
) -> None:
    answers = "Alex Morgan\nalex.morgan@example.org, alex@example.net\n"
    ran = terminal("init", "--path", maildir, answers=f"{answers}n\n")
    assert (ran.status, config.exists()) == (0, False)
    assert ran.out.endswith("nothing was written\n")
    ran = terminal("init", "--path", maildir, answers=f"{answers}y\n")
    assert ran.status == 0
    me = tomllib.loads(config.read_text())["me"]
    assert me == {"name": "Alex Morgan", "addresses": ["alex.morgan@example.org", "alex@example.net"]}
