"""Whether Kafka answers, keeps copies, and has the topics as described."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from deploy.samlad.doctor.finding import ASK_SECONDS, Finding, Verdict, failure, warning, well

if TYPE_CHECKING:
    from shared.bus.agreement import Difference

SHOWN = 3
REACH = "Start Kafka, or mend SAMLAD_KAFKA: its address as seen from this machine."


def kafka(bootstrap: Sequence[str]) -> list[Finding]:
    """Say whether Kafka answers; if it does, also whether the topics are as described."""
    answered = asyncio.run(_brokers(bootstrap))
    if answered.verdict is Verdict.FAIL:
        return [answered]
    return [answered, asyncio.run(_topics(bootstrap))]


async def _brokers(bootstrap: Sequence[str]) -> Finding:
    from aiokafka.errors import KafkaError

    from shared.bus.agreement import admin

    try:
        async with asyncio.timeout(ASK_SECONDS / 2), admin(bootstrap) as client:
            cluster = await client.describe_cluster()
    except (KafkaError, OSError, TimeoutError, ValueError) as error:
        return failure("Kafka", f"{','.join(bootstrap)}: {type(error).__name__}", REACH)
    return brokers(len(cluster["brokers"]))


def brokers(number: int) -> Finding:
    """Judge how many brokers there are: with one nothing is kept twice."""
    if number > 1:
        return well("Kafka", f"{number} brokers")
    advice = "Back up MongoDB: `samlad reconcile` fills Kafka again. Or run three brokers."
    return warning("Kafka", "1 broker: no copies of its records", advice)


async def _topics(bootstrap: Sequence[str]) -> Finding:
    from deploy.samlad.refusal import CannotError
    from deploy.samlad.topics import diff

    try:
        async with asyncio.timeout(ASK_SECONDS / 2):
            return topics(await diff(bootstrap))
    except (CannotError, TimeoutError):
        return failure("topics", "Kafka does not tell them", REACH)


def topics(differing: "Sequence[Difference]") -> Finding:
    """Judge what differs from the description: services stop, or wait for what is missing."""
    if not differing:
        return well("topics", "as described")
    told = "; ".join(map(str, differing[:SHOWN]))
    more = f"; and {len(differing) - SHOWN} more" if len(differing) > SHOWN else ""
    advice = "Look with `samlad topics diff`, mend with `samlad topics apply`."
    return failure("topics", f"{told}{more}", advice)
