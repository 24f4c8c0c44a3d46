"""What everybody may read: the weekly situation picture and published statistics."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.reporting.commands.reports import Reports
from services.reporting.domain.order import told
from services.reporting.domain.picture import Picture
from services.reporting.domain.times import Moment
from services.reporting.store import EditionFound, Store
from shared.contracts.calendar import parse_week, week_of
from shared.contracts.types import Period, Slug, Week
from shared.web.answered_headers import named
from shared.web.paging import Listing, Paged, paged
from shared.web.problem import Problem
from shared.web.site import site_of

NO_EDITION = ("Ingen rapport är byggd för veckan", "No report has been built for the week")


class Situation(Picture):
    """A week's picture, and which edition of it this is; null while it is preliminary."""

    edition: int | None
    report_id: str | None
    sha256: str | None = Field(description="Av PDF-filen / of the PDF file")
    links: dict[str, str]


class IndicatorItem(BaseModel):
    """A published figure with its source and the caution it is shown with."""

    model_config = ConfigDict(extra="ignore")

    source: str
    indicator: str
    geography: str
    period: str
    value: float | None = None
    unit: str
    n: int | None = None
    suppressed: bool = Field(description="Utgivaren visar den inte / withheld by its publisher")
    preliminary: bool
    taken_at: Moment
    fetched_on: date | None = Field(
        default=None, description="Dess fil hämtades / the day the file it came from was fetched"
    )
    import_id: str | None = Field(default=None, description="Inläsning / the import it came with")
    superseded: list[dict[str, str | float | bool | None]] = Field(
        default=[], description="Tidigare uppgifter / earlier figures"
    )
    caution: str | None = None
    caution_words: dict[str, str] = {}


AS_PDF: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {"application/pdf": {}},
        "headers": named("Content-Disposition")["headers"]
        | {"ETag": {"description": "Filens SHA-256 / of the file", "schema": {"type": "string"}}},
    }
}


def router(store: Store, reports: Reports) -> APIRouter:
    """The public routes."""
    routes = APIRouter(prefix="/reporting/v1", tags=["öppet / public"])
    _add_indicators(routes, store)

    @routes.get(
        "/situation",
        summary="Veckans lägesbild / the week's picture",
        response_model=Situation,
        responses=AS_PDF,
    )
    async def situation(
        request: Request,
        week: Annotated[Week | None, Query(description="2026-W23; annars denna vecka")] = None,
        format: Annotated[  # noqa: A002 - the profile's word
            Literal["json", "pdf"] | None,
            Query(description="Annars enligt Accept / else by Accept"),
        ] = None,
    ) -> Situation | Response:
        """Veckans lägesbild med röjandeskydd. / The week's picture, disclosure-controlled.

        En avslutad vecka visas som den senast byggda rapporten; annars preliminärt. / A week with
        a built report is shown as that report; otherwise preliminarily.
        """
        asked = week or week_of(site_of(request).clock.now())
        _check_week(asked)
        found = await store.edition(site_of(request).district.code, asked)
        accepts = request.headers.get("accept", "")
        if format == "pdf" or (format is None and accepts.startswith("application/pdf")):
            return pdf_of(found)
        if found is not None:
            return _situation(Picture.model_validate(found.content), found)
        now = told(site_of(request).clock.now())
        return _situation(await reports.preliminary(asked, now), None)

    return routes


def pdf_of(found: EditionFound | None) -> Response:
    """The report's file; a 404 problem when there is none."""
    if found is None:
        raise Problem(404, "no-edition", NO_EDITION)
    week = found.content["week"]
    name = f"lagesbild-{week}-utgava-{found.edition}.pdf"
    headers = {
        "content-disposition": f'inline; filename="{name}"',
        "etag": f'"{found.sha256}"',
    }
    return Response(found.pdf, media_type="application/pdf", headers=headers)


def _add_indicators(routes: APIRouter, store: Store) -> None:
    @routes.get("/indicators", summary="Publicerad statistik / published statistics")
    async def indicators(  # noqa: PLR0913, PLR0917 - each filter by its name
        request: Request,
        response: Response,
        part: Listing,
        source: Annotated[Slug | None, Query(description="Källa / source")] = None,
        indicator: Annotated[Slug | None, Query(description="Mått / indicator")] = None,
        geography: Annotated[Slug | None, Query(description="Område / area")] = None,
        period: Annotated[Period | None, Query(description="Period / period")] = None,
    ) -> Paged[IndicatorItem]:
        """Alltid med källa och varningstext. / Always with source and caution."""
        filters = {
            "source": source, "indicator": indicator, "geography": geography, "period": period
        }  # fmt: skip
        wanted = {"district": site_of(request).district.code}
        wanted |= {name: value for name, value in filters.items() if value is not None}
        found = await store.rows("statistics", wanted, limit=part.limit, skip=part.skip)
        cautions = await store.cautions()
        items = [_indicator(request, row, cautions) for row in found.rows]
        return paged(items, found.total, part=part, request=request, response=response)


def _indicator(
    request: Request, row: dict[str, object], cautions: dict[str, dict[str, object]]
) -> IndicatorItem:
    caution = cautions.get(str(row["source"]), {}).get("caution")
    item = IndicatorItem.model_validate(row)
    if caution is None:
        return item
    words = site_of(request).district.label(str(caution))
    told_in = {"sv": words.sv, "en": words.en}
    return item.model_copy(update={"caution": str(caution), "caution_words": told_in})


def _check_week(week: str) -> None:
    try:
        parse_week(week)
    except ValueError:
        raise Problem(422, invalid=[("week", "ingen ISO-vecka / no ISO week")]) from None


def _situation(picture: Picture, found: EditionFound | None) -> Situation:
    page = f"/reporting/situation/{picture.week}"
    links = {"page": page}
    if found is not None:
        links["pdf"] = f"{page}.pdf"
    return Situation(
        **dict(picture),
        edition=None if found is None else found.edition,
        report_id=None if found is None else found.report_id,
        sha256=None if found is None else found.sha256,
        links=links,
    )
