"""Concerns as intake published them, and which of them nobody has triaged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.coordination.domain.signals import Concern, Point
from shared.contracts.codes import CaseState
from shared.store.client import ASCENDING, Collection, Database, Document
from shared.store.errors import translated

MOST_CANDIDATES: Final = 2_000
NOT_COUNTED: Final = (CaseState.DUPLICATE.value, CaseState.OUT_OF_SCOPE.value)
WITHDRAWN: Final[Document] = {"withdrawn": True}
STANDING: Final[Document] = {"withdrawn": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Concerns of some categories at one place, observed from one moment up to another."""

    categories: tuple[str, ...]
    place_id: str
    begins: datetime
    ends: datetime


class Incoming:
    """The read model of `intake.concerns`, joined with the cases when it is read."""

    def __init__(self, database: Database) -> None:
        self.rows: Collection = database["incoming"]
        self._cases: Collection = database["cases"]

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat."""
        with translated():
            await self.rows.create_index(
                [("district", ASCENDING), ("registered_at", ASCENDING), ("_id", ASCENDING)]
            )
            await self.rows.create_index(
                [("district", ASCENDING), ("category", ASCENDING), ("observed_from", ASCENDING)]
            )
            await self.rows.create_index(
                [("district", ASCENDING), ("_id", ASCENDING)],
                name="withdrawn",
                partialFilterExpression=WITHDRAWN,
            )

    async def get(self, concern_id: str, district: str) -> Concern | None:
        """The concern; None when none has come in under this id in this district."""
        found = await self.of([concern_id], district)
        return found[0] if found else None

    async def of(self, ids: Sequence[str], district: str) -> list[Concern]:
        """Those of these that were registered, withdrawn since or not, in the order of the ids."""
        wanted = {"_id": {"$in": list(ids)}, "district": district, "category": {"$ne": None}}
        with translated():
            rows = await self.rows.find(wanted).to_list(None)
        found = {row["_id"]: concern_of(row) for row in rows}
        return [found[one] for one in ids if one in found]

    async def untriaged(self, district: str) -> list[str]:
        """The ids of what waits for triage, the longest waiting first; nothing that was withdrawn.

        The lists of ids come out of an index alone; a join would look up every row by itself.
        """
        order = [("registered_at", ASCENDING), ("_id", ASCENDING)]
        with translated():
            rows = (
                await self.rows.find({"district": district}, {"_id": 1}).sort(order).to_list(None)
            )
            cases = await self._cases.find({"district": district}, {"_id": 1}).to_list(None)
            gone = await self._withdrawn(district)
        passed = {case["_id"] for case in cases} | set(gone)
        return [row["_id"] for row in rows if row["_id"] not in passed]

    async def count_untriaged(self, district: str) -> int:
        """How many wait: every case is of a concern that came in, withdrawn since or not."""
        with translated():
            rows = await self.rows.count_documents({"district": district})
            cases = await self._cases.count_documents({"district": district})
            gone = await self._withdrawn(district)
            both = await self._cases.count_documents({"_id": {"$in": gone}}) if gone else 0
        return max(0, int(rows) - int(cases) - len(gone) + int(both))

    async def _withdrawn(self, district: str) -> list[str]:
        rows = self.rows.find({"district": district} | WITHDRAWN, {"_id": 1})
        return [row["_id"] for row in await rows.to_list(None)]

    async def candidates(
        self, ids: Sequence[str], district: str, categories: Iterable[str], since: datetime
    ) -> list[Concern]:
        """Those of these concerns that are of these categories and observed since then."""
        fits = {
            "_id": {"$in": list(ids)},
            "district": district,
            "category": {"$in": sorted(set(categories))},
            "observed_from": {"$gte": since},
            **STANDING,
        }
        with translated():
            rows = await self.rows.find(fits).limit(MOST_CANDIDATES).to_list(None)
        return [concern_of(row) for row in rows]

    async def count_in(self, span: Span, district: str) -> int:
        """How many were observed; duplicates, what is out of scope or withdrawn do not count."""
        fits = {
            "district": district,
            "category": {"$in": list(span.categories)},
            "observed_from": {"$gte": span.begins, "$lt": span.ends},
            "place_id": span.place_id,
            **STANDING,
        }
        with translated():
            rows = await self.rows.find(fits, {"_id": 1}).to_list(None)
            ids = [row["_id"] for row in rows]
            passed_over = await self._cases.count_documents(
                {"_id": {"$in": ids}, "state.state": {"$in": list(NOT_COUNTED)}}
            )
        return len(ids) - int(passed_over)

    async def count_observed(self, district: str, begins: datetime, ends: datetime) -> int:
        """How many concerns were observed in a stretch of time."""
        fits = {"district": district, "observed_from": {"$gte": begins, "$lt": ends}} | STANDING
        with translated():
            return int(await self.rows.count_documents(fits))


def concern_of(row: Document) -> Concern:
    """The concern of a row."""
    at = Point(row["lat"], row["lon"]) if row["lat"] is not None else None
    return Concern(
        id=row["_id"],
        category=row["category"],
        place_id=row["place_id"],
        cell=row["cell"],
        point=at,
        observed_from=row["observed_from"],
        registered_at=row["registered_at"],
        source_agency=row["source_agency"],
        wants_feedback=row["wants_feedback"],
        severity=row["severity"],
        recurrence=row["recurrence"],
        has_narrative=row["has_narrative"],
        synthetic=row["synthetic"],
        withdrawn=row.get("withdrawn", False),
    )
