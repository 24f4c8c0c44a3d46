"""Lists as files, read by other programs: the csv module, openpyxl, geojson-pydantic."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from geojson_pydantic import Feature, FeatureCollection
from geojson_pydantic.geometries import Geometry

from shared.web.exports import (
    Format,
    Table,
    asked_for,
    csv_of,
    download,
    feature,
    geojson_of,
    xlsx_of,
)

SEEN = datetime(2026, 6, 5, 20, 0, tzinfo=UTC)
Features = FeatureCollection[Feature[Geometry, dict[str, Any]]]
HEADS = ["Text", "Tal", "Andel", "Ja", "Tid", "Tomt"]
FORMULAS = [
    "=1+1",
    "+46",
    "-x",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\uff1d1+1",
    '=HYPERLINK("http://x";"y")',
]


def table(*texts: str) -> Table:
    return Table("Rapporter", HEADS, [[text, -3, 59.5, True, SEEN, None] for text in texts])


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_is_swedish() -> None:
    content = csv_of(table("Å; ä", 'två\nrader och "citat"'))

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 3
    heads, first, second = read_csv(content)
    assert heads == HEADS
    assert first == ["Å; ä", "-3", "59,5", "ja", "2026-06-05T22:00+02:00", ""]
    assert second[0] == 'två\nrader och "citat"'


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_csv_is_run_as_a_formula(text: str) -> None:
    [_, row] = read_csv(csv_of(table(text)))

    assert row[0] == f"'{text}"


@pytest.mark.parametrize("text", [*FORMULAS, "vanlig", "#N/A", "\x00=1+1"])
def test_every_text_of_a_workbook_is_a_text(text: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of(table(text)))).active
    assert sheet is not None
    cells = next(sheet.iter_rows(min_row=2))

    as_xml_has_it = text.replace("\r", "\n").replace("\x00", "")
    assert (cells[0].data_type, cells[0].value) == ("s", as_xml_has_it)
    assert cells[0].quotePrefix is (text not in {"vanlig", "#N/A"})
    assert [cell.value for cell in cells[1:4]] == [-3, 59.5, "ja"]
    assert cells[4].value == datetime(2026, 6, 5, 22, 0)  # noqa: DTZ001 - a cell has no zone
    assert [cell.value for cell in next(sheet.iter_rows(max_row=1))] == HEADS


def test_control_characters_do_not_break_a_file() -> None:
    broken = table("a\x00b\x01c")
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of(broken))).active

    assert sheet is not None
    assert sheet["A2"].value == read_csv(csv_of(broken))[1][0] == "abc"


def test_geojson_is_that_of_the_standard() -> None:
    content = geojson_of(
        [feature("a", (18.0078, 59.3405), {"n": 1}), feature("b", None, {"n": None})]
    )

    read: Features = FeatureCollection.model_validate_json(content)
    assert [one.id for one in read.features] == ["a", "b"]
    first, second = json.loads(content)["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [18.0078, 59.3405]}
    assert second["geometry"] is None


@pytest.mark.parametrize(
    ("asked", "accept", "given"),
    [
        (None, None, Format.JSON),
        (None, "*/*", Format.JSON),
        (None, "text/html,application/xhtml+xml,*/*;q=0.8", Format.JSON),
        (None, "text/csv", Format.CSV),
        (None, "application/json;q=0.5, application/geo+json", Format.GEOJSON),
        (None, "text/csv;q=0, application/json", Format.JSON),
        (None, "text/csv;q=x", Format.JSON),
        (Format.XLSX, "text/csv", Format.XLSX),
    ],
)
def test_the_query_decides_then_what_is_accepted(
    asked: Format | None, accept: str | None, given: Format
) -> None:
    assert asked_for(asked, accept) is given


def test_a_file_is_downloaded_under_its_name_and_not_kept_by_caches() -> None:
    answer = download(b"x", Format.CSV, "rapporter")

    assert answer.headers["content-disposition"] == 'attachment; filename="rapporter.csv"'
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
