"""The bench of the read path: the projector against four other ways to build the same read model.

All read the same events from the same topic, decode the same contracts, write through the same
client at the same durability, and must end with the same rows and counters, which is compared.
Rounds are interleaved, so that a slow moment of the machine meets all; a ratio is the median of the
rounds' ratios. The clock runs from the moment the partitions are assigned and, for the projector,
their fences taken. Only the projector is exactly-once; the others are loops that count twice after
a crash. FastStream per message gets fewer events, compared at its rate.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import islice
from statistics import median
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.samlad.bench_events import VIEWS, season
from deploy.samlad.bench_rivals import (
    Course,
    folded_counters,
    folded_rows,
    loop,
    per_message,
    plain,
)
from shared.bus.bus import Bus
from shared.bus.interpreter import expect_polls
from shared.contracts.codes import Disclosure
from shared.contracts.topics import Topic
from shared.store.client import Client, Database, connect
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics

PARTITIONS: Final = 4
SINGLE_SHARE: Final = 50  # one in so many events goes through the way per message
OURS: Final = "projector"
PROMISED: Final[Mapping[str, float]] = {
    "loop, counters folded": 2.0,
    "loop, plain": 3.0,
    "FastStream per message": 30.0,
}
HEAD: Final = (
    f"{'':24}{'events/s':>10}{'range':>18}{'projector is':>14}{'range':>14}{'promised':>10}"
)
Contestant = Callable[[Course, str], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Result:
    """Events a second of every round of every way, and whether all ended alike."""

    events: int
    same_state: bool
    rates: Mapping[str, Sequence[float]]

    def ratios(self, name: str) -> list[float]:
        """How many times the rate of that way the projector had, round by round."""
        return [a / b for a, b in zip(self.rates[OURS], self.rates[name], strict=True)]

    def ratio(self, name: str) -> float:
        """The median of the rounds' ratios: what slows a round down, slows both."""
        return median(self.ratios(name))

    @property
    def kept(self) -> bool:
        """Whether every promise holds and the states are the same."""
        return self.same_state and all(self.ratio(name) >= n for name, n in PROMISED.items())

    def as_json(self) -> dict[str, object]:
        """The result for a file."""
        return {
            "events": self.events,
            "same_state": self.same_state,
            "kept": self.kept,
            "ways": {
                name: {
                    "events_per_second": round(median(rates)),
                    "range": [round(min(rates)), round(max(rates))],
                    "projector_is_times": round(self.ratio(name), 2),
                    "times_range": [round(f(self.ratios(name)), 2) for f in (min, max)],
                    "promised": PROMISED.get(name),
                }
                for name, rates in self.rates.items()
            },
        }

    def table(self) -> str:
        """The result for a person."""
        rounds = len(self.rates[OURS])
        return "\n".join(
            [
                f"{self.events} events, {PARTITIONS} partitions, {rounds} interleaved rounds",
                HEAD,
                *(self._line(name) for name in self.rates),
                "the same rows and counters stand in all"
                if self.same_state
                else "THE READ MODELS DIFFER: the figures mean nothing",
            ]
        )

    def _line(self, name: str) -> str:
        rates = self.rates[name]
        spread = f"{min(rates):,.0f}-{max(rates):,.0f}"
        promised = f"{PROMISED[name]:.0f} x" if name in PROMISED else ""
        times, span = f"{self.ratio(name):.1f} x", self.ratios(name)
        ours = f"{times:>14}{f'{min(span):.1f}-{max(span):.1f}':>14}"
        ours = " " * len(ours) if name == OURS else ours
        return f"{name:24}{median(rates):>10,.0f}{spread:>18}{ours}{promised:>10}"


