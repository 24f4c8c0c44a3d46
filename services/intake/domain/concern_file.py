"""A CSV file of concerns: rows in, reports and their keys out. Pure; nothing is sent from here.

What cannot be read stays the text it was, so that the report's own rules refuse it and name the
column. A row's key is made of what the row says and of how many equal rows came before it: the
same file, or a longer one, brings nothing twice.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid5

from pydantic import ValidationError

from services.intake.domain.csv_text import Line, lines_of, no_file
from services.intake.domain.file_map import FileMap, folded
from services.intake.domain.report import OF_CONTENT, ConcernReport
from shared.contracts.calendar import ZONE
from shared.contracts.ids import NAMESPACE

MOST_ROWS: Final = 100_000
CELLS: Final = "cells"
_LONGEST_DAY: Final = 10
_LISTS: Final = frozenset({"secondary", "flags", "measures_taken"})
_TIMES: Final = ("observed_from", "observed_to")
_SWITCHES: Final = frozenset({"place_unknown", "wants_feedback", "ongoing_danger", "synthetic"})
_CODES: Final = frozenset({
    "category", "place_id", "place_type", "certainty", "recurrence", "police_report",
}) | _LISTS  # fmt: skip
_YES: Final = frozenset({"ja", "yes", "true", "sant", "1", "x"})
_NO: Final = frozenset({"nej", "no", "false", "falskt", "0"})
_GUARDED: Final = ("'=", "'+", "'-", "'@")
_OF_POINT: Final[Mapping[str, str]] = {"point.lat": "lat", "point.lon": "lon"}

Findings = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row as it will be sent: its line, its key, the report, or what is wrong with it.

    `findings` pair a field with the kind of fault, in pydantic's words; never a value.
    """

    number: int
    key: str
    said: Mapping[str, Any]
    report: ConcernReport | None
    findings: Findings = ()


def rows_of(content: bytes, by: FileMap | None = None, *, most: int = MOST_ROWS) -> list[FileRow]:
    """Every row of a file, in order.

    Raises:
        Refused: the file cannot be read whole; nothing of it may be sent.
    """
    by = by or FileMap()
    lines = lines_of(content, by.delimiter)
    head = next(lines, None)
    if head is None:
        raise no_file("EMPTY", "Filen är tom.", "The file is empty.")
    fields = _fields(head, by)
    rows = list(_rows(lines, fields, by, most))
    if not rows:
        raise no_file("NO_ROWS", "Filen har inga rader.", "The file has no rows.")
    return rows


def _fields(head: Line, by: FileMap) -> Sequence[str]:
    fields = [by.field_of(name) if name else "" for name in head.cells]
    unknown = [place for place, field in enumerate(fields, 1) if field is None]
    if unknown:
        where = ", ".join(map(str, unknown))
        raise no_file(
            "UNKNOWN_COLUMN",
            f"Rad {head.number}: okänd rubrik i kolumn {where}. Nämn den i kartan.",
            f"Row {head.number}: unknown head of column {where}. Name it in the map.",
        )
    known = [field or "" for field in fields]
    twice = sorted(field for field, number in Counter(known).items() if field and number > 1)
    if twice:
        where = ", ".join(twice)
        raise no_file(
            "COLUMN_TWICE",
            f"Rad {head.number}: två kolumner för {where}.",
            f"Row {head.number}: two columns for {where}.",
        )
    return known


def _rows(
    lines: Iterator[Line], fields: Sequence[str], by: FileMap, most: int
) -> Iterator[FileRow]:
    seen: Counter[str] = Counter()
    for place, line in enumerate(lines, 1):
        if place > most:
            raise no_file("TOO_MANY_ROWS", f"Fler än {most} rader.", f"More than {most} rows.")
        row = _row(line, fields, by)
        seen[row.key] += 1
        yield FileRow(row.number, _key(row.key, seen[row.key]), row.said, row.report, row.findings)


def _row(line: Line, fields: Sequence[str], by: FileMap) -> FileRow:
    """The row with its content for a key."""
    if len(line.cells) != len(fields):
        return FileRow(line.number, "\x1f".join(line.cells), {}, None, ((CELLS, CELLS),))
    cells = {field: cell for field, cell in zip(fields, line.cells, strict=True) if field and cell}
    said = said_of(by.constants | cells, by)
    try:
        report = ConcernReport.model_validate(said)
    except ValidationError as error:
        content = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
        return FileRow(line.number, content, said, None, _findings(error))
    sent = report.model_dump(mode="json", exclude_defaults=True)
    return FileRow(line.number, json.dumps(sent, sort_keys=True, ensure_ascii=False), sent, report)


def _findings(error: ValidationError) -> Findings:
    told = ((".".join(map(str, one["loc"])), one["type"]) for one in error.errors())
    return [(_OF_POINT.get(place, place.split(".", 1)[0]), kind) for place, kind in told]


def _key(content: str, occurrence: int) -> str:
    return f"{OF_CONTENT}{uuid5(NAMESPACE, f'concern-row|{occurrence}|{content}')}"


def said_of(cells: Mapping[str, str], by: FileMap) -> dict[str, Any]:
    """What the cells of one row say, as a report's fields; unreadable ones stay as they are."""
    said: dict[str, Any] = {}
    for field, cell in cells.items():
        if field in {"date", "time", "lat", "lon"}:
            continue
        said[field] = _value(field, cell, by)
    if day := cells.get("date"):
        said.setdefault("observed_from", _moment(f"{day} {_hour(cells)}".strip(), by))
    if "lat" in cells or "lon" in cells:
        said["point"] = {axis: _number(cells[axis]) for axis in ("lat", "lon") if axis in cells}
    return said


def _value(field: str, cell: str, by: FileMap) -> Any:  # noqa: ANN401 - of the field's own type
    if field in _LISTS:
        return [_code(field, one, by) for one in cell.replace("|", ",").split(",") if one.strip()]
    if field in _CODES:
        return _code(field, cell, by)
    if field in _TIMES:
        return _moment(cell, by)
    if field in _SWITCHES:
        return _switch(by.value_of(field, cell))
    word = by.value_of(field, cell)
    if field == "severity":
        return int(word) if word.isascii() and word.isdecimal() else word
    return word[1:] if word.startswith(_GUARDED) else word


def _code(field: str, cell: str, by: FileMap) -> str:
    return by.value_of(field, cell.strip()).upper()


def _switch(word: str) -> bool | str:
    if folded(word) in _YES:
        return True
    return False if folded(word) in _NO else word


def _number(cell: str) -> float | str:
    with suppress(ValueError):
        return float(cell.replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    return cell


def _hour(cells: Mapping[str, str]) -> str:
    """`9.30` and `9:30` as `09:30`."""
    hour, *rest = cells.get("time", "").replace(".", ":").split(":")
    return ":".join([hour.zfill(2) if hour else "", *rest])


def _moment(cell: str, by: FileMap) -> str:
    """The time as RFC 3339 writes it; one without a zone is Stockholm's. A day has no hour."""
    if len(cell) <= _LONGEST_DAY:
        return cell
    readers = [datetime.fromisoformat, *map(_reader, by.dates)]
    for read in readers:
        with suppress(ValueError, OverflowError):
            moment = read(cell)
            return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).isoformat()
    return cell


def _reader(form: str) -> Callable[[str], datetime]:
    return lambda cell: datetime.strptime(cell, form)  # noqa: DTZ007 - the zone is added
