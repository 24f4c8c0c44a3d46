"""The counts a follow-up rests on: concerns of the problem's kinds, in windows of one length."""

from dataclasses import dataclass, replace

from services.coordination.commands.deciding import By
from services.coordination.commands.wishes import FollowUp
from services.coordination.domain.assignment import Assignment
from services.coordination.domain.days import start_of
from services.coordination.domain.follow_up import (
    Baseline,
    Counts,
    Measured,
    Window,
    displacement,
    suggested_effect,
    window_before,
)
from services.coordination.store import Span, Store, Stored
from shared.contracts.calendar import day_of
from shared.contracts.district import District


@dataclass(frozen=True, slots=True)
class Spot:
    """What is counted: these categories at this place."""

    categories: tuple[str, ...]
    place_id: str


class Counting:
    """Counts concerns before a measure began and before its follow-up."""

    def __init__(self, store: Store, district: District) -> None:
        self._store = store
        self._days = district.baseline_days

    async def baseline(self, of: Stored[Assignment], by: By) -> Baseline:
        """What there was in the days before today."""
        window = window_before(day_of(by.why.time), self._days)
        count = await self._count(window, await self._spot(of.state, by), by)
        return Baseline(begins=window.begins, ends=window.ends, count=count)

    async def measure(self, of: Stored[Assignment], asked: FollowUp, by: By) -> Measured:
        """What there is now against the baseline, here and where it may have moved."""
        before = of.state.baseline or await self.baseline(of, by)
        after = window_before(day_of(by.why.time), before.days)
        spot = await self._spot(of.state, by)
        here = Counts(before=before.count, after=await self._count(after, spot, by))
        result = None
        if asked.displacement_place_id is not None:
            elsewhere = replace(spot, place_id=asked.displacement_place_id)
            there = (
                await self._count(before, elsewhere, by),
                await self._count(after, elsewhere, by),
            )
            result = displacement(here, Counts(before=there[0], after=there[1]))
        return Measured(
            effect=asked.effect or suggested_effect(here),
            baseline_count=here.before,
            after_count=here.after,
            window_days=before.days,
            displacement_place_id=asked.displacement_place_id,
            displacement_result=result,
        )

    async def _spot(self, of: Assignment, by: By) -> Spot:
        """The category of the problem, and those of the concerns it was identified in."""
        against = await self._store.problems.get(of.problem_id, by.district)
        named = against.state.concern_ids if against else ()
        concerns = await self._store.incoming.of(named, by.district)
        kinds = {of.category, *(concern.category for concern in concerns)}
        return Spot(tuple(sorted(kinds)), of.place_id)

    async def _count(self, window: Window, spot: Spot, by: By) -> int:
        span = Span(
            categories=spot.categories,
            place_id=spot.place_id,
            begins=start_of(window.begins),
            ends=start_of(window.ends),
        )
        return await self._store.incoming.count_in(span, by.district)
