"""Following a report by its reference, without an account. The reference never stands in a URL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, Request, Response

from services.intake.commands.references import References
from services.intake.domain.following import standing, way
from services.intake.store import Store
from shared.contracts.codes import CaseState, ConcernState
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


class Case(Protocol):
    """What coordination has told of a concern."""

    @property
    def state(self) -> CaseState | None:
        """Where the case is, if it has begun."""
        ...

    @property
    def feedback(self) -> tuple[str, ...]:
        """The answers given, as codes."""
        ...

    @property
    def closed(self) -> bool:
        """Whether it has ended."""
        ...


class Cases(Protocol):
    """Knows what coordination has told of concerns."""

    async def of(self, concern_ids: Sequence[str]) -> Mapping[str, Case]:
        """The cases among these concerns that have begun."""
        ...


@dataclass(frozen=True, slots=True)
class NotBegun:
    """A case coordination has told nothing of."""

    state: CaseState | None = None
    feedback: tuple[str, ...] = ()
    closed: bool = False


class NoCases:
    """Knows of none."""

    async def of(self, concern_ids: Sequence[str]) -> Mapping[str, Case]:  # noqa: ARG002 - of Cases
        """None of them has begun."""
        return {}


@dataclass(frozen=True, slots=True)
class _Following:
    """Finds a report by its reference and tells where it stands."""

    pages: Pages
    store: Store
    references: References
    cases: Cases

    async def tell(self, request: Request) -> Response:
        reference = one(await filled_in(request), "reference")
        district = site_of(request).district.code
        digest = self.references.digest(reference)
        found = await self.store.receipts.found(digest, district)
        if found is None:
            return self.ask(request, {"reference": NOT_FOUND}, 422)
        return await self._told(request, found)

    def ask(self, request: Request, errors: Mapping[str, str], status: int = 200) -> Response:
        return self.pages.render(request, "follow.html", status, errors=errors)

    async def _told(self, request: Request, found: Loaded) -> Response:
        case = (await self.cases.of([found.id])).get(found.id, NotBegun())
        now = standing(ConcernState(found.state["status"]), case.state, closed=case.closed)
        registered = ConcernRegistered.model_validate(found.state["registered"])
        return self.pages.render(
            request,
            "followed.html",
            reference=self.references.of(found.id),
            standing=now,
            way=way(now),
            feedback=case.feedback,
            registered=registered,
            place=(await self.store.places.known()).get(registered.place_id or ""),
        )


def router(pages: Pages, store: Store, references: References, cases: Cases) -> APIRouter:
    """The page under `/intake/follow`."""
    routes = APIRouter(include_in_schema=False)
    following = _Following(pages, store, references, cases)

    @routes.get(PATH)
    async def ask(request: Request) -> Response:
        return following.ask(request, {})

    @routes.post(PATH)
    async def tell(request: Request) -> Response:
        return await following.tell(request)

    return routes
