"""The shapes that are confused with a rejection, each as one message with its header: what tells them apart holds."""

from dataclasses import replace
from typing import Any

import pytest

from mailhook.mail.message import Address, Me, Message
from mailhook.verdict.judge import Judge
from mailhook.verdict.settings import Phrase

NO = "We have decided to move forward with other candidates for the Analyst position."

# number, what it is, allowed labels, fields of the message
ROWS: list[tuple[int, str, set[str], dict[str, Any]]] = [
    (1, "a receipt with a conditional no", {"other"}, {"text": "We have received your application. If you are not selected for this position, we will let you know."}),
    (2, "no reply to everyone", {"other"}, {"text": "Unfortunately we cannot reply to everyone who applies. We have received your application."}),
    (3, "a reschedule", {"other"}, {"text": "Anna is ill, so unfortunately we cannot hold the interview tomorrow. Can we move it to Friday?"}),
    (4, "on hold", {"other"}, {"text": "The role is on hold because of a hiring freeze. Unfortunately we don't know for how long."}),
    (5, "closed, nobody chosen", {"rejection"}, {"text": "The position you applied for has been cancelled due to budget cuts. Thank you for your application."}),
    (5, "filled", {"rejection"}, {"text": "The position you applied for has been filled. Thank you for your application."}),
    (5, "filled and closed", {"uncertain"}, {"text": "The position has been filled and the role is closed."}),
    (6, "CV on file, and nothing else", {"uncertain"}, {"text": "Thank you for your interest in working with us. We will keep your CV on file."}),
    (7, "a reserve list", {"uncertain"}, {"text": "The position has been offered to another candidate, but you are first on our reserve list."}),
    (8, "a reminder of a test", {"other"}, {"text": "Please complete the assessment by Friday. If you miss the deadline your application will be rejected."}),
    (9, "an incomplete application", {"other"}, {"text": "Your application is incomplete. Finish your application before the position is filled."}),
    (10, "a talent community", {"other"}, {"text": "Thanks for your interest in Apple Orchard. Join our talent community to hear about openings.", "header_fields": (("List-Unsubscribe", "<https://x.example>"),)}),
    (11, "job alerts", {"other"}, {"text": "12 new jobs match your search. Unfortunately the position Analyst has been filled.", "from_": (Address(address="jobalerts-noreply@linkedin.com"),)}),
    (12, "rejected for one role, invited for another", {"uncertain"}, {"text": f"{NO} However, we would like to invite you to interview for our Engineer role."}),
    (13, "an offer withdrawn", {"uncertain", "other"}, {"text": "We are sorry that we have to withdraw our offer for the Analyst position."}),
    (14, "a reply quoting an old rejection", {"other"}, {"text": "Hi, thanks for asking! Yes, do come by on Friday.", "quoted": f"> {NO}"}),
    (15, "a forward", {"other", "uncertain"}, {"text": "Look what I got.", "quoted": NO, "subject": "Fwd: Your application", "forwarded": True}),
    (16, "a newsletter about rejection", {"other"}, {"text": f"This week: what to do when you read this. {NO} Read on.", "header_fields": (("List-Id", "<news.example>"),)}),
    (17, "one's own withdrawal", {"other"}, {"text": "You have withdrawn your application for Analyst. You will no longer be considered for this position."}),
    (18, "another rejection: a loan", {"other"}, {"text": "Your loan application has been declined. We regret to inform you that you were not successful."}),
    (19, "an agency: no match, here are others", {"rejection"}, {"text": "My client has decided to proceed with other candidates for the Java role. Here are some other openings you may like: Python Developer, Leeds."}),
    (20, "the user's own mail", {"other"}, {"text": NO, "from_": (Address(name="Alex Morgan", address="alex.morgan+jobs@example.org"),)}),
    (21, "an out-of-office", {"other"}, {"text": f"I am away. {NO}", "header_fields": (("Auto-Submitted", "auto-replied"),), "subject": "Automatic reply: Hello"}),
    (22, "a bounce", {"other"}, {"text": f"Your message could not be delivered. {NO}", "header_fields": (("Return-Path", "<>"),), "subject": "Undelivered"}),
    (23, "a double negation", {"other"}, {"text": "We have not rejected your application for the Analyst position; it is still under review."}),
    (24, "a survey", {"other"}, {"text": "You recently applied for a role with us. How was your experience? The survey takes two minutes."}),
    (26, "a scam", {"other", "uncertain"}, {"text": "Your job application will be rejected unless you pay the processing fee of $50 today."}),
    (27, "interviews in general", {"other"}, {"text": "Our interviews are held on Fridays. We wish all candidates the best."}),
    (29, "a notice on keeping data", {"other"}, {"text": "The personal data from your application will be deleted in 30 days unless you ask us to keep your profile."}),
    (30, "moving forward with you", {"other"}, {"text": "We are pleased to move forward with you for the Analyst position."}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("allowed", "fields"), [(row[2], row[3]) for row in ROWS], ids=[f"{row[0]}-{row[1]}" for row in ROWS]
)
def test_a_confusable_shape_is_told_apart(
    allowed: set[str], fields: dict[str, Any], judge: Judge, me: Me
) -> None:
    """Each shape has the label it deserves."""
    message = Message(**{"from_": (Address(address="hr@employer.example"),), **fields})
    verdict = judge.judge(message, me=me)
    assert verdict.label in allowed, [(each.rule, each.weight, each.quote) for each in verdict.evidence]


@pytest.mark.parametrize(
    ("field", "rule", "part"),
    [
        ({"header_fields": (("List-Id", "Team <team.lists.example>"),)}, "origin.list", "header:list-id"),
        ({"from_": (Address(name="Alex", address="alex.morgan@example.org"),)}, "origin.own", "from"),
        ({"from_": (Address(address="alert@indeed.com"),)}, "origin.alerts", "from"),
        ({"header_fields": (("Auto-Submitted", "auto-replied"),)}, "origin.auto-reply", "subject"),
        ({"header_fields": (("Return-Path", "<>"),)}, "origin.bounce", "subject"),
    ],
)
def test_what_sent_it_outweighs_what_it_says(
    field: dict[str, Any], rule: str, part: str, judge: Judge, me: Me
) -> None:
    """A list, one's own mail, an alert, an automatic answer and a bounce are other, and the evidence names what tells."""
    message = Message(
        **{"text": NO, "subject": "Your application", "from_": (Address(address="hr@x.example"),), **field}
    )
    verdict = judge.judge(message, me=me)
    last = next(each for each in verdict.evidence if each.rule == rule)
    assert (verdict.label, verdict.score, last.part, last.weight < 0) == ("other", 0.0, part, True)


def test_the_same_words_from_a_person_are_a_rejection(judge: Judge, me: Me) -> None:
    """Without such a header the words count."""
    message = Message(text=NO, from_=(Address(name="Jane Roe", address="jane.roe@acme.example"),))
    assert judge.judge(message, me=me).label == "rejection"


@pytest.mark.parametrize(
    "fields",
    [
        {"header_fields": (("X-LinkedIn-Template", "email_jobs_application_rejected_01"),)},
        {
            "html": '<a href="https://www.linkedin.com/?trk=eml-email_jobs_application_rejected_01-hero">View</a>'
        },
        {
            "text": "View: https://www.linkedin.com/?lipi=urn%3Ali%3Apage%3Aemail_email_jobs_application_rejected_01"
        },
    ],
)
def test_a_platform_says_it_in_a_header_or_a_link(fields: dict[str, Any], judge: Judge) -> None:
    """LinkedIn's notice is known by its template and its links, even where the text is a stub."""
    message = Message(
        **{"text": "See your update.", "subject": "Your update from Acme", **fields},
        from_=(Address(name="LinkedIn", address="jobs-noreply@linkedin.com"),),
    )
    verdict = judge.judge(message)
    assert verdict.label == "rejection"
    assert verdict.evidence[0].rule.startswith("linkedin.")
    assert judge.screen(message)


def test_an_application_viewed_is_not_rejected(judge: Judge) -> None:
    """LinkedIn's other templates say nothing of the kind."""
    message = Message(
        text="Your application was viewed by Acme.",
        header_fields=(("X-LinkedIn-Template", "email_jobs_application_viewed_01"),),
        from_=(Address(name="LinkedIn", address="jobs-noreply@linkedin.com"),),
    )
    assert judge.judge(message).label == "other"


def test_own_phrases_count_as_they_are_meant() -> None:
    """A person's own phrases decide, hint or take back, whatever characters they hold, and the screen knows them."""
    own = Judge(
        [Phrase(text="the stars (alas!) were against you"), Phrase(text="from my brother", says="other")]
    )
    plain = Message(
        text="Dear Alex, the stars (alas!) were against you.", from_=(Address(address="a@b.example"),)
    )
    verdict = own.judge(plain)
    assert (verdict.label, verdict.evidence[0].rule) == ("rejection", "own.1")
    assert own.screen(plain)
    assert own.judge(replace(plain, text=plain.text + " This is from my brother.")).label == "other"
    assert Judge().judge(plain).label == "other"


def test_mixed_mail_is_judged_in_the_language_of_its_new_text(judge: Judge) -> None:
    """A German note above an English quotation is German."""
    message = Message(
        text="Vielen Dank für Ihre Bewerbung. Leider haben wir uns für einen anderen Bewerber entschieden.",
        quoted="> Thank you for your interest in the role and for the time you took with us.",
        from_=(Address(address="hr@firma.example"),),
    )
    verdict = judge.judge(message)
    assert (verdict.label, verdict.language) == ("rejection", "de")
