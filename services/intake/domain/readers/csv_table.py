"""Comma-separated files by the csv module: numbered rows and named columns. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from services.intake.domain.readers.reading import Place, line, refused, text_of

Row = tuple[Place, list[str]]


def rows_of(content: bytes, delimiter: str) -> Iterator[Row]:
    """Rows that say something, each with the line it begins on."""
    reader = csv.reader(io.StringIO(text_of(content), newline=""), delimiter=delimiter)
    while True:
        place = line(reader.line_num + 1)
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise refused(
                "BAD_CSV", place, "raden går inte att läsa", "the row cannot be read"
            ) from error
        if fields is None:
            return
        if any(field.strip() for field in fields):
            yield place, fields


def header_of(rows: Iterator[Row]) -> Row:
    """The first row, its names as they are without the spaces around them."""
    place, fields = next(rows, (line(1), list[str]()))
    return place, [" ".join(field.split()) for field in fields]


def columns(header: Row, wanted: Sequence[str]) -> dict[str, int]:
    """Where the wanted columns stand; refused when one is missing or stands twice."""
    place, names = header
    for name in wanted:
        if names.count(name) != 1:
            raise wrong_header(place, wanted)
    return {name: names.index(name) for name in wanted}


def wrong_header(place: Place, wanted: Sequence[str]) -> Exception:
    """The refusal that tells which columns a file of this kind has."""
    listed = ", ".join(wanted)
    return refused(
        "WRONG_HEADER",
        place,
        f"rubrikraden ska ha kolumnerna {listed}, var och en en gång",
        f"the header should have the columns {listed}, each of them once",
    )


def same_width(row: Row, width: int) -> list[str]:
    """The fields of a row that is as wide as its header; one empty field more is let go."""
    place, fields = row
    if len(fields) == width + 1 and not fields[-1].strip():
        return fields[:-1]
    if len(fields) != width:
        raise refused(
            "WRONG_FIELDS",
            place,
            f"raden har {len(fields)} fält, inte {width}",
            f"the row has {len(fields)} fields, not {width}",
        )
    return fields


def normal(header: Sequence[str]) -> list[str]:
    """Column names as an API writes them: lower case, underscores."""
    return [" ".join(name.split()).lower().replace(" ", "_") for name in header]


def pick(fields: Sequence[str], where: Mapping[str, int]) -> dict[str, str]:
    """The wanted fields by name, without the spaces around them."""
    return {name: fields[column].strip() for name, column in where.items()}
