"""The public pages, as somebody without an account and without JavaScript gets them."""

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.contracts.closed_actions import ActionClosed
from shared.store.client import Client, Database
from tests.reporting.support import (
    AFTER,
    COORDINATOR,
    WEEK,
    busy_week,
    example,
    given,
    life,
    order,
    visitor,
)

pytestmark = pytest.mark.stack


@pytest.fixture
async def anybody(app: FastAPI) -> Any:  # noqa: ANN401 - a generator
    async with visitor(app) as one:
        yield one


@pytest.fixture
async def published(app: FastAPI, client: Client, database: Database) -> None:
    closed = example(ActionClosed).model_dump() | {"closed_on": "2026-06-05"}
    action = life("assignment", "a", ActionClosed.model_validate(closed))
    await given(client, database, [*busy_week(), *action])
    async with visitor(app, COORDINATOR) as coordinator:
        await order(coordinator, "one")


async def read(anybody: httpx.AsyncClient, path: str) -> str:
    answer = await anybody.get(path, headers=AFTER)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    return re.sub(r"\s+", " ", answer.text)


@pytest.mark.usefixtures("published")
async def test_the_start_page_tells_the_week_in_three_sentences(anybody: httpx.AsyncClient) -> None:
    page = await read(anybody, "/reporting/")
    assert "Vecka 23 kom 25 rapporter från 6 verksamheter." in page
    assert "Utgåva 1, byggd" in page
    assert "Alla uppgifter är påhittade." in page
    assert 'ring <a href="tel:112">112</a>' in page
    assert 'href="/intake/report"' in page
    assert "Hornsbergs strand" in page
    assert "<svg" in page


@pytest.mark.usefixtures("published")
async def test_the_weeks_page_has_tables_chart_neighbours_and_the_file(
    anybody: httpx.AsyncClient,
) -> None:
    page = await read(anybody, f"/reporting/situation/{WEEK}")
    assert 'href="/reporting/situation/2026-W22"' in page
    assert 'href="/reporting/situation/2026-W24"' in page
    assert f'href="/reporting/situation/{WEEK}.pdf"' in page
    assert "Platserna står i bokstavsordning" in page
    assert "Fler eller bättre papperskorgar" in page
    assert "Gul" in page
    assert "står fast från första utgåvan" in page
    assert re.search(r"uppgifter om människors beteende dolda", page)


@pytest.mark.usefixtures("published")
async def test_no_hidden_count_stands_on_any_page(anybody: httpx.AsyncClient) -> None:
    page = await read(anybody, f"/reporting/situation/{WEEK}")
    assert re.search(r"Rån</strong></th><td class=\"number\"><strong><span[^>]*>dolt", page)
    assert "Personrån" not in page


@pytest.mark.usefixtures("published")
async def test_the_file_is_the_edition_of_the_page(anybody: httpx.AsyncClient) -> None:
    answer = await anybody.get(f"/reporting/situation/{WEEK}.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    latest = await anybody.get("/reporting/situation")
    assert latest.headers["location"] == f"/reporting/situation/{WEEK}"


async def test_without_a_report_a_week_is_preliminary_and_has_no_file(
    anybody: httpx.AsyncClient, client: Client, database: Database
) -> None:
    await given(client, database, busy_week())
    page = await read(anybody, "/reporting/")
    assert "Preliminärt." in page
    assert "Vecka 23" in page
    assert ".pdf" not in page
    assert (await anybody.get(f"/reporting/situation/{WEEK}.pdf")).status_code == 404


async def test_before_anything_is_reported_the_pages_stand(
    anybody: httpx.AsyncClient, database: Database
) -> None:
    page = await read(anybody, "/reporting/")
    assert "visas inte" in page
    assert "Vecka 24" in page


OUTSIDE = ("0001-W01", "1999-W52", "2200-W01", "9999-W52")


async def test_the_first_and_the_last_week_there_are_have_pages(
    anybody: httpx.AsyncClient, database: Database
) -> None:
    for week in ("2000-W01", "2199-W52"):
        assert "Ingen åtgärd" in await read(anybody, f"/reporting/situation/{week}")


async def test_a_week_that_does_not_exist_is_not_found(
    anybody: httpx.AsyncClient, database: Database
) -> None:
    accepting = {"accept": "text/html"}
    for path in ("2026-W99", "nonsense", "2026-W99.pdf", *OUTSIDE, "9999-W52.pdf"):
        answer = await anybody.get(f"/reporting/situation/{path}", headers=accepting)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.usefixtures("published")
async def test_pages_ask_nothing_of_other_hosts_and_hold_no_inline_script(
    anybody: httpx.AsyncClient,
) -> None:
    for path in ("/reporting/", f"/reporting/situation/{WEEK}"):
        page = await read(anybody, path)
        asked = re.findall(r"(?:src|href)=\"(?!/|#|tel:)([^\"]+)\"", page)
        assert not asked
        assert not re.search(r"<script(?![^>]*src=)|<style|style=", page)
