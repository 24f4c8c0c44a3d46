from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.contracts.refusal import Refusal, Refused
from shared.security.keys import RecordKeyRing, issue
from shared.security.roles import Principal, Right
from shared.store.errors import Conflict, DuplicateId, Rejected, Unavailable
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from shared.web.app import ServiceInfo, clock_for, make_app
from shared.web.auth import Known, require
from shared.web.idempotency import IdempotencyKey
from shared.web.json_guard import BATCH
from shared.web.paging import Listing
from shared.web.settings import ServiceSettings

DISTRICT = District.load()
COORDINATOR, RECORD = issue("test", "DISTRICT_COORD", Role.COORDINATOR, DISTRICT.code, 30)
REPORTER, REPORTER_RECORD = issue("test", "LIBRARIES", Role.REPORTER, DISTRICT.code, 30)
CANARY = "19121212-1212"

SERVICE = ServiceInfo(
    name="trial",
    title_sv="Prov",
    title_en="Trial",
    description_sv="En tjänst för prov.",
    description_en="A service for trials.",
    limits={"/trial/v1/batches": BATCH},
)


class TrialSettings(ServiceSettings):
    service = "trial"


class Given(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=40)]
    count: Annotated[int, Field(ge=0, le=100)] = 0
    share: float = 0.0
    at: AwareDatetime | None = None
    many: Annotated[list[int], Field(max_length=1000)] = []
    deep: Any = None


def trial_router() -> APIRouter:
    router = APIRouter(prefix="/trial")

    @router.post("/v1/things")
    async def make(given: Given, key: IdempotencyKey) -> dict[str, str]:
        return {"name": given.name, "key": key}

    @router.post("/v1/batches")
    async def batch(given: Given) -> dict[str, int]:
        return {"many": len(given.many)}

    @router.get("/v1/who")
    async def who(known: Known) -> dict[str, str]:
        return {"agency": known.agency, "via": known.via}

    @router.post("/v1/who")
    async def change(known: Known) -> dict[str, str]:
        return {"agency": known.agency}

    @router.get("/v1/desk")
    async def desk(known: Annotated[Principal, Depends(require(Right.TRIAGE))]) -> str:
        return known.role

    @router.get("/v1/list")
    async def listing(part: Listing) -> int:
        return part.skip

    @router.get("/v1/fail/{how}")
    async def fail(how: str) -> None:
        raise FAILURES[how]

    @router.get("/v1/time")
    async def time(request: Request) -> str:
        moment: datetime = request.app.state.site.clock.now()
        return moment.isoformat()

    @router.get("/page", response_class=HTMLResponse)
    async def page() -> str:
        return "<p>hej</p>"

    return router


FAILURES: dict[str, Exception] = {
    "refused": Refused(Refusal("NOT_NOW", "Inte nu", "Not now")),
    "refused-input": Refused(Refusal("NOT_SO", "Inte så", "Not so", status=422)),
    "unavailable": Unavailable("ServerSelectionTimeoutError"),
    "conflict": Conflict("VERSION"),
    "duplicate": DuplicateId("DuplicateKeyError"),
    "rejected": Rejected("DocumentTooLarge"),
    "broken": ValueError(f"secret {CANARY}"),
}

MakeApp = Callable[..., FastAPI]


@pytest.fixture
def make(tmp_path: Path) -> MakeApp:
    def made(**given: Any) -> FastAPI:
        secret = tmp_path / "secret"
        secret.write_bytes(bytes(range(32)))
        more = {name: given.pop(name) for name in ("parts", "on_tick") if name in given}
        settings = TrialSettings(secret_file=secret, **given)
        return make_app(
            SERVICE,
            settings,
            routers=[trial_router(), *given.get("routers", [])],
            clock=clock_for(settings),
            health=Health(),
            metrics=Metrics("trial"),
            keyring=RecordKeyRing([RECORD, REPORTER_RECORD]),
            district=DISTRICT,
            **more,
        )

    return made


@pytest.fixture
async def client(make: MakeApp) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(make()) as one:
        yield one


def client_of(app: FastAPI, **more: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", **more)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc] - year, month, day …
