"""The demo's summary, counted from outside: the APIs and the topics, never the databases."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from statistics import median
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.samlad.demo.client import Actor, FrontDoor, Json
from shared.contracts.envelope import Undecodable, from_headers
from shared.contracts.topics import INTAKE_CONCERNS

COORDINATOR = Actor("DISTRICT_COORD", "COORDINATOR")
REGISTERED, RELEASED, WITHDRAWN = (
    f"se.samlad.intake.concerns.Concern{what}.v1"
    for what in ("Registered", "Released", "Withdrawn")
)


@dataclass(frozen=True, slots=True)
class OnTopic:
    """Distinct ids on `intake.concerns`, by what became of them."""

    registered: AbstractSet[str] = frozenset()
    released: AbstractSet[str] = frozenset()
    withdrawn: AbstractSet[str] = frozenset()

    @property
    def standing(self) -> AbstractSet[str]:
        """Registered and not taken back."""
        return self.registered - self.withdrawn

    def of(self, own: AbstractSet[str]) -> "OnTopic":
        """The same for these ids alone."""
        return OnTopic(self.registered & own, self.released & own, self.withdrawn & own)


def balance(tally: Json, told: OnTopic, *, shown: AbstractSet[str], counted: int) -> Json:
    """What the player sent against what stands of it: a concern nobody can account for is lost.

    Of the accepted, those in quarantine that nobody released are missing rightly, and those that
    were registered and taken back. What others reported meanwhile is counted only for what
    reporting applied twice.

    Args:
        tally: what the player was answered.
        told: everybody's concerns on the topic.
        shown: everybody's concerns in reporting.
        counted: how many reporting's counters hold.
    """
    own: AbstractSet[str] = frozenset(tally["ids"])
    if len(own) < tally["accepted"]:  # played before the ids were noted: everybody's are taken
        own = told.registered | told.released | shown
    topic, projected = told.of(own), len(shown & own)
    held = tally["quarantined"] - len(topic.released)
    taken_back = len(topic.registered & topic.withdrawn)
    return {
        **{name: tally[name] for name in ("sent", "accepted", "diverted", "quarantined")},
        "released": len(topic.released),
        "withdrawn": len(topic.withdrawn),
        "on_topic": len(topic.standing),
        "projected": projected,
        "lost": tally["accepted"] - held - taken_back - projected,
        "applied_twice": counted - len(shown),
    }


async def settle(door: FrontDoor, *, expected: int, seconds: float = 30.0) -> None:
    """Waits until reporting shows the expected concerns and notify has nothing left to send."""
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        rows = await door.get("/reporting/v1/concerns", COORDINATOR, limit=1)
        states = await delivery_states(door)
        if rows["total"] >= expected and not states.keys() & {"PENDING", "SENDING", "RETRYING"}:
            return
        await asyncio.sleep(0.25)


async def count(door: FrontDoor, bootstrap: Sequence[str], tally: Json) -> Json:
    """Everything of the summary but the seconds.

    Args:
        door: the public APIs.
        bootstrap: Kafka's addresses, to count what is on the topic.
        tally: what the player was answered: `sent`, `accepted`, `diverted`, `quarantined`, `ids`
            of the accepted, and `latency_ms`, a list of milliseconds.
    """
    rows = await door.every("/reporting/v1/concerns", COORDINATOR)
    counters = await door.get("/reporting/v1/counters", COORDINATOR)
    problems = await door.get("/coordination/v1/problems", COORDINATOR, limit=1)
    reports = await door.get("/reporting/v1/reports", COORDINATOR, limit=1)
    return {
        "concerns": balance(
            tally,
            await on_topic(bootstrap),
            shown={row["concern_id"] for row in rows},
            counted=counters["total"],
        ),
        "problems": problems["total"],
        "assignments": await _states(door, "/coordination/v1/assignments", "state"),
        "closed_actions": await _states(door, "/reporting/v1/effects", "effect"),
        "deliveries": await delivery_states(door),
        "reports": reports["total"],
        "latency_ms": percentiles(tally["latency_ms"]),
    }


async def delivery_states(door: FrontDoor) -> dict[str, int]:
    """Deliveries per state."""
    return await _states(door, "/notify/v1/deliveries", "state")


async def _states(door: FrontDoor, path: str, field: str) -> dict[str, int]:
    items = await door.every(path, COORDINATOR)
    return dict(sorted(Counter(str(item[field]) for item in items).items()))


async def ids_on_topic(bootstrap: Sequence[str]) -> AbstractSet[str]:
    """Distinct ids of registered concerns on `intake.concerns`."""
    return (await on_topic(bootstrap)).registered


async def on_topic(bootstrap: Sequence[str]) -> OnTopic:
    """What `intake.concerns` tells, read with a plain consumer."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=list(bootstrap), enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        ids = await _read_to_end(consumer)
    finally:
        await consumer.stop()
    return OnTopic(ids[REGISTERED], ids[RELEASED], ids[WITHDRAWN])


async def _read_to_end(consumer: AIOKafkaConsumer) -> dict[str, set[str]]:
    topic = INTAKE_CONCERNS
    partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    ids: dict[str, set[str]] = defaultdict(set)
    while any([await consumer.position(p) < ends[p] for p in partitions]):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            for record in records:
                _note(record, ids)
    return ids


def _note(record: Any, ids: dict[str, set[str]]) -> None:  # noqa: ANN401 - aiokafka's own record
    try:
        meta = from_headers(record.headers)
    except (Undecodable, KafkaError):
        return
    ids[meta.type].add(meta.subject)


def percentiles(samples: Sequence[float]) -> dict[str, float | None]:
    """Median and 99th percentile in milliseconds; None without samples."""
    if not samples:
        return {"p50": None, "p99": None}
    ordered = sorted(samples)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return {"p50": round(median(ordered), 1), "p99": round(last, 1)}


def in_words(summary: Json) -> list[str]:
    """The summary as lines for a person."""
    concerns, seconds = summary["concerns"], summary["seconds"]
    latency = summary["latency_ms"]
    return [
        "{sent} concerns sent: {accepted} accepted, {diverted} diverted, "
        "{quarantined} of the accepted quarantined ({released} released since), "
        "{withdrawn} withdrawn".format(**concerns),
        "{on_topic} on the topic, {projected} in reporting, {lost} lost, "
        "{applied_twice} applied twice".format(**concerns),
        f"{summary['problems']} problems; assignments: {_words(summary['assignments'])}",
        f"closed actions: {_words(summary['closed_actions'])}",
        f"deliveries: {_words(summary['deliveries'])}; reports: {summary['reports']}",
        f"visible in reporting after {latency['p50']} ms (median), {latency['p99']} ms (p99)",
        "seconds: {set_up} set-up, {start} start, {play} play".format(**seconds),
    ]


def _words(states: dict[str, int]) -> str:
    return ", ".join(f"{n} {state}" for state, n in states.items()) or "none"
