"""What coordination does by itself: indexes at start, and reminders as time goes by."""

import asyncio
from typing import Final

from services.coordination.commands.reminders import Reminders
from services.coordination.store import Store
from shared.store.errors import StoreError
from shared.telemetry import log
from shared.telemetry.clock import Clock
from shared.telemetry.health import Status

AGAIN_SECONDS: Final = 1.0
LONGEST_AGAIN_SECONDS: Final = 60.0

_log = log.get(__name__)


class Upkeep:
    """Runs as long as the app does; MongoDB may be away, also at the start."""

    def __init__(
        self, store: Store, reminders: Reminders, clock: Clock, *, every: float | None
    ) -> None:
        """`every` is seconds between reminders; None leaves them to the demo's ticks."""
        self._store = store
        self._reminders = reminders
        self._clock = clock
        self._every = every
        self._task: asyncio.Task[None] | None = None
        self._prepared = False
        self._faults = 0

    async def start(self) -> None:
        """Begin in the background."""
        self._task = asyncio.create_task(self._run(), name="upkeep")

    async def stop(self) -> None:
        """End, whatever became of the loop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def running(self) -> Status:
        """Whether the loop goes round without faults of our own."""
        if self._has_work and (self._task is None or self._task.done()):
            return Status(ok=False, detail_code="STOPPED")
        return Status(ok=False, detail_code="FAILING") if self._faults else Status(ok=True)

    @property
    def _has_work(self) -> bool:
        return self._every is not None or not self._prepared

    async def _run(self) -> None:
        while self._has_work:
            rest = await self._round()
            await asyncio.sleep(rest)

    async def _round(self) -> float:
        """Do what is due; answers how long to rest."""
        try:
            if not self._prepared:
                await self._store.prepare()
                self._prepared = True
            if self._every is not None:
                await self._reminders.remind(self._clock.now())
        except StoreError as error:
            _log.warning("upkeep waits", code=error.code)
            return AGAIN_SECONDS
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the reminders
            self._faults += 1
            _log.error("upkeep failed", exc_info=error)
            return min(AGAIN_SECONDS * 2.0**self._faults, LONGEST_AGAIN_SECONDS)
        self._faults = 0
        return self._every or 0.0
