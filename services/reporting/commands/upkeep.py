"""What reporting does by itself: indexes at start, and the report of a week that is over."""

import asyncio
from datetime import datetime
from typing import Final

from services.reporting.commands.reports import Reports
from services.reporting.domain.order import due
from services.reporting.store import Store
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.contracts.envelope import Provenance
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.store import StoreError, Unavailable
from shared.store.stream import Stream
from shared.telemetry import context, log
from shared.telemetry.clock import Clock
from shared.telemetry.health import Status

EVERY_SECONDS: Final = 600.0
AGAIN_SECONDS: Final = 1.0
LONGEST_PAUSE: Final = 30.0

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
        self._prepared = False
        self._trouble: str | None = None
        self._weeks_failed = False

    async def start(self) -> None:
        """Begin in the background."""
        self._task = asyncio.create_task(self._run(), name="upkeep")

    async def stop(self) -> None:
        """End, and let go of MongoDB: the last to stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._store.close()

    def status(self) -> Status:
        """Whether the last round did all it should, and there will be a next one."""
        if self._task is None or self._task.done():
            return Status(ok=False, detail_code="NOT_RUNNING")
        trouble = self._trouble or ("WEEKS_FAILED" if self._weeks_failed else None)
        return Status(ok=True) if trouble is None else Status(ok=False, detail_code=trouble)

    async def publish_finished(self, now: datetime) -> None:
        """Build the report of every week whose reports are in and that has none built since.

        Each week is tried by itself: one that cannot be built does not stand in others' way.
        """
        code, failed = self._district.code, 0
        built = await self._store.built_at(code)
        for week in await self._store.weeks(code):
            if due(week, built.get(week), now):
                failed += not await self._publish(week, now)
        self._weeks_failed = bool(failed)

    async def _publish(self, week: str, now: datetime) -> bool:
        try:
            await self._reports.renew_weekly(week, self._why(now))
        except Unavailable:
            raise  # the other weeks would fare no better
        except Exception:  # noqa: BLE001 - logged and told by health; the other weeks go on
            _log.exception("weekly report failed", period=week)
            return False
        _log.info("weekly report built", period=week)
        return True

    async def _run(self) -> None:
        pause = AGAIN_SECONDS
        while True:
            if await self._round():
                pause = AGAIN_SECONDS
                await asyncio.sleep(EVERY_SECONDS)
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _round(self) -> bool:
        """One look at everything; whatever happens, there is a next one."""
        try:
            await self._prepare()
            if not self._demo:
                await self.publish_finished(self._clock.now())
        except StoreError as error:
            _log.warning("upkeep waits", code=error.code)
            self._trouble = error.code
        except Exception:  # noqa: BLE001 - logged and told by health; it must not end unseen
            _log.exception("upkeep failed")
            self._trouble = "FAILED"
        else:
            self._trouble = None
        return self.status().ok

    async def _prepare(self) -> None:
        if not self._prepared:
            await self._store.prepare()
            await self._stream.prepare()
            self._prepared = True

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
