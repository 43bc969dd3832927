"""What arrived is told from what changed, in whatever order the history's pages come."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhook.connectors._gmail_history import Cursor, Step, Watched, owner_of, steps
from mailhook.errors import CursorExpired

INBOX = Watched(labels=frozenset({"INBOX"}))
ALL_MAIL = Watched(labels=None)


def added(record: int, *messages: str, labels: tuple[str, ...] = ("INBOX",)) -> dict[str, Any]:
    """Return a record of messages that came."""
    entries = [{"message": {"id": m, "threadId": f"t-{m}", "labelIds": list(labels)}} for m in messages]
    return {"id": str(record), "messagesAdded": entries}


def labelled(
    record: int,
    message: str,
    *,
    gained: tuple[str, ...] = (),
    lost: tuple[str, ...] = (),
    now: tuple[str, ...],
) -> dict[str, Any]:
    """Return a record of labels put on or taken off; `now` is what the message has then."""
    about = {"id": message, "threadId": f"t-{message}", "labelIds": list(now)}
    found: dict[str, Any] = {"id": str(record)}
    if gained:
        found["labelsAdded"] = [{"message": about, "labelIds": list(gained)}]
    if lost:
        found["labelsRemoved"] = [{"message": about, "labelIds": list(lost)}]
    return found


def page(*records: dict[str, Any], stands: int = 99) -> dict[str, Any]:
    """Return a page of history."""
    return {"history": list(records), "historyId": str(stands)} if records else {"historyId": str(stands)}


def refs(watched: Watched, *records: dict[str, Any]) -> list[str]:
    """Return which messages the records make us read."""
    return [step.ref for step in steps([page(*records)], watched, start="1")[0]]


def test_each_message_goes_on_from_its_own_record() -> None:
    """Once a message is handled, reading goes on behind its record."""
    found = steps([page(added(10, "a"), added(20, "b"), stands=30)], INBOX, start="1")
    assert found == ([Step(ref="a", history="10"), Step(ref="b", history="20")], "30")


def test_messages_that_share_a_record_wait_for_the_last() -> None:
    """A crash between two messages of one record loses neither."""
    found, _ = steps([page(added(10, "a"), added(20, "b", "c", "d"))], INBOX, start="1")
    assert found == [
        Step(ref="a", history="10"),
        Step(ref="b", history="10"),
        Step(ref="c", history="10"),
        Step(ref="d", history="20"),
    ]


def test_a_page_without_history_is_no_news() -> None:
    """Gmail leaves the list out where it is empty; where history stands is still said."""
    assert steps([page(stands=42)], INBOX, start="1") == ([], "42")


def test_the_first_pages_word_is_where_history_stands() -> None:
    """What changes while later pages are read comes again next time, rather than never."""
    assert steps([page(added(5, "a"), stands=9), page(added(7, "b"), stands=12)], INBOX, start="1")[1] == "9"


def test_drafts_sent_mail_junk_and_trash_have_not_arrived() -> None:
    """Only mail that came to the person counts."""
    records = [
        added(n, label, labels=(label,))
        for n, label in enumerate(("DRAFT", "SENT", "SPAM", "TRASH", "CHAT"), 10)
    ]
    assert refs(INBOX, *records) == []
    assert refs(ALL_MAIL, *records) == []


def test_mail_to_oneself_has_arrived() -> None:
    """It is sent and in the inbox at once."""
    assert refs(INBOX, added(10, "a", labels=("SENT", "INBOX"))) == ["a"]
    assert refs(ALL_MAIL, added(10, "a", labels=("SENT", "INBOX"))) == ["a"]


def test_mail_filtered_past_the_inbox_is_found_only_in_all_mail() -> None:
    """A filter of the person's own may file rejections."""
    filed = added(10, "a", labels=("Label_7",))
    assert refs(INBOX, filed) == []
    assert refs(ALL_MAIL, filed) == ["a"]
    assert refs(Watched(labels=frozenset({"Label_7"})), filed) == ["a"]


def test_mail_rescued_from_junk_or_trash_has_arrived() -> None:
    """It was never seen before."""
    records = [labelled(10, "a", lost=("SPAM",), gained=("INBOX",), now=("INBOX",))]
    assert refs(INBOX, *records) == ["a"]
    assert refs(ALL_MAIL, *records) == ["a"]
    assert refs(ALL_MAIL, labelled(10, "a", lost=("TRASH",), now=())) == ["a"]


