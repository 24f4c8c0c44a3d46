"""Subject access as a page: name a report, get everything that is kept about it, to be printed."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from services.intake.commands.giving_access import TOO_MANY, Account, GivingAccess, Wanted
from services.intake.commands.trail import known
from services.intake.domain.access_request import AccessRequest
from services.intake.domain.concern import Concern
from services.intake.pages.visitor import to_sign_in, visitor
from shared.contracts.refusal import Refusal, Refused
from shared.security.roles import Principal, Right
from shared.web.form_data import filled_in, one
from shared.web.pages import Pages
from shared.web.requests import provenance
from shared.web.site import site_of

PATH: Final = "/intake/access-exports"
FIELDS: Final = ("reference", "concern_id", "receipt", "agency", "external_reference")
WRONG: Final = {
    "reference": "Skriv begärans diarienummer, till exempel KUN 2026/00123",
    "concern_id": "Skriv rapportens id som det står i kvittot",
    "receipt": "Skriv kvittots referens",
    "agency": "Välj vems ärendenummer det är",
    "external_reference": "Skriv ärendenumret",
}
ONE_WAY: Final = "Ange ett av rapportens id, kvittots referens, eller myndighet och ärendenummer"
UNKNOWN: Final = "(okänt för den här versionen)"
NOTHING: Final = "Ingenting finns under den referensen"


Officer = Annotated[Principal | None, Depends(visitor(Right.GIVE_ACCESS))]


def router(pages: Pages, access: GivingAccess) -> APIRouter:
    """The page `/intake/access-exports`."""
    routes = APIRouter(include_in_schema=False)
    desk = _Desk(pages, access)

    @routes.get(PATH)
    async def empty(request: Request, who: Officer) -> Response:
        return to_sign_in(request) if who is None else desk.ask(request, {}, {})

    @routes.post(PATH)
    async def give(request: Request, who: Officer) -> Response:
        return to_sign_in(request) if who is None else await desk.give(request, who)

    return routes


class _Desk:
    """Asks which report, and shows what is kept about it."""

    def __init__(self, pages: Pages, access: GivingAccess) -> None:
        self._pages = pages
        self._access = access

    def ask(
        self, request: Request, values: Mapping[str, str], errors: Mapping[str, str]
    ) -> Response:
        """The form as it was filled in."""
        agencies = site_of(request).district.agencies
        options = [(code, agency.label.sv) for code, agency in agencies.items()]
        status = 422 if errors else 200
        return _unstored(
            self._pages.render(
                request,
                "access_request.html",
                status,
                values=values,
                errors=errors,
                agencies=options,
            )
        )

    async def give(self, request: Request, who: Principal) -> Response:
        """The account; or the form again with what is wrong."""
        filled = await filled_in(request)
        values = {name: one(filled, name).strip() for name in FIELDS}
        try:
            said = AccessRequest.model_validate({k: v for k, v in values.items() if v})
            why = provenance(request, who)
            accounts = await self._access.give(Wanted(**said.model_dump()), why)
        except ValidationError as error:
            return self.ask(request, values, _errors(error))
        except Refused as refused:
            return self.ask(request, values, _refused(refused.refusal))
        reports = [
            (each, Concern.model_validate(each.kept.state), _story(each)) for each in accounts
        ]
        return _unstored(
            self._pages.render(
                request,
                "access_export.html",
                reports=reports,
                reference=said.reference,
                at=why.time,
                coded=_coded,
                further=_further,
            )
        )


def _errors(error: ValidationError) -> dict[str, str]:
    names = {str(each["loc"][0]) for each in error.errors() if each["loc"]}
    found: dict[str, str] = {name: WRONG[name] for name in FIELDS if name in names}
    return found or {"concern_id": ONE_WAY}


def _refused(why: Refusal) -> dict[str, str]:
    return {"external_reference": why.sv} if why == TOO_MANY else {"concern_id": NOTHING}


def _coded(kept: Concern) -> list[tuple[str, str]]:
    """Every coded field that says something, as it is kept."""
    told = kept.registered.model_dump(mode="json", exclude_none=True)
    return [(name, str(value)) for name, value in told.items()]


def _further(account: Account) -> list[tuple[str, str]]:
    return list(account.further.items())


def _story(account: Account) -> list[dict[str, object]]:
    """What happened, in the order it happened: events, and lines of the trail."""
    told: list[dict[str, object]] = [
        {"time": each.entry["time"], "title": each.name, "by": each.entry["meta"]["agency"]}
        for each in account.events
    ]
    told += [
        {
            "time": line["at"],
            "title": line["act"] if known(line) else f"{line['act']} {UNKNOWN}",
            "by": f"{line['agency']}, {line['role']}",
            "text": " ".join(str(line[name]) for name in ("purpose", "reference") if name in line),
        }
        for line in account.lines
    ]
    return sorted(told, key=lambda each: str(each["time"]))


def _unstored(answer: Response) -> Response:
    answer.headers["cache-control"] = "no-store"
    return answer
