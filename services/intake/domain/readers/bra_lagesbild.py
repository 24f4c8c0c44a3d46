"""Brå's "Indikatorer för kommuners lägesbild" as XLSX: one indicator per sheet. Pure.

A1 is the indicator's title, row 2 the headers ``<unit> <year>``, column A the geography; ``..`` is
suppressed, ``-`` zero. A sheet whose second row has no such header (a description) is left out.
"""

import re
from collections.abc import Iterator

from services.intake.domain.labels import slug
from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.bra_kommun import IDENTIFIERS, MARKS
from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.reading import Figure, Place, Reading, Skip, refused
from services.intake.domain.readers.workbook import Book, Cells, opened
from shared.contracts.codes import StatisticCaution

SOURCE = "bra-lagesbild"
_HEADED = re.compile(
    r"(?P<unit>.{1,80}?),? (?P<year>(?:19|20)[0-9][0-9])(?P<preliminary> ?prel\.?)?"
)

Columns = dict[int, tuple[str, str, bool]]  # unit, year, preliminary


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The whole workbook, or ``Refused`` naming sheet and cell."""
    gathering = Gathering(rest)
    with opened(content, rest) as book:
        shaped = [sheet for sheet in book.sheets if has_form(list(book.rows(sheet, 2)))]
        if not shaped:
            raise refused(
                "WRONG_FORM",
                Place(1, 2, 2),
                "här ska det stå enhet och år, till exempel Antal 2024, med en titel i A1",
                "this should be unit and year, such as Antal 2024, with a title in A1",
            )
        for sheet in shaped:
            _sheet(gathering, book, sheet)
    return gathering.done(SOURCE, StatisticCaution.MIXED_INDICATORS)


def has_form(rows: list[tuple[int, Cells]]) -> bool:
    """Whether these two first rows are a title and a header of this kind."""
    if [number for number, _ in rows] != [1, 2]:
        return False
    title, header = rows[0][1], rows[1][1]
    alone = all(cell is None for cell in title[1:])
    headed = any(_HEADED.fullmatch(str(cell).strip()) for cell in header[1:])
    return alone and bool(title) and isinstance(title[0], str) and headed


def _sheet(gathering: Gathering, book: Book, sheet: int) -> None:
    rows = book.rows(sheet)
    title = str(next(rows)[1][0])
    header = next(rows)[1]
    headers = _columns(sheet, header)
    for column in headers:
        gathering.say(Place(sheet, 2, column), str(header[column - 1]))
    indicator = gathering.name(Place(sheet, 1, 1), title)
    for number, cells in rows:
        place = Place(sheet, number)
        gathering.row(place)
        named = cells[0]
        figures = list(_figures(place, cells, headers))
        if not figures:
            gathering.skip(place, Skip.NO_FIGURES)  # a note below the table
            continue
        if not isinstance(named, str):
            raise refused("BAD_LABEL", place.at(1), "här saknas ett namn", "a name is missing here")
        geography = gathering.name(place.at(1), named.strip())
        for at, unit, year, value, preliminary in figures:
            gathering.add(Figure(at, indicator, geography, year, unit, value, preliminary))


def _columns(sheet: int, header: Cells) -> Columns:
    found: Columns = {}
    for column, cell in enumerate(header[1:], start=2):
        name = "" if cell is None else " ".join(str(cell).split())
        if not name or name.lower() in IDENTIFIERS:
            continue
        headed = _HEADED.fullmatch(name)
        if headed is None or not slug(headed["unit"]):
            raise refused(
                "WRONG_HEADER",
                Place(sheet, 2, column),
                "här ska det stå enhet och år, till exempel Antal 2024",
                "this should be unit and year, such as Antal 2024",
            )
        preliminary = headed["preliminary"] is not None
        found[column] = slug(headed["unit"]), headed["year"], preliminary
    return found


def _figures(
    place: Place, cells: Cells, headers: Columns
) -> Iterator[tuple[Place, str, str, float | None, bool]]:
    for column, (unit, year, preliminary) in headers.items():
        at = place.at(column)
        told = MARKS.told(at, cells[column - 1] if column <= len(cells) else None)
        if told.said:
            yield at, unit, year, told.value, preliminary
