"""The audit trail by API; that it was read is a line of its own."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.intake.api.access import Auditor
from services.intake.commands.audit import AuditTrail
from services.intake.commands.trail import Act, Purpose
from services.intake.store.audit import Asked
from shared.contracts.codes import Role
from shared.contracts.types import Code, UtcTime, Uuid
from shared.store.client import Document
from shared.web.paging import Listing, Paged, paged
from shared.web.requests import provenance


class AuditLine(BaseModel):
    """One act: codes, ids and numbers, never a text."""

    number: int = Field(description="Radens nummer / the line's number")
    at: UtcTime = Field(description="När / when")
    act: Act = Field(description="Vad som gjordes / what was done")
    subject: Uuid | Code = Field(description="Om vad / about what")
    agency: Code = Field(description="Av vilken myndighet / by which agency")
    role: Role = Field(description="I vilken roll / in which role")
    purpose: Purpose | None = Field(default=None, description="Varför / why")
    reference: str | None = Field(default=None, description="Beslut eller ärende / decision")
    count: int = Field(description="Hur många som berördes / how many were concerned")
    correlation_id: str = Field(description="Vilket anrop / which request")

    @classmethod
    def of(cls, row: Document) -> "AuditLine":
        """The line of what is stored."""
        told = {name: row[name] for name in cls.model_fields if name in row}
        return cls.model_validate({"number": row["_id"], **told})


def router(trail: AuditTrail) -> APIRouter:
    """The route `/intake/v1/audit-lines`."""
    routes = APIRouter(prefix="/intake/v1", tags=["registratur / records"])

    @routes.get("/audit-lines", summary="Läs spårloggen / read the audit trail")
    async def audit_lines(
        request: Request,
        response: Response,
        who: Auditor,
        part: Listing,
        subject: Annotated[
            Uuid | Code | None, Query(description="Endast om detta / only about this")
        ] = None,
        since: Annotated[
            AwareDatetime | None, Query(description="Endast sedan dess / only since then")
        ] = None,
    ) -> Paged[AuditLine]:
        """Raderna, senaste först; att de lästes blir själv en rad. / The lines, newest first.

        Om kedjan är hel prövas med `samlad audit verify`. / `samlad audit verify` proves the chain.
        """
        asked = Asked(who.district, subject, since)
        rows, total = await trail.read(
            asked, provenance(request, who), skip=part.skip, limit=part.limit
        )
        items = [AuditLine.of(row) for row in rows]
        return paged(items, total, part=part, request=request, response=response)

    return routes
