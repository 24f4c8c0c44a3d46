"""What the live stream tells of an event, and to whom: its type and ids, nothing else."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.codes import Disclosure, Role
from shared.contracts.envelope import Event, Received

_AGENCY_FIELDS: Final = (
    "source_agency",
    "owner",
    "from_owner",
    "to_owner",
    "suggested_owner",
    "custodian",
)
_WHOLE_PICTURE: Final = frozenset({
    Role.COORDINATOR,
    Role.COMMUNITY_POLICE,
    Role.ANALYST,
    Role.OPERATOR,
})  # fmt: skip


class Glimpse(BaseModel):
    """One line of the live stream."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "type": "se.samlad.coordination.assignments.AssignmentAccepted.v1",
                    "topic": "coordination.assignments",
                    "aggregate": "assignment",
                    "subject": "0b9d8f13-0f45-5a67-8d27-6f4f3a9f7c21",
                    "event_id": "8a6f3f0e-9f5d-5b2a-8c7f-1e2d3c4b5a69",
                }
            ]
        },
    )

    type: Annotated[str, Field(description="Typ av händelse / type of event")]
    topic: Annotated[str, Field(description="Ämne / topic")]
    aggregate: Annotated[str, Field(description="Vad den rör / kind of aggregate")]
    subject: Annotated[str, Field(description="Vilken / which one")]
    event_id: Annotated[str, Field(description="Händelsens id / the event's id")]


class Row(BaseModel):
    """A line and who may see it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    glimpse: Glimpse
    district: str
    disclosure: Disclosure
    agencies: tuple[str, ...]

    def visible_to(self, *, district: str, agency: str, role: Role) -> bool:
        """Whether somebody may see it: the whole picture, what is public, or what is theirs."""
        if district != self.district:
            return False
        if role in _WHOLE_PICTURE:
            return self.disclosure is not Disclosure.RESTRICTED
        return self.disclosure is Disclosure.PUBLIC or agency in self.agencies


def row_of(received: Received[Event], also: str | None = None) -> Row:
    """The line of an event; `also` is a further agency it concerns."""
    meta, event = received.meta, received.event
    named = [getattr(event, field, None) for field in _AGENCY_FIELDS]
    return Row(
        glimpse=Glimpse(
            type=meta.type,
            topic=event.topic.name,
            aggregate=event.aggregate,
            subject=meta.subject,
            event_id=meta.id,
        ),
        district=meta.district,
        disclosure=meta.disclosure,
        agencies=tuple(dict.fromkeys(code for code in [meta.agency, also, *named] if code)),
    )