def test_mail_moved_to_a_watched_label_has_arrived() -> None:
    """Moving an old message into the inbox counts; reading, starring and filing do not."""
    assert refs(INBOX, labelled(10, "a", gained=("INBOX",), now=("INBOX",))) == ["a"]
    assert refs(INBOX, labelled(10, "a", lost=("UNREAD",), now=("INBOX",))) == []
    assert refs(INBOX, labelled(10, "a", gained=("STARRED",), now=("INBOX", "STARRED"))) == []
    assert refs(INBOX, labelled(10, "a", lost=("INBOX",), now=())) == []


def test_mail_archived_before_it_was_read_is_not_lost() -> None:
    """It came to the inbox and left it again within one pass; Gmail may tell its labels of now, or of then."""
    left = labelled(20, "a", lost=("INBOX",), now=())
    assert refs(INBOX, added(10, "a", labels=("INBOX",)), left) == ["a"]
    assert refs(INBOX, added(10, "a", labels=()), left) == ["a"]


def test_mail_thrown_away_before_it_was_read_is_gone() -> None:
    """What the person has deleted is not answered."""
    thrown = labelled(20, "a", lost=("INBOX",), gained=("TRASH",), now=("TRASH",))
    assert refs(INBOX, added(10, "a", labels=("TRASH",)), thrown) == []


RECORDS = st.lists(
    st.tuples(st.integers(2, 60), st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3, unique=True)),
    max_size=8,
    unique_by=lambda pair: pair[0],
)


@given(records=RECORDS, data=st.data())
def test_order_repetition_and_empty_pages_do_not_matter(
    records: list[tuple[int, list[str]]], data: st.DataObject
) -> None:
    """However the records are spread over pages, shuffled or repeated, the same messages come once, in the same order."""
    made = [added(number, *messages) for number, messages in records]
    straight = steps([page(*made)], INBOX, start="1")
    again = data.draw(st.lists(st.sampled_from(made), max_size=3)) if made else []
    spread = data.draw(st.permutations(made + again))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(spread)), max_size=3)))
    pages = [page(*spread[a:b]) for a, b in itertools.pairwise([0, *cuts, len(spread)])]
    assert steps(pages, INBOX, start="1") == straight
    found = [step.ref for step in straight[0]]
    assert sorted(found) == sorted({m for _, messages in records for m in messages})


@given(records=RECORDS, handled=st.integers(0, 20))
def test_stopping_anywhere_loses_nothing(records: list[tuple[int, list[str]]], handled: int) -> None:
    """Read on from the cursor of the last message handled, and every message not handled comes."""
    made = [added(number, *messages) for number, messages in records]
    found, _ = steps([page(*made)], INBOX, start="1")
    done = found[:handled]
    behind = int(done[-1].history) if done else 1
    rest, _ = steps([page(*(r for r in made if int(r["id"]) > behind))], INBOX, start=str(behind))
    assert {s.ref for s in done} | {s.ref for s in rest} == {s.ref for s in found}


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(owner="0a1b2c3d", history="179557861660154062276"),
        Cursor(owner="", history="0"),
        Cursor(owner="0a1b2c3d", history="7", since=1_700_000_000_000),
        Cursor(owner="0a1b2c3d", history="7", since=0, anchor="18c0ffee"),
    ],
)
def test_a_cursor_comes_back_as_it_was(cursor: Cursor) -> None:
    """History ids may have more than 64 bits."""
    assert Cursor.unpack(cursor.pack(), owner=cursor.owner) == cursor


@pytest.mark.parametrize("text", ["", ":", "x", "a:b", "a:1:x:", "a:1:2:c:d", "a:-1", "a:1:-5:", "a:1:2"])
def test_what_is_no_cursor_has_expired(text: str) -> None:
    """A cursor of another version or another connector starts reading again from the last handled date."""
    with pytest.raises(CursorExpired):
        Cursor.unpack(text, owner="")


def test_another_accounts_cursor_has_expired() -> None:
    """History ids of two accounts have nothing to do with each other."""
    cursor = Cursor(owner=owner_of("alex@example.com"), history="7").pack()
    assert Cursor.unpack(cursor, owner=owner_of("Alex@Example.com")).history == "7"
    with pytest.raises(CursorExpired, match="another Google account"):
        Cursor.unpack(cursor, owner=owner_of("kim@example.com"))
