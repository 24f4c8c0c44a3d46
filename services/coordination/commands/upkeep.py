"""What coordination does by itself: indexes at start, and reminders as time goes by."""

import asyncio
from contextlib import suppress
from typing import Final

from services.coordination.commands.reminders import Reminders
from services.coordination.store import Store
from shared.store.errors import StoreError
from shared.telemetry import log
from shared.telemetry.clock import Clock

AGAIN_SECONDS: Final = 1.0

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

    async def start(self) -> None:
        """Begin in the background."""
        self._task = asyncio.create_task(self._run(), name="upkeep")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        prepared = False
        while not prepared or self._every is not None:
            try:
                if not prepared:
                    await self._store.prepare()
                    prepared = True
                if self._every is not None:
                    await self._reminders.remind(self._clock.now())
            except StoreError as error:
                _log.warning("upkeep waits", code=error.code)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                await asyncio.sleep(self._every or 0)
