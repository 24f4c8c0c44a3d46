"""An agency's own concerns: filtered, as a list and as files; and the places near a point."""

import csv
import io
from datetime import datetime
from typing import Any

import httpx
import openpyxl
import pytest
from geojson_pydantic import Feature, FeatureCollection
from geojson_pydantic.geometries import Geometry

from services.intake.api import own_files
from services.intake.domain import concern_file
from tests.intake.conftest import Intake, Json, concern

pytestmark = pytest.mark.stack

Features = FeatureCollection[Feature[Geometry, Json]]
PATH = "/intake/v1/concerns"
CANARY = "Kanariefågel"


async def ids(intake: Intake, query: str, agency: str = "FIELD_WORKERS") -> set[str]:
    answer = await intake.get(f"{PATH}?{query}", agency=agency)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert answer.json()["total"] == len(items)
    return {one["concern_id"] for one in items}


@pytest.fixture
async def three(intake: Intake) -> dict[str, str]:
    """Three own concerns, and one of another agency that fits every filter."""
    made = {
        "lamp": await intake.report(external_reference="F-1", narrative=CANARY),
        "litter": await intake.report(
            category="ENV.LITTER",
            place_id=None,
            point={"lat": 59.3405, "lon": 18.0078},
            observed_from="2026-06-04T12:00:00Z",
            external_reference="=1+1",
        ),
        "held": await intake.report(
            narrative="Ring 070-174 06 05", observed_from="2026-06-01T22:30:00Z"
        ),
    }
    await intake.post(PATH, concern(external_reference="F-1"), agency="LIBRARIES")
    return {name: answer.json()["concern_id"] for name, answer in made.items()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("category=ENV.LITTER", {"litter"}),
        ("place_id=PL-HORN", {"lamp", "litter", "held"}),
        ("place_id=PL-FRID", set()),
        ("status=QUARANTINED", {"held"}),
        ("status=REGISTERED", {"lamp", "litter"}),
        ("external_reference=F-1", {"lamp"}),
        ("external_reference=F-", set()),
        ("observed_from=2026-06-04", {"lamp", "litter"}),
        ("observed_to=2026-06-02", {"held"}),
        ("observed_to=2026-06-01", set()),
        ("observed_from=2026-06-04T12:00:00Z&observed_to=2026-06-04T13:00:00Z", {"litter"}),
        ("observed_from=2026-06-04T14:00:00%2B02:00&observed_to=2026-06-04", {"litter"}),
        ("registered_from=2026-06-05&registered_to=2026-06-05", {"lamp", "litter", "held"}),
        ("registered_from=2026-06-06", set()),
        ("category=ENV.LIGHTING&status=REGISTERED", {"lamp"}),
    ],
)
async def test_filters_find_what_fits(
    intake: Intake, three: dict[str, str], query: str, found: set[str]
) -> None:
    assert await ids(intake, query) == {three[name] for name in found}


async def test_a_filter_never_opens_anothers_concerns(
    intake: Intake, three: dict[str, str]
) -> None:
    theirs = await ids(intake, "external_reference=F-1", agency="LIBRARIES")

    assert len(theirs) == 1
    assert theirs.isdisjoint(three.values())


@pytest.mark.parametrize(
    "query",
    ["category=x", "status=NEW", "observed_from=yesterday", "observed_to=17",
     "observed_to=1780000000.5", "observed_from=9999-12-31", "place_id=%24ne", "format=pdf"],
)  # fmt: skip
async def test_a_filter_that_is_none_is_refused(intake: Intake, query: str) -> None:
    answer = await intake.get(f"{PATH}?{query}")

    assert answer.status_code == 422
    assert answer.json()["invalid-parameters"]


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


