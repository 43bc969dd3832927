"""Whatever goes wrong between mailhook and Gmail: one draft for each rejection, and one sentence for the person."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailhook.config import Config, parse
from mailhook.connectors.gmail import COMPOSE, READ
from mailhook.errors import LoginRefused, Throttled
from mailhook.ledger.ledger import Ledger
from mailhook.scan.place import job_of
from mailhook.scan.report import Report
from mailhook.scan.run import scan_account
from tests.scan.mailroom import FORK, the_judge
from tests.servers.gmail.emulator import ADDRESS
from tests.servers.gmail.fixtures import HastyMailbox, keep_grant
from tests.servers.gmail.letters import letter
from tests.servers.gmail.shim import Shim

pytestmark = pytest.mark.emulator

INTERVIEWED = """Dear Alex,

Thank you for taking the time to interview with us for the position of Data Engineer at Acme.

Unfortunately, we have decided to move forward with another candidate, whose experience more closely matches our needs.

We wish you all the best in your job search.

Kind regards,
Jane Roe
Acme
"""


@dataclass
class Person:
    """Somebody with a Gmail account, a configuration and a ledger; their clock can be put forward."""

    shim: Shim
    folder: Path
    ahead: timedelta = timedelta()

    @property
    def token_file(self) -> Path:
        return self.folder / "grant" / "gmail.token"

    def text(self, more: str = "") -> str:
        """Return the configuration."""
        return f"""
