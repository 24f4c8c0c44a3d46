import asyncio
from dataclasses import replace
from datetime import datetime
from unittest.mock import Mock
from uuid import UUID

import httpx
import pytest

from shared.telemetry.health import Health, Status
from shared.web.middleware import measure
from shared.web.middleware.headers import STRICT_CSP
from tests.web.trial import SERVICE, Trial, client_of

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_api_info_says_what_the_profile_asks_for(client: httpx.AsyncClient) -> None:
    info = (await client.get("/trial/v1/api-info")).json()
    assert info == {
        "apiName": "trial",
        "apiVersion": "1.0.0",
        "apiReleased": SERVICE.released,
        "apiDocumentation": "http://127.0.0.1:8080/trial/docs",
        "apiStatus": "active",
    }


async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/trial/v1/api-info", "/nowhere", "/trial/v1/fail/broken", "/trial/static/x"):
        answer = await client.get(path)
        assert answer.headers["content-security-policy"] == STRICT_CSP
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in answer.headers
    assert "unsafe" not in STRICT_CSP


async def test_over_https_browsers_are_told_to_stay_there(trial: Trial) -> None:
    async with client_of(replace(trial, public_url="https://samlad.example.org").app()) as client:
        answer = await client.get("/trial/v1/api-info")
        assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_a_callers_correlation_id_comes_back(client: httpx.AsyncClient) -> None:
    mine = "5a0c3f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e"
    named = {"x-correlation-id": mine, "traceparent": TRACE}
    assert (await client.get("/nowhere", headers=named)).headers["x-correlation-id"] == mine


@pytest.mark.parametrize("text", ["mitt-anrop.1", "19121212-1212"])
async def test_words_and_numbers_of_a_caller_are_no_correlation_id(
    client: httpx.AsyncClient, text: str
) -> None:
    answer = await client.get("/nowhere", headers={"x-correlation-id": text})
    assert UUID(answer.headers["x-correlation-id"])
    assert answer.json()["correlation_id"] == answer.headers["x-correlation-id"]


async def test_health_tells_which_part_is_not_up(trial: Trial) -> None:
    health = Health()
    health.add("kafka", lambda: Status(ok=False, detail_code="AWAY"))
    async with client_of(replace(trial, health=health).app()) as client:
        assert (await client.get("/trial/health/live")).json() == {"ok": True, "checks": {}}
        ready = await client.get("/trial/health/ready")
        assert ready.status_code == 503
        assert ready.headers["content-type"] == "application/problem+json"
        assert ready.json()["checks"] == {"kafka": {"ok": False, "detail": "AWAY"}}


async def test_polls_of_a_service_that_is_not_ready_are_not_failures(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Mock()
    monkeypatch.setattr(measure, "_log", told)
    health = Health()
    health.add("kafka", lambda: Status(ok=False, detail_code="AWAY"))
    async with client_of(replace(trial, health=health).app()) as client:
        await client.get("/trial/health/ready")
        assert not told.warning.called
        metrics = (await client.get("/trial/metrics")).text
        assert 'route="/trial/health/ready",status="503"' in metrics
        await client.get("/trial/v1/fail/unavailable")
        assert told.warning.called


async def test_metrics_count_by_route_and_never_by_address(client: httpx.AsyncClient) -> None:
    await client.get("/trial/v1/fail/refused")
    await client.get("/19121212-1212")
    await client.request("191212121212", "/trial/v1/list")
    metrics = (await client.get("/trial/metrics")).text
    assert 'route="/trial/v1/fail/{how}",status="409"' in metrics
    assert 'method="OTHER",route="unknown"' in metrics or 'method="OTHER"' in metrics
    assert "1212" not in metrics


async def test_static_files_are_served_with_a_fingerprint(client: httpx.AsyncClient) -> None:
    answer = await client.get("/trial/static/samlad.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("public")
    assert (await client.get("/trial/static/../settings.py")).status_code == 404
    assert (await client.get("/trial/static/%2e%2e/settings.py")).status_code == 404


async def test_a_services_name_alone_leads_to_its_start(client: httpx.AsyncClient) -> None:
    answer = await client.get("/trial")
    assert (answer.status_code, answer.headers["location"]) == (308, "/trial/")


class Recorder:
    def __init__(self, told: list[str], name: str) -> None:
        self.told, self.name = told, name

    async def start(self) -> None:
        self.told.append(f"{self.name} starts")

    async def stop(self) -> None:
        self.told.append(f"{self.name} stops")


class Broken(Recorder):
    async def start(self) -> None:
        raise RuntimeError("no")


async def test_parts_run_as_long_as_the_app_and_stop_in_reverse(trial: Trial) -> None:
    told: list[str] = []
    app = replace(trial, parts=[Recorder(told, "bus"), Recorder(told, "sender")]).app()
    async with app.router.lifespan_context(app):
        assert told == ["bus starts", "sender starts"]
    assert told[2:] == ["sender stops", "bus stops"]


async def test_a_part_that_cannot_start_stops_those_before_it(trial: Trial) -> None:
    told: list[str] = []
    app = replace(trial, parts=[Recorder(told, "bus"), Broken(told, "x")]).app()
    with pytest.raises(RuntimeError):
        async with app.router.lifespan_context(app):
            pass
    assert told == ["bus starts", "bus stops"]


async def test_in_the_demo_a_request_says_what_time_it_is(demo: httpx.AsyncClient) -> None:
    then = {"x-samlad-now": "2026-06-01T08:00:00+02:00"}
    assert (await demo.get("/trial/v1/time", headers=then)).json() == "2026-06-01T06:00:00+00:00"
    assert not (await demo.get("/trial/v1/time")).json().startswith("2026-06-01")


IMPOSSIBLE = [
    *("nu", "2026-06-01", "2026-06-01T08:00:00", "", "9" * 40),
    *("0001-01-01T00:00:00+02:00", "9999-12-31T23:59:00-02:00", "2200-01-01T00:00:00Z"),
]


@pytest.mark.parametrize("text", IMPOSSIBLE)
async def test_an_impossible_time_is_a_problem(demo: httpx.AsyncClient, text: str) -> None:
    answer = await demo.get("/trial/v1/time", headers={"x-samlad-now": text})
    assert answer.status_code == 400
    assert answer.json()["invalid-parameters"][0]["property"] == "X-Samlad-Now"


async def test_a_tick_moves_the_time_and_wakes_the_timers(trial: Trial) -> None:
    woken: list[datetime] = []

    async def on_tick(now: datetime) -> None:
        woken.append(now)
        await asyncio.sleep(0)

    async with client_of(replace(trial, demo=True, on_tick=[on_tick]).app()) as client:
        answer = await client.post("/trial/v1/demo/tick", json={"now": "2027-06-01T08:00:00Z"})
        assert answer.status_code == 200
        assert (await client.get("/trial/v1/time")).json() == "2027-06-01T08:00:00+00:00"
        assert len(woken) == 1
        for text in ("x", *IMPOSSIBLE):
            answer = await client.post("/trial/v1/demo/tick", json={"now": text})
            assert answer.status_code == 422, text


async def test_outside_the_demo_nobody_moves_the_time(client: httpx.AsyncClient) -> None:
    assert (await client.post("/trial/v1/demo/tick", json={})).status_code == 404
    then = {"x-samlad-now": "2026-06-01T08:00:00Z"}
    assert not (await client.get("/trial/v1/time", headers=then)).json().startswith("2026-06-01")
