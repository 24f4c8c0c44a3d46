"""Figures on their way into the store: judged against what stands, written where they are new."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.intake.domain.readers.reading import Place
from services.intake.domain.statistics import (
    Observation,
    Verdict,
    fetched_later,
    judge,
    latest_fetch,
    tells_the_same,
)
from services.intake.store import Store
from services.intake.store.figures import latest, with_latest
from shared.contracts.envelope import Provenance
from shared.contracts.statistics import StatisticObserved
from shared.store.client import Document
from shared.store.errors import Conflict, DuplicateId
from shared.store.stream import Loaded

TOGETHER: Final = 100
ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class _Judged:
    """Some figures against what stands of them."""

    standing: Mapping[str, Loaded]
    verdicts: Mapping[str, Verdict]

    def written(self, some: Sequence[Observation]) -> list[Observation]:
        """Those that are new in some way."""
        return [one for one in some if self.verdicts[one.id] >= Verdict.OLDER]

    def fetched_again(self, some: Sequence[Observation]) -> list[Loaded]:
        """What stands and was fetched once more, later."""
        known = (
            (self.standing[one.id], one)
            for one in some
            if self.verdicts[one.id] is Verdict.UNCHANGED
        )
        return [was for was, one in known if fetched_later(one.fact.fetched_on, latest(was))]


class Figures:
    """A part of a file at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(
        self,
        chunk: Sequence[Observation],
        why: Provenance,
        *,
        dry_run: bool = False,
        only_confirm: bool = False,
    ) -> list[tuple[Place, Verdict]]:
        """Judge figures against what stands and write what is new; answers what became of each row.

        What somebody else wrote meanwhile is judged again. `only_confirm` writes no figures, but
        that those which stand were fetched again.
        """
        verdicts: list[tuple[Place, Verdict]] = []
        waiting = list(chunk)
        for _ in range(ATTEMPTS):
            judged = await self._judged(waiting)
            if not dry_run:
                await self._confirm(judged, waiting)
            news = [] if dry_run or only_confirm else judged.written(waiting)
            lost = await self._write(news, judged, why)
            verdicts += [
                (row, judged.verdicts[one.id])
                for one in waiting
                if one.id not in lost
                for row in one.rows
            ]
            waiting = [one for one in waiting if one.id in lost]
            if not waiting:
                return verdicts
        raise Conflict("FIGURES_MOVED")

    async def would_change(self, chunk: Sequence[Observation]) -> bool:
        """Whether any of these would stand that does not, or stands of an import broken off."""
        judged = await self._judged(chunk)
        return any(
            judged.verdicts[one.id] >= Verdict.NEW
            or judged.standing[one.id].state.get("import_id") == one.fact.import_id
            for one in chunk
        )

    async def _judged(self, some: Sequence[Observation]) -> _Judged:
        standing = await self._store.standing(self._store.statistics, [one.id for one in some])
        verdicts = {
            one.id: judge(_fact(standing.get(one.id)), one.fact, latest(standing.get(one.id)))
            for one in some
        }
        older = [one for one in some if verdicts[one.id] is Verdict.OLDER]
        if older:
            told = await self._store.figures.told([one.id for one in older])
            kept = [one.id for one in older if _is_among(one, told.get(one.id, ()))]
            verdicts |= dict.fromkeys(kept, Verdict.UNCHANGED)
        return _Judged(standing, verdicts)

    async def _confirm(self, judged: _Judged, some: Sequence[Observation]) -> None:
        again = judged.fetched_again(some)
        day = some[0].fact.fetched_on
        if again and day is not None:
            await self._store.figures.fetched_again(again, day)

    async def _write(
        self, news: Sequence[Observation], judged: _Judged, why: Provenance
    ) -> set[str]:
        """Write these figures; answers the ids where somebody else was first."""
        few = asyncio.Semaphore(TOGETHER)

        async def write(one: Observation) -> str | None:
            try:
                known = judged.standing.get(one.id)
                if known is None:
                    await self._store.add_figure(self._document(one, why))
                else:
                    async with few:
                        await self._follow(known, one, judged.verdicts[one.id], why)
            except (Conflict, DuplicateId):
                return one.id
            return None

        answers = await asyncio.gather(*map(write, news), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return {answer for answer in answers if isinstance(answer, str)}

    def _document(self, one: Observation, why: Provenance) -> Document:
        state = one.fact.model_dump(mode="json")
        extra = with_latest(one.fact.fetched_on)
        return self._store.statistics.record(one.id, None, state, [one.fact], why, extra)

    async def _follow(
        self, known: Loaded, one: Observation, verdict: Verdict, why: Provenance
    ) -> None:
        """The figure follows on the same aggregate, where the newest stands; the log keeps both."""
        state, fact, extra = known.state, one.fact, None
        if verdict is Verdict.OLDER:
            fact = one.fact.model_copy(update={"older": True})
        else:
            state = one.fact.model_dump(mode="json")
            extra = with_latest(latest_fetch(_fact(known), latest(known), one.fact))
        await self._store.statistics.append(
            one.id, expected=known, state=state, events=[fact], provenance=why, extra=extra
        )


def _fact(standing: Loaded | None) -> StatisticObserved | None:
    return None if standing is None else StatisticObserved.model_validate(standing.state)


def _is_among(one: Observation, told: Sequence[StatisticObserved]) -> bool:
    """Whether this very figure, fetched that day, was told before."""
    return any(
        tells_the_same(each, one.fact) and each.fetched_on == one.fact.fetched_on for each in told
    )
