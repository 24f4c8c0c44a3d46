"""What comes wrong onto a topic, and what goes wrong with it: nothing lost, nothing twice."""

from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from shared.bus.broker import Consumers
from shared.bus.views import Row, View
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.envelope import Received
from tests.bus.support import (
    CONCERNS,
    PLACES,
    Raw,
    Sent,
    Stage,
    assignment,
    concern,
    consuming,
    mixture,
    produce,
    projected,
    quarantined,
    send,
    until,
    until_caught_up,
)
from tests.support.topics import create, delete

pytestmark = pytest.mark.stack


def _broken() -> dict[str, Callable[[Raw], Raw]]:
    def without(name: str) -> Callable[[Raw], Raw]:
        return lambda raw: (raw[0], raw[1], [h for h in raw[2] if h[0] != name])

    def header(name: str, value: bytes | None) -> Callable[[Raw], Raw]:
        return lambda raw: (
            raw[0],
            raw[1],
            [(n, value if n == name else v) for n, v in raw[2]],
        )

    def body(value: bytes | None) -> Callable[[Raw], Raw]:
        return lambda raw: (raw[0], value, raw[2])

    return {
        "MISSING_HEADER": without("ce_subject"),
        "BAD_HEADER (null)": header("ce_type", None),
        "BAD_HEADER": header("ce_sequence", b"\xff\xfe"),
        "BAD_HEADER (role)": header("ce_actorrole", b"NOBODY"),
        "UNKNOWN_TYPE": header("ce_type", b"se.samlad.intake.concerns.Whatever.v1"),
        "BAD_JSON": body(b"{" * 3000),
        "BAD_DATA": body(b'{"personnummer": "19121212-1212"}'),
        "NO_VALUE": body(None),
        "KEY_MISMATCH": lambda raw: (b"another", raw[1], raw[2]),
        "KEY_MISMATCH (none)": lambda raw: (None, raw[1], raw[2]),
    }


async def test_what_is_no_event_ends_as_a_dead_letter_and_stops_nobody(stage: Stage) -> None:
    broken = _broken()
    good = [concern(n) for n in range(40)]
    poison = [spoil(concern(100 + n).raw()) for n, spoil in enumerate(broken.values())]
    await produce(
        stage.bootstrap,
        stage.topic,
        [raw for pair in zip([g.raw() for g in good], poison, strict=False) for raw in pair],
    )
    await send(stage.bootstrap, stage.topic, good[len(poison) :])
    await projected(stage)
    assert await stage.database["concerns"].count_documents({}) == len(good)
    letters = await stage.database["dead_letters"].find().to_list(None)
    assert sorted(letter["reason"] for letter in letters) == sorted(
        reason.split()[0] for reason in broken
    )
    assert all(b"1212" not in str(letter).encode() for letter in letters)
    assert stage.count("bus_events", outcome="dead") == len(broken)


async def test_a_replay_makes_no_dead_letter_twice(stage: Stage) -> None:
    await produce(stage.bootstrap, stage.topic, [(b"k", b"v", [])])
    await projected(stage)
    before = await stage.contents("dead_letters")
    await stage.database["fences"].update_many({}, {"$set": {"next": 0}})
    await projected(stage)
    assert await stage.contents("dead_letters") == before
    assert len(before["dead_letters"]) == 1


async def test_a_hole_parks_its_key_and_the_others_go_on(stage: Stage) -> None:
    lives = [assignment(n) for n in range(20)]
    events = [each for life in lives for each in life if each != lives[3][1]]
    await send(stage.bootstrap, stage.topic, events)
    await projected(stage)
    parked = await stage.database["parked"].find().to_list(None)
    assert [(each["key"], each["expected"], each["sequence"]) for each in parked] == [
        (lives[3][0].key, 2, 3)
    ]
    rows = {row["_id"]: row async for row in stage.database["assignments"].find()}
    assert rows.pop(lives[3][0].key)["state"] == "PROPOSED"
    assert {row["state"] for row in rows.values()} == {"COMPLETED"}
    assert stage.count("bus_anomalies", code="KEY_PARKED") == 2


async def test_events_nobody_folds_keep_their_place_but_make_no_row(stage: Stage) -> None:
    later = concern(1)
    await send(stage.bootstrap, stage.topic, [quarantined(later.key)])
    before = await projected(stage)
    assert before["concerns"] == []
    await send(stage.bootstrap, stage.topic, [Sent(later.key, 2, later.event)])
    after = await projected(stage)
    assert len(after["concerns"]) == 1
    assert after["concerns_unfolded"] == after["parked"] == []
    assert await projected(stage.elsewhere("fresh")) == after


async def test_counters_that_fall_to_nothing_leave_no_trace(stage: Stage) -> None:
    life = assignment(1)
    for each in life:
        await send(stage.bootstrap, stage.topic, [each])
        await projected(stage)
    left = await stage.database["assignment_counters"].find().to_list(None)
    assert [(each["state"], each["n"]) for each in left] == [("COMPLETED", 1)]


async def test_an_error_in_a_fold_applies_nothing_and_is_tried_again(stage: Stage) -> None:
    faults = [3]

    def fold(row: Row, received: Received[ConcernRegistered]) -> Row:
        if received.event.place_id == PLACES[0] and faults[0]:
            faults[0] -= 1
            raise RuntimeError("a fault of ours")
        return CONCERNS.folds[ConcernRegistered](row, received)

    faulty = View("concerns", "concern", {ConcernRegistered: fold}, CONCERNS.counters)
    await send(stage.bootstrap, stage.topic, [concern(n) for n in range(200)])
    async with consuming(stage, stage.projector([faulty])):
        await until_caught_up(stage)
    contents = await stage.contents()
    assert len(contents["concerns"]) == 200
    assert stage.count("bus_batch_failures", code="RuntimeError") == 3
    assert stage.count("bus_events", outcome="applied") == 200
    assert await projected(stage.elsewhere("fresh")) == contents


