"""Promises of a stream: state and events stand together, in order, and are found again."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from shared.contracts.ids import event_id
from shared.store.client import Database
from shared.store.errors import Conflict, DuplicateId
from shared.store.outbox import Outbox
from shared.store.stream import MOST_EVENTS, Stream
from tests.store.support import FIRST, WHY, Noted, Opened, fresh, grown, later, stream_of

pytestmark = pytest.mark.stack


async def test_state_and_events_stand_in_one_document(stream: Stream) -> None:
    version = await stream.append(
        "a",
        expected=None,
        state={"open": True},
        events=[Opened(number=1), Noted(number=2)],
        provenance=WHY,
        extra={"vault": b"sealed"},
    )
    document = await stream.collection.find_one({"_id": "a"})
    assert version == 1
    assert document is not None
    assert document["v"] == 1
    assert document["state"] == {"open": True}
    assert document["vault"] == b"sealed"
    assert [(entry["topic"], entry["seq"]) for entry in document["outbox"]] == [
        ("test.first", 1),
        ("test.second", 1),
    ]


async def test_what_record_makes_is_what_stands(stream: Stream) -> None:
    document = fresh(stream, Opened(number=1), state={"when": datetime(2026, 6, 5, tzinfo=UTC)})
    await stream.collection.insert_one(document)
    assert await stream.collection.find_one({"_id": document["_id"]}) == document


async def test_sequences_count_per_topic_without_holes(stream: Stream) -> None:
    loaded = await grown(
        stream,
        "a",
        [
            [Opened(number=1), Noted(number=2)],
            [Opened(number=3), Opened(number=4)],
            [],
            [Noted(number=5)],
        ],
    )
    assert loaded.version == 4
    assert loaded.seqs == {"test.first": 3, "test.second": 2}
    told = await stream.events_of(["a"])
    assert [one.event.number for one in told] == [1, 2, 3, 4, 5]  # type: ignore[attr-defined]
    assert [one.meta.sequence for one in told] == [1, 1, 2, 3, 2]
    assert told[2].meta.id == event_id("a", FIRST.name, 2)


async def test_extra_fields_stay_until_they_are_given_again(stream: Stream) -> None:
    await stream.append(
        "a", expected=None, state={}, events=[], provenance=WHY, extra={"x": 1, "y": 1}
    )
    loaded = await stream.load("a")
    await stream.append("a", expected=loaded, state={}, events=[], provenance=WHY, extra={"y": 2})
    again = await stream.load("a")
    assert again is not None
    assert again.extra == {"x": 1, "y": 2}


async def test_a_new_aggregate_whose_id_stands_is_a_duplicate(stream: Stream) -> None:
    await grown(stream, "a", [[Opened(number=1)]])
    with pytest.raises(DuplicateId):
        await stream.append("a", expected=None, state={}, events=[Opened(number=9)], provenance=WHY)
    told = await stream.events_of(["a"])
    assert len(told) == 1


async def test_of_two_writers_with_the_same_version_one_wins(stream: Stream) -> None:
    loaded = await grown(stream, "a", [[Opened(number=0)]])
    appends = [
        stream.append(
            "a",
            expected=loaded,
            state={"by": number},
            events=[Opened(number=number)],
            provenance=WHY,
        )
        for number in range(1, 9)
    ]
    answers = await asyncio.gather(*appends, return_exceptions=True)
    assert sorted(str(answer) for answer in answers) == ["2", *["VERSION"] * 7]
    assert sum(isinstance(answer, Conflict) for answer in answers) == 7
    assert [one.meta.sequence for one in await stream.events_of(["a"])] == [1, 2]


async def test_an_unknown_aggregate_loads_as_none(stream: Stream) -> None:
    assert await stream.load("nothing") is None


async def test_an_append_wakes_whoever_listens(stream: Stream) -> None:
    woken = []
    stream.on_append = lambda: woken.append(1)
    await grown(stream, "a", [[Opened(number=1)], [Opened(number=2)]])
    assert len(woken) == 2


async def test_the_log_outlives_the_document(stream: Stream) -> None:
    await grown(stream, "a", [[Opened(number=1)], [Noted(number=2)]])
    before = await stream.events_of(["a"])
    outbox = Outbox(stream)
    await outbox.mark_published(await outbox.pending())
    await stream.collection.delete_one({"_id": "a"})
    assert await stream.events_of(["a"]) == before


async def test_a_timeline_joins_log_and_outbox_by_time_then_by_the_order_asked(
    stream: Stream,
) -> None:
    for one in ("a", "b"):
        await stream.append(
            one, expected=None, state={}, events=[Opened(number=1)], provenance=later(1)
        )
    outbox = Outbox(stream)
    await outbox.mark_published(await outbox.pending())
    await stream.append(
        "c", expected=None, state={}, events=[Opened(number=0)], provenance=later(0)
    )
    await stream.append(
        "b",
        expected=await stream.load("b"),
        state={},
        events=[Opened(number=2)],
        provenance=later(1),
    )
    told = await stream.events_of(["b", "a", "c"])
    assert [one.meta.subject for one in told] == ["c", "b", "b", "a"]


async def test_unpublished_documents_are_found_by_their_index(stream: Stream) -> None:
    await stream.prepare()
    await grown(stream, "a", [[Opened(number=1)]])
    plan = await stream.collection.find({"outbox.pub": False}).explain()
    assert "unpublished" in str(plan["queryPlanner"]["winningPlan"])


async def test_what_is_known_of_a_document_is_not_known_of_another_stream(
    database: Database,
) -> None:
    one, other = stream_of(database["ones"]), stream_of(database["others"])
    await grown(one, "a", [[Opened(number=1)]])
    assert await other.load("a") is None
    assert await other.events_of(["a"]) == []


def test_more_events_than_the_limit_are_refused() -> None:
    stream = _nowhere()
    with pytest.raises(ValueError, match="events"):
        stream.record("a", None, {}, [Opened(number=1)] * (MOST_EVENTS + 1), WHY)


def test_an_event_kafka_would_refuse_is_refused_before_it_stands() -> None:
    with pytest.raises(ValueError, match="bytes"):
        fresh(_nowhere(), Opened(number=1, words="w" * 600_000))


def test_extra_fields_cannot_replace_the_streams_own() -> None:
    with pytest.raises(ValueError, match="own"):
        _nowhere().record(str(uuid4()), None, {}, [], WHY, {"outbox": []})


def _nowhere() -> Stream:
    class Nothing:
        name = "nothing"
        database: dict[str, object] = {"nothing_log": None}  # noqa: RUF012 - never written

    return Stream(Nothing(), source="/test")  # type: ignore[arg-type]
