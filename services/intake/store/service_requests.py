"""The concerns that came in as GeoReport's service requests, and what coordination did to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.intake.store.cases import CASES, PROBLEMS
from services.intake.store.data_keys import Sealed
from shared.contracts.codes import ConcernState
from shared.contracts.ids import ConcernId
from shared.store.client import DESCENDING, Database, Document
from shared.store.errors import translated
from shared.store.stream import Stream

VIA: Final = "open311"
# What passed the screen, or a person: only then words and places are read back.
READABLE: Final = frozenset({ConcernState.REGISTERED, ConcernState.RELEASED})


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """One request as it is kept: its coded fields, and its sealed texts."""

    id: ConcernId
    agency: str
    status: ConcernState
    registered: Mapping[str, Any]
    registered_at: datetime
    sealed: Sealed

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
        """Make the index; harmless to repeat."""
        with translated():
            await self._rows.create_index(
                [("via", DESCENDING), ("registered_at", DESCENDING)],
                name="by_way",
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
        """Those whose case or problem last moved then."""
        then = {"moved_at": {"$gte": since, "$lte": until}}
        with translated():
            problems = await self._problems.find(then, {"_id": 1}).to_list(None)
            through = {"problem_id": {"$in": [row["_id"] for row in problems]}}
            cases = await self._cases.find({"$or": [then, through]}, {"_id": 1}).to_list(None)
        return await self.of([row["_id"] for row in cases], readers)

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
    )
