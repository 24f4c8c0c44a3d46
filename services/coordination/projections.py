"""The one read model of another service's facts: concerns as they come in from intake."""

from typing import Any

from shared.contracts.concerns import ConcernRegistered
from shared.contracts.envelope import Received

Row = dict[str, Any]


def fold_registered(row: Row, received: Received[ConcernRegistered]) -> Row:
    """A concern that passed the screen waits for triage; what triage needs is kept."""
    event = received.event
    return {
        **row,
        "category": event.category,
        "place_id": event.place_id,
        "cell": event.cell,
        "lat": event.lat,
        "lon": event.lon,
        "place_type": event.place_type.value,
        "observed_from": event.observed_from,
        "registered_at": event.registered_at,
        "certainty": event.certainty.value,
        "recurrence": event.recurrence.value,
        "severity": event.severity,
        "source_agency": event.source_agency,
        "wants_feedback": event.wants_feedback,
        "has_narrative": event.has_narrative,
        "synthetic": event.synthetic,
    }
