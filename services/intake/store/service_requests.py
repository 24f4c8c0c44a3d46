"""The concerns that came in as GeoReport's service requests, and what coordination did to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.intake.domain.life import OVER
from services.intake.store.cases import CASES, PROBLEMS
from services.intake.store.data_keys import Sealed
from shared.contracts.codes import ConcernState
from shared.contracts.ids import ConcernId
from shared.store.client import DESCENDING, Database, Document
from shared.store.errors import translated
from shared.store.stream import Stream

VIA: Final = "open311"
MANY: Final = 1000
# What passed the screen, or a person: only then words and places are read back.
READABLE: Final = frozenset({ConcernState.REGISTERED, ConcernState.RELEASED})


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """One request as it is kept: its coded fields, and the sealed texts by field.

    Attributes:
        posted_by: what names the key that posted it; None for one of old.
    """

    id: ConcernId
    agency: str
    status: ConcernState
    registered: Mapping[str, Any]
    registered_at: datetime
    sealed: Sealed
    posted_by: str | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Its categories, the primary first."""
        return (self.registered["category"], *self.registered.get("secondary", ()))


@dataclass(frozen=True, slots=True)
class Readers:
    """Whose requests are looked for: an agency's, else everybody's of these categories."""

    district: str
    agency: str | None
    open_to_all: Sequence[str] = ()

    @property
    def filter(self) -> Document:
        """The query that finds nothing else."""
        here: Document = {"via": VIA, "district": self.district}
        if self.agency is not None:
            return here | {"agency": self.agency}
        codes = list(self.open_to_all)
        return here | {
            "state.status": {"$in": sorted(READABLE)},
            "state.registered.category": {"$in": codes},
            "state.registered.secondary": {"$not": {"$elemMatch": {"$nin": codes}}},
        }


class ServiceRequests:
    """Intake's concerns, of those only that came by Open311."""

    def __init__(self, concerns: Stream, database: Database) -> None:
        self._rows = concerns.collection
        self._cases = database[CASES]
        self._problems = database[PROBLEMS]

    async def prepare(self) -> None:
        """Make the indexes, one for an agency's own alone; harmless to repeat."""
        with translated():
            await self._rows.create_index(
                [("via", DESCENDING), ("registered_at", DESCENDING)],
                name="by_way",
                partialFilterExpression={"via": {"$exists": True}},
            )
            await self._rows.create_index(
                [
                    ("agency", DESCENDING),
                    ("via", DESCENDING),
                    ("registered_at", DESCENDING),
                    ("_id", DESCENDING),
                ],
                name="own_by_way",
                partialFilterExpression={"via": {"$exists": True}},
            )

    async def of(self, ids: Iterable[str], readers: Readers) -> list[ServiceRequest]:
        """Those of these that the readers may see, newest first."""
        return await self._found(readers.filter | {"_id": {"$in": list(ids)}})

    async def between(
        self,
        since: datetime,
        until: datetime,
        *,
        readers: Readers,
        codes: Sequence[str] = (),
        skip: int,
        limit: int,
    ) -> list[ServiceRequest]:
        """A page of those taken in then, newest first."""
        asked = readers.filter | {"registered_at": {"$gte": since, "$lte": until}}
        if codes:
            asked = {"$and": [asked, {"state.registered.category": {"$in": list(codes)}}]}
        return await self._found(asked, skip=skip, limit=limit)

    async def moved(
        self, since: datetime, until: datetime, readers: Readers
    ) -> list[ServiceRequest]:
        """Those taken in until then that are over, or whose case or problem moved since.

        What others have is not even looked at.
        """
        taken_in = readers.filter | {"registered_at": {"$lte": until}}
        with translated():
            rows = await self._rows.find(taken_in, {"state.status": 1}).to_list(None)
        ids = [row["_id"] for row in rows]
        moved = {row["_id"] for row in rows if row["state"]["status"] in OVER}
        for start in range(0, len(ids), MANY):
            moved |= await self._moved_of(ids[start : start + MANY], since)
        return await self.of(moved, readers)

    async def _moved_of(self, ids: Sequence[str], since: datetime) -> set[str]:
        with translated():
            told = {"problem_id": 1, "moved_at": 1}
            cases = await self._cases.find({"_id": {"$in": list(ids)}}, told).to_list(None)
            named = list({row["problem_id"] for row in cases if "problem_id" in row})
            then = {"_id": {"$in": named}, "moved_at": {"$gte": since}}
            problems = await self._problems.find(then, {"_id": 1}).to_list(None)
        through = {row["_id"] for row in problems}
        return {
            row["_id"]
            for row in cases
            if row["moved_at"] >= since or row.get("problem_id") in through
        }

    async def _found(
        self, asked: Document, *, skip: int = 0, limit: int = 0
    ) -> list[ServiceRequest]:
        with translated():
            rows = self._rows.find(asked, {"outbox": 0}).sort(
                [("registered_at", DESCENDING), ("_id", DESCENDING)]
            )
            return [_request(row) for row in await rows.skip(skip).limit(limit).to_list(None)]


def _request(row: Document) -> ServiceRequest:
    return ServiceRequest(
        id=ConcernId(row["_id"]),
        agency=row["agency"],
        status=ConcernState(row["state"]["status"]),
        registered=row["state"]["registered"],
        registered_at=row["registered_at"],
        sealed=Sealed.of(row["_id"], row),
        posted_by=row.get("posted_by"),
    )
