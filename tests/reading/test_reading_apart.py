"""Mail is read in a process apart: as well as here, whatever happens to that process, and nothing else can be done there."""

import json
import logging
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailhook.errors import AccountError, Unreadable
from mailhook.mail.message import Me, Message
from mailhook.reading.answers import decode
from mailhook.reading.apart import TRIES, ReadsApart
from mailhook.reading.here import Mail, Reading, ReadsHere, Screened
from mailhook.reading.wire import Limits, encode, take_answer
from mailhook.verdict.judge import Judge
from mailhook.verdict.settings import Phrase
from tests.reading.mischief import LETHAL, REFUSED, WRONG

ME = Me(name="Alex Morgan", addresses=("alex.morgan@example.org",))
ROOT = Path(__file__).parent.parent
MAILS = [
    Mail(raw=path.read_bytes())
    for path in (*sorted(ROOT.glob("mail/golden/*.eml")), *sorted(ROOT.glob("corpus/*/r001.eml")))
]
SHORT = Limits(cpu_seconds=0.5, wall_seconds=2.0)


def letter(body: str, number: int = 1) -> Mail:
    """Return a message."""
    head = f"From: Jane Roe <jane@acme.example>\nMessage-ID: <{number}@acme.example>\nSubject: x\n\n"
    return Mail(raw=f"{head}{body}\n".encode())


def order(name: str, word: str = "") -> Mail:
    """Return a message that tells the process to do something."""
    return letter(f"MISCHIEF: {name} {word}".rstrip())


GOOD = letter(
    "Dear Alex,\n\nthank you for the interview for the position of Data Engineer at Acme. Unfortunately, we have decided to move forward "
    "with another candidate.\n\nKind regards,\nJane Roe",
    number=7,
)


@pytest.fixture(scope="module")
def here() -> ReadsHere:
    """Return who reads in this process."""
    return ReadsHere(judge=Judge(), me=ME)


@pytest.fixture(scope="module")
def apart() -> Iterator[ReadsApart]:
    """Return who reads in a process apart."""
    with ReadsApart(ME) as reading:
        yield reading


@pytest.fixture(scope="module")
def naughty() -> Iterator[ReadsApart]:
    """Return who reads in a process that does what messages tell it to."""
    with ReadsApart(ME, limits=SHORT, program="tests.reading.mischief") as reading:
        yield reading


def told(reading: ReadsApart, name: str, word: str = "") -> str:
    """Return what the process tells of a deed."""
    (screened,) = reading.screen([order(name, word)])
    assert screened is not None
    assert screened.message_id is not None
    return screened.message_id.removesuffix("@told")


def endings(caplog: pytest.LogCaptureFixture) -> int:
    """Count how often a process was ended."""
    return sum(getattr(record, "action", "") == "reader-ended" for record in caplog.records)


# --- as well as here -------------------------------------------------------------------------------------


def test_it_reads_as_this_process_would(here: ReadsHere, apart: ReadsApart) -> None:
    """Every value comes through unchanged."""
    assert len(MAILS) > 30
    assert list(apart.screen(MAILS)) == list(here.screen(MAILS))
    assert list(apart.screen(MAILS, whole=True)) == list(here.screen(MAILS, whole=True))
    assert [apart.glance(mail) for mail in MAILS] == [here.glance(mail) for mail in MAILS]


def test_it_judges_within_a_conversation_as_this_process_would(here: ReadsHere, apart: ReadsApart) -> None:
    """Verdict, facts and the conversation's messages come through unchanged."""
    for mail, *conversation in (MAILS[n : n + 3] for n in range(0, len(MAILS), 5)):
        assert apart.study(mail, conversation) == here.study(mail, conversation)


@pytest.mark.parametrize("raw", [b"", b"\n", b"\x00", b"\xff" * 3000, b"a" * 3_000_000], ids=["empty", "line", "nul", "bytes", "long"])  # fmt: skip
def test_any_bytes_are_answered(here: ReadsHere, apart: ReadsApart, raw: bytes) -> None:
    """Nothing at all is a message too; one larger than the pipe goes through."""
    mails = [Mail(raw=raw, size=5_000_000), GOOD] * 3
    assert list(apart.screen(mails)) == list(here.screen(mails))


