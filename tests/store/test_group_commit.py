"""Promises of group commit: many share a write, each gets its own answer, none is forgotten."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest
from pymongo.errors import AutoReconnect, BulkWriteError, ServerSelectionTimeoutError

from shared.store import group_commit
from shared.store.client import Document
from shared.store.errors import (
    DuplicateId,
    Rejected,
    StoreError,
    Unavailable,
    WriteUncertain,
)
from shared.store.group_commit import GroupCommit
from shared.store.stream import Stream
from tests.store.support import fresh

HUGE = "h" * (16 * 1024 * 1024)


class Recorded:
    """A collection that only remembers how it was written to, and answers as told."""

    def __init__(self, *answers: BaseException | None) -> None:
        self.batches: list[list[Document]] = []
        self.answers = list(answers)
        self.name = "recorded"
        self.database: dict[str, object] = {"recorded_log": None}
        self.free = asyncio.Event()
        self.free.set()

    async def insert_many(self, documents: list[Document], *, ordered: bool) -> None:
        assert not ordered
        self.batches.append([dict(document) for document in documents])
        answer = self.answers.pop(0) if self.answers else None
        await self.free.wait()
        if answer is not None:
            raise answer


def committing(recorded: Recorded) -> GroupCommit:
    return GroupCommit(Stream(recorded, source="/test"))  # type: ignore[arg-type]


async def answers_of(commit: GroupCommit, documents: list[Document]) -> list[object]:
    waits = (commit.insert(document) for document in documents)
    return list(await asyncio.gather(*waits, return_exceptions=True))


@pytest.mark.stack
async def test_every_caller_of_a_mixed_crowd_gets_its_own_answer(stream: Stream) -> None:
    commit = GroupCommit(stream)
    taken = fresh(stream)
    await commit.insert(taken)
    good = [fresh(stream) for _ in range(20)]
    crowd: list[tuple[Document, type[StoreError] | None]] = [
        *((document, None) for document in good),
        (taken, DuplicateId),
        ({"_id": str(uuid4()), "v": 1, "huge": HUGE}, Rejected),
        ({"_id": str(uuid4()), "v": 1, "day": date(2026, 6, 5)}, Rejected),
        ({"_id": str(uuid4()), "v": 1, "number": 2**70}, Rejected),
        ({"_id": str(uuid4()), "v": 1, "words": "\ud800"}, Rejected),
        ({"_id": ["an", "array"], "v": 1}, Rejected),
        (dict(good[3]), DuplicateId),
    ]
    answers = await answers_of(commit, [document for document, _ in crowd])
    for (_, expected), answer in zip(crowd, answers, strict=True):
        assert answer is None if expected is None else isinstance(answer, expected)
    stored = {d["_id"] for d in await stream.collection.find().to_list(None)}
    assert stored == {taken["_id"], *(document["_id"] for document in good)}
    await commit.stop()


@pytest.mark.stack
async def test_what_stands_is_what_the_caller_gave(stream: Stream) -> None:
    commit = GroupCommit(stream)
    documents = [fresh(stream) for _ in range(300)]
    assert await answers_of(commit, documents) == [None] * 300
    stored = await stream.collection.find().to_list(None)
    by_id = {document["_id"]: document for document in stored}
    assert by_id == {document["_id"]: document for document in documents}
    await commit.stop()


@pytest.mark.stack
async def test_the_same_id_ten_times_at_once_stands_once(stream: Stream) -> None:
    commit = GroupCommit(stream)
    document = fresh(stream)
    answers = await answers_of(commit, [document] * 10)
    assert answers.count(None) == 1
    assert sum(isinstance(answer, DuplicateId) for answer in answers) == 9
    assert await stream.collection.count_documents({}) == 1
    await commit.stop()


async def test_callers_waiting_at_the_same_moment_share_a_write() -> None:
    recorded = Recorded()
    commit = committing(recorded)
    await answers_of(commit, [{"_id": n} for n in range(64)])
    assert [len(batch) for batch in recorded.batches] == [64]


async def test_a_batch_is_bounded_by_documents_and_by_bytes() -> None:
    recorded = Recorded()
    commit = committing(recorded)
    await answers_of(commit, [{"_id": n} for n in range(group_commit.LARGEST_BATCH + 1)])
    assert max(map(len, recorded.batches)) == group_commit.LARGEST_BATCH
    recorded.batches.clear()
    await answers_of(commit, [{"_id": n, "w": "w" * 3_000_000} for n in range(9)])
    assert max(map(len, recorded.batches)) == 3


async def test_callers_that_come_while_a_write_ends_are_not_left_over() -> None:
    commit = committing(Recorded())

    async def caller() -> None:
        for _ in range(200):
            await commit.insert({"_id": str(uuid4())})

    await asyncio.wait_for(asyncio.gather(*(caller() for _ in range(5))), 10)


async def test_a_caller_that_gave_up_before_the_write_left_is_not_written() -> None:
    recorded = Recorded()
    commit = committing(recorded)
    recorded.free.clear()
    under_way = [asyncio.create_task(commit.insert({"_id": f"under way {n}"})) for n in range(2)]
    for _ in range(group_commit.IN_FLIGHT + 1):
        await asyncio.sleep(0)
    under_way.append(asyncio.create_task(commit.insert({"_id": "second writer"})))
    await asyncio.sleep(0.01)
    gone = asyncio.create_task(commit.insert({"_id": "gone"}))
    stays = asyncio.create_task(commit.insert({"_id": "stays"}))
    await asyncio.sleep(0)
    gone.cancel()
    under_way[0].cancel()
    recorded.free.set()
    await asyncio.gather(*under_way, gone, stays, return_exceptions=True)
    written = [document["_id"] for batch in recorded.batches for document in batch]
    assert "gone" not in written
    assert "stays" in written
    assert under_way[1].exception() is None


@pytest.mark.parametrize(
    ("error", "answer", "waiting_answer"),
    [
        (ServerSelectionTimeoutError("away"), Unavailable, Unavailable),
        (AutoReconnect("broken"), WriteUncertain, Unavailable),
        (RuntimeError("nobody foresaw this"), WriteUncertain, type(None)),
    ],
)
async def test_when_the_store_is_away_everybody_is_told_at_once(
    error: Exception, answer: type[StoreError], waiting_answer: type[StoreError] | type[None]
) -> None:
    recorded = Recorded(error, error)
    commit = committing(recorded)
    recorded.free.clear()
    first = asyncio.create_task(commit.insert({"_id": 1}))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(commit.insert({"_id": 2}))
    await asyncio.sleep(0.01)
    waiting = asyncio.create_task(commit.insert({"_id": 3}))
    await asyncio.sleep(0.01)
    recorded.free.set()
    told = await asyncio.gather(first, second, waiting, return_exceptions=True)
    assert type(told[0]) is answer
    assert type(told[1]) is answer
    assert type(told[2]) is waiting_answer
    await commit.insert({"_id": 4})  # the next one is tried again


async def test_a_missing_majority_is_uncertain_for_everybody_also_for_a_repeat() -> None:
    details = {
        "writeErrors": [{"index": 1, "code": 11000}],
        "writeConcernErrors": [{"code": 64}],
    }
    commit = committing(Recorded(BulkWriteError(details)))
    told = await answers_of(commit, [{"_id": 1}, {"_id": 2}])
    assert [type(answer) for answer in told] == [WriteUncertain, WriteUncertain]


async def test_stop_answers_what_was_taken_and_takes_no_more() -> None:
    recorded = Recorded()
    commit = committing(recorded)
    recorded.free.clear()
    taken = [asyncio.create_task(commit.insert({"_id": n})) for n in range(5)]
    await asyncio.sleep(0.01)
    stopping = asyncio.create_task(commit.stop())
    await asyncio.sleep(0.01)
    with pytest.raises(Unavailable, match="STOPPING"):
        await commit.insert({"_id": "late"})
    recorded.free.set()
    await stopping
    assert await asyncio.gather(*taken) == [None] * 5


async def test_a_stop_that_takes_too_long_leaves_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(group_commit, "DRAIN_SECONDS", 0.05)
    recorded = Recorded()
    commit = committing(recorded)
    recorded.free.clear()
    taken = [asyncio.create_task(commit.insert({"_id": n})) for n in range(3)]
    await asyncio.sleep(0.01)
    await commit.stop()
    told = await asyncio.gather(*taken, return_exceptions=True)
    assert [type(answer) for answer in told] == [WriteUncertain] * 3


async def test_too_many_waiting_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "MOST_WAITING", 3)
    commit = committing(Recorded())
    told = await answers_of(commit, [{"_id": n} for n in range(5)])
    assert [type(answer) for answer in told] == [type(None)] * 3 + [Unavailable] * 2


def in_order(first: Recorded, second: Recorded) -> GroupCommit:
    streams = (Stream(each, source="/test") for each in (first, second))  # type: ignore[arg-type]
    return GroupCommit(*streams)


async def test_what_goes_first_stands_before_what_comes_after_is_begun() -> None:
    first, second = Recorded(), Recorded()
    commit = in_order(first, second)
    first.free.clear()
    waiting = [asyncio.create_task(commit.insert({"_id": f"k{n}"}, {"_id": n})) for n in range(3)]
    await asyncio.sleep(0.01)
    assert [len(batch) for batch in first.batches] == [3]
    assert second.batches == []
    first.free.set()
    assert await asyncio.gather(*waiting) == [None] * 3
    assert [[each["_id"] for each in batch] for batch in second.batches] == [[0, 1, 2]]


async def test_each_stream_has_those_that_have_something_for_it() -> None:
    first, second = Recorded(), Recorded()
    commit = in_order(first, second)
    waits = [
        commit.insert({"_id": "k"}, {"_id": 1}),
        commit.insert(None, {"_id": 2}),
        commit.insert({"_id": "alone"}, None),
    ]
    assert await asyncio.gather(*waits) == [None] * 3
    assert [each["_id"] for batch in first.batches for each in batch] == ["k", "alone"]
    assert [each["_id"] for batch in second.batches for each in batch] == [1, 2]


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (BulkWriteError({"writeErrors": [{"index": 1, "code": 11000}]}), DuplicateId),
        (BulkWriteError({"writeErrors": [{"index": 1, "code": 2}]}), Rejected),
    ],
)
async def test_one_whose_first_is_refused_gets_no_further_and_the_others_do(
    error: Exception, answer: type[StoreError]
) -> None:
    first, second = Recorded(error), Recorded()
    commit = in_order(first, second)
    waits = (commit.insert({"_id": f"k{n}"}, {"_id": n}) for n in range(3))
    told = await asyncio.gather(*waits, return_exceptions=True)
    assert [type(each) for each in told] == [type(None), answer, type(None)]
    assert [each["_id"] for batch in second.batches for each in batch] == [0, 2]


async def test_while_the_first_cannot_be_told_nothing_of_the_second_is_begun() -> None:
    first, second = Recorded(AutoReconnect("broken")), Recorded()
    commit = in_order(first, second)
    waits = [commit.insert({"_id": "k"}, {"_id": 1}), commit.insert(None, {"_id": 2})]
    told = await asyncio.gather(*waits, return_exceptions=True)
    assert [type(each) for each in told] == [WriteUncertain, type(None)]
    assert [each["_id"] for batch in second.batches for each in batch] == [2]


async def test_a_caller_that_gave_up_between_the_two_has_the_second_not_written() -> None:
    first, second = Recorded(), Recorded()
    commit = in_order(first, second)
    first.free.clear()
    gone = asyncio.create_task(commit.insert({"_id": "k1"}, {"_id": "gone"}))
    stays = asyncio.create_task(commit.insert({"_id": "k2"}, {"_id": "stays"}))
    await asyncio.sleep(0.01)
    gone.cancel()
    first.free.set()
    await asyncio.gather(gone, stays, return_exceptions=True)
    assert [each["_id"] for batch in second.batches for each in batch] == ["stays"]


async def test_a_stop_leaves_nobody_waiting_who_had_nothing_for_the_write_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(group_commit, "DRAIN_SECONDS", 0.05)
    first, second = Recorded(), Recorded()
    commit = in_order(first, second)
    first.free.clear()
    waits = [commit.insert({"_id": "k"}, {"_id": 1}), commit.insert(None, {"_id": 2})]
    taken = [asyncio.create_task(each) for each in waits]
    await asyncio.sleep(0.01)
    await commit.stop()
    told = await asyncio.gather(*taken, return_exceptions=True)
    assert [type(answer) for answer in told] == [WriteUncertain] * 2
    assert second.batches == []


@pytest.mark.stack
async def test_a_pair_stands_in_both_and_a_taken_first_keeps_the_second_out(
    stream: Stream,
) -> None:
    keys = Stream(stream.collection.database["keys"], source="/test")
    commit = GroupCommit(keys, stream)
    taken, other = fresh(stream), fresh(stream)
    await commit.insert({"_id": "k1"}, taken)
    with pytest.raises(DuplicateId):
        await commit.insert({"_id": "k1"}, other)
    assert await stream.collection.distinct("_id") == [taken["_id"]]
    await commit.insert({"_id": "k2"}, other)
    assert await keys.collection.count_documents({}) == 2
    await commit.stop()
