"""The view of coordination's places: pure folds over documents."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.contracts.envelope import Event, Received
from shared.contracts.places import (
    PlaceControlChanged,
    PlaceDeprioritised,
    PlacePrioritised,
    PlaceRegistered,
    PlaceRetired,
)

Row = dict[str, Any]


def on_place_registered(row: Row, received: Received[PlaceRegistered]) -> Row:
    """A place people may report about."""
    place = received.event
    return row | {
        "name": place.name,
        "lat": place.lat,
        "lon": place.lon,
        "part": place.part,
        "custodians": list(place.custodians),
        "prioritised": False,
        "retired": False,
    }


def on_place_control_changed(row: Row, received: Received[PlaceControlChanged]) -> Row:
    """Others may act there now."""
    return row | {"custodians": list(received.event.custodians)}


def on_place_prioritised(row: Row, _received: Received[PlacePrioritised]) -> Row:
    """It gets more attention: the form lists it first."""
    return row | {"prioritised": True}


def on_place_deprioritised(row: Row, _received: Received[PlaceDeprioritised]) -> Row:
    """It gets the usual attention again."""
    return row | {"prioritised": False}


def on_place_retired(row: Row, _received: Received[PlaceRetired]) -> Row:
    """Nothing new is reported about it."""
    return row | {"retired": True}


PLACES: Mapping[type[Event], Callable[[Row, Received[Any]], Row]] = {
    PlaceRegistered: on_place_registered,
    PlaceControlChanged: on_place_control_changed,
    PlacePrioritised: on_place_prioritised,
    PlaceDeprioritised: on_place_deprioritised,
    PlaceRetired: on_place_retired,
}
