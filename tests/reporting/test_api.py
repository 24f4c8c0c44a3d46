"""The JSON API on a real MongoDB, with rows as the projector writes them."""

import io

import httpx
import pytest
from fastapi import FastAPI
from pypdf import PdfReader

from shared.contracts.concerns import ConcernQuarantined
from shared.store.client import Client, Database
from tests.reporting.support import (
    AFTER,
    ORDER,
    REPORTS,
    WEEK,
    aggregate,
    example,
    given,
    life,
    many,
    order,
    visitor,
)

pytestmark = pytest.mark.stack


async def test_registered_concerns_are_listed_and_quarantined_ones_apart(
    coordinator: httpx.AsyncClient,
) -> None:
    listed = (await coordinator.get("/reporting/v1/concerns", params={"limit": 200})).json()
    assert listed["total"] == len(listed["items"]) == 25
    aside = (await coordinator.get("/reporting/v1/concerns?state=QUARANTINED")).json()
    assert aside["total"] == 1
    assert aside["items"][0]["findings"] == [{"type": "PERSONAL_NUMBER", "count": 1}]


async def test_concerns_are_filtered_and_paged(coordinator: httpx.AsyncClient) -> None:
    answer = await coordinator.get(
        "/reporting/v1/concerns?category=ORD.LOUD_GATHERING&place_id=PL-HORN&limit=4&page=3"
    )
    assert (answer.json()["total"], len(answer.json()["items"])) == (9, 1)
    assert 'rel="prev"' in answer.headers["link"]


async def test_one_concern_is_read_by_its_id(coordinator: httpx.AsyncClient) -> None:
    [item] = (await coordinator.get("/reporting/v1/concerns?category=ROB.PERSON")).json()["items"]
    found = await coordinator.get(f"/reporting/v1/concerns/{item['concern_id']}")
    assert found.json() == item
    unknown = await coordinator.get(f"/reporting/v1/concerns/{aggregate('concern', 'no')}")
    assert unknown.status_code == 404


async def test_counters_are_summed_by_what_is_asked_for(coordinator: httpx.AsyncClient) -> None:
    whole = (await coordinator.get("/reporting/v1/counters")).json()
    assert whole["total"] == 25
    assert {"place_id": "-", "category": "THF.BIKE", "week": WEEK, "n": 4}.items() <= next(
        item for item in whole["items"] if item["category"] == "THF.BIKE"
    ).items()
    by_place = await coordinator.get("/reporting/v1/counters?by=place_id&week=2026-W23")
    assert {item["place_id"]: item["n"] for item in by_place.json()["items"]} == {
        "-": 4, "PL-FRID": 9, "PL-HORN": 12,
    }  # fmt: skip
    assert (await coordinator.get("/reporting/v1/counters?by=")).json()["total"] == 25


@pytest.mark.parametrize(("of", "total"), [("agencies", 25), ("quarantined", 1), ("diverted", 1)])
async def test_effort_quarantine_and_diversions_are_counted_apart(
    coordinator: httpx.AsyncClient, of: str, total: int
) -> None:
    assert (await coordinator.get(f"/reporting/v1/counters?of={of}")).json()["total"] == total


@pytest.mark.parametrize(
    "asked", ["by=agency", "by=week,week", "of=agencies&place_id=PL-HORN", "week=2026-W7"]
)
async def test_what_cannot_be_counted_is_refused(
    coordinator: httpx.AsyncClient, asked: str
) -> None:
    answer = await coordinator.get(f"/reporting/v1/counters?{asked}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_week_without_a_report_is_shown_preliminarily_to_everybody(
    app: FastAPI, coordinator: httpx.AsyncClient
) -> None:
    async with visitor(app) as anybody:
        answer = await anybody.get("/reporting/v1/situation", params={"week": WEEK}, headers=AFTER)
    shown = answer.json()
    assert (shown["preliminary"], shown["edition"], shown["total"]) == (True, None, None)
    assert {line["code"]: line["total"] for line in shown["groups"]}["ORD"] is None
    assert shown["synthetic"]


async def test_a_report_is_built_published_and_shown_to_everybody(
    app: FastAPI, coordinator: httpx.AsyncClient, database: Database
) -> None:
    built = await order(coordinator, "one")
    assert built.status_code == 201
    async with visitor(app) as anybody:
        shown = (await anybody.get(f"/reporting/v1/situation?week={WEEK}")).json()
        pdf = await anybody.get(f"/reporting/v1/situation?week={WEEK}&format=pdf")
    assert (shown["edition"], shown["sha256"]) == (1, built.json()["sha256"])
    assert {line["code"]: line["total"] for line in shown["groups"]}["ORD"] == 9
    assert shown["level"]["level"] == "YELLOW"
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["etag"] == f'"{shown["sha256"]}"'
    stored = await database["reports"].find_one({"_id": built.json()["report_id"]})
    assert stored is not None
    [event] = stored["outbox"]
    assert event["type"] == "se.samlad.reporting.reports.ReportBuilt.v1"