def test_the_own_phrases_go_along() -> None:
    """What the person has added counts there too."""
    own = letter("The goose has flown.")
    with ReadsApart(ME, (Phrase(text="the goose has flown", says="rejection"),)) as reading:
        assert reading.study(own).verdict.label == "rejection"


def test_it_is_started_when_first_needed_and_again_after_its_end() -> None:
    """Nothing runs before the first question, and nothing is left behind at the end."""
    reading = ReadsApart(ME)
    assert reading.process_id() is None
    reading.begin()
    first = reading.process_id()
    assert first is not None
    assert reading.glance(GOOD).message_id == "7@acme.example"
    assert reading.process_id() == first
    reading.close()
    assert not runs(first)
    assert reading.glance(GOOD).message_id == "7@acme.example"
    assert reading.process_id() not in {None, first}
    reading.close()


def runs(process: int) -> bool:
    """Say whether there is a process of that id."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_threads_get_their_own_answers(here: ReadsHere, apart: ReadsApart) -> None:
    """Two accounts may ask at once."""
    expected = list(here.screen(MAILS))
    found: list[list[Screened | None]] = []
    threads = [threading.Thread(target=lambda: found.append(list(apart.screen(MAILS)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [expected] * 4


# --- whatever happens to it ------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", LETHAL)
def test_a_message_it_dies_of_is_tried_three_times_and_the_others_are_read(
    naughty: ReadsApart, here: ReadsHere, deed: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Those before it and those behind it, in one batch."""
    if deed == "eat-memory" and sys.platform != "linux":
        pytest.skip("macOS does not hold a process to its address space")
    caplog.set_level(logging.DEBUG, "mailhook.reading")
    (expected,) = here.screen([GOOD])
    assert list(naughty.screen([GOOD, GOOD, order(deed), GOOD])) == [expected, expected, None, expected]
    assert endings(caplog) == TRIES


def test_where_one_message_is_asked_about_it_is_called_unreadable(naughty: ReadsApart) -> None:
    """Studied and glanced at: three tries, then the one exception that says so."""
    with pytest.raises(Unreadable, match="status 0"):
        naughty.study(order("exit"))
    with pytest.raises(Unreadable, match="status 1"):
        naughty.glance(order("raise"))
    assert naughty.study(GOOD).verdict.label == "rejection"


@pytest.mark.parametrize("answer", WRONG)
def test_of_a_wrong_answer_no_value_is_made(answer: str) -> None:
    """Every type, every promise."""
    with pytest.raises(Unreadable, match="the answer"):
        decode(WRONG[answer], Screened)


def test_a_score_that_is_no_number_and_a_quote_that_is_not_there_are_refused(here: ReadsHere) -> None:
    """What the verdict says of the message is held against the message."""
    told = encode(here.study(GOOD))
    assert decode(told, Reading) == here.study(GOOD)
    lies = [
        re.sub(rb'"score": [0-9.]+', b'"score": NaN', told),
        re.sub(rb'"score": [0-9.]+', b'"score": Infinity', told),
        re.sub(rb'"quote": "[^"]', b'"quote": "?', told, count=1),
        re.sub(rb'"part": "text"', b'"part": "nowhere"', told, count=1),
        re.sub(rb'"label": "\w+"', b'"label": "perhaps"', told),
    ]
    for lie in lies:
        assert lie != told
        with pytest.raises(Unreadable):
            decode(lie, Reading)


@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=8),
            lambda one: (
                st.lists(one, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["candidate", "message_id", "fingerprint", "message", "text", "verdict"]),
                    one,
                    max_size=4,
                )
            ),
            max_leaves=12,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
@example(b"[" * 100_000)
@example(
    b'{"candidate": true, "message_id": null, "fingerprint": "%s", "message": {"date": "2026-03-02T09:12:00", "fingerprint": "%s"}}'
    % (b"0" * 64, b"0" * 64)
)
def test_whatever_is_answered_is_a_value_or_unreadable(answer: bytes) -> None:
    """No answer raises anything else."""
    for kind in (Screened, Reading, Message):
        with suppress(Unreadable):
            assert isinstance(decode(answer, kind), kind)


def test_a_length_beyond_any_answer_is_refused() -> None:
    """Memory is not promised to whoever asks for it."""
    assert take_answer(bytearray(b"\x00\x00")) is None
    assert take_answer(bytearray(b"\x00\x00\x00\x02{")) is None
    with pytest.raises(Unreadable, match="longer"):
        take_answer(bytearray(b"\xff\xff\xff\xff"))


