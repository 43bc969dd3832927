"""The log says what is done, and nothing of anybody's mail."""

import io
import json
import logging

import pytest

from mailhook.watch.logs import log_to, redacted, stop_logging


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("the server refused alex.morgan@example.org", "the server refused …@…"),
        ("no draft <5b9f0c4e@example.org> was found", "no draft <…@…> was found"),
        ('user "alex+jobs@example.org": wrong', 'user "…@…": wrong'),
        ("token ya29.a0AfH6SMBx7qWkZ3Jd8fG2hT5yU9iO1pLmN4bV6cX found", "token ya29.… found"),
        ("two\r\nlines\x1b[31m", "two  lines [31m"),
        (
            "/home/alex/.local/state/mailhook/ledger.sqlite is full",
            "/home/alex/.local/state/mailhook/ledger.sqlite is full",
        ),
    ],
)
def test_addresses_msg_ids_and_tokens_are_left_out(said: str, logged: str) -> None:
    """Whatever sentence they stand in; a line stays a line."""
    assert redacted(said) == logged


def test_a_line_for_a_journal_is_one_object() -> None:
    """With the sentence, and the machine's word for it."""
    stream = io.StringIO()
    handler = log_to(stream, as_json=True)
    logging.getLogger("mailhook.scan").warning(
        "no answer from a@b.example", extra={"action": "account-fault", "account": "personal"}
    )
    stop_logging(handler)
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    del found["time"]
    assert found == {
        "level": "warning",
        "action": "account-fault",
        "account": "personal",
        "message": "no answer from …@…",
    }


def test_a_line_for_people_names_the_account() -> None:
    """And the time of day."""
    stream = io.StringIO()
    handler = log_to(stream, as_json=False)
    logging.getLogger("mailhook.scan").info("a draft was left in Drafts", extra={"account": "personal"})
    logging.getLogger("mailhook.watch").info("stopped")
    stop_logging(handler)
    assert [line[9:] for line in stream.getvalue().splitlines()] == [
        "personal: a draft was left in Drafts",
        "stopped",
    ]


def test_what_libraries_log_goes_nowhere() -> None:
    """Some of them log the wire, with passwords, at their chattiest."""
    stream = io.StringIO()
    handler = log_to(stream, as_json=False, level=logging.DEBUG)
    for name in ("imapclient", "imapclient.imaplib", "googleapiclient", "httplib2", "urllib3"):
        logging.getLogger(name).debug("LOGIN alex secret")
    stop_logging(handler)
    assert stream.getvalue() == ""
