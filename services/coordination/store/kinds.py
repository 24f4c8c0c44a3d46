"""What is asked of each kind of aggregate, in the coordinator's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.coordination.domain.assignment import DONE, ENDED, Assignment
from services.coordination.domain.case import Case, Feedback
from services.coordination.domain.cycle import Cycle, CycleState
from services.coordination.domain.picture import Picture
from services.coordination.domain.place import Place, PlaceState
from services.coordination.domain.problem import OPEN, Problem
from services.coordination.store.aggregates import Aggregates, Order, Stored
from shared.contracts.codes import AssignmentState, PictureState
from shared.store.client import ASCENDING, DESCENDING, Document

MOST_SHOWN: Final = 200
BY_DUE: Final[Order] = (("state.due", ASCENDING), ("_id", ASCENDING))
LATEST_FIRST: Final[Order] = (("state.identified_at", DESCENDING), ("_id", ASCENDING))
LATEST_WEEK: Final[Order] = (("state.week", DESCENDING), ("state.adopted_at", DESCENDING))
_ENDED: Final = sorted(state.value for state in ENDED)
_DONE: Final = sorted(state.value for state in DONE)
_OPEN: Final = sorted(state.value for state in OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which assignments a reader asks for; None asks for any."""

    state: AssignmentState | None = None
    owner: str | None = None
    overdue_on: date | None = None

    def where(self, district: str) -> Document:
        """The same as a question to MongoDB."""
        asked: list[Document] = [{"district": district}]
        if self.state is not None:
            asked.append({"state.state": self.state.value})
        if self.owner is not None:
            asked.append({"state.owner": self.owner})
        if self.overdue_on is not None:
            late = {"state.due": {"$lt": self.overdue_on.isoformat()}}
            asked.append({"state.state": {"$nin": _DONE}, **late})
        return {"$and": asked}


class Cases(Aggregates[Case]):
    """Concerns from triage on."""

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat."""
        await self.index("district", "_id")
        await self.index("district", "state.feedback")
        await self.index("state.problem_id")
        await self.index("state.duplicate_of")

    async def of_problem(self, problem_id: str, district: str) -> list[Stored[Case]]:
        """The cases linked to a problem."""
        return await self.find({"district": district, "state.problem_id": problem_id})

    async def triaged(self, ids: Sequence[str], district: str) -> list[Stored[Case]]:
        """Those of these concerns that have a case."""
        return await self.find({"_id": {"$in": list(ids)}, "district": district})

    async def has_duplicates(self, concern_id: str, district: str) -> bool:
        """Whether another concern was marked a duplicate of this one."""
        return bool(await self.count({"district": district, "state.duplicate_of": concern_id}))

    async def owing(self, district: str) -> list[Stored[Case]]:
        """Cases whose reporter asked for an answer that has not arrived, the oldest first."""
        owed = {"district": district, "state.feedback": Feedback.OWED.value}
        order = (("state.feedback_at", ASCENDING), ("_id", ASCENDING))
        return await self.find(owed, order=order, limit=MOST_SHOWN)

    async def count_owing(self, district: str) -> int:
        """How many answers are owed."""
        return await self.count({"district": district, "state.feedback": Feedback.OWED.value})


class Problems(Aggregates[Problem]):
    """Problems of places."""

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat."""
        await self.index("district", "state.state")

    async def part(
        self, district: str, wanted: Mapping[str, str | None], *, skip: int, limit: int
    ) -> tuple[list[Stored[Problem]], int]:
        """Some of the problems with these fields (None: any), the latest first, and how many."""
        fields = {f"state.{name}": str(value) for name, value in wanted.items() if value}
        where: Document = {"district": district, **fields}
        found = await self.find(where, order=LATEST_FIRST, skip=skip, limit=limit)
        return found, await self.count(where)

    async def still_open(self, district: str) -> list[Stored[Problem]]:
        """Everything that is not resolved, the latest first."""
        where = {"district": district, "state.state": {"$in": _OPEN}}
        return await self.find(where, order=LATEST_FIRST, limit=MOST_SHOWN)

    async def count_open(self, district: str) -> int:
        """How many are not resolved."""
        return await self.count({"district": district, "state.state": {"$in": _OPEN}})

    async def count_open_at(self, place_id: str, district: str) -> int:
        """How many are not resolved at a place."""
        where = {"district": district, "state.state": {"$in": _OPEN}, "state.place_id": place_id}
        return await self.count(where)

    async def suggested_for(
        self, categories: Sequence[str], places: Sequence[str], district: str
    ) -> list[Stored[Problem]]:
        """Open problems of one of these categories at one of these places."""
        where: Document = {
            "district": district,
            "state.state": {"$in": _OPEN},
            "state.category": {"$in": list(categories)},
            "state.place_id": {"$in": list(places)},
        }
        return await self.find(where, order=LATEST_FIRST)


