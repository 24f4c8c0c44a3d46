"""What an agency does with its own concern: take it back, or set it right."""

from pydantic import BaseModel, ConfigDict, Field

from services.intake.commands.changing import By, Changed, Changing, Decide, Decided, Wish
from services.intake.commands.concerns import Diverted, Here, Screen
from services.intake.domain.concern import Concern, Surroundings, diversion
from services.intake.domain.life import correct, withdraw
from services.intake.domain.report import ConcernReport, findings_of
from services.intake.store import Store
from services.intake.store.service_requests import VIA
from shared.contracts.intake_codes import WithdrawalReason
from shared.store.stream import Loaded


class Withdrawal(BaseModel):
    """Why something is taken back."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"reason": "SENT_TWICE"}]},
    )

    reason: WithdrawalReason = Field(description="Skäl / why it is taken back")


class OwnConcerns:
    """The commands of the agency that reported; another's concern does not exist."""

    def __init__(
        self,
        store: Store,
        changing: Changing,
        *,
        screen: Screen,
        here: Here,
    ) -> None:
        self._store = store
        self._changing = changing
        self._screen = screen
        self._here = here

    async def withdraw(self, concern_id: str, said: Withdrawal, by: By) -> Changed:
        """Take it back; what was linked to it stays linked."""

        async def decide(_: Loaded, kept: Concern) -> Decided:
            return Decided(withdraw(kept, said.reason))

        wish = Wish(name="withdraw", concern_id=concern_id, said=said, by=by)
        return await self._change(wish, decide)

    async def correct(
        self, concern_id: str, said: ConcernReport, by: By, *, moved: bool = True
    ) -> Changed | Diverted:
        """Set it right; what belongs elsewhere is turned there, and the concern stays as it is.

        Where it is not `moved` the place that is kept stays, whatever its point says.
        """
        if code := diversion(said, self._here.district):
            return Diverted(code, self._here.district.diversions[code])

        async def decide(_: Loaded, kept: Concern) -> Decided:
            found = findings_of(said.free_text.values(), self._screen)
            around = Surroundings(
                self._here.district,
                await self._store.places.known(),
                self._here.outline,
                by.why.time,
            )
            change = correct(kept, said, found, around=around, moved=moved)
            texts = {"narrative": said.narrative} if said.narrative else {}
            gone = dict.fromkeys([VIA, *({"external_reference"} & said.free_text.keys())])
            return Decided(change, {**texts, **gone})  # what was posted holds no longer

        wish = Wish(name="correct", concern_id=concern_id, said=said, by=by)
        return await self._change(wish, decide)

    async def _change(self, wish: Wish, decide: Decide) -> Changed:
        why = wish.by.why

        async def find() -> Loaded | None:
            return await self._store.own_concern(wish.concern_id, why.agency, why.district)

        return await self._changing.change(wish, find, decide)
