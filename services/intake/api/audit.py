"""The audit trail by API; that it was read is a line of its own."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from services.intake.api.access import Auditor
from services.intake.api.asked import Time
from services.intake.commands.audit import AuditTrail
from services.intake.commands.trail import Act, Purpose, known
from services.intake.store.audit import Asked
from shared.contracts.codes import Role
from shared.contracts.types import Code, UtcTime, Uuid
from shared.store.client import Document
from shared.web.paging import Listing, Paged, paged
from shared.web.requests import provenance

HERE = frozenset({"_id", "district", "prev", "link"})
AsItIs = Field(union_mode="left_to_right")


class AuditLine(BaseModel):
    """One act: codes, ids and numbers, never a text.

    What a newer version wrote is shown as it stands, and told to be unknown here.
    """

    number: int = Field(description="Radens nummer / the line's number")
    at: UtcTime = Field(description="När / when")
    act: Annotated[Act | str, AsItIs] = Field(description="Vad som gjordes / what was done")
    known: bool = Field(description="Om orden är kända här / whether its words are known here")
    subject: Annotated[Uuid | Code | str, AsItIs] = Field(description="Om vad / about what")
    agency: str = Field(description="Av vilken myndighet / by which agency")
    role: Annotated[Role | str, AsItIs] = Field(description="I vilken roll / in which role")
    purpose: Annotated[Purpose | str | None, AsItIs] = Field(
        default=None, description="Varför / why"
    )
    reference: str | None = Field(default=None, description="Beslut eller ärende / decision")
    count: int = Field(description="Hur många som berördes / how many were concerned")
    correlation_id: str = Field(description="Vilket anrop / which request")
    further: dict[str, str] = Field(description="Övrigt som står där / whatever else stands there")

    @classmethod
    def of(cls, row: Document) -> "AuditLine":
        """The line of what is stored."""
        told = {name: row[name] for name in cls.model_fields if name in row}
        further = {name: str(row[name]) for name in sorted(row.keys() - told.keys() - HERE)}
        own = {"number": row["_id"], "known": known(row), "further": further}
        return cls.model_validate(told | own)


async def _wanted(
    who: Auditor,
    subject: Annotated[
        Uuid | Code | None, Query(description="Endast om detta / only about this")
    ] = None,
    since: Annotated[Time | None, Query(description="Endast sedan dess / only since then")] = None,
    until: Annotated[
        int | None,
        Query(
            ge=1,
            le=2**53 - 1,
            description="Till och med rad / up to this line, as the links have it",
        ),
    ] = None,
) -> Asked:
    return Asked(who.district, subject, since, until)


Wanted = Annotated[Asked, Depends(_wanted)]


def router(trail: AuditTrail) -> APIRouter:
    """The route `/intake/v1/audit-lines`."""
    routes = APIRouter(prefix="/intake/v1", tags=["registratur / records"])

    @routes.get("/audit-lines", summary="Läs spårloggen / read the audit trail")
    async def audit_lines(
        request: Request,
        response: Response,
        who: Auditor,
        part: Listing,
        asked: Wanted,
    ) -> Paged[AuditLine]:
        """Raderna, senaste först; att de lästes blir själv en rad. / The lines, newest first.

        Bläddra med länkarna: de håller sig till raderna som fanns vid första sidan. / Follow the
        links: they keep to the lines that stood at the first page, though every page adds one.
        Om kedjan är hel prövas med `samlad audit verify`. / `samlad audit verify` proves the chain.
        """
        rows, total = await trail.read(
            asked, provenance(request, who), skip=part.skip, limit=part.limit
        )
        items = [AuditLine.of(row) for row in rows]
        until = asked.until
        if until is None and part.page == 1 and items:
            until = items[0].number
        keep = {} if until is None else {"until": until}
        return paged(items, total, part=part, request=request, response=response, keep=keep)

    return routes