class Assignments(Aggregates[Assignment]):
    """Measures and who owns them."""

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat."""
        await self.index("district", "state.state", "state.due")
        await self.index("state.problem_id")

    async def part(
        self, district: str, sought: Sought, *, skip: int, limit: int
    ) -> tuple[list[Stored[Assignment]], int]:
        """Some of those sought, by due date, and how many there are."""
        where = sought.where(district)
        found = await self.find(where, order=BY_DUE, skip=skip, limit=limit)
        return found, await self.count(where)

    async def of_problem(self, problem_id: str, district: str) -> list[Stored[Assignment]]:
        """The assignments against a problem, by due date."""
        where = {"district": district, "state.problem_id": problem_id}
        return await self.find(where, order=BY_DUE)

    async def not_done(self, district: str) -> list[Stored[Assignment]]:
        """Those somebody shall still do, by due date."""
        return await self.find({"district": district, "state.state": {"$nin": _DONE}}, order=BY_DUE)

    async def to_follow_up(self, district: str, today: date) -> list[Stored[Assignment]]:
        """Those whose follow-up is due, the longest due first."""
        where = {
            "district": district,
            "state.state": AssignmentState.VERIFIED.value,
            "state.follow_up_due": {"$lte": today.isoformat()},
        }
        return await self.find(where, order=BY_DUE, limit=MOST_SHOWN)

    async def in_state(self, state: AssignmentState, district: str) -> list[Stored[Assignment]]:
        """Those in one state, by due date."""
        where = {"district": district, "state.state": state.value}
        return await self.find(where, order=BY_DUE, limit=MOST_SHOWN)

    async def count_open(self, district: str) -> int:
        """How many are neither closed nor cancelled."""
        return await self.count({"district": district, "state.state": {"$nin": _ENDED}})


class Pictures(Aggregates[Picture]):
    """Situation pictures by week."""

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat."""
        await self.index("district", "state.week")

    async def part(
        self, district: str, *, skip: int, limit: int
    ) -> tuple[list[Stored[Picture]], int]:
        """Some of the pictures, the latest week first, and how many there are."""
        where: Document = {"district": district}
        found = await self.find(where, order=LATEST_WEEK, skip=skip, limit=limit)
        return found, await self.count(where)

    async def adopted_of(self, week: str, district: str) -> list[Stored[Picture]]:
        """The adopted pictures of a week."""
        adopted = PictureState.ADOPTED.value
        return await self.find({"district": district, "state.week": week, "state.state": adopted})

    async def latest_adopted(self, district: str) -> Stored[Picture] | None:
        """The picture in force of the latest week that has one."""
        where = {"district": district, "state.state": PictureState.ADOPTED.value}
        found = await self.find(where, order=LATEST_WEEK, limit=1)
        return found[0] if found else None


class Places(Aggregates[Place]):
    """Places and who controls them."""

    async def all(self, district: str) -> list[Stored[Place]]:
        """Every place that is not retired, by id."""
        return await self.find(
            {"district": district, "state.state": {"$ne": PlaceState.RETIRED.value}}
        )

    async def is_active(self, place_id: str, district: str) -> bool:
        """Whether the district works with the place."""
        retired = {"$ne": PlaceState.RETIRED.value}
        where = {"_id": place_id, "district": district, "state.state": retired}
        return bool(await self.count(where))


class Cycles(Aggregates[Cycle]):
    """EST cycles."""

    async def part(
        self, district: str, *, skip: int, limit: int
    ) -> tuple[list[Stored[Cycle]], int]:
        """Some of the cycles, the latest first, and how many there are."""
        where: Document = {"district": district}
        order = (("state.begins", DESCENDING), ("_id", ASCENDING))
        found = await self.find(where, order=order, skip=skip, limit=limit)
        return found, await self.count(where)

    async def any_open(self, district: str) -> bool:
        """Whether a cycle is being worked in."""
        return bool(await self.count({"district": district, "state.state": CycleState.OPEN.value}))
