"""The bus of one service: what it projects, reacts to and publishes, wired and kept going."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import uuid4

from structlog.typing import FilteringBoundLogger

from shared.bus.agreement import Agreement, refuse
from shared.bus.bootstrap import close_what_was_asked
from shared.bus.broker import DEAF_SECONDS, Consumers
from shared.bus.interpreter import expect_polls
from shared.bus.meters import Meters
from shared.bus.producer import Producer
from shared.bus.projector import Projector
from shared.bus.reactor import PermanentError, Reaction, Reactor, one_by_one
from shared.bus.reading import Reading
from shared.bus.relay import Relay, RelayState
from shared.bus.views import Counters, Fold, Key, Row, View
from shared.bus.watch import Watch, end_process
from shared.bus.workplace import Workplace
from shared.contracts.topics import TOPICS, Topic
from shared.store.client import Client, Database
from shared.store.leases import Leases
from shared.store.stream import Stream
from shared.telemetry import log as telemetry_log
from shared.telemetry.health import Health, Status
from shared.telemetry.metrics import Metrics

__all__ = [
    "Bus",
    "Counters",
    "Fold",
    "Key",
    "PermanentError",
    "Reaction",
    "Row",
    "View",
    "one_by_one",
]


class Bus:
    """A service's part of the bus: declare first, then `start`; Kafka may be away meanwhile."""

    def __init__(  # noqa: PLR0913 - names every part it is wired to
        self,
        *,
        service: str,
        bootstrap: Sequence[str],
        client: Client,
        database: Database,
        metrics: Metrics,
        health: Health,
        log: FilteringBoundLogger | None = None,
        on_stall: Callable[[], None] = end_process,
        on_refusal: Callable[[str], None] = refuse,
    ) -> None:
        self._service = service
        self._log = log or telemetry_log.get(__name__)
        meters = Meters(metrics)
        self._place = Workplace(client, database, list(bootstrap), meters)
        self._consumers = Consumers(bootstrap)
        self._watch = Watch(self._consumers, bootstrap, meters, on_stall=on_stall)
        self._streams: list[Stream] = []
        self._read: list[Topic] = []
        self._relay: Relay | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._begun: asyncio.Task[None] | None = None
        self._health = health
        self._on_refusal = on_refusal
        health.add("consumers", self._watch.live, live=True)
        health.add("consuming", self._watch.ready)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Every described topic that this service reads or owns."""
        return tuple(t for t in TOPICS if t in self._read or t.owner == self._service)

    def project(self, topic: Topic, *views: View) -> None:
        """Fold a topic into views, exactly once: the group `samlad.<service>.<topic>.view`."""
        self._read.append(topic)
        group = self._group(topic, "view")
        projector = Projector(topic=topic.name, group=group, views=views, place=self._place)
        self._consumers.add(Reading(topic.name, group, projector))

    def react(self, topic: Topic, reaction: Reaction, *, name: str) -> None:
        """Give a topic's events to a reaction, at least once and in order per partition.

        It is called with a poll's events and may be called again with any of them. Unavailable is
        waited out; PermanentError makes a dead letter of its event.
        """
        self._read.append(topic)
        group = self._group(topic, name)
        reactor = Reactor(topic=topic.name, group=group, reaction=reaction, place=self._place)
        reading = Reading(topic.name, group, reactor)
        reactor.alive = reading.pulse.worked
        self._consumers.add(reading)

    def publish(self, *streams: Stream) -> None:
        """Publish what these streams append; make their indexes before (`Stream.prepare`)."""
        self._streams.extend(streams)
        self._health.add("publishing", self._publishing)

    async def start(self) -> None:
        """Begin in the background; returns at once whether or not Kafka is there.

        Nothing is read or published before the topics have been seen and are as described.
        """
        expect_polls()
        close_what_was_asked()
        if self._streams:
            self._relay = self._make_relay()
        agreement = Agreement(self._place.bootstrap, self.topics, on_refusal=self._on_refusal)
        self._health.add("topics", agreement.check)
        self._begun = asyncio.create_task(self._begin(agreement), name="bus")

    async def _begin(self, agreement: Agreement) -> None:
        await agreement.reached()
        if self._relay is not None:
            await self._relay.start()
        await self._consumers.start()
        self._tasks = [asyncio.create_task(self._watch.run(), name="watch")]

    async def stop(self) -> None:
        """Finish what is in flight and let go."""
        await _ended(self._begun)
        for task in self._tasks:
            await _ended(task)
        await self._consumers.stop()
        if self._relay is not None:
            await self._relay.stop()

    def _make_relay(self) -> Relay:
        return Relay(
            self._streams,
            producer=Producer(self._place.bootstrap, client_id=f"samlad-{self._service}"),
            leases=Leases(self._place.database, owner=str(uuid4())),
            log=self._log,
        )

    def _publishing(self) -> Status:
        state = RelayState.STOPPED if self._relay is None else self._relay.state
        return Status(state in {RelayState.RUNNING, RelayState.STANDBY}, f"RELAY_{state}")

    def _group(self, topic: Topic, name: str) -> str:
        return f"samlad.{self._service}.{topic.name}.{name}"


async def _ended(task: asyncio.Task[None] | None) -> None:
    """Cancel until it has ended: what it awaits may swallow a cancellation."""
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=DEAF_SECONDS)
