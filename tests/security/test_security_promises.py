"""What SECURITY.md promises, as far as no other test holds it already."""

import ast
import logging
import re
import subprocess
import sys
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailhook.cli import check
from mailhook.mail.message import Me
from mailhook.scan.consider import Reader, consider
from mailhook.verdict.judge import Judge
from tests.scan.mailroom import INTERVIEWED, ME, Mailroom, make_mail
from tests.scan.malformed import malformed

ROOT = Path(__file__).parent.parent.parent
READER = Reader(judge=Judge(), me=Me(name="Alex Morgan", addresses=(ME,)))
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


# --- the table of measures -------------------------------------------------------------------------------


def rows() -> list[tuple[str, str]]:
    """Return the measures of SECURITY.md, each with what shows it."""
    table = SECURITY.partition("| measure |")[2]
    cells = (line.strip("|").split("|") for line in table.splitlines()[2:] if line.startswith("|"))
    return [(row[0].strip(), row[-1].strip()) for row in cells]


@pytest.mark.parametrize(("measure", "shown"), rows(), ids=[name for name, _ in rows()])
def test_every_measure_names_a_test_that_exists_or_a_reason(measure: str, shown: str) -> None:
    """A test is named by its file and its function; where there is none, it says why."""
    named = re.findall(r"`([\w/]+)\.py::(test_\w+)`", shown)
    assert named or shown.startswith("no test: "), f"{measure}: {shown}"
    for file, function in named:
        source = ROOT / "tests" / f"{file}.py"
        names = {
            node.name for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.FunctionDef)
        }
        assert function in names, f"{source} has no {function}"


def test_the_table_has_every_measure() -> None:
    """None was lost on the way."""
    assert len(rows()) >= 23


# --- mail is text, and nothing else ----------------------------------------------------------------------

XSS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href='javascript:alert(1)'>x</a>",
    "<iframe src='https://evil.example'></iframe>", "<body onload=alert(1)>", "<style>@import 'https://evil.example/x.css'</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>", "<img src='https://evil.example/pixel.gif?u=1'>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mtext></p><script>alert(1)</script>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<<script>alert(1)//<</script>",
    "<form action=https://evil.example><input name=q autofocus onfocus=alert(1)></form>", "<base href=https://evil.example>", "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->", "\u003cscript\u003ealert(1)\u003c/script\u003e", "<object data=data:text/html;base64,PHNjcmlwdD4=></object>",
)  # fmt: skip
# What a draft's HTML may be made of: nothing in it acts, loads or leads anywhere.
_TAGS = {"html", "head", "body", "meta", "p", "br", "div", "blockquote", "b", "i", "span", "pre", "hr"}
_ACTIVE = re.compile(r"<[^>]*\s(?:on\w+|src|href|action|srcset|data|background|style\s*=\s*[\"'][^\"']*url)\s*=", re.IGNORECASE)  # fmt: skip


@pytest.mark.parametrize("payload", XSS)
def test_markup_of_a_mail_does_not_come_alive_in_the_answer(payload: str) -> None:
    """Quoted back it is text: no tag, attribute or address of theirs is in the draft's HTML."""
    mail = EmailMessage(policy=policy.SMTP)
    shown = payload.replace('"', "'")[:40]
    mail["From"], mail["To"] = f'"{shown}" <jane@acme.example>', ME
    mail["Subject"] = f"Your application {payload}"
    mail["Message-ID"], mail["Date"] = "<x@acme.example>", "Mon, 02 Mar 2026 09:12:00 +0000"
    body = INTERVIEWED.format(company="Acme", role="Data Engineer", person="Jane Roe").replace("\n", "<br>\n")
    mail.set_content(f"<p>{body}</p>{payload}<p>{payload}</p>", subtype="html")
    outcome = consider(mail.as_bytes(), READER, tuid="0f3c", now=NOW)
    assert outcome.draft is not None, outcome.plan.reason
    parts = list(message_from_bytes(outcome.draft.raw, policy=policy.default).walk())
    assert {part.get_content_type() for part in parts} <= {"multipart/alternative", "text/plain", "text/html"}
    found = [part.get_content() for part in parts if part.get_content_type() == "text/html"]
    assert len(found) == 1
    for html in found:
        assert {tag.lower() for tag in re.findall(r"<\s*/?\s*([a-zA-Z!][\w:-]*)", html)} <= _TAGS | {
            "!doctype"
        }
        assert not _ACTIVE.search(html), html


