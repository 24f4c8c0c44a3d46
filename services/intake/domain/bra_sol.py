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
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused

SOURCE = "bra-sol"
HEADER = ("Region", "Brott", "År", "Period", "Antal", "/100 000 inv")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Maj", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dec")
NOT_AVAILABLE = ".."
LONGEST_LABEL = 200
MOST_ROWS = 100_000
_YEAR = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<preliminary> ?prel\.?)?")
_COUNT = re.compile(r"\d{1,9}")
_RATE = re.compile(r"\d{1,9}(?:,\d{1,3})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


TOO_MANY_ROWS = Refusal(
    "STATISTICS.TOO_MANY_ROWS",
    f"Filen har fler än {MOST_ROWS} rader. Dela den och läs in delarna var för sig.",
    f"The file has more than {MOST_ROWS} rows. Split it and import the parts one by one.",
    UNPROCESSABLE,
)


class Unit(StrEnum):
    """What a figure counts."""

    COUNT = "antal"
    PER_100K = "per-100000-inv"


class Skip(StrEnum):
    """Why a row of a readable file was not taken."""

    EXACT_DUPLICATE = "EXACT_DUPLICATE"
    ZERO_DUPLICATE = "ZERO_DUPLICATE"
    NOT_AVAILABLE_DUPLICATE = "NOT_AVAILABLE_DUPLICATE"
    PRELIMINARY_DUPLICATE = "PRELIMINARY_DUPLICATE"


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


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure, ready to be compared with what is known."""

    row: int
    indicator: str
    geography: str
    period: str
    unit: Unit
    value: float | None
    preliminary: bool

    @property
    def suppressed(self) -> bool:
        """Whether the publisher says "not available" (never the same as zero)."""
        return self.value is None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was not taken, and why."""

    row: int
    reason: Skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole file, read: nothing of it is missing in the account."""

    rows: int
    figures: tuple[Figure, ...]
    skipped: tuple[Skipped, ...]
    labels: dict[str, str]

    @property
    def taken(self) -> int:
        """Rows whose figures are used."""
        return self.rows - len(self.skipped)

    @property
    def geographies(self) -> int:
        """How many areas the file speaks of."""
        return len({figure.geography for figure in self.figures})

    @property
    def period(self) -> tuple[str, str]:
        """First and last period of the file."""
        periods = [figure.period for figure in self.figures]
        return min(periods), max(periods)


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The whole file, or ``Refused`` naming the first row that is not what it should be."""
    if content.count(b"\n") > MOST_ROWS + 1:
        raise Refused(TOO_MANY_ROWS)
    rows = list(paced(_rows(_text(content)), rest))
    if not rows:
        raise _refused("NO_ROWS", 1, "filen har inga datarader", "the file has no data rows")
    labels = _labels(paced(rows, rest))
    taken, skipped = _without_duplicates(paced(rows, rest))
    figures = tuple(figure for row in paced(taken, rest) for figure in _figures(row))
    return Reading(len(rows), figures, tuple(sorted(skipped, key=lambda one: one.row)), labels)


def _text(content: bytes) -> str:
    """The file as text: UTF-8 when it is that, otherwise ISO-8859-1 without control characters."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("iso-8859-1")
    if found := _CONTROL.search(text):
        row = text.count("\n", 0, found.start()) + 1
        raise _refused("NOT_TEXT", row, "filen är inte text", "the file is not text")
    return text


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
    for number, line in enumerate(lines[1:], start=2):
        yield _row(number, line)


def _row(number: int, line: str) -> Row:
    fields = [field.strip() for field in line.split(";")]
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
        skipped.append(Skipped(loser.number, reason))
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
        yield Figure(row.number, indicator, geography, period, unit, value, row.preliminary)


def _refused(code: str, row: int, sv: str, en: str) -> Refused:
    """The file is refused whole; the words name the row."""
    words = f"Rad {row}: {sv}.", f"Row {row}: {en}."
    return Refused(Refusal(f"STATISTICS.{code}", *words, UNPROCESSABLE))
