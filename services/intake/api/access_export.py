"""What is kept about a report, as it is handed out."""

import json
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from services.intake.api.audit import AsItIs, AuditLine
from services.intake.commands.giving_access import Account, Wanted
from services.intake.domain.access_request import AccessRequest as Named
from services.intake.domain.concern import Concern
from shared.contracts.codes import CaseState, ConcernState
from shared.contracts.concerns import ConcernRegistered, Findings
from shared.contracts.intake_codes import ExpungeBasis
from shared.contracts.types import Code, UtcTime, Uuid
from shared.store.entries import Pending

SCOPE = {
    "sv": "Utdraget gäller de rapporter som referensen pekar på. Samlad har inget personregister "
    "och personer går inte att söka: andra uppgifter kan inte ha hittats, och är inte sökta.",
    "en": "This covers the reports the reference leads to. Samlad has no register of persons and "
    "no search for them: nothing else can have been found, and nothing else was searched.",
}


class AccessRequest(Named):
    """One way to name a report, and the request's own number in the registry."""

    @property
    def wanted(self) -> Wanted:
        """The same for the command."""
        return Wanted(**self.model_dump())


class ToldEvent(BaseModel):
    """Something that was published about the report."""

    name: str = Field(description="Vad / what")
    time: UtcTime = Field(description="När / when")
    sequence: int = Field(description="Ordning / order")
    data: dict[str, JsonValue] = Field(description="Allt som publicerades / all of it")

    @classmethod
    def of(cls, event: Pending) -> "ToldEvent":
        """The event as it was stored, whatever version wrote it."""
        data: dict[str, JsonValue] = json.loads(event.value)
        return cls(name=event.name, time=event.entry["time"], sequence=event.seq, data=data)


class Became(BaseModel):
    """What became of it at the coordinator's."""

    state: CaseState = Field(description="Läge / state")
    moved_at: UtcTime = Field(description="Senast / last moved")
    duplicate_of: Uuid | None = Field(default=None, description="Samma sak som / the same as")
    feedback: Code | None = Field(default=None, description="Återkoppling / feedback")


class Destroyed(BaseModel):
    """That texts were destroyed, and on the strength of what."""

    basis: Annotated[ExpungeBasis | str, AsItIs] = Field(
        description="Grund / on the strength of what"
    )
    reference: str = Field(description="Beslut / decision")
    at: UtcTime = Field(description="När / when")


class ReportAccount(BaseModel):
    """Everything that is kept about one report."""

    concern_id: Uuid = Field(description="Rapportens id / the report's id")
    status: ConcernState = Field(description="Läge / state")
    agency: Code = Field(description="Vem som rapporterade / who reported")
    taken_in: UtcTime = Field(description="När den kom / when it came")
    coded: ConcernRegistered = Field(description="De kodade uppgifterna / the coded fields")
    findings: tuple[Findings, ...] = Field(description="Vad granskningen fann / the screen's finds")
    reason: Code | None = Field(default=None, description="Skäl till läget / why it stands so")
    external_reference: str | None = Field(default=None, description="Eget nummer / own number")
    texts: dict[str, str] = Field(description="Allt som skrevs / everything that was written")
    contact: str | None = Field(default=None, description="Kontakt för svar / contact")
    unreadable: list[str] = Field(description="Fält vars nyckel är förstörd / key destroyed")
    destroyed: Destroyed | None = Field(default=None, description="Radering / destruction")
    further: dict[str, str] = Field(description="Övrigt som finns kvar / whatever else is kept")
    became: Became | None = Field(default=None, description="Hos samordnaren / at coordination")
    events: list[ToldEvent] = Field(description="Händelser med tider / events with times")
    audit: list[AuditLine] = Field(description="Vem som läst eller ändrat / who read or changed")
    audit_lines: int = Field(description="Alla sådana rader; högst 1 000 ges / all such lines")

    @classmethod
    def of(cls, account: Account) -> "ReportAccount":
        """The account of what is kept."""
        extra, kept = account.kept.extra, Concern.model_validate(account.kept.state)
        case = account.case
        return cls(
            concern_id=account.kept.id,
            status=kept.status,
            agency=extra["agency"],
            taken_in=extra["registered_at"],
            coded=kept.registered,
            findings=kept.findings,
            reason=kept.reason,
            external_reference=kept.external_reference,
            texts=dict(account.texts),
            contact=account.contact,
            unreadable=sorted(set(extra.get("vault") or {}) - set(account.texts)),
            destroyed=Destroyed(**extra["expunged"]) if "expunged" in extra else None,
            further=account.further,
            became=Became.model_validate(case, from_attributes=True) if case else None,
            events=[ToldEvent.of(each) for each in account.events],
            audit=[AuditLine.of(line) for line in account.lines],
            audit_lines=account.lines_in_all,
        )


class AccessExport(BaseModel):
    """What is handed out."""

    reference: str = Field(description="Begärans diarienummer / the request's number")
    given_at: UtcTime = Field(description="När / when")
    scope: dict[str, str] = Field(default=SCOPE, description="Vad som sökts / what was searched")
    reports: list[ReportAccount] = Field(description="Rapporterna / the reports")
