"""Coordination on a real Kafka: concerns come in, its own events have their consequences."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from services.coordination.settings import Settings
from shared.contracts.codes import Certainty, PlaceType, Recurrence, Role
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.deliveries import FeedbackDelivered
from shared.contracts.envelope import Event, Provenance, encode, meta_of, to_headers
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.contracts.topics import COORDINATION_CLOSED_ACTIONS, INTAKE_CONCERNS, NOTIFY_DELIVERIES
from tests.coordination.desk import HERE, PARKS, Desk, Json, running
from tests.coordination.test_thread import CAUSES, PRIORITY, given
from tests.support import topics
from tests.support.waiting import eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

PATIENCE = 60.0


@pytest.fixture
async def on_kafka(settings: Settings, kafka_bootstrap: list[str]) -> AsyncIterator[Desk]:
    """Return coordination with everything it listens to and publishes."""
    async with running(settings.model_copy(update={"kafka": kafka_bootstrap})) as service:
        await service.places()
        yield service


def record(desk: Desk, subject: str, event: Event) -> tuple[bytes, bytes, topics.Headers]:
    why = Provenance(
        time=desk.now,
        district=DistrictCode(HERE),
        agency=AgencyCode("FIELD_WORKERS"),
        actor_role=Role.REPORTER,
        correlation_id=str(uuid4()),
    )
    meta = meta_of(event, source="/test", subject=subject, sequence=1, why=why)
    return subject.encode(), encode(event), to_headers(meta)


def litter(desk: Desk, days_ago: int) -> ConcernRegistered:
    return ConcernRegistered(
        category="ENV.LITTER",
        place_id="PL-HORN",
        place_type=PlaceType.OUTDOOR,
        observed_from=desk.now - timedelta(days=days_ago),
        certainty=Certainty.SEEN,
        recurrence=Recurrence.REPEATED,
        severity=1,
        wants_feedback=True,
        has_narrative=False,
        source_agency="FIELD_WORKERS",
        registered_at=desk.now,
        synthetic=True,
    )


async def test_the_whole_thread_over_the_topics(on_kafka: Desk, kafka_bootstrap: list[str]) -> None:
    desk = on_kafka
    ids = [str(uuid4()) for _ in range(3)]
    came = [record(desk, one, litter(desk, day)) for day, one in enumerate(ids, start=1)]
    await topics.produce(kafka_bootstrap, INTAKE_CONCERNS.name, [*came, *came])

    async def all_wait() -> bool:
        rows = await desk.store.incoming.of(ids, HERE)
        return len(rows) == len(ids)

    await eventually(all_wait, within=PATIENCE)
    problem = (await desk.done("problems", {"concern_ids": ids}))["id"]
    await desk.done(f"problems/{problem}/causes", CAUSES)
    await desk.done(f"problems/{problem}/prioritisation", PRIORITY)
    assignment = await given(desk, problem)
    for command in ("accept", "complete"):
        await desk.done(f"assignments/{assignment}/{command}", actor=PARKS)
    await desk.done(f"assignments/{assignment}/verify")
    desk.now += timedelta(days=2)
    await desk.done(f"assignments/{assignment}/follow-up", {"effect": "IMPROVED"})
    await desk.done(f"assignments/{assignment}/close")
    await desk.done(f"problems/{problem}/resolve", {"effect": "IMPROVED"})

    await eventually(lambda: feedback(desk, problem, "OWED"), within=PATIENCE)
    delivered = [
        record(desk, str(uuid4()), FeedbackDelivered(concern_id=concern)) for concern in ids
    ]
    await topics.produce(kafka_bootstrap, NOTIFY_DELIVERIES.name, delivered)
    await eventually(lambda: feedback(desk, problem, "DELIVERED"), within=PATIENCE)

    async def told() -> bool:
        rows = await topics.read_all(kafka_bootstrap, COORDINATION_CLOSED_ACTIONS.name)
        return [row.key for row in rows].count(assignment.encode()) == 1

    await eventually(told, within=PATIENCE)


async def feedback(desk: Desk, problem: str, state: str) -> bool:
    story: Json = await desk.read(f"problems/{problem}")
    return [case["feedback"] for case in story["cases"]] == [state] * 3
