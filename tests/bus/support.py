"""What the tests of the bus share: made-up lives of concerns, two views, a way to run them."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition

from shared.bus.broker import Consumers
from shared.bus.meters import Meters
from shared.bus.projector import Projector
from shared.bus.reading import Reading
from shared.bus.views import Counters, Row, View
from shared.bus.workplace import Workplace
from shared.contracts.assignments import (
    AssignmentAccepted,
    AssignmentAssigned,
    AssignmentCompleted,
    AssignmentProposed,
)
from shared.contracts.codes import Certainty, Disclosure, FindingType, PlaceType, Recurrence, Role
from shared.contracts.concerns import ConcernQuarantined, ConcernRegistered, Findings
from shared.contracts.envelope import Event, Provenance, Received, encode, meta_of, to_headers
from shared.contracts.ids import AgencyCode, DistrictCode, aggregate_id
from shared.contracts.topics import Topic
from shared.store.client import Client, connect
from shared.telemetry.metrics import Metrics

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
PLACES = ("PL-HORN", "PL-KRIS", "PL-RALA", "PL-STAD")
CATEGORIES = ("ENV.LITTER", "ORD.FIGHT", "ENV.GRAFFITI")
OWNERS = ("DISTRICT_PARKS", "TRAFFIC_OFFICE")
Raw = tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes | None]]]


@dataclass(frozen=True, slots=True)
class Sent:
    """One event with its place in its aggregate's life."""

    key: str
    sequence: int
    event: Event
    hour: int = 0

    def raw(self) -> Raw:
        """Return it as a record."""
        return self.key.encode(), encode(self.event), to_headers(self.received().meta)

    def received(self) -> Received[Event]:
        """Return it as a consumer gets it."""
        why = Provenance(
            time=START + timedelta(hours=self.hour),
            district=DistrictCode("KUNGSHOLMEN"),
            agency=AgencyCode("FIELD_WORKERS"),
            actor_role=Role.REPORTER,
            correlation_id=self.key,
        )
        meta = meta_of(
            self.event, source="/test", subject=self.key, sequence=self.sequence, why=why
        )
        return Received(meta, self.event)


def registered(number: int) -> ConcernRegistered:
    """Return a concern, varied by number."""
    when = START + timedelta(hours=number % 600)
    return ConcernRegistered(
        category=CATEGORIES[number % len(CATEGORIES)],
        place_id=PLACES[number % len(PLACES)],
        place_type=PlaceType.OUTDOOR,
        observed_from=when,
        certainty=Certainty.SEEN,
        recurrence=Recurrence.FIRST,
        severity=number % 4,
        wants_feedback=bool(number % 2),
        has_narrative=False,
        source_agency="FIELD_WORKERS",
        registered_at=when,
    )


def concern(number: int, *, prefix: str = "c") -> Sent:
    """Return the whole life of a concern: its registration."""
    key = aggregate_id("concern", AgencyCode("FIELD_WORKERS"), f"{prefix}{number}")
    return Sent(key, 1, registered(number), number % 600)


def quarantined(key: str, sequence: int = 1) -> Sent:
    """Return an event of the aggregate kind that the views do not fold."""
    event = ConcernQuarantined(
        category="ORD.FIGHT",
        findings=(Findings(type=FindingType.PHONE, count=1),),
        source_agency="LIBRARIES",
    )
    return Sent(key, sequence, event)


def assignment(number: int, *, prefix: str = "a") -> list[Sent]:
    """Return the life of an assignment: four events."""
    key = aggregate_id("assignment", AgencyCode("DISTRICT_COORD"), f"{prefix}{number}")
    owner, due = OWNERS[number % len(OWNERS)], date(2026, 7, 1) + timedelta(days=number % 30)
    events: tuple[Event, ...] = (
        AssignmentProposed(
            problem_id=key,
            place_id=PLACES[number % len(PLACES)],
            category=CATEGORIES[number % len(CATEGORIES)],
            quick_fix=True,
            measure="BINS",
            owner=owner,
            due=due,
        ),
        AssignmentAssigned(owner=owner, due=due),
        AssignmentAccepted(),
        AssignmentCompleted(completed_on=due),
    )
    return [Sent(key, n, event, n) for n, event in enumerate(events, start=1)]


def on_concern(row: Row, received: Received[ConcernRegistered]) -> Row:
    """Fold a registration."""
    event = received.event
    return {
        **row,
        "category": event.category,
        "place": event.place_id,
        "severity": event.severity,
        "at": event.registered_at,
    }


def on_proposed(row: Row, received: Received[AssignmentProposed]) -> Row:
    """Fold a proposal."""
    event = received.event
    return {**row, "place": event.place_id, "owner": event.owner, "state": "PROPOSED"}


def _state(state: str) -> Any:  # noqa: ANN401 - any fold
    def fold(row: Row, received: Received[Event]) -> Row:
        row["state"] = state
        row["steps"] = [*row.get("steps", ()), received.meta.time]
        return row

    return fold


CONCERNS = View(
    name="concerns",
    aggregate="concern",
    folds={ConcernRegistered: on_concern},
    counters=(
        Counters(
            name="concern_counters",
            dimensions=("place", "category"),
            of=lambda row: {(row["place"], row["category"]): 1},
        ),
    ),
)
ASSIGNMENTS = View(
    name="assignments",
    aggregate="assignment",
    folds={
        AssignmentProposed: on_proposed,
        AssignmentAssigned: _state("ASSIGNED"),
        AssignmentAccepted: _state("ACCEPTED"),
        AssignmentCompleted: _state("COMPLETED"),
    },
    counters=(
        Counters(
            name="assignment_counters",
            dimensions=("owner", "state"),
            of=lambda row: {(row["owner"], row["state"]): 1},
        ),
    ),
)
VIEWS = (CONCERNS, ASSIGNMENTS)


