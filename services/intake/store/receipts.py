"""Concerns found by the keyed hash of the reference on their receipt."""

from shared.store.client import Collection
from shared.store.errors import translated
from shared.store.stream import Loaded


class Receipts:
    """The concerns whose reporter can follow them without an account."""

    def __init__(self, concerns: Collection) -> None:
        self._concerns = concerns

    async def prepare(self) -> None:
        """Make the index; harmless to repeat."""
        with translated():
            await self._concerns.create_index("receipt", name="receipt", sparse=True)

    async def found(self, digest: str, district: str) -> Loaded | None:
        """The concern of this reference, without what is sealed."""
        with translated():
            row = await self._concerns.find_one(
                {"receipt": digest, "district": district}, {"outbox": 0, "vault": 0}
            )
        return None if row is None else Loaded.of(row)
