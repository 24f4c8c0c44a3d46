"""SSPF by API: outcomes of meetings and attestations of terms. About persons: only bands."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.intake.api.access import SspfCoordinator
from services.intake.commands.sspf import Sspf, Stored
from services.intake.domain.sspf import AttestationReport, SspfReport
from shared.contracts.types import Uuid
from shared.web.conditional import etag
from shared.web.idempotency import IdempotencyKey
from shared.web.requests import provenance


class SspfReceipt(BaseModel):
    """It stands."""

    id: Uuid = Field(description="Referens / reference")
    version: int = Field(description="Version / version")


def router(sspf: Sspf) -> APIRouter:
    """The routes under `/intake/v1/sspf-…`."""
    routes = APIRouter(prefix="/intake/v1", tags=["SSPF"])

    @routes.post("/sspf-outcomes", status_code=201, summary="Registrera mötesutfall / record")
    async def outcome(
        said: SspfReport,
        request: Request,
        response: Response,
        key: IdempotencyKey,
        who: SspfCoordinator,
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
        key: IdempotencyKey,
        who: SspfCoordinator,
    ) -> SspfReceipt:
        """Hur många unika unga en termin gällde, i spann. / Unique youths of a term, banded."""
        return _told(await sspf.attest(said, key, provenance(request, who)), response)

    return routes


def _told(stored: Stored, response: Response) -> SspfReceipt:
    response.headers["etag"] = etag(stored.version)
    if stored.replayed:
        response.headers["idempotent-replayed"] = "true"
    return SspfReceipt(id=stored.id, version=stored.version)