@given(number=st.integers(0, 3000), news=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_whole_way_takes_any_message(number: int, news: bool) -> None:
    """From broken bytes to verdict, plan and draft: nothing raises, and a draft has one recipient whom the message names, or none."""
    (raw,) = malformed(1, seed=number)
    if news:
        raw = make_mail(number=number).partition(b"\r\n\r\n")[0] + b"\r\n" + raw
    outcome = consider(raw, READER, tuid="0f3c", now=NOW)
    assert outcome.verdict.score == sum(each.weight for each in outcome.verdict.evidence)
    assert outcome.plan.reason
    if outcome.draft is None:
        return
    mail = message_from_bytes(outcome.draft.raw, policy=policy.default)
    reached = [address.addr_spec for address in mail["To"].addresses] if mail["To"] else []
    assert reached == [outcome.plan.recipient] * (outcome.plan.recipient is not None)
    assert {"cc", "bcc"}.isdisjoint(name.lower() for name in mail)


# --- nothing of a message is kept or told ----------------------------------------------------------------


def test_no_word_of_a_message_reaches_a_log_or_the_ledger(
    room: Mailroom, caplog: pytest.LogCaptureFixture
) -> None:
    """Subject, body and attachment names: at no level, and in no file."""
    caplog.set_level(logging.DEBUG)
    room.deliver(number=1, subject="Quicksilver news", body=f"{INTERVIEWED}\nThe walrus sings at dawn.\n")
    room.deliver(
        number=2, subject="Quicksilver dinner", body="The walrus cooks.\n", sender="granny@family.example"
    )
    report = room.scan(others=True)
    assert len(report.made) == 1
    assert "walrus" in report.judged[0].message.text
    said = "\n".join([caplog.text, *map(str, report.notes)]).lower()
    kept = b"\n".join(path.read_bytes() for path in room.state.rglob("*") if path.is_file()).lower()
    for word in ("walrus", "quicksilver"):
        assert word not in said
        assert word.encode() not in kept


# --- the machine -----------------------------------------------------------------------------------------


def test_a_crash_writes_no_memory_to_the_disk() -> None:
    """Every command forbids core dumps before it reads a password."""
    program = (
        "import atexit, resource; atexit.register(lambda: print(resource.getrlimit(resource.RLIMIT_CORE)))\n"
        "from mailhook.cli import main\nmain(['--version'])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "(0, 0)"


@pytest.mark.parametrize(
    ("faulty", "said"), [(True, "has known faults in its mail library"), (False, "Python: ok")]
)
def test_a_python_with_known_faults_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], faulty: bool, said: str
) -> None:
    """`mailhook check` says to update it; the drafts are guarded all the same."""
    monkeypatch.setattr(check, "lets_headers_through", lambda: faulty)
    check._python()
    assert said in capsys.readouterr().out


def test_nothing_listens_but_the_sign_in() -> None:
    """No local page, no push endpoint: the one listener waits for one answer of the sign-in, on this machine alone."""
    listeners = set()
    for path in [*ROOT.glob("mailhook/**/*.py"), *ROOT.glob("connectors/**/*.py")]:
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        words = {node.attr for node in tree if isinstance(node, ast.Attribute)}
        words |= {alias.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom) for alias in node.names}  # fmt: skip
        if words & {
            "listen",
            "bind",
            "create_server",
            "HTTPServer",
            "ThreadingHTTPServer",
            "TCPServer",
            "start_server",
        }:
            listeners.add(str(path.relative_to(ROOT)))
    assert listeners == {"mailhook/oauth/receiver.py"}


def test_no_name_of_a_language_model_or_tracker_is_imported() -> None:
    """Mail is judged here: what could carry it elsewhere is not there."""
    wanted = (
        (ROOT / "pyproject.toml")
        .read_text(encoding="utf-8")
        .partition("dependencies = [")[2]
        .partition("\n]")[0]
    )
    names = {name.lower() for name in re.findall(r'"([A-Za-z0-9_.-]+)', wanted)}
    assert names
    assert names.isdisjoint(
        {
            "openai",
            "anthropic",
            "transformers",
            "torch",
            "sentry-sdk",
            "posthog",
            "requests",
            "httpx",
            "aiohttp",
        }
    )
