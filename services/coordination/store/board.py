"""The coordinator's board: everything that waits for somebody, at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.coordination.domain.assignment import (
    Assignment,
    Patience,
    is_overdue,
    is_unaccepted,
)
from services.coordination.domain.case import Case
from services.coordination.domain.picture import Picture
from services.coordination.domain.problem import Problem
from services.coordination.domain.signals import Concern
from services.coordination.store import Store
from services.coordination.store.aggregates import Stored
from services.coordination.store.triage_list import TriageList, Waiting
from shared.contracts.calendar import day_of
from shared.contracts.codes import AssignmentState

TRIAGE_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Owed:
    """An answer a reporter asked for and has not got."""

    case: Stored[Case]
    concern: Concern


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What waits: for the coordinator, for the owners, for the reporters."""

    waiting: Sequence[Waiting]
    waiting_total: int
    declined: Sequence[Stored[Assignment]]
    unaccepted: Sequence[Stored[Assignment]]
    overdue: Sequence[Stored[Assignment]]
    to_verify: Sequence[Stored[Assignment]]
    to_follow_up: Sequence[Stored[Assignment]]
    owed: Sequence[Owed]
    owed_total: int
    problems: Sequence[Stored[Problem]]
    problems_total: int
    picture: Stored[Picture] | None


class Boards:
    """Reads a district's board."""

    def __init__(self, store: Store, triage: TriageList, patience: Patience) -> None:
        self._store = store
        self._triage = triage
        self._patience = patience

    async def of(self, district: str, now: datetime) -> Board:
        """The board as it is now."""
        store = self._store
        not_done = await store.assignments.not_done(district)
        return Board(
            waiting=await self._triage.part(district, skip=0, limit=TRIAGE_SHOWN),
            waiting_total=await self._triage.total(district),
            declined=[one for one in not_done if one.state.state is AssignmentState.DECLINED],
            unaccepted=[one for one in not_done if is_unaccepted(one.state, now, self._patience)],
            overdue=[one for one in not_done if is_overdue(one.state, now)],
            to_verify=await store.assignments.in_state(AssignmentState.COMPLETED, district),
            to_follow_up=await store.assignments.to_follow_up(district, day_of(now)),
            owed=await self._owed(district),
            owed_total=await store.cases.count_owing(district),
            problems=await store.problems.still_open(district),
            problems_total=await store.problems.count_open(district),
            picture=await store.pictures.latest_adopted(district),
        )

    async def _owed(self, district: str) -> list[Owed]:
        cases = {case.id: case for case in await self._store.cases.owing(district)}
        concerns = await self._store.incoming.of(list(cases), district)
        return [Owed(cases[concern.id], concern) for concern in concerns]
