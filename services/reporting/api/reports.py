"""Reports: which were built, and the order to build one."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from services.reporting.api.access import Builder
from services.reporting.commands.reports import Reports
from services.reporting.domain.order import ReportType
from services.reporting.domain.times import Moment
from services.reporting.store import EditionFound, Store
from shared.contracts.types import Week
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, paged
from shared.web.requests import provenance
from shared.web.site import site_of

PATH = "/reporting/v1/reports"
REPLAYED = {"idempotent-replayed": "true"}


class Order(BaseModel):
    """A report to be built."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"type": "weekly-situation", "period": "2026-W23"}]},
    )

    type: ReportType = Field(description="Vilken rapport / which report")
    period: Week = Field(description="Vecka / week")


class ReportItem(BaseModel):
    """A built report."""

    report_id: str
    type: ReportType
    period: Week
    edition: int = Field(description="Utgåva, från 1 / edition, from 1")
    built_at: Moment
    sha256: str = Field(description="Av PDF-filen / of the PDF file")
    suppressed_cells: int | None = None
    method_version: str | None = None
    links: dict[str, str]


def router(store: Store, reports: Reports) -> APIRouter:
    """The routes under `/reporting/v1/reports`."""
    routes = APIRouter(prefix=PATH, tags=["rapporter / reports"])

    @routes.get("", summary="Byggda rapporter / built reports")
    async def built(request: Request, response: Response, part: Listing) -> Paged[ReportItem]:
        """Alla utgåvor, senaste perioden först. / Every edition, newest period first."""
        district = site_of(request).district.code
        found = await store.built(district, limit=part.limit, skip=part.skip)
        items = [_listed(row) for row in found.rows]
        return paged(items, found.total, part=part, request=request, response=response)

    @routes.post(
        "",
        status_code=201,
        response_model=ReportItem,
        summary="Bygg en rapport / build a report",
        response_description="Byggd och publicerad / built and published",
    )
    async def build(order: Order, request: Request, who: Builder, key: IdempotencyKey) -> Response:
        """Bygg veckans lägesbild (JSON och PDF). / Build the week's picture (JSON and PDF).

        När veckan är över. Samma nyckel och vecka ger samma utgåva; en ny nyckel ger nästa, med
        nya uppgifter om miljö och skick. / When the week is over. The same key and week give the
        same edition; a new key gives the next one, with new figures of conditions.
        """
        done = await reports.build_weekly(order.period, key, provenance(request, who))
        headers = REPLAYED if done.replayed else None
        return JSONResponse(_built(done.edition).model_dump(mode="json"), 201, headers)

    return routes


def _built(found: EditionFound) -> ReportItem:
    content = found.content
    return ReportItem(
        report_id=found.report_id,
        type=ReportType.WEEKLY_SITUATION,
        period=content["week"],
        edition=found.edition,
        built_at=found.built_at,
        sha256=found.sha256,
        suppressed_cells=content["rule"]["hidden_cells"],
        method_version=content["method_version"],
        links=_links(content["week"]),
    )


def _listed(row: dict[str, Any]) -> ReportItem:
    return ReportItem(
        report_id=row["_id"],
        type=row["report_type"],
        period=row["period"],
        edition=row["edition"],
        built_at=row["state"]["built_at"],
        sha256=row["state"]["sha256"],
        links=_links(row["period"]),
    )


def _links(week: str) -> dict[str, str]:
    page = f"/reporting/situation/{week}"
    return {"page": page, "pdf": f"{page}.pdf", "json": f"/reporting/v1/situation?week={week}"}
