"""Drives a service in this process with requests made from its own OpenAPI document."""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from pymongo import AsyncMongoClient
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.contracts.codes import Role
from shared.security.keys import issue, write_records
from shared.security.session import SessionSeal
from tests.conformance.conftest import Json, built, signed_in
from tests.conformance.rights import NEEDS
from tests.intake.conftest import DISTRICT, NOBODY, rows_of_places

T = TypeVar("T")
Operation = APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Any]
SEED = 20261123
LOCAL = "http://127.0.0.1:8080"
ALWAYS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
REFUSED = [*ALWAYS, negative_data_rejection]
# A wrong item is refused by itself, at 200: tests/intake/test_batch_api.py.
PATIENCE, REST_SECONDS = 5, 0.3
ITEM_BY_ITEM = frozenset({"POST /intake/v1/concerns/batch"})


@dataclass(frozen=True, slots=True)
class Driver:
    """A running app, and the loop it runs on."""

    runner: asyncio.Runner
    http: httpx.AsyncClient
    document: Json
    keys: Mapping[Role, str]
    elsewhere: Mapping[Role, str]
    seal: SessionSeal
    statuses: dict[int, int] = field(default_factory=dict)

    def signed_in(self, role: Role, district: str) -> dict[str, str]:
        """The headers of a person's browser."""
        return signed_in(self.seal, role, district)

    def operations(self) -> list[Operation]:
        """Every operation of the document that has an end: a live stream has none."""
        schema = schemathesis.openapi.from_dict(self.document)
        results = list(schema.get_all_operations())
        found = [each.ok() for each in results if isinstance(each, Ok)]
        assert len(found) == len(results), "part of the document cannot be read"
        return [each for each in found if "text/event-stream" not in str(each.definition.raw)]

    @staticmethod
    def varies(operation: Operation) -> bool:
        """Whether there is anything about a request that could be wrong."""
        names = {each.name for each in operation.iter_parameters()}
        return bool(operation.body) or bool(names - {"Authorization", "samlad_session"})

    def check(self, operation: Operation, cases: int, *, role: Role) -> list[str]:
        """Send so many requests the document allows, and so many it does not; tell the faults."""
        modes = list(GenerationMode) if self.varies(operation) else [GenerationMode.POSITIVE]
        return [fault for mode in modes for fault in self._tried(operation, cases, role, mode)]

    def _tried(
        self, operation: Operation, cases: int, role: Role, mode: GenerationMode
    ) -> Iterator[str]:
        asked = [""]
        negative = mode is GenerationMode.NEGATIVE and operation.label not in ITEM_BY_ITEM

        @seed(SEED)
        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(case=operation.as_strategy(generation_mode=mode, headers=self._who(operation, role)))
        def each(case: Case) -> None:
            if mode is GenerationMode.POSITIVE and "Idempotency-Key" in case.headers:
                case.headers["Idempotency-Key"] = str(uuid4())
            answer = self._sent(case)
            asked.append(f"{answer.request.url.raw_path!r}")
            self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
            wrong = negative and not _left_out(case)
            case.validate_response(answer, checks=REFUSED if wrong else ALWAYS)

        try:
            each()
        except (FailureGroup, Failure) as fault:
            parts = fault.exceptions if isinstance(fault, FailureGroup) else [fault]
            told = "; ".join(str(part)[:700] for part in parts)
            yield f"{operation.label} {mode.value} {asked[-1]}: {told}"

    def _who(self, operation: Operation, role: Role) -> dict[str, str]:
        if NEEDS[operation.path.split("/")[1]][operation.label].people:
            return self.signed_in(role, DISTRICT.code)
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def _sent(self, case: Case) -> httpx.Response:
        wanted = case.as_transport_kwargs(base_url=str(self.http.base_url))
        wanted.pop("cookies", None)
        made = requests.Request(**wanted).prepare()
        request = httpx.Request(
            made.method or "",
            made.url or "",
            headers=list(made.headers.items()),
            content=_bytes(made),
        )
        return self.runner.run(self._patiently(request))

    async def _patiently(self, request: httpx.Request) -> httpx.Response:
        """Its answer; once more after 503, "not for the moment", as while a collection is made."""
        for _ in range(PATIENCE):
            answer = await self.http.send(request)
            if answer.status_code != 503 or "retry-after" not in answer.headers:
                break
            await asyncio.sleep(REST_SECONDS)
        return answer


def _left_out(case: Case) -> bool:
    """Whether what is wrong with a request is not sent at all: an empty list has no address."""
    return any(value in ([], {}, None) for value in dict(case.query or {}).values())


def _bytes(made: requests.PreparedRequest) -> bytes | None:
    return made.body.encode() if isinstance(made.body, str) else made.body


@contextmanager
def driving(runner: asyncio.Runner, service: str, folder: Path, **where: str) -> Iterator[Driver]:
    """A service with its lifespan, keys of every role, and places where it knows any."""
    keys, elsewhere = _keys(folder / "keys.json")
    app = built(service, folder, kafka=NOBODY, demo=True, public_url=LOCAL, **where)
    with ExitStack() as stack:
        stack.enter_context(_on(runner, app.router.lifespan_context(app)))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        http = stack.enter_context(
            _on(runner, httpx.AsyncClient(transport=transport, base_url=LOCAL))
        )
        if service == "intake":
            runner.run(_know_places(where))
        yield Driver(runner, http, app.openapi(), keys, elsewhere, app.state.site.seal)


def _keys(file: Path) -> tuple[dict[Role, str], dict[Role, str]]:
    """A key of every role, of this district and of another."""
    here, away = (
        {role: issue("test", "DISTRICT_COORD", role, district, 1) for role in Role}
        for district in (DISTRICT.code, "SODERMALM")
    )
    write_records(file, [record for issued in (here, away) for _, record in issued.values()])
    return {role: key for role, (key, _) in here.items()}, {
        role: key for role, (key, _) in away.items()
    }


async def _know_places(where: Mapping[str, str]) -> None:
    async with AsyncMongoClient[Json](where["mongo_url"]) as mongo:
        places = mongo[f"{where['database_prefix']}intake"]["places"]
        await places.insert_many(rows_of_places())


@contextmanager
def _on(runner: asyncio.Runner, entered: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """An async context on the runner's loop."""
    value = runner.run(_awaited(entered.__aenter__()))
    try:
        yield value
    finally:
        runner.run(_awaited(entered.__aexit__(None, None, None)))


async def _awaited(one: Awaitable[T]) -> T:
    return await one
