"""Every operation and page by every role of this district and another: only what is listed.

And one agency learns nothing of another's: not by reading, listing, counting or how much is asked
of MongoDB. `rights.py` is the expectation, and says how to add to it.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pymongo import AsyncMongoClient, monitoring
from starlette.routing import BaseRoute, Mount, Route

from deploy.samlad.documents import SERVICES
from shared.contracts.codes import Role
from shared.security.keys import issue, write_records
from tests.conformance.conftest import SAMPLES, Api, Json, built
from tests.conformance.drive import LOCAL, Driver, driving
from tests.conformance.rights import (
    NAMES_NOTHING_OWNED,
    NEEDS,
    ONLY_SOMETIMES,
    OWNED,
    PARTED_BY_ROWS,
    SHARED,
    SIGN_IN,
    Need,
    names_something,
)
from tests.intake.conftest import DISTRICT, NOBODY, concern, rows_of_places

ABSENT = SAMPLES[""]
VOLATILE = {"x-correlation-id", "traceparent", "ratelimit", "date"}


def paths_of(app: FastAPI) -> set[str]:
    """Every operation and page of an app, described or not."""
    return {name for route in app.routes for name in _names(route, "")}


def _names(route: BaseRoute, start: str) -> Iterator[str]:
    if isinstance(route, Mount):
        yield f"GET {route.path}"
        return
    inner = getattr(route, "original_router", None)
    if inner is not None:
        start += route.include_context.prefix  # type: ignore[attr-defined]
        yield from (name for each in inner.routes for name in _names(each, start))
    if isinstance(route, Route):
        yield from (f"{m} {start}{route.path}" for m in route.methods or () if m != "HEAD")


def test_every_operation_and_page_is_listed_with_the_right_it_needs(
    api: Api, tmp_path: Path
) -> None:
    demo = built(api.name, tmp_path, demo=True, public_url=LOCAL)
    found = paths_of(api.app) | paths_of(demo)
    assert {operation.name for operation in api.operations()} <= found
    assert found - NEEDS[api.name].keys() == set(), "add a line to tests/conformance/rights.py"
    assert NEEDS[api.name].keys() - found - ONLY_SOMETIMES == set(), "no such operation any more"


def test_what_the_document_says_is_open_is_open(api: Api) -> None:
    for operation in api.operations():
        says = bool(operation.said.get("security"))
        assert says == (NEEDS[api.name][operation.name].roles is not None), operation.name


def test_every_operation_that_names_something_says_whose_it_is() -> None:
    naming = {
        name
        for service, needs in NEEDS.items()
        for name in needs
        if names_something(name) and not name.startswith(f"GET /{service}/docs")
    }
    assert naming == OWNED.keys() | SHARED.keys()
    assert not OWNED.keys() & (SHARED.keys() | NAMES_NOTHING_OWNED)


Driving = Callable[[str], AbstractContextManager[Driver]]


@pytest.fixture
def driven(tmp_path: Path, mongo_url: str, database_name: str) -> Driving:
    @contextmanager
    def drive(service: str) -> Iterator[Driver]:
        where = {"mongo_url": mongo_url, "database_prefix": f"{database_name}_"}
        with (
            asyncio.Runner() as runner,
            driving(runner, service, tmp_path, **where) as driver,
        ):
            yield driver

    return drive


@pytest.mark.stack
@pytest.mark.parametrize("service", SERVICES)
def test_each_role_may_what_it_needs_to_and_nothing_else(driven: Driving, service: str) -> None:
    with driven(service) as driver:
        wrong = [
            fault
            for name, need in NEEDS[service].items()
            if need.roles is not None
            for fault in _faults(driver, service, name, need)
        ]
        assert not wrong, "\n".join(wrong)


def _faults(driver: Driver, service: str, name: str, need: Need) -> Iterator[str]:
    assert need.roles is not None
    unknown = _asked(driver, name, None)
    if unknown != need.unknown:
        yield f"{name} unknown: {unknown}"
    for role in Role:
        here, away = (_asked(driver, name, who) for who in _both(driver, role, need))
        by_key = _asked(driver, name, _by(driver.keys[role])) if need.people else 403
        if by_key not in {403, SIGN_IN}:
            yield f"{name} {role} by a key: {by_key}"
        passes = here not in {401, 403, SIGN_IN} and here < 500
        if passes != (role in need.roles) or (not passes and here != 403):
            yield f"{name} {role}: {here}"
        if away != 403 and not (service in PARTED_BY_ROWS and role in need.roles):
            yield f"{name} {role} of another district: {away}"


def _both(driver: Driver, role: Role, need: Need) -> tuple[dict[str, str], dict[str, str]]:
    """Somebody in this role, of this district and of another."""
    if need.people:
        return driver.signed_in(role, DISTRICT.code), driver.signed_in(role, "SODERMALM")
    return _by(driver.keys[role]), _by(driver.elsewhere[role])


def _by(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def _asked(driver: Driver, name: str, who: dict[str, str] | None) -> int:
    method, _, path = name.partition(" ")
    headers = {"idempotency-key": "k"} | (who or {})
    form = {"service_code": "ENV.LIGHTING"} if "/open311/" in path else None
    request = driver.http.build_request(
        "HEAD" if method == "GET" else method,  # a live stream ends when only its head is asked for
        _filled(path, ABSENT),
        headers=headers,
        data=form if method == "POST" else None,
        json=None if form or method == "GET" else {},
    )
    return driver.runner.run(driver.http.send(request)).status_code


def _filled(path: str, concern_id: str) -> str:
    usual = {"place_id": SAMPLES["place_id"], "fingerprint": "0" * 12, "form": "xml"}
    return re.sub(r"\{(\w+)\}", lambda found: usual.get(found[1], concern_id), path)


# Between agencies


class Commands(monitoring.CommandListener):
    """What MongoDB is asked: commands and the collections they are about."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.seen is not None:
            name = event.command_name
            self.seen.append((name, str(event.command.get(name, ""))))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """What came of it does not matter."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nor what went wrong."""


