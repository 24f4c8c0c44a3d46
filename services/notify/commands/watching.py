"""The live stream: what happens is numbered, kept for a while, and followed from any number."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from services.notify.domain.live import Row
from services.notify.store import Store, Told

POLL_SECONDS: Final = 1.0  # how soon lines told by another process are seen
HEARTBEAT_SECONDS: Final = 15.0
LONGEST_SECONDS: Final = 3600.0  # then the reader comes again and shows who they are
KEPT: Final = 20_000
AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Missed:
    """The reader's number is too old or unknown: everything may have changed."""

    number: int


@dataclass(frozen=True, slots=True)
class Beat:
    """Nothing for a while; the number is where to go on from."""

    number: int


class Watching:
    """Tells and follows."""

    def __init__(
        self, store: Store, *, heartbeat: float = HEARTBEAT_SECONDS, kept: int = KEPT
    ) -> None:
        self._store = store
        self._heartbeat = heartbeat
        self._kept = kept
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._forgotten = 0

    async def tell(self, rows: Iterable[Row]) -> None:
        """Number these lines and keep them, each event once."""
        waiting = list(rows)
        for start in range(0, len(waiting), AT_ONCE):
            async with self._turn:
                last = await self._store.tell(waiting[start : start + AT_ONCE])
            if last is not None:
                await self._forget(last - self._kept)
                self._ring()

    async def follow(
        self, after: int | None, ending: Callable[[], bool] = lambda: False
    ) -> AsyncIterator[Told | Missed | Beat]:
        """Every line after a number (or from now on), with beats between.

        Ends after an hour, or soon after the service is `ending`.
        """
        number = await self._begin(after)
        yield Missed(number) if after is not None and number != after else Beat(number)
        loop = asyncio.get_running_loop()
        end, beat = loop.time() + LONGEST_SECONDS, loop.time() + self._heartbeat
        while loop.time() < end and not ending():
            news = self._news
            told = await self._store.told_after(number, AT_ONCE)
            for line in told:
                number = line.number
                yield line
            if loop.time() >= beat:
                yield Beat(number)
                beat = loop.time() + self._heartbeat
            if not told:
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), min(POLL_SECONDS, self._heartbeat))

    async def _begin(self, after: int | None) -> int:
        before_oldest, last = await self._store.told_span()
        return after if after is not None and before_oldest <= after <= last else last

    async def _forget(self, up_to: int) -> None:
        if up_to - self._forgotten >= self._kept // 20 + 1:
            await self._store.forget_told(up_to)
            self._forgotten = up_to

    def _ring(self) -> None:
        rung, self._news = self._news, asyncio.Event()
        rung.set()
