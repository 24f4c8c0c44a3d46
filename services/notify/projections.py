"""What notify keeps of others' facts: a card per assignment, and what places are called."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.assignments import (
    AssignmentAssigned,
    AssignmentDueDateChanged,
    AssignmentProposed,
    AssignmentRedirected,
)
from shared.contracts.envelope import Event, Received
from shared.contracts.places import PlaceRegistered

Row = dict[str, Any]


def carded(row: Row, received: Received[Event]) -> Row:
    """The card of an assignment after an event; the same card when it has seen the event."""
    if received.meta.sequence <= row.get("seq", 0):
        return row
    told = {"seq": received.meta.sequence, "district": received.meta.district}
    return row | told | _told(received)


def _told(received: Received[Event]) -> Row:
    event, agency = received.event, received.meta.agency
    match event:
        case AssignmentProposed():
            facts = {"problem_id": event.problem_id, "place_id": event.place_id}
            what = {"measure": event.measure, "due": event.due.isoformat()}
            return facts | what | {"owner": event.owner, "assigned_by": agency}
        case AssignmentAssigned():
            return {"owner": event.owner, "due": event.due.isoformat(), "assigned_by": agency}
        case AssignmentRedirected():
            return {"owner": event.to_owner, "assigned_by": agency}
        case AssignmentDueDateChanged():
            return {"due": event.new.isoformat()}
        case _:
            return {}


def _registered(row: Row, received: Received[PlaceRegistered]) -> Row:
    return row | {"name": received.event.name}


PLACES: Mapping[type[Event], Any] = {PlaceRegistered: _registered}
