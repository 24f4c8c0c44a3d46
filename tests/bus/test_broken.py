"""What breaks inside aiokafka is ended and begun again: nothing lost, nothing twice."""

import asyncio
import contextlib
from functools import partial

import pytest
from aiokafka import AIOKafkaConsumer

from shared.bus.broker import GRACE_SECONDS
from shared.bus.projector import GAINING_SECONDS
from shared.store.client import Session
from shared.store.fences import Fence, Fences
from tests.bus.support import Stage, consuming, mixture, projected, send, until_caught_up

pytestmark = pytest.mark.stack


@pytest.mark.parametrize(
    ("part", "method"),
    [
        ("_coordinator", "ensure_coordinator_known"),
        ("_fetcher", "_get_actions_per_node"),
        ("_client", "_metadata_update"),
    ],
)
async def test_a_consumer_that_breaks_inside_is_started_again(
    stage: Stage, part: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(stage.bootstrap, stage.topic, mixture(50))
    async with consuming(stage) as consumers:
        await until_caught_up(stage)
        [(_, subscriber)] = consumers._readings  # noqa: SLF001 - whose insides are to break
        broken = subscriber.consumer
        assert broken is not None
        monkeypatch.setattr(broken, "stop", partial(_awaits_what_it_cancelled, broken))
        monkeypatch.setattr(getattr(broken, part), method, _closed_transport)
        broken._coordinator.request_rejoin()  # noqa: SLF001 - as above
        broken._client.force_metadata_update()  # noqa: SLF001 - as above
        await send(stage.bootstrap, stage.topic, mixture(50, prefix="later-"))
        await until_caught_up(stage)
        assert subscriber.consumer is not broken
    assert await projected(stage.elsewhere("fresh")) == await stage.contents()


async def test_a_broken_consumer_that_takes_no_notice_of_its_end_is_ended_all_the_same(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(stage.bootstrap, stage.topic, mixture(50))
    async with consuming(stage) as consumers:
        await until_caught_up(stage)
        [(_, subscriber)] = consumers._readings  # noqa: SLF001 - whose insides are to break
        broken = subscriber.consumer
        assert broken is not None
        coordinator = broken._coordinator  # noqa: SLF001 - as above
        joining = coordinator._stop_heartbeat_task  # noqa: SLF001 - as above
        reached = asyncio.Event()

        async def deaf() -> None:
            """As aiokafka is while it awaits a heartbeat that it has just cancelled."""
            reached.set()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(3600)
            await joining()

        monkeypatch.setattr(broken, "stop", partial(_awaits_what_it_cancelled, broken))
        monkeypatch.setattr(coordinator, "_stop_heartbeat_task", deaf)
        coordinator.request_rejoin()
        await reached.wait()
        monkeypatch.setattr(broken._fetcher, "_get_actions_per_node", _closed_transport)  # noqa: SLF001 - as above
        await send(stage.bootstrap, stage.topic, mixture(50, prefix="later-"))
        await until_caught_up(stage, within=12)  # not after Kafka has given the dead one up
        assert coordinator._coordination_task.done()  # noqa: SLF001 - as above
    assert await projected(stage.elsewhere("fresh")) == await stage.contents()


async def _awaits_what_it_cancelled(consumer: AIOKafkaConsumer) -> None:
    """As aiokafka does when its broker is away; nothing is closed by that."""
    consumer._closed = True  # noqa: SLF001 - as its own `stop` begins
    raise asyncio.CancelledError


async def test_a_batch_cancelled_behind_a_slow_one_is_not_lost(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, begun, advance = asyncio.Event(), asyncio.Event(), Fences.advance

    async def slowly(fences: Fences, fence: Fence, to: int, session: Session) -> Fence:
        begun.set()
        await slow.wait()
        return await advance(fences, fence, to, session)

    monkeypatch.setattr(Fences, "advance", slowly)
    async with consuming(stage) as consumers:
        await send(stage.bootstrap, stage.topic, mixture(40, prefix="first"))
        await begun.wait()
        await send(stage.bootstrap, stage.topic, mixture(40, prefix="second"))
        await asyncio.sleep(1)  # sorted by now, and waiting for the first
        [(_, subscriber)] = consumers._readings  # noqa: SLF001 - whose insides are to break
        assert subscriber.consumer is not None
        coordinator = subscriber.consumer._coordinator  # noqa: SLF001 - as above
        monkeypatch.setattr(coordinator, "ensure_coordinator_known", _closed_transport)
        coordinator.request_rejoin()
        await asyncio.sleep(GRACE_SECONDS + GAINING_SECONDS + 1)  # cancelled, and gained in vain
        slow.set()
        await send(stage.bootstrap, stage.topic, mixture(40, prefix="third"))
        await until_caught_up(stage)
    assert await projected(stage.elsewhere("fresh")) == await stage.contents()


async def test_a_commit_that_falls_over_costs_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(stage.bootstrap, stage.topic, mixture(50))
    async with consuming(stage) as consumers:
        await until_caught_up(stage)
        [(_, subscriber)] = consumers._readings  # noqa: SLF001 - whose insides are to break
        assert subscriber.consumer is not None
        monkeypatch.setattr(subscriber.consumer, "commit", _closed_transport)
        for part in ("a", "b", "c"):
            await send(stage.bootstrap, stage.topic, mixture(30, prefix=part))
            await until_caught_up(stage)
    assert await projected(stage.elsewhere("fresh")) == await stage.contents()


def _closed_transport(*_: object) -> None:
    raise RuntimeError("unable to perform operation on <TCPTransport closed=True>; it is closed")
