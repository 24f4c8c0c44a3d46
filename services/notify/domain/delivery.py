"""One message to one agency over one channel, from the event that owes it to its end."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from shared.contracts.codes import DeliveryChannel, DeliveryState
from shared.contracts.deliveries import (
    DeliveryAccepted,
    DeliveryDelivered,
    DeliveryFailed,
    DeliveryRequested,
    DeliverySuppressed,
    FeedbackDelivered,
)
from shared.contracts.envelope import Event
from shared.contracts.ids import aggregate_id
from shared.contracts.types import AggregateId, Code, PlaceCode, Slug, UtcTime, Uuid

LEASE: Final = timedelta(seconds=60)
NO_ADDRESS: Final = "NO_ADDRESS"
GAVE_UP: Final = "GAVE_UP"

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
# What is waited after the first, second … attempt that did not get through.
WAITS: Final = (
    timedelta(seconds=30),
    2 * _MINUTE,
    10 * _MINUTE,
    30 * _MINUTE,
    _HOUR,
    2 * _HOUR,
    4 * _HOUR,
)


class Template(StrEnum):
    """Which message."""

    ASSIGNMENT_ASSIGNED = "ASSIGNMENT_ASSIGNED"
    ASSIGNMENT_REOPENED = "ASSIGNMENT_REOPENED"
    ASSIGNMENT_CANCELLED = "ASSIGNMENT_CANCELLED"
    ASSIGNMENT_DUE_CHANGED = "ASSIGNMENT_DUE_CHANGED"
    ASSIGNMENT_DECLINED = "ASSIGNMENT_DECLINED"
    ASSIGNMENT_UNACCEPTED = "ASSIGNMENT_UNACCEPTED"
    ASSIGNMENT_OVERDUE = "ASSIGNMENT_OVERDUE"
    FEEDBACK = "FEEDBACK"

    @property
    def safety_critical(self) -> bool:
        """Whether a second copy is better than none: sent again when its fate is unknown."""
        return self is not Template.FEEDBACK


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Facts(_Part):
    """What a message may tell: codes, days and ids; never what a report said."""

    problem_id: Uuid | None = None
    place_id: PlaceCode | None = None
    measure: Code | None = None
    due: date | None = None
    days: int | None = None
    reason: Code | None = None
    suggested_owner: Code | None = None
    feedback: Code | None = None
    effect: Code | None = None


class Owed(_Part):
    """A message an event owes an agency."""

    template: Template
    recipient: Code
    about_kind: Slug
    about_id: AggregateId
    facts: Facts


class Origin(_Part):
    """The event that owes it: what the delivery's own events go on from."""

    event_id: Uuid
    district: str
    agency: str
    correlation_id: str
    traceparent: str | None = None


class Delivery(_Part):
    """The state of a delivery. `due_at`: when the sender looks at it next; None at its end."""

    owed: Owed
    origin: Origin
    status: DeliveryState
    requested_at: UtcTime
    channel: DeliveryChannel = DeliveryChannel.MAIL
    due_at: UtcTime | None = None
    attempts: int = 0
    resent: bool = False
    reason: Code | None = None


Decision = tuple[Delivery, Sequence[Event]]


def delivery_id(owed: Owed, event_id: str, channel: DeliveryChannel) -> str:
    """The id an event's message to this recipient has, however often it is asked for."""
    return aggregate_id("delivery", owed.recipient, f"{event_id}|{channel}|{owed.template}")


def request(
    owed: Owed, origin: Origin, *, reachable: bool, requested_at: datetime, now: datetime
) -> Decision:
    """A new delivery: due at once, or suppressed where nobody can be reached."""
    delivery = Delivery(
        owed=owed,
        origin=origin,
        status=DeliveryState.PENDING if reachable else DeliveryState.SUPPRESSED,
        requested_at=requested_at,
        due_at=now if reachable else None,
        reason=None if reachable else NO_ADDRESS,
    )
    asked = DeliveryRequested(
        template=owed.template,
        channel=delivery.channel,
        recipient_agency=owed.recipient,
        cause_event_id=origin.event_id,
        about_kind=owed.about_kind,
        about_id=owed.about_id,
    )
    return delivery, [asked] if reachable else [asked, DeliverySuppressed(reason=NO_ADDRESS)]


def claim(delivery: Delivery, now: datetime, lease: timedelta = LEASE) -> Delivery:
    """The sender takes it; when the lease runs out, nobody knows what became of it."""
    return delivery.model_copy(
        update={
            "status": DeliveryState.SENDING,
            "attempts": delivery.attempts + 1,
            "due_at": now + lease,
        }
    )


def accepted(delivery: Delivery) -> Decision:
    """The mail server took it: for mail that is as far as anybody can tell."""
    owed = delivery.owed
    done: list[Event] = [DeliveryAccepted(), DeliveryDelivered()]
    if owed.template is Template.FEEDBACK:
        done.append(FeedbackDelivered(concern_id=owed.about_id))
    return _ended(delivery, DeliveryState.DELIVERED, None), done


def refused(delivery: Delivery, reason: str) -> Decision:
    """It will never be taken: somebody must look."""
    failed = DeliveryFailed(reason=reason, attempts=delivery.attempts)
    return _ended(delivery, DeliveryState.FAILED, reason), [failed]


def postponed(delivery: Delivery, reason: str, now: datetime) -> Decision:
    """It was surely not taken this time: later again, until the waits are used up."""
    if delivery.attempts > len(WAITS):
        return refused(delivery, GAVE_UP)
    later = {
        "status": DeliveryState.RETRYING,
        "due_at": now + WAITS[delivery.attempts - 1],
        "reason": reason,
    }
    return delivery.model_copy(update=later), []


def fate_unknown(delivery: Delivery, now: datetime) -> Decision:
    """It may have been taken or not: once more where that is worth a second copy."""
    if not delivery.owed.template.safety_critical or delivery.resent:
        return _ended(delivery, DeliveryState.UNKNOWN, "FATE_UNKNOWN"), []
    again = {
        "status": DeliveryState.RETRYING,
        "due_at": now,
        "resent": True,
        "reason": "FATE_UNKNOWN",
    }
    return delivery.model_copy(update=again), []


def _ended(delivery: Delivery, status: DeliveryState, reason: str | None) -> Delivery:
    return delivery.model_copy(update={"status": status, "due_at": None, "reason": reason})
