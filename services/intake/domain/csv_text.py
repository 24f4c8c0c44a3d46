"""CSV as people save it: bytes in, numbered rows out, or the one reason why not. Pure."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused

MOST_COLUMNS: Final = 100
LONGEST_CELL: Final = 4000
DELIMITERS: Final = (";", ",", "\t")
_ENCODINGS: Final = ("utf-8-sig", "cp1252")


@dataclass(frozen=True, slots=True)
class Line:
    """A row with the number of the line it begins on, as an editor counts."""

    number: int
    cells: Sequence[str]


def lines_of(content: bytes, delimiter: str | None = None) -> Iterator[Line]:
    """The rows of a CSV file in order, empty ones left out; their texts in NFC.

    Raises:
        Refused: the file is no CSV that can be read whole; the refusal names the line.
    """
    text = _text(content)
    lines = io.StringIO(text, newline="")
    read = csv.reader(lines, delimiter=delimiter or _delimiter(text), strict=True)
    begins = 1
    try:
        for cells in read:
            if any(cell.strip() for cell in cells):
                yield Line(begins, [_checked(cell, begins) for cell in _bounded(cells, begins)])
            begins = read.line_num + 1
    except csv.Error as error:
        raise _broken(begins, error) from error


def no_file(code: str, sv: str, en: str) -> Refused:
    """What is wrong with the file as a whole."""
    return Refused(Refusal(f"FILE.{code}", sv, en, UNPROCESSABLE))


def _text(content: bytes) -> str:
    if not content.strip():
        raise no_file("EMPTY", "Filen är tom.", "The file is empty.")
    if b"\x00" in content:
        row = content[: content.index(b"\x00")].count(b"\n") + 1
        raise no_file(
            "NOT_TEXT",
            f"Rad {row}: ett nolltecken. Spara filen som CSV i UTF-8.",
            f"Row {row}: a NUL character. Save the file as CSV in UTF-8.",
        )
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("iso-8859-1")  # it reads every byte


def _delimiter(text: str) -> str:
    """The one of `;`, `,` and tab that the first line has most of, outside its quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


def _bounded(cells: Sequence[str], row: int) -> Sequence[str]:
    if len(cells) > MOST_COLUMNS:
        raise no_file(
            "TOO_MANY_COLUMNS",
            f"Rad {row}: fler än {MOST_COLUMNS} kolumner.",
            f"Row {row}: more than {MOST_COLUMNS} columns.",
        )
    return cells


def _checked(cell: str, row: int) -> str:
    if len(cell) > LONGEST_CELL:
        raise _too_long(row)
    return unicodedata.normalize("NFC", cell.replace("\r\n", "\n")).strip()


def _broken(row: int, error: csv.Error) -> Refused:
    if "field limit" in str(error):
        return _too_long(row)
    return no_file(
        "BROKEN_QUOTES",
        f"Rad {row}: citattecknen stämmer inte.",
        f"Row {row}: the quotation marks do not match.",
    )


def _too_long(row: int) -> Refused:
    return no_file(
        "CELL_TOO_LONG",
        f"Rad {row}: en cell är längre än {LONGEST_CELL} tecken.",
        f"Row {row}: a cell is longer than {LONGEST_CELL} characters.",
    )