async def run(bootstrap: list[str], mongo_url: str, *, events: int, rounds: int) -> Result:
    """Measure all ways `rounds` times, interleaved."""
    expect_polls()  # what our processes do at their start is given to all
    client = connect(mongo_url, seconds=60)
    few = max(events // SINGLE_SHARE, 200)
    run_name = uuid4().hex[:8]
    topics = {n: f"bench.{run_name}.{n}" for n in (events, few)}
    await _make(bootstrap, list(topics.values()))
    try:
        for n, topic in topics.items():
            await _fill(bootstrap, topic, events, n)
        runs = _Runs(bootstrap, client, mongo_url, topics)
        for number in range(rounds):
            await runs.round(number, events, few)
        return Result(events, runs.same_state, runs.rates)
    finally:
        await _unmake(bootstrap, list(topics.values()))
        await client.close()


class _Runs:
    """The rounds so far."""

    def __init__(
        self, bootstrap: list[str], client: Client, mongo_url: str, topics: Mapping[int, str]
    ) -> None:
        self.rates: dict[str, list[float]] = {}
        self._bootstrap = bootstrap
        self._client = client
        self._topics = topics
        self._states: dict[int, set[str]] = {n: set() for n in topics}
        self._ways: dict[str, Contestant] = {
            OURS: partial(_projected, mongo_url),
            "loop, rows and counters": partial(loop, folded_rows),
            "loop, counters folded": partial(loop, folded_counters),
            "loop, plain": partial(loop, plain),
        }

    @property
    def same_state(self) -> bool:
        """Whether all runs over the same events ended with the same read model."""
        return all(len(states) == 1 for states in self._states.values())

    async def round(self, number: int, events: int, few: int) -> None:
        """Let each way run once, every round another one first."""
        names = list(self._ways)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            await self._measured(name, self._ways[name], events)
        await self._measured("FastStream per message", per_message, few)
        if number == 0:  # the short topic needs somebody to be compared with
            await self._run(self._ways[OURS], few)

    async def _measured(self, name: str, way: Contestant, events: int) -> None:
        self.rates.setdefault(name, []).append(events / await self._run(way, events))

    async def _run(self, way: Contestant, events: int) -> float:
        name = f"bench_{uuid4().hex[:10]}"
        database = self._client.database(name)
        course = Course(
            bootstrap=self._bootstrap,
            topic=self._topics[events],
            database=database,
            events=events,
        )
        try:
            seconds = await way(course, name)
            self._states[events].add(await _state(database))
        finally:
            await database.client.drop_database(name)
        return seconds


async def _projected(mongo_url: str, course: Course, group: str) -> float:
    """The projector as every service runs it: the whole bus, from Kafka to MongoDB."""
    client, metrics, health = connect(mongo_url), Metrics("bench"), Health()
    bus = Bus(
        service=group,
        bootstrap=course.bootstrap,
        client=client,
        database=client.database(course.database.name),
        metrics=metrics,
        health=health,
    )
    bus.project(Topic(course.topic, "bench", None, Disclosure.AGENCY), *VIEWS)
    await bus.start()
    try:
        while not (await health.ready()).ok:
            await asyncio.sleep(0.001)
        started = perf_counter()
        while _applied(metrics) < course.events:
            await asyncio.sleep(0.002)
        return perf_counter() - started
    finally:
        await bus.stop()
        await client.close()


def _applied(metrics: Metrics) -> float:
    events = metrics.counter("bus_events", "", ("reader", "outcome"))
    return sum(
        sample.value
        for family in events.collect()
        for sample in family.samples
        if sample.name.endswith("_total") and sample.labels["outcome"] == "applied"
    )


async def _state(database: Database) -> str:
    """A digest of the read model; counters summed over their partitions."""
    found: dict[str, Any] = {}
    for view in VIEWS:
        async for row in database[view.name].find():
            found[f"{view.name} {row['_id']}"] = sorted(row.items())
        for counters in view.counters:
            async for each in database[counters.name].find():
                named = each["_id"].partition("|p")[0]
                key = f"{counters.name} {named}"
                found[key] = found.get(key, 0) + each["n"]
    standing = {key: value for key, value in found.items() if value != 0}
    return sha256(json.dumps(standing, sort_keys=True, default=str).encode()).hexdigest()


async def _fill(bootstrap: list[str], topic: str, events: int, take: int) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, linger_ms=5, compression_type="lz4", max_batch_size=262_144
    )
    await producer.start()
    try:
        for told in islice(season(events), take):
            await producer.send(topic, told.value, key=told.key, headers=told.headers)
        await producer.flush()
    finally:
        await producer.stop()


async def _make(bootstrap: list[str], topics: list[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in topics])
    finally:
        await admin.close()


async def _unmake(bootstrap: list[str], topics: list[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_topics(topics)
    finally:
        await admin.close()
