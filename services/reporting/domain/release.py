"""Whether a term's SSPF outcomes may be shown: decided each time they are read. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from shared.contracts.codes import YouthBand

ENOUGH: Final = frozenset({YouthBand.FIVE_TO_NINE.value, YouthBand.TEN_OR_MORE.value})


class Withheld(StrEnum):
    """Why a term is not shown."""

    FEW_MEETINGS = "FEW_MEETINGS"
    NOT_ATTESTED = "NOT_ATTESTED"
    BAND_TOO_LOW = "BAND_TOO_LOW"


@dataclass(frozen=True, slots=True)
class TermRelease:
    """A term of the whole district: its figures, or why there are none."""

    term: str
    released: bool
    reasons: tuple[Withheld, ...]
    meetings: int | None
    unique_band: str | None


def releases(
    meetings: Mapping[str, int], attested: Iterable[Mapping[str, Any]], *, least: int
) -> list[TermRelease]:
    """One entry a term, newest first. `meetings` counts outcomes by term."""
    bands = {row["term"]: row["unique_band"] for row in attested}
    terms = sorted(meetings.keys() | bands.keys(), key=_when, reverse=True)
    return [_release(term, meetings.get(term, 0), bands.get(term), least) for term in terms]


def _release(term: str, held: int, band: str | None, least: int) -> TermRelease:
    reasons = []
    if held < least:
        reasons.append(Withheld.FEW_MEETINGS)
    if band is None:
        reasons.append(Withheld.NOT_ATTESTED)
    elif band not in ENOUGH:
        reasons.append(Withheld.BAND_TOO_LOW)
    if reasons:
        return TermRelease(
            term, released=False, reasons=tuple(reasons), meetings=None, unique_band=None
        )
    return TermRelease(term, released=True, reasons=(), meetings=held, unique_band=band)


def _when(term: str) -> tuple[str, bool]:
    year, _, half = term.partition("-")
    return year, half == "HT"
