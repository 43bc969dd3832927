"""How a message reached us, row by row, and whom an answer may go to."""

from collections.abc import Callable
from typing import Any

import pytest

from mailhook.mail.message import Address, Attachment, Me, Message
from mailhook.mail.origin import Origin
from mailhook.mail.parse import parse
from mailhook.reply import addresses
from mailhook.reply.call import find_number
from mailhook.reply.channel import find_route, routes
from mailhook.verdict.verdict import Verdict

ORIGIN = Origin()


def to(message: Message, *, verdict: Verdict, me: Me, origin: Origin = ORIGIN) -> str | None:
    route = find_route(message, verdict, origin, me)
    return route.recipient.address if route.recipient else None


@pytest.mark.parametrize("row", routes(), ids=lambda row: row["name"])
def test_every_row_fits_its_example(row: dict[str, Any], verdict: Callable[..., Verdict], me: Me) -> None:
    """A row's example is decided by that row, goes where it says, and calls the number it says."""
    message = parse(row["example"].lstrip("\n").replace("\n", "\r\n").encode())
    route = find_route(message, verdict(), ORIGIN, me)
    assert route.channel == row["channel"]
    assert (route.row, route.why) == (row["name"], row["why"])
    assert (route.recipient.address if route.recipient else None) == row.get("goes_to")
    if "calls" in row:
        number = find_number(route.number_text, route.region)
        assert number is not None
        assert number.international == row["calls"]


@pytest.mark.parametrize(
    "spec",
    [
        "no-reply@acme.test", "noreply@acme.test", "No_Reply+x@acme.test", "do-not-reply@acme.test", "donotreply@acme.test", "jobs-noreply@linkedin.com",
        "no-reply-ashby@acme.test", "nicht-antworten@acme.test", "bitte.nicht.antworten@acme.test", "ne-pas-repondre@acme.test", "no-responder@acme.test",
        "nao-responda@acme.test", "nao_responder@acme.test", "non-rispondere@acme.test", "niet-beantwoorden@acme.test", "nie-odpowiadaj@acme.test", "svarainte@acme.test",
        "acme+autoreply@talent.icims.com", "notifications@acme.test", "notification@smartrecruiters.com", "systemmessage@paycomonline.com", "system@successfactors.eu",
        "alerts@acme.test", "mailer-daemon@acme.test", "postmaster@acme.test", "bounce-123-jane@acme.test", "prvs=1a2b=jane@acme.test", "mailrobot@mail.xing.com",
        "acme@invalidemail.com", "x@foo.invalid", "jane@example.com", "hr@no-reply.acme.test", "benachrichtigungen@acme.test",
    ],
)  # fmt: skip
def test_nobody_reads_these(spec: str) -> None:
    """No-reply and its kin in every language, and domains that do not exist, are dead."""
    assert addresses.is_dead(Address(address=spec))


@pytest.mark.parametrize(
    "spec",
    ["careers@acme.test", "jobs@acme.test", "recruiting@acme.test", "talent@acme.test", "hr@acme.test", "bewerbung@acme.test", "rh@acme.test", "account-jobs@m-personio.de", "candidate-x1y2@acme.test"],
)  # fmt: skip
def test_a_team_is_alive_but_nobody_s_own(spec: str) -> None:
    """Role addresses are read by people."""
    assert addresses.is_role(Address(address=spec))
    assert not addresses.is_dead(Address(address=spec))


@pytest.mark.parametrize(
    "spec",
    [
        "jane.roe@acme.test",
        "noreen@acme.test",
        "alertino@acme.test",
        "norberto@acme.test",
        "jane@t.teamtailor-mail.com",
        "systemic.jane@acme.test",
        "bouncer@acme.test",
    ],
)
def test_people_are_people(spec: str) -> None:
    """A name that only looks a little like a machine's is a person's."""
    assert addresses.is_personal(Address(address=spec))


@pytest.mark.parametrize(
    "row", [row for row in routes() if row.get("unless_reply_to")], ids=lambda row: row["name"]
)
def test_a_tracking_system_may_name_a_person(
    row: dict[str, Any], verdict: Callable[..., Verdict], me: Me
) -> None:
    """Where a system that reads no mail gives a person's address for answers, that is answered; a dead one changes nothing."""
    head = row["example"].lstrip("\n")
    named = parse(f"Reply-To: Jane Roe <jane.roe@acme.example>\n{head}".encode())
    assert to(named, verdict=verdict(), me=me) == "jane.roe@acme.example"
    dead = parse(f"Reply-To: no-reply@acme.example\n{head}".encode())
    assert find_route(dead, verdict(), ORIGIN, me).row == row["name"]


def test_a_display_name_may_say_do_not_reply(
    message: Callable[..., Message], verdict: Callable[..., Verdict], me: Me
) -> None:
    """An address that looks routable but is labelled as unread is not answered."""
    sent = message(from_=(Address(name="Acme (Do Not Reply)", address="acme+email+a1b2@talent.icims.com"),))
    assert find_route(sent, verdict(), ORIGIN, me).channel == "none"


