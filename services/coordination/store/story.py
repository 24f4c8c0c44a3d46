"""One problem's whole story: its cases, its assignments and everything that happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.coordination.domain.assignment import Assignment
from services.coordination.domain.case import Case
from services.coordination.domain.problem import Problem
from services.coordination.domain.signals import Concern
from services.coordination.store import Store
from services.coordination.store.aggregates import Stored
from shared.store.entries import StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A problem with all that belongs to it; `concerns` are in the order they were observed."""

    problem: Stored[Problem]
    cases: Mapping[str, Stored[Case]]
    concerns: Sequence[Concern]
    assignments: Sequence[Stored[Assignment]]
    events: Sequence[StoredEvent]


async def story_of(store: Store, problem_id: str, district: str) -> Story | None:
    """The story of a problem; None when the district has none under this id."""
    found = await store.problems.get(problem_id, district)
    if found is None:
        return None
    cases = {case.id: case for case in await store.cases.of_problem(problem_id, district)}
    assignments = await store.assignments.of_problem(problem_id, district)
    ids = list(dict.fromkeys([*found.state.concern_ids, *cases]))
    concerns = await store.incoming.of(ids, district)
    return Story(
        problem=found,
        cases=cases,
        concerns=sorted(concerns, key=lambda one: (one.observed_from, one.id)),
        assignments=assignments,
        events=await store.history_of_problem(
            problem_id, list(cases), [one.id for one in assignments]
        ),
    )
