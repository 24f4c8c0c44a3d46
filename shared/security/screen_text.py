"""A text as the screen reads it: compatibility forms folded, invisible characters gone."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_DASHES = frozenset("\u02d7\u2043\u2212\u30fc\uff70\u00af\u2013\u2014")
_ORDINARY = re.compile(r"[\x20-\x7eÅÄÖÉÜåäöéü]*")
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "Cc"})


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text, and for each of its characters the place it had in the original."""

    text: str
    places: Sequence[int]

    def original(self, span: tuple[int, int]) -> tuple[int, int]:
        """The span's place in the text as it was given."""
        start, end = span
        return self.places[start], self.places[end - 1] + 1


def folded(text: str) -> Folded:
    """Fold to NFKC with ASCII digits, `-` for every dash, a space for every white space.

    Characters that cannot be seen (zero width, marks put over digits, controls) are left out.
    """
    if _ORDINARY.fullmatch(text):
        return Folded(text, range(len(text)))
    composed = unicodedata.normalize("NFC", text)
    source = composed if len(composed) == len(text) else text
    pairs = [(one, place) for place, char in enumerate(source) for one in _fold(char)]
    return Folded("".join(one for one, _ in pairs), tuple(place for _, place in pairs))


def _fold(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char
    return "".join(_fold_one(one) for one in unicodedata.normalize("NFKC", char))


def _fold_one(char: str) -> str:
    if char.isspace():
        return " "
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    kind = unicodedata.category(char)
    if kind == "Pd" or char in _DASHES:
        return "-"
    return "" if kind in _INVISIBLE else char
