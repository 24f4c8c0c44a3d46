"""Brå's table P1M b: reported crimes of the whole country so far this year. Pure.

The sheet as CSV: the table's title in the first line, the header in the second, spaces within
numbers (``1478 879``), ``- 4`` is minus four, ``-`` alone zero, ``.`` nothing to tell. The figures
are preliminary. What stands there until a month before December is told with that span in its
unit: it is no figure of the year.
"""

import re

from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.csv_table import Row, rows_of, same_width
from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.marks import Marks
from services.intake.domain.readers.reading import Figure, Place, Reading, line, refused
from shared.contracts.codes import StatisticCaution

SOURCE = "bra-p1m"
TITLE = "Tabell P1M"
GEOGRAPHY = "hela-landet"
UNITS = ("antal", "foeraendring-antal", "foeraendring-procent", "per-100000-inv")
MARKS = Marks(zero=frozenset({"-"}))
_SPAN = re.compile(
    r"Antal brott totalt, ackumulerat under (?P<span>[a-z]{3}(?:-[a-z]{3})?) (?P<year>20[0-9][0-9])"
)
_FORM = ("Förändring", "Förändring", "Antal brott per 100 000")


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The whole table, or ``Refused`` naming the row and column."""
    rows = rows_of(content, ";")
    _title(next(rows, (line(1), [""])))
    year, span = _header(next(rows, (line(2), [])))
    gathering, seen, group = Gathering(rest), set[tuple[str, str]](), ("", "")
    for row in rows:
        place, (law, crime, *cells) = row[0], same_width(row, 6)
        gathering.row(place)
        about = law.strip(), crime.strip()
        group = about if crime.strip().endswith(", totalt") else group
        names = [about[1], about[0]] + ([group[1]] if about in seen else [])
        seen.add(about)
        indicator = gathering.name(place, *names)
        for column, (unit, cell) in enumerate(zip(UNITS, cells, strict=True), start=3):
            at, told = place.at(column), MARKS.told(place.at(column), cell)
            figure = Figure(at, indicator, GEOGRAPHY, year, unit + span, told.value, True)  # noqa: FBT003
            gathering.tell(figure, told)
    return gathering.done(SOURCE, StatisticCaution.REPORTED_CRIME)


def _title(row: Row) -> None:
    place, fields = row
    if not fields[0].startswith(TITLE) or "i hela landet" not in fields[0]:
        raise refused(
            "WRONG_TITLE",
            place,
            "första raden ska vara titeln på Tabell P1M b för hela landet",
            "the first line should be the title of table P1M b for the whole country",
        )


def _header(row: Row) -> tuple[str, str]:
    """The year, and what the unit says of a span that is not the whole of it."""
    place, fields = row
    names = [" ".join(field.split()) for field in fields]
    if names[:2] != ["Lagrum", "Brottstyp"] or len(names) != 2 + len(UNITS):
        raise _wrong(place)
    if not (found := _SPAN.fullmatch(names[2])):
        raise _wrong(place.at(3))
    for column, (name, form) in enumerate(zip(names[3:], _FORM, strict=True), start=4):
        if not name.startswith(form):
            raise _wrong(place.at(column))
    span = "" if found["span"] == "jan-dec" else f"-{found['span']}"
    return found["year"], span


def _wrong(place: Place) -> Exception:
    return refused(
        "WRONG_HEADER",
        place,
        "rubrikraden ska vara Lagrum, Brottstyp, antal brott ackumulerat under jan-… och år, två "
        "förändringar och antal per 100 000 invånare",
        "the header should be Lagrum, Brottstyp, crimes accumulated during jan-… and year, two "
        "changes and the number per 100,000",
    )
