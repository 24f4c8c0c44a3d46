"""A bootstrap that is cancelled leaves no connection open."""

import asyncio
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import AIOKafkaConnection

from shared.bus.bootstrap import close_what_was_asked

pytestmark = pytest.mark.stack


async def test_cancelled_while_it_asks_it_closes_what_it_opened(
    kafka_bootstrap: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    close_what_was_asked()
    close_what_was_asked()
    send, asked, made = AIOKafkaConnection.send, asyncio.Event(), list[AIOKafkaConnection]()

    def unanswered(connection: AIOKafkaConnection, request: object, **more: Any) -> Any:  # noqa: ANN401 - as aiokafka has it
        if "Metadata" not in type(request).__name__:
            return send(connection, request, **more)
        made.append(connection)
        asked.set()
        return asyncio.get_running_loop().create_future()

    monkeypatch.setattr(AIOKafkaConnection, "send", unanswered)
    client = AIOKafkaClient(bootstrap_servers=kafka_bootstrap)
    asking = asyncio.create_task(client.bootstrap())
    async with asyncio.timeout(10):
        await asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert made
    assert not any(one.connected() for one in made)
    await client.close()


async def test_a_bootstrap_that_is_answered_goes_on_as_ever(kafka_bootstrap: list[str]) -> None:
    close_what_was_asked()
    client = AIOKafkaClient(bootstrap_servers=kafka_bootstrap)
    await client.bootstrap()
    assert client.cluster.brokers()
    await client.close()
