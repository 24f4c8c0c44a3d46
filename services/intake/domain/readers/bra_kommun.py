"""Brå's reported crimes per municipality as CSV. Pure.

``;``, decimal comma, no-break spaces between thousands, ``..`` suppressed, ``-`` zero. The first
column names the area; the others hold figures, each headed ``<unit> <year>``. A column ``Brott`` or
``Brottstyp`` names the crime; without it the figures are of all reported crimes. Two headers of a
file in circulation (``numCrimes``, ``crimesRelative``) are known; it has no year: say it beside.
"""

import re
from collections.abc import Iterator

from services.intake.domain.labels import slug
from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.csv_table import Row, header_of, rows_of, same_width
from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.marks import Marks
from services.intake.domain.readers.reading import NO_MORE, Figure, More, Place, Reading, refused
from shared.contracts.codes import StatisticCaution

SOURCE = "bra-kommun"
AREA = ("name", "kommun", "region", "område")
CRIME = ("brott", "brottstyp")
IDENTIFIERS = ("kommunkod", "kod", "länskod", "län")
ALL_CRIMES = "Anmälda brott"
KNOWN = {"numCrimes": "antal", "crimesRelative": "per-100000-inv"}
MARKS = Marks(zero=frozenset({"-"}))
_HEADED = re.compile(
    r"(?P<unit>.{1,80}?),? (?P<year>(?:19|20)[0-9][0-9])(?P<preliminary> ?prel\.?)?"
)
_YEAR = re.compile(r"(?:19|20)[0-9][0-9]")

Column = tuple[int, str, str, bool]  # where, unit, year, preliminary


def read(content: bytes, rest: Rest = no_rest, more: More = NO_MORE) -> Reading:
    """The whole file, or ``Refused`` naming the row and column."""
    rows = rows_of(content, ";")
    place, names = header_of(rows)
    lowered = [name.lower() for name in names]
    if not names or lowered[0] not in AREA:
        raise _wrong(place.at(1))
    crime = next((lowered.index(name) for name in CRIME if name in lowered), None)
    left_out = {0, crime} | {lowered.index(name) for name in IDENTIFIERS if name in lowered}
    told_in = [
        column(place.at(where + 1), where, name, more.period)
        for where, name in enumerate(names)
        if where not in left_out and name
    ]
    if not told_in:
        raise _wrong(place.at(2))
    gathering = Gathering(rest)
    for where, *_ in told_in:
        gathering.say(place.at(where + 1), names[where])
    for row in rows:
        fields = same_width(row, len(names))
        about = ALL_CRIMES if crime is None else fields[crime]
        for figure in _figures(gathering, (row[0], fields), about, told_in):
            gathering.add(figure)
    return gathering.done(SOURCE, StatisticCaution.REPORTED_CRIME)


def _figures(gathering: Gathering, row: Row, about: str, told_in: list[Column]) -> Iterator[Figure]:
    place, fields = row
    gathering.row(place)
    indicator = gathering.name(place, about.strip())
    geography = gathering.name(place.at(1), fields[0].strip())
    for where, unit, year, preliminary in told_in:
        at = place.at(where + 1)
        told = MARKS.told(at, fields[where])
        if told.said:
            yield Figure(at, indicator, geography, year, unit, told.value, preliminary)


def column(place: Place, where: int, name: str, period: str | None = None) -> Column:
    """What a column of figures holds, by its header or by what was said beside the file."""
    if name in KNOWN:
        if period is None or not _YEAR.fullmatch(period):
            raise refused(
                "PERIOD_MISSING",
                place,
                "filen säger inte vilket år den gäller: ange året",
                "the file does not say which year it is about: give the year",
            )
        return where, KNOWN[name], period, False
    found = _HEADED.fullmatch(name)
    if found is None or not slug(found["unit"]):
        raise _wrong(place)
    return where, slug(found["unit"]), found["year"], found["preliminary"] is not None


def _wrong(place: Place) -> Exception:
    return refused(
        "WRONG_HEADER",
        place,
        "rubrikraden ska börja med kommun och sedan ha enhet och år, till exempel Antal 2024",
        "the header should begin with kommun and go on with unit and year, such as Antal 2024",
    )
