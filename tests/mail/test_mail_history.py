"""Older mail is parted from new text, in every language and program, and nothing new goes with it."""

from pathlib import Path

import pytest

from mailhook.mail.message import Message
from mailhook.mail.parse import parse
from mailhook.mail.wording import FORWARDED, ORIGINAL

HERE = Path(__file__).parent
NEW = "Hello Alex,\n\nthe new words stand here."
OLD = "the old words\nstand there"


def rows(name: str) -> list[tuple[str, str]]:
    """Read the rows of a table: language and lines."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(language, text.replace("\\n", "\n")) for language, text in pairs]


ATTRIBUTIONS = rows("attributions.txt")
BLOCKS = rows("header_blocks.txt")


def read(body: str, subject: str = "Re: x", kind: str = "text/plain") -> Message:
    return parse(
        f"From: a@b.example\nSubject: {subject}\nContent-Type: {kind}; charset=utf-8\n\n{body}".encode()
    )


def squeezed(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


@pytest.mark.parametrize(("language", "line"), ATTRIBUTIONS)
@pytest.mark.parametrize("mark", ["> ", ""], ids=["marked", "bare"])
def test_an_attribution_line_begins_the_quotation(language: str, line: str, mark: str) -> None:
    quotation = "".join(f"{mark}{old}\n" for old in OLD.splitlines())
    message = read(f"{NEW}\n\n{line}\n\n{quotation}")
    assert message.text == NEW
    assert squeezed(message.quoted).startswith(squeezed(line.partition("\n")[0]))
    assert squeezed(message.quoted).endswith(squeezed(OLD))
    assert not message.forwarded


@pytest.mark.parametrize(("language", "line"), ATTRIBUTIONS)
def test_what_is_written_below_a_quotation_is_new(language: str, line: str) -> None:
    message = read(f"{line}\n\n> the old words\n> stand there\n\n{NEW}\n")
    assert message.text == NEW


@pytest.mark.parametrize(("language", "block"), BLOCKS)
@pytest.mark.parametrize(
    "above",
    ["", "-----Original Message-----\n", "________________________________\n"],
    ids=["bare", "dashes", "rule"],
)
def test_a_block_of_header_lines_begins_older_mail(language: str, block: str, above: str) -> None:
    message = read(f"{NEW}\n\n{above}{block}\n\n{OLD}\n")
    assert message.text == NEW
    assert message.quoted.endswith(OLD)
    assert message.quoted.startswith((above + block).splitlines()[0].replace("\u00a0", " ")[:3])


@pytest.mark.parametrize(("language", "block"), BLOCKS)
def test_such_a_block_in_html_is_found_too(language: str, block: str) -> None:
    lines = "<br>".join(
        f"<b>{label}:</b>{value.replace('<', '&lt;')}"
        for label, _, value in (row.partition(":") for row in block.splitlines())
    )
    html = f"<p>Hello Alex,</p><p>the new words stand here.</p><div><p>{lines}</p></div><p>{OLD}</p>"
    assert read(html, kind="text/html").text == NEW


@pytest.mark.parametrize("words", sorted(ORIGINAL))
def test_a_line_of_dashes_begins_the_original_message(words: str) -> None:
    assert read(f"{NEW}\n\n----- {words.title()} -----\n\n{OLD}\n").text == NEW


@pytest.mark.parametrize("words", sorted(FORWARDED))
def test_a_forwarded_message_is_never_new_text(words: str) -> None:
    message = read(f"{NEW}\n\n---------- {words.capitalize()} ---------\n{OLD}\n", subject="x")
    assert message.text == NEW
    assert message.forwarded


@pytest.mark.parametrize(
    "mark",
    ["Fwd", "FW", "WG", "TR", "RV", "Enc", "Doorst", "I", "PD", "İLT", "VL", "转发", "轉寄", "転送", "전달"],
)
def test_a_subject_says_that_a_message_forwards(mark: str) -> None:
    message = read(
        f"{NEW}\n\nFrom: HR <hr@x.example>\nDate: 2 March 2026\nTo: Bo\nSubject: y\n\n{OLD}\n",
        subject=f"{mark}: y",
    )
    assert (message.text, message.forwarded) == (NEW, True)


@pytest.mark.parametrize(
    "text",
    [
        "We met on Monday and you wrote:\n\nnothing, so we decided for somebody else.",
        "The interview plan:\n\nFrom: 10:00\nTo: 11:00\nDate: 2 March",
        "Please read the following:\n\nwe chose another candidate.",
        "> Apply now\n\nData Engineer",
        "Subject: Data Engineer\n\nWe chose somebody else.",
        "On 2 March you asked: when do we decide? We decided.",
        "Contact: jane@acme.example\nPhone: 123",
    ],
)
def test_what_only_resembles_a_mark_stays_text(text: str) -> None:
    message = read(text, subject="Your application")
    assert squeezed(message.text) == squeezed(text)


def test_answers_between_quoted_lines_are_new() -> None:
    message = read(
        "Hi,\n\n> Did you decide?\n\nYes, for another.\n\n> Why?\n> Tell me.\n\nYears of practice.\n"
    )
    assert message.text == "Hi,\n\nYes, for another.\n\nYears of practice."
    assert message.quoted == "> Did you decide?\n> Why?\n> Tell me."


def test_a_quotation_without_any_new_word_is_the_text_unless_somebody_is_quoted() -> None:
    assert read("> We chose\n> another.\n", subject="x").text == "We chose\nanother."
    assert read("On 2 March 2026, Alex wrote:\n> Any news?\n").text == ""


def test_an_indented_block_in_html_is_new_text_unless_it_is_a_reply() -> None:
    html = '<p>Dear Alex,</p><blockquote style="border-left:0;margin:0 40px"><p>we chose another.</p></blockquote>'
    assert read(html, subject="Your application", kind="text/html").text == "Dear Alex,\n\nwe chose another."


PROGRAMS = {
    "gmail": '<div dir="ltr">NEW</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Iste die scripsit Bo &lt;<a href="mailto:b@x.example">b@x.example</a>&gt;:<br></div><blockquote class="gmail_quote" style="border-left:1px solid #ccc">OLD</blockquote></div>',
    "apple": '<div>NEW</div><div><br><blockquote type="cite"><div>On 2 Mar 2026, at 10:00, Bo &lt;b@x.example&gt; wrote:</div><br><div>OLD</div></blockquote></div>',
    "thunderbird": '<p>NEW</p><div class="moz-cite-prefix">Ille 02.03.26 scripsit Bo:<br></div><blockquote type="cite" cite="mid:x@y">OLD</blockquote>',
    "outlook.com": '<div>NEW</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> Bo<br><b>Sent:</b> 2 March 2026<br><b>To:</b> Jo<br><b>Subject:</b> x</font><div>&nbsp;</div></div><div>OLD</div>',
    "yahoo": '<div>NEW</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Monday, 2 March 2026 at 10:00:00 GMT, Bo &lt;b@x.example&gt; wrote:</div><div>OLD</div></div>',
    "gmx": '<div>NEW</div><div name="quote" style="margin:10px"><div><b>Gesendet:</b> Montag, 2. März 2026<br><b>Von:</b> Bo<br><b>An:</b> Jo<br><b>Betreff:</b> x</div><div>OLD</div></div>',
    "proton": '<div>NEW</div><div class="protonmail_quote">On Monday, March 2nd, 2026 at 10:00, Bo &lt;b@x.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">OLD</blockquote></div>',
}  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("careful", [True, False], ids=["careful", "fast"])
def test_each_mail_program_marks_older_mail_in_its_own_way(program: str, careful: bool) -> None:
    html = PROGRAMS[program].replace("NEW", "We chose somebody else.").replace("OLD", "Is there any news?")
    message = parse(
        f"Subject: Re: x\nIn-Reply-To: <a@b>\nContent-Type: text/html\n\n{html}".encode(), careful=careful
    )
    assert message.text == "We chose somebody else."
    assert "Is there any news?" in message.quoted
