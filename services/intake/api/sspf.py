"""SSPF by API: outcomes of meetings and attestations of terms. About persons: only bands."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from services.intake.api.access import Recorder, SspfCoordinator
from services.intake.commands.own import Withdrawal
from services.intake.commands.sspf import Sspf, Stored
from services.intake.domain.sspf import AttestationReport, SspfReport, recorded
from services.intake.domain.sspf_kept import Kept
from services.intake.store import Store
from shared.contracts.intake_codes import SspfOutcomeState, WithdrawalReason
from shared.contracts.sspf import SspfMeetingOutcomeRecorded
from shared.contracts.types import Uuid
from shared.store.stream import Loaded
from shared.web.conditional import etag
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, paged
from shared.web.requests import provenance


class SspfReceipt(BaseModel):
    """It stands."""

    id: Uuid = Field(description="Referens / reference")
    version: int = Field(description="Version / version")


class OwnOutcome(BaseModel):
    """An outcome one's own agency recorded."""

    id: Uuid = Field(description="Referens / reference")
    state: SspfOutcomeState = Field(description="Läge / state")
    reason: WithdrawalReason | None = Field(default=None, description="Skäl till återtagandet")
    recorded_at: datetime = Field(description="När det registrerades / when it was recorded")
    version: int = Field(description="Version för If-Match / for If-Match", ge=1)
    outcome: SspfMeetingOutcomeRecorded = Field(description="Utfallet / the outcome")

    @classmethod
    def of(cls, loaded: Loaded) -> "OwnOutcome":
        """The view of what is stored."""
        kept = Kept.of(loaded.state)
        return cls(
            id=loaded.id,
            state=kept.state,
            reason=kept.withdrawn,
            recorded_at=loaded.extra["recorded_at"],
            version=loaded.version,
            outcome=recorded(kept.outcome),
        )


def router(sspf: Sspf, store: Store) -> APIRouter:
    """The routes under `/intake/v1/sspf-…`."""
    routes = APIRouter(prefix="/intake/v1", tags=["SSPF"])
    _add_recording(routes, sspf)
    _add_own(routes, sspf, store)
    return routes


def _add_recording(routes: APIRouter, sspf: Sspf) -> None:
    @routes.post("/sspf-outcomes", status_code=201, summary="Registrera mötesutfall / record")
    async def outcome(
        said: SspfReport,
        request: Request,
        response: Response,
        who: SspfCoordinator,
        key: IdempotencyKey,
    ) -> SspfReceipt:
        """Ett mötes utfall i spann, aldrig om en person. / One meeting's banded outcome.

        `INDIVIDUAL_COUNT_ONLY` har varken plats, skolområde, tema eller åtagande; ett avslag
        nämner regeln. / A mere count carries nothing else; a refusal names the rule.
        """
        return _told(await sspf.record(said, key, provenance(request, who)), response)

    @routes.post("/sspf-attestations", status_code=201, summary="Intyga en termin / attest")
    async def attestation(
        said: AttestationReport,
        request: Request,
        response: Response,
        who: SspfCoordinator,
        key: IdempotencyKey,
    ) -> SspfReceipt:
        """Hur många unika unga en termin gällde, i spann. / Unique youths of a term, banded."""
        return _told(await sspf.attest(said, key, provenance(request, who)), response)


def _add_own(routes: APIRouter, sspf: Sspf, store: Store) -> None:
    @routes.get("/sspf-outcomes", summary="Egna utfall / own outcomes")
    async def own_outcomes(
        request: Request, response: Response, who: SspfCoordinator, part: Listing
    ) -> Paged[OwnOutcome]:
        """Egna registrerade utfall, senaste först, även återtagna. / Own ones, newest first."""
        found, total = await store.own_outcomes.page(
            who.agency, who.district, skip=part.skip, limit=part.limit
        )
        items = [OwnOutcome.of(one) for one in found]
        return paged(items, total, part=part, request=request, response=response)

    @routes.post("/sspf-outcomes/{outcome_id}/withdraw", summary="Återta / withdraw")
    async def withdraw(
        outcome_id: Annotated[Uuid, Path(description="Referens / reference")],
        said: Withdrawal,
        response: Response,
        by: Recorder,
    ) -> SspfReceipt:
        """Återta ett eget utfall: det räknas inte längre. En rättelse är detta och ett nytt.

        Taken back, an outcome counts no more. A correction is this and a new outcome.
        """
        return _told(await sspf.withdraw(outcome_id, said, by), response)


def _told(stored: Stored, response: Response) -> SspfReceipt:
    response.headers["etag"] = etag(stored.version)
    if stored.replayed:
        response.headers["idempotent-replayed"] = "true"
    return SspfReceipt(id=stored.id, version=stored.version)
