"""Kafka in: places that people may report about, and feedback that ends the need of a contact."""

from services.intake.commands.contacts import Contacts
from services.intake.projections import PLACES
from shared.bus.bus import Bus, one_by_one
from shared.bus.views import View
from shared.contracts.deliveries import FeedbackDelivered
from shared.contracts.envelope import Received
from shared.contracts.topics import COORDINATION_PLACES, NOTIFY_DELIVERIES

PLACES_VIEW = View("places", "place", PLACES)


def subscribe(bus: Bus, contacts: Contacts) -> None:
    """Everything intake listens to."""
    bus.project(COORDINATION_PLACES, PLACES_VIEW)

    async def on_feedback_delivered(received: Received[FeedbackDelivered]) -> None:
        """The answer has arrived: how to reach the reporter is forgotten."""
        await contacts.forget(received.event.concern_id)

    delivered = one_by_one({FeedbackDelivered: on_feedback_delivered})
    bus.react(NOTIFY_DELIVERIES, delivered, name="feedback")
