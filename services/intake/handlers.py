"""Kafka in: places to report about, what became of concerns, and answers that were delivered."""

from services.intake.commands.contacts import Contacts
from services.intake.projections import CASES, PLACES, PROBLEMS
from shared.bus.bus import Bus, one_by_one
from shared.bus.views import View
from shared.contracts.deliveries import FeedbackDelivered
from shared.contracts.envelope import Received
from shared.contracts.topics import COORDINATION_EST, COORDINATION_PLACES, NOTIFY_DELIVERIES

PLACES_VIEW = View("places", "place", PLACES)
CASES_VIEW = View("cases", "case", CASES)
PROBLEMS_VIEW = View("problems", "problem", PROBLEMS)


def subscribe(bus: Bus, contacts: Contacts) -> None:
    """Everything intake listens to."""
    bus.project(COORDINATION_PLACES, PLACES_VIEW)
    bus.project(COORDINATION_EST, CASES_VIEW, PROBLEMS_VIEW)

    async def on_feedback_delivered(received: Received[FeedbackDelivered]) -> None:
        """The answer has arrived: how to reach the reporter is soon forgotten."""
        await contacts.answered(received.event.concern_id, received.meta.time)

    delivered = one_by_one({FeedbackDelivered: on_feedback_delivered})
    bus.react(NOTIFY_DELIVERIES, delivered, name="feedback")
