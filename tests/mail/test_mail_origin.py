"""Where a message comes from, and whether its sender is proven: only the pinned server's topmost word counts."""

import pytest

from mailhook.mail.domain import organisational_domain, same_organisation
from mailhook.mail.origin import Origin, origin
from mailhook.mail.parse import parse

FROM = "From: Jane Roe <jane@mail.acme.example>\n"


def of(header: str, body: str = "Text.", authserv_id: str | None = None, sender: str = FROM) -> Origin:
    return origin(parse(f"{sender}{header}\n{body}\n".encode()), authserv_id=authserv_id)


def test_a_plain_message_is_from_a_person() -> None:
    assert of(
        "Return-Path: <jane@mail.acme.example>\nAuto-Submitted: no\nPrecedence: first-class\n"
    ) == Origin(auto_submitted="no")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Auto-Submitted: auto-generated; x=y\n", Origin(machine=True, auto_submitted="auto-generated")),
        ("Precedence: bulk\n", Origin(machine=True, bulk=True)),
        ("Feedback-ID: 1:2:3:acme\n", Origin(machine=True, bulk=True)),
        ("X-Auto-Response-Suppress: All\n", Origin(machine=True)),
        ("List-Unsubscribe: <https://acme.example/u>\n", Origin()),
        ("List-Id: Jobs <jobs.acme.example>\n", Origin(list=True, list_id="Jobs <jobs.acme.example>")),
        ("List-Post: <mailto:jobs@acme.example>\n", Origin(list=True)),
        ("List-Post: NO\n", Origin()),
        ("Return-Path: <>\n", Origin(bounce=True)),
        (
            "Return-Path: <>\nAuto-Submitted: auto-replied\n",
            Origin(machine=True, auto_reply=True, auto_submitted="auto-replied"),
        ),
        ("X-Autoreply: yes\n", Origin(machine=True, auto_reply=True)),
        ("X-Autoreply: no\n", Origin()),
        ("Content-Type: multipart/encrypted; boundary=b\n", Origin(unreadable="pgp")),
        ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n", Origin(unreadable="smime")),
        ("Content-Type: text/calendar\n", Origin(unreadable="calendar")),
    ],
)
def test_header_fields_tell_the_origin(header: str, expected: Origin) -> None:
    assert of(header) == expected


def test_a_report_is_a_bounce_although_it_calls_itself_auto_replied() -> None:
    header = "Return-Path: <>\nAuto-Submitted: auto-replied\nContent-Type: multipart/report; boundary=b\n"
    assert of(header, "--b\n\nIt failed.\n--b--") == Origin(
        machine=True, bounce=True, auto_submitted="auto-replied"
    )
    assert of("", sender="From: MAILER-DAEMON@x.example\n").bounce
    assert of("X-Failed-Recipients: a@b.example\n").bounce


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Your application", "Out of office: x", "Abwesenheitsnotiz: x", "Automatische Antwort: x", "Réponse automatique : x", "Respuesta automática: x",
        "Resposta automática: x", "Automatisch antwoord: x", "Risposta automatica: x", "Odpowiedź automatyczna: x", "Autosvar: x", "Automaattinen vastaus: x",
        "Automatická odpověď: x", "Otomatik yanıt: x", "自動応答: x", "自动回复: x", "자동 회신: x", "Автоматический ответ: x", "Автоматична відповідь: x", "رد تلقائي: x",
        "תשובה אוטומטית: x", "Balasan otomatis: x", "Trả lời tự động: x", "Răspuns automat: x", "Automatikus válasz: x", "Αυτόματη απάντηση: x", "स्वचालित उत्तर: x",
    ],
)  # fmt: skip
def test_an_out_of_office_notice_is_known_by_its_subject(subject: str) -> None:
    assert of(f"Subject: {subject}\n") == Origin(machine=True, auto_reply=True)


