"""The one read model of another service's facts: concerns as they come in from intake."""

from typing import Any

from shared.contracts.concerns import (
    ConcernCorrected,
    ConcernNarrativeExpunged,
    ConcernRegistered,
    ConcernWithdrawn,
)
from shared.contracts.envelope import Received

Row = dict[str, Any]


def fold_registered(row: Row, received: Received[ConcernRegistered]) -> Row:
    """A concern that passed the screen waits for triage; what triage needs is kept."""
    return row | _kept(received.event)


def fold_corrected(row: Row, received: Received[ConcernCorrected]) -> Row:
    """Its agency set it right: what triage needs is what it says now."""
    return row | _kept(received.event)


def fold_withdrawn(row: Row, _received: Received[ConcernWithdrawn]) -> Row:
    """Its agency took it back: it waits no more, counts no more and asks for no answer.

    It may have been withdrawn in quarantine; then nothing is known of it but this.
    """
    return row | {"withdrawn": True, "wants_feedback": False}


def fold_expunged(row: Row, _received: Received[ConcernNarrativeExpunged]) -> Row:
    """There is nothing to read any more; one that was never registered stays out of triage."""
    registered = "category" in row
    return row | {"has_narrative": False} | ({} if registered else {"withdrawn": True})


def _kept(event: ConcernRegistered | ConcernCorrected) -> Row:
    return {
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
