"""A draft is made once, stands in its thread, and is found again wherever the person has put it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailhook.connector import Kept
from mailhook.errors import DoubtfulWrite, LoginRefused, NotWritten, OverQuota
from mailhook.mail.parse import parse
from mailhook.reply.draft import Draft
from tests.servers.gmail.fixtures import Connect
from tests.servers.gmail.letters import draft, letter
from tests.servers.gmail.shim import Shim

pytestmark = pytest.mark.emulator

PARENT = "1@acme.example"


@pytest.fixture
def parent(gmail: Shim) -> dict[str, Any]:
    """The message that is answered."""
    return gmail.mailbox.deliver(letter(1))


def posts(gmail: Shim) -> int:
    """Return how many drafts were posted."""
    return gmail.asked().count("POST /drafts")


@pytest.mark.parametrize("known", [True, False], ids=["thread known", "thread looked up"])
def test_a_draft_stands_in_its_thread(
    gmail: Shim, connect: Connect, parent: dict[str, Any], known: bool
) -> None:
    """With the thread's id, References and In-Reply-To, and the same base subject; byte for byte as it was built."""
    answer = draft(PARENT)
    with connect() as box:
        kept = box.keep(answer, thread_id=parent["threadId"] if known else None)
    (stored,) = gmail.mailbox.drafts()
    assert kept == Kept(ref=stored["id"], mailbox="Drafts", place="drafts", in_thread=True)
    assert stored["message"]["threadId"] == parent["threadId"]
    assert stored["message"]["labelIds"] == ["DRAFT"]
    assert stored["bytes"] == answer.raw


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="/proc tells what is open")
def test_no_draft_leaves_a_connection_open(gmail: Shim, connect: Connect, parent: dict[str, Any]) -> None:
    """Each is written on a connection of its own; the service holds its mailbox open for months."""

    def keep(count: int) -> None:
        for number in range(count):
            box.keep(draft(PARENT, own=f"{count}-{number}@example.com"), thread_id=parent["threadId"])

    with connect() as box:
        keep(2)
        before = len(os.listdir("/proc/self/fd"))
        keep(8)
        assert (
            len(os.listdir("/proc/self/fd")) <= before + 2
        )  # the server, in this process too, closes a moment later


def test_what_an_answer_costs(gmail: Shim, connect: Connect, parent: dict[str, Any]) -> None:
    """The rest of the conversation, where Drafts stand, a look whether the draft is there already, and the draft itself."""
    answer = draft(PARENT)
    with connect() as box:
        gmail.forget()
        box.conversation(parse(letter(1)), thread_id=parent["threadId"])
        box.mark()
        box.find(answer)
        box.keep(answer, thread_id=parent["threadId"])
    assert gmail.units() == 111


def test_a_draft_outside_its_thread_is_said_so(gmail: Shim, connect: Connect, parent: dict[str, Any]) -> None:
    """Gmail may put it elsewhere, as where the subject differs; it is made all the same, once."""
    with connect() as box:
        strayed = box.keep(draft(PARENT, subject="Thank you"), thread_id=parent["threadId"])
        gmail.elsewhere = True
        put_elsewhere = box.keep(draft(PARENT, own="2@example.com"), thread_id=parent["threadId"])
        gmail.elsewhere = False
        alone = box.keep(draft(None, own="3@example.com"))
    assert [each.in_thread for each in (strayed, put_elsewhere, alone)] == [False, False, False]
    assert posts(gmail) == len(gmail.mailbox.drafts()) == 3


def test_a_lost_answer_is_doubtful_and_the_draft_is_found(
    gmail: Shim, connect: Connect, parent: dict[str, Any]
) -> None:
    """Gmail kept the draft, and the connection broke before it said so: one POST, one draft, found by its msg-id."""
    answer = draft(PARENT)
    gmail.fail("POST /drafts", close="after")
    with connect() as box:
        mark = box.mark()
        with pytest.raises(DoubtfulWrite):
            box.keep(answer, thread_id=parent["threadId"])
        found = box.find(answer, since=mark)
    (stored,) = gmail.mailbox.drafts()
    assert found == Kept(ref=stored["id"], mailbox="Drafts", place="drafts", in_thread=True)
    assert posts(gmail) == 1


