"""Events of topic `notify.deliveries`: templates and ids; addresses never leave notify."""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.codes import DeliveryChannel, Disclosure
from shared.contracts.envelope import Event, example
from shared.contracts.topics import NOTIFY_DELIVERIES, Topic
from shared.contracts.types import AggregateId, Code, Slug, Uuid


class _DeliveryEvent(Event):
    topic: ClassVar[Topic] = NOTIFY_DELIVERIES
    aggregate: ClassVar[str] = "delivery"
    disclosure: ClassVar[Disclosure] = Disclosure.AGENCY


class DeliveryRequested(_DeliveryEvent):
    """An event owes an agency a message."""

    model_config = example(
        template="ASSIGNMENT_ASSIGNED",
        channel="MAIL",
        recipient_agency="DISTRICT_PARKS",
        cause_event_id="8a6f3f0e-9f5d-5b2a-8c7f-1e2d3c4b5a69",
        about_kind="assignment",
        about_id="0b9d8f13-0f45-5a67-8d27-6f4f3a9f7c21",
    )

    template: Code = Field(description="Which message")
    channel: DeliveryChannel = Field(description="How it goes out")
    recipient_agency: Code = Field(description="To whom; the address stays in notify")
    cause_event_id: Uuid = Field(description="The event that owes it")
    about_kind: Slug = Field(description="Kind of aggregate it is about")
    about_id: AggregateId = Field(description="Which one")


class DeliveryAccepted(_DeliveryEvent):
    """The receiving server took the message."""

    model_config = example()


class DeliveryDelivered(_DeliveryEvent):
    """The message reached its recipient, as far as the channel can tell."""

    model_config = example()


class DeliveryFailed(_DeliveryEvent):
    """The message did not go out and will not be tried again by itself."""

    model_config = example(reason="REFUSED", attempts=1)

    reason: Code = Field(description="Why")
    attempts: Annotated[int, Field(ge=0, le=1_000)] = Field(description="Times it was tried")


class DeliverySuppressed(_DeliveryEvent):
    """The message was owed and is not sent, for a reason."""

    model_config = example(reason="NO_ADDRESS")

    reason: Code = Field(description="Why")


class FeedbackDelivered(_DeliveryEvent):
    """The feedback on a concern reached the agency that reported it."""

    model_config = example(concern_id="2c1f6a5e-3b0d-5c55-8a4b-7d2f9e0c4a10")

    concern_id: Uuid = Field(description="Which concern owes nothing any more")
