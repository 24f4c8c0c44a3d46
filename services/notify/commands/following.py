"""Assignments are followed: their cards are kept, so that later events know owner and place."""

from collections.abc import Sequence
from typing import Any

from services.notify.domain.cards import Card, card_of, carded
from services.notify.store import Store
from shared.contracts.envelope import Received


class Following:
    """Keeps the cards."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def cards_after(self, events: Sequence[Received[Any]]) -> list[Card | None]:
        """Keep what these events tell; answers, for each, the card as it stands after it."""
        rows = await self._store.cards(received.meta.subject for received in events)
        before, after = dict(rows), []
        for received in events:
            row = rows[received.meta.subject] = carded(rows[received.meta.subject], received)
            after.append(card_of(row))
        await self._store.keep_cards(row for one, row in rows.items() if row is not before[one])
        return after