async def test_csv_has_all_that_match_and_no_narrative(
    intake: Intake, three: dict[str, str]
) -> None:
    answer = await intake.get(f"{PATH}?format=csv&limit=1")

    rows = {row["Referens"]: row for row in rows_of(answer)}
    assert rows.keys() == set(three.values())
    assert answer.headers["content-type"].startswith("text/csv")
    assert CANARY not in answer.text
    assert "070-174" not in answer.text
    litter = rows[three["litter"]]
    assert litter["Eget ärendenummer"] == "'=1+1"
    assert (litter["Latitud"], litter["Longitud"]) == ("59,3405", "18,0078")
    assert litter["Sett från"] == "2026-06-04T14:00+02:00"
    assert litter["Platsens namn"] == "Hornsbergs strand"
    held = rows[three["held"]]
    assert (held["Status"], held["Granskningen fann"]) == ("QUARANTINED", "PHONE:1")


async def test_xlsx_has_dates_and_numbers(intake: Intake, three: dict[str, str]) -> None:
    answer = await intake.get(f"{PATH}?format=xlsx&category=ENV.LITTER")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    heads, row = list(sheet.iter_rows(values_only=True))
    told = dict(zip(heads, row, strict=True))
    assert told["Referens"] == three["litter"]
    assert told["Sett från"] == datetime(2026, 6, 4, 14)  # noqa: DTZ001 - a cell has no zone
    assert (told["Allvar"], told["Latitud"]) == (1, 59.3405)
    assert told["Eget ärendenummer"] == "=1+1"


async def test_geojson_has_every_concern_where_it_is(intake: Intake, three: dict[str, str]) -> None:
    await intake.report("nowhere", place_id=None, place_unknown=True)
    headers = intake.headers("FIELD_WORKERS") | {"Accept": "application/geo+json"}
    answer = await intake.http.get(PATH, headers=headers)

    assert answer.headers["content-type"] == "application/geo+json"
    read: Features = FeatureCollection.model_validate_json(answer.content)
    by_id: dict[object, Json] = {one["id"]: one for one in answer.json()["features"]}
    assert len(read.features) == 4
    assert by_id[three["lamp"]]["geometry"]["coordinates"] == [18.0078, 59.3405]
    assert by_id[three["lamp"]]["properties"]["observed_from"] == "2026-06-05T20:00:00Z"
    assert sum(one["geometry"] is None for one in by_id.values()) == 1


async def test_an_export_larger_than_a_file_is_refused_not_cut(
    intake: Intake, three: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_files, "MOST_EXPORTED", 2)

    refused = await intake.get(f"{PATH}?format=csv")
    assert (refused.status_code, refused.json()["code"]) == (422, "export-too-large")
    narrower = await intake.get(f"{PATH}?format=csv&status=REGISTERED")
    assert {row["Referens"] for row in rows_of(narrower)} == {three["lamp"], three["litter"]}


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
async def test_nothing_to_export_is_a_file_without_rows(intake: Intake, form: str) -> None:
    answer = await intake.get(f"{PATH}?format={form}")

    assert answer.status_code == 200
    assert answer.content


async def test_only_own_concerns_are_exported(intake: Intake, three: dict[str, str]) -> None:
    rows = rows_of(await intake.get(f"{PATH}?format=csv", agency="LIBRARIES"))

    assert len(rows) == 1
    assert rows[0]["Referens"] not in three.values()
    assert (await intake.http.get(f"{PATH}?format=csv")).status_code == 401


async def test_what_was_exported_can_be_imported_again(
    intake: Intake, three: dict[str, str]
) -> None:
    exported = await intake.get(f"{PATH}?format=csv&status=REGISTERED")
    reports = [row.report for row in concern_file.rows_of(exported.content)]

    assert {report.category for report in reports if report} == {"ENV.LIGHTING", "ENV.LITTER"}
    assert "=1+1" in {report.external_reference for report in reports if report}


