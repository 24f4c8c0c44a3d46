"""Lists as files: Swedish CSV, XLSX and GeoJSON, safe to open in a spreadsheet.

Rows are plain values. A time is told in Stockholm's time: as ISO 8601 with its offset in CSV, as a
date cell in XLSX. A text that a spreadsheet would run as a formula stays a text.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from fastapi import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from shared.web.words import ZONE

Cell = str | int | float | bool | date | datetime | None
Row = Sequence[Cell]

_WIDE: Final = ("\uff1d", "\uff0b", "\uff0d", "\uff20")  # = + - @ of full width: signs as well
FORMULA_STARTS: Final = ("=", "+", "-", "@", *_WIDE, "\t", "\r", "\n")
LONGEST_SHEET_NAME: Final = 31
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_PLAIN = (*FORMULA_STARTS, "#")  # openpyxl would take them for formulas and errors


class Format(StrEnum):
    """What a list can be asked for as."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"


MEDIA_TYPES: Final[Mapping[Format, str]] = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.GEOJSON: "application/geo+json",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A list as a file shows it: a name, heads, and rows as long as the heads."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Row]


def asked_for(asked: Format | None, accept: str | None) -> Format:
    """The format of `?format=`, else what `Accept` wants most of what we write, else JSON."""
    if asked is not None:
        return asked
    by_type = {media.split(";", 1)[0]: found for found, media in MEDIA_TYPES.items()}
    wanted = [by_type.get(media) for media in _by_weight(accept or "")]
    return next((found for found in wanted if found is not None), Format.JSON)


def csv_of(table: Table) -> bytes:
    """Swedish CSV: `;`, UTF-8 with a byte order mark, decimal comma, CRLF."""
    out = io.StringIO(newline="")
    write = csv.writer(out, delimiter=";", lineterminator="\r\n")
    write.writerow([_text(head) for head in table.heads])
    write.writerows([_text(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(table: Table) -> bytes:
    """An Excel workbook of one sheet; texts are texts, whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.name[:LONGEST_SHEET_NAME])
    sheet.freeze_panes = "A2"
    for row in ([*table.heads], *table.rows):
        sheet.append([_sheet_cell(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def geojson_of(features: Iterable[Mapping[str, Any]]) -> bytes:
    """A feature collection after RFC 7946."""
    whole = {"type": "FeatureCollection", "features": list(features)}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def feature(
    id: str,  # noqa: A002 - GeoJSON's own word
    lon_lat: tuple[float, float] | None,
    properties: Mapping[str, Any],
) -> dict[str, Any]:
    """A point with what is known of it; nowhere (`null`) where no position is known."""
    where = None if lon_lat is None else {"type": "Point", "coordinates": list(lon_lat)}
    return {"type": "Feature", "id": id, "geometry": where, "properties": dict(properties)}


def download(content: bytes, form: Format, name: str) -> Response:
    """The file as an answer; `name` is without its ending."""
    headers = {
        "content-disposition": f'attachment; filename="{name}.{form}"',
        "cache-control": "no-store",
        "vary": "Accept",
    }
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "ja" if cell else "nej"
        case float():
            return str(cell).replace(".", ",")
        case datetime():
            return cell.astimezone(ZONE).isoformat(timespec="minutes")
        case str():
            text = _CONTROL.sub("", cell)
            return f"'{text}" if text.startswith(FORMULA_STARTS) else text
        case _:
            return str(cell)


def _sheet_cell(sheet: Any, cell: Cell) -> Any:  # noqa: ANN401 - openpyxl's own
    match cell:
        case datetime():
            return cell.astimezone(ZONE).replace(tzinfo=None)
        case bool():
            return "ja" if cell else "nej"
        case str():
            return _sheet_text(sheet, _CONTROL.sub("", cell))
        case _:
            return cell


def _sheet_text(sheet: Any, text: str) -> Any:  # noqa: ANN401 - openpyxl's own
    if not text.startswith(_NOT_PLAIN):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(FORMULA_STARTS)
    return cell


def _by_weight(accept: str) -> list[str]:
    """The media types of an `Accept` header, the wanted ones first."""
    weighed = []
    for place, part in enumerate(accept.split(",")):
        media, *parameters = (each.strip().lower() for each in part.split(";"))
        weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        if media and (number := _number(weight)) > 0:
            weighed.append((-number, place, media))
    return [media for _, _, media in sorted(weighed)]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
