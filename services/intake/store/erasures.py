"""Concerns as the records officer meets them: of every agency."""

from typing import Final

from shared.store.client import ASCENDING, Document
from shared.store.errors import translated
from shared.store.stream import Loaded, Stream

MOST: Final = 50


class Erasures:
    """Finds concerns of a district whoever reported them."""

    def __init__(self, concerns: Stream) -> None:
        self._concerns = concerns.collection

    async def by_own_number(self, agency: str, number: str, district: str) -> list[Loaded]:
        """The agency's concerns under this number of its own, oldest first; one more than most."""
        return await self._all({"agency": agency, "state.external_reference": number}, district)

    async def by_receipt(self, digest: str, district: str) -> list[Loaded]:
        """The concern whose receipt carries this reference."""
        return await self._all({"receipt": digest}, district)

    async def _all(self, wanted: Document, district: str) -> list[Loaded]:
        with translated():
            rows = self._concerns.find(wanted | {"district": district}, {"outbox": 0})
            found = await rows.sort("registered_at", ASCENDING).limit(MOST + 1).to_list(None)
        return [Loaded.of(row) for row in found]
