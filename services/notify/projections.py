"""What notify keeps of coordination's places: what they are called."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.envelope import Event, Received
from shared.contracts.places import PlaceRegistered

Row = dict[str, Any]


def _registered(row: Row, received: Received[PlaceRegistered]) -> Row:
    return row | {"name": received.event.name}


PLACES: Mapping[type[Event], Any] = {PlaceRegistered: _registered}
