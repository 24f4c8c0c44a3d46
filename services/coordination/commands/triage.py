"""Triage: what becomes of a concern that came in."""

from services.coordination.commands.consequences import Cause, Consequences
from services.coordination.commands.deciding import (
    By,
    begin_or_change,
    known,
)
from services.coordination.commands.promptly import promptly
from services.coordination.commands.refusals import (
    CONCERN_WITHDRAWN,
    NO_SUCH_CONCERN,
    NO_SUCH_PROBLEM,
    NOT_FOUND,
)
from services.coordination.domain import case, problem
from services.coordination.domain.case import Case
from services.coordination.domain.signals import Concern
from services.coordination.store import Store, Stored
from shared.contracts.district import District
from shared.contracts.ids import event_id
from shared.contracts.refusal import Refused
from shared.contracts.topics import COORDINATION_EST

_LINKED = 2  # the event that says to which problem is the second of its case


class Triage:
    """What a coordinator does with one concern of the triage list."""

    def __init__(self, store: Store, district: District, consequences: Consequences) -> None:
        self._store = store
        self._district = district
        self._consequences = consequences

    async def link(self, concern_id: str, problem_id: str, by: By) -> Stored[Case]:
        """It belongs to an open problem."""
        await self._concern(concern_id, by)
        target = await self._store.problems.get(problem_id, by.district)
        if target is None:
            raise Refused(NO_SUCH_PROBLEM)
        if refused := problem.may_link(target.state):
            raise Refused(refused)
        done = await begin_or_change(
            self._store.cases, concern_id, by, lambda state: case.link(state, problem_id)
        )
        cause = Cause.after(event_id(concern_id, COORDINATION_EST.name, _LINKED), by.why)
        await promptly(self._consequences.count_linked(problem_id, cause))
        return done

    async def mark_duplicate(self, concern_id: str, target_id: str, by: By) -> Stored[Case]:
        """It tells what another concern of the district has told."""
        concern = await self._concern(concern_id, by)
        told = await self._store.incoming.get(target_id, by.district)
        if told is None:
            raise Refused(NO_SUCH_CONCERN)
        if told.withdrawn:
            raise Refused(CONCERN_WITHDRAWN)
        target = await self._store.cases.get(target_id, by.district)
        named = await self._store.cases.has_duplicates(concern_id, by.district)
        of_target = target.state if target else None
        return await begin_or_change(
            self._store.cases,
            concern_id,
            by,
            lambda state: case.mark_duplicate(
                state, concern, target_id, of_target=of_target, named=named
            ),
        )

    async def put_out_of_scope(self, concern_id: str, reason: str, by: By) -> Stored[Case]:
        """The district does not work with it, for a reason of its list."""
        known(reason, self._district.out_of_scope_reasons, "Skälet", "The reason")
        concern = await self._concern(concern_id, by)
        return await begin_or_change(
            self._store.cases,
            concern_id,
            by,
            lambda state: case.put_out_of_scope(state, concern, reason),
        )

    async def _concern(self, concern_id: str, by: By) -> Concern:
        concern = await self._store.incoming.get(concern_id, by.district)
        if concern is None:
            raise Refused(NOT_FOUND)
        if concern.withdrawn and not await self._store.cases.triaged([concern_id], by.district):
            raise Refused(CONCERN_WITHDRAWN)
        return concern
