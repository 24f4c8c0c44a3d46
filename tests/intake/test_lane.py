"""A report is answered before the router; the route that the document is made of says the same."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.api import SERVICE, concerns
from services.intake.commands.concerns import KEY_REUSED, Accepted, Concerns, Diverted
from services.intake.domain.concern import DANGER
from services.intake.domain.report import ConcernReport
from services.intake.settings import Settings
from services.intake.store import Store
from shared.contracts.codes import ConcernState, Role
from shared.contracts.district import District
from shared.contracts.envelope import Provenance
from shared.contracts.ids import ConcernId
from shared.contracts.refusal import Refused
from shared.security.keys import RecordKeyRing, issue
from shared.store.errors import Unavailable
from shared.telemetry.clock import SystemClock
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from shared.web.app import make_app
from tests.intake.conftest import concern
from tests.web.trial import client_of

DISTRICT = District.load()
REPORTER, RECORD = issue("test", "FIELD_WORKERS", Role.REPORTER, DISTRICT.code, 30)
READER, READERS_RECORD = issue("test", "RECORDS", Role.RECORDS_OFFICER, DISTRICT.code, 30)
AWAY, RECORD_AWAY = issue("test", "ELSEWHERE", Role.REPORTER, "SODERMALM", 30)
GOOD = concern(narrative="Tre lampor är släckta.")
AS_JSON = {"content-type": "application/json"}
WITH_KEY = {"idempotency-key": "k-1", "authorization": f"Bearer {REPORTER}"}
OF_ONE_CALL = {"x-correlation-id", "traceparent", "ratelimit", "content-length"}


@dataclass
class Told:
    """What the command was asked, in place of doing it."""

    asked: list[tuple[ConcernReport, str, str]] = field(default_factory=list)
    raises: Exception | None = None

    async def report(self, said: ConcernReport, key: str, why: Provenance) -> Accepted | Diverted:
        self.asked.append((said, key, why.agency))
        if self.raises:
            raise self.raises
        if said.ongoing_danger:
            return Diverted(DANGER, DISTRICT.diversions[DANGER])
        return Accepted(ConcernId("c-1"), ConcernState.REGISTERED, replayed=said.severity == 0)


@dataclass
class Both:
    """The same service twice: with the lane, and with the route alone."""

    told: tuple[Told, Told]
    clients: tuple[httpx.AsyncClient, httpx.AsyncClient]
    runner: asyncio.Runner

    def answers(
        self,
        body: bytes,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = WITH_KEY | AS_JSON,
        *,
        query: str = "",
    ) -> tuple[Any, Any]:
        for each in self.told:
            each.asked.clear()
        lane, route = (
            _seen(
                self.runner.run(
                    client.post(f"{concerns.PATH}?{query}", content=body, headers=headers)
                )
            )
            for client in self.clients
        )
        assert lane == route
        assert self.told[0].asked == self.told[1].asked
        return lane["status"], self.told[0].asked

    def raising(self, error: Exception) -> None:
        for each in self.told:
            each.raises = error


def _seen(answer: httpx.Response) -> dict[str, Any]:
    body = json.loads(answer.content)
    for name in ("correlation_id", "instance"):
        body.pop(name, None)
    headers = {n: v for n, v in answer.headers.items() if n not in OF_ONE_CALL}
    return {"status": answer.status_code, "headers": headers, "body": body}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("lane")
    told = Told(), Told()
    lane, route = _app(folder, told[0], lane=True), _app(folder, told[1], lane=False)
    with asyncio.Runner() as runner:
        yield Both(told, (client_of(lane), client_of(route)), runner)


def _app(folder: Path, told: Told, *, lane: bool) -> FastAPI:
    commands = cast("Concerns", told)
    secret = folder / "secret"
    secret.write_bytes(bytes(32))
    return make_app(
        SERVICE,
        Settings(secret_file=secret, rate_of_wrong_keys="100000/second"),
        routers=[concerns.router(commands, cast("Store", None))],
        clock=SystemClock(),
        health=Health(),
        metrics=Metrics("intake"),
        keyring=RecordKeyRing([RECORD, READERS_RECORD, RECORD_AWAY]),
        district=DISTRICT,
        lanes=[concerns.lane(commands)] if lane else [],
    )


def _bytes(**changes: object) -> bytes:
    return json.dumps(GOOD | changes).encode()


def test_a_report_in_order_reaches_the_command(both: Both) -> None:
    status, asked = both.answers(_bytes())
    assert status == 202
    [(said, key, agency)] = asked
    assert (said.category, said.narrative) == ("ENV.LIGHTING", "Tre lampor är släckta.")
    assert (key, agency) == ("k-1", "FIELD_WORKERS")


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (401, {}),
        (401, {"authorization": "Bearer sml_test_" + "x" * 43}),
        (401, {"authorization": "Basic YTpi"}),
        (403, {"authorization": f"Bearer {READER}"}),
        (403, {"authorization": f"Bearer {AWAY}"}),
        (400, {"authorization": f"Bearer {REPORTER}"}),
        (400, {"authorization": f"Bearer {REPORTER}", "idempotency-key": " x"}),
        (400, {"authorization": f"Bearer {REPORTER}", "idempotency-key": "x" * 201}),
        (415, WITH_KEY | {"content-type": "text/plain"}),
        (415, WITH_KEY | {"content-type": "application/x-www-form-urlencoded"}),
        (415, WITH_KEY | {"content-type": "application/json", "content-encoding": "gzip"}),
        (202, WITH_KEY | {"content-type": "application/vnd.samlad+json; charset=utf-8"}),
        (202, WITH_KEY | AS_JSON | {"accept-language": "en", "accept": "text/html"}),
    ],
)
def test_headers_that_do_not_do(both: Both, status: int, headers: dict[str, str]) -> None:
    assert both.answers(_bytes(), AS_JSON | headers)[0] == status


@pytest.mark.parametrize(("status", "query"), [(422, "statuss=A"), (422, "a=1&b=2"), (202, "")])
def test_what_an_address_asks(both: Both, status: int, query: str) -> None:
    assert both.answers(_bytes(), query=query)[0] == status


@pytest.mark.parametrize("name", ["authorization", "idempotency-key"])
def test_a_header_that_decides_is_given_once(both: Both, name: str) -> None:
    given = [*(WITH_KEY | AS_JSON).items(), (name, WITH_KEY[name])]
    assert both.answers(_bytes(), given)[0] == 400


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (422, b""),
        (400, b"{"),
        (422, b"[]"),
        (422, b'"text"'),
        (422, b"null"),
        (422, b"{}"),
        (422, _bytes(extra="x")),
        (422, _bytes(severity="1")),
        (422, _bytes(severity=True)),
        (422, _bytes(severity=1.0)),
        (422, _bytes(observed_from=1780000000)),
        (422, _bytes(observed_from="2026-06-05T22:10:00")),
        (422, _bytes(point={"lat": "59", "lon": 18.0})),
        (422, _bytes(point={"lat": 59.0, "lon": 18.0, "alt": 1})),
        (422, _bytes(flags=["NONE"], certainty="sure")),
        (422, _bytes(narrative="x" * 501)),
        (422, _bytes(narrative="\x00")),
        (422, _bytes(secondary=[["x"] * 3] * 3)),
        (202, _bytes(narrative="a\u030a")),
        (202, _bytes(severity=0)),
        (422, _bytes(ongoing_danger=True)),
        (400, b'{"severity": 2, ' + _bytes()[1:]),
    ],
)
def test_bodies_that_do_and_do_not(both: Both, status: int, body: bytes) -> None:
    assert both.answers(body)[0] == status


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from([*ConcernReport.model_fields, "more"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(fields, json_values, max_size=3), st.sets(fields, max_size=2))
def test_whatever_is_sent_both_say_the_same(
    both: Both, changed: dict[str, object], left_out: set[str]
) -> None:
    body = {name: value for name, value in (GOOD | changed).items() if name not in left_out}
    both.answers(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (422, Refused(KEY_REUSED)),
        (503, Unavailable("ServerSelectionTimeoutError")),
        (500, ValueError("secret 19121212-1212")),
    ],
)
def test_what_the_command_cannot_do(both: Both, status: int, error: Exception) -> None:
    both.raising(error)
    try:
        assert both.answers(_bytes())[0] == status
    finally:
        for each in both.told:
            each.raises = None
