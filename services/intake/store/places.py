"""The view of coordination's places, as the form and the lookups read it."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from services.intake.domain.geography import KnownPlace, Position
from shared.store.client import Database, Document
from shared.store.errors import Unavailable, translated

PLACES: Final = "places"
PLACES_KEPT_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place as lists show it."""

    place: KnownPlace
    part: str
    prioritised: bool


class Places:
    """The places coordination published, kept in memory for a second."""

    def __init__(self, database: Database) -> None:
        self._rows = database[PLACES]
        self._known: Mapping[str, PlaceRow] = {}
        self._read_at = -PLACES_KEPT_SECONDS
        self._reading = asyncio.Lock()
        self._tries = 0
        self._failure: str | None = None

    async def known(self) -> Mapping[str, KnownPlace]:
        """Every place by its id, retired ones too."""
        return {place_id: row.place for place_id, row in (await self._fresh()).items()}

    async def in_use(self) -> list[PlaceRow]:
        """What may be reported about, prioritised places first, then by name."""
        return _in_order(await self._fresh())

    async def last_known(self) -> list[PlaceRow]:
        """As `in_use`; while MongoDB is away, what was known before."""
        with suppress(Unavailable):
            await self._fresh()
        return _in_order(self._known)

    async def names(self) -> dict[str, str]:
        """What every place is called, retired ones too; while MongoDB is away, as known before."""
        with suppress(Unavailable):
            await self._fresh()
        return {place_id: row.place.name for place_id, row in self._known.items()}

    @property
    def at_hand(self) -> Mapping[str, PlaceRow]:
        """What was read last, whenever that was; nothing before the first reading."""
        return self._known

    async def _fresh(self) -> Mapping[str, PlaceRow]:
        if self._stale():
            begun = self._tries
            async with self._reading:
                if self._failure and self._tries != begun:
                    raise Unavailable(self._failure)  # whoever waited here shares that answer
                if self._stale():
                    await self._read()
        return self._known

    def _stale(self) -> bool:
        return time.monotonic() - self._read_at >= PLACES_KEPT_SECONDS

    async def _read(self) -> None:
        self._tries += 1
        try:
            with translated():
                rows = await self._rows.find().to_list(None)
        except Unavailable as error:
            self._failure = error.code
            raise
        self._failure = None
        self._known = {row["_id"]: _place(row) for row in rows}
        self._read_at = time.monotonic()


def _in_order(known: Mapping[str, PlaceRow]) -> list[PlaceRow]:
    rows = (row for row in known.values() if not row.place.retired)
    return sorted(rows, key=lambda row: (not row.prioritised, row.place.name))


def _place(row: Document) -> PlaceRow:
    known = KnownPlace(
        row["_id"], row["name"], Position(row["lat"], row["lon"]), retired=row["retired"]
    )
    return PlaceRow(known, row["part"], row["prioritised"])
