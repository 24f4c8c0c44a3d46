"""The routes every service has: api-info, health, metrics, static files, the demo's tick."""

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict
from starlette.staticfiles import StaticFiles

from shared.telemetry.clock import DemoClock
from shared.telemetry.health import Report
from shared.telemetry.metrics import CONTENT_TYPE
from shared.web.middleware.demo_time import in_range
from shared.web.problem import Problem
from shared.web.site import API_RELEASED, API_VERSION, Site

STATIC = Path(__file__).parent / "static"


class ApiInfo(BaseModel):
    """What Digg's REST profile asks every API to tell about itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "apiName": "intake",
                    "apiVersion": API_VERSION,
                    "apiReleased": API_RELEASED,
                    "apiDocumentation": "http://127.0.0.1:8080/intake/docs",
                    "apiStatus": "active",
                }
            ]
        }
    )

    apiName: str  # noqa: N815 - the profile's spelling
    apiVersion: str  # noqa: N815 - the profile's spelling
    apiReleased: str  # noqa: N815 - the profile's spelling
    apiDocumentation: str  # noqa: N815 - the profile's spelling
    apiStatus: Literal["active", "beta", "deprecated"] = "active"  # noqa: N815 - as above


class Tick(BaseModel):
    """The time it has become in the demo."""

    model_config = ConfigDict(extra="forbid")

    now: Annotated[AwareDatetime, AfterValidator(in_range)]


def router(site: Site) -> APIRouter:
    """The common routes under `/<service>`."""
    common = APIRouter(prefix=f"/{site.service.name}")
    _add_info(common, site)
    _add_health(common, site)
    if site.settings.demo:
        _add_tick(common, site)

    @common.get("", include_in_schema=False)
    async def with_slash() -> RedirectResponse:
        return RedirectResponse(f"/{site.service.name}/", status_code=308)

    return common


def mount_static(app: FastAPI, service: str) -> None:
    """Serve the shared files; a file that is not there is a 404 problem like any other."""
    app.mount(f"/{service}/static", _CachedFiles(directory=STATIC, check_dir=False), name="static")


def _add_info(common: APIRouter, site: Site) -> None:
    service = site.service
    info = ApiInfo(
        apiName=service.name,
        apiVersion=service.version,
        apiReleased=service.released,
        apiDocumentation=f"{site.settings.public_url.rstrip('/')}/{service.name}/docs",
    )

    @common.get("/v1/api-info", tags=["om / about"], summary="Om detta API / about this API")
    async def api_info() -> ApiInfo:
        """Namn, version, läge och dokumentation. / Name, version, status, documentation."""
        return info


def _add_health(common: APIRouter, site: Site) -> None:
    @common.get("/health/live", include_in_schema=False)
    async def live() -> JSONResponse:
        return _told(await site.health.live())

    @common.get("/health/ready", include_in_schema=False)
    async def ready() -> JSONResponse:
        return _told(await site.health.ready())

    @common.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(site.metrics.render(), media_type=CONTENT_TYPE)


def _add_tick(common: APIRouter, site: Site) -> None:
    @common.post("/v1/demo/tick", include_in_schema=False)
    async def tick(given: Tick) -> Tick:
        if isinstance(site.clock, DemoClock):
            site.clock.tick(given.now)
        for callback in site.on_tick:
            await callback(given.now)
        return given


def _told(report: Report) -> JSONResponse:
    checks: dict[str, Any] = {
        name: {"ok": status.ok, "detail": status.detail_code}
        for name, status in report.checks.items()
    }
    if not report.ok:
        raise Problem(
            503,
            "not-ready",
            ("Alla delar är inte igång", "Not every part is up"),
            headers={"retry-after": "2"},
            members={"ok": False, "checks": checks},
        )
    return JSONResponse({"ok": True, "checks": checks})


class _CachedFiles(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 - as Starlette has it
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "public, max-age=300"
        return response
