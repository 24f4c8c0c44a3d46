"""Every MongoDB query of reporting. Fixed reports read counters; only lists read rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.reporting.domain.circulation import Cell
from services.reporting.domain.disclosure import Protected
from shared.store import (
    ASCENDING,
    DESCENDING,
    Client,
    Collection,
    Database,
    Document,
    StoreError,
    of_one_moment,
    translated,
)
from shared.telemetry.health import Status

WEEKLY: Final = ("concern_counters", "agency_counters", "quarantine_counters", "diversion_counters")
NOT_LISTED: Final = {"pdf": 0, "content": 0, "persons": 0, "outbox": 0}


@dataclass(frozen=True, slots=True)
class Found:
    """One page of rows, and how many there are in all."""

    rows: list[Document]
    total: int


@dataclass(frozen=True, slots=True)
class EditionFound:
    """A built report: its place among the editions of its period, its content and its file."""

    report_id: str
    edition: int
    built_at: str
    sha256: str
    content: Document
    persons: Protected
    pdf: bytes


class Store:
    """The read models of reporting, and its reports."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database

    @property
    def reports(self) -> Collection:
        """The collection of the stream of reports."""
        return self._database["reports"]

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat. Few: each costs the projector."""
        with translated():
            for name in WEEKLY:
                await self._database[name].create_index(
                    [("district", ASCENDING), ("week", ASCENDING)], name="by_week"
                )
            await self.reports.create_index(
                [
                    ("district", ASCENDING),
                    ("report_type", ASCENDING),
                    ("period", ASCENDING),
                    ("edition", ASCENDING),
                ],
                name="one_edition",
                unique=True,
            )

    async def answers(self) -> Status:
        """Whether MongoDB answers."""
        try:
            await self._client.ping()
        except StoreError as error:
            return Status(ok=False, detail_code=error.code)
        return Status(ok=True)

    async def close(self) -> None:
        """Let go of MongoDB."""
        await self._client.close()

    async def rows(
        self, view: str, wanted: Mapping[str, Any], *, limit: int, skip: int = 0
    ) -> Found:
        """A page of a view's rows, in the order of their ids."""
        with translated():
            total = await self._database[view].count_documents(dict(wanted))
            found = self._database[view].find(dict(wanted)).sort("_id", ASCENDING)
            return Found(await found.skip(skip).limit(limit).to_list(None), total)

    async def row(self, view: str, row_id: str, district: str) -> Document | None:
        """One row of a district."""
        with translated():
            return await self._database[view].find_one({"_id": row_id, "district": district})

    async def registered(self, wanted: Mapping[str, Any], *, limit: int, skip: int) -> Found:
        """A page of registered concerns by place, category and week; counted by counters."""
        counted = {name: value for name, value in wanted.items() if name != "state"}
        summed = await self.counters("concern_counters", counted, [])
        with translated():
            found = self._database["concerns"].find(dict(wanted)).sort("_id", ASCENDING)
            rows = await found.skip(skip).limit(limit).to_list(None)
        return Found(rows, summed[0]["n"] if summed else 0)

    async def concern_rows(self, wanted: Mapping[str, Any], *, limit: int, skip: int) -> Found:
        """A page of concerns in any state, counted one by one."""
        return await self.rows("concerns", wanted, limit=limit, skip=skip)

    async def counts_of_week(self, district: str, week: str) -> dict[Cell, int]:
        """Registered concerns of a week by (place id, category)."""
        found = await self._of_week("concern_counters", district, week)
        counts: dict[Cell, int] = {}
        for row in found:
            cell = (row["place_id"], row["category"])
            counts[cell] = counts.get(cell, 0) + row["n"]
        return counts

    async def agencies_of_week(self, district: str, week: str) -> int:
        """How many agencies reported in a week."""
        found = await self._of_week("agency_counters", district, week)
        return len({row["agency"] for row in found if row["n"]})

    async def set_aside(self, district: str, week: str) -> tuple[int, int]:
        """How many reports of a week are in quarantine, and how many were diverted."""
        quarantined = await self._of_week("quarantine_counters", district, week)
        diverted = await self._of_week("diversion_counters", district, week)
        return sum(row["n"] for row in quarantined), sum(row["n"] for row in diverted)

    async def weeks(self, district: str) -> list[str]:
        """The weeks anything was registered in, oldest first."""
        with translated():
            found = await self._database["concern_counters"].distinct(
                "week", {"district": district}
            )
        return sorted(found)

    async def counters(
        self, name: str, wanted: Mapping[str, Any], by: Sequence[str]
    ) -> list[Document]:
        """Counters summed over their writers, grouped by some of their dimensions."""
        key = {field: f"${field}" for field in by}
        stages: list[Document] = [
            {"$match": dict(wanted)},
            {"$group": {"_id": key, "n": {"$sum": "$n"}}},
            {"$sort": {f"_id.{field}": ASCENDING for field in by} if by else {"n": DESCENDING}},
        ]
        found = await of_one_moment(self._database[name], stages)
        return [{**row["_id"], "n": row["n"]} for row in found]

    async def places(self, district: str) -> list[Document]:
        """Every place of the district."""
        with translated():
            return await self._database["places"].find({"district": district}).to_list(None)

    async def adopted_picture(self, district: str, week: str) -> Document | None:
        """The level the group adopted for a week, if any."""
        wanted = {"district": district, "week": week, "state": "ADOPTED"}
        with translated():
            return await self._database["pictures"].find_one(wanted, sort=[("_id", ASCENDING)])

    async def actions_between(self, district: str, first: str, last: str) -> list[Document]:
        """Measures that ended on these days, in a fixed order."""
        wanted = {"district": district, "closed_on": {"$gte": first, "$lte": last}}
        order = [("closed_on", ASCENDING), ("_id", ASCENDING)]
        with translated():
            return await self._database["actions"].find(wanted).sort(order).to_list(None)

    async def meetings_by_term(self, district: str) -> dict[str, int]:
        """How many SSPF outcomes each term has."""
        found = await self.counters("sspf_outcomes_by_term", {"district": district}, ["term"])
        return {row["term"]: row["n"] for row in found}

    async def attestations(self, district: str) -> list[Document]:
        """The attested terms."""
        with translated():
            return await self._database["sspf_terms"].find({"district": district}).to_list(None)

    async def cautions(self) -> dict[str, Document]:
        """The latest import of each source: it carries the caution its figures are shown with."""
        with translated():
            found = await self._database["imports"].find().sort("taken_at", ASCENDING).to_list(None)
        return {row["source"]: row for row in found}

    async def edition(self, district: str, week: str) -> EditionFound | None:
        """The latest edition of a week's report."""
        wanted = {"district": district, "report_type": "weekly-situation", "period": week}
        with translated():
            found = await self.reports.find_one(wanted, sort=[("edition", DESCENDING)])
        return None if found is None else _edition(found)

    async def edition_by_id(self, report_id: str) -> EditionFound | None:
        """One built report."""
        with translated():
            found = await self.reports.find_one({"_id": report_id})
        return None if found is None else _edition(found)

    async def published_weeks(self, district: str) -> list[str]:
        """The weeks with a published report, oldest first."""
        return sorted(await self.built_at(district))

    async def built_at(self, district: str) -> dict[str, datetime]:
        """When the latest edition of each published week was built."""
        wanted = {"district": district, "report_type": "weekly-situation"}
        with translated():
            found = self.reports.find(wanted, {"period": 1, "state.built_at": 1})
            rows = await found.sort("edition", ASCENDING).to_list(None)
        return {row["period"]: datetime.fromisoformat(row["state"]["built_at"]) for row in rows}

    async def built(self, district: str, *, limit: int, skip: int) -> Found:
        """A page of built reports, newest period first, without their content."""
        wanted = {"district": district}
        order = [("period", DESCENDING), ("edition", DESCENDING)]
        with translated():
            total = await self.reports.count_documents(wanted)
            found = self.reports.find(wanted, NOT_LISTED).sort(order).skip(skip).limit(limit)
            return Found(await found.to_list(None), total)

    async def _of_week(self, name: str, district: str, week: str) -> list[Document]:
        with translated():
            return (
                await self._database[name].find({"district": district, "week": week}).to_list(None)
            )


def _edition(found: Document) -> EditionFound:
    return EditionFound(
        report_id=found["_id"],
        edition=found["edition"],
        built_at=found["state"]["built_at"],
        sha256=found["state"]["sha256"],
        content=found["content"],
        persons=Protected(
            {(place, code): n for place, code, n in found["persons"]["shown"]},
            frozenset((place, code) for place, code in found["persons"]["hidden"]),
            withheld=found["persons"]["withheld"],
        ),
        pdf=bytes(found["pdf"]),
    )
