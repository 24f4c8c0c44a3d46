"""Figures that stand: those told before them, and the last day each was fetched."""

from collections.abc import Mapping, Sequence
from datetime import date

from shared.contracts.statistics import StatisticObserved
from shared.store.client import Document, UpdateOne
from shared.store.errors import translated
from shared.store.stream import Loaded, Stream

LATEST = "latest_fetch"


class Figures:
    """What is kept of figures beside the newest of each."""

    def __init__(self, statistics: Stream) -> None:
        self._statistics = statistics

    async def told(self, ids: Sequence[str]) -> Mapping[str, list[StatisticObserved]]:
        """Every figure that was ever told of each of these, the oldest first."""
        found: dict[str, list[StatisticObserved]] = {}
        for one in await self._statistics.events_of(ids):
            if isinstance(one.event, StatisticObserved):
                found.setdefault(one.meta.subject, []).append(one.event)
        return found

    async def fetched_again(self, ones: Sequence[Loaded], day: date) -> None:
        """Remember that these, as they stand, were fetched once more; one that moved is left."""
        writes = [
            UpdateOne({"_id": one.id, "v": one.version}, {"$set": {LATEST: day.isoformat()}})
            for one in ones
        ]
        if writes:
            with translated():
                await self._statistics.collection.bulk_write(writes, ordered=False)


def latest(one: Loaded | None) -> date | None:
    """The last day a standing figure was fetched, if that was said."""
    said = None if one is None else one.extra.get(LATEST)
    return date.fromisoformat(said) if said else None


def with_latest(day: date | None) -> Document:
    """That day, as a document keeps it."""
    return {LATEST: day.isoformat() if day else None}
