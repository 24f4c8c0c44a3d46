"""What aiokafka leaves open when it is cancelled while it asks its first broker who is there.

The connection of that question is known to nobody then: it stays open until the garbage is
collected, which happens rarely here. Stopping or restarting a consumer while Kafka answers slowly
would leave one each time.
"""

import asyncio
from contextvars import ContextVar
from typing import Any

from aiokafka import client
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import AIOKafkaConnection

Opened = tuple[asyncio.Task[Any] | None, list[AIOKafkaConnection]]
_asking: ContextVar[Opened | None] = ContextVar("samlad_asking", default=None)
_bootstrap, _create = AIOKafkaClient.bootstrap, client.create_conn


def close_what_was_asked() -> None:
    """From now on a bootstrap that fails closes what it has opened; harmless to repeat."""
    client.create_conn = _noted
    AIOKafkaClient.bootstrap = _careful


async def _noted(*args: Any, **named: Any) -> AIOKafkaConnection:  # noqa: ANN401 - as aiokafka has it
    made = await _create(*args, **named)
    asking = _asking.get()
    if asking is not None and asking[0] is asyncio.current_task():
        asking[1].append(made)
    return made


async def _careful(self: AIOKafkaClient) -> None:
    asking: Opened = asyncio.current_task(), []
    token = _asking.set(asking)
    try:
        await _bootstrap(self)
    except BaseException:
        for connection in asking[1]:
            connection.close()
        raise
    finally:
        _asking.reset(token)
