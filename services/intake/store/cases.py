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


class Cases:
    """The views `cases` and `problems` of coordination's events."""

    def __init__(self, database: Database) -> None:
        self._cases = database[CASES]
        self._problems = database[PROBLEMS]

    async def of(self, concern_ids: Sequence[str]) -> Mapping[str, Case]:
        """The cases of those concerns that coordination has looked at."""
        with translated():
            rows = await self._cases.find({"_id": {"$in": list(concern_ids)}}).to_list(None)
            named = list({row["problem_id"] for row in rows if "problem_id" in row})
            problems = await self._problems.find({"_id": {"$in": named}}).to_list(None)
        by_id = {row["_id"]: row for row in problems}
        return {row["_id"]: _case(row, by_id.get(row.get("problem_id"))) for row in rows}


def _case(row: Document, problem: Document | None) -> Case:
    feedback = row.get("feedback") or {}
    moved = [one["moved_at"] for one in (row, problem) if one]
    return Case(
        state=_state(row, problem),
        moved_at=max(moved),
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
