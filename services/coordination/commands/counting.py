"""The counts a follow-up rests on: concerns of the problem's kinds, in windows of one length."""

from dataclasses import dataclass, replace
from datetime import date

from services.coordination.commands.deciding import By
from services.coordination.commands.wishes import FollowUp
from services.coordination.domain.assignment import Assignment, to_compare
from services.coordination.domain.days import start_of
from services.coordination.domain.follow_up import (
    Baseline,
    Compared,
    Counts,
    Measured,
    Window,
    displacement,
    suggested_effect,
    window_before,
)
from services.coordination.store import Span, Store, Stored
from shared.contracts.district import District
from shared.contracts.refusal import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Spot:
    """What is counted: these categories at this place."""

    categories: tuple[str, ...]
    place_id: str


class Counting:
    """Counts concerns before a measure began and after it was done."""

    def __init__(self, store: Store, district: District) -> None:
        self._store = store
        self._days = district.baseline_days

    async def baseline(self, of: Stored[Assignment], start: date, by: By) -> Baseline:
        """What there was in the days before the measure began."""
        window = window_before(start, self._days)
        count = await self._count(window, await self._spot(of.state, by), by)
        return Baseline(begins=window.begins, ends=window.ends, count=count)

    async def measure(self, of: Stored[Assignment], asked: FollowUp, by: By) -> Measured:
        """Before the start and after the completion, here and where it may have moved.

        Both are counted now, so that both know as much: what was reported late counts, and what
        was judged a duplicate or out of scope since then does not.
        """
        windows = to_compare(of.state, by.why.time, self._days)
        if isinstance(windows, Refusal):
            raise Refused(windows)
        spot = await self._spot(of.state, by)
        here = await self._counts(windows, spot, by)
        result = None
        if asked.displacement_place_id is not None:
            elsewhere = replace(spot, place_id=asked.displacement_place_id)
            result = displacement(here, await self._counts(windows, elsewhere, by))
        return Measured(
            effect=asked.effect or suggested_effect(here),
            baseline_count=here.before,
            after_count=here.after,
            window_days=windows.after.days,
            displacement_place_id=asked.displacement_place_id,
            displacement_result=result,
        )

    async def _counts(self, windows: Compared, spot: Spot, by: By) -> Counts:
        return Counts(
            before=await self._count(windows.before, spot, by),
            after=await self._count(windows.after, spot, by),
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
