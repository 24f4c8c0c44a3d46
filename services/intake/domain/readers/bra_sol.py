"""The database file ("databasfil") of Brå's statistics database SOL: bytes -> figures. Pure.

Header ``Region;Brott;År;Period;Antal;/100 000 inv``; every data row ends in one more ``;``.
ISO-8859-1 or UTF-8. Monthly export: År = 2025, Period = Jan; annual: År = the word År,
Period = 2024.
``prel.`` marks preliminary figures, ``..`` is not available (which is not zero).
A municipality that was moved to another county may stand twice, the old one with only zeros.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.intake.domain.labels import slug
from services.intake.domain.pace import Rest, no_rest, paced
from services.intake.domain.readers.reading import (
    Figure,
    Reading,
    Skip,
    Skipped,
    line,
    refused,
    text_of,
)
from shared.contracts.codes import StatisticCaution
from shared.contracts.refusal import Refused

SOURCE = "bra-sol"
HEADER = ("Region", "Brott", "År", "Period", "Antal", "/100 000 inv")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Maj", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dec")
NOT_AVAILABLE = ".."
LONGEST_LABEL = 200
_YEAR = re.compile(r"(?P<year>(?:19|20)[0-9][0-9])(?P<preliminary> ?prel\.?)?")
_COUNT = re.compile(r"[0-9]{1,9}")
_RATE = re.compile(r"[0-9]{1,9}(?:,[0-9]{1,3})?")


class Unit(StrEnum):
    """What a figure counts."""

    COUNT = "antal"
    PER_100K = "per-100000-inv"


@dataclass(frozen=True, slots=True)
class Row:
    """One data row as Brå means it; ``None`` in a figure is not available."""

    number: int
    region: str
    crime: str
    period: str
    preliminary: bool
    count: float | None
    rate: float | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What the row is about."""
        return slug(self.region), slug(self.crime), self.period

    @property
    def figures(self) -> tuple[float | None, float | None]:
        """What the row says about it."""
        return self.count, self.rate

    @property
    def weight(self) -> int:
        """How much it says: 2 figures, 1 only zeros, 0 nothing available."""
        if self.figures == (None, None):
            return 0
        return 2 if any(self.figures) else 1


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The whole file, or ``Refused`` naming the first row that is not what it should be."""
    rows = list(paced(_rows(text_of(content)), rest))
    if not rows:
        raise _refused("NO_ROWS", 1, "filen har inga datarader", "the file has no data rows")
    labels = _labels(paced(rows, rest))
    taken, skipped = _without_duplicates(paced(rows, rest))
    figures = tuple(figure for row in paced(taken, rest) for figure in _figures(row))
    return Reading(
        source=SOURCE,
        caution=StatisticCaution.REPORTED_CRIME,
        rows=len(rows),
        figures=figures,
        skipped=tuple(sorted(skipped, key=lambda one: one.place)),
        labels=labels,
    )


def _rows(text: str) -> Iterator[Row]:
    """Data rows; the header is checked, blank lines at the end are left out."""
    lines = text.replace("\r\n", "\n").rstrip("\n ").split("\n")
    if tuple(field.strip() for field in lines[0].rstrip(";").split(";")) != HEADER:
        expected = ";".join(HEADER)
        raise _refused(
            "WRONG_HEADER",
            1,
            f"rubrikraden ska vara {expected}",
            f"the header should be {expected}",
        )
    for number, text_line in enumerate(lines[1:], start=2):
        yield _row(number, text_line)


def _row(number: int, text_line: str) -> Row:
    fields = [field.strip() for field in text_line.split(";")]
    if len(fields) == len(HEADER) + 1 and not fields[-1]:
        fields.pop()
    if len(fields) != len(HEADER):
        raise _refused(
            "WRONG_FIELDS",
            number,
            f"raden har {len(fields)} fält, inte {len(HEADER)}",
            f"the row has {len(fields)} fields, not {len(HEADER)}",
        )
    region, crime, year, period, count, rate = fields
    when, preliminary = _period(number, year, period)
    return Row(
        number,
        _label(number, region),
        _label(number, crime),
        when,
        preliminary,
        _number(number, count, _COUNT),
        _number(number, rate, _RATE),
    )


def _label(number: int, text: str) -> str:
    if not slug(text) or len(text) > LONGEST_LABEL:
        raise _refused(
            "BAD_LABEL",
            number,
            "region och brott ska ha ett namn",
            "region and crime should have a name",
        )
    return text


def _period(number: int, year: str, period: str) -> tuple[str, bool]:
    """``2015-04`` or ``2024``, and whether the figures are preliminary."""
    annual = year == "År"
    if not (found := _YEAR.fullmatch(period if annual else year)):
        raise _refused("BAD_YEAR", number, "året går inte att läsa", "the year cannot be read")
    preliminary = found["preliminary"] is not None
    if annual:
        return found["year"], preliminary
    if period not in MONTHS:
        raise _refused(
            "UNKNOWN_MONTH", number, "månaden är okänd (Jan … Dec)", "unknown month (Jan … Dec)"
        )
    return f"{found['year']}-{MONTHS.index(period) + 1:02}", preliminary


def _number(number: int, text: str, form: re.Pattern[str]) -> float | None:
    if text == NOT_AVAILABLE:
        return None
    if not form.fullmatch(text):
        raise _refused(
            "BAD_NUMBER",
            number,
            "antal och tal per 100 000 ska vara siffror eller ..",
            "count and rate should be digits or ..",
        )
    return float(text.replace(",", "."))


def _labels(rows: Iterable[Row]) -> dict[str, str]:
    """Slug -> what the publisher printed; two labels may never become one slug."""
    labels: dict[str, str] = {}
    for row in rows:
        for label in (row.region, row.crime):
            if labels.setdefault(slug(label), label).casefold() != label.casefold():
                raise _refused(
                    "AMBIGUOUS_LABEL",
                    row.number,
                    "två namn går inte att skilja åt",
                    "two names cannot be told apart",
                )
    return labels


def _without_duplicates(rows: Iterable[Row]) -> tuple[list[Row], list[Skipped]]:
    """One row per key: figures win over zeros, zeros over nothing, definitive over preliminary."""
    best: dict[tuple[str, str, str], Row] = {}
    skipped: list[Skipped] = []
    for row in rows:
        rival = best.get(row.key)
        if rival is None:
            best[row.key] = row
            continue
        winner, loser, reason = _compare(rival, row)
        best[row.key] = winner
        skipped.append(Skipped(line(loser.number), reason))
    return list(best.values()), skipped


def _compare(first: Row, second: Row) -> tuple[Row, Row, Skip]:
    if (first.figures, first.preliminary) == (second.figures, second.preliminary):
        return first, second, Skip.EXACT_DUPLICATE
    if first.weight != second.weight:
        winner, loser = (first, second) if first.weight > second.weight else (second, first)
        reason = Skip.ZERO_DUPLICATE if loser.weight else Skip.NOT_AVAILABLE_DUPLICATE
        return winner, loser, reason
    if first.preliminary != second.preliminary:
        winner, loser = (second, first) if first.preliminary else (first, second)
        return winner, loser, Skip.PRELIMINARY_DUPLICATE
    raise _refused(
        "CONFLICTING_ROWS",
        second.number,
        f"raden säger något annat än rad {first.number} om samma sak",
        f"the row contradicts row {first.number}",
    )


def _figures(row: Row) -> Iterator[Figure]:
    geography, indicator, period = row.key
    for unit, value in ((Unit.COUNT, row.count), (Unit.PER_100K, row.rate)):
        yield Figure(
            line(row.number), indicator, geography, period, str(unit), value, row.preliminary
        )


def _refused(code: str, row: int, sv: str, en: str) -> Refused:
    return refused(code, line(row), sv, en)
