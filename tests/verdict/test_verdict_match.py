"""The one pass over a text's words loses nothing that the patterns' own expressions would find."""

import json
import tomllib
from pathlib import Path
from zlib import crc32

import platformdirs
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhook.mail.parse import parse
from mailhook.verdict.anchors import crosses
from mailhook.verdict.folding import fold, runs_in, words_in
from mailhook.verdict.kept import keeping_nothing, kept
from mailhook.verdict.match import Matcher, Searchable, expression, mask, unify
from mailhook.verdict.rules import context, decisions, fact_patterns
from mailhook.verdict.shapes import FactShape, Shape, languages

TESTS = Path(__file__).parent.parent
PARTS = ("subject", "text", "signature", "footer", "quoted", "from")
SHARE = 128  # of the pairs of a text and a pattern of another language, one in so many is tried


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = 64 << 20
    return options


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every text of the corpus and of the cases, each once, with its language."""
    found: dict[str, str] = {}
    for path in sorted((TESTS / "corpus").glob("*/*.eml")):
        message = parse(path.read_bytes())
        found |= {message.part(part): path.parent.name for part in PARTS}
    for path in sorted((TESTS / "verdict" / "cases").glob("*.toml")):
        cases = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
        found |= {case["text"]: path.stem[:2] for case in cases}
    return found


def _lost(matcher: Matcher, texts: dict[str, str], *, captures: bool = False) -> list[tuple[str, str]]:
    possible = {text: set(matcher.possible(Searchable(text))) for text in texts}
    searched = {text: Searchable(mask(text)).data for text in texts}
    lost = []
    for number, pattern in enumerate(matcher.patterns):
        assert isinstance(pattern, Shape | FactShape)
        regexp = re2.compile(expression(pattern, captures=captures).encode(), _options())
        tried = (
            text
            for place, (text, code) in enumerate(texts.items())
            if code == pattern.language or (place + crc32(pattern.name.encode())) % SHARE == 0
        )
        lost += [
            (pattern.name, text)
            for text in tried
            if number not in possible[text] and regexp.search(searched[text]) is not None
        ]
    return lost


def test_no_decision_is_lost(texts: dict[str, str]) -> None:
    """What states a decision in a message is always found possible: tried on all mail of its language, and a share of the rest."""
    assert _lost(decisions(), texts) == []


def test_every_decision_needs_words_that_are_looked_up() -> None:
    """No pattern is tried on every message, whatever it says: its words say when."""
    assert [decisions().patterns[number] for number in decisions().possible(Searchable("Xqzv qxv!"))] == []


@pytest.mark.parametrize("code", languages())
def test_no_context_and_no_fact_is_lost(code: str, texts: dict[str, str]) -> None:
    """The same of everything else that a language's messages are searched for."""
    mine = {text: each for text, each in texts.items() if each == code}
    assert mine
    assert _lost(context(code), mine) == []
    for part in ("text", "subject"):
        assert _lost(fact_patterns(code, part), mine, captures=True) == []


WORDS = (
    "no",
    "not",
    "other",
    "won't",
    "élève",
    "ΣΟΦΟΣ",
    "İyi",
    "ﬁt",
    "選考",
    "합격",
    "رفض",
    "Straße",
    "a",
    "b-c",
    "No",
    "k",
)
literals = st.sampled_from(
    [*WORDS, " ", " not ", "others", "[oó]", "[- ]", "\\.", "\\w*", "\\w+ ", "<who>", "<what>"]
)
patterns = st.recursive(
    literals,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=2).map("~ ".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: f"(?:{'|'.join(each)})"),
        st.tuples(inner, st.sampled_from("?*+")).map(lambda each: f"(?:{each[0]}){each[1]}"),
    ),
    max_leaves=9,
)
sentences = st.lists(
    st.sampled_from([*WORDS, "ELEVE", "élèves", "σοφος", "ſ", "\u212a", "ß", "e\u0301", " ", " ", " ", ".", "·", "\n", "-", "who", "what not"]),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(
    pattern=patterns,
    boundaries=st.sampled_from(["both", "start", "none"]),
    text=sentences,
    edge=st.booleans(),
)
def test_no_pattern_is_lost(pattern: str, boundaries: str, text: str, edge: bool) -> None:
    """Whatever pattern the format allows: where its expression finds something, the one pass has found it possible."""
    fragments = {"who": "(?:who|other )?", "what": "(?:what~ not|no|(?:[ae]|élè)ve)"}
    shape = Shape(
        name="xx.any",
        language="xx",
        role="weak",
        pattern=f"^{pattern}$" if edge else pattern,
        weight=1.0,
        boundaries=boundaries,
        gap=4,
        fragments=fragments,
    )
    found = re2.compile(expression(shape).encode(), _options()).search(Searchable(mask(text)).data)
    assert found is None or Matcher([shape]).possible(Searchable(text)) == [0]


def test_letters_that_expressions_take_for_one_are_folded_to_one() -> None:
    """RE2 without regard to case finds one letter for another only where both have one coarse form, or no string is made of them."""
    cased = [
        char
        for char in map(chr, range(0x20000))
        if not "\ud800" <= char <= "\udfff" and len({char, char.lower(), char.upper(), char.casefold()}) > 1
    ]
    assert len(cased) > 2500
    everything = "".join(cased)
    for char in cased:
        alike = re2.compile(re2.escape(char), _options()).findall(unify(everything))
        if not crosses(char):
            assert {fold(each) for each in alike} == {fold(char)}, char
            assert {bool(words_in(each)) for each in alike} == {bool(words_in(char))}, char


def test_a_coarse_letter_is_of_the_same_kind() -> None:
    """The coarse form keeps a text's length and where its words end, and makes nothing dense that was not."""
    for char in map(chr, [*range(0xD800), *range(0xE000, 0x10000)]):
        assert len(fold(char)) == 1
        if not crosses(char):
            assert bool(words_in(char)) == bool(words_in(fold(char))), char
            assert runs_in(char * 2) or not runs_in(fold(char) * 2), char


def test_places_are_counted_in_characters() -> None:
    """A place in bytes is turned into one in characters, in whatever order places are asked for."""
    text = "größer – 選考 ok"
    searched = Searchable(text)
    places = [len(text[:number].encode()) for number in range(len(text) + 1)]
    assert [searched.chars(place) for place in places] == list(range(len(text) + 1))
    assert [searched.chars(place) for place in reversed(places)] == list(reversed(range(len(text) + 1)))


def test_what_is_kept_holds_for_the_same_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was worked out is read again; not where it was made from other files, is broken, or cannot be read."""
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: tmp_path / "cache")
    with keeping_nothing():
        assert kept("thing", lambda: {"a": [0]}) == {"a": [0]}
    assert not (tmp_path / "cache").exists()
    place = tmp_path / "cache" / "thing.json"
    assert kept("thing", lambda: {"a": [1]}) == {"a": [1]}
    assert kept("thing", lambda: {"a": [2]}) == {"a": [1]}
    held = json.loads(place.read_text(encoding="utf-8"))
    place.write_text(json.dumps({**held, "origin": "another lexicon"}), encoding="utf-8")
    assert kept("thing", lambda: {"a": [3]}) == {"a": [3]}
    place.write_text("[", encoding="utf-8")
    assert kept("thing", lambda: {"a": [4]}) == {"a": [4]}
    assert [each.name for each in place.parent.iterdir()] == ["thing.json"]
    place.unlink()
    place.mkdir()
    assert kept("thing", lambda: {"a": [5]}) == {"a": [5]}
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: Path("/proc/nowhere"))
    assert kept("thing", lambda: {"a": [6]}) == {"a": [6]}
