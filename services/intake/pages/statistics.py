"""Statistics from a publisher's file: try it, see what would become of it, then take it in."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.commands.import_files import Imported
from services.intake.commands.statistics import Busy, Statistics
from services.intake.domain.statistics import MOST_LISTED
from services.intake.pages.held_file import (
    LARGEST_PACKED,
    OTHER_AGENCY,
    SEND_AGAIN,
)
from services.intake.pages.outage import later
from services.intake.pages.statistics_form import Sent, Sheet, Trial
from services.intake.pages.statistics_words import FIELDS, INSTEAD, Told, kinds
from services.intake.pages.visitor import StatisticsVisitor, to_sign_in
from shared.contracts.refusal import Refusal, Refused
from shared.contracts.types import Uuid
from shared.security.roles import Principal
from shared.store.errors import Conflict, Unavailable
from shared.web.pages import Pages
from shared.web.paging import Listing, Page
from shared.web.problem import Problem
from shared.web.requests import provenance
from shared.web.site import site_of

PATH: Final = "/intake/statistics"
TOO_LARGE: Final = (
    "Filen är för stor för den här sidan: läs in den med kommandot samlad import auto. / "
    "The file is too large for this page: take it in with the command samlad import auto."
)
BUSY: Final = (
    "En annan inläsning pågår. Sänd igen om en stund. / "
    "Another import is under way. Send again in a while."
)
FIRST: Final = Page()


def router(pages: Pages, statistics: Statistics) -> APIRouter:
    """The pages under `/intake/statistics`."""
    routes = APIRouter(prefix=PATH, include_in_schema=False)
    desk = _Desk(pages, statistics)

    @routes.get("")
    async def start(request: Request, who: StatisticsVisitor, part: Listing) -> Response:
        if who is None:
            return to_sign_in(request)
        return await desk.show(request, who, Sheet(), part=part)

    @routes.post("")
    async def send(request: Request, who: StatisticsVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.send(request, who)

    @routes.get("/{import_id}")
    async def one(request: Request, import_id: Uuid, who: StatisticsVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.one(request, who, import_id)

    return routes


class _Desk:
    """Shows the page, tries files and takes them in."""

    def __init__(self, pages: Pages, statistics: Statistics) -> None:
        self._pages = pages
        self._statistics = statistics

    async def show(
        self,
        request: Request,
        who: Principal,
        sheet: Sheet,
        *,
        status: int = 200,
        part: Page = FIRST,
    ) -> Response:
        """The form, or the file that was tried; the district's imports below."""
        former, total = await self._former(who, part)
        return self._render(
            request,
            "statistics.html",
            status,
            sheet=sheet,
            former=former,
            total=total,
            part=part,
            agency=who.agency,
            kinds=kinds(),
        )

    async def one(self, request: Request, who: Principal, import_id: str) -> Response:
        """What became of one file."""
        found = await self._statistics.one(import_id, who.district)
        if found is None:
            raise Problem(404)
        return self._render(request, "statistics_import.html", made=Told(found))

    async def send(self, request: Request, who: Principal) -> Response:
        """First step: what would come of the file. Second step: take it in."""
        sent = await Sent.read(request)
        errors, status = _amiss(sent, who, site_of(request).clock.now())
        if errors:
            return await self.show(request, who, sent.anew(errors), status=status)
        try:
            done = await self._take(request, who, sent)
        except Refused as refused:
            errors = _at_its_field(refused.refusal)
            return await self.show(request, who, sent.anew(errors), status=422)
        except (Busy, Unavailable, Conflict) as error:
            words = {"file": BUSY if isinstance(error, Busy) else SEND_AGAIN}
            return later(await self.show(request, who, sent.again(words), status=503))
        if sent.confirmed:
            return RedirectResponse(f"{PATH}/{done.import_id}", 303)
        tried = Sheet(sent.values, trial=Trial(Told(done), sent.held, sent.key))
        return await self.show(request, who, tried)

    async def _take(self, request: Request, who: Principal, sent: Sent) -> Imported:
        upload = await asyncio.to_thread(sent.upload)
        why = provenance(request, who)
        return await self._statistics.take_in(upload, why, key=sent.key, dry_run=not sent.confirmed)

    async def _former(self, who: Principal, part: Page) -> tuple[list[Told], int | None]:
        """Some of the imports and how many; not known while the store is away."""
        try:
            found, total = await self._statistics.former(
                who.district, skip=part.skip, limit=part.limit
            )
        except Unavailable:
            return [], None
        return [Told(one) for one in found], total

    def _render(self, request: Request, name: str, status: int = 200, **context: Any) -> Response:  # noqa: ANN401 - what the template names
        answer = self._pages.render(request, name, status, most=MOST_LISTED, **context)
        answer.headers["cache-control"] = "no-store"
        return answer


def _amiss(sent: Sent, who: Principal, now: datetime) -> tuple[Mapping[str, str], int]:
    """What is wrong before the file is looked at, at its field, and the answer's status."""
    if sent.agency != who.agency:
        return {"file": OTHER_AGENCY}, 409
    if len(sent.held) > LARGEST_PACKED:
        return {"file": TOO_LARGE}, 413
    return sent.errors(now), 422


def _at_its_field(why: Refusal) -> dict[str, str]:
    return {FIELDS.get(why.code, "file"): INSTEAD.get(why.code, why.both)}
