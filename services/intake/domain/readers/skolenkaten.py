"""Skolinspektionen's school survey (Skolenkäten) as XLSX. Pure.

A sheet of results has the title in A1, the questions along row 1, answers in row 2 and measures in
row 3. Taken are, with the number of answers: the response rate, each area's index and each
question's mean (0-10), for schools, municipalities as principals, and all schools together, those
also by gender. ``-`` means that too few answered: hidden. Not taken: how answers are distributed
(each its own rules of masking), the sheet by gender (it does not say how many answered) and
principals that are companies, which are no areas.
"""

import re
from dataclasses import dataclass

from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.marks import Marks, Told
from services.intake.domain.readers.reading import Figure, Place, Reading, Skip, refused
from services.intake.domain.readers.skolverket import school
from services.intake.domain.readers.workbook import Book, Cells, opened
from shared.contracts.codes import StatisticCaution

SOURCE = "skolenkaten"
TITLE = re.compile(r"Skolenkäten (?P<year>20[0-9][0-9]) +- +(?P<group>\S.*)")
ABOUT = (
    "Orgnummer", "Huvudman", "Kommun", "Skolenhetskod", "Skolenhet",
    "Antal i gruppen", "Antal", "Svarsfrekvens",
)  # fmt: skip
ALL = "Samtliga deltagande skolor"
UNITS = {"Index": "index-0-10", "Medelvärde": "medelvaerde-0-10"}
RATE, RATE_UNIT = "Svarsfrekvens", "andel"
NO_INDEX = "(bildar ej index)"
MARKS = Marks(hidden=frozenset({"-"}), nothing=frozenset({""}), decimal=".")
_NUMBERED = re.compile(r"[0-9]{1,2}\. ")
_OWN_CODE = re.compile(r" *\(?(?:Skolenhet: )?[0-9]{8}\)?$")


@dataclass(frozen=True, slots=True)
class Table:
    """The head of a sheet of results."""

    sheet: int
    year: str
    group: str
    measures: dict[int, tuple[str, str]]  # column -> question, unit


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The sheet of results, or ``Refused`` naming sheet and cell."""
    gathering = Gathering(rest)
    with opened(content, rest) as book:
        table = _table(book)
        rows = book.rows(table.sheet)
        for number, cells in rows:
            if number > 3:  # noqa: PLR2004 - the head
                _row(gathering, table, Place(table.sheet, number), cells)
    return gathering.done(SOURCE, StatisticCaution.SURVEY)


def is_title(cell: object) -> bool:
    """Whether a workbook beginning so is a school survey."""
    return isinstance(cell, str) and TITLE.fullmatch(cell.strip()) is not None


def _table(book: Book) -> Table:
    """The first sheet, checked to be one of results."""
    head = dict(book.lines(1, 3))
    title, answers, measures = (head.get(number, ()) for number in (1, 2, 3))
    found = TITLE.fullmatch(str(title[0]).strip()) if title else None
    if found is None:
        raise _refused("WRONG_TITLE", 1, 1, "Skolenkäten, år och grupp / year and group")
    for column, name in enumerate(ABOUT, start=1):
        if len(answers) < column or answers[column - 1] != name:
            raise _refused("WRONG_HEADER", 2, column, name)
    wanted: dict[int, tuple[str, str]] = {}
    for column, measure in enumerate(measures, start=1):
        question = title[column - 1] if column <= len(title) else None
        if measure in UNITS and not str(question).endswith(NO_INDEX):
            if not isinstance(question, str):
                raise _refused("WRONG_HEADER", 1, column, "fråga / question")
            wanted[column] = _NUMBERED.sub("", question.strip()), str(measure)
    if not wanted:
        raise _refused("WRONG_HEADER", 3, len(ABOUT) + 1, "Index, Medelvärde")
    return Table(1, found["year"], found["group"].strip(), wanted)


def _row(gathering: Gathering, table: Table, place: Place, cells: Cells) -> None:
    gathering.row(place)
    area = _area(gathering, place, cells)
    if area is None:
        gathering.skip(place, Skip.NOT_AN_AREA)
        return
    geography, gender = area
    answered = MARKS.told(place.at(7), cells[6])
    n = None if answered.value is None else round(answered.value)
    told = MARKS.told(place.at(8), cells[7])
    if told.value is not None:
        _tell(gathering, table, (place.at(8), geography, gender, n), (RATE, RATE_UNIT), told)
    for column, (question, measure) in table.measures.items():
        told = MARKS.told(place.at(column), cells[column - 1] if column <= len(cells) else None)
        what = question, UNITS[measure]
        _tell(gathering, table, (place.at(column), geography, gender, n), what, told)


def _tell(
    gathering: Gathering,
    table: Table,
    about: tuple[Place, str, str | None, int | None],
    what: tuple[str, str],
    told: Told,
) -> None:
    place, geography, gender, n = about
    question, unit = what
    index = ["Index"] if unit == UNITS["Index"] else []
    labels = [table.group, *index, question, *([gender] if gender else [])]
    indicator = gathering.name(place, *labels)
    figure = Figure(place, indicator, geography, table.year, unit, told.value, n=n)
    gathering.tell(figure, told)


def _area(gathering: Gathering, place: Place, cells: Cells) -> tuple[str, str | None] | None:
    """The geography of a row and the gender it is about; None for a company's row."""
    _, principal, municipality, code, name = (
        "" if cell is None else str(cell).strip() for cell in cells[:5]
    )
    if code or name:
        told = (code, _OWN_CODE.sub("", name), municipality)
        return school(gathering, place.at(4), told), None
    whole, _, gender = principal.partition(" - ")
    if whole == ALL:
        return gathering.name(place.at(2), whole), gender or None
    if principal.endswith(" kommun"):
        return gathering.name(place.at(2), principal), None
    return None


def _refused(code: str, row: int, column: int, expected: str) -> Exception:
    return refused(
        code, Place(1, row, column), f"här ska det stå {expected}", f"this should be {expected}"
    )
