"""A service insists on the topics as they are described."""

import asyncio
import socket
import subprocess
import sys
from dataclasses import replace

import pytest
from aiokafka.errors import KafkaError

from shared.bus.agreement import (
    EXIT_CODE,
    Agreement,
    Difference,
    Found,
    compare,
    differences,
    settings,
)
from shared.contracts.codes import Disclosure
from shared.contracts.topics import Topic
from tests.support.topics import create
from tests.support.waiting import eventually

TOPIC = Topic("test.facts", "intake", 7, Disclosure.AGENCY, 2)
WEEK_MS = "604800000"
FOUND = Found(2, {"retention.ms": WEEK_MS, "cleanup.policy": "delete", "x": "y"}, {})


def test_a_topic_as_described_differs_in_nothing() -> None:
    assert differences([TOPIC], {TOPIC.name: FOUND, "another": Found(1, {}, {})}) == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, Difference(TOPIC.name, "topic", "there", None)),
        (replace(FOUND, partitions=3), Difference(TOPIC.name, "partitions", "2", "3")),
        (
            replace(FOUND, settings={**FOUND.settings, "retention.ms": "-1"}),
            Difference(TOPIC.name, "retention.ms", WEEK_MS, "-1"),
        ),
        (
            replace(FOUND, settings={"retention.ms": WEEK_MS, "cleanup.policy": "compact"}),
            Difference(TOPIC.name, "cleanup.policy", "delete", "compact"),
        ),
        (
            replace(FOUND, settings={"retention.ms": WEEK_MS}),
            Difference(TOPIC.name, "cleanup.policy", "delete", ""),
        ),
    ],
)
def test_what_differs_is_named(found: Found | None, expected: Difference) -> None:
    assert differences([TOPIC], {} if found is None else {TOPIC.name: found}) == [expected]
    assert TOPIC.name in str(expected)


def test_a_topic_kept_for_good_says_so_to_kafka() -> None:
    assert settings(replace(TOPIC, retention_days=None))["retention.ms"] == "-1"


@pytest.mark.stack
async def test_a_service_waits_for_a_missing_topic_and_goes_on_when_it_is_there(
    kafka_bootstrap: list[str], unique_topic: str
) -> None:
    late = replace(TOPIC, name=f"{unique_topic}.late", partitions=12)  # Kafka's own 7 days
    agreement = Agreement(kafka_bootstrap, [late], on_refusal=pytest.fail)
    waiting = asyncio.create_task(agreement.reached())
    await eventually(lambda: agreement.check().detail_code == "TOPICS_MISSING")
    assert not agreement.check().ok
    await create(kafka_bootstrap, late.name)
    async with asyncio.timeout(10):
        await waiting
    assert agreement.check().ok


@pytest.mark.stack
async def test_other_topics_than_described_are_refused_with_what_to_do(
    kafka_bootstrap: list[str], unique_topic: str
) -> None:
    told: list[str] = []
    other = replace(TOPIC, name=unique_topic, partitions=3)
    agreement = Agreement(kafka_bootstrap, [other], on_refusal=told.append)
    waiting = asyncio.create_task(agreement.reached())
    await eventually(lambda: told)
    assert f"{unique_topic}: partitions is 12, described 3" in told[0]
    assert "samlad topics diff" in told[0]
    assert (agreement.check().ok, waiting.done()) == (False, False)
    waiting.cancel()


@pytest.mark.stack
async def test_a_refusal_ends_the_process_with_a_sentence(
    kafka_bootstrap: list[str], unique_topic: str
) -> None:
    program = (
        "import asyncio\n"
        "from shared.bus.agreement import Agreement\n"
        "from shared.contracts.codes import Disclosure\n"
        "from shared.contracts.topics import Topic\n"
        f"topic = Topic({unique_topic!r}, 'intake', 400, Disclosure.AGENCY)\n"
        f"asyncio.run(Agreement({kafka_bootstrap!r}, [topic]).reached())\n"
    )
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == EXIT_CODE
    assert done.stderr.strip().splitlines()[-1].startswith("samlad: the topics on Kafka are not")


@pytest.mark.parametrize("error", [RuntimeError("closed"), KeyError(1), asyncio.CancelledError()])
async def test_whatever_goes_wrong_while_looking_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    looks = 0

    async def once_wrong(*_: object) -> list[Difference]:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise error
        return []

    monkeypatch.setattr("shared.bus.agreement.compare", once_wrong)
    agreement = Agreement(["nowhere:1"], [TOPIC], on_refusal=pytest.fail)
    async with asyncio.timeout(5):
        await agreement.reached()
    assert (looks, agreement.check().ok) == (2, True)


async def test_a_kafka_that_is_away_is_waited_for() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = [f"127.0.0.1:{taken.getsockname()[1]}"]
        with pytest.raises((KafkaError, OSError, TimeoutError)):
            await compare(nobody, [TOPIC])
        agreement = Agreement(nobody, [TOPIC], on_refusal=pytest.fail)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await agreement.reached()
    assert agreement.check().detail_code == "TOPICS_UNSEEN"
