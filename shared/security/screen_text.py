"""A text as the screen reads it: compatibility forms folded, invisible characters gone."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DASHES = frozenset("\u02d7\u2043\u2212\u30fc\uff70\u00af\u2013\u2014")
_PLAIN = re.compile(r"[\n\x20-\x7eÅÄÖåäöÉé]*")
_ORDINARY = re.compile(r"[\n\r\t\x20-\x7e\u00a0\u2010-\u2015\u2018\u2019\u201c\u201d\u2022À-ÿ]*")
_ORDINARILY = str.maketrans(
    {"\r": " ", "\t": " ", "\u00a0": " "} | {chr(dash): "-" for dash in range(0x2010, 0x2016)}
)
_DIGIT = re.compile(r"\d")
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "Cc"})
_CLUSTER = re.compile(r"(?s).[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]*")


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded text, and for each of its characters the place it had in the original.

    `lined` is the same text with the ends of its lines still in it.
    """

    lined: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, span: tuple[int, int]) -> tuple[int, int]:
        """The span's place in the text as it was given."""
        start, end = span
        return self.starts[start], self.ends[end - 1]


def folded(text: str) -> Folded:
    """Fold to NFKC with ASCII digits, `-` for every dash, a space for every white space.

    Characters that cannot be seen (zero width, marks put over digits, controls) are left out.
    """
    if _ORDINARY.fullmatch(text):
        lined = text if _PLAIN.fullmatch(text) else text.translate(_ORDINARILY)
        return Folded(lined, _unlined(lined), range(len(text)), range(1, len(text) + 1))
    return folded_of([(char, place, place + 1) for place, char in enumerate(text)])


def folded_of(letters: Sequence[tuple[str, int, int]]) -> Folded:
    """As `folded`, of characters that each say where in the original they stand."""
    parts = list(_parts(letters))
    lined = "".join(one for one, _, _ in parts)
    starts, ends = tuple(part[1] for part in parts), tuple(part[2] for part in parts)
    return Folded(lined, _unlined(lined), starts, ends)


def has_digit(text: str) -> bool:
    """Whether there is a digit: without one most patterns need not be tried."""
    return _DIGIT.search(text) is not None


def lowered(text: str) -> str:
    """In small letters, every character in its place."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _parts(letters: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    for cluster in _CLUSTER.finditer("".join(char for char, _, _ in letters)):
        start, end = letters[cluster.start()][1], letters[cluster.end() - 1][2]
        for one in _fold(cluster.group()):
            yield one, start, end


def _unlined(lined: str) -> str:
    return lined.replace("\n", " ")


def _fold(cluster: str) -> str:
    if len(cluster) == 1 and cluster.isascii() and cluster.isprintable():
        return cluster
    return "".join(_fold_one(one) for one in unicodedata.normalize("NFKC", cluster))


def _fold_one(char: str) -> str:
    if char in "\n\x85\u2028\u2029":
        return "\n"
    if char.isspace():
        return " "
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    kind = unicodedata.category(char)
    if kind == "Pd" or char in _DASHES:
        return "-"
    return "" if kind in _INVISIBLE else char
