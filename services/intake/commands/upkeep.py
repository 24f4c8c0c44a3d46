"""What intake does by itself: indexes at start, and from time to time the sweeping up."""

import asyncio
from datetime import datetime
from typing import Final

from services.intake.commands.contacts import Contacts
from services.intake.commands.vault import Vault
from services.intake.store import Store
from shared.store.errors import StoreError
from shared.telemetry import log
from shared.telemetry.clock import Clock
from shared.telemetry.health import Status

EVERY_SECONDS: Final = 600.0
AGAIN_SECONDS: Final = 1.0
LONGEST_AGAIN_SECONDS: Final = 60.0

_log = log.get(__name__)


class Upkeep:
    """Runs as long as the app does; MongoDB may be away, also at the start."""

    def __init__(self, store: Store, vault: Vault, contacts: Contacts, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._contacts = contacts
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._prepared = False
        self._faults = 0

    async def start(self) -> None:
        """Begin in the background."""
        self._task = asyncio.create_task(self._run(), name="upkeep")

    async def stop(self) -> None:
        """Finish what is being written and end, whatever became of the loop."""
        try:
            if self._prepared:
                await self._vault.leave()
            await self._store.stop()
        except Exception as error:  # noqa: BLE001 - the other parts must be stopped too
            _log.error("upkeep failed", exc_info=error)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def check(self) -> Status:
        """Whether MongoDB answers."""
        try:
            await self._store.ping()
        except StoreError as error:
            return Status(ok=False, detail_code=error.code)
        return Status(ok=True)

    def running(self) -> Status:
        """Whether the loop goes round without faults of our own."""
        if self._task is None or self._task.done():
            return Status(ok=False, detail_code="STOPPED")
        return Status(ok=False, detail_code="FAILING") if self._faults else Status(ok=True)

    async def sweep(self, now: datetime) -> None:
        """Forget diverted reports and contacts past their day, destroy keys without a concern.

        `now` is the reports' time; keys are swept by the wall clock, whatever day a demo plays.
        """
        forgotten = await self._store.forget_diverted(now)
        forgotten += await self._contacts.sweep(now)
        orphans = await self._vault.sweep()
        if forgotten or orphans:
            _log.info("swept", records=forgotten, dropped=orphans)

    async def _run(self) -> None:
        while True:
            rest = await self._round()
            await asyncio.sleep(rest)

    async def _round(self) -> float:
        """Do what is due; answers how long to rest."""
        try:
            if not self._prepared:
                await self._store.prepare()
                self._prepared = True
            await self._vault.announce()
            await self.sweep(self._clock.now())
        except StoreError as error:
            _log.warning("upkeep waits", code=error.code)
            return AGAIN_SECONDS
        except Exception as error:  # noqa: BLE001 - the loop must outlive what nobody foresaw
            self._faults += 1
            _log.error("upkeep failed", exc_info=error)
            return float(min(AGAIN_SECONDS * 2 ** min(self._faults, 10), LONGEST_AGAIN_SECONDS))
        self._faults = 0
        return EVERY_SECONDS
