"""What a reporter may say about a concern: the closed form of it, nothing beside. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
)
from pydantic_core import PydanticCustomError

from shared.contracts.codes import (
    Certainty,
    FindingType,
    Flag,
    GroupBand,
    PlaceType,
    Recurrence,
    YesNoUnknown,
)
from shared.contracts.plain_text import Plain
from shared.contracts.types import Code, PlaceCode

LONGEST_NARRATIVE = 500
LONGEST_REFERENCE = 80
YEARS = range(1900, 2200)
OF_CONTENT = "content:"  # so begins a key that was made of what the report says
# A sender's own case by its number: nothing in it can be somebody's name, handle or identity.
CASE_LINK = re.compile(r"https?://[a-z0-9-]{1,30}(?:\.[a-z0-9-]{1,30}){1,3}/(?:report/)?[0-9]{1,9}")

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)


def _as_rfc_3339(value: object) -> object:
    """A time is written as RFC 3339 has it (seconds may be left out), and nothing else is one.

    Digits alone would be read as seconds since 1970, whether they are a number or a text. That a
    zone is missing is told by the type itself.
    """
    if isinstance(value, datetime) or (isinstance(value, str) and _RFC_3339.fullmatch(value)):
        return value
    raise PydanticCustomError("datetime_text", "should be an RFC 3339 time with a zone")


def _utc(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise PydanticCustomError("datetime_range", "should be a time of our days")
    return value.astimezone(UTC)


def _number_only(value: object) -> object:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise PydanticCustomError("float_type", "should be a number")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_as_rfc_3339), AfterValidator(_utc)]
Degrees = Annotated[float, BeforeValidator(_number_only), Field(allow_inf_nan=False)]


class Closed(BaseModel):
    """Nothing but the fields it names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(Closed):
    """A position in WGS 84."""

    lat: Annotated[Degrees, Field(ge=-90, le=90, description="Latitud / latitude")]
    lon: Annotated[Degrees, Field(ge=-180, le=180, description="Longitud / longitude")]


class ConcernReport(Closed):
    """A coded observation of a place, a behaviour or condition, and a time; never a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "category": "ENV.LIGHTING",
                    "place_id": "PL-HORN",
                    "place_type": "OUTDOOR",
                    "observed_from": "2026-06-05T22:00:00+02:00",
                    "certainty": "SEEN",
                    "recurrence": "REPEATED",
                    "severity": 1,
                    "wants_feedback": True,
                    "narrative": "Tre lampor i rad är släckta.",
                }
            ]
        }
    )

    category: Annotated[Code, Field(description="Kategori / category, see /intake/v1/categories")]
    secondary: Annotated[
        tuple[Code, ...], Field(max_length=2, description="Fler kategorier / more categories")
    ] = ()
    place_id: Annotated[
        PlaceCode | None, Field(description="Plats / a place of /intake/v1/places")
    ] = None
    point: Annotated[Point | None, Field(description="Eller en punkt / or a point")] = None
    place_unknown: Annotated[
        StrictBool, Field(description="Platsen är okänd / the place is unknown")
    ] = False
    place_type: Annotated[PlaceType, Field(description="Slags plats / kind of place")]
    observed_from: Annotated[Moment, Field(description="Sett från / seen from, kept to the hour")]
    observed_to: Annotated[
        Moment | None, Field(description="Sett till / seen to, kept to the hour")
    ] = None
    certainty: Annotated[Certainty, Field(description="Säkerhet / how sure")]
    recurrence: Annotated[Recurrence, Field(description="Återkommande / how often")]
    severity: Annotated[StrictInt, Field(ge=0, le=3, description="Allvar / severity 0-3")]
    group_band: Annotated[GroupBand, Field(description="Ungefär hur många / about how many")] = (
        GroupBand.NONE
    )
    flags: Annotated[
        tuple[Flag, ...], Field(max_length=4, description="Inslag / what is seen")
    ] = ()
    measures_taken: Annotated[
        tuple[Code, ...], Field(max_length=10, description="Redan gjort / already done")
    ] = ()
    police_report: Annotated[
        YesNoUnknown, Field(description="Polisanmält? / reported to the police? Never a number.")
    ] = YesNoUnknown.UNKNOWN
    wants_feedback: Annotated[
        StrictBool, Field(description="Vill ha återkoppling / wants feedback")
    ] = False
    narrative: Annotated[
        str | None,
        Field(
            max_length=LONGEST_NARRATIVE,
            description="Fri text; lämnar aldrig valvet / free text; never leaves the vault",
        ),
        Plain,
    ] = None
    external_reference: Annotated[
        str | None,
        Field(max_length=LONGEST_REFERENCE, description="Eget ärendenummer / own reference"),
        Plain,
    ] = None
    ongoing_danger: Annotated[
        StrictBool, Field(description="Pågår fara nu? Ring 112. / Danger now? Call 112.")
    ] = False
    synthetic: Annotated[
        StrictBool,
        Field(
            description="Påhittad; lämnar inte intake där annat är på riktigt / "
            "made up; does not leave intake where the rest is real"
        ),
    ] = False

    @property
    def free_text(self) -> dict[str, str]:
        """Every string that is not a code, by its field."""
        said = {"narrative": self.narrative, "external_reference": self.external_reference}
        return {name: text for name, text in said.items() if text}

    @property
    def categories(self) -> tuple[Code, ...]:
        """The primary category first."""
        return (self.category, *self.secondary)


def findings_of(
    texts: Iterable[str], screen: Callable[[str], Sequence[FindingType]]
) -> list[FindingType]:
    """What the screen finds in the texts; that a bare link to a numbered case is one, is let go."""
    return [
        kind
        for text in texts
        for kind in screen(text)
        if kind is not FindingType.URL or not is_link(text)
    ]


def is_link(text: str) -> bool:
    """Whether the text is a bare link to a numbered case, short enough to be a reference."""
    return len(text) <= LONGEST_REFERENCE and CASE_LINK.fullmatch(text) is not None