async def test_a_batch_that_was_skipped_is_noticed_and_read_after_all(stage: Stage) -> None:
    await send(stage.bootstrap, stage.topic, mixture(60))
    async with consuming(stage) as consumers:
        await until_caught_up(stage)
        consumer = _consumer_of(consumers)
        consumer.pause(*consumer.assignment())
        await send(stage.bootstrap, stage.topic, mixture(60, prefix="skipped"))
        await _skip_to_end(consumer)
        consumer.resume(*consumer.assignment())
        await send(stage.bootstrap, stage.topic, mixture(60, prefix="later"))
        await until_caught_up(stage)
    assert stage.count("bus_anomalies", code="SKIPPED") > 0
    assert stage.count("bus_anomalies", code="LOG_GAP") == 0
    assert await projected(stage.elsewhere("fresh")) == await stage.contents()


async def test_a_consumer_set_back_by_somebody_applies_nothing_twice(stage: Stage) -> None:
    await send(stage.bootstrap, stage.topic, mixture(100))
    async with consuming(stage) as consumers:
        await until_caught_up(stage)
        consumer = _consumer_of(consumers)
        for tp in consumer.assignment():
            consumer.seek(tp, 0)
        await send(stage.bootstrap, stage.topic, mixture(100, prefix="later"))
        await until_caught_up(stage)
    assert stage.count("bus_events", outcome="applied") == 500
    assert stage.count("bus_events", outcome="duplicate") == 0


async def test_gaps_the_log_itself_has_are_passed_and_told(stage: Stage) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=stage.bootstrap, transactional_id=f"{stage.topic}.tx"
    )
    await producer.start()
    for n in range(5):
        async with producer.transaction():
            key, value, headers = concern(n).raw()
            await producer.send(stage.topic, value, key=key, headers=headers, partition=0)
    await producer.stop()
    async with consuming(stage):
        await until(lambda: _counted(stage, 5))
    assert stage.count("bus_anomalies", code="RETENTION_GAP") == 0
    assert await stage.database["parked"].count_documents({}) == 0


async def test_what_retention_took_is_told_and_its_keys_are_parked(stage: Stage) -> None:
    lives = [assignment(n) for n in range(6)]
    for number, life in enumerate(lives):
        await _send_to_one(stage, life, partition=number % 2)
    await _forget_log(stage, {0: 6, 1: 0})
    await projected(stage)
    assert stage.count("bus_anomalies", code="RETENTION_GAP") == 1
    states = {row["_id"]: row["state"] async for row in stage.database["assignments"].find()}
    assert set(states) == {lives[n][0].key for n in (1, 3, 4, 5)}
    assert set(states.values()) == {"COMPLETED"}
    parked = await stage.database["parked"].find().to_list(None)
    assert {each["key"] for each in parked} == {lives[2][0].key}


async def test_a_topic_made_again_is_read_from_its_start(stage: Stage) -> None:
    await send(stage.bootstrap, stage.topic, mixture(60))
    before = await projected(stage)
    await delete(stage.bootstrap, stage.topic)
    await create(stage.bootstrap, stage.topic)
    await send(stage.bootstrap, stage.topic, mixture(60)[:10])
    await send(stage.bootstrap, stage.topic, [concern(n, prefix="new") for n in range(200)])
    await projected(stage)
    after = await stage.contents()
    assert set(before["concerns"]) < set(after["concerns"])
    assert len(after["concerns"]) == 230
    assert stage.count("bus_events", outcome="duplicate") == 10


async def test_where_the_broker_tells_no_topic_ids_a_shorter_log_is_noticed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unknown(*_: object) -> str:
        return ""

    monkeypatch.setattr("shared.bus.holding.incarnation_of", unknown)
    await send(stage.bootstrap, stage.topic, [concern(n) for n in range(200)])
    await projected(stage)
    await delete(stage.bootstrap, stage.topic)
    await create(stage.bootstrap, stage.topic)
    await send(stage.bootstrap, stage.topic, [concern(n, prefix="new") for n in range(30)])
    await projected(stage)
    assert await stage.database["concerns"].count_documents({}) == 230
    assert stage.count("bus_anomalies", code="TOPIC_MADE_AGAIN") > 0


def _consumer_of(consumers: Consumers) -> Any:  # noqa: ANN401 - aiokafka has no types
    subscriber: Any = next(iter(consumers.broker.subscribers))
    return subscriber.consumer


async def _skip_to_end(consumer: Any) -> None:  # noqa: ANN401 - as above
    for tp, end in (await consumer.end_offsets(list(consumer.assignment()))).items():
        consumer.seek(tp, end)


async def _counted(stage: Stage, n: int) -> bool:
    found: int = await stage.database["concerns"].count_documents({})
    return found == n


async def _send_to_one(stage: Stage, events: list[Sent], partition: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=stage.bootstrap)
    await producer.start()
    for each in events:
        key, value, headers = each.raw()
        await producer.send_and_wait(
            stage.topic, value, key=key, headers=headers, partition=partition
        )
    await producer.stop()


async def _forget_log(stage: Stage, before: dict[int, int]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stage.bootstrap)
    await admin.start()
    await admin.delete_records(
        {TopicPartition(stage.topic, p): RecordsToDelete(n) for p, n in before.items()}
    )
    await admin.close()
