"""Every kind of file goes in by API: a made-up one of each form, and the real ones."""

import io
import json
from uuid import uuid4

import httpx
import openpyxl
import pytest

from services.intake.domain.readers import skolenkaten
from services.intake.domain.readers.kinds import SOURCES
from tests.intake.conftest import Intake, Json
from tests.support.real import REAL

pytestmark = pytest.mark.stack
SLOW = pytest.mark.slow  # tens of thousands of figures

PATH = "/intake/v1/statistics-imports"


def text(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


def book(*rows: list[object]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


ENKAT = book(
    ["Skolenkäten 2025 -  Elever år 2", *[None] * 7, "9. Trygghet"],
    [*skolenkaten.ABOUT],
    [*[None] * 8, "Index"],
    [1, "Ett kommun", "Ett", 99000001, "Skolan", 40, 30, 0.75, "-"],
    [2, "Bolaget AB", None, None, None, 40, 30, 0.75, 5],
)
LAGESBILD = book(["Anmälda rån"], ["Kommun", "Antal 2025"], ["Ett", ".."])
DATASET = {
    "version": "2.0",
    "class": "dataset",
    "id": ["Region", "Tid"],
    "size": [1, 1],
    "role": {"time": ["Tid"]},
    "dimension": {
        "Region": {"category": {"index": ["9901"], "label": {"9901": "Ett"}}},
        "Tid": {"category": {"index": ["2025"]}},
    },
    "value": [7],
}
NOTICE = {
    "id": 1,
    "datetime": "2025-03-04 7:04:20 +01:00",
    "name": "03 mars 21.15, Brand, Ett",
    "type": "Brand",
    "location": {"name": "Ett"},
}
REQUEST = {
    "service_request_id": "1",
    "service_code": "1",
    "service_name": "Lampa",
    "requested_datetime": "2025-03-04T07:04:20+01:00",
}
MAP = text(
    'source = "exempelenkaten"', 'unit = "procent"', 'indicator = "Trygg"',
    "[columns]", 'area = "Var"', 'year = "När"', 'value = "Andel"', 'n = "n"',
)  # fmt: skip
P1M = text(
    "Tabell P1M b. Anmälda brott i hela landet;;;;;",
    "Lagrum;Brottstyp;Antal brott totalt, ackumulerat under jan-dec 2025;Förändring;Förändring;"
    "Antal brott per 100 000",
    "Lag;Rån;1 000 ;.;.;.",
)
SKOLVERKET = text(
    "Statistik från Skolverket",
    "Valt läsår: 2024/25",
    "Skola;Skol-enhetskod;Skolkommun;Elever, årskurs 1",
    "Skolan;99000001;Ett;..",
)
# kind -> the file, its first figure: indicator, geography, period, unit, value, n; and the caution
FILES: dict[str, tuple[bytes, tuple[object, ...], str]] = {
    "bra-sol": (
        text("Region;Brott;År;Period;Antal;/100 000 inv", "Ett;Rån;2025;Jan;3;4;"),
        ("raan", "ett", "2025-01", "antal", 3, None),
        "REPORTED_CRIME",
    ),
    "bra-p1m": (P1M, ("raan.lag", "hela-landet", "2025", "antal", 1000, None), "REPORTED_CRIME"),
    "bra-kommun": (
        text("Kommun;Antal 2025", "Ett;-"),
        ("anmaelda-brott", "ett", "2025", "antal", 0, None),
        "REPORTED_CRIME",
    ),
    "bra-lagesbild": (
        LAGESBILD,
        ("anmaelda-raan", "ett", "2025", "antal", None, None),
        "MIXED_INDICATORS",
    ),
    "skolverket-arskurs": (
        SKOLVERKET,
        ("elever-aarskurs-1", "skolenhet-99000001", "2024-10", "antal", None, None),
        "OFFICIAL_STATISTICS",
    ),
    "skolenkaten": (
        ENKAT,
        ("elever-aar-2.index.trygghet", "skolenhet-99000001", "2025", "index-0-10", None, 30),
        "SURVEY",
    ),
    "json-stat": (
        json.dumps(DATASET).encode(),
        ("json-stat", "region-9901", "2025", "vaerde", 7, None),
        "OFFICIAL_STATISTICS",
    ),
    "polisen-handelser": (
        json.dumps([NOTICE, NOTICE | {"id": 2}]).encode(),
        ("brand", "ett", "2025-03", "antal", 2, None),
        "POLICE_NOTICES",
    ),
    "open311": (
        json.dumps([REQUEST, REQUEST | {"service_request_id": "2"}]).encode(),
        ("lampa", "okaent-omraade", "2025-03", "antal", 2, None),
        "SERVICE_REQUESTS",
    ),
    "311-csv": (
        text("unique_key,created_date,complaint_type,community_board", "1,2025-03-04,Noise,"),
        ("noise", "new-york-community-board-okaent-omraade", "2025-03", "antal", 1, None),
        "SERVICE_REQUESTS",
    ),
    "survey": (
        text("Var;När;Andel;n", "Ett;2025;..;4"),
        ("trygg", "ett", "2025", "procent", None, 4),
        "SURVEY",
    ),
    "tidy": (
        text("indicator;geography;period;value;unit;n", "Trygg;Ett;2025-H1;81,5;procent;120"),
        ("trygg", "ett", "2025-H1", "procent", 81.5, 120),
        "AS_GIVEN",
    ),
}


async def send(intake: Intake, content: bytes, source: str, **form: str) -> httpx.Response:
    files = {"file": ("f", content)} | ({"map": ("m", MAP)} if source == "survey" else {})
    return await intake.http.post(
        PATH,
        files=files,
        data={"source": source} | form,
        headers=intake.headers("DISTRICT_COORD", str(uuid4())),
    )


def balanced(answer: httpx.Response) -> Json:
    """The account, whose parts make up the whole."""
    told: Json = answer.json()
    assert told["rows"] == told["taken"] + told["skipped_total"]
    brought = told["new"] + told["superseded"] + told["older"]
    assert told["taken"] == brought + told["unchanged"]
    return told


def test_every_kind_has_its_file() -> None:
    assert set(FILES) == set(SOURCES) - {"auto", "scb-deso-regso"}


@pytest.mark.parametrize("kind", FILES)
async def test_each_kind_becomes_observed_figures(intake: Intake, kind: str) -> None:
    content, figure, caution = FILES[kind]
    dry = await send(intake, content, kind, dry_run="true")
    first = await send(intake, content, kind, fetched_on="2026-05-04")
    again = await send(intake, content, kind)

    assert (dry.status_code, first.status_code, again.status_code) == (200, 201, 200)
    assert balanced(first)["taken"] > 0
    assert again.json() == first.json()
    assert (first.json()["fetched_on"], again.headers["idempotent-replayed"]) == (
        "2026-05-04", "true",
    )  # fmt: skip
    kept = [one["outbox"] for one in await intake.all("statistics")]
    facts = [json.loads(entry["data"]) for [entry] in kept]
    names = ("indicator", "geography", "period", "unit", "value", "n")
    assert figure in {tuple(fact.get(name) for name in names) for fact in facts}
    assert all(fact["suppressed"] == (fact.get("value") is None) for fact in facts)
    [imported] = await intake.all("imports")
    event = json.loads(imported["outbox"][0]["data"])
    assert (event["caution"], event["fetched_on"]) == (caution, "2026-05-04")
    assert event["source"] == ("exempelenkaten" if kind == "survey" else kind)


async def test_a_kind_is_known_by_the_content(intake: Intake) -> None:
    for kind in ("skolenkaten", "polisen-handelser", "tidy"):
        answer = await send(intake, FILES[kind][0], "auto", dry_run="true")
        assert answer.json()["source"] == kind
    unknown = await send(intake, b"?", "auto")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "STATISTICS.UNKNOWN_KIND")
    assert "skolverket-arskurs" in unknown.json()["detail"]


async def test_a_key_of_areas_gives_names_and_no_event(intake: Intake) -> None:
    content = text(
        "Kommun,Kommunnamn,DeSO_2018,RegSO_2020,RegSOkod_2020",
        "9901,Ett,9901A0010,Centrum,9901R001",
    )
    first = await send(intake, content, "scb-deso-regso")
    again = await send(intake, content, "scb-deso-regso")

    assert (first.status_code, balanced(first)["taken"]) == (201, 1)
    assert again.json() == first.json()
    labels = {one["_id"]: one["label"] for one in await intake.all("labels")}
    assert labels["region-9901a0010"] == "9901A0010 Centrum, Ett"
    assert await intake.all("statistics") == []
    assert [one["outbox"] for one in await intake.all("imports")] == [[]]


async def test_a_skipped_row_of_a_workbook_names_its_sheet(intake: Intake) -> None:
    told = balanced(await send(intake, ENKAT, "skolenkaten"))
    again = await send(intake, ENKAT, "skolenkaten")

    assert told["skipped"] == [{"row": 5, "sheet": 1, "reason": "NOT_AN_AREA"}]
    assert again.json() == told


async def test_the_same_file_said_to_be_of_another_year_is_another_import(intake: Intake) -> None:
    content = text("name;numCrimes;crimesRelative", "Ett;1;2")
    missing = await send(intake, content, "bra-kommun")
    for year in ("2021", "2022"):
        answer = await send(intake, content, "bra-kommun", period=year)
        assert (answer.status_code, answer.json()["new"]) == (201, 1)

    assert missing.json()["code"] == "STATISTICS.PERIOD_MISSING"
    assert (await send(intake, content, "bra-kommun", period="i fjol")).status_code == 422


async def test_what_is_refused_names_the_cell_and_says_nothing_of_its_content(
    intake: Intake,
) -> None:
    content = book(["Rån"], ["Kommun", "Antal 2025"], ["Ett", "Anna Hemlig"])
    answer = await send(intake, content, "bra-lagesbild")

    assert (answer.status_code, answer.json()["code"]) == (422, "STATISTICS.BAD_NUMBER")
    assert "Blad 1, cell B3" in answer.json()["detail"]
    assert "Hemlig" not in answer.text


async def test_a_name_that_looks_personal_refuses_the_file_also_in_a_key(intake: Intake) -> None:
    key = text(
        "Kommun,Kommunnamn,DeSO_2018,RegSO_2020,RegSOkod_2020",
        "9901,Ett,9901A0010,19900101-2385,9901R001",
    )
    answer = await send(intake, key, "scb-deso-regso")

    assert (answer.status_code, answer.json()["code"]) == (422, "STATISTICS.PERSONAL_DATA")
    assert "Rad 2" in answer.json()["detail"]
    assert "19900101" not in answer.text
    assert await intake.all("labels") == []


async def test_a_file_cannot_have_been_fetched_tomorrow(intake: Intake) -> None:
    answer = await send(intake, FILES["tidy"][0], "tidy", fetched_on="2027-01-01")

    assert (answer.status_code, answer.json()["code"]) == (422, "fetched-ahead")


async def test_a_partial_list_never_replaces_a_whole_month(intake: Intake) -> None:
    months = ("02", "03", "03", "04")
    listed = [
        REQUEST | {"service_request_id": str(number), "requested_datetime": f"2025-{month}-04"}
        for number, month in enumerate(months)
    ]
    await send(intake, json.dumps(listed).encode(), "open311")
    partial = balanced(await send(intake, json.dumps(listed[1:2]).encode(), "open311"))

    assert partial["skipped"] == [{"row": 1, "reason": "PRELIMINARY_AFTER_DEFINITIVE"}]
    march = [one["state"] for one in await intake.all("statistics")]
    assert {one["period"]: (one["value"], one["preliminary"]) for one in march} == {
        "2025-02": (1, True),
        "2025-03": (2, False),
        "2025-04": (1, True),
    }


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "rows", "taken", "figures"),
    [
        ("bra/p1m/P1M-b-ackumulerat-2024.csv", 872, 872, 3434),
        ("bra/kommun/anmalda_brott_kommun_2021.csv", 290, 290, 580),
        ("scb/TAB6471_data.json", 2772, 2772, 2772),
        ("scb/TAB6471_metadata.json", 312, 312, 0),
        ("scb/koppling-deso2018-regso2020.csv", 5984, 5984, 0),
        ("polisen/api-events-snapshot-2024-06-12.json", 500, 415, 330),
        ("polisen/stockholm-2024.jsonl", 1155, 1155, 458),
        ("polisen/revisions-sweden-2024.jsonl", 304, 132, 122),
        ("civic311/koeln-open311/requests-2016-02.json", 50, 50, 37),
        ("civic311/nyc/nyc311-portal-2022-05-01.csv", 924, 924, 284),
        ("civic311/nyc/nyc311-api-2023-12-10.csv", 500, 500, 137),
        ("civic311/chicago/sanitation-code-2012-first2000.csv", 2000, 1904, 656),
        pytest.param(
            "skola/skolverket-elever-per-arskurs-2020.csv", 4797, 4797, 51_763, marks=SLOW
        ),
        pytest.param(
            "skola/skolenkaten-2022-elever-gymnasiet-ar-2.xlsx", 879, 759, 31_874, marks=SLOW
        ),
    ],
)
@pytest.mark.timeout(300)  # tens of thousands of figures, on a machine with other work
async def test_the_real_files_go_in_whole(
    intake: Intake, name: str, rows: int, taken: int, figures: int
) -> None:
    told = balanced(await send(intake, (REAL / name).read_bytes(), "auto", period="2021"))

    assert (told["rows"], told["taken"], told["new"]) == (rows, taken, taken)
    assert len(await intake.all("statistics")) == figures
