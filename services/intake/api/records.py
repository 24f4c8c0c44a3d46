"""The records officer by API: destroy what was written, give access to it, dispose of it."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.access import Disposer, Expunger, Giver
from services.intake.api.access_export import AccessExport, AccessRequest, ReportAccount
from services.intake.api.concerns import PATH, REPLAYED
from services.intake.api.disposal import DisposalOrder, DisposalReport
from services.intake.commands.expunging import Ground
from services.intake.commands.records import Records
from services.intake.domain.disposal import Kind
from services.intake.domain.reference_number import EXAMPLE, DiaryNumber
from services.intake.domain.report import Closed
from shared.contracts.codes import ConcernState
from shared.contracts.intake_codes import ExpungeBasis
from shared.contracts.types import Uuid
from shared.web.conditional import etag
from shared.web.expected import also
from shared.web.requests import provenance

_ID = "7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e"


class Expungement(Closed):
    """On the strength of what a text is destroyed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"basis": "DATA_SUBJECT_REQUEST", "reference": EXAMPLE}]}
    )

    basis: ExpungeBasis = Field(description="Grund / on the strength of what")
    reference: DiaryNumber


class ExpungedConcern(BaseModel):
    """What is left."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"concern_id": _ID, "status": "REGISTERED", "version": 2}]}
    )

    concern_id: Uuid = Field(description="Referens / reference")
    status: ConcernState = Field(description="REGISTERED: koderna står kvar / the codes stand")
    version: int = Field(description="Version, även som ETag / also the ETag", ge=1)


def router(on_records: Records) -> APIRouter:
    """The routes of the records officer."""
    routes = APIRouter(tags=["registratur / records"])

    @routes.post(f"{PATH}/{{concern_id}}/expunge", summary="Radera fritext / expunge the texts")
    async def expunge(
        concern_id: Annotated[Uuid, Path(description="Referens / reference")],
        said: Expungement,
        response: Response,
        by: Expunger,
    ) -> ExpungedConcern:
        """Förstör nyckeln till allt som skrevs; även säkerhetskopior blir oläsliga.

        Eget nummer och kontakt raderas också. En registrerad rapport står kvar med sina koder; en
        i karantän, avvisad eller återtagen blir `EXPUNGED`. En upprepning ger samma svar och gör
        klart det som bröts av. / Destroys the key of everything that was written; backups become
        unreadable too. The own reference and the contact go as well. A registered concern keeps
        its codes; one in quarantine, rejected or withdrawn becomes `EXPUNGED`. A repeat gets the
        same answer and finishes what was broken off.
        """
        ground = Ground(said.basis, said.reference)
        done = await on_records.expunging.expunge(concern_id, ground, by)
        response.headers["etag"] = etag(done.version)
        if done.replayed:
            response.headers.update(REPLAYED)
        return ExpungedConcern(concern_id=done.concern_id, status=done.status, version=done.version)

    @routes.post(
        "/intake/v1/access-exports",
        responses=also(404),
        summary="Registerutdrag / subject access",
    )
    async def access_export(said: AccessRequest, request: Request, who: Giver) -> AccessExport:
        """Allt som finns om en rapport, sökt på dess referens; varje utdrag blir en rad i spåret.

        Personer går inte att söka i Samlad. Uppge rapportens id, kvittots referens, eller en
        myndighet och dess eget ärendenummer. / Everything kept about a report, found by its
        reference; each is a line in the audit trail. Persons cannot be searched for in Samlad.
        """
        why = provenance(request, who)
        accounts = await on_records.access.give(said.wanted, why)
        return AccessExport(
            reference=said.reference,
            given_at=why.time,
            reports=[ReportAccount.of(each) for each in accounts],
        )

    @routes.post("/intake/v1/disposals", summary="Gallra / dispose")
    async def dispose(said: DisposalOrder, request: Request, who: Disposer) -> DisposalReport:
        """Vad som ska gallras enligt gällande beslut; med `dry_run: false` gallras det.

        Högst hundra av varje slag per anrop: upprepa tills `left` är 0. Utan beslut gallras
        inget av slaget. / What is due by the decisions in force; with `dry_run: false` it goes,
        at most a hundred of each kind per request: repeat until `left` is 0. Without a decision
        nothing of a kind goes.
        """
        rows = await on_records.disposal.run(
            provenance(request, who),
            carry_out=not said.dry_run,
            kinds=tuple(Kind) if said.kinds is None else said.kinds,
        )
        return DisposalReport.of(rows, dry_run=said.dry_run)

    return routes