@pytest.mark.parametrize(
    "local",
    [
        "no-reply",
        "noreply",
        "no_reply",
        "do-not-reply",
        "donotreply",
        "notifications",
        "notification",
        "system",
        "jobs-noreply",
        "nicht-antworten",
        "no-reply-ashby",
        "mailrobot",
    ],
)
def test_some_addresses_are_machines(local: str) -> None:
    assert of("", sender=f"From: Acme <{local}@acme.example>\n").machine


@pytest.mark.parametrize(
    "local", ["jane.roe", "careers", "jobs", "recruiting", "talent", "hr", "noreen", "systema.jane"]
)
def test_people_and_role_addresses_are_no_machines(local: str) -> None:
    assert not of("", sender=f"From: Acme <{local}@acme.example>\n").machine


def test_more_than_twenty_recipients_are_many() -> None:
    people = ", ".join(f"p{n}@x.example" for n in range(20))
    assert not of(f"To: {people}\n").many_recipients
    assert of(f"To: {people}\nCc: one.more@x.example\n").many_recipients


def results(*lines: str) -> str:
    return "".join(f"Authentication-Results: {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["mx.example.org; dmarc=pass header.from=mail.acme.example"], "pass"),
        (["MX.example.org 1; spf=pass; dmarc=pass (p=REJECT) header.from=mail.acme.example"], "pass"),
        (["mx.example.org (a (nested) comment; dmarc=fail); dmarc=pass"], "pass"),
        (["mx.example.org; dkim=pass header.d=acme.example"], "pass"),
        (["mx.example.org; dkim=pass header.i=@bounce.acme.example"], "pass"),
        (['mx.example.org; dkim=pass reason="ok; dmarc=fail" header.d="acme.example"'], "pass"),
        (["mx.example.org; dmarc=fail header.from=mail.acme.example"], "fail"),
        (["mx.example.org; dkim=pass header.d=acme.example; dmarc=fail"], "fail"),
        (["mx.example.org; dkim=pass header.d=evil.example"], "unknown"),
        (["mx.example.org; dkim=pass header.d=acme.example.evil.example"], "unknown"),
        (["mx.example.org; dmarc=pass header.from=evil.example"], "unknown"),
        (["mx.example.org; spf=pass smtp.mailfrom=acme.example"], "unknown"),
        (["mx.example.org; dmarc=none"], "unknown"),
        (["mx.example.org; dmarc=temperror"], "unknown"),
        (["mx.example.org; none"], "unknown"),
        (["evil.example; dmarc=pass"], "unknown"),
        (["evil.example; dmarc=pass", "mx.example.org; dmarc=fail"], "fail"),
        (["mx.example.org; dmarc=fail", "mx.example.org; dmarc=pass"], "fail"),
        (["mx.example.org; none", "mx.example.org; dmarc=pass"], "unknown"),
        (["mx.example.org.evil.example; dmarc=pass"], "unknown"),
        ([";;;((("], "unknown"),
        ([], "unknown"),
    ],
)
def test_only_the_topmost_word_of_the_pinned_server_counts(lines: list[str], expected: str) -> None:
    assert of(results(*lines), authserv_id="mx.example.org").dmarc == expected


def test_without_a_pinned_server_nothing_is_known() -> None:
    assert of(results("mx.example.org; dmarc=pass")).dmarc == "unknown"


def test_nothing_is_known_of_several_or_no_senders() -> None:
    field = results("mx.example.org; dmarc=pass")
    assert (
        of(field, authserv_id="mx.example.org", sender="From: a@x.example, b@y.example\n").dmarc == "unknown"
    )
    assert of(field, authserv_id="mx.example.org", sender="").dmarc == "unknown"


def test_domains_belong_to_organisations() -> None:
    assert organisational_domain("Mail.Acme.CO.UK") == "acme.co.uk"
    assert organisational_domain("a.b.acme.example") == "acme.example"
    assert organisational_domain("münchen.example") == "xn--mnchen-3ya.example"
    assert same_organisation("bücher.example", "mail.xn--bcher-kva.example")
    assert not same_organisation("acme.co.uk", "evil.co.uk")
    assert not same_organisation("", "")
