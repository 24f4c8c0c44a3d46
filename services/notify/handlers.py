"""Kafka in: what happened is told live, and what it owes is written as delivery rows."""

from collections.abc import Sequence
from typing import Any

from services.notify.commands.following import Following
from services.notify.commands.requesting import Requesting
from services.notify.commands.watching import Watching
from services.notify.domain.live import row_of
from services.notify.domain.owed import by_assignment, by_case
from services.notify.projections import PLACES
from services.notify.store import PLACES as PLACES_ROWS
from shared.bus.bus import Bus, View
from shared.contracts.envelope import Received
from shared.contracts.topics import (
    COORDINATION_ASSIGNMENTS,
    COORDINATION_CLOSED_ACTIONS,
    COORDINATION_EST,
    COORDINATION_PLACES,
    INTAKE_CONCERNS,
)
from shared.telemetry import context

Batch = Sequence[Received[Any]]


class Handlers:
    """The reactions of notify; every one may be called again with the same events."""

    def __init__(self, following: Following, requesting: Requesting, watching: Watching) -> None:
        self._following = following
        self._requesting = requesting
        self._watching = watching

    def subscribe(self, bus: Bus) -> None:
        """Everything notify listens to."""
        bus.project(COORDINATION_PLACES, View(PLACES_ROWS, "place", PLACES))
        bus.react(INTAKE_CONCERNS, self.on_concerns, name="deliveries")
        bus.react(COORDINATION_ASSIGNMENTS, self.on_assignments, name="deliveries")
        bus.react(COORDINATION_EST, self.on_est, name="deliveries")
        bus.react(COORDINATION_CLOSED_ACTIONS, self.on_closed_actions, name="deliveries")

    async def on_concerns(self, events: Batch) -> None:
        """Concerns are told live; their receipts are no mail."""
        await self._watching.tell(row_of(received) for received in events)

    async def on_assignments(self, events: Batch) -> None:
        """Assignments: the cards first, then live, then what each event owes."""
        cards = await self._following.cards_after(events)
        followed = list(zip(events, cards, strict=True))
        await self._watching.tell(
            row_of(one, card.owner if card else None) for one, card in followed
        )
        for received, card in followed:
            if card is not None:
                await self._request(by_assignment(received.event, card), received)

    async def on_est(self, events: Batch) -> None:
        """Cases, problems and pictures are told live; feedback is owed where it was asked for."""
        await self._watching.tell(row_of(received) for received in events)
        for received in events:
            await self._request(by_case(received), received)

    async def on_closed_actions(self, events: Batch) -> None:
        """A finished measure is told live; it owes nobody a mail."""
        await self._watching.tell(row_of(received) for received in events)

    async def _request(self, owed: Sequence[Any], received: Received[Any]) -> None:
        if owed:
            with context.bind(received.meta.correlation_id, received.meta.traceparent):
                await self._requesting.request(owed, received)
