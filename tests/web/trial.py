"""A small service with one route for everything the web layer does."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request, Response, UploadFile
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.contracts.refusal import Refusal, Refused
from shared.security.keys import RecordKeyRing, issue
from shared.security.roles import Principal, Right
from shared.store.errors import Conflict, DuplicateId, Rejected, Unavailable
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from shared.web.app import OnTick, Part, ServiceInfo, clock_for, make_app
from shared.web.auth import Known, require
from shared.web.conditional import IfMatch, check_version, etag
from shared.web.form_data import filled_in
from shared.web.idempotency import IdempotencyKey
from shared.web.json_guard import BATCH
from shared.web.paging import Listing, Paged, paged
from shared.web.requests import provenance
from shared.web.session import sign_in, sign_out
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
    limits={"/trial/v1/batches": BATCH, "/trial/v1/who": BATCH, "/trial/v1/files": BATCH},
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


@router.post("/v1/files")
async def take_file(known: Known, file: UploadFile) -> dict[str, str]:
    return {"agency": known.agency, "name": file.filename or ""}


@router.get("/v1/desk")
async def desk(known: Annotated[Principal, Depends(require(Right.TRIAGE))]) -> str:
    return known.role


@router.get("/v1/list")
async def listing(part: Listing) -> int:
    return part.skip


@router.get("/v1/fail/{how}")
async def fail(how: str) -> None:
    raise FAILURES[how]


@router.get("/v1/endless")
async def endless() -> StreamingResponse:
    async def ticks() -> AsyncIterator[bytes]:
        while True:
            yield b"tick"
            await asyncio.sleep(1)

    return StreamingResponse(ticks())


@router.get("/v1/time")
async def time(request: Request) -> str:
    moment: datetime = request.app.state.site.clock.now()
    return moment.isoformat()


@router.post("/form")
async def form(request: Request) -> dict[str, list[str]]:
    return {name: list(values) for name, values in (await filled_in(request)).items()}


@router.post("/v1/text")
async def text(request: Request) -> str:
    return (await request.body()).decode()


@router.get("/v1/versioned")
async def versioned(version: IfMatch, response: Response) -> int | None:
    check_version(version, 3)
    response.headers["etag"] = etag(3)
    return version


@router.get("/v1/paged/{total}")
async def in_pages(total: int, part: Listing, request: Request, response: Response) -> Paged[int]:
    items = list(range(total))[part.skip : part.skip + part.limit]
    return paged(items, total, part=part, request=request, response=response)


@router.get("/v1/why")
async def why(request: Request, known: Known) -> dict[str, str | None]:
    found = provenance(request, known)
    return {"agency": found.agency, "time": found.time.isoformat(), "id": found.correlation_id}


@router.post("/enter")
async def enter(request: Request, response: Response) -> str:
    who = RECORD.principal()
    return sign_in(request, response, who).csrf


@router.get("/page/fail/{how}")
async def page_fails(how: str) -> None:
    raise FAILURES[how]


@router.post("/leave")
async def leave(request: Request, response: Response) -> None:
    sign_out(request, response)


FAILURES: dict[str, Exception] = {
    "refused": Refused(Refusal("NOT_NOW", "Inte nu", "Not now")),
    "refused-input": Refused(Refusal("NOT_SO", "Inte så", "Not so", status=422)),
    "unavailable": Unavailable("ServerSelectionTimeoutError"),
    "conflict": Conflict("VERSION"),
    "duplicate": DuplicateId("DuplicateKeyError"),
    "rejected": Rejected("DocumentTooLarge"),
    "broken": ValueError(f"secret {CANARY}"),
}

SECRET = bytes(range(32))


@dataclass(frozen=True, kw_only=True)
class Trial:
    folder: Path
    demo: bool = False
    public_url: str = "http://127.0.0.1:8080"
    parts: Sequence[Part] = ()
    on_tick: Sequence[OnTick] = ()
    health: Health = field(default_factory=Health)
    service: ServiceInfo = SERVICE
    more: Mapping[str, str] = field(default_factory=dict)

    def app(self) -> FastAPI:
        secret = self.folder / "secret"
        secret.write_bytes(SECRET)
        settings = TrialSettings.model_validate(
            {"secret_file": secret, "demo": self.demo, "public_url": self.public_url}
            | dict(self.more)
        )
        return make_app(
            self.service,
            settings,
            routers=[router],
            clock=clock_for(settings),
            health=self.health,
            metrics=Metrics("trial"),
            keyring=RecordKeyRing([RECORD, REPORTER_RECORD]),
            district=DISTRICT,
            parts=self.parts,
            on_tick=self.on_tick,
        )


def client_of(app: FastAPI, base_url: str = "http://127.0.0.1:8080") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=base_url)