@pytest.mark.parametrize("dry_run", [True, False])
async def test_an_own_export_imported_again_is_there_already(
    intake: Intake,
    three: dict[str, str],
    dry_run: bool,  # noqa: FBT001 - a parameter
) -> None:
    exported = (await intake.get(f"{PATH}?format=csv")).content.replace(b"ENV.LITTER", b"ENV.NO")
    rows = concern_file.rows_of(exported)
    items = [
        {"idempotency_key": row.key, "concern_id": row.reference, "concern": dict(row.said)}
        for row in rows
    ]
    before = await intake.all("concerns")

    async def sent(agency: str) -> list[dict[str, Any]]:
        answer = await intake.http.post(
            f"{PATH}/batch",
            json={
                "items": [*items, items[0] | {"idempotency_key": "k", "concern": {}}],
                "dry_run": dry_run,
            },
            headers=intake.headers(agency),
        )
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    mine = await sent("FIELD_WORKERS")
    assert {one["concern_id"] for one in mine} == set(three.values())
    assert all(one["replayed"] for one in mine)
    assert await intake.all("concerns") == before
    theirs = await sent("LIBRARIES")
    assert not any(one.get("replayed") for one in theirs)


async def test_the_nearest_places_come_first_with_their_distance(intake: Intake) -> None:
    answer = (await intake.get("/intake/v1/places?lat=59.3402&lon=18.0080&limit=3")).json()

    first, second, third = answer["items"]
    assert first["place_id"] == "PL-HORN"
    assert 20 < first["distance_m"] < 60
    assert first["distance_m"] <= second["distance_m"] <= third["distance_m"]
    assert answer["total"] == 9
    assert answer["point"]["inside"] is True
    assert answer["point"]["reportable"] is True


async def test_a_point_outside_the_district_is_told_so(intake: Intake) -> None:
    answer = (await intake.get("/intake/v1/places?lat=57.7&lon=11.97&limit=1")).json()

    assert answer["point"]["inside"] is False
    assert answer["point"]["reportable"] is False
    assert "outside the district" in answer["point"]["detail"]
    assert answer["items"][0]["distance_m"] > 300_000


@pytest.mark.parametrize(
    "query", ["lat=59.3", "lon=18", "lat=91&lon=18", "lat=nan&lon=18", "lat=x&lon=y"]
)
async def test_half_a_point_is_refused(intake: Intake, query: str) -> None:
    answer = await intake.get(f"/intake/v1/places?{query}")

    assert (answer.status_code, len(answer.json()["invalid-parameters"]) > 0) == (422, True)


async def test_places_and_categories_can_be_narrowed(intake: Intake) -> None:
    every = (await intake.get("/intake/v1/places")).json()
    parts = {one["part"] for one in every["items"]}
    some = (await intake.get(f"/intake/v1/places?part={min(parts)}")).json()
    env = (await intake.get("/intake/v1/categories?group=ENV")).json()
    district = (await intake.get("/intake/v1/categories?scope=DISTRICT")).json()

    assert "point" not in every
    assert "distance_m" not in every["items"][0]
    assert 0 < some["total"] < every["total"]
    assert {one["part"] for one in some["items"]} == {min(parts)}
    assert (await intake.get("/intake/v1/places?prioritised=true")).json()["total"] == 0
    assert {one["group"] for one in env["items"]} == {"ENV"}
    assert "FRD.OLDER_PEOPLE" in {one["code"] for one in district["items"]}
    assert env["total"] == len(env["items"])


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize(
    ("path", "agency"),
    [
        ("/intake/v1/concerns?observed_from", "FIELD_WORKERS"),
        ("/intake/v1/concerns?registered_to", "FIELD_WORKERS"),
        ("/intake/v1/audit-lines?since", "RECORDS"),
    ],
)
async def test_a_time_that_no_calendar_of_ours_has_is_refused(
    intake: Intake, path: str, agency: str, when: str
) -> None:
    answer = await intake.get(f"{path}={when}", agency=agency)

    assert answer.status_code == 422
