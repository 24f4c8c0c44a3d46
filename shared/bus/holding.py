"""The partitions a projector has taken: their fences, and the session they are taken with."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from aiokafka import TopicPartition

from shared.bus.incarnation import UNKNOWN, incarnation_of
from shared.bus.positions import Held
from shared.bus.reading import Consumer, seek
from shared.bus.workplace import Workplace
from shared.store.client import Session, identity_of
from shared.store.errors import StoreError
from shared.store.fences import Fence, Fences, fence_id


class Holding:
    """What one projector holds of one topic.

    Fences are taken with one session, which their documents name: whoever takes them next ends
    that session, and a transaction left in it goes with it.
    """

    def __init__(self, topic: str, group: str, place: Workplace) -> None:
        self.fences = Fences(place.client, place.database)
        self.held: dict[int, Held] = {}
        self.times = 0  # partitions have been taken
        self._topic = topic
        self._group = group
        self._place = place
        self._session: Session | None = None
        self._tainted = False

    async def session(self) -> Session:
        """The session everything is written in."""
        if self._session is None:
            self._session = await self._place.client.session()
        return self._session

    async def take(self, partitions: Iterable[int], consumer: Consumer) -> None:
        """Take these partitions' fences and put the consumer to them."""
        session = await self.session()
        if self._tainted:  # a transaction of ours may hang in a mongod that was away
            await self._place.client.kill_session(identity_of(session))
            self._tainted = False
        ids = {p: fence_id(self._group, self._topic, p) for p in partitions}
        incarnation = await incarnation_of(self._place.bootstrap, self._topic)
        fences = await self.fences.take_all(ids.values(), session, incarnation=incarnation)
        found = {TopicPartition(self._topic, p): fences[id_] for p, id_ in ids.items()}
        starts = await consumer.beginning_offsets(list(found))
        if incarnation == UNKNOWN:
            found = await self._by_length(found, await consumer.end_offsets(list(found)))
        self.times += 1
        for tp, fence in found.items():
            if fence.next < starts[tp]:
                self._place.tell(self._group, "RETENTION_GAP", tp.partition)
            self.held[tp.partition] = Held(fence, since=self.times, next=fence.next)
            seek(consumer, tp, max(fence.next, starts[tp]))

    async def _by_length(
        self, found: Mapping[TopicPartition, Fence], ends: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, Fence]:
        """The fences; at the start again where the log is shorter than what was applied of it."""
        standing = dict(found)
        for tp, fence in found.items():
            if fence.next > ends[tp]:
                self._place.tell(self._group, "TOPIC_MADE_AGAIN", tp.partition)
                standing[tp] = await self.fences.set(fence, 0)
        return standing

    def forget(self, partitions: Iterable[int]) -> None:
        """Something went wrong with these: take them anew before they are used again."""
        self._tainted = True
        for partition in partitions:
            self.held.pop(partition, None)

    async def release(self) -> None:
        """Give up everything held, in the store too: nobody needs to end our session for it."""
        self.held.clear()
        if self._session is not None:
            with suppress(StoreError):  # whoever takes them next then ends the session
                await self.fences.release(self._session)

    async def close(self) -> None:
        """Give up everything held and end the session."""
        await self.release()
        if self._session is not None:
            await self._session.end_session()
            self._session = None
