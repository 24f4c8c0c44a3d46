"""Events of topic `intake.concerns`: what intake decided about a report."""

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.codes import (
    Certainty,
    Disclosure,
    DivertTarget,
    FindingType,
    Flag,
    GroupBand,
    PlaceType,
    Recurrence,
    YesNoUnknown,
)
from shared.contracts.envelope import Event, example
from shared.contracts.intake_codes import (
    ExpungeBasis,
    RejectionReason,
    ReleaseReason,
    WithdrawalReason,
)
from shared.contracts.topics import INTAKE_CONCERNS, Topic
from shared.contracts.types import (
    Cell,
    CoarseLatitude,
    CoarseLongitude,
    Code,
    Count,
    PlaceCode,
    Score,
    UtcTime,
)


class _ConcernEvent(Event):
    topic: ClassVar[Topic] = INTAKE_CONCERNS
    aggregate: ClassVar[str] = "concern"
    disclosure: ClassVar[Disclosure] = Disclosure.AGENCY


class _CodedConcern(_ConcernEvent):
    """Everything a concern tells in codes: what, where, when, how sure and by whom."""

    category: Code = Field(description="Primary category of the district file")
    secondary: tuple[Code, ...] = Field(
        default=(), max_length=2, description="Up to two further categories"
    )
    place_id: PlaceCode | None = Field(default=None, description="Known place, if one was chosen")
    cell: Cell | None = Field(default=None, description="H3 cell of resolution 9")
    lat: CoarseLatitude | None = Field(
        default=None, description="WGS 84, four decimals; only where no persons are involved"
    )
    lon: CoarseLongitude | None = Field(default=None, description="As lat")
    place_type: PlaceType = Field(description="Kind of spot")
    observed_from: UtcTime = Field(description="Start of the observation, to the hour")
    observed_to: UtcTime | None = Field(default=None, description="End, to the hour")
    certainty: Certainty = Field(description="How the reporter knows")
    recurrence: Recurrence = Field(description="Whether it happened before")
    severity: Score = Field(description="0 (none) to 3 (serious)")
    group_band: GroupBand = Field(default=GroupBand.NONE, description="Persons involved, banded")
    flags: tuple[Flag, ...] = Field(default=(), max_length=4, description="What was involved")
    measures_taken: tuple[Code, ...] = Field(
        default=(), max_length=10, description="What the reporter has already done"
    )
    police_report: YesNoUnknown = Field(
        default=YesNoUnknown.UNKNOWN, description="Whether a police report was made"
    )
    wants_feedback: bool = Field(description="Whether the reporter is owed feedback")
    has_narrative: bool = Field(description="Whether intake's vault holds a narrative")
    source_agency: Code = Field(description="The agency that reported")
    registered_at: UtcTime = Field(description="When intake took it in")
    synthetic: bool = Field(default=False, description="Made up for a demonstration or a test")

    @model_validator(mode="after")
    def _whole_point(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon come together")
        return self


class ConcernRegistered(_CodedConcern):
    """A coded observation of a place, a behaviour or condition and a time passed the screen."""

    model_config = example(
        category="ENV.LITTER",
        secondary=["ORD.LOUD_GATHERING"],
        place_id="PL-HORN",
        place_type="OUTDOOR",
        observed_from="2026-06-05T20:00:00Z",
        observed_to="2026-06-05T23:00:00Z",
        certainty="SEEN",
        recurrence="REPEATED",
        severity=1,
        group_band="6-10",
        flags=["ALCOHOL"],
        measures_taken=["CLEANED"],
        police_report="NO",
        wants_feedback=True,
        has_narrative=True,
        source_agency="FIELD_WORKERS",
        registered_at="2026-06-06T07:12:00Z",
        synthetic=True,
    )


class ConcernCorrected(_CodedConcern):
    """The agency that reported set its concern right: these codes take the place of those before.

    `registered_at` stays when intake first took it in.
    """

    model_config = example(
        category="ENV.LITTER",
        place_id="PL-KRPK",
        place_type="OUTDOOR",
        observed_from="2026-06-05T20:00:00Z",
        certainty="SEEN",
        recurrence="REPEATED",
        severity=2,
        wants_feedback=True,
        has_narrative=True,
        source_agency="FIELD_WORKERS",
        registered_at="2026-06-06T07:12:00Z",
        synthetic=True,
        corrected_at="2026-06-06T09:40:00Z",
    )

    corrected_at: UtcTime = Field(description="When it was set right")


class ConcernWithdrawn(_ConcernEvent):
    """The agency that reported took its concern back; it counts no more."""

    model_config = example(reason="SENT_TWICE", source_agency="FIELD_WORKERS")

    reason: WithdrawalReason = Field(description="Why it was taken back")
    source_agency: Code = Field(description="The agency that reported")


class ConcernNarrativeExpunged(_ConcernEvent):
    """Whatever was kept beside the concern's codes was destroyed with its keys; the codes stand."""

    model_config = example(basis="DISPOSAL_DECISION")

    basis: ExpungeBasis = Field(description="What it was done on the strength of")


class Findings(BaseModel):
    """How many findings of one type the screen made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: FindingType = Field(description="What was found")
    count: Count = Field(description="How many times")


class ConcernQuarantined(_ConcernEvent):
    """The screen found personal data; only the kinds of findings are told, never the text."""

    model_config = example(
        category="ORD.FIGHT",
        findings=[{"type": "PERSONAL_NUMBER", "count": 1}],
        source_agency="LIBRARIES",
    )

    category: Code = Field(description="Primary category of the report")
    findings: tuple[Findings, ...] = Field(
        min_length=1, max_length=len(FindingType), description="Kinds of findings and their counts"
    )
    source_agency: Code = Field(description="The agency that reported")


class _QuarantineEnded(_ConcernEvent):
    findings: tuple[Findings, ...] = Field(
        min_length=1, max_length=len(FindingType), description="What it was quarantined for"
    )
    source_agency: Code = Field(description="The agency that reported")


class ConcernReleased(_QuarantineEnded):
    """A person looked and let it through; `ConcernRegistered` follows in the same append."""

    model_config = example(
        findings=[{"type": "PERSONAL_NUMBER", "count": 1}],
        source_agency="LIBRARIES",
        redacted=True,
    )

    redacted: bool = Field(description="Whether the text was replaced by one without findings")
    reason: ReleaseReason | None = Field(
        default=None, description="Why the text may stand as it was written"
    )

    @model_validator(mode="after")
    def _redacted_or_with_a_reason(self) -> Self:
        if self.redacted == (self.reason is not None):
            raise ValueError("either the text was replaced or there is a reason to let it stand")
        return self


class ConcernRejected(_QuarantineEnded):
    """A person looked and did not let it through: it is never registered."""

    model_config = example(
        findings=[{"type": "NAME", "count": 2}],
        source_agency="LIBRARIES",
        reason="ABOUT_A_PERSON",
    )

    reason: RejectionReason = Field(description="Why it is not taken in")


class ConcernDiverted(_ConcernEvent):
    """A report was turned to who can act on it; nothing else of it was kept."""

    aggregate: ClassVar[str] = "diversion"

    model_config = example(target="EMERGENCY_112", category_group="DIV.ONGOING_DANGER")

    target: DivertTarget = Field(description="Where the reporter was told to turn")
    category_group: Code = Field(description="Group of the category or code of the diversion")
