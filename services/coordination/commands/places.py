"""Places: registered, given to others, given more attention, retired."""

from collections.abc import Sequence

from services.coordination.commands.deciding import (
    By,
    Made,
    Wish,
    change,
    create,
    evolved,
    known,
)
from services.coordination.commands.refusals import KEY_USED
from services.coordination.commands.wishes import NewPlace
from services.coordination.domain import place
from services.coordination.domain.place import Place
from services.coordination.store import Store, Stored
from shared.contracts.district import District
from shared.contracts.places import PlaceRegistered
from shared.contracts.refusal import Refused


class Places:
    """What the district does with its places."""

    def __init__(self, store: Store, district: District) -> None:
        self._store = store
        self._district = district

    async def register(self, asked: NewPlace, by: By) -> Made[Place]:
        """Begin to work with a place; its own id makes a repeat harmless."""
        known(asked.part, self._district.parts, "Stadsdelen", "The district part")
        self._agencies(asked.custodians)
        registered = PlaceRegistered(**asked.model_dump(exclude={"place_id"}))
        following = evolved(self._store.places, None, (registered,), by.why)
        wish = Wish(id=asked.place_id, asked=asked)
        try:
            return await create(self._store.places, wish, by, following)
        except Refused as refused:
            stands = refused.refusal is KEY_USED  # the key of a place is its own id
            raise Refused(place.STANDS if stands else refused.refusal) from None

    async def change_control(
        self, place_id: str, custodians: Sequence[str], by: By
    ) -> Stored[Place]:
        """Other agencies control it now."""
        self._agencies(custodians)
        return await change(
            self._store.places, place_id, by, lambda state: place.change_control(state, custodians)
        )

    async def prioritise(self, place_id: str, motive: str, by: By) -> Stored[Place]:
        """Give it more attention."""
        known(motive, self._district.motives, "Motivet", "The motive")
        return await change(
            self._store.places, place_id, by, lambda state: place.prioritise(state, motive)
        )

    async def deprioritise(self, place_id: str, motive: str, by: By) -> Stored[Place]:
        """Give it the usual attention again."""
        known(motive, self._district.motives, "Motivet", "The motive")
        return await change(
            self._store.places, place_id, by, lambda state: place.deprioritise(state, motive)
        )

    async def retire(self, place_id: str, reason: str, by: By) -> Stored[Place]:
        """Stop working with it; not while a problem there is open."""
        known(reason, self._district.retire_reasons, "Skälet", "The reason")
        open_problems = await self._store.problems.count_open_at(place_id, by.district)
        return await change(
            self._store.places,
            place_id,
            by,
            lambda state: place.retire(state, reason, open_problems=open_problems),
        )

    def _agencies(self, codes: Sequence[str]) -> None:
        for code in codes:
            known(code, self._district.agencies, "Rådighetshavaren", "The custodian")
