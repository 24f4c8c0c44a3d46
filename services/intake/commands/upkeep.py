"""What intake does by itself: indexes at start, and from time to time the sweeping up."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Final

from services.intake.commands.vault import Vault
from services.intake.store import Store
from shared.store.errors import StoreError
from shared.telemetry import log
from shared.telemetry.clock import Clock
from shared.telemetry.health import Status

EVERY_SECONDS: Final = 600.0
AGAIN_SECONDS: Final = 1.0

_log = log.get(__name__)


class Upkeep:
    """Runs as long as the app does; MongoDB may be away, also at the start."""

    def __init__(self, store: Store, vault: Vault, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin in the background."""
        self._task = asyncio.create_task(self._run(), name="upkeep")

    async def stop(self) -> None:
        """Finish what is being written and end."""
        await self._store.stop()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def check(self) -> Status:
        """Whether MongoDB answers."""
        try:
            await self._store.ping()
        except StoreError as error:
            return Status(ok=False, detail_code=error.code)
        return Status(ok=True)

    async def sweep(self, now: datetime) -> None:
        """Forget yesterday's diverted reports and destroy keys without a concern."""
        forgotten = await self._store.forget_diverted(now)
        orphans = await self._vault.sweep(now)
        if forgotten or orphans:
            _log.info("swept", records=forgotten, dropped=orphans)

    async def _run(self) -> None:
        prepared = False
        while True:
            try:
                if not prepared:
                    await self._store.prepare()
                    prepared = True
                await self.sweep(self._clock.now())
            except StoreError as error:
                _log.warning("upkeep waits", code=error.code)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                await asyncio.sleep(EVERY_SECONDS)
