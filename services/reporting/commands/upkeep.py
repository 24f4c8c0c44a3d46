"""What reporting does by itself: indexes at start, and the report of a week that is over."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from services.reporting.commands.reports import Reports
from services.reporting.domain.order import finished
from services.reporting.store import Store
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.contracts.envelope import Provenance
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.store import StoreError
from shared.store.stream import Stream
from shared.telemetry import context, log
from shared.telemetry.clock import Clock

EVERY_SECONDS: Final = 600.0
AGAIN_SECONDS: Final = 1.0
GRACE: Final = timedelta(hours=36)
"""What was seen on a Sunday may be reported until Tuesday noon."""

_log = log.get(__name__)


class Upkeep:
    """Runs as long as the app does; MongoDB may be away, also at the start."""

    def __init__(
        self,
        store: Store,
        stream: Stream,
        reports: Reports,
        *,
        district: District,
        clock: Clock,
        demo: bool,
    ) -> None:
        """In a demo time stands still between ticks: only they publish."""
        self._demo = demo
        self._store = store
        self._stream = stream
        self._reports = reports
        self._district = district
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin in the background."""
        self._task = asyncio.create_task(self._run(), name="upkeep")

    async def stop(self) -> None:
        """End, and let go of MongoDB: the last to stop."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._store.close()

    async def publish_finished(self, now: datetime) -> None:
        """Build the report of every week that is over, has reports and no edition yet."""
        code = self._district.code
        published = set(await self._store.published_weeks(code))
        for week in await self._store.weeks(code):
            if week not in published and finished(week, now - GRACE):
                await self._reports.build_weekly(week, f"upkeep-{week}", self._why(now))
                _log.info("weekly report built", period=week)

    async def _run(self) -> None:
        prepared = False
        while True:
            try:
                if not prepared:
                    await self._store.prepare()
                    await self._stream.prepare()
                    prepared = True
                if not self._demo:
                    await self.publish_finished(self._clock.now())
            except StoreError as error:
                _log.warning("upkeep waits", code=error.code)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                await asyncio.sleep(EVERY_SECONDS)

    def _why(self, now: datetime) -> Provenance:
        trace = context.new_trace()
        return Provenance(
            time=now,
            district=DistrictCode(self._district.code),
            agency=AgencyCode("DISTRICT_COORD"),
            actor_role=Role.SYSTEM,
            correlation_id=trace.correlation_id,
            traceparent=trace.traceparent,
        )
