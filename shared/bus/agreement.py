"""Whether the topics of a Kafka are those of their description, and a service that insists on it.

With other partitions the order per key would be another, with a shorter retention read models
could not be folded afresh: nobody would notice before it was too late.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from shared.bus.retry import BackOff, own_cancellation_only
from shared.contracts.topics import Topic
from shared.telemetry import log
from shared.telemetry.health import Status

REQUEST_MS: Final = 5_000
ASK_SECONDS: Final = 10.0
EXIT_CODE: Final = 78  # EX_CONFIG of sysexits.h
PARTITIONS: Final = "partitions"
RETENTION: Final = "retention.ms"
CLEANUP: Final = "cleanup.policy"
MISSING: Final = "topic"
_UNKNOWN_TOPIC: Final = 3
_OF_THE_TOPIC: Final = 1  # config_source DYNAMIC_TOPIC_CONFIG
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """One topic as it is on a Kafka.

    Attributes:
        settings: every setting in force, as Kafka names them.
        own: those set for this topic, not taken from the broker.
    """

    partitions: int
    settings: Mapping[str, str]
    own: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting of one topic that is not as described; `found` is None for a missing topic."""

    topic: str
    setting: str
    described: str
    found: str | None

    def __str__(self) -> str:
        """Say it in a few words."""
        if self.found is None:
            return f"{self.topic} is missing"
        return f"{self.topic}: {self.setting} is {self.found}, described {self.described}"


def settings(topic: Topic) -> dict[str, str]:
    """The settings of a topic as Kafka names them."""
    return {RETENTION: str(topic.retention_ms), CLEANUP: "delete"}


def differences(topics: Iterable[Topic], found: Mapping[str, Found]) -> list[Difference]:
    """What of the described topics is missing or other; topics that are not described may be."""
    return [each for topic in topics for each in _differences(topic, found.get(topic.name))]


def _differences(topic: Topic, found: Found | None) -> list[Difference]:
    if found is None:
        return [Difference(topic.name, MISSING, "there", None)]
    there = {PARTITIONS: str(found.partitions), **found.settings}
    wanted = {PARTITIONS: str(topic.partitions), **settings(topic)}
    return [
        Difference(topic.name, name, value, there.get(name, ""))
        for name, value in wanted.items()
        if there.get(name) != value
    ]


@contextlib.asynccontextmanager
async def admin(bootstrap: Sequence[str]) -> Any:  # noqa: ANN401 - aiokafka has no types
    """An admin client while the block runs. Raises KafkaError or TimeoutError."""
    client = AIOKafkaAdminClient(
        bootstrap_servers=list(bootstrap), request_timeout_ms=REQUEST_MS, client_id="samlad"
    )
    try:
        await client.start()
        yield client
    finally:
        await client.close()


async def found_on(client: Any, names: Sequence[str]) -> dict[str, Found]:  # noqa: ANN401 - as above
    """The topics of these names that are there. Raises KafkaError."""
    partitions = {}
    for topic in await client.describe_topics(list(names)):
        code = topic["error_code"]
        if code not in {0, _UNKNOWN_TOPIC}:
            raise for_code(code)
        if code == 0:
            partitions[topic["topic"]] = len(topic["partitions"])
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in partitions]
    answers = await client.describe_configs(resources) if resources else []
    found = {}
    for error, _, _, name, entries in (each for answer in answers for each in answer.resources):
        if error:
            raise for_code(error)
        found[name] = Found(
            partitions=partitions[name],
            settings={entry[0]: entry[1] for entry in entries},
            own={entry[0]: entry[1] for entry in entries if entry[3] == _OF_THE_TOPIC},
        )
    return found


async def compare(bootstrap: Sequence[str], topics: Sequence[Topic]) -> list[Difference]:
    """Compare a Kafka with the description. Raises KafkaError or TimeoutError when it is away."""
    async with asyncio.timeout(ASK_SECONDS), admin(bootstrap) as client:
        return differences(topics, await found_on(client, [topic.name for topic in topics]))


def refuse(sentence: str) -> None:
    """Say why and end this process: whoever supervises it tries again."""
    sys.stderr.write(f"samlad: {sentence}\n")
    sys.stderr.flush()
    os._exit(EXIT_CODE)


class Agreement:
    """Ends a service whose Kafka has other topics than described; waits for missing ones."""

    def __init__(
        self,
        bootstrap: Sequence[str],
        topics: Sequence[Topic],
        *,
        on_refusal: Callable[[str], None] = refuse,
    ) -> None:
        self._bootstrap = bootstrap
        self._topics = topics
        self._on_refusal = on_refusal
        self._code = "TOPICS_UNSEEN"

    def check(self) -> Status:
        """Whether the topics have been seen and are as described."""
        return Status(ok=self._code == "OK", detail_code=self._code)

    async def reached(self) -> None:
        """Wait until the topics are there as described; never returns when they are other."""
        back_off = BackOff(first=0.2, most=2.0)
        while self._topics:
            try:
                with own_cancellation_only():
                    differing = await compare(self._bootstrap, self._topics)
            except Exception as error:  # noqa: BLE001 - whatever it is, Kafka may answer next time
                if self._code != "TOPICS_UNSEEN" or not back_off.failures:
                    _log.info("topics not seen yet", code=type(error).__name__)
                self._code = "TOPICS_UNSEEN"
            else:
                if not differing:
                    break
                self._judge(differing)
            await back_off.wait()
        self._code = "OK"

    def _judge(self, differing: Sequence[Difference]) -> None:
        other = [each for each in differing if each.found is not None]
        if other:
            self._code = "TOPICS_DIFFER"
            _log.error("topics differ from their description", count=len(other))
            self._on_refusal(_refusal(other))
        else:
            self._code = "TOPICS_MISSING"
            _log.warning("topics are missing", count=len(differing))


def _refusal(other: Sequence[Difference]) -> str:
    return (
        f"the topics on Kafka are not as described ({'; '.join(map(str, other))}). "
        "Look with 'samlad topics diff', mend with 'samlad topics apply', then start again."
    )