def test_a_draft_that_never_came_is_not_found(gmail: Shim, connect: Connect, parent: dict[str, Any]) -> None:
    """The connection broke before Gmail read the draft: doubtful as well, and nothing is there."""
    answer = draft(PARENT)
    gmail.fail("POST /drafts", close="before")
    with connect() as box:
        mark = box.mark()
        with pytest.raises(DoubtfulWrite):
            box.keep(answer, thread_id=parent["threadId"])
        assert box.find(answer, since=mark) is None
        assert box.find(answer) is None
    assert posts(gmail) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_trouble_at_gmail_while_it_takes_a_draft_is_doubtful(
    gmail: Shim, connect: Connect, parent: dict[str, Any], status: int
) -> None:
    """It may have been kept; it is never posted again here."""
    gmail.fail("POST /drafts", status=status, reason="backendError", times=5)
    with connect() as box, pytest.raises(DoubtfulWrite):
        box.keep(draft(PARENT), thread_id=parent["threadId"])
    assert posts(gmail) == 1


def test_an_answer_that_cannot_be_read_is_doubtful(
    gmail: Shim, connect: Connect, parent: dict[str, Any]
) -> None:
    """A proxy's page in place of Gmail's answer."""
    gmail.fail("POST /drafts", body=b"<html>sign in to the network</html>")
    with connect() as box, pytest.raises(DoubtfulWrite):
        box.keep(draft(PARENT), thread_id=parent["threadId"])
    assert posts(gmail) == 1


@pytest.mark.parametrize(
    ("status", "reason", "message", "error"),
    [
        (400, "invalidArgument", "Invalid draft", NotWritten),
        (401, "authError", "Invalid Credentials", NotWritten),
        (403, "insufficientPermissions", "insufficient scopes", LoginRefused),
        (403, "rateLimitExceeded", "slow down", NotWritten),
        (403, "quotaExceeded", "The user's storage quota has been exceeded", OverQuota),
        (404, "notFound", "Requested entity was not found.", NotWritten),
        (413, "uploadTooLarge", "too large", NotWritten),
        (429, "rateLimitExceeded", "slow down", NotWritten),
    ],
)
def test_a_refused_draft_was_certainly_not_kept(
    gmail: Shim,
    connect: Connect,
    parent: dict[str, Any],
    status: int,
    reason: str,
    message: str,
    error: type[Exception],
) -> None:
    """The protocol may try again later; the connector itself does not."""
    gmail.fail("POST /drafts", status=status, reason=reason, message=message, times=5)
    with connect() as box, pytest.raises(error):
        box.keep(draft(PARENT), thread_id=parent["threadId"])
    assert posts(gmail) == 1
    assert gmail.mailbox.drafts() == []


@pytest.mark.parametrize("on", ["GET /messages", "POST /token"])
def test_trouble_before_the_post_is_no_doubt(
    gmail: Shim, connect: Connect, parent: dict[str, Any], on: str
) -> None:
    """Neither a token nor the thread could be had: nothing of the draft left this machine."""
    with connect() as box:
        if on == "POST /token":
            box._tokens._now = lambda: datetime.now(UTC) + timedelta(hours=2)
        gmail.fail(on, status=503, times=9)
        with pytest.raises(NotWritten, match="not sent to Gmail"):
            box.keep(draft(PARENT))
    assert (posts(gmail), gmail.mailbox.drafts()) == (0, [])


def test_a_draft_is_found_wherever_the_person_put_it(
    gmail: Shim, connect: Connect, parent: dict[str, Any]
) -> None:
    """Edited, sent and thrown away: it is known, so it is never made again; deleted for good, it is gone."""
    answer = draft(PARENT)
    with connect() as box:
        kept = box.keep(answer, thread_id=parent["threadId"])
        gmail.mailbox.edit_draft(kept.ref, draft(PARENT, text="Rewritten by hand.\n").raw)
        edited = box.find(answer)
        gmail.mailbox.send_draft(kept.ref)
        sent = box.find(answer)
        assert sent is not None
        gmail.mailbox.label(sent.ref, add=["TRASH"], remove=["SENT"])
        trashed = box.find(answer)
        gmail.mailbox.delete(sent.ref)
        deleted = box.find(answer)
    assert edited == Kept(ref=kept.ref, mailbox="Drafts", place="drafts", in_thread=True)
    assert (sent.place, sent.in_thread) == ("sent", True)
    assert trashed is not None
    assert trashed.place == "trash"
    assert deleted is None


