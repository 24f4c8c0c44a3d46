"""What notify knows of an assignment: its card, kept from the assignment's own events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.notify.domain.delivery import Facts
from shared.contracts.assignments import (
    AssignmentAssigned,
    AssignmentDueDateChanged,
    AssignmentProposed,
    AssignmentRedirected,
)
from shared.contracts.envelope import Event, Received

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Card:
    """What notify knows of an assignment: who does it, who gave it, and what it is."""

    assignment_id: str
    owner: str
    assigned_by: str
    facts: Facts


def card_of(row: Mapping[str, Any]) -> Card | None:
    """The card of its row; None as long as nobody owns the assignment."""
    if "owner" not in row:
        return None
    facts = Facts.model_validate(
        {name: row[name] for name in ("problem_id", "place_id", "measure", "due") if name in row}
    )
    return Card(row["_id"], row["owner"], row["assigned_by"], facts)


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
