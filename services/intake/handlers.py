"""Kafka in: coordination's places become the places people may report about."""

from services.intake.projections import PLACES
from shared.bus.bus import Bus
from shared.bus.views import View
from shared.contracts.topics import COORDINATION_PLACES

PLACES_VIEW = View("places", "place", PLACES)


def subscribe(bus: Bus) -> None:
    """Everything intake listens to."""
    bus.project(COORDINATION_PLACES, PLACES_VIEW)
