"""Brå's "Indikatorer för kommuners lägesbild" as XLSX: one indicator per sheet. Pure.

A1 is the indicator's title, row 2 the headers ``<unit> <year>``, column A the geography; ``..`` is
suppressed, ``-`` zero. The rows of a sheet without such headers (a description, a list of contents)
are left out; one that has them elsewhere, with figures below, is refused, so that nothing is lost.
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
from shared.contracts.refusal import Refused

SOURCE = "bra-lagesbild"
_HEADED = re.compile(
    r"(?P<unit>.{1,80}?),? (?P<year>(?:19|20)[0-9][0-9])(?P<preliminary> ?prel\.?)?"
)

_YEAR = re.compile(r"(?:19|20)[0-9][0-9]")

Columns = dict[int, tuple[str, str, bool]]  # unit, year, preliminary


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The whole workbook, or ``Refused`` naming sheet and cell."""
    gathering = Gathering(rest)
    with opened(content, rest) as book:
        shaped = {sheet for sheet in book.sheets if has_form(list(book.lines(sheet, 2)))}
        if not shaped:
            raise refused(
                "WRONG_FORM",
                Place(1, 2, 2),
                "här ska det stå enhet och år, till exempel Antal 2024, med en titel i A1",
                "this should be unit and year, such as Antal 2024, with a title in A1",
            )
        for sheet in book.sheets:
            read_one = _sheet if sheet in shaped else _leave_out
            read_one(gathering, book, sheet)
    return gathering.done(SOURCE, StatisticCaution.MIXED_INDICATORS)


def has_form(rows: list[tuple[int, Cells]]) -> bool:
    """Whether these two first rows are a title and a header of this kind."""
    if [number for number, _ in rows] != [1, 2]:
        return False
    title, header = rows[0][1], rows[1][1]
    alone = all(cell is None for cell in title[1:])
    headed = any(_HEADED.fullmatch(str(cell).strip()) for cell in header[1:])
    return alone and bool(title) and isinstance(title[0], str) and headed


def _leave_out(gathering: Gathering, book: Book, sheet: int) -> None:
    """A sheet that is no table; refused where figures stand under a unit and a year, or years."""
    headed: dict[int, Place] = {}
    for number, cells in book.lines(sheet):
        for column in headed.keys() & _figures_in(cells):
            raise refused(
                "WRONG_FORM",
                headed[column],
                "rubriken till siffror ska vara enhet och år och stå i rad 2, med titeln ensam i "
                "A1; rätta bladet eller ta bort det",
                "the heading of figures should be unit and year and stand in row 2, with the title "
                "alone in A1; mend the sheet or remove it",
            )
        headed |= {column: Place(sheet, number, column) for column in _headings(cells)}
        place = Place(sheet, number)
        gathering.row(place)
        gathering.skip(place, Skip.NO_TABLE)


def _headings(cells: Cells) -> set[int]:
    """The columns headed by a unit and a year, or by years where there are several."""
    texts = {column: str(cell).strip() for column, cell in enumerate(cells[1:], start=2)}
    years = {column for column, text in texts.items() if _YEAR.fullmatch(text)}
    told = {column for column, text in texts.items() if _HEADED.fullmatch(text)}
    return told | (years if len(years) > 1 else set())


def _figures_in(cells: Cells) -> set[int]:
    return {column for column, cell in enumerate(cells[1:], start=2) if _is_figure(cell)}


def _is_figure(cell: object) -> bool:
    try:
        return MARKS.told(Place(0, 0), cell).said
    except Refused:
        return False


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
        for column in _figures_in(cells) - headers.keys():
            if _unnamed(header, column):
                raise _no_heading(Place(sheet, 2, column))
        figures = list(_figures(place, cells, headers))
        if not figures:
            gathering.skip(place, Skip.NO_FIGURES)  # a note below the table
            continue
        if not isinstance(named, str):
            raise refused("BAD_LABEL", place.at(1), "här saknas ett namn", "a name is missing here")
        geography = gathering.name(place.at(1), named.strip())
        for at, unit, year, value, preliminary in figures:
            gathering.add(Figure(at, indicator, geography, year, unit, value, preliminary))


def _unnamed(header: Cells, column: int) -> bool:
    return column > len(header) or not str(header[column - 1] or "").strip()


def _no_heading(place: Place) -> Refused:
    return refused(
        "WRONG_HEADER",
        place,
        "siffrorna under den här cellen har ingen rubrik med enhet och år (en sammanslagen rubrik "
        "gäller bara sin första kolumn)",
        "the figures below this cell have no heading with unit and year (a merged heading counts "
        "for its first column only)",
    )


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
