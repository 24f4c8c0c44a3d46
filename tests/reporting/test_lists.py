"""What was done and published, as lists, and who may read them."""

from datetime import date
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from shared.contracts.closed_actions import ActionClosed
from shared.contracts.codes import Effect, YouthBand
from shared.contracts.est import (
    ProblemIdentified,
)
from shared.contracts.sspf import SspfMeetingOutcomeRecorded, SspfTermAttested
from shared.contracts.statistics import StatisticObserved, StatisticsImported
from shared.store.client import Client, Database
from tests.reporting.support import (
    REPORTER,
    SSPF,
    STRANGER,
    example,
    given,
    life,
    proposed,
    visitor,
)

pytestmark = pytest.mark.stack


async def test_follow_up_lists(
    coordinator: httpx.AsyncClient, client: Client, database: Database
) -> None:
    closed = example(ActionClosed)
    await given(
        client,
        database,
        [
            *life("assignment", "a", proposed()),
            *life("assignment", "a", closed),
            *life("problem", "p", example(ProblemIdentified)),
        ],
    )
    for path, field in (("assignments", "owner"), ("problems", "causes"), ("effects", "effect")):
        listed = (await coordinator.get(f"/reporting/v1/{path}")).json()
        assert listed["total"] == 1
        assert field in listed["items"][0]
    none = await coordinator.get(f"/reporting/v1/effects?effect={Effect.WORSE}")
    assert none.json()["total"] == 0


async def test_a_term_stays_withheld_until_it_is_attested(
    app: FastAPI, coordinator: httpx.AsyncClient, client: Client, database: Database
) -> None:
    meeting = example(SspfMeetingOutcomeRecorded)
    held = [each for n in range(3) for each in life("sspf-outcome", f"{n}", meeting)]
    await given(client, database, held)
    [before] = (await coordinator.get("/reporting/v1/sspf")).json()["items"]
    assert before == {
        "term": "2026-VT",
        "status": "WITHHELD",
        "reasons": ["NOT_ATTESTED"],
        "meetings": None,
        "unique_band": None,
    }
    attested = SspfTermAttested(term="2026-VT", unique_band=YouthBand.FIVE_TO_NINE)
    await given(client, database, life("sspf-term", "t", attested))
    async with visitor(app, SSPF) as sspf:
        [after] = (await sspf.get("/reporting/v1/sspf")).json()["items"]
    assert (after["status"], after["meetings"], after["unique_band"]) == ("RELEASED", 3, "5-9")


async def test_indicators_carry_source_caution_and_what_they_superseded(
    app: FastAPI, coordinator: httpx.AsyncClient, client: Client, database: Database
) -> None:
    old = example(StatisticObserved)
    new = old.model_copy(update={"value": None, "suppressed": True})
    await given(client, database, life("import", "i", example(StatisticsImported)))
    await given(client, database, life("statistic", "s", old, new))
    async with visitor(app) as anybody:
        listed = (await anybody.get("/reporting/v1/indicators?geography=stockholm")).json()
    [item] = listed["items"]
    assert (item["value"], item["suppressed"], item["preliminary"]) == (None, True, True)
    assert item["superseded"][0]["value"] == 412.0
    assert (item["caution"], item["fetched_on"]) == ("REPORTED_CRIME", None)
    assert item["caution_words"]["sv"].startswith("Anmälda brott")


async def test_each_figure_is_shown_with_the_day_its_own_file_was_fetched(
    app: FastAPI, client: Client, database: Database
) -> None:
    ids = {place: str(uuid4()) for place in ("solna", "stockholm")}
    days = {"solna": date(2026, 5, 1), "stockholm": date(2026, 5, 4)}
    for place, day in days.items():
        imported = example(StatisticsImported).model_copy(update={"fetched_on": day})
        await given(client, database, life("import", ids[place], imported))
        told = {"geography": place, "fetched_on": day, "import_id": ids[place]}
        fact = example(StatisticObserved).model_copy(update=told)
        await given(client, database, life("statistic", place, fact))
    async with visitor(app) as anybody:
        listed = (await anybody.get("/reporting/v1/indicators")).json()["items"]
    shown = {one["geography"]: (one["fetched_on"], one["import_id"]) for one in listed}
    assert shown == {place: (str(day), ids[place]) for place, day in days.items()}


async def test_an_indicator_of_a_source_nothing_was_told_about_has_no_caution(
    coordinator: httpx.AsyncClient, client: Client, database: Database
) -> None:
    await given(client, database, life("statistic", "s", example(StatisticObserved)))
    [item] = (await coordinator.get("/reporting/v1/indicators")).json()["items"]
    assert item["caution"] is None


INTERNAL = ("concerns", "counters", "assignments", "problems", "effects", "sspf")


@pytest.mark.parametrize("path", INTERNAL)
@pytest.mark.parametrize(("key", "status"), [(None, 401), (REPORTER, 403), (STRANGER, 403)])
async def test_internal_lists_are_for_those_who_work_with_them(
    app: FastAPI, path: str, key: str | None, status: int
) -> None:
    async with visitor(app, key) as somebody:
        answer = await somebody.get(f"/reporting/v1/{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
