"""Following a report by its reference, without an account. The reference never stands in a URL."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from services.intake.commands.references import References
from services.intake.domain.following import told, way
from services.intake.store import Store
from shared.contracts.codes import ConcernState
from shared.contracts.concerns import ConcernRegistered
from shared.store.stream import Loaded
from shared.web.form_data import filled_in, one
from shared.web.pages import Pages
from shared.web.site import site_of

PATH = "/intake/follow"
NOT_FOUND = (
    "Vi hittar ingen rapport med den referensen. Den har tio tecken och står på kvittot. "
    "/ No report has this reference. It has ten characters and stands on the receipt."
)


@dataclass(frozen=True, slots=True)
class _Following:
    """Finds a report by its reference and tells where it stands."""

    pages: Pages
    store: Store
    references: References

    async def answer(self, request: Request) -> Response:
        reference = one(await filled_in(request), "reference")
        district = site_of(request).district.code
        digest = self.references.key.digest(reference)
        found = await self.store.receipts.found(digest, district)
        if found is None:
            return self.ask(request, {"reference": NOT_FOUND}, 422)
        return await self._tell(request, found)

    def ask(self, request: Request, errors: Mapping[str, str], status: int = 200) -> Response:
        return self.pages.render(request, "follow.html", status, errors=errors)

    async def _tell(self, request: Request, found: Loaded) -> Response:
        case = (await self.store.cases.of([found.id])).get(found.id)
        now = told(ConcernState(found.state["status"]), case.state if case else None)
        registered = ConcernRegistered.model_validate(found.state["registered"])
        return self.pages.render(
            request,
            "followed.html",
            reference=self.references.key.of(found.id),
            told=now,
            way=way(now),
            case=case,
            registered=registered,
            place=(await self.store.places.known()).get(registered.place_id or ""),
        )


def router(pages: Pages, store: Store, references: References) -> APIRouter:
    """The page under `/intake/follow`."""
    routes = APIRouter(include_in_schema=False)
    following = _Following(pages, store, references)

    @routes.get(PATH)
    async def ask(request: Request) -> Response:
        return following.ask(request, {})

    @routes.post(PATH)
    async def tell(request: Request) -> Response:
        return await following.answer(request)

    return routes