def test_an_unmonitored_mailbox_is_dead_unless_a_person_is_named(
    message: Callable[..., Message], verdict: Callable[..., Verdict], me: Me
) -> None:
    """What the text says of the mailbox counts, but a person's Reply-To counts more."""
    unmonitored = verdict(cues=("unmonitored",))
    assert find_route(message(), unmonitored, ORIGIN, me).channel == "none"
    named = message(
        from_=(Address(address="no-reply@acme.test"),),
        reply_to=(Address(name="Jane Roe", address="jane.roe@acme.test"),),
    )
    assert to(named, verdict=unmonitored, me=me) == "jane.roe@acme.test"


@pytest.mark.parametrize(
    ("sender", "reply_to", "fields", "dmarc", "expected"),
    [
        ("jane@acme.test", "careers@jobs.acme.test", (), "unknown", "careers@jobs.acme.test"),
        ("no-reply@greenhouse-mail.io", "jane@acme.test", (), "unknown", "jane@acme.test"),
        ("jane@acme.test", "acme.x1@candidates.workablemail.com", (), "unknown", "acme.x1@candidates.workablemail.com"),
        ("jane@acme.test", "jane@evil.test", (), "unknown", "jane@acme.test"),
        ("jane@gmail.com", "other@gmail.com", (), "unknown", "jane@gmail.com"),
        ("jane@acme.test", "jane@group.test", (), "pass", "jane@group.test"),
        ("jane@acme.test", "jane@group.test", (("DKIM-Signature", "v=1; d=acme.test; h=from:to:reply-to:subject; b=x"),), "unknown", "jane@group.test"),
        ("jane@acme.test", "jane@group.test", (("DKIM-Signature", "v=1; d=evil.test; h=from:reply-to; b=x"),), "unknown", "jane@acme.test"),
        ("jane@acme.test", "jane@group.test", (("DKIM-Signature", "v=1; d=acme.test; h=from:to; b=x"),), "unknown", "jane@acme.test"),
        ("jane@acme.test", "no-reply@acme.test", (), "unknown", None),
        ("no-reply@acme.test", "alex.morgan@example.org", (), "unknown", None),
        ("no-reply@acme.test", "no-reply@acme.test", (), "unknown", None),
    ],
)  # fmt: skip
def test_reply_to_comes_before_from_where_it_may_be_believed(
    message: Callable[..., Message],
    verdict: Callable[..., Verdict],
    me: Me,
    sender: str,
    reply_to: str,
    fields: tuple[tuple[str, str], ...],
    dmarc: Any,
    expected: str | None,
) -> None:
    """A Reply-To counts in the sender's own organisation, at a known relay, or under the sender's signature; else From does."""
    sent = message(
        from_=(Address(address=sender),), reply_to=(Address(address=reply_to),), header_fields=fields
    )
    assert to(sent, verdict=verdict(), me=me, origin=Origin(dmarc=dmarc)) == expected


def test_of_several_reply_to_only_a_lone_person_of_the_house_counts(
    message: Callable[..., Message], verdict: Callable[..., Verdict], me: Me
) -> None:
    """Several addresses for answers: the one person of the sender's organisation, or nobody and a question to the candidate."""
    jane, team, bob = (
        Address(address=f"{local}@acme.test") for local in ("jane.roe", "careers", "bob.smith")
    )
    assert to(message(reply_to=(team, jane)), verdict=verdict(), me=me) == "jane.roe@acme.test"
    route = find_route(message(reply_to=(team, jane, bob)), verdict(), ORIGIN, me)
    assert (route.channel, route.recipient, route.ask) == ("none", None, True)


def test_a_portal_notice_gets_a_text_and_its_link(
    message: Callable[..., Message], verdict: Callable[..., Verdict], me: Me
) -> None:
    """A dead sender that points to a portal is answered there; the link is shown, trackers and unsubscribe links are not."""
    text = "Please log in to your candidate portal: https://careers.acme.test/login?x=1. https://acme.test/unsubscribe"
    route = find_route(
        message(from_=(Address(address="no-reply@acme.test"),), text=text, original=text),
        verdict(),
        ORIGIN,
        me,
    )
    assert (route.channel, route.link) == ("portal", "https://careers.acme.test/login?x=1")


def test_an_ordinary_mail_with_a_recording_is_mail(
    message: Callable[..., Message], verdict: Callable[..., Verdict], me: Me
) -> None:
    """A person who attaches audio did not leave a voice message."""
    sent = message(
        attachments=(Attachment(filename="a.mp3", content_type="audio/mpeg", size=1),),
        subject="Call 030 901820 123",
    )
    assert find_route(sent, verdict(), ORIGIN, me).channel == "email"


def test_no_number_is_guessed() -> None:
    """Without a country a number without prefix is not read; with one it is said in international form."""
    assert find_number("Call me on 030 901820", None) is None
    german = find_number("Rufen Sie mich an: 030 901820", "DE")
    assert german is not None
    assert (german.international, german.zone) == ("+49 30 901820", "Europe/Berlin")
    assert find_number("no number", "DE") is None
