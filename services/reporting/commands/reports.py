"""Build the weekly report: count, protect, print, and publish that it was built."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Final

from services.reporting.commands import printing
from services.reporting.domain import order
from services.reporting.domain.order import ReportType
from services.reporting.domain.picture import METHOD_VERSION, Picture
from services.reporting.domain.situation import Composed, Edition, Week, compose
from services.reporting.domain.table import Counted
from services.reporting.store import EditionFound, Store
from shared.contracts.district import District
from shared.contracts.envelope import Provenance
from shared.contracts.ids import aggregate_id
from shared.contracts.refusal import Refused
from shared.contracts.reports import ReportBuilt
from shared.store import Conflict, Document, DuplicateId
from shared.store.stream import Stream

ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Built:
    """A built report; `replayed` when the same order had built it before."""

    edition: EditionFound
    replayed: bool


class Reports:
    """Builds the reports of a district, one edition after the other."""

    def __init__(
        self, store: Store, stream: Stream, *, district: District, synthetic: bool
    ) -> None:
        self._store = store
        self._stream = stream
        self._district = district
        self._synthetic = synthetic

    async def build_weekly(self, week: str, key: str, why: Provenance) -> Built:
        """The report of a week, under the order's key.

        The same key and week give the report built before. Raises Refused when the week is not
        over or the key was used for another week.
        """
        return await self._once(aggregate_id("report", why.agency, key), week, why)

    async def renew_weekly(self, week: str, why: Provenance) -> Built:
        """The report a week gets by itself: one edition, under an id no order can have."""
        return await self._once(aggregate_id("report-upkeep", why.district, week), week, why)

    async def _once(self, report_id: str, week: str, why: Provenance) -> Built:
        refusal = order.refused(week, why.time)
        if refusal is not None:
            raise Refused(refusal)
        for _ in range(ATTEMPTS):
            before = await self._store.edition_by_id(report_id)
            if before is not None:
                return self._same(before, week)
            try:
                return Built(await self._build(report_id, week, why), replayed=False)
            except DuplicateId:
                continue  # the same order, or another edition, came first
        raise Conflict("EDITION_CONTENDED")

    async def preliminary(self, week: str, as_of: str) -> Picture:
        """The picture of a week as counted now, for as long as no report of it stands."""
        known = await self._week(week, None)
        edition = Edition(as_of, preliminary=True, synthetic=self._synthetic)
        return compose(known, self._district, edition).picture

    async def _build(self, report_id: str, week: str, why: Provenance) -> EditionFound:
        latest = await self._store.edition(self._district.code, week)
        known = await self._week(week, latest)
        edition = Edition(order.told(why.time), preliminary=False, synthetic=self._synthetic)
        composed = await asyncio.to_thread(compose, known, self._district, edition)
        pdf = await asyncio.to_thread(printing.weekly, composed.picture)
        sha256 = hashlib.sha256(pdf).hexdigest()
        number = 1 if latest is None else latest.edition + 1
        kept = _kept(composed, pdf, number)
        await self._stream.append(
            report_id,
            expected=None,
            state={"built_at": edition.as_of, "sha256": sha256},
            events=[_event(composed.picture, sha256)],
            provenance=why,
            extra=kept,
        )
        return EditionFound(
            report_id, number, edition.as_of, sha256, kept["content"], composed.persons, pdf
        )

    async def _week(self, week: str, latest: EditionFound | None) -> Week:
        store, district = self._store, self._district.code
        first, last = order.days(week)
        aside = await self._aside(week, latest)
        return Week(
            week=week,
            counted=Counted(
                counts=await store.counts_of_week(district, week),
                places=await store.places(district),
                published=None if latest is None else latest.persons,
            ),
            agencies=aside.agencies,
            quarantined=aside.quarantined,
            diverted=aside.diverted,
            picture=await store.adopted_picture(district, week),
            actions=await store.actions_between(district, first, last),
        )

    async def _aside(self, week: str, latest: EditionFound | None) -> "_Aside":
        """The counts beside the table. What an edition told of them stands, as its table does."""
        if latest is not None:
            told = Picture.model_validate(latest.content)
            set_aside = told.set_aside
            return _Aside(told.effort.agencies, set_aside.quarantined or 0, set_aside.diverted or 0)
        district = self._district.code
        quarantined, diverted = await self._store.set_aside(district, week)
        return _Aside(await self._store.agencies_of_week(district, week), quarantined, diverted)

    def _same(self, before: EditionFound, week: str) -> Built:
        if before.content["week"] != week:
            raise Refused(order.KEY_REUSED)
        return Built(before, replayed=True)


@dataclass(frozen=True, slots=True)
class _Aside:
    agencies: int
    quarantined: int
    diverted: int


def _event(picture: Picture, sha256: str) -> ReportBuilt:
    return ReportBuilt(
        report_type=ReportType.WEEKLY_SITUATION.value,
        period=picture.week,
        rows=len(picture.places),
        suppressed_cells=picture.rule.hidden_cells,
        method_version=METHOD_VERSION,
        sha256=sha256,
    )


def _kept(composed: Composed, pdf: bytes, number: int) -> Document:
    return {
        "report_type": ReportType.WEEKLY_SITUATION.value,
        "period": composed.picture.week,
        "edition": number,
        "content": composed.picture.model_dump(mode="json"),
        "persons": {
            "shown": [[*cell, n] for cell, n in sorted(composed.persons.shown.items())],
            "hidden": [list(cell) for cell in sorted(composed.persons.hidden)],
            "withheld": composed.persons.withheld,
        },
        "pdf": pdf,
    }
