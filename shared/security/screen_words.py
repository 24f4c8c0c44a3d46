"""E-mail addresses, however they are spelled out, and known names."""

import re
from collections.abc import Collection, Iterator

Span = tuple[int, int]

_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_AT_SPELLED = r"\s*[(\[{<]\s*(?:at|@|snabel-?a|kanelbulle)\s*[)\]}>]\s*|\s+(?:at|snabel-?a)\s+"
_DOT = r"(?:\s*[(\[{]\s*(?:\.|dot|punkt)\s*[)\]}]\s*|\s+(?:dot|punkt)\s+|\s?\.\s?)"
_TOP = r"(?:se|com|nu|org|net|eu|info|biz|me|io|no|dk|fi|de|uk|co|fr|nl|pl|es|it|gov|edu)"

_PLAIN = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*\.[^\W\d_]{{2,}}", re.IGNORECASE)
_SPACED = re.compile(
    rf"{_LOCAL}(?:{_AT_SPELLED}|\s*@\s*){_LABEL}(?:{_DOT}{_LABEL})*?{_DOT}{_TOP}\b", re.IGNORECASE
)


def addresses(text: str) -> Iterator[Span]:
    """Where e-mail addresses stand, plain or spelled out."""
    taken: list[Span] = []
    for pattern in (_PLAIN, _SPACED):
        for match in pattern.finditer(text):
            span = match.span()
            if not any(start < span[1] and span[0] < end for start, end in taken):
                taken.append(span)
                yield span


def names(text: str, known_names: Collection[str]) -> Iterator[Span]:
    """Where the known names stand as whole words, whatever their case."""
    if not known_names:
        return
    choices = "|".join(re.escape(name) for name in sorted(known_names, key=len, reverse=True))
    for match in re.finditer(rf"\b(?:{choices})\b", text, re.IGNORECASE):
        yield match.span()