COMMANDS = Commands()
_registered: list[Commands] = []


class Desk:
    """Intake without its background work, so that every command is an answer's."""

    def __init__(self, http: httpx.AsyncClient, keys: dict[str, str]) -> None:
        self.http = http
        self._keys = keys

    async def ask(
        self, agency: str, name: str, concern_id: str = ABSENT, body: object = None
    ) -> tuple[httpx.Response, list[tuple[str, str]]]:
        method, _, path = name.partition(" ")
        headers = {"authorization": f"Bearer {self._keys[agency]}", "idempotency-key": concern_id}
        COMMANDS.seen = []
        try:
            answer = await self.http.request(
                method, _filled(path, concern_id), headers=headers, json=body
            )
            return answer, COMMANDS.seen
        finally:
            COMMANDS.seen = None


MINE, THEIRS = "FIELD_WORKERS", "LIBRARIES"
REPORT = "POST /intake/v1/concerns"


@asynccontextmanager
async def quiet(tmp_path: Path, mongo_url: str, prefix: str) -> AsyncIterator[Desk]:
    if not _registered:
        monitoring.register(COMMANDS)
        _registered.append(COMMANDS)
    issued = {
        agency: issue("test", agency, Role.REPORTER, DISTRICT.code, 1) for agency in (MINE, THEIRS)
    }
    write_records(tmp_path / "keys.json", [record for _, record in issued.values()])
    where: Json = {"mongo_url": mongo_url, "database_prefix": prefix, "kafka": NOBODY}
    app = built("intake", tmp_path, **where)
    async with (
        AsyncMongoClient[Json](mongo_url) as mongo,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=LOCAL) as http,
    ):
        await mongo[f"{prefix}intake"]["places"].insert_many(rows_of_places())
        yield Desk(http, {agency: plain for agency, (plain, _) in issued.items()})


@pytest.mark.stack
@pytest.mark.parametrize("name", OWNED)
async def test_what_is_another_agencys_does_not_exist(
    tmp_path: Path, mongo_url: str, database_name: str, name: str
) -> None:
    body = None if name.startswith("GET") else dict(OWNED[name])
    async with quiet(tmp_path, mongo_url, f"{database_name}_") as desk:
        made, _ = await desk.ask(THEIRS, REPORT, body=concern(narrative="Tre lampor."))
        theirs = made.json()["concern_id"]
        await desk.ask(MINE, name, ABSENT, body)  # what is kept for a while is read before

        missing, asked_of_missing = await desk.ask(MINE, name, ABSENT, body)
        foreign, asked_of_foreign = await desk.ask(MINE, name, theirs, body)
        own, _ = await desk.ask(THEIRS, name, theirs, body)

        assert own.status_code < 400, own.text
        assert missing.status_code == foreign.status_code == 404
        assert _told(missing) == _told(foreign)
        assert asked_of_missing == asked_of_foreign


@pytest.mark.stack
async def test_lists_and_totals_are_of_ones_own(
    tmp_path: Path, mongo_url: str, database_name: str
) -> None:
    async with quiet(tmp_path, mongo_url, f"{database_name}_") as desk:
        listing = "GET /intake/v1/concerns"
        before, asked_before = await desk.ask(MINE, listing)
        await desk.ask(THEIRS, REPORT, body=concern())
        after, asked_after = await desk.ask(MINE, listing)
        theirs, _ = await desk.ask(THEIRS, listing)

        assert theirs.json()["total"] == 1
        assert before.json() == after.json() == {"items": [], "total": 0, "limit": 20, "page": 1}
        assert _told(before) == _told(after)
        assert asked_before == asked_after


@pytest.mark.stack
async def test_a_key_another_agency_has_used_tells_nothing(
    tmp_path: Path, mongo_url: str, database_name: str
) -> None:
    async with quiet(tmp_path, mongo_url, f"{database_name}_") as desk:
        await desk.ask(THEIRS, REPORT, "the-same", concern(severity=3))
        await desk.ask(MINE, REPORT, "warm", concern())
        fresh, asked_fresh = await desk.ask(MINE, REPORT, "another", concern())
        same, asked_same = await desk.ask(MINE, REPORT, "the-same", concern())

        assert fresh.status_code == same.status_code == 202
        assert "idempotent-replayed" not in same.headers
        assert asked_fresh == asked_same


def _told(answer: httpx.Response) -> tuple[Json, dict[str, str]]:
    """Everything an answer says but its own ids."""
    body = answer.json() if "json" in answer.headers["content-type"] else {"text": answer.text}
    for name in ("instance", "correlation_id"):
        body.pop(name, None)
    return body, {n: v for n, v in answer.headers.items() if n not in VOLATILE}
