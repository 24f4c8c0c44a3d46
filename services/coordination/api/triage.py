"""The triage list by API: what waits, and what becomes of it."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.coordination.api.access import DeskReader, Triaging
from services.coordination.api.answers import Outcome, moved
from services.coordination.api.bodies import Because, OfConcern, ToProblem
from services.coordination.api.views import TriageItem
from services.coordination.commands.triage import Triage
from services.coordination.store.triage_list import TriageList
from shared.contracts.types import Uuid
from shared.web.paging import Listing, Paged, paged

ConcernId = Annotated[Uuid, Path(description="Rapporten / the concern")]


def router(triage: Triage, waiting: TriageList) -> APIRouter:
    """The routes under `/coordination/v1/triage`."""
    routes = APIRouter(prefix="/coordination/v1/triage", tags=["triage"])

    @routes.get("", summary="Att bedöma / to triage")
    async def to_triage(
        request: Request, response: Response, who: DeskReader, part: Listing
    ) -> Paged[TriageItem]:
        """Rapporter som ingen har bedömt, äldst först, med förslag på problem och liknande.

        Concerns nobody has triaged, the oldest first, with suggested problems and similar ones.
        """
        rows = await waiting.part(who.district, skip=part.skip, limit=part.limit)
        total = await waiting.total(who.district)
        items = [TriageItem.waiting(row) for row in rows]
        return paged(items, total, part=part, request=request, response=response)

    @routes.post("/{concern_id}/link", summary="Koppla till problem / link to a problem")
    async def link(
        concern_id: ConcernId, body: ToProblem, response: Response, by: Triaging
    ) -> Outcome:
        """Rapporten hör till ett öppet problem. / The concern belongs to an open problem."""
        done = await triage.link(concern_id, body.problem_id, by)
        return moved(response, done, done.state.state)

    @routes.post("/{concern_id}/duplicate", summary="Dubblett / duplicate")
    async def duplicate(
        concern_id: ConcernId, body: OfConcern, response: Response, by: Triaging
    ) -> Outcome:
        """Rapporten säger vad en tidigare har sagt; inga kedjor. / It tells what another told."""
        done = await triage.mark_duplicate(concern_id, body.duplicate_of, by)
        return moved(response, done, done.state.state)

    @routes.post("/{concern_id}/out-of-scope", summary="Utanför uppdraget / out of scope")
    async def out_of_scope(
        concern_id: ConcernId, body: Because, response: Response, by: Triaging
    ) -> Outcome:
        """Stadsdelen arbetar inte med detta; skälet anges. / Out of scope, with the reason."""
        done = await triage.put_out_of_scope(concern_id, body.reason, by)
        return moved(response, done, done.state.state)

    return routes
