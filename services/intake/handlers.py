"""Kafka in: coordination's places to report about, and what became of the concerns."""

from services.intake.projections import CASES, PLACES, PROBLEMS
from shared.bus.bus import Bus
from shared.bus.views import View
from shared.contracts.topics import COORDINATION_EST, COORDINATION_PLACES

PLACES_VIEW = View("places", "place", PLACES)
CASES_VIEW = View("cases", "case", CASES)
PROBLEMS_VIEW = View("problems", "problem", PROBLEMS)


def subscribe(bus: Bus) -> None:
    """Everything intake listens to."""
    bus.project(COORDINATION_PLACES, PLACES_VIEW)
    bus.project(COORDINATION_EST, CASES_VIEW, PROBLEMS_VIEW)
