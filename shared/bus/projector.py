"""The projector: batches of one topic folded into views, each batch one transaction with its fence.

Kafka says what comes, MongoDB says how far it has been applied. Whatever goes wrong, a batch is
forgotten, the fences are taken anew and the consumer is put back to them; so every event is
applied exactly once, in order, and nothing depends on what Kafka thinks was committed.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from time import perf_counter

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError

from shared.bus.codec import Arrived, Poison, Record, Records, decoded
from shared.bus.dead_letters import DeadLetter, DeadLetters
from shared.bus.folding import Folded
from shared.bus.incarnation import UNKNOWN, incarnation_of
from shared.bus.positions import Held, Portion, Verdict, by_partition, judge, portion
from shared.bus.read_model import ReadModel
from shared.bus.reading import Consumer, Workplace
from shared.bus.retry import BackOff
from shared.bus.views import View
from shared.store.client import Session, identity_of
from shared.store.errors import StoreError
from shared.store.fences import Fence, Fences, fence_id
from shared.telemetry import log

LOSING_SECONDS = 10.0
GAINING_SECONDS = 5.0
_log = log.get(__name__)

Parts = Mapping[int, Sequence[Record]]


class Projector:
    """Reads one topic into the views of one service; a `Reader`."""

    def __init__(self, *, topic: str, group: str, views: Sequence[View], place: Workplace) -> None:
        self._topic = topic
        self._group = group
        self._place = place
        self._model = ReadModel(place.database, views)
        self._fences = Fences(place.client, place.database)
        self._letters = DeadLetters(place.database)
        self._back_off = BackOff()
        self._turn = asyncio.Lock()
        self._mine: set[int] = set()
        self._held: dict[int, Held] = {}
        self._session: Session | None = None
        self._tainted = False

    async def gained(self, partitions: Iterable[int], consumer: Consumer) -> None:
        """Take the fences and read on from them; what fails here is done with the first batch."""
        self._mine = set(partitions)
        try:
            async with asyncio.timeout(GAINING_SECONDS), self._turn:
                self._held.clear()
                await self._hold(self._mine, consumer)
        except Exception as error:  # noqa: BLE001 - the first batch takes the fences again
            self._failed(error, "FENCES_NOT_TAKEN")

    async def losing(self) -> None:
        """Wait for the batch in flight; what it leaves undone, the fence keeps from harm."""
        self._mine = set()
        try:
            async with asyncio.timeout(LOSING_SECONDS), self._turn:
                self._held.clear()
        except TimeoutError as error:
            self._failed(error, "LOST_IN_FLIGHT")

    async def close(self) -> None:
        """End the session, and with it whatever transaction is left."""
        if self._session is not None:
            await self._session.end_session()
            self._session = None

    async def take(self, records: Records, consumer: Consumer) -> None:
        """Apply one poll, or put the consumer back to read it again."""
        started = perf_counter()
        parts = {p: r for p, r in by_partition(records).items() if p in self._mine}
        try:
            async with self._turn:
                await self._project(parts, consumer)
            self._back_off.reset()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was applied
            self._put_back(parts, consumer)
            self._failed(error, "BATCH_PUT_BACK")
            await self._back_off.wait()
        self._place.meters.batches.labels(self._group).observe(perf_counter() - started)

    async def _project(self, parts: Parts, consumer: Consumer) -> None:
        portions, lost = [], []
        for partition, records in parts.items():
            held = self._held.get(partition)
            verdict = judge(held, records) if held else None
            if held is None or verdict is not Verdict.APPLY:
                lost.append(partition)
                self._anomaly(verdict or Verdict.NOT_HELD, partition)
            else:
                portions.append(self._portion(held, records))
        if lost:
            await self._hold(lost, consumer)
        if portions:
            await self._apply(portions)

    def _portion(self, held: Held, records: Sequence[Record]) -> Portion:
        held.sought = False
        part = portion(held, records)
        if part.gap:
            self._anomaly("LOG_GAP", part.partition)
        return part

    async def _apply(self, portions: Sequence[Portion]) -> None:
        things = decoded(record for part in portions for record in part.records)
        folded = await self._model.fold([each for each in things if isinstance(each, Arrived)])
        letters = [
            DeadLetter(self._group, each.record, each.reason)
            for each in things
            if isinstance(each, Poison)
        ]
        async with self._place.client.transaction(await self._own_session()) as session:
            moved = [await self._fences.advance(p.held.fence, p.next, session) for p in portions]
            for each in folded:
                await self._model.write(each, session)
            await self._letters.keep(letters, session)
        for part, fence in zip(portions, moved, strict=True):
            part.held.fence = fence
        self._tell(portions, folded, letters)

    async def _hold(self, partitions: Iterable[int], consumer: Consumer) -> None:
        """Take these partitions' fences and put the consumer to them."""
        session = await self._own_session()
        if self._tainted:  # a transaction of ours may hang in a mongod that was away
            await self._place.client.kill_session(identity_of(session))
            self._tainted = False
        places = [TopicPartition(self._topic, partition) for partition in partitions]
        incarnation = await incarnation_of(self._place.bootstrap, self._topic)
        fences = await asyncio.gather(
            *(
                self._fences.take(self._fence_id(tp.partition), session, incarnation=incarnation)
                for tp in places
            )
        )
        starts = await consumer.beginning_offsets(places)
        ends = await consumer.end_offsets(places) if incarnation == UNKNOWN else {}
        for tp, fence in zip(places, fences, strict=True):
            standing = await self._standing(fence, tp, ends)
            if standing.next < starts[tp]:
                self._anomaly("RETENTION_GAP", tp.partition)
            self._held[tp.partition] = Held(standing, sought=True)
            _seek(consumer, tp, max(standing.next, starts[tp]))

    async def _standing(
        self, fence: Fence, tp: TopicPartition, ends: Mapping[TopicPartition, int]
    ) -> Fence:
        """The fence, put to the start when the log is shorter than what was applied from it."""
        if fence.next <= ends.get(tp, fence.next):
            return fence
        self._anomaly("TOPIC_MADE_AGAIN", tp.partition)
        return await self._fences.set(fence, 0)

    def _put_back(self, parts: Parts, consumer: Consumer) -> None:
        """Forget these fences: they are taken anew when the same records come again."""
        self._tainted = True
        for partition, records in parts.items():
            self._held.pop(partition, None)
            _seek(consumer, TopicPartition(self._topic, partition), records[0].offset)

    async def _own_session(self) -> Session:
        if self._session is None:
            self._session = await self._place.client.session()
        return self._session

    def _fence_id(self, partition: int) -> str:
        return fence_id(self._group, self._topic, partition)

    def _failed(self, error: Exception, event: str) -> None:
        code = error.code if isinstance(error, StoreError) else type(error).__name__
        self._place.meters.failures.labels(self._group, code).inc()
        _log.warning(event, group=self._group, topic=self._topic, code=code, exc_info=error)

    def _anomaly(self, code: str, partition: int) -> None:
        self._place.meters.anomalies.labels(self._group, code).inc()
        _log.warning(code, group=self._group, topic=self._topic, partition=partition)

    def _tell(
        self, portions: Sequence[Portion], folded: Sequence[Folded], letters: Sequence[DeadLetter]
    ) -> None:
        meters = self._place.meters
        for part in portions:
            meters.next.labels(self._group, str(part.partition)).set(part.next)
        outcomes = Counter(
            overlap=sum(part.dropped for part in portions),
            applied=sum(each.applied for each in folded),
            duplicate=sum(each.duplicates for each in folded),
            parked=sum(len(each.holes) for each in folded),
            dead=len(letters),
        )
        for outcome, n in outcomes.items():
            if n:
                meters.events.labels(self._group, outcome).inc(n)
        for each in folded:
            for hole in each.holes:
                self._anomaly("KEY_PARKED", hole.partition)
        for letter in letters:
            self._anomaly(letter.reason, letter.record.partition)


def _seek(consumer: Consumer, tp: TopicPartition, offset: int) -> None:
    with suppress(IllegalStateError):  # taken away meanwhile: whoever has it now seeks for itself
        consumer.seek(tp, offset)
