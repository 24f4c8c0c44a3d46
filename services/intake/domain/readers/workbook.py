"""XLSX files, bounded: what a small file unfolds to is counted before and as it is read. Pure."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS, XLSM, XLSX, XLTM, XLTX

from services.intake.domain.pace import Rest
from services.intake.domain.readers.reading import MOST_ROWS, TOO_MANY_ROWS, Place, refused
from services.intake.domain.readers.unfolding import (
    MOST_CELLS,
    MOST_SHEETS,
    SHEET,
    STRINGS,
    TOO_LARGE,
    UNOPENED,
    check,
)
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused

CELLS_PER_SLICE: Final = 5_000
MAGIC: Final = b"PK\x03\x04"

NOT_XLSX = Refusal(
    "STATISTICS.NOT_XLSX",
    "Filen är ingen läsbar Excel-arbetsbok (.xlsx).",
    "The file is not a readable Excel workbook (.xlsx).",
    UNPROCESSABLE,
)
_TREES: Final = frozenset({XLSX, XLSM, XLTX, XLTM})
_FORMULA, _VALUE = f"{{{SHEET_MAIN_NS}}}f", f"{{{SHEET_MAIN_NS}}}v"
_UNCALCULATED: Final = "\0 a formula without a value"  # no text in a workbook holds such a sign
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, DefusedXmlException, ParseError,
    KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError, RuntimeError,
)  # fmt: skip

Cells = tuple[Any, ...]


class _Cells(WorkSheetParser):
    """The cells of a sheet; a formula whose value was never calculated is not an empty cell."""

    def parse_cell(self, element: Any) -> dict[str, Any]:  # noqa: ANN401 - an element of XML
        """The cell; its text is a known one where a formula has no value."""
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(_FORMULA) is not None:
            told = element.find(_VALUE)
            if told is None or element.get("t") != "str":  # a text may be empty
                cell["value"] = _UNCALCULATED
        return cell


class _Reader(ExcelReader):
    """Opens a part only as what its name says, for so it was counted; charts are not opened."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        unopened = {name for name in self.valid_files if UNOPENED.fullmatch(name)}
        self.valid_files = [name for name in self.valid_files if name not in unopened]
        for name in unopened:
            self.archive.NameToInfo.pop(name, None)

    def read_manifest(self) -> None:
        """What lies in the archive; neither a tree nor the strings are named like a sheet."""
        super().read_manifest()
        for part in self.package.Override:
            name = part.PartName[1:]
            if part.ContentType in _TREES and (SHEET.fullmatch(name) or STRINGS.fullmatch(name)):
                raise InvalidFileException
            if part.ContentType == SHARED_STRINGS and SHEET.fullmatch(name):
                raise InvalidFileException

    def read_worksheets(self) -> None:
        """The sheets; none is named like the strings."""
        if any(STRINGS.fullmatch(relation.target) for _, relation in self.parser.find_sheets()):
            raise InvalidFileException
        super().read_worksheets()

    def read_chartsheet(self, sheet: object, rel: object) -> None:
        """Nothing: a chart has no rows."""


class Book:
    """An open workbook; sheets count from 1."""

    def __init__(self, opened: openpyxl.Workbook, rest: Rest) -> None:
        self._sheets = opened.worksheets
        self._rest = rest
        self._cells = 0

    @property
    def sheets(self) -> range:
        """The numbers of its sheets."""
        return range(1, len(self._sheets) + 1)

    def rows(self, sheet: int) -> Iterator[tuple[int, Cells]]:
        """Rows with a value, each with its number; refused where a formula has none."""
        for number, cells in self.lines(sheet):
            if _UNCALCULATED in cells:
                raise _never_calculated(Place(sheet, number, cells.index(_UNCALCULATED) + 1))
            yield number, cells

    def lines(self, sheet: int, most: int | None = None) -> Iterator[tuple[int, Cells]]:
        """As `rows`, of a sheet that need not be a table: a formula without a value is a text."""
        with _readable():
            for number, cells in _cells_of(self._sheets[sheet - 1], most):
                self._count(number, len(cells))
                if any(cell is not None and cell != "" for cell in cells):
                    yield number, cells

    def _count(self, number: int, width: int) -> None:
        if number > MOST_ROWS:
            raise Refused(TOO_MANY_ROWS)
        before, self._cells = self._cells, self._cells + width
        if self._cells > MOST_CELLS:
            raise Refused(TOO_LARGE)
        if before // CELLS_PER_SLICE != self._cells // CELLS_PER_SLICE:
            self._rest()


def _cells_of(sheet: Any, most: int | None) -> Iterator[tuple[int, Cells]]:  # noqa: ANN401 - openpyxl has no types
    """Its rows from the first on; what the sheet says of its size is not used."""
    book, before = sheet.parent, 0
    sheet.reset_dimensions()
    with sheet._get_source() as source:  # noqa: SLF001 - as openpyxl reads its rows
        parser = _Cells(
            source,
            sheet._shared_strings,  # noqa: SLF001
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )
        for number, row in parser.parse():
            if most is not None and number > most:
                return
            if number > before:
                before = number
                yield number, sheet._get_row(row, values_only=True)  # noqa: SLF001


def _never_calculated(place: Place) -> Refused:
    return refused(
        "NOT_CALCULATED",
        place,
        "här står en formel som aldrig har räknats ut; öppna och spara filen i ett kalkylprogram",
        "this is a formula whose value was never calculated; open and save it in a spreadsheet "
        "program",
    )


@contextmanager
def opened(content: bytes, rest: Rest) -> Iterator[Book]:
    """The workbook; refused when it is none or would grow beyond its bounds."""
    with _readable():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check(archive, rest)
        reader = _Reader(content)
        reader.read()
        book = reader.wb
    try:
        if len(book.worksheets) > MOST_SHEETS:
            raise Refused(TOO_LARGE)
        yield Book(book, rest)
    finally:
        book.close()


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise Refused(NOT_XLSX) from error


def first_rows(content: bytes, rest: Rest, most: int) -> list[list[tuple[int, Cells]]]:
    """The first rows of every sheet: enough to tell what a workbook is."""
    with opened(content, rest) as book:
        return [list(book.lines(sheet, most)) for sheet in book.sheets]
