"""From a poll's raw records to events: nothing in here raises, whatever the bytes.

FastStream drops a batch silently when its parser fails, and its own parser fails on a header
without a value or one that is not UTF-8; its decoder would copy every body. These two leave the
records as they are; `decoded` then says of each what it is or why it is nothing.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from faststream.kafka.message import ConsumerProtocol, KafkaAckableMessage, KafkaMessage
from faststream.message import AckStatus, StreamMessage

from shared.contracts import registry
from shared.contracts.envelope import Event, Received, Undecodable, decode


class Record(Protocol):
    """What the bus uses of aiokafka's ConsumerRecord; `timestamp` is in milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


Records = tuple[Record, ...]

CHUNK = 50  # records decoded in one go: a few milliseconds
KNOWN_TYPES = len(registry.EVENTS)  # reading the registry is what makes its events decodable


class Poll(KafkaAckableMessage):
    """One poll's records; its reader has committed what is done when it is acknowledged."""

    async def ack(self) -> None:
        """Nothing is left to do: a reader commits for itself."""
        self.committed = AckStatus.ACKED


class ConsumerOwner(Protocol):
    """Whoever holds the consumer a poll came from."""

    @property
    def consumer(self) -> Any:  # noqa: ANN401 - aiokafka has no types
        """The consumer, once started."""


def parser_for(owner: ConsumerOwner) -> Any:  # noqa: ANN401 - FastStream's own alias is Any
    """The parser of one subscriber."""

    async def parse(message: Records) -> KafkaMessage:
        consumer: ConsumerProtocol = owner.consumer
        return Poll(raw_message=message, body=b"", correlation_id="poll", consumer=consumer)

    return parse


async def records_of(message: StreamMessage[Any]) -> Any:  # noqa: ANN401 - as FastStream has it
    """The decoder: the records as they came."""
    return message.raw_message


class Poison(NamedTuple):
    """A record that is no event of ours; `reason` is a code free of its content."""

    record: Record
    reason: str


class Arrived(NamedTuple):
    """An event and the place it came from."""

    record: Record
    received: Received[Event]


Thing = Arrived | Poison


async def decoded(records: Iterable[Record]) -> dict[int, list[Thing]]:
    """What each record is, by partition and in order; lets others work in between."""
    found: dict[int, list[Thing]] = {}
    for number, record in enumerate(records, start=1):
        found.setdefault(record.partition, []).append(_decoded(record))
        if number % CHUNK == 0:
            await asyncio.sleep(0)
    return found


def _decoded(record: Record) -> Thing:
    try:
        received = decode(record.headers, record.value)
        if record.key is None or record.key.decode() != received.meta.subject:
            return Poison(record, "KEY_MISMATCH")
    except Undecodable as error:
        return Poison(record, error.code.value)
    except Exception:  # noqa: BLE001 - no record may stop a partition, whatever is wrong with it
        return Poison(record, "UNREADABLE")
    return Arrived(record, received)
