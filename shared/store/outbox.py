"""The outbox of a stream: what waits to be published, and how it leaves.

An entry that Kafka has acknowledged is first copied to the log, then pulled from its document; a
crash in between publishes it once more, which consumers drop by its sequence. Nothing is lost.
"""

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence

from pymongo.errors import BulkWriteError

from shared.store.client import ASCENDING, Collection, Document
from shared.store.entries import Pending, from_log, to_log
from shared.store.errors import DUPLICATE_KEY, WriteUncertain, translated
from shared.store.stream import PENDING, Stream

PAGE = 1_000


class Outbox:
    """The unpublished and the published events of one stream."""

    def __init__(self, stream: Stream) -> None:
        self.name = stream.name
        self._documents: Collection = stream.collection
        self._log: Collection = stream.log

    async def pages(self, rows: int = PAGE) -> AsyncGenerator[list[Pending], None]:
        """What is pending now, oldest documents first, about `rows` at a time.

        All pending events of an aggregate come together and in order.
        """
        with translated():
            cursor = self._documents.find(PENDING, {"outbox": 1}, batch_size=rows)
            try:
                while page := await cursor.to_list(rows):
                    yield [Pending(d["_id"], entry) for d in page for entry in d["outbox"]]
            finally:
                await cursor.close()

    async def pending(self, limit: int = PAGE) -> list[Pending]:
        """The events of the first `limit` documents that have some unpublished."""
        with translated():
            found = await self._documents.find(PENDING, {"outbox": 1}).limit(limit).to_list(None)
        return [Pending(d["_id"], entry) for d in found for entry in d["outbox"]]

    async def depth(self) -> int:
        """How many documents have something unpublished."""
        with translated():
            return int(await self._documents.count_documents(PENDING))

    async def mark_published(self, rows: Sequence[Pending]) -> None:
        """Move these from the outbox to the log; harmless to repeat, also after a crash."""
        if not rows:
            return
        await self._write_log([to_log(row) for row in rows])
        aggregates = list({row.aggregate_id for row in rows})
        entries = {"id": {"$in": [row.id for row in rows]}}
        with translated():
            await self._documents.update_many(
                {"_id": {"$in": aggregates}}, {"$pull": {"outbox": entries}}
            )

    async def _write_log(self, documents: list[Document]) -> None:
        with translated():
            try:
                await self._log.insert_many(documents, ordered=False)
            except BulkWriteError as error:
                if not _only_repeats(error):
                    raise

    async def published_up_to(self, topic: str) -> AsyncIterator[tuple[str, int]]:
        """Every aggregate with events of this topic in the log, and the highest sequence there."""
        last: tuple[str, int] | None = None
        shown = {"_id": 0, "aggregate": 1, "topic": 1, "seq": 1}
        order = [("aggregate", ASCENDING), ("topic", ASCENDING), ("seq", ASCENDING)]
        with translated():
            async for row in self._log.find({}, shown).sort(order).hint("by_aggregate"):
                if row["topic"] != topic:
                    continue
                if last is not None and last[0] != row["aggregate"]:
                    yield last
                last = (row["aggregate"], row["seq"])
        if last is not None:
            yield last

    async def topics(self) -> set[str]:
        """The topics this stream has published or is going to publish on."""
        with translated():
            logged = await self._log.distinct("topic")
            waiting = await self._documents.distinct("outbox.topic", PENDING)
        return {*logged, *waiting}

    async def after(self, positions: Mapping[str, int], topic: str) -> list[Pending]:
        """The events of these aggregates on the topic after the given sequences, in order.

        From the log and, behind it, from the outbox.
        """
        beyond: Document = {
            "$or": [
                {"aggregate": one, "topic": topic, "seq": {"$gt": seq}}
                for one, seq in positions.items()
            ]
        }
        with translated():
            waiting = await self._documents.find(
                {"_id": {"$in": list(positions)}, **PENDING}, {"outbox": 1}
            ).to_list(None)
            logged = await self._log.find(beyond).to_list(None)
        found: dict[str, dict[int, Pending]] = defaultdict(dict)
        for row in [
            *(Pending(d["_id"], entry) for d in waiting for entry in d["outbox"]),
            *map(from_log, logged),
        ]:
            if row.topic == topic and row.seq > positions[row.aggregate_id]:
                found[row.aggregate_id][row.seq] = row
        return [rows[seq] for rows in found.values() for seq in sorted(rows)]


def _only_repeats(error: BulkWriteError) -> bool:
    details = error.details or {}
    if details.get("writeConcernErrors"):
        raise WriteUncertain("WriteConcernError") from error
    return all(item["code"] == DUPLICATE_KEY for item in details.get("writeErrors", ()))
