"""Makes the topics of the contracts on any Kafka; what is there already is left as it is."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.contracts.schemas import retention_ms
from shared.contracts.topics import TOPICS, Topic

if TYPE_CHECKING:
    from aiokafka.admin import AIOKafkaAdminClient

TOPIC_ALREADY_EXISTS = 36


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one topic: `made`, `there`, or the name of Kafka's error."""

    topic: str
    result: str


async def apply(bootstrap: Sequence[str], *, replication: int = 1) -> list[Outcome]:
    """Make the missing topics; returns when every one has its leaders."""
    from aiokafka.admin import AIOKafkaAdminClient, NewTopic
    from aiokafka.errors import for_code

    admin = AIOKafkaAdminClient(bootstrap_servers=list(bootstrap))
    await admin.start()
    try:
        wanted = [
            NewTopic(each.name, each.partitions, replication, topic_configs=settings(each))
            for each in TOPICS
        ]
        answer = await admin.create_topics(wanted)
        results = [Outcome(name, _result(code, for_code)) for name, code, *_ in answer.topic_errors]
        async with asyncio.timeout(20):
            while not await _led(admin):
                await asyncio.sleep(0.05)
    finally:
        await admin.close()
    return results


def settings(topic: Topic) -> dict[str, str]:
    """Return the settings of a topic as Kafka names them."""
    return {"retention.ms": str(retention_ms(topic)), "cleanup.policy": "delete"}


def _result(code: int, for_code: Callable[[int], type[Exception]]) -> str:
    if code == 0:
        return "made"
    return "there" if code == TOPIC_ALREADY_EXISTS else for_code(code).__name__


async def _led(admin: "AIOKafkaAdminClient") -> bool:
    found = await admin.describe_topics([topic.name for topic in TOPICS])
    return all(
        not topic["error_code"] and all(part["leader"] >= 0 for part in topic["partitions"])
        for topic in found
    )
