"""What became of concerns in coordination: its case and its problem, joined when read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.contracts.codes import CaseState, ProblemState, TriageOutcome
from shared.store.client import Database, Document
from shared.store.errors import translated

CASES: Final = "cases"
PROBLEMS: Final = "problems"
ENDED: Final = frozenset({CaseState.CLOSED, CaseState.OUT_OF_SCOPE, CaseState.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Case:
    """How far a concern has come; `feedback` is the district's code of its answer."""

    state: CaseState
    moved_at: datetime
    duplicate_of: str | None = None
    feedback: str | None = None
    effect: str | None = None

    @property
    def closed(self) -> bool:
        """Whether nothing more is expected to happen."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a case: by which event, and how it stood then. Of old views none is known: ""."""

    event: str
    case: Case


class Cases:
    """The views `cases` and `problems` of coordination's events."""

    def __init__(self, database: Database) -> None:
        self._cases = database[CASES]
        self._problems = database[PROBLEMS]

    async def of(self, concern_ids: Sequence[str]) -> Mapping[str, Case]:
        """The cases of those concerns that coordination has looked at."""
        rows, problems = await self._found(concern_ids)
        return {row["_id"]: _now(row, problems.get(row.get("problem_id", ""))) for row in rows}

    async def steps_of(self, concern_ids: Sequence[str]) -> Mapping[str, Sequence[Step]]:
        """How those concerns came where they are, the first step first; the newest are kept."""
        rows, problems = await self._found(concern_ids)
        return {row["_id"]: _steps(_moves(row), problems) for row in rows}

    async def _found(
        self, concern_ids: Sequence[str]
    ) -> tuple[Sequence[Document], Mapping[str, Document]]:
        """The rows of these cases, and by its id every problem they are or were part of."""
        with translated():
            rows = await self._cases.find({"_id": {"$in": list(concern_ids)}}).to_list(None)
            named = {name for row in rows for name in _problems_of(_moves(row))}
            problems = await self._problems.find({"_id": {"$in": sorted(named)}}).to_list(None)
        return rows, {row["_id"]: row for row in problems}


def _moves(row: Document) -> Sequence[Document]:
    """The moves of a row; of one from before they were kept, the latest."""
    return row.get("moves") or [row | {"at": row["moved_at"]}]


def _problems_of(moves: Sequence[Document]) -> set[str]:
    return {one["problem_id"] for one in moves if "problem_id" in one}


def _steps(moves: Sequence[Document], problems: Mapping[str, Document]) -> list[Step]:
    """Case and problem joined at each moment one of them moved; what is of one moment is one."""
    named = _problems_of(moves) & problems.keys()
    of_problems = {name: _moves(problems[name]) for name in named}
    moments = {one["at"] for each in (moves, *of_problems.values()) for one in each}
    steps = []
    for at in sorted(moments):
        row = _then(moves, at)
        if row is None:
            continue
        problem = of_problems.get(row.get("problem_id", ""), ())
        events = [one.get("id", "") for one in (*problem, *moves) if one["at"] == at]
        if events:
            steps.append(Step(events[-1], _case(row, _then(problem, at), at)))
    return steps


def _then(moves: Sequence[Document], at: datetime) -> Document | None:
    """How it stood at a moment."""
    return next((one for one in reversed(moves) if one["at"] <= at), None)


def _now(row: Document, problem: Document | None) -> Case:
    return _case(row, problem, max(one["moved_at"] for one in (row, problem) if one))


def _case(row: Document, problem: Document | None, moved_at: datetime) -> Case:
    feedback = row.get("feedback") or {}
    return Case(
        state=_state(row, problem),
        moved_at=moved_at,
        duplicate_of=row.get("duplicate_of"),
        feedback=feedback.get("code"),
        effect=feedback.get("effect"),
    )


def _state(row: Document, problem: Document | None) -> CaseState:
    if "duplicate_of" in row:
        return CaseState.DUPLICATE
    if problem is not None and problem["state"] == ProblemState.REOPENED:
        return CaseState.REOPENED
    if "feedback" in row or (problem is not None and problem["state"] == ProblemState.RESOLVED):
        return CaseState.CLOSED
    if "problem_id" in row:
        return CaseState.LINKED
    outside = row.get("triage") == TriageOutcome.OUT_OF_SCOPE
    return CaseState.OUT_OF_SCOPE if outside else CaseState.TRIAGED