def mixture(count: int, *, seed: int = 1, prefix: str = "") -> list[Sent]:
    """Return `count` aggregates' lives, interleaved, each aggregate's own order kept."""
    lives = [
        assignment(n, prefix=f"{prefix}a") if n % 2 else [concern(n, prefix=f"{prefix}c")]
        for n in range(count)
    ]
    order = [number for number, life in enumerate(lives) for _ in life]
    random.Random(seed).shuffle(order)  # noqa: S311 - the same mixture each time
    following = [iter(life) for life in lives]
    return [next(following[number]) for number in order]


async def produce(bootstrap: list[str], topic: str, records: Iterable[Raw]) -> None:
    """Write raw records in order; a record may lack its key or its value."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        for key, value, headers in records:
            await producer.send(topic, value, key=key, headers=headers)
        await producer.flush()
    finally:
        await producer.stop()


async def send(bootstrap: list[str], topic: str, events: Iterable[Sent]) -> None:
    """Write events in order."""
    await produce(bootstrap, topic, (each.raw() for each in events))


def topic_of(name: str) -> Topic:
    """Return a topic as contracts declare them."""
    return Topic(name, "test", None, Disclosure.AGENCY)


@dataclass(slots=True)
class Stage:
    """A service's place for readers of one topic."""

    bootstrap: list[str]
    client: Client
    database_name: str
    topic: str
    group: str = "samlad.test.view"
    metrics: Metrics = field(default_factory=lambda: Metrics("test"))

    @property
    def place(self) -> Workplace:
        """Return the workplace of this stage."""
        database = self.client.database(self.database_name)
        return Workplace(self.client, database, self.bootstrap, Meters(self.metrics))

    @property
    def database(self) -> Any:  # noqa: ANN401 - tests look at documents freely
        """Return the database."""
        return self.client.database(self.database_name)

    def projector(self, views: Sequence[View] = VIEWS) -> Projector:
        """Return a projector of the stage's topic."""
        return Projector(topic=self.topic, group=self.group, views=views, place=self.place)

    def elsewhere(self, suffix: str) -> "Stage":
        """Return a stage with a database of its own, on the same topic."""
        return replace(
            self,
            database_name=f"{self.database_name}_{suffix}",
            group=f"{self.group}.{suffix}",
            metrics=Metrics("test"),
        )

    async def contents(self, *collections: str) -> dict[str, list[bytes]]:
        """Return the views' documents byte for byte, ordered by id."""
        import bson  # noqa: PLC0415 - only to compare bytes

        names = collections or (
            "concerns", "concern_counters", "assignments", "assignment_counters",
            "concerns_unfolded", "parked",
        )  # fmt: skip
        return {
            name: [
                bson.encode(document)
                for document in await self.database[name].find().sort("_id", 1).to_list(None)
            ]
            for name in names
        }

    async def applied(self) -> dict[int, int]:
        """Return each partition's next offset as the fences have it."""
        found = await self.database["fences"].find().to_list(None)
        return {int(each["_id"].rpartition("|")[2]): each["next"] for each in found}

    def count(self, name: str, **labels: str) -> float:
        """Return a metric's value, 0 when it has none yet."""
        return sum(
            sample.value
            for family in self.metrics.registry.collect()
            for sample in family.samples
            if sample.name == f"samlad_test_{name}_total"
            and labels.items() <= sample.labels.items()
        )


@asynccontextmanager
async def consuming(stage: Stage, *readers: Any) -> AsyncIterator[Consumers]:  # noqa: ANN401 - any reader
    """Run readers on the stage's topic until the block ends."""
    consumers = Consumers(stage.bootstrap)
    for reader in readers or (stage.projector(),):
        consumers.add(Reading(stage.topic, stage.group, reader))
    await consumers.start()
    try:
        yield consumers
    finally:
        await consumers.stop()


async def ends(bootstrap: list[str], topic: str) -> Mapping[int, int]:
    """Return each partition's end."""
    from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 - only here

    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
        return {tp.partition: end for tp, end in (await consumer.end_offsets(parts)).items()}
    finally:
        await consumer.stop()


async def forget_offsets(stage: Stage) -> None:
    """Set the group's offsets in Kafka back to the start."""
    from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 - only here

    consumer = AIOKafkaConsumer(
        bootstrap_servers=stage.bootstrap, group_id=stage.group, enable_auto_commit=False
    )
    await consumer.start()
    try:
        parts = {TopicPartition(stage.topic, partition): 0 for partition in range(12)}
        consumer.assign(list(parts))
        await consumer.commit(parts)
    finally:
        await consumer.stop()


async def caught_up(stage: Stage) -> bool:
    """Return whether every fence stands at its partition's end."""
    applied = await stage.applied()
    found = await ends(stage.bootstrap, stage.topic)
    return all(applied.get(partition, 0) == end for partition, end in found.items())


async def until_caught_up(stage: Stage, *, within: float = 60.0) -> None:
    """Wait until everything on the topic has been applied."""
    await until(lambda: caught_up(stage), within=within)


async def until(check: Callable[[], Awaitable[bool]], *, within: float = 60.0) -> None:
    """Wait until a check says yes."""
    async with asyncio.timeout(within):
        while not await check():
            await asyncio.sleep(0.05)


async def projected(stage: Stage) -> dict[str, list[bytes]]:
    """Project the topic to its end with a projector of its own and return what stands then."""
    async with consuming(stage):
        await until_caught_up(stage)
    return await stage.contents()


def client_of(url: str) -> Client:
    """Return a client of the tests' MongoDB."""
    return connect(url)
