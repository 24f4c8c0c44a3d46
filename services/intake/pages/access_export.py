"""Subject access as a page: name a report, get everything that is kept about it, to be printed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from services.intake.commands.giving_access import TOO_MANY, Account, GivingAccess, Wanted
from services.intake.domain.access_request import AccessRequest
from services.intake.domain.concern import Concern
from services.intake.pages.account_words import coded, more, story
from services.intake.pages.outage import AWAY, later
from services.intake.pages.visitor import to_sign_in, visitor
from services.intake.store import Store
from shared.contracts.refusal import Refusal, Refused
from shared.security.roles import Principal, Right
from shared.store.errors import Conflict, Unavailable
from shared.web.form_data import filled_in, one
from shared.web.pages import Pages
from shared.web.requests import provenance
from shared.web.site import site_of

PATH: Final = "/intake/access-exports"
FIELDS: Final = ("reference", "concern_id", "receipt", "agency", "external_reference")
WAYS: Final = ("receipt", "concern_id", "external_reference")
WRONG: Final = {
    "reference": "Skriv begärans diarienummer, till exempel KUN 2026/00123 / The request's number",
    "concern_id": "Skriv rapportens id, 36 tecken / Write the report's id, 36 characters",
    "receipt": "Skriv kvittots referens / Write the reference on the receipt",
    "agency": "Välj vems ärendenummer det är / Choose whose number it is",
    "external_reference": "Skriv ärendenumret / Write the number",
}
ONE_WAY: Final = (
    "Ange ett av kvittots referens, rapportens id, eller myndighet och ärendenummer / "
    "Give one: the receipt's reference, the report's id, or agency and number"
)
NOTHING: Final = "Ingenting finns under den referensen / Nothing is kept under it"
NOTHING_OPEN: Final = (
    "Ingenting finns under det numret. Ett nummer som granskningen fann något i är inlåst och går "
    "inte att söka på: ange rapportens id eller kvittots referens / Nothing is kept under it. A "
    "number in which something was found is sealed: give the report's id or its receipt"
)


Officer = Annotated[Principal | None, Depends(visitor(Right.GIVE_ACCESS))]


def router(pages: Pages, access: GivingAccess, store: Store) -> APIRouter:
    """The page `/intake/access-exports`."""
    routes = APIRouter(include_in_schema=False)
    desk = _Desk(pages, access, store)

    @routes.get(PATH)
    async def empty(request: Request, who: Officer) -> Response:
        return to_sign_in(request) if who is None else desk.ask(request, {}, {})

    @routes.post(PATH)
    async def give(request: Request, who: Officer) -> Response:
        return to_sign_in(request) if who is None else await desk.give(request, who)

    return routes


class _Desk:
    """Asks which report, and shows what is kept about it."""

    def __init__(self, pages: Pages, access: GivingAccess, store: Store) -> None:
        self._pages = pages
        self._access = access
        self._store = store

    def ask(
        self,
        request: Request,
        values: Mapping[str, str],
        errors: Mapping[str, str],
        status: int = 422,
    ) -> Response:
        """The form as it was filled in."""
        agencies = site_of(request).district.agencies
        options = [(code, agency.label.sv) for code, agency in agencies.items()]
        return _unstored(
            self._pages.render(
                request,
                "access_request.html",
                status if errors else 200,
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
            return self.ask(request, values, _errors(error, values))
        except Refused as refused:
            return self.ask(request, values, _refused(refused.refusal, values))
        except (Unavailable, Conflict):
            return later(self.ask(request, values, AWAY, 503))
        return await self._account(request, said.reference, why.time, accounts)

    async def _account(
        self, request: Request, reference: str, at: datetime, accounts: Sequence[Account]
    ) -> Response:
        district = site_of(request).district
        kept = [Concern.model_validate(each.kept.state) for each in accounts]
        told = [
            (coded(one, district), story(each, district), more(each, one, district))
            for one, each in zip(kept, accounts, strict=True)
        ]
        return _unstored(
            self._pages.render(
                request,
                "access_export.html",
                reports=list(zip(accounts, kept, told, strict=True)),
                reference=reference,
                at=at,
                places=await self._store.places.names(),
                further=_further,
            )
        )


def _errors(error: ValidationError, values: Mapping[str, str]) -> dict[str, str]:
    """Words for every field that is wrong, and that the report is not named, all at once."""
    names = {str(each["loc"][0]) for each in error.errors() if each["loc"]}
    found: dict[str, str] = {name: WRONG[name] for name in FIELDS if name in names}
    unnamed = not any(values[name] for name in WAYS)
    return found | {WAYS[0]: ONE_WAY} if unnamed or not found else found


def _refused(why: Refusal, values: Mapping[str, str]) -> dict[str, str]:
    if why == TOO_MANY:
        return {"external_reference": f"{why.sv} / {why.en}"}
    asked = next((name for name in WAYS if values[name]), WAYS[0])
    return {asked: NOTHING_OPEN if asked == "external_reference" else NOTHING}


def _further(account: Account) -> list[tuple[str, str]]:
    return list(account.further.items())


def _unstored(answer: Response) -> Response:
    answer.headers["cache-control"] = "no-store"
    return answer
