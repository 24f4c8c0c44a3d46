"""The triage list: what nobody has judged, and what it may belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.coordination.domain.place import Place
from services.coordination.domain.problem import Problem
from services.coordination.domain.signals import Concern, Likeness, metres_between, similar_to
from services.coordination.store import Store
from services.coordination.store.aggregates import Stored

MOST_SIMILAR: Final = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """A concern nobody has triaged, with the open problems and the concerns it resembles."""

    concern: Concern
    problems: Sequence[Stored[Problem]]
    similar: Sequence[Concern]


class TriageList:
    """Joins the concerns that came in with the cases and problems, when it is read."""

    def __init__(self, store: Store, likeness: Likeness) -> None:
        self._store = store
        self._likeness = likeness

    async def total(self, district: str) -> int:
        """How many wait."""
        return await self._store.incoming.count_untriaged(district)

    async def part(self, district: str, *, skip: int, limit: int) -> list[Waiting]:
        """Some of those who wait, the longest waiting first."""
        waiting = await self._store.incoming.untriaged(district)
        concerns = await self._store.incoming.of(waiting[skip : skip + limit], district)
        if not concerns:
            return []
        categories = sorted({concern.category for concern in concerns})
        since = min(concern.observed_from for concern in concerns) - self._likeness.window
        others = await self._store.incoming.candidates(waiting, district, categories, since)
        places = await self._store.places.all(district)
        problems = await self._store.problems.suggested_for(
            categories, [place.id for place in places], district
        )
        where = {place.id: place.state for place in places}
        return [
            Waiting(
                concern,
                [one for one in problems if self._fits(concern, one.state, where)],
                similar_to(concern, others, self._likeness)[:MOST_SIMILAR],
            )
            for concern in concerns
        ]

    def _fits(self, concern: Concern, problem: Problem, places: dict[str, Place]) -> bool:
        if problem.category != concern.category:
            return False
        if concern.place_id is not None or concern.point is None:
            return problem.place_id == concern.place_id
        at = places[problem.place_id].point
        return metres_between(concern.point, at) <= self._likeness.metres
