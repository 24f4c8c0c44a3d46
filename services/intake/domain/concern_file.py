"""A CSV file of concerns: rows in, reports and their keys out. Pure; nothing is sent from here.

What cannot be read stays the text it was, so that the report's own rules refuse it and name the
column. A row's key is made of what the row says and of how many equal rows came before it: the
same file, or a longer one, brings nothing twice.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid5

from pydantic import ValidationError

from services.intake.domain.csv_text import Line, lines_of, no_file
from services.intake.domain.file_map import REFERENCE, FileMap, folded
from services.intake.domain.file_times import times_of
from services.intake.domain.report import OF_CONTENT, ConcernReport
from shared.contracts.ids import NAMESPACE

MOST_ROWS: Final = 100_000
CELLS: Final = "cells"
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LISTS: Final = frozenset({"secondary", "flags", "measures_taken"})
_TIMES: Final = frozenset({"observed_from", "observed_to", "date", "time"})
_SWITCHES: Final = frozenset({"place_unknown", "wants_feedback", "ongoing_danger", "synthetic"})
_CODES: Final = frozenset({
    "category", "place_id", "place_type", "certainty", "recurrence", "police_report",
}) | _LISTS  # fmt: skip
_YES: Final = frozenset({"ja", "yes", "true", "sant", "1", "x"})
_NO: Final = frozenset({"nej", "no", "false", "falskt", "0"})
_GUARDED: Final = ("'=", "'+", "'-", "'@", "'\uff1d", "'\uff0b", "'\uff0d", "'\uff20")
_OF_POINT: Final[Mapping[str, str]] = {"point.lat": "lat", "point.lon": "lon"}

Findings = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row as it will be sent: its line, its key, the report, or what is wrong with it.

    `findings` pair a field with the kind of fault, in pydantic's words or ours; never a value.
    `reference` is the concern it says it is, as an export wrote it.
    """

    number: int
    key: str
    said: Mapping[str, Any]
    report: ConcernReport | None
    findings: Findings = ()
    reference: str | None = None


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
    numbers = Counter(field for field in known if field)
    cells = zip(known, head.cells, strict=True)
    twice = [" ".join(name.split()) for field, name in cells if numbers[field] > 1]
    if twice:
        where = ", ".join(twice)
        raise no_file(
            "COLUMN_TWICE",
            f"Rad {head.number}: två kolumner för samma sak: {where}.",
            f"Row {head.number}: two columns for the same: {where}.",
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
        yield replace(row, key=_key(row.key, seen[row.key]))


def _row(line: Line, fields: Sequence[str], by: FileMap) -> FileRow:
    """The row with its content for a key."""
    if len(line.cells) != len(fields):
        return FileRow(line.number, "\x1f".join(line.cells), {}, None, ((CELLS, CELLS),))
    cells = {field: cell for field, cell in zip(fields, line.cells, strict=True) if field and cell}
    reference = _reference(cells.pop(REFERENCE, ""))
    said, unread = said_of(by.constants | cells, by)
    report, findings = _judged(said, unread)
    if report is None:
        content = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
        return FileRow(line.number, content, said, None, findings, reference)
    sent = report.model_dump(mode="json", exclude_defaults=True)
    content = json.dumps(sent, sort_keys=True, ensure_ascii=False)
    return FileRow(line.number, content, sent, report, reference=reference)


def _reference(cell: str) -> str | None:
    """A concern's id; whatever else stands in such a column is not ours to understand."""
    word = cell.lower()
    return word if _ID.fullmatch(word) else None


def _judged(said: Mapping[str, Any], unread: Findings) -> tuple[ConcernReport | None, Findings]:
    try:
        report = ConcernReport.model_validate(said)
    except ValidationError as error:
        known = {field for field, _ in unread}
        return None, [*unread, *(one for one in _findings(error) if one[0] not in known)]
    return (None, unread) if unread else (report, ())


def _findings(error: ValidationError) -> Findings:
    told = ((".".join(map(str, one["loc"])), one["type"]) for one in error.errors())
    return [(_OF_POINT.get(place, place.split(".", 1)[0]), kind) for place, kind in told]


def _key(content: str, occurrence: int) -> str:
    return f"{OF_CONTENT}{uuid5(NAMESPACE, f'concern-row|{occurrence}|{content}')}"


def said_of(cells: Mapping[str, str], by: FileMap) -> tuple[dict[str, Any], Findings]:
    """What the cells of one row say, as a report's fields, and which times cannot be read.

    Other cells that cannot be read stay as they are.
    """
    said: dict[str, Any] = {}
    for field, cell in cells.items():
        if field in _TIMES | {"lat", "lon"}:
            continue
        said[field] = _value(field, cell, by)
    times, unread = times_of(cells, by.dates)
    if "lat" in cells or "lon" in cells:
        said["point"] = {axis: _number(cells[axis]) for axis in ("lat", "lon") if axis in cells}
    return said | times, unread


def _value(field: str, cell: str, by: FileMap) -> Any:  # noqa: ANN401 - of the field's own type
    if field in _LISTS:
        return [_code(field, one, by) for one in cell.replace("|", ",").split(",") if one.strip()]
    if field in _CODES:
        return _code(field, cell, by)
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
