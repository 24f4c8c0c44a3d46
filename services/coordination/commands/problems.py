"""Problems: proposed, analysed, prioritised, resolved."""

from services.coordination.commands.consequences import Cause, Consequences
from services.coordination.commands.deciding import (
    By,
    Made,
    Wish,
    accepted,
    change,
    create,
    evolved,
    known,
    made_before,
)
from services.coordination.commands.promptly import promptly
from services.coordination.commands.refusals import (
    CONCERN_WITHDRAWN,
    NO_SUCH_CONCERN,
    NO_SUCH_PLACE,
    TRIAGED_ELSEWHERE,
)
from services.coordination.commands.wishes import Causes, NewProblem, Prioritisation
from services.coordination.domain import problem
from services.coordination.domain.problem import Problem
from services.coordination.domain.signals import Concern, Likeness
from services.coordination.store import Store, Stored
from shared.contracts.codes import Effect
from shared.contracts.district import District
from shared.contracts.ids import event_id
from shared.contracts.refusal import Refused
from shared.contracts.topics import COORDINATION_EST


class Problems:
    """What the group decides about a problem."""

    def __init__(self, store: Store, district: District, consequences: Consequences) -> None:
        self._store = store
        self._district = district
        self._consequences = consequences

    async def propose(self, wish_id: str, asked: NewProblem, by: By) -> Made[Problem]:
        """Identify a problem in concerns nobody has triaged; they become its cases."""
        wish = Wish(id=wish_id, asked=asked)
        again = await made_before(self._store.problems, wish, by.district)
        if again is not None:
            return again
        concerns = await self._untriaged(asked, by)
        events = accepted(
            problem.identify(
                concerns,
                likeness=Likeness.of(self._district),
                judged=asked.judged_pattern,
                place_id=asked.place_id,
            )
        )
        following = evolved(self._store.problems, None, events, by.why)
        if not await self._store.places.is_active(following.state.place_id, by.district):
            raise Refused(NO_SUCH_PLACE)
        made = await create(self._store.problems, wish, by, following)
        cause = Cause.after(event_id(wish.id, COORDINATION_EST.name, 1), by.why)
        named = [concern.id for concern in concerns]
        await promptly(self._consequences.link_named(wish.id, named, cause))
        return made

    async def record_causes(self, problem_id: str, asked: Causes, by: By) -> Stored[Problem]:
        """Write down why it is there and who could act."""
        for cause in asked.causes:
            known(cause.code, self._district.causes, "Orsaken", "The cause")
            known(cause.could_act, self._district.agencies, "Aktören", "The agency")
        return await change(
            self._store.problems,
            problem_id,
            by,
            lambda state: problem.record_causes(state, asked.causes),
        )

    async def prioritise(self, problem_id: str, asked: Prioritisation, by: By) -> Stored[Problem]:
        """Decide whether to work with it now."""
        if asked.override_reason is not None:
            known(asked.override_reason, self._district.override_reasons, "Skälet", "The reason")
        wanted = problem.Priority(
            scores=asked.scores,
            total=problem.total_of(asked.scores),
            influenceable=asked.influenceable,
            resources=asked.resources,
            decision=asked.decision,
            override_reason=asked.override_reason,
        )
        return await change(
            self._store.problems, problem_id, by, lambda state: problem.prioritise(state, wanted)
        )

    async def resolve(self, problem_id: str, effect: Effect, by: By) -> Stored[Problem]:
        """End it with an effect; everybody who reported part of it is told."""
        before = Cause.after("", by.why)
        await self._consequences.follow_assignments(problem_id, before)
        return await change(
            self._store.problems, problem_id, by, lambda state: problem.resolve(state, effect)
        )

    async def reopen(self, problem_id: str, reason: str, by: By) -> Stored[Problem]:
        """It is back."""
        known(reason, self._district.reopen_reasons, "Skälet", "The reason")
        return await change(
            self._store.problems, problem_id, by, lambda state: problem.reopen(state, reason)
        )

    async def _untriaged(self, asked: NewProblem, by: By) -> list[Concern]:
        ids = list(dict.fromkeys(asked.concern_ids))
        concerns = await self._store.incoming.of(ids, by.district)
        if len(concerns) < len(ids):
            raise Refused(NO_SUCH_CONCERN)
        if await self._store.cases.triaged(ids, by.district):
            raise Refused(TRIAGED_ELSEWHERE)
        if any(concern.withdrawn for concern in concerns):
            raise Refused(CONCERN_WITHDRAWN)
        return concerns
