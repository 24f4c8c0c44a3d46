"""`samlad topics apply` and `diff` on a real Kafka: nothing that is there is lost."""

import socket
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from typer.testing import CliRunner

from deploy.samlad import topics as making
from deploy.samlad.cli import app
from deploy.samlad.refusal import CannotError, Exit
from shared.bus.agreement import admin, found_on
from shared.contracts.codes import Disclosure
from shared.contracts.topics import TOPICS, Topic
from tests.support.topics import create, delete
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack
DAY_MS = 86_400_000


@pytest.fixture
async def own(kafka_bootstrap: list[str]) -> AsyncIterator[list[Topic]]:
    """Two topics that only this test describes."""
    begin = f"test.{uuid.uuid4().hex[:12]}"
    topics = [
        Topic(f"{begin}.short", "intake", 30, Disclosure.AGENCY, 3),
        Topic(f"{begin}.forever", "intake", None, Disclosure.AGENCY, 2),
    ]
    yield topics
    await delete(kafka_bootstrap, *(topic.name for topic in topics))


async def results(
    bootstrap: list[str], topics: Sequence[Topic], *, shorten: bool = False
) -> list[str]:
    return [each.result for each in await making.apply(bootstrap, topics=topics, shorten=shorten)]


async def retention(bootstrap: list[str], topic: Topic) -> int:
    async with admin(bootstrap) as client:
        found = await found_on(client, [topic.name])
    return int(found[topic.name].settings["retention.ms"])


async def test_missing_topics_are_made_as_described(
    kafka_bootstrap: list[str], own: list[Topic]
) -> None:
    assert len(await making.diff(kafka_bootstrap, topics=own)) == len(own)
    assert await results(kafka_bootstrap, own) == ["made", "made"]
    async with admin(kafka_bootstrap) as client:
        found = await found_on(client, [topic.name for topic in own])
    assert [found[topic.name].partitions for topic in own] == [3, 2]
    kept = [found[topic.name].settings["retention.ms"] for topic in own]
    assert kept == [str(30 * DAY_MS), "-1"]
    assert await making.diff(kafka_bootstrap, topics=own) == []
    assert await results(kafka_bootstrap, own) == ["there", "there"]


async def test_a_longer_retention_is_set_and_other_settings_of_the_topic_stay(
    kafka_bootstrap: list[str], own: list[Topic]
) -> None:
    from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType  # noqa: PLC0415

    await results(kafka_bootstrap, own)
    async with admin(kafka_bootstrap) as client:
        before = (await found_on(client, [own[0].name]))[own[0].name]
        configs = {**before.own, "segment.ms": "123456789"}
        resource = ConfigResource(ConfigResourceType.TOPIC, own[0].name, configs=configs)
        await client.alter_configs([resource])
        await eventually(lambda: _is_set(client, own[0], "segment.ms", "123456789"))
    longer = [replace(own[0], retention_days=60), own[1]]
    [difference] = await making.diff(kafka_bootstrap, topics=longer)
    assert (difference.described, difference.found) == (str(60 * DAY_MS), str(30 * DAY_MS))
    assert await results(kafka_bootstrap, longer) == ["changed", "there"]
    async with admin(kafka_bootstrap) as client:
        # The controller has it; the broker that is asked learns it a moment later.
        await eventually(lambda: _is_set(client, own[0], "retention.ms", str(60 * DAY_MS)))
        assert await _is_set(client, own[0], "segment.ms", "123456789")


async def _is_set(client: AIOKafkaAdminClient, topic: Topic, setting: str, value: str) -> bool:
    found = await found_on(client, [topic.name])
    return found[topic.name].own.get(setting) == value


async def test_a_shorter_retention_needs_to_be_asked_for(
    kafka_bootstrap: list[str], own: list[Topic]
) -> None:
    await results(kafka_bootstrap, own)
    shorter = [replace(own[0], retention_days=10), replace(own[1], retention_days=10)]
    for said in await results(kafka_bootstrap, shorter):
        assert said.startswith("left as it is: Kafka would delete")
    assert await retention(kafka_bootstrap, own[0]) == 30 * DAY_MS
    assert await retention(kafka_bootstrap, own[1]) == -1
    assert await results(kafka_bootstrap, shorter, shorten=True) == ["changed", "changed"]

    async def both_shorter() -> bool:
        kept = [await retention(kafka_bootstrap, topic) for topic in own]
        return kept == [10 * DAY_MS, 10 * DAY_MS]

    await eventually(both_shorter)


async def test_partitions_are_never_changed(kafka_bootstrap: list[str], own: list[Topic]) -> None:
    await create(kafka_bootstrap, own[0].name, partitions=5)
    said = (await results(kafka_bootstrap, own))[0]
    assert said.startswith("left as it is: 5 partitions, described 3")
    async with admin(kafka_bootstrap) as client:
        assert (await found_on(client, [own[0].name]))[own[0].name].partitions == 5


def test_the_commands_make_and_compare(kafka_bootstrap: list[str]) -> None:
    where = ["--kafka", ",".join(kafka_bootstrap)]
    made = CliRunner().invoke(app, ["topics", "apply", *where])
    assert made.exit_code == 0, made.output
    assert all(topic.name in made.output for topic in TOPICS)
    same = CliRunner().invoke(app, ["topics", "diff", *where, "--json"])
    assert (same.exit_code, same.output.strip()) == (0, "[]")


async def test_a_kafka_that_is_away_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(CannotError, match="does not answer") as told:
            await making.diff([f"127.0.0.1:{taken.getsockname()[1]}"])
    assert told.value.code == Exit.NOT_RUNNING