@pytest.mark.parametrize("answer", ["no-json", "a-line-end-in-a-msg-id"])
def test_the_process_that_gives_a_wrong_answer_is_ended(
    naughty: ReadsApart, here: ReadsHere, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Three times, as if it had died; the next message is read."""
    caplog.set_level(logging.DEBUG, "mailhook.reading")
    assert list(naughty.screen([order(answer), GOOD])) == [None, *here.screen([GOOD])]
    assert endings(caplog) == TRIES


def test_killed_from_outside_in_the_middle_of_a_message_it_is_replaced(here: ReadsHere) -> None:
    """Nothing is lost: the message is read by the next one."""
    with ReadsApart(ME, program="tests.reading.mischief") as reading:
        reading.protection()
        process = reading.process_id()
        assert process is not None
        slow = order("slow", "1.5")
        threading.Timer(0.4, os.kill, (process, signal.SIGKILL)).start()
        assert list(reading.screen([GOOD, slow, GOOD])) == list(here.screen([GOOD, slow, GOOD]))
        assert reading.process_id() != process


def test_what_does_not_start_fails_the_account_and_no_message() -> None:
    """One sentence; nothing is called unreadable."""
    with ReadsApart(ME, program="mailhook.reading.nothing_of_that_name") as reading:
        with pytest.raises(AccountError, match="the process that reads mail does not start"):
            reading.glance(GOOD)
        with pytest.raises(AccountError, match="the process that reads mail does not start"):
            list(reading.screen([GOOD]))


def test_where_the_kernel_confines_too_tightly_limits_remain_and_it_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A system that cannot be confined still reads mail, and claims nothing."""
    with ReadsApart(ME, program="tests.reading.unconfinable") as reading:
        assert reading.protection() == ("limits of 320 MB",)
        assert reading.glance(GOOD).message_id == "7@acme.example"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "runs with limits only" in caplog.text


# --- nothing else can be done there ----------------------------------------------------------------------


def by_kernel(reading: ReadsApart) -> str:
    """Return what the kernel holds here, in words; skip the test where it holds nothing."""
    said = " ".join(reading.protection())
    if "seccomp" not in said:
        pytest.skip("this system refuses no system calls")
    return said


@pytest.mark.parametrize("deed", REFUSED)
def test_the_system_refuses_everything_but_reading(naughty: ReadsApart, deed: str, tmp_path: Path) -> None:
    """Sockets, files, processes, signals: refused, and the process lives on to say so."""
    by_kernel(naughty)
    mine = tmp_path / "mine"
    mine.write_text("a secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        word = str(server.getsockname()[1]) if deed == "connect" else str(mine)
        assert told(naughty, deed, word) in {"ENOSYS", "EPERM", "EACCES", "PermissionError"}
    assert mine.read_text() == "a secret"
    assert list(tmp_path.iterdir()) == [mine]


def test_limits_hold_on_every_system(naughty: ReadsApart) -> None:
    """Also where no kernel confines it: what can be said of each is said."""
    assert {"no file can grow", "no core dump"} <= set(naughty.protection())


def test_it_is_given_two_pipes_and_nothing_else(
    naughty: ReadsApart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No environment with a password in it, no open file, no working folder of anybody's."""
    monkeypatch.setenv("MAIL_PASSWORD", "hunter2")
    with (tmp_path / "ledger").open("wb") as inherited:
        os.set_inheritable(inherited.fileno(), True)
        naughty.close()
        descriptors, variables, at_root = told(naughty, "tell").split("=")
    assert descriptors == "0+1+2+3+4"
    assert (variables, at_root) == ("0", "True")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_its_first_environment_holds_no_secret_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process was started with stays readable to its own user."""
    monkeypatch.setenv("MAIL_PASSWORD", "hunter2")
    with ReadsApart(ME) as reading:
        reading.begin()
        process = reading.process_id()
        assert b"hunter2" not in Path(f"/proc/{process}/environ").read_bytes()
        assert b"alex.morgan" not in Path(f"/proc/{process}/cmdline").read_bytes()
        assert isinstance(reading.study(GOOD), Reading)
