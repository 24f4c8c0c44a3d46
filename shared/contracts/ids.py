"""Identifiers: every id is derived from what it stands for, so a repeat meets itself."""

from typing import NewType
from uuid import NAMESPACE_DNS, uuid5

ConcernId = NewType("ConcernId", str)
ProblemId = NewType("ProblemId", str)
AssignmentId = NewType("AssignmentId", str)
PlaceId = NewType("PlaceId", str)
PictureId = NewType("PictureId", str)
CycleId = NewType("CycleId", str)
AgencyCode = NewType("AgencyCode", str)
DistrictCode = NewType("DistrictCode", str)
EventId = NewType("EventId", str)

NAMESPACE = uuid5(NAMESPACE_DNS, "samlad.se")


def _derived(*parts: str) -> str:
    # The length before each part keeps ("a", "b|c") and ("a|b", "c") apart.
    return str(uuid5(NAMESPACE, "|".join(f"{len(part)}:{part}" for part in parts)))


def concern_id(agency: str, key: str) -> ConcernId:
    """The id of the concern an agency sent under this idempotency key."""
    return ConcernId(aggregate_id("concern", agency, key))


def aggregate_id(kind: str, agency: str, key: str) -> str:
    """The id of the aggregate of this kind an agency made under this key."""
    return _derived("aggregate", kind, agency, key)


def event_id(aggregate_id: str, topic: str, seq: int) -> EventId:
    """The id of the `seq`-th event of an aggregate on a topic."""
    return EventId(_derived("event", aggregate_id, topic, str(seq)))


def command_id(event_id: str, command: str) -> str:
    """The id (and idempotency key) of the command an event causes."""
    return _derived("command", event_id, command)
