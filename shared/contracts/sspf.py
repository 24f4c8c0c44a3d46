"""Events of topic `intake.sspf-outcomes`: banded outcomes, never about a person."""

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts.codes import Disclosure, SspfLevel, YouthBand
from shared.contracts.envelope import Event, example
from shared.contracts.intake_codes import WithdrawalReason
from shared.contracts.topics import INTAKE_SSPF_OUTCOMES, Topic
from shared.contracts.types import Code, Month, PlaceCode, SchoolArea, Term


class _SspfEvent(Event):
    topic: ClassVar[Topic] = INTAKE_SSPF_OUTCOMES
    aggregate: ClassVar[str] = "sspf-outcome"
    disclosure: ClassVar[Disclosure] = Disclosure.RESTRICTED


class Commitment(BaseModel):
    """What a function of the meeting will do, on group or structure level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code = Field(description="Commitment of the district file")
    owner_function: Code = Field(description="Function that keeps it")
    due_month: Month = Field(description="Month it is due")


class SspfMeetingOutcomeRecorded(_SspfEvent):
    """A meeting of school, social services, police and leisure had this banded outcome."""

    model_config = example(
        month="2026-05",
        term="2026-VT",
        school_area="SA-WEST",
        functions=["SCHOOL", "SOCIAL_SERVICES", "POLICE", "LEISURE"],
        level="GROUP",
        band="1-4",
        themes=["EVENING_GATHERINGS"],
        commitments=[
            {"code": "EVENING_PRESENCE", "owner_function": "LEISURE", "due_month": "2026-06"}
        ],
        place_id="PL-THOR",
    )

    month: Month = Field(description="Month of the meeting, not its date")
    term: Term = Field(description="School term: VT spring, HT autumn")
    school_area: SchoolArea | None = Field(default=None, description="Not for a mere count")
    functions: tuple[Code, ...] = Field(
        min_length=1, max_length=10, description="Functions that took part"
    )
    level: SspfLevel = Field(description="What the meeting worked with")
    band: YouthBand = Field(description="Youths discussed; bands are never summed")
    themes: tuple[Code, ...] = Field(default=(), max_length=10, description="Not for a mere count")
    commitments: tuple[Commitment, ...] = Field(
        default=(), max_length=10, description="Agreed on group or structure level"
    )
    place_id: PlaceCode | None = Field(default=None, description="Not for a mere count")

    @model_validator(mode="after")
    def _count_only(self) -> Self:
        placed = self.place_id or self.school_area or self.themes
        if self.level is SspfLevel.INDIVIDUAL_COUNT_ONLY and placed:
            raise ValueError("a mere count carries no place, school area or theme")
        return self


class SspfMeetingOutcomeWithdrawn(_SspfEvent):
    """A recorded outcome was taken back; a correction is this and a new one."""

    model_config = example(reason="REPLACED_BY_NEW")

    reason: WithdrawalReason = Field(description="Why it was taken back")


class SspfTermAttested(_SspfEvent):
    """The SSPF coordinator attested how many unique youths a whole term was about."""

    aggregate: ClassVar[str] = "sspf-term"

    model_config = example(term="2026-VT", unique_band="5-9")

    term: Term = Field(description="School term: VT spring, HT autumn")
    unique_band: YouthBand = Field(description="Unique youths over the term")
