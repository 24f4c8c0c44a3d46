"""A district's imports of statistics, as they were kept."""

from shared.store.client import ASCENDING, DESCENDING
from shared.store.errors import translated
from shared.store.stream import Loaded, Stream


class StatisticsImports:
    """The imports by district: its figures are everybody's who may take them in."""

    def __init__(self, imports: Stream) -> None:
        self._imports = imports.collection

    async def prepare(self) -> None:
        """Make the index; harmless to repeat."""
        with translated():
            await self._imports.create_index(
                [("district", ASCENDING), ("imported_at", DESCENDING), ("_id", ASCENDING)],
                name="latest",
            )

    async def one(self, import_id: str, district: str) -> Loaded | None:
        """One import of this district."""
        with translated():
            found = await self._imports.find_one(
                {"_id": import_id, "district": district}, {"outbox": 0}
            )
        return None if found is None else Loaded.of(found)

    async def page(self, district: str, *, skip: int, limit: int) -> tuple[list[Loaded], int]:
        """A page of them without their rows, the latest first, and how many there are."""
        but = {"outbox": 0, "state.skipped_rows": 0}
        order = [("imported_at", DESCENDING), ("_id", ASCENDING)]
        with translated():
            rows = self._imports.find({"district": district}, but).sort(order)
            found = await rows.skip(skip).limit(limit).to_list(None)
            total = await self._imports.count_documents({"district": district})
        return [Loaded.of(row) for row in found], total
