"""The public pages: this week, and each week's situation picture. No sign-in, no script needed."""

import json
from datetime import date, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from services.reporting.commands.reports import Reports
from services.reporting.domain import chart
from services.reporting.domain.order import told
from services.reporting.domain.picture import Picture
from services.reporting.store import EditionFound, Store
from shared.contracts.calendar import parse_week, week_of
from shared.web.pages import STATIC, Pages
from shared.web.problem import Problem
from shared.web.site import site_of
from shared.web.svg import MapPoint, outline_map

OUTLINE: Final = STATIC / "kungsholmen-schematic.geojson"
PDF: Final = ".pdf"
NO_EDITION: Final = ("Ingen rapport är byggd för veckan", "No report has been built for the week")


def router(pages: Pages, store: Store, reports: Reports) -> APIRouter:
    """The routes of the public pages."""
    routes = APIRouter(prefix="/reporting", include_in_schema=False)

    outline = json.loads(OUTLINE.read_text("utf-8"))

    @routes.get("/")
    async def start(request: Request) -> HTMLResponse:
        week = await _this_week(request, store)
        shown = await _shown(request, week, store, reports)
        points = _points(shown["picture"])
        drawn = _map(outline, shown["picture"], points)
        return pages.render(request, "start.html", outline=drawn, points=points, **shown)

    @routes.get("/situation")
    async def latest(request: Request) -> RedirectResponse:
        week = await _this_week(request, store)
        return RedirectResponse(f"/reporting/situation/{week}", status_code=303)

    @routes.get("/situation/{week}")
    async def situation(request: Request, week: str) -> Response:
        if week.endswith(PDF):
            return _file(await store.edition(_district(request), _known(week.removesuffix(PDF))))
        shown = await _shown(request, _known(week), store, reports)
        return pages.render(request, "situation.html", **shown)

    return routes


async def _this_week(request: Request, store: Store) -> str:
    """The latest published week; before the first, the latest with reports; else the clock's."""
    district = _district(request)
    known = await store.published_weeks(district) or await store.weeks(district)
    current = week_of(site_of(request).clock.now())
    past = [week for week in known if week <= current]
    return past[-1] if past else (known[0] if known else current)


async def _shown(request: Request, week: str, store: Store, reports: Reports) -> dict[str, Any]:
    """What both pages show of a week."""
    now = site_of(request).clock.now()
    found = await store.edition(_district(request), week)
    if found is None:
        picture = await reports.preliminary(week, told(now))
    else:
        picture = Picture.model_validate(found.content)
    return {
        "picture": picture,
        "edition": found,
        "updated": datetime.fromisoformat(picture.as_of),
        "first_day": date.fromisoformat(picture.first_day),
        "last_day": date.fromisoformat(picture.last_day),
        "chart": Markup(chart.bars(picture)),  # noqa: S704 - drawn by us, every label escaped
        "previous": _neighbour(week, -1),
        "next": _neighbour(week, 1),
        "current": week_of(now),
        "visible": {place.place_id: _visible(picture, place.place_id) for place in picture.places},
    }


def _points(picture: Picture) -> list[MapPoint]:
    """The places on the map. Without numbers: a map of counts would rank them."""
    return [
        MapPoint(lat=place.lat, lon=place.lon, words=place.name)
        for place in picture.places
        if place.lat is not None and place.lon is not None
    ]


def _map(outline: dict[str, Any], picture: Picture, points: list[MapPoint]) -> Markup:
    names = ", ".join(point.words for point in points)
    return outline_map(outline, points, f"Karta: {picture.district_name.sv}", f"Platser: {names}")


def _visible(picture: Picture, place_id: str) -> list[tuple[str, int]]:
    """What may be shown at a place: (category in words, count)."""
    words = {line.code: line.label.sv for group in picture.groups for line in group.categories}
    return [(words[cell.category], cell.n) for cell in picture.cells if cell.place_id == place_id]


def _neighbour(week: str, weeks: int) -> str:
    iso = (parse_week(week) + timedelta(weeks=weeks)).isocalendar()
    return f"{iso.year}-W{iso.week:02d}"


def _known(week: str) -> str:
    try:
        parse_week(week)
    except ValueError:
        raise Problem(404) from None
    return week


def _file(found: EditionFound | None) -> Response:
    if found is None:
        raise Problem(404, "no-edition", NO_EDITION)
    name = f"lagesbild-{found.content['week']}-utgava-{found.edition}.pdf"
    headers = {
        "content-disposition": f'inline; filename="{name}"',
        "etag": f'"{found.sha256}"',
    }
    return Response(found.pdf, media_type="application/pdf", headers=headers)


def _district(request: Request) -> str:
    return site_of(request).district.code
