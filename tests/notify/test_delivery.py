"""What becomes of a delivery."""

from datetime import timedelta

import pytest

from services.notify.domain.delivery import (
    LEASE,
    WAITS,
    Template,
    accepted,
    claim,
    delivery_id,
    fate_unknown,
    postponed,
    refused,
    request,
)
from shared.contracts.codes import DeliveryChannel, DeliveryState
from shared.contracts.deliveries import (
    DeliveryAccepted,
    DeliveryDelivered,
    DeliveryFailed,
    DeliveryRequested,
    DeliverySuppressed,
    FeedbackDelivered,
)
from tests.notify.given import CONCERN, NOW, owed, pending

LATER = NOW + timedelta(hours=1)


def test_the_same_message_of_the_same_event_has_one_id() -> None:
    mail = DeliveryChannel.MAIL
    ids = {
        delivery_id(owed(), "e1", mail),
        delivery_id(owed(), "e1", mail),
        delivery_id(owed(), "e2", mail),
        delivery_id(owed(recipient="PORT"), "e1", mail),
        delivery_id(owed(Template.ASSIGNMENT_OVERDUE), "e1", mail),
        delivery_id(owed(), "e1", DeliveryChannel.STREAM),
    }
    assert len(ids) == 5


def test_a_request_is_due_at_once() -> None:
    delivery = pending()
    assert (delivery.status, delivery.due_at) == (DeliveryState.PENDING, NOW)


def test_who_has_no_address_is_not_written_to_and_that_is_said() -> None:
    origin = pending().origin
    delivery, events = request(
        owed(recipient="GONE"), origin, reachable=False, requested_at=NOW, now=NOW
    )
    assert (delivery.status, delivery.due_at) == (DeliveryState.SUPPRESSED, None)
    assert [type(event) for event in events] == [DeliveryRequested, DeliverySuppressed]


def test_a_claim_is_a_lease() -> None:
    mine = claim(pending(), LATER)
    assert (mine.status, mine.attempts) == (DeliveryState.SENDING, 1)
    assert mine.due_at == LATER + LEASE


def test_what_the_server_took_is_delivered() -> None:
    done, events = accepted(claim(pending(), NOW))
    assert (done.status, done.due_at) == (DeliveryState.DELIVERED, None)
    assert events == [DeliveryAccepted(), DeliveryDelivered()]


def test_delivered_feedback_frees_the_case() -> None:
    _, events = accepted(claim(pending(Template.FEEDBACK), NOW))
    assert events[-1] == FeedbackDelivered(concern_id=CONCERN)


def test_what_the_server_refuses_for_good_has_failed() -> None:
    failed, events = refused(claim(pending(), NOW), "SMTP_550")
    assert (failed.status, failed.due_at, failed.reason) == (DeliveryState.FAILED, None, "SMTP_550")
    assert events == [DeliveryFailed(reason="SMTP_550", attempts=1)]


def test_what_did_not_get_through_is_tried_ever_later_and_then_given_up() -> None:
    delivery, waits = pending(), []
    while delivery.status is not DeliveryState.FAILED:
        delivery, events = postponed(claim(delivery, NOW), "NO_ANSWER", NOW)
        if delivery.due_at is not None:
            waits.append(delivery.due_at - NOW)
    assert tuple(waits) == WAITS == tuple(sorted(WAITS))
    assert events == [DeliveryFailed(reason="GAVE_UP", attempts=len(WAITS) + 1)]


@pytest.mark.parametrize("template", [one for one in Template if one.safety_critical])
def test_a_safety_critical_message_of_unknown_fate_is_sent_once_more(template: Template) -> None:
    again, _ = fate_unknown(claim(pending(template), NOW), LATER)
    assert (again.status, again.due_at, again.resent) == (DeliveryState.RETRYING, LATER, True)
    end, events = fate_unknown(claim(again, LATER), LATER)
    assert (end.status, end.due_at, list(events)) == (DeliveryState.UNKNOWN, None, [])


def test_a_routine_message_of_unknown_fate_waits_for_a_person() -> None:
    end, _ = fate_unknown(claim(pending(Template.FEEDBACK), NOW), LATER)
    assert (end.status, end.due_at) == (DeliveryState.UNKNOWN, None)
