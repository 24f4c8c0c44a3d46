"""The sole maker of subscribers: batches, our parser, no commit before the work is done.

FastStream's defaults commit before the handler and skip what its parser cannot read; the settings
here are the ones that lose nothing, and an architecture test asserts them on every subscriber.
"""

from collections.abc import Set as AbstractSet
from typing import Any

from aiokafka import TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.subscriber.usecase import BatchSubscriber

from shared.bus.codec import parser_for, records_of
from shared.bus.reading import Reading

MAX_RECORDS = 2000
BATCH_TIMEOUT_MS = 20
SESSION_MS = 3000  # after so long a silent member's partitions go to the others
LONGER_SESSION_MS = 6000  # what Kafka's own defaults allow at the least
HEARTBEAT_MS = 1000
REBALANCE_MS = 15_000


def subscribe(broker: KafkaBroker, reading: Reading) -> BatchSubscriber:
    """Read a topic in batches for one group, at least once, in order per partition."""
    listener = _Listener(reading)
    subscriber = broker.subscriber(
        reading.topic,
        group_id=reading.group,
        batch=True,
        max_records=MAX_RECORDS,
        batch_timeout_ms=BATCH_TIMEOUT_MS,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        auto_offset_reset="earliest",
        session_timeout_ms=SESSION_MS,
        heartbeat_interval_ms=HEARTBEAT_MS,
        rebalance_timeout_ms=REBALANCE_MS,
        listener=listener,
        parser=parser_for(listener),
        decoder=records_of,
        no_reply=True,
        include_in_schema=False,
    )
    listener.subscriber = subscriber

    async def take(records: Any) -> None:  # noqa: ANN401 - FastStream would build a model of a type
        reading.pulse.worked()
        await reading.reader.take(records, subscriber.consumer)
        reading.pulse.worked()

    subscriber(take)
    return subscriber


def lengthen_session(subscriber: BatchSubscriber) -> None:
    """Ask for a longer session from the next start on: this Kafka refuses short ones."""
    subscriber._connection_args["session_timeout_ms"] = LONGER_SESSION_MS  # noqa: SLF001 - FastStream has no other way


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    """Tells the reader which partitions come and go."""

    subscriber: BatchSubscriber

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @property
    def consumer(self) -> object:
        """The consumer of the subscriber, once started."""
        return self.subscriber.consumer

    async def on_partitions_revoked(self, revoked: AbstractSet[TopicPartition]) -> None:
        self._reading.pulse.revoked()
        if revoked:
            await self._reading.reader.losing()

    async def on_partitions_assigned(self, assigned: AbstractSet[TopicPartition]) -> None:
        await self._reading.reader.gained((tp.partition for tp in assigned), self.consumer)
        self._reading.pulse.assigned()