[me]
name = "Alex Morgan"
addresses = ["{ADDRESS}"]
[accounts.gmail]
connector = "gmail"
user = "{ADDRESS}"
token_file = "{self.token_file}"
endpoint = "{self.shim.url}"
{more}
"""

    def scan(self, more: str = "") -> Report:
        """Scan once, in this process."""
        return _scan(self.text(more), self.folder / "state", self.ahead)

    def die_scanning(self, step: int) -> int | None:
        """Scan once in a process that dies at a step; return how it ended."""
        process = FORK.Process(
            target=_scan_dying, args=(step, self.text(), self.folder / "state", self.ahead)
        )
        process.start()
        process.join(timeout=60)
        return process.exitcode

    def start(self, **environment: str) -> "subprocess.Popen[str]":
        """Begin `mailhook scan` in a process of its own."""
        path = self.folder / "config.toml"
        path.write_text(self.text(), encoding="utf-8")
        return subprocess.Popen(
            [sys.executable, "-m", "mailhook", "scan", "--config", str(path)],
            env={**os.environ, "MAILHOOK_STATE": str(self.folder / "state"), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def settle(self) -> list[Report]:
        """Scan until nothing is open: looks after a doubtful write are a minute apart."""
        reports = []
        for _ in range(4):
            self.ahead += timedelta(seconds=90)
            reports.append(self.scan())
        return reports

    def deliver(self, number: int = 1, **about: Any) -> dict[str, Any]:
        """Let a rejection arrive now."""
        about = {"text": INTERVIEWED, "subject": "Your application as Data Engineer at Acme"} | about
        return self.shim.mailbox.deliver(letter(number, **about), received=datetime.now(UTC))

    def drafts(self) -> list[dict[str, Any]]:
        return self.shim.mailbox.drafts()

    def posts(self) -> int:
        return self.shim.asked().count("POST /drafts")


def _scan(text: str, state: Path, ahead: timedelta) -> Report:
    config: Config = replace(parse(text), state=state)
    account = config.accounts["gmail"]
    with Ledger.open(config.ledger) as ledger:
        job = job_of(config, account, ledger, clock=lambda: datetime.now(UTC) + ahead, judge=the_judge())
        settings: dict[str, Any] = dict(account.settings)
        return scan_account(replace(job, open_mailbox=lambda: HastyMailbox(**settings)))


def _scan_dying(step: int, text: str, state: Path, ahead: timedelta) -> None:
    os.environ["MAILHOOK_CRASH_AT"] = str(step)
    _scan(text, state, ahead)


@pytest.fixture
def person(gmail: Shim, tmp_path: Path) -> Person:
    """A person whose mailbox was scanned once, so that what arrives next is new."""
    made = Person(gmail, tmp_path)
    made.token_file.parent.mkdir(mode=0o700)
    keep_grant(gmail, made.token_file, READ, COMPOSE)
    assert made.scan().fault is None
    gmail.forget()
    return made


def test_a_rejection_becomes_one_draft_in_its_thread(person: Person) -> None:
    """And the next pass costs two units."""
    rejection = person.deliver()
    labels = person.shim.mailbox.labels()
    report = person.scan()
    (draft,) = person.drafts()
    assert draft["message"]["threadId"] == rejection["threadId"]
    assert b"In-Reply-To: <1@acme.example>\r\n" in draft["bytes"]
    assert b"\r\nTo: Jane Roe <jane.roe@acme.example>\r\n" in draft["bytes"]
    (made,) = report.made
    assert made.state == "confirmed"
    assert person.shim.mailbox.labels() == labels
    person.shim.forget()
    assert person.scan().silent
    assert (person.shim.asked(), person.posts()) == (["GET /history"], 0)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_ends_in_exactly_one_draft(person: Person, when: str) -> None:
    """Whether Gmail had kept it or never seen it: it is looked for, and only then written again."""
    person.deliver()
    person.shim.fail("POST /drafts", close=when)
    reports = [person.scan(), *person.settle()]
    assert len(person.drafts()) == 1
    assert person.posts() == (1 if when == "after" else 2)
    assert reports[-1].silent


def test_trouble_at_gmail_after_it_kept_the_draft_ends_in_one(person: Person) -> None:
    """A 503 that lies: the draft is there."""
    person.deliver()
    person.shim.fail("POST /drafts", close="after")
    person.shim.fail("POST /drafts", status=503, reason="backendError")
    person.scan()
    person.settle()
    assert len(person.drafts()) == 1


def test_forgotten_history_loses_nothing_and_repeats_nothing(person: Person) -> None:
    """Two weeks without a look: what was answered stays answered, what came meanwhile is answered now."""
    person.deliver(1)
    person.scan()
    person.deliver(2, subject="Your application as Analyst at Initech", sender="Kim Poe <kim.poe@initech.example>",
                   text=INTERVIEWED.replace("Acme", "Initech").replace("Data Engineer", "Analyst").replace("Jane Roe", "Kim Poe"))  # fmt: skip
    person.shim.lose_history()
    report = person.scan()
    assert report.fault is None
    assert sorted(b"<2@acme.example>" in each["bytes"] for each in person.drafts()) == [False, True]
    assert person.posts() == 2
    assert person.scan().silent


def test_patience_is_one_sentence_and_nothing_is_lost(person: Person) -> None:
    """Gmail says "not now" for longer than a pass waits."""
    person.deliver()
    person.shim.fail("GET /messages/.*", status=429, reason="rateLimitExceeded", times=99)
    report = person.scan()
    assert isinstance(report.fault, Throttled)
    person.shim.faults.clear()
    person.scan()
    assert (len(person.drafts()), person.posts()) == (1, 1)


def test_a_withdrawn_permission_is_one_sentence_and_nothing_is_lost(person: Person) -> None:
    """Given again, the mail that came meanwhile is answered."""
    person.deliver()
    person.shim.tokens.revoked = True
    person.shim.tokens.expire()
    for _ in range(3):
        report = person.scan()
        assert isinstance(report.fault, LoginRefused)
        assert "mailhook init" in str(report.fault)
    person.shim.tokens.revoked = False
    keep_grant(person.shim, person.token_file, READ, COMPOSE)
    assert person.scan().fault is None
    assert (len(person.drafts()), person.posts()) == (1, 1)


@pytest.mark.parametrize("step", range(1, 9))
def test_death_at_any_step_ends_in_exactly_one_draft(person: Person, step: int) -> None:
    """A scan that ends as by a power cut, and then is run again."""
    person.deliver()
    assert person.die_scanning(step) == 137
    person.settle()
    assert len(person.drafts()) == 1
    assert person.scan().silent


def test_two_scans_at_once_make_one_draft(person: Person) -> None:
    """Cron and a hand on the keyboard; with the access token run out, so that both renew it."""
    person.deliver()
    person.shim.tokens.rotating = True
    person.shim.tokens.expire()
    running = [person.start() for _ in range(2)]
    ended = [(process.communicate(timeout=100)[0], process.returncode) for process in running]
    assert [status for _, status in ended] == [0, 0], ended
    assert (len(person.drafts()), person.posts()) == (1, 1)
    assert person.shim.tokens.refreshes <= 2


@pytest.mark.parametrize("deed", ["edits", "sends", "deletes"])
def test_a_draft_is_never_made_again_whatever_the_person_does(person: Person, deed: str) -> None:
    """Nor touched."""
    person.deliver()
    person.scan()
    (draft,) = person.drafts()
    match deed:
        case "edits":
            person.shim.mailbox.edit_draft(draft["id"], draft["bytes"].replace(b"Thank you", b"Many thanks"))
        case "sends":
            person.shim.mailbox.send_draft(draft["id"])
        case "deletes":
            person.shim.mailbox.delete_draft(draft["id"])
    before = [each["bytes"] for each in person.drafts()]
    for _ in range(3):
        person.ahead += timedelta(hours=2)
        person.scan()
    assert [each["bytes"] for each in person.drafts()] == before
    assert person.posts() == 1


def test_the_persons_own_answer_comes_first(person: Person) -> None:
    """They have begun to answer, or have answered: no draft beside it."""
    rejection = person.deliver()
    own = letter(
        9,
        answers="1@acme.example",
        subject="Re: Your application as Data Engineer at Acme",
        text="I began this.\n",
    )
    person.shim.mailbox.write_draft(own, thread=rejection["threadId"])
    person.scan()
    assert [each["bytes"] for each in person.drafts()] == [own]
    assert person.posts() == 0


def test_reading_only_makes_a_file(person: Person) -> None:
    """The same draft, in a folder."""
    person.deliver()
    folder = person.folder / "drafts"
    person.scan(f'mode = "readonly"\ndrafts_folder = "{folder}"')
    (file,) = folder.iterdir()
    assert b"In-Reply-To: <1@acme.example>" in file.read_bytes()
    assert (person.drafts(), person.posts()) == ([], 0)
    person.scan(f'mode = "readonly"\ndrafts_folder = "{folder}"')
    assert len(list(folder.iterdir())) == 1