async def test_the_report_as_pdf_says_what_the_page_says_and_is_accessible(
    coordinator: httpx.AsyncClient,
) -> None:
    await order(coordinator, "one")
    answer = await coordinator.get(
        f"/reporting/v1/situation?week={WEEK}", headers={"accept": "application/pdf"}
    )
    read = PdfReader(io.BytesIO(answer.content))
    text = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    assert "Lägesbild vecka 23, 2026" in text
    assert "Vecka 23 kom 25 rapporter från 6 verksamheter." in text
    assert "Påhittade uppgifter" in text
    assert "Gult läge" in text
    assert str(read.root_object["/Lang"]) == "sv-SE"
    assert "/StructTreeRoot" in read.root_object
    assert b"pdfuaid" in answer.content


async def test_the_same_order_gives_the_same_edition_and_a_new_one_the_next(
    coordinator: httpx.AsyncClient,
) -> None:
    first = await order(coordinator, "one")
    again = await order(coordinator, "one")
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    second = await order(coordinator, "two")
    assert second.json()["edition"] == 2
    assert second.json()["sha256"] == first.json()["sha256"]  # the same input, the same bytes
    listed = (await coordinator.get(REPORTS)).json()
    assert [item["edition"] for item in listed["items"]] == [2, 1]


async def test_later_editions_tell_new_conditions_and_the_first_ones_persons(
    coordinator: httpx.AsyncClient, client: Client, database: Database
) -> None:
    await order(coordinator, "one")
    late = [*many("ORD.LOUD_GATHERING", "PL-HORN", 1, "PORT"), *many("ROB.PERSON", "PL-KRON", 7)]
    aside = [life("concern", f"q{n}", example(ConcernQuarantined)) for n in range(9)]
    await given(client, database, [*late, *(each for one in aside for each in one)])
    await order(coordinator, "two")
    await given(client, database, many("ENV.LITTER", "PL-HORN", 2, "REGION"))
    await order(coordinator, "three")
    found = await database["reports"].find().sort("edition", 1).to_list(None)
    first, second, third = (each["content"] for each in found)
    assert second == first
    groups = [{line["code"]: line["total"] for line in each["groups"]} for each in (first, third)]
    assert groups[1] == groups[0] | {"ENV": 5}
    assert third["total"] == first["total"] + 2
    assert third["effort"]["agencies"] == first["effort"]["agencies"]
    assert third["set_aside"] == first["set_aside"]


async def test_orders_at_the_same_time_get_editions_of_their_own(
    coordinator: httpx.AsyncClient,
) -> None:
    import asyncio  # noqa: PLC0415 - only here

    answers = await asyncio.gather(*(order(coordinator, key) for key in ("a", "b", "a")))
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert {answer.json()["edition"] for answer in answers} == {1, 2}
    assert answers[0].json() == answers[2].json()


@pytest.mark.parametrize(
    ("period", "status", "code"),
    [
        ("2026-W30", 422, "WEEK_AHEAD"),
        ("2026-W24", 409, "WEEK_NOT_OVER"),
        ("2025-W53", 422, "NO_WEEK"),
        ("0001-W01", 422, "NO_WEEK"),
        ("9999-W52", 422, "NO_WEEK"),
    ],
)
async def test_a_week_that_is_not_over_has_no_report(
    coordinator: httpx.AsyncClient, period: str, status: int, code: str
) -> None:
    answer = await order(coordinator, "one", period=period)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await coordinator.get(REPORTS)).json()["total"] == 0


@pytest.mark.parametrize("week", ["0001-W01", "9999-W52"])
async def test_a_year_outside_sense_is_invalid_input(
    coordinator: httpx.AsyncClient, week: str
) -> None:
    for form in ("json", "pdf"):
        answer = await coordinator.get(f"/reporting/v1/situation?week={week}&format={form}")
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
    for path in ("concerns", "counters"):
        assert (await coordinator.get(f"/reporting/v1/{path}?week={week}")).status_code == 200


async def test_a_key_used_for_another_week_is_refused(coordinator: httpx.AsyncClient) -> None:
    await order(coordinator, "one")
    answer = await order(coordinator, "one", period="2026-W22")
    assert (answer.status_code, answer.json()["code"]) == (422, "KEY_REUSED")


async def test_an_order_without_a_key_or_with_unknown_fields_is_refused(
    coordinator: httpx.AsyncClient,
) -> None:
    assert (await coordinator.post(REPORTS, json=ORDER)).status_code == 400
    assert (await order(coordinator, "one", colour="red")).status_code == 422
    assert (await order(coordinator, "one", type="yearly")).status_code == 422


async def test_there_is_no_pdf_before_there_is_a_report(coordinator: httpx.AsyncClient) -> None:
    answer = await coordinator.get(f"/reporting/v1/situation?week={WEEK}&format=pdf")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-edition")
    wrong = await coordinator.get("/reporting/v1/situation?week=2025-W53")
    assert wrong.status_code == 422
