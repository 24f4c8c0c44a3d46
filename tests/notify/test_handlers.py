"""From an event to a delivery row: once, however often the event comes."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.notify.commands.following import Following
from services.notify.commands.requesting import Requesting
from services.notify.commands.watching import Watching
from services.notify.handlers import Handlers
from services.notify.store import Store
from shared.bus.bus import Bus
from shared.contracts.assignments import AssignmentEscalationRaised
from shared.contracts.closed_actions import ActionClosed
from shared.contracts.codes import DeliveryState, Disclosure, EscalationKind
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.district import District
from shared.contracts.envelope import encode, to_headers
from shared.contracts.est import FeedbackGiven
from shared.contracts.schemas import example_of
from shared.contracts.topics import Topic
from shared.store.client import Client, Database
from shared.telemetry.clock import SystemClock
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from tests.notify.given import ASSIGNED, ASSIGNMENT, CONCERN, PROPOSED, received
from tests.support import topics
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack
DISTRICT = District.load()
OVERDUE = AssignmentEscalationRaised(kind=EscalationKind.OVERDUE, level=1, days=3)
LIFE = [received(PROPOSED, 1), received(ASSIGNED, 2), received(OVERDUE, 3)]
HERE = "KUNGSHOLMEN"


@pytest.fixture
def handlers(store: Store) -> Handlers:
    return Handlers(Following(store), Requesting(store, DISTRICT, SystemClock()), Watching(store))


async def test_an_event_that_comes_twice_leaves_one_delivery(
    store: Store, handlers: Handlers
) -> None:
    for _ in range(2):
        await handlers.on_assignments(LIFE)
    held = await store.deliveries_of(HERE, None, skip=0, limit=10)
    assert sum((await store.totals(HERE)).values()) == len(held) == 2
    assert {one.delivery.owed.template for one in held} == {
        "ASSIGNMENT_ASSIGNED",
        "ASSIGNMENT_OVERDUE",
    }
    _, told = await store.told_span()
    assert told == 3


async def test_a_delivery_tells_where_it_comes_from(store: Store, handlers: Handlers) -> None:
    await handlers.on_assignments(LIFE[:1])
    await handlers.on_assignments(LIFE[1:2])
    [held] = await store.deliveries_of(HERE, DeliveryState.PENDING, skip=0, limit=10)
    [asked] = await store.deliveries.events_of([held.id])
    assert asked.meta.causation_id == LIFE[1].meta.id
    assert asked.meta.correlation_id == LIFE[1].meta.correlation_id
    assert asked.meta.time == LIFE[1].meta.time
    assert asked.meta.type == "se.samlad.notify.deliveries.DeliveryRequested.v1"


async def test_concerns_are_told_live_and_never_mailed(store: Store, handlers: Handlers) -> None:
    await handlers.on_concerns([received(example_of(ConcernRegistered), subject=CONCERN)])
    assert await store.totals(HERE) == {}
    [line] = await store.told_after(0, 10)
    assert line.row.glimpse.subject == CONCERN
    assert "ENV.LITTER" not in line.row.model_dump_json()


async def test_a_finished_measure_is_told_live_to_who_did_it_and_never_mailed(
    store: Store, handlers: Handlers
) -> None:
    for _ in range(2):
        await handlers.on_closed_actions([received(example_of(ActionClosed))])
    assert await store.totals(HERE) == {}
    [line] = await store.told_after(0, 10)
    assert line.row.glimpse.type == "se.samlad.coordination.closed-actions.ActionClosed.v1"
    assert line.row.glimpse.subject == ASSIGNMENT
    assert "DISTRICT_PARKS" in line.row.agencies
    assert "BINS" not in line.row.model_dump_json()


async def test_feedback_that_was_asked_for_is_owed(store: Store, handlers: Handlers) -> None:
    await handlers.on_est([received(example_of(FeedbackGiven), subject=CONCERN)])
    assert await store.totals(HERE) == {DeliveryState.PENDING: 1}


async def test_an_agency_without_a_mailbox_is_suppressed(store: Store, handlers: Handlers) -> None:
    nobody = ASSIGNED.model_copy(update={"owner": "NOBODY"})
    await handlers.on_assignments([received(PROPOSED, 1), received(nobody, 2)])
    assert await store.totals(HERE) == {DeliveryState.SUPPRESSED: 1}


async def test_an_event_of_an_unknown_assignment_harms_nothing(
    store: Store, handlers: Handlers
) -> None:
    await handlers.on_assignments([received(OVERDUE, 7)])
    assert await store.totals(HERE) == {}


@pytest.fixture
def metrics() -> Metrics:
    return Metrics("notify")


@pytest.fixture
def bus(client: Client, database: Database, kafka_bootstrap: list[str], metrics: Metrics) -> Bus:
    return Bus(
        service=f"notify-{uuid4().hex[:8]}",
        bootstrap=kafka_bootstrap,
        client=client,
        database=database,
        metrics=metrics,
        health=Health(),
    )


async def test_through_kafka_every_event_delivered_twice(
    store: Store,
    handlers: Handlers,
    bus: Bus,
    metrics: Metrics,
    kafka_bootstrap: list[str],
    unique_topic: str,
) -> None:
    topic = Topic(unique_topic, "coordination", None, Disclosure.PARTNER)
    bus.react(topic, handlers.on_assignments, name="deliveries")
    await bus.start()
    try:
        records = [
            (ASSIGNMENT.encode(), encode(one.event), to_headers(one.meta)) for one in LIFE
        ] * 2
        await topics.produce(kafka_bootstrap, unique_topic, records)
        await eventually(lambda: _all_applied(metrics, len(records)), within=30)
    finally:
        await bus.stop()
    assert await store.totals(HERE) == {DeliveryState.PENDING: 2}


def _all_applied(metrics: Metrics, number: int) -> bool:
    applied = [
        line
        for line in metrics.render().decode().splitlines()
        if "events_total" in line and 'applied"' in line
    ]
    return bool(applied) and float(applied[0].rpartition(" ")[2]) >= number


async def test_the_wall_clock_says_when_a_mail_is_due(store: Store, handlers: Handlers) -> None:
    before = datetime.now(UTC)
    await handlers.on_assignments(LIFE[:2])
    [held] = await store.due(datetime.now(UTC), 5)
    assert held.delivery.due_at is not None
    assert (held.delivery.due_at - before).total_seconds() > -1
    assert held.delivery.requested_at == LIFE[1].meta.time
