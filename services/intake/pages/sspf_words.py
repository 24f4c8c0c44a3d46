"""SSPF in words: levels, bands and terms in the order a form asks, and an outcome as it is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from markupsafe import Markup

from services.intake.domain.sspf import CountOnly, GroupOutcome
from services.intake.domain.sspf_kept import Kept
from shared.contracts.district import District
from shared.contracts.intake_codes import WithdrawalReason
from shared.contracts.sspf import Commitment
from shared.store.stream import Loaded
from shared.web.words import joined, month_sv, said

LEVELS: Final = (
    ("GROUP", "En grupp / A group", "Får ha skolområde, plats, teman och åtaganden."),
    (
        "STRUCTURE",
        "Strukturen / Structures",
        "Rutiner, miljöer, samarbete. Får ha allt som en grupp.",
    ),
    (
        "INDIVIDUAL_COUNT_ONLY",
        "Enskilda: bara hur många / Individuals: only how many",
        "Ingen plats, inget skolområde, inga teman, inga åtaganden.",
    ),
)
_NAMES: Final = tuple((code, words) for code, words, _ in LEVELS)
BANDS: Final = (
    ("0", "Ingen / None"),
    ("1-4", "1 till 4 / 1 to 4"),
    ("5-9", "5 till 9 / 5 to 9"),
    ("10+", "10 eller fler / 10 or more"),
)


def term_sv(term: str) -> str:
    """`2026-VT` as `Våren 2026`."""
    year, half = term.split("-")
    return f"{'Våren' if half == 'VT' else 'Hösten'} {year}"


@dataclass(frozen=True, slots=True)
class Called:
    """What codes and places are called here."""

    district: District
    places: Mapping[str, str]

    def code(self, code: str) -> str:
        """`Svenska / English` of a code."""
        text = self.district.label(code)
        return f"{text.sv} / {text.en}"

    def codes(self, codes: tuple[str, ...]) -> Markup:
        """Several of them, the Swedish together."""
        return said(joined((self.code(code) for code in codes), ", "))

    def commitment(self, one: Commitment) -> Markup:
        """What, who, and due when."""
        what, owner = self.district.label(one.code), self.district.label(one.owner_function)
        sv = f"{what.sv}: {owner.sv.lower()}, senast {month_sv(one.due_month)}"
        return said(f"{sv} / {what.en}: {owner.en.lower()}, by {one.due_month}")


@dataclass(frozen=True, slots=True)
class Told:
    """An outcome as the desk shows it: what it says, row by row."""

    id: str
    version: int
    title: str
    rows: tuple[tuple[str, Markup], ...]
    recorded_at: datetime
    withdrawn: WithdrawalReason | None

    @classmethod
    def of(cls, loaded: Loaded, called: Called) -> Self:
        """Of what is stored."""
        kept = Kept.of(loaded.state)
        about = kept.outcome
        return cls(
            id=loaded.id,
            version=loaded.version,
            title=f"{month_sv(about.month).capitalize()}: {dict(_NAMES)[about.level.value]}",
            rows=tuple(_rows(about, called)),
            recorded_at=loaded.extra["recorded_at"],
            withdrawn=kept.withdrawn,
        )


def _rows(about: CountOnly | GroupOutcome, called: Called) -> Iterator[tuple[str, Markup]]:
    yield "Termin / Term", said(term_sv(about.term))
    yield "Antal unga / Youths", said(dict(BANDS)[about.band.value])
    yield "Med på mötet / Took part", called.codes(about.functions)
    if isinstance(about, CountOnly):
        return
    if about.themes:
        yield "Teman / Themes", called.codes(about.themes)
    if about.school_area:
        yield "Skolområde / School area", said(called.code(about.school_area))
    if about.place_id:
        place = called.places.get(about.place_id, about.place_id)
        yield "Plats / Place", Markup.escape(place)
    for one in about.commitments:
        yield "Åtagande / Commitment", called.commitment(one)
