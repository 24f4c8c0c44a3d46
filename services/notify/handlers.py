"""Kafka in: what happened is told live, and what it owes is written as delivery rows."""

from collections.abc import Sequence
from typing import Any

from services.notify.commands.requesting import Requesting
from services.notify.commands.watching import Watching
from services.notify.domain.live import row_of
from services.notify.domain.owed import by_assignment, by_case, card_of
from services.notify.projections import PLACES, carded
from services.notify.store import PLACES as PLACES_ROWS
from services.notify.store import Store
from shared.bus.bus import Bus, View
from shared.contracts.envelope import Received
from shared.contracts.topics import (
    COORDINATION_ASSIGNMENTS,
    COORDINATION_EST,
    COORDINATION_PLACES,
    INTAKE_CONCERNS,
)
from shared.telemetry import context

Batch = Sequence[Received[Any]]


class Handlers:
    """The reactions of notify; every one may be called again with the same events."""

    def __init__(self, store: Store, requesting: Requesting, watching: Watching) -> None:
        self._store = store
        self._requesting = requesting
        self._watching = watching

    def subscribe(self, bus: Bus) -> None:
        """Everything notify listens to."""
        bus.project(COORDINATION_PLACES, View(PLACES_ROWS, "place", PLACES))
        bus.react(INTAKE_CONCERNS, self.on_concerns, name="deliveries")
        bus.react(COORDINATION_ASSIGNMENTS, self.on_assignments, name="deliveries")
        bus.react(COORDINATION_EST, self.on_est, name="deliveries")

    async def on_concerns(self, events: Batch) -> None:
        """Concerns are told live; their receipts are no mail."""
        await self._watching.tell(row_of(received) for received in events)

    async def on_assignments(self, events: Batch) -> None:
        """Assignments: the cards first, then live, then what each event owes."""
        rows = await self._store.cards(received.meta.subject for received in events)
        before, owed, live = dict(rows), [], []
        for received in events:
            row = rows[received.meta.subject] = carded(rows[received.meta.subject], received)
            card = card_of(row)
            live.append(row_of(received, also=card.owner if card else None))
            owed.append(by_assignment(received.event, card) if card else ())
        await self._store.keep_cards(row for one, row in rows.items() if row is not before[one])
        await self._watching.tell(live)
        for received, each in zip(events, owed, strict=True):
            await self._request(each, received)

    async def on_est(self, events: Batch) -> None:
        """Cases, problems and pictures are told live; feedback is owed where it was asked for."""
        await self._watching.tell(row_of(received) for received in events)
        for received in events:
            await self._request(by_case(received), received)

    async def _request(self, owed: Sequence[Any], received: Received[Any]) -> None:
        if owed:
            with context.bind(received.meta.correlation_id, received.meta.traceparent):
                await self._requesting.request(owed, received)
