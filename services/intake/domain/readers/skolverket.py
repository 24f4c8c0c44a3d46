"""Skolverket's pupils per grade, a school per row. Pure.

``;``, lines before the header (among them ``Valt läsår: 2020/21``) and explanations after the
data, decimal comma, spaces between thousands, ``.`` no data, ``..`` hidden because of few pupils.
The figures are of October of the year the school year begins in. A school is known by its code in
the register of schools; its principal's organisation number is not taken (a person's may be one).
"""

import re
from collections.abc import Iterator, Sequence

from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.csv_table import Row, header_of, pick, rows_of, wrong_header
from services.intake.domain.readers.csv_table import columns as columns_of
from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.marks import Marks
from services.intake.domain.readers.reading import Figure, Place, Reading, line, refused
from shared.contracts.codes import StatisticCaution

SOURCE = "skolverket-arskurs"
FIRST_LINE = "Statistik från Skolverket"
ABOUT = ("Skola", "Skol-enhetskod", "Skolkommun")
MARKS = Marks()
_SCHOOL_YEAR = re.compile(r"Valt läsår: (?P<year>20[0-9][0-9])/[0-9][0-9]")
_FIGURES = re.compile(r"(?P<share>Andel \(%\))|Elever\b")
_SCHOOL = re.compile(r"[0-9]{8}")
_NOTE = 3  # fields: what is narrower explains


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The whole file, or ``Refused`` naming the row and column."""
    rows = rows_of(content, ";")
    period, header = _head(rows)
    where = columns_of(header, ABOUT)
    units = _units(header)
    gathering = Gathering(rest)
    for place, fields in _data(rows, len(header[1])):
        gathering.row(place)
        geography = _school(gathering, place.at(1), pick(fields, where))
        for column, unit in units.items():
            at = place.at(column + 1)
            told = MARKS.told(at, fields[column])
            indicator = gathering.name(at, header[1][column])
            gathering.tell(Figure(at, indicator, geography, period, unit, told.value), told)
    return gathering.done(SOURCE, StatisticCaution.OFFICIAL_STATISTICS)


def _data(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """The rows of schools; what comes after them explains, and no school comes after that."""
    note: Place | None = None
    for place, fields in rows:
        if len(fields) == width and note is None:
            yield place, fields
        elif len(fields) == width or (note is None and len(fields) >= _NOTE):
            sv, en = "raden har fel antal fält", "the row has the wrong number of fields"
            raise refused("WRONG_FIELDS", note or place, sv, en)
        else:
            note = note or place


def _head(rows: Iterator[Row]) -> tuple[str, Row]:
    """The period and the header, with what stands before it read on the way."""
    place, fields = header_of(rows)
    period: str | None = None
    if fields and fields[0].startswith(FIRST_LINE):
        for place, fields in rows:  # noqa: B007 - the header is what it ends on
            if len(fields) > _NOTE:
                break
            if found := _SCHOOL_YEAR.fullmatch(fields[0].strip()):
                period = f"{found['year']}-10"
    if period is None:
        raise refused(
            "WRONG_TITLE",
            line(1),
            "filen ska börja med Statistik från Skolverket och säga valt läsår",
            "the file should begin with Statistik från Skolverket and say the school year",
        )
    return period, (place, [" ".join(field.split()) for field in fields])


def _units(header: Row) -> dict[int, str]:
    place, names = header
    found = {
        column: "procent" if match["share"] else "antal"
        for column, name in enumerate(names)
        if (match := _FIGURES.match(name))
    }
    if not found:
        raise wrong_header(place, (*ABOUT, "Elever, årskurs 1"))
    return found


def _school(gathering: Gathering, place: Place, told: dict[str, str]) -> str:
    name, code, municipality = (told[column] for column in ABOUT)
    return school(gathering, place, (code, name, municipality))


def school(gathering: Gathering, place: Place, told: Sequence[str]) -> str:
    """A school of the register by its code, called by its name and municipality."""
    code, name, municipality = told
    if not _SCHOOL.fullmatch(code) or not name or not municipality:
        raise refused(
            "BAD_SCHOOL",
            place,
            "en skola ska ha namn, kommun och en kod med åtta siffror",
            "a school should have a name, a municipality and a code of eight digits",
        )
    return gathering.code(place, f"skolenhet-{code}", f"{name}, {municipality}")
