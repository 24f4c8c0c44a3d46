"""An agency's recorded SSPF outcomes."""

from shared.store.client import ASCENDING, DESCENDING
from shared.store.errors import translated
from shared.store.stream import Loaded, Stream


class OwnOutcomes:
    """The outcomes by the agency that recorded them; nobody else's exist."""

    def __init__(self, outcomes: Stream) -> None:
        self._outcomes = outcomes.collection

    async def prepare(self) -> None:
        """Make the index; harmless to repeat."""
        with translated():
            await self._outcomes.create_index(
                [("agency", ASCENDING), ("recorded_at", DESCENDING), ("_id", ASCENDING)],
                name="own",
            )

    async def one(self, outcome_id: str, agency: str, district: str) -> Loaded | None:
        """One outcome of this agency and district."""
        wanted = {"_id": outcome_id, "agency": agency, "district": district}
        with translated():
            found = await self._outcomes.find_one(wanted, {"outbox": 0})
        return None if found is None else Loaded.of(found)

    async def page(
        self, agency: str, district: str, *, skip: int, limit: int
    ) -> tuple[list[Loaded], int]:
        """A page of them, the latest recorded first, and how many there are."""
        mine = {"agency": agency, "district": district}
        order = [("recorded_at", DESCENDING), ("_id", ASCENDING)]
        with translated():
            rows = self._outcomes.find(mine, {"outbox": 0}).sort(order)
            found = await rows.skip(skip).limit(limit).to_list(None)
            total = await self._outcomes.count_documents(mine)
        return [Loaded.of(row) for row in found], total
