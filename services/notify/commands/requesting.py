"""A delivery is requested: its row stands before the event that owes it is done with."""

from collections.abc import Callable, Iterable
from typing import Any

from services.notify.domain import delivery
from services.notify.domain.delivery import Origin, Owed
from services.notify.store import Store
from shared.contracts.codes import DeliveryChannel
from shared.contracts.district import District
from shared.contracts.envelope import Received
from shared.telemetry.clock import Clock


class Requesting:
    """Writes delivery rows; the same event asked for twice leaves one."""

    def __init__(self, store: Store, district: District, wall: Clock) -> None:
        self._store = store
        self._district = district
        self._wall = wall
        self.on_request: Callable[[], None] = _nobody

    async def request(self, owed: Iterable[Owed], received: Received[Any]) -> None:
        """Write what an event owes."""
        for one in owed:
            await self._write(one, received)

    async def _write(self, owed: Owed, received: Received[Any]) -> None:
        meta = received.meta
        origin = Origin(
            event_id=meta.id,
            district=meta.district,
            agency=meta.agency,
            correlation_id=meta.correlation_id,
            traceparent=meta.traceparent,
        )
        made, events = delivery.request(
            owed,
            origin,
            reachable=owed.recipient in self._district.agencies,
            requested_at=meta.time,
            now=self._wall.now(),
        )
        known_as = delivery.delivery_id(owed, meta.id, DeliveryChannel.MAIL)
        if await self._store.add(known_as, made, events, meta.time):
            self.on_request()


def _nobody() -> None:
    """Nobody waits to be woken."""
