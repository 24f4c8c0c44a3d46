"""The quarantine desk by API: what waits, what was found in it, and what becomes of it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.access import AtTheDesk, DeskReader
from services.intake.api.changes import Standing, standing
from services.intake.api.readings import NO_STORE
from services.intake.commands.quarantine import Held, Quarantine, Redaction, Rejection, Release
from services.intake.commands.trail import Purpose
from services.intake.domain.concern import Concern
from services.intake.store import Store
from shared.contracts.codes import FindingType
from shared.contracts.concerns import Findings
from shared.contracts.types import Code, Uuid
from shared.store.stream import Loaded
from shared.web.paging import Listing, Paged, paged
from shared.web.requests import provenance
from shared.web.site import site_of

PATH = "/intake/v1/quarantine"
ConcernId = Annotated[Uuid, Path(description="Referens / reference")]


class Waiting(BaseModel):
    """A concern that waits for somebody to look; never its text."""

    concern_id: Uuid = Field(description="Referens / reference")
    category: Code = Field(description="Kategori / category")
    findings: tuple[Findings, ...] = Field(description="Vad granskningen fann / kinds of findings")
    source_agency: Code = Field(description="Vem som rapporterade / who reported")
    registered_at: datetime = Field(description="När den kom / when it came in")
    age_days: int = Field(description="Hela dygn i karantän / whole days in quarantine", ge=0)
    version: int = Field(description="Version för If-Match / for If-Match", ge=1)

    @classmethod
    def of(cls, loaded: Loaded, now: datetime) -> "Waiting":
        """The view of what is stored."""
        kept = Concern.model_validate(loaded.state)
        came = kept.registered.registered_at
        return cls(
            concern_id=loaded.id,
            category=kept.registered.category,
            findings=kept.findings,
            source_agency=kept.registered.source_agency,
            registered_at=came,
            age_days=max(0, (now - came).days),
            version=loaded.version,
        )


class Looking(BaseModel):
    """What the text is read for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"purpose": "QUARANTINE_REVIEW"}]}
    )

    purpose: Literal[Purpose.QUARANTINE_REVIEW] = Field(description="Ändamål / purpose")


class Span(BaseModel):
    """Where something was found, in characters of the text."""

    start: int = Field(description="Första tecknet / first character", ge=0)
    end: int = Field(description="Efter sista tecknet / after the last character", ge=1)
    type: FindingType = Field(description="Vad / what")


class HeldText(BaseModel):
    """One text as it was written."""

    field: Literal["narrative", "external_reference", "enclosed"] = Field(
        description="Fält; `enclosed`: adress m.m. som följde med / what came beside the report"
    )
    text: str = Field(description="Texten / the text")
    findings: list[Span] = Field(description="Fynd i texten / findings in it")

    @classmethod
    def of(cls, held: Held) -> "HeldText":
        """The view of an opened text."""
        spans = [Span(start=one.start, end=one.end, type=one.type) for one in held.findings]
        return cls.model_validate({"field": held.field, "text": held.text, "findings": spans})


class Looked(BaseModel):
    """What a quarantined concern says."""

    concern_id: Uuid = Field(description="Referens / reference")
    purpose: Purpose = Field(description="Ändamålet som står i loggen / as the trail has it")
    texts: list[HeldText] = Field(description="Texterna / the texts")


def router(quarantine: Quarantine, store: Store) -> APIRouter:
    """The routes under `/intake/v1/quarantine`."""
    routes = APIRouter(prefix=PATH, tags=["karantän / quarantine"])
    _add_reading(routes, quarantine, store)
    _add_deciding(routes, quarantine)
    return routes


def _add_reading(routes: APIRouter, quarantine: Quarantine, store: Store) -> None:
    @routes.get("", summary="Att granska / to look at")
    async def waiting(
        request: Request, response: Response, who: DeskReader, part: Listing
    ) -> Paged[Waiting]:
        """Det som väntar, äldst först; aldrig texten. / What waits, oldest first; no text."""
        found, total = await store.quarantined.waiting(
            who.district, skip=part.skip, limit=part.limit
        )
        now = site_of(request).clock.now()
        items = [Waiting.of(one, now) for one in found]
        return paged(items, total, part=part, request=request, response=response)

    @routes.post("/{concern_id}/readings", summary="Läs texten / read the text")
    async def read(
        concern_id: ConcernId, said: Looking, request: Request, response: Response, who: DeskReader
    ) -> Looked:
        """Texten med var fynden står; läsningen loggas först. / The text and where findings are.

        The reading is written to the audit trail before the text is given.
        """
        response.headers.update(NO_STORE)
        held = await quarantine.read(concern_id, provenance(request, who))
        texts = [HeldText.of(one) for one in held]
        return Looked(concern_id=concern_id, purpose=said.purpose, texts=texts)


def _add_deciding(routes: APIRouter, quarantine: Quarantine) -> None:
    @routes.post("/{concern_id}/release", summary="Släpp / release")
    async def release(
        concern_id: ConcernId, said: Release, response: Response, by: AtTheDesk
    ) -> Standing:
        """Släpp som den är, med skäl: den registreras. / Let it through as it is, for a reason.

        Ett eget nummer med fynd stannar i valvet. / An own reference with a finding stays sealed.
        """
        return standing(await quarantine.release(concern_id, said, by), response)

    @routes.post("/{concern_id}/redact", summary="Maska och släpp / redact and release")
    async def redact(
        concern_id: ConcernId, said: Redaction, response: Response, by: AtTheDesk
    ) -> Standing:
        """Släpp med en ny text, som granskas igen; nummer släpps aldrig. / With another text.

        The new text is screened again: one that still holds numbers gets 422.
        """
        return standing(await quarantine.redact(concern_id, said, by), response)

    @routes.post("/{concern_id}/reject", summary="Avvisa / reject")
    async def reject(
        concern_id: ConcernId, said: Rejection, response: Response, by: AtTheDesk
    ) -> Standing:
        """Ta inte in den, med skäl. / Do not take it in, for a reason."""
        return standing(await quarantine.reject(concern_id, said, by), response)
