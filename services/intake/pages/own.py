"""What an agency does with its own report as pages: take it back, or set it right."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.intake.commands.changing import NOT_FOUND, STALE, By
from services.intake.commands.concerns import Diverted
from services.intake.commands.own import OwnConcerns
from services.intake.domain.correction import corrected, filled_of
from services.intake.domain.form import ON_THE_MAP, UNKNOWN_PLACE, errors_of, field_of
from services.intake.domain.life import ENDED, NOT_REGISTERED
from services.intake.domain.questions import questions
from services.intake.pages.moved import moved, version_of
from services.intake.pages.outage import AWAY, later
from services.intake.pages.reasons import WITHDRAWAL
from services.intake.pages.sheet import Sent, Sheet
from services.intake.pages.taking_back import Asked, TakingBack
from services.intake.pages.telling import OwnReport, own_report
from services.intake.pages.visitor import ChangeVisitor, to_sign_in
from services.intake.store import Store
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused
from shared.contracts.types import Uuid
from shared.security.roles import Principal
from shared.store.errors import Conflict, Unavailable
from shared.web.form_data import filled_in
from shared.web.pages import Pages
from shared.web.requests import provenance
from shared.web.site import site_of

PATH: Final = "/intake/concerns/{concern_id}"
TOO_LATE: Final = frozenset({STALE, ENDED, NOT_REGISTERED})


def router(pages: Pages, store: Store, own: OwnConcerns) -> APIRouter:
    """The pages `/intake/concerns/{id}/withdraw` and `/intake/concerns/{id}/correct`."""
    routes = APIRouter(prefix=PATH, include_in_schema=False)
    desk = _Desk(pages, store, own)

    @routes.get("/withdraw")
    async def ask(concern_id: Uuid, request: Request, who: ChangeVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.ask(request, who, concern_id)

    @routes.post("/withdraw")
    async def withdraw(concern_id: Uuid, request: Request, who: ChangeVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.withdraw(request, who, concern_id)

    @routes.get("/correct")
    async def filled(concern_id: Uuid, request: Request, who: ChangeVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.filled(request, who, concern_id)

    @routes.post("/correct")
    async def correct(concern_id: Uuid, request: Request, who: ChangeVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.correct(request, who, concern_id)

    return routes


@dataclass(frozen=True, slots=True)
class _Read:
    """What a form is about: the report once it is read, and the version it was shown with."""

    id: str
    version: int
    report: OwnReport | None = None


class _Desk:
    """Shows the two forms and takes them in."""

    def __init__(self, pages: Pages, store: Store, own: OwnConcerns) -> None:
        self._pages = pages
        self._store = store
        self._own = own

    async def ask(self, request: Request, who: Principal, concern_id: str) -> Response:
        """Why is it taken back, and are they sure?"""
        report, version = await self._read(concern_id, who)
        if not report.may_be_withdrawn:
            return self._moved(request, concern_id, ENDED)
        return self._withdrawal(request, _Read(concern_id, version, report), {}, {})

    async def withdraw(self, request: Request, who: Principal, concern_id: str) -> Response:
        """Take it back: for a reason, and only where they said that they are sure."""
        sent = TakingBack.of(await filled_in(request))
        read = _Read(concern_id, sent.version)
        by = By(why=provenance(request, who), if_match=sent.version)
        try:
            read = replace(read, report=(await self._read(concern_id, who))[0])
            if sent.errors:
                return self._withdrawal(request, read, sent.values, sent.errors)
            await self._own.withdraw(concern_id, sent.said, by)
        except Refused as refused:
            return self._moved(request, concern_id, refused.refusal)
        except (Unavailable, Conflict):
            return later(self._withdrawal(request, read, sent.values, AWAY, 503))
        return RedirectResponse(f"{_address(concern_id)}?done=withdraw", 303)

    async def filled(self, request: Request, who: Principal, concern_id: str) -> Response:
        """The form with what is kept."""
        report, version = await self._read(concern_id, who)
        if not report.may_be_corrected:
            return self._moved(request, concern_id, NOT_REGISTERED)
        read = _Read(concern_id, version, report)
        return await self._form(request, read, Sheet(filled_of(report.kept.registered)))

    async def correct(self, request: Request, who: Principal, concern_id: str) -> Response:
        """Set it right; or the form again with what is wrong."""
        version = version_of(await filled_in(request))
        sent = await Sent.read(request)
        read = _Read(concern_id, version)
        by = By(why=provenance(request, who), if_match=version)
        try:
            report, _ = await self._read(concern_id, who)
            read = replace(read, report=report)
            said = corrected(sent.values, report.kept.registered, site_of(request).district)
            moved = said.point is None  # the form's only point is the one it had before
            outcome = await self._own.correct(concern_id, said, by, moved=moved)
        except ValidationError as error:
            return await self._form(request, read, sent.again(errors_of(error)), 422)
        except Refused as refused:
            if refused.refusal == STALE:
                return await self._again(request, who, read, sent)
            return await self._refused(request, read, sent, refused.refusal)
        except (Unavailable, Conflict):
            return later(await self._form(request, read, sent.again(AWAY), 503))
        if isinstance(outcome, Diverted):
            return self._render(request, "elsewhere.html", 422, to=outcome.to)
        return RedirectResponse(f"{_address(concern_id)}?done=correct", 303)

    async def _refused(self, request: Request, read: _Read, sent: Sent, why: Refusal) -> Response:
        if why.status != UNPROCESSABLE:
            return self._moved(request, read.id, why)
        return await self._form(request, read, sent.again({field_of(why.code): why.both}), 422)

    async def _again(self, request: Request, who: Principal, read: _Read, sent: Sent) -> Response:
        """What was filled in, for the version that stands now, where it may still be corrected."""
        try:
            report, version = await self._read(read.id, who)
        except Unavailable:
            return later(await self._form(request, read, sent.again(AWAY), 503))
        if not report.may_be_corrected:
            return self._moved(request, read.id, NOT_REGISTERED)
        now = _Read(read.id, version, report)
        return await self._form(request, now, sent.again({"form": STALE.both}), STALE.status)

    async def _read(self, concern_id: str, who: Principal) -> tuple[OwnReport, int]:
        found = await self._store.own_concern(concern_id, who.agency, who.district)
        if found is None:
            raise Refused(NOT_FOUND)
        return own_report(found, {}), found.version

    def _moved(self, request: Request, concern_id: str, why: Refusal) -> Response:
        if why not in TOO_LATE:
            raise Refused(why)
        return moved(
            self._pages, request, why, (_address(concern_id), "Till rapporten / To the report")
        )

    def _withdrawal(
        self,
        request: Request,
        read: _Read,
        values: Mapping[str, str],
        errors: Mapping[str, str],
        status: int = 422,
    ) -> Response:
        return self._render(
            request,
            "withdraw.html",
            status if errors else 200,
            read=read,
            errors=errors,
            asked=Asked(read.version, WITHDRAWAL, values),
        )

    async def _form(
        self, request: Request, read: _Read, sheet: Sheet, status: int = 200
    ) -> Response:
        rows = await self._store.places.last_known()
        named = [(row.place.place_id, row.place.name) for row in rows]
        kept = filled_of(read.report.kept.registered) if read.report else sheet.values
        point = (
            [(ON_THE_MAP, "Samma punkt som förut / The same point as before")]
            if kept.place_id == ON_THE_MAP
            else []
        )
        return self._render(
            request,
            "correct.html",
            status,
            read=read,
            sheet=sheet,
            questions=questions(site_of(request).district),
            places=[
                *point,
                *named,
                (UNKNOWN_PLACE, "Vet inte, eller en annan plats / Do not know, or another place"),
            ],
        )

    def _render(self, request: Request, name: str, status: int = 200, **context: Any) -> Response:  # noqa: ANN401 - what the template names
        answer = self._pages.render(request, name, status, **context)
        answer.headers["cache-control"] = "no-store"
        return answer


def _address(concern_id: str) -> str:
    return f"/intake/concerns/{concern_id}"
