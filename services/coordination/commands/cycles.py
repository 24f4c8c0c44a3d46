"""EST cycles: opened and closed."""

from services.coordination.commands.deciding import (
    By,
    Made,
    Wish,
    accepted,
    change,
    create,
    evolved,
    made_before,
)
from services.coordination.commands.wishes import NewCycle
from services.coordination.domain import cycle
from services.coordination.domain.cycle import Cycle
from services.coordination.store import Store, Stored


class Cycles:
    """The district's periods of work."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, wish_id: str, asked: NewCycle, by: By) -> Made[Cycle]:
        """Begin a period; one is open at a time."""
        wish = Wish(id=wish_id, asked=asked)
        again = await made_before(self._store.cycles, wish, by.district)
        if again is not None:
            return again
        another = await self._store.cycles.any_open(by.district)
        events = accepted(cycle.open_cycle(asked.from_, asked.to, another_open=another))
        following = evolved(self._store.cycles, None, events, by.why)
        return await create(self._store.cycles, wish, by, following)

    async def close(self, cycle_id: str, by: By) -> Stored[Cycle]:
        """End a period."""
        return await change(self._store.cycles, cycle_id, by, cycle.close)
