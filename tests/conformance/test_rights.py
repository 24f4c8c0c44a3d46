"""Every operation and page by every role of this district and another: only what is listed.

`rights.py` is the expectation, and says how to add to it; that one agency learns nothing of
another's is in `test_nothing_told_by_time.py`.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route

from deploy.samlad.documents import SERVICES
from shared.contracts.codes import Role
from tests.conformance.conftest import SAMPLES, Api, built
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
from tests.intake.conftest import DISTRICT

ABSENT = SAMPLES[""]


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
