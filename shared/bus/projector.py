"""The projector: batches of one topic folded into views, each batch one transaction with its fence.

Kafka says what comes, MongoDB says how far it has been applied. Whatever goes wrong, a batch is
forgotten, its fences are taken anew and the consumer is put back to them; so every event is
applied exactly once, in order, and nothing depends on what Kafka thinks was committed.

One batch is under way to MongoDB while the next is polled, decoded and folded on top of it, never
more: when the one under way does not land, the next is forgotten with it.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter

from aiokafka import TopicPartition

from shared.bus.codec import Arrived, Poison, Records, Thing, decoded
from shared.bus.dead_letters import DeadLetter, DeadLetters
from shared.bus.folding import Folded
from shared.bus.holding import Holding
from shared.bus.positions import Portion, Verdict, judge, portion
from shared.bus.read_model import ReadModel
from shared.bus.reading import Consumer, commit, quiet, seek
from shared.bus.retry import BackOff
from shared.bus.views import View
from shared.bus.workplace import Workplace
from shared.store.errors import Conflict

LOSING_SECONDS = 10.0
GAINING_SECONDS = 5.0
WARY_BATCHES = 50  # repeats come together: after one, many rows are looked up before they are made

Parts = Mapping[int, Sequence[Thing]]


class Projector:
    """Reads one topic into the views of one service; a `Reader`."""

    def __init__(self, *, topic: str, group: str, views: Sequence[View], place: Workplace) -> None:
        self._topic = topic
        self._group = group
        self._place = place
        self._model = ReadModel(place.database, views)
        self._letters = DeadLetters(place.database)
        self._holding = Holding(topic, group, place)
        self._back_off = BackOff()
        self._turn = asyncio.Lock()
        self._under_way: asyncio.Task[None] | None = None
        self._mine: set[int] = set()
        self._ahead: Sequence[Folded] = ()  # what the batch under way will have changed
        self._wary = 0  # batches to go in which repeats are expected

    async def gained(self, partitions: Iterable[int], consumer: Consumer) -> None:
        """Take the fences and read on from them; what fails here is done with the first batch."""
        self._mine = set(partitions)
        try:
            with quiet(consumer, [TopicPartition(self._topic, p) for p in self._mine]):
                self._holding.held.clear()
                async with asyncio.timeout(GAINING_SECONDS), self._turn:
                    await self._landed()
                    self._holding.held.clear()
                    if self._mine:
                        await self._holding.take(self._mine, consumer)
        except Exception as error:  # noqa: BLE001 - the first batch takes the fences again
            self._place.failed(self._group, "FENCES_NOT_TAKEN", error)

    async def losing(self) -> None:
        """Wait for the batch under way; what it leaves undone, the fence keeps from harm."""
        self._mine = set()
        try:
            async with asyncio.timeout(LOSING_SECONDS), self._turn:
                await self._landed()
                await self._holding.release()
        except TimeoutError as error:
            self._place.failed(self._group, "LOST_UNDER_WAY", error)

    async def close(self) -> None:
        """Let the batch under way land, bounded, and end the session."""
        try:
            async with asyncio.timeout(LOSING_SECONDS), self._turn:
                await self._landed()
                await self._holding.close()
        except TimeoutError as error:
            self._place.failed(self._group, "LEFT_UNDER_WAY", error)

    async def take(self, records: Records, consumer: Consumer) -> None:
        """Decode and fold one poll; when the one before has landed, send it on its way."""
        polled = self._holding.times
        parts = await decoded(record for record in records if record.partition in self._mine)
        async with self._turn:
            try:
                await self._send(parts, consumer, polled)
            except asyncio.CancelledError:
                self._holding.forget(parts)  # what was sorted out for sending is not sent
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, nothing was applied
                await self._landed()
                await self._put_back(parts, consumer, error)

    async def _landed(self) -> None:
        if self._under_way is None:
            return
        await asyncio.wait([self._under_way])  # a cancellation of ours leaves it flying
        flight, self._under_way = self._under_way, None
        error = None if flight.cancelled() else flight.exception()
        if isinstance(error, Exception):
            self._holding.forget(list(self._holding.held))
            self._ahead = ()
            self._place.failed(self._group, "BATCH_FELL_OVER", error)

    async def _send(self, parts: Parts, consumer: Consumer, polled: int) -> None:
        portions, lost = self._sorted(parts, polled)
        if lost:
            await self._landed()
            await self._holding.take(lost, consumer)
        if not portions:
            return
        folded = await self._folded(portions)
        await self._landed()
        if any(self._holding.held.get(p.partition) is not p.held for p in portions):
            raise Conflict("BATCH_BEFORE_FAILED")
        self._ahead = folded
        flight = self._fly(portions, folded, consumer)
        self._under_way = asyncio.create_task(flight, name=f"{self._group} batch")

    def _sorted(self, parts: Parts, polled: int) -> tuple[list[Portion], list[int]]:
        """What of a poll goes on from where each partition stands, and the lost partitions."""
        portions, lost = [], []
        for partition, things in parts.items():
            held = self._holding.held.get(partition)
            verdict = judge(held, things, polled)
            if held is not None and verdict is Verdict.APPLY:
                portions.append(portion(held, things))
                held.sought = False
                held.next = portions[-1].next
            elif verdict is not Verdict.STALE:
                lost.append(partition)
                self._place.tell(self._group, verdict, partition)
        return portions, lost

    async def _folded(self, portions: Sequence[Portion]) -> list[Folded]:
        arrived = [
            thing for part in portions for thing in part.things if isinstance(thing, Arrived)
        ]
        return await self._model.fold(arrived, ahead=self._ahead, trusting=self._wary == 0)

    async def _fly(
        self, portions: Sequence[Portion], folded: Sequence[Folded], consumer: Consumer
    ) -> None:
        """Write one batch and its fences as one; never raises."""
        started = perf_counter()
        letters = _letters(self._group, portions)
        fences = self._holding.fences
        try:
            own = await self._holding.session()
            async with self._place.client.transaction(own) as session:
                moved = [await fences.advance(p.held.fence, p.next, session) for p in portions]
                for each in folded:
                    await self._model.write(each, session)
                await self._letters.keep(letters, session)
        except Exception as error:  # noqa: BLE001 - whatever it is, the fence says what stands
            self._wary = WARY_BATCHES
            self._ahead = ()
            await self._put_back({p.partition: p.things for p in portions}, consumer, error)
            return
        self._ahead = ()
        for part, fence in zip(portions, moved, strict=True):
            part.held.fence = fence
        self._back_off.reset()
        self._wary = max(0, self._wary - 1)
        self._place.told(self._group, portions, folded, letters)
        self._place.meters.batches.labels(self._group).observe(perf_counter() - started)
        await commit(consumer, {TopicPartition(self._topic, p.partition): p.next for p in portions})

    async def _put_back(self, parts: Parts, consumer: Consumer, error: Exception) -> None:
        """Forget these fences; they are taken anew when the same records come again."""
        self._holding.forget(parts)
        for partition, things in parts.items():
            seek(consumer, TopicPartition(self._topic, partition), things[0].record.offset)
        self._place.failed(self._group, "BATCH_PUT_BACK", error)
        await self._back_off.wait()


def _letters(group: str, portions: Sequence[Portion]) -> list[DeadLetter]:
    things = (thing for part in portions for thing in part.things)
    return [DeadLetter(group, t.record, t.reason) for t in things if isinstance(t, Poison)]
