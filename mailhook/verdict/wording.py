"""What the words of a message as a whole say, where no single sentence decides.

The shapes of the lexicon know how a decision is put; people find ever new ways to put it. So each word and each pair of
words also has a small weight of its own: how much oftener it stands in rejections than in other mail. The weights of a
language are a table, `words/<code>.tsv`, learnt by logistic regression from letters written for this project
(`python -m tests.corpus.learn`); what a message's words say is the sum of theirs, and that can be read by anybody.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import fsum, sqrt

from mailhook.mail.message import Message

READ = 4000  # characters of the text: what comes after is small print
EXTENT = 8.0  # a sum over n words and pairs is scaled by EXTENT / sqrt(n), so that long letters weigh no more than short ones
FAR_AWAY = -3.0
IN_SUBJECT = "s:"
_TOKENS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|\?")
_ASCII = "".join(char.lower() if char.isalnum() or char in "'?" else " " for char in map(chr, range(128)))
_RUNS = re.compile(r"[^\W\d_]+")
_UNSPACED = frozenset({"ja", "zh"})
_STEM = 5


@dataclass(frozen=True, slots=True)
class Wording:
    """The weights of one language's words and pairs of words, what speaks for a rejection before any is read, and from how many letters that was learnt."""

    code: str
    bias: float
    letters: int
    weights: dict[str, float]

    def leaning(self, message: Message) -> float:
        """Say how far the words lean towards a rejection (above 0) or away from it, as the logarithm of the odds.

        Where single words already lean far away, which is most mail, pairs are not read: they could not turn it.
        """
        if self.code not in _UNSPACED:
            singles = self._lean(_distinct(message.subject) | _distinct(message.text[:READ]))
            if singles < FAR_AWAY:
                return singles
        return self._lean(features(message.subject, message.text, self.code))

    def _lean(self, found: set[str]) -> float:
        if not found:
            return 0.0
        known = map(self.weights.__getitem__, self.weights.keys() & found)
        return self.bias + EXTENT * fsum(known) / sqrt(len(found))

    def telling(self, sentence: str) -> float:
        """Say how much a sentence's words weigh together."""
        known = self.weights.keys() & features("", sentence, self.code)
        return fsum(map(self.weights.__getitem__, known))


def features(subject: str, text: str, code: str) -> set[str]:
    """Return the words, their stems and the pairs of neighbours in a message, as the tables of weights name them.

    Those of the subject count once more under names of their own: a subject says less, and says it differently.
    """
    cut = _pieces if code in _UNSPACED else _words
    in_subject = cut(subject)
    return {*in_subject, *(f"{IN_SUBJECT}{feature}" for feature in in_subject), *cut(text[:READ])}


def _words(text: str) -> set[str]:
    words = _tokens(text)
    distinct = set(words)
    stems = [f"{word[:_STEM]}*" for word in distinct if len(word) > _STEM]
    return distinct.union(stems, map(" ".join, pairwise(words)))


def _tokens(text: str) -> list[str]:
    """Return the words, question marks and, each as a nought, numbers of a text in their order."""
    pieces = _cut(text)
    # Most of a text is letters: only where there is more is it looked at piece by piece.
    if all(map(str.isalpha, pieces)):
        return pieces
    return [token for piece in pieces for token in ((piece,) if piece.isalpha() else _tokens_of(piece))]


def _distinct(text: str) -> set[str]:
    """Return the tokens of a text, each once."""
    found = set(_cut(text))
    mixed = [piece for piece in found if not piece.isalpha()]
    found.difference_update(mixed)
    for piece in mixed:
        found.update(_tokens_of(piece))
    return found


def _cut(text: str) -> list[str]:
    """Cut a text where it has spaces and, if that is quickly done, at every other sign that belongs to no token."""
    return text.translate(_ASCII).split() if text.isascii() else text.lower().replace("’", "'").split()


def _tokens_of(piece: str) -> list[str]:
    return ["0" if found[0].isdigit() else found for found in _TOKENS.findall(piece)]


def _pieces(text: str) -> set[str]:
    return {
        run[place : place + size]
        for run in _RUNS.findall(text.lower())
        for size in (1, 2, 3, 4)
        for place in range(len(run) - size + 1)
    }


@cache
def wording(code: str) -> Wording | None:
    """Read a language's table; None where there is none."""
    table = files("mailhook.verdict") / "words" / f"{code}.tsv"
    if not table.is_file():
        return None
    first, *rows = table.read_text(encoding="utf-8").splitlines()
    weights: dict[str, float] = {}
    for row in rows:
        weight, _, feature = row.partition("\t")
        weights[feature] = int(weight) / 1000
    bias, _, letters = first.split("\t")
    return Wording(code, int(bias) / 1000, int(letters), weights)
