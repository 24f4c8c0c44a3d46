"""What is kept of acts that each left a line in the audit trail: an empty one is held to it."""

from dataclasses import dataclass
from typing import Final

from shared.contracts.codes import ConcernState
from shared.store.client import Database, Document
from shared.store.errors import translated

DECIDED: Final[Document] = {
    "$or": [
        {"state.status": {"$in": [ConcernState.REJECTED.value, ConcernState.EXPUNGED.value]}},
        {"state.status": ConcernState.REGISTERED.value, "state.findings.0": {"$exists": True}},
    ]
}


@dataclass(frozen=True, slots=True)
class Kept:
    """How many there are.

    Attributes:
        concerns: all of them; one that nobody read or decided on has no line.
        decided: those a person let out of quarantine, rejected or expunged.
        keys: API keys that agencies were given.
    """

    concerns: int
    decided: int
    keys: int

    @property
    def noted(self) -> int:
        """How many of them cannot be without a line."""
        return self.decided + self.keys


class Traces:
    """Counts in intake's database."""

    def __init__(self, database: Database) -> None:
        self._concerns, self._keys = database["concerns"], database["api_keys"]

    async def kept(self) -> Kept:
        """How many there are now."""
        with translated():
            return Kept(
                concerns=await self._concerns.count_documents({"agency": {"$exists": True}}),
                decided=await self._concerns.count_documents(DECIDED),
                keys=await self._keys.count_documents({}),
            )
