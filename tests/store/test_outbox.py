"""Promises of an outbox: nothing leaves it before the log has it, and nothing is lost."""

from uuid import uuid4

import pytest

from shared.store.outbox import Outbox
from shared.store.stream import Stream
from tests.store.support import Noted, Opened, fresh, grown, later

pytestmark = pytest.mark.stack


async def test_pending_events_of_an_aggregate_come_together_and_in_order(stream: Stream) -> None:
    await grown(stream, "a", [[Opened(number=1), Noted(number=2)], [Opened(number=3)]])
    rows = await Outbox(stream).pending()
    assert [(row.aggregate_id, row.topic, row.seq) for row in rows] == [
        ("a", "test.first", 1),
        ("a", "test.second", 1),
        ("a", "test.first", 2),
    ]


async def test_pages_cover_everything_pending_once(stream: Stream) -> None:
    await stream.collection.insert_many([fresh(stream, Opened(number=n)) for n in range(25)])
    sizes, seen = [], []
    async for page in Outbox(stream).pages(10):
        sizes.append(len(page))
        seen += [row.id for row in page]
    assert sizes == [10, 10, 5]
    assert len(set(seen)) == 25


async def test_published_events_move_to_the_log(stream: Stream) -> None:
    await grown(stream, "a", [[Opened(number=1)], [Noted(number=2)]])
    outbox = Outbox(stream)
    rows = await outbox.pending()
    await outbox.mark_published(rows[:1])
    assert [row.id for row in await outbox.pending()] == [rows[1].id]
    assert await outbox.depth() == 1
    logged = await stream.log.find().to_list(None)
    assert [(entry["_id"], entry["aggregate"], entry["seq"]) for entry in logged] == [
        (rows[0].id, "a", 1)
    ]


async def test_marking_twice_changes_nothing(stream: Stream) -> None:
    await grown(stream, "a", [[Opened(number=1), Noted(number=2)]])
    outbox = Outbox(stream)
    rows = await outbox.pending()
    await outbox.mark_published(rows[:1])
    logged = await stream.log.find().to_list(None)
    await outbox.mark_published(rows[:1])
    assert await stream.log.find().to_list(None) == logged
    await outbox.mark_published(rows)  # a page of which one was logged before a crash
    assert await outbox.depth() == 0
    assert await stream.log.count_documents({}) == 2
    await outbox.mark_published([])


async def test_an_event_stored_while_others_are_marked_stays_pending(stream: Stream) -> None:
    loaded = await grown(stream, "a", [[Opened(number=1)]])
    outbox = Outbox(stream)
    rows = await outbox.pending()
    await stream.append(
        "a", expected=loaded, state={}, events=[Opened(number=2)], provenance=later(2)
    )
    await outbox.mark_published(rows)
    assert [row.seq for row in await outbox.pending()] == [2]
    assert [one.meta.sequence for one in await stream.events_of(["a"])] == [1, 2]


async def test_the_highest_logged_sequence_is_told_per_topic(stream: Stream) -> None:
    await grown(stream, "a", [[Opened(number=1), Noted(number=2)], [Opened(number=3)]])
    await grown(stream, "b", [[Noted(number=1)]])
    outbox = Outbox(stream)
    assert [one async for one in outbox.published_up_to("test.first")] == []
    assert await outbox.topics() == {"test.first", "test.second"}
    await outbox.mark_published(await outbox.pending())
    assert [one async for one in outbox.published_up_to("test.first")] == [("a", 2)]
    assert [one async for one in outbox.published_up_to("test.second")] == [("a", 1), ("b", 1)]
    assert await outbox.topics() == {"test.first", "test.second"}


async def test_events_after_a_position_come_from_log_and_outbox(stream: Stream) -> None:
    loaded = await grown(stream, "a", [[Opened(number=1)], [Opened(number=2)]])
    outbox = Outbox(stream)
    await outbox.mark_published(await outbox.pending())
    await stream.append(
        "a",
        expected=loaded,
        state={},
        events=[Opened(number=3), Noted(number=4)],
        provenance=later(3),
    )
    rows = await outbox.after({"a": 1, str(uuid4()): 0}, "test.first")
    assert [row.seq for row in rows] == [2, 3]
