"""What notify does by itself at start: its indexes, however long MongoDB is away."""

import asyncio
from typing import Final

from services.notify.store import Store
from shared.store.errors import StoreError
from shared.telemetry import log
from shared.telemetry.health import Status

AGAIN_SECONDS: Final = 1.0
LONGEST_AGAIN_SECONDS: Final = 60.0

_log = log.get(__name__)


class Upkeep:
    """Runs until the indexes stand."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._task: asyncio.Task[None] | None = None
        self._prepared = False

    async def start(self) -> None:
        """Begin in the background."""
        self._task = asyncio.create_task(self._run(), name="upkeep")

    async def stop(self) -> None:
        """End, whatever became of the loop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def done(self) -> Status:
        """Whether the indexes stand; without them every round of the sender reads all rows."""
        return Status(ok=True) if self._prepared else Status(ok=False, detail_code="NOT_PREPARED")

    async def _run(self) -> None:
        rest = AGAIN_SECONDS
        while not self._prepared:
            try:
                await self._store.prepare()
                self._prepared = True
            except StoreError as error:
                _log.warning("upkeep waits", code=error.code)
                await asyncio.sleep(AGAIN_SECONDS)
            except Exception as error:  # noqa: BLE001 - the loop must outlive what nobody foresaw
                _log.error("upkeep failed", exc_info=error)
                await asyncio.sleep(rest)
                rest = min(2 * rest, LONGEST_AGAIN_SECONDS)
