"""A text cut where something was found in it, so that a page can mark it without touching it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.contracts.codes import FindingType
from shared.security.screen import Finding


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, and the kinds of what was found in it; none for what lies between."""

    text: str
    kinds: tuple[FindingType, ...] = ()


def marked(text: str, findings: Sequence[Finding]) -> tuple[Piece, ...]:
    """The whole text in pieces, in order; findings that overlap share the piece they share."""
    edges = {0, len(text)} | {edge for one in findings for edge in (one.start, one.end)}
    return tuple(
        Piece(text[start:end], _kinds(findings, start, end))
        for start, end in pairwise(sorted(edges))
    )


def _kinds(findings: Sequence[Finding], start: int, end: int) -> tuple[FindingType, ...]:
    return tuple(sorted({one.type for one in findings if one.start <= start and end <= one.end}))
