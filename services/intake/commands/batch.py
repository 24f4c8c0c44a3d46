"""Many concerns at once: each gets its own answer, and none fails its neighbours."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.intake.commands.concerns import Accepted, Concerns, Diverted
from services.intake.domain.concern import Concern
from services.intake.domain.report import ConcernReport
from services.intake.store.own import OwnConcerns
from shared.contracts.envelope import Provenance
from shared.contracts.ids import ConcernId
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused
from shared.store.errors import Rejected, StoreError, Unavailable
from shared.store.stream import Loaded
from shared.telemetry import log

AT_ONCE: Final = 100
LOOKED_UP: Final = 1000
NOT_STORABLE = Refusal(
    "CONCERN.NOT_STORABLE", "Går inte att spara.", "It cannot be stored.", UNPROCESSABLE
)
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Item:
    """One report and the key it is known by."""

    key: str
    report: ConcernReport


@dataclass(frozen=True, slots=True)
class Waiting:
    """It does not stand, or it may: the same key may be sent again."""


Outcome = Accepted | Diverted | Refusal | Waiting
Taking = Callable[[ConcernReport, str, Provenance], Awaitable[Accepted | Diverted]]


class Batch:
    """Takes in many concerns as one request; those of one moment share a write."""

    def __init__(self, concerns: Concerns, own: OwnConcerns) -> None:
        self._concerns = concerns
        self._own = own

    async def already(self, references: Sequence[str], why: Provenance) -> Mapping[str, Accepted]:
        """Those of the references that are concerns of this agency: they stand already."""
        known: list[Loaded] = []
        for start in range(0, len(references), LOOKED_UP):
            some = references[start : start + LOOKED_UP]
            known += await self._own.among(some, why.agency, why.district)
        return {each.id: _stands(each) for each in known}

    async def take_in(
        self, items: Sequence[Item], why: Provenance, *, dry_run: bool
    ) -> list[Outcome]:
        """What became of each item, in order. With `dry_run` nothing is stored or published.

        The first of equal keys is sent; the others are its replays.
        """
        by_key = {item.key: item for item in items}
        take = self._concerns.foresee if dry_run else self._concerns.report
        done = await _Round(take, why).all(list(by_key.values()))
        told: set[str] = set()
        outcomes: list[Outcome] = []
        for item in items:
            outcome = done[item.key]
            if item.key in told and isinstance(outcome, Accepted):
                outcome = replace(outcome, replayed=True)
            outcomes.append(outcome)
            told.add(item.key)
        return outcomes


def _stands(own: Loaded) -> Accepted:
    first = Concern.model_validate(own.state).first_status
    return Accepted(ConcernId(own.id), first, replayed=True)


class _Round:
    """One request's items on their way; once the store is away, no further one sets out."""

    def __init__(self, take: Taking, why: Provenance) -> None:
        self._take = take
        self._why = why
        self._room = asyncio.Semaphore(AT_ONCE)
        self._away = False

    async def all(self, items: Sequence[Item]) -> Mapping[str, Outcome]:
        """The outcome of each key."""
        async with asyncio.TaskGroup() as under_way:
            tasks = {item.key: under_way.create_task(self._one(item)) for item in items}
        return {key: task.result() for key, task in tasks.items()}

    async def _one(self, item: Item) -> Outcome:
        async with self._room:
            if self._away:
                return Waiting()
            try:
                return await self._take(item.report, item.key, self._why)
            except Refused as refused:
                return refused.refusal
            except Rejected as error:
                _log.warning("item not storable", code=error.code)
                return NOT_STORABLE
            except StoreError as error:
                self._away |= isinstance(error, Unavailable)
                return Waiting()
