"""Makes the topics of a Kafka what their description says, as far as that loses nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from deploy.samlad.refusal import CannotError, Exit
from shared.contracts.topics import TOPICS, Topic

if TYPE_CHECKING:
    from shared.bus.agreement import Difference, Found

TOPIC_ALREADY_EXISTS: Final = 36
LED_WITHIN: Final = 20.0
MADE, CHANGED, THERE = "made", "changed", "there"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one topic: `made`, `changed`, `there`, or why it was left as it is."""

    topic: str
    result: str

    @property
    def well(self) -> bool:
        """Whether the topic is as described now."""
        return self.result in {MADE, CHANGED, THERE}


async def apply(
    bootstrap: Sequence[str],
    *,
    replication: int = 1,
    shorten: bool = False,
    topics: Sequence[Topic] = TOPICS,
) -> list[Outcome]:
    """Make the missing topics and change what differs; returns when every one has its leaders.

    Other partitions are never made: the order per key would be lost. A retention is only made
    shorter with `shorten`, for Kafka then deletes. Raises CannotError when Kafka is away.
    """
    from shared.bus.agreement import admin, differences, found_on

    names = [topic.name for topic in topics]
    with _answering(bootstrap):
        async with admin(bootstrap) as client:
            found = await found_on(client, names)
            differing = {
                name: list(each)
                for name, each in groupby(differences(topics, found), lambda one: one.topic)
            }
            making = [topic for topic in topics if topic.name not in found]
            results = await _make(client, making, replication)
            for topic in topics:
                if topic.name in found:
                    each = differing.get(topic.name, [])
                    results[topic.name] = await _change(
                        client, topic, found[topic.name], each, shorten=shorten
                    )
            async with asyncio.timeout(LED_WITHIN):
                while not await _led(client, names):
                    await asyncio.sleep(0.05)
    return [Outcome(name, results[name]) for name in names]


async def diff(bootstrap: Sequence[str], *, topics: Sequence[Topic] = TOPICS) -> "list[Difference]":
    """Say what of the described topics is missing or other. Raises CannotError."""
    from shared.bus.agreement import compare

    with _answering(bootstrap):
        return await compare(bootstrap, topics)


class _answering:  # noqa: N801 - a context manager, read as a word
    """Turns a Kafka that does not answer into one sentence."""

    def __init__(self, bootstrap: Sequence[str]) -> None:
        self._bootstrap = bootstrap

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> None:
        """Say it in a sentence."""
        from aiokafka.errors import KafkaError

        if isinstance(error, KafkaError | OSError | TimeoutError):
            where = ", ".join(self._bootstrap)
            raise CannotError(
                f"Kafka at {where} does not answer ({type(error).__name__}): is it running, and "
                "is the address right?",
                Exit.NOT_RUNNING,
            ) from error


async def _make(client: Any, topics: Sequence[Topic], replication: int) -> dict[str, str]:  # noqa: ANN401 - aiokafka has no types
    from aiokafka.admin import NewTopic
    from aiokafka.errors import for_code

    from shared.bus.agreement import settings

    if not topics:
        return {}
    answer = await client.create_topics([
        NewTopic(each.name, each.partitions, replication, topic_configs=settings(each))
        for each in topics
    ])  # fmt: skip
    said = {0: MADE, TOPIC_ALREADY_EXISTS: THERE}
    return {
        name: said.get(code) or f"not made: {for_code(code).__name__}"
        for name, code, *_ in answer.topic_errors
    }


async def _change(
    client: Any,  # noqa: ANN401 - as above
    topic: Topic,
    found: "Found",
    differing: "Sequence[Difference]",
    *,
    shorten: bool,
) -> str:
    from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
    from aiokafka.errors import for_code

    from shared.bus.agreement import PARTITIONS, RETENTION, settings

    if not differing:
        return THERE
    if any(each.setting == PARTITIONS for each in differing):
        return (
            f"left as it is: {found.partitions} partitions, described {topic.partitions}; another "
            "number would lose the order per key. Make a new topic and publish again"
        )
    wanted = settings(topic)
    if _shorter(wanted[RETENTION], found.settings) and not shorten:
        return "left as it is: Kafka would delete records; --shorten lets it"
    configs = {**found.own, **wanted}
    answers = await client.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=configs)]
    )
    codes = [each[0] for answer in answers for each in answer.resources if each[0]]
    return f"not changed: {for_code(codes[0]).__name__}" if codes else CHANGED


def _shorter(wanted: str, settings: Mapping[str, str]) -> bool:
    from shared.bus.agreement import RETENTION

    new, old = int(wanted), int(settings.get(RETENTION, "-1"))
    return new != -1 and (old == -1 or new < old)


async def _led(client: Any, names: Sequence[str]) -> bool:  # noqa: ANN401 - as above
    found = await client.describe_topics(list(names))
    return all(
        not topic["error_code"] and all(part["leader"] >= 0 for part in topic["partitions"])
        for topic in found
    )
