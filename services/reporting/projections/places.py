"""Rows of places: where they are, who controls them, whether they are prioritised."""

from services.reporting.projections import Row
from shared.contracts.envelope import Received
from shared.contracts.places import (
    PlaceControlChanged,
    PlaceDeprioritised,
    PlacePrioritised,
    PlaceRegistered,
    PlaceRetired,
)


def registered(row: Row, received: Received[PlaceRegistered]) -> Row:
    """The district works with this place."""
    event = received.event.model_dump(mode="json")
    return {**row, **event, "prioritised": False, "retired": False}


def control_changed(row: Row, received: Received[PlaceControlChanged]) -> Row:
    """Other agencies control it."""
    return {**row, "custodians": list(received.event.custodians)}


def prioritised(row: Row, received: Received[PlacePrioritised]) -> Row:
    """It gets more attention, for a motive."""
    return {**row, "prioritised": True, "motive": received.event.motive}


def deprioritised(row: Row, received: Received[PlaceDeprioritised]) -> Row:
    """It gets the usual attention."""
    return {**row, "prioritised": False, "motive": received.event.motive}


def retired(row: Row, _: Received[PlaceRetired]) -> Row:
    """It is kept for what was counted there."""
    return {**row, "retired": True}
