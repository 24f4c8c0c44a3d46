"""What notify does by itself at start: its indexes, however long MongoDB is away."""

import asyncio
from contextlib import suppress
from typing import Final

from services.notify.store import Store
from shared.store.errors import StoreError
from shared.telemetry import log

AGAIN_SECONDS: Final = 1.0

_log = log.get(__name__)


class Upkeep:
    """Runs until the indexes stand."""

    def __init__(self, store: Store) -> None:
        self._store = store
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
        while True:
            try:
                await self._store.prepare()
            except StoreError as error:
                _log.warning("upkeep waits", code=error.code)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return