def test_a_draft_with_another_msg_id_is_found_by_parent_and_text(
    gmail: Shim, connect: Connect, parent: dict[str, Any]
) -> None:
    """Should Gmail rewrite a draft's msg-id, what it answers and what it says still tell."""
    answer = draft(PARENT)
    rewritten = answer.raw.replace(b"<0f3d9a@example.com>", b"<CA+rewritten@mail.gmail.com>")
    with connect() as box:
        mark = box.mark()
        stored = gmail.mailbox.write_draft(rewritten, thread=parent["threadId"])
        in_drafts = box.find(answer, since=mark)
        gmail.mailbox.send_draft(stored["id"])
        in_sent = box.find(answer)
    assert in_drafts == Kept(ref=stored["id"], mailbox="Drafts", place="drafts", in_thread=True)
    assert in_sent is not None
    assert in_sent.place == "sent"


def test_a_persons_own_draft_is_not_taken_for_ours(
    gmail: Shim, connect: Connect, parent: dict[str, Any]
) -> None:
    """Another text in the same thread, or the same text to another message, is theirs; and it stays untouched."""
    theirs = draft(PARENT, own="theirs@example.com", text="I began this myself.\n")
    other = draft("2@acme.example", own="other@example.com")
    gmail.mailbox.write_draft(theirs.raw, thread=parent["threadId"])
    gmail.mailbox.write_draft(other.raw, thread=parent["threadId"])
    with connect() as box:
        assert box.find(draft(PARENT)) is None
        box.keep(draft(PARENT), thread_id=parent["threadId"])
    assert {each["bytes"] for each in gmail.mailbox.drafts()} == {theirs.raw, other.raw, draft(PARENT).raw}


def test_only_drafts_behind_the_mark_answer_a_doubtful_write(
    gmail: Shim, connect: Connect, parent: dict[str, Any]
) -> None:
    """A draft that stood there before the write cannot be its outcome."""
    answer = draft(PARENT)
    gmail.mailbox.write_draft(answer.raw.replace(b"0f3d9a", b"before"), thread=parent["threadId"])
    with connect() as box:
        mark = box.mark()
        assert box.find(answer, since=mark) is None
        assert box.find(answer) is not None


def test_a_draft_that_no_search_finds_yet_is_found_among_the_newest(gmail: Shim, connect: Connect) -> None:
    """After a doubtful write the newest drafts are read, parent known or not."""
    answer = draft("unknown@elsewhere.example")
    gmail.fail("POST /drafts", close="after")
    with connect() as box:
        mark = box.mark()
        with pytest.raises(DoubtfulWrite):
            box.keep(answer)
        gmail.unindexed = True
        found = box.find(answer, since=mark)
    assert found is not None
    assert found.ref == gmail.mailbox.drafts()[0]["id"]


@pytest.mark.parametrize(
    "msg_id", ["a b@example.com", "x@example.com OR in:anywhere", 'a"b@example.com', "a\r\nb@example.com"]
)
def test_a_hostile_msg_id_is_not_searched_for(gmail: Shim, connect: Connect, msg_id: str) -> None:
    """What a sender wrote never becomes a search of Gmail's."""
    plain = draft(None)
    hostile = Draft(
        message_id=plain.message_id,
        recipient=plain.recipient,
        subject=plain.subject,
        text=plain.text,
        raw=plain.raw,
        in_reply_to=msg_id,
        body_sha256=plain.body_sha256,
    )
    with connect() as box:
        box.keep(hostile)
        box.find(hostile)
    searched = [request.first("q") for request in gmail.requests if request.first("q")]
    assert set(searched) == {f"rfc822msgid:{plain.message_id}"}
