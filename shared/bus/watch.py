"""The watch over the consumers: a consumer can stall while its broker answers every ping.

A reading is stalled when Kafka can be reached and yet it has not polled, or not been given its
partitions, for a minute. Then the process ends, so that its supervisor starts it afresh: nothing
is lost by that, everything here is made to be killed.
"""

import asyncio
import os
import time
from collections.abc import Callable, Sequence

from shared.bus.broker import Consumers
from shared.bus.meters import Meters
from shared.bus.reading import Reading
from shared.telemetry import log
from shared.telemetry.health import Status

STALL_SECONDS = 60.0
EVERY_SECONDS = 5.0
CONNECT_SECONDS = 2.0
EXIT_CODE = 70
_log = log.get(__name__)


def end_process() -> None:
    """End this process at once; whoever supervises it starts it again."""
    os._exit(EXIT_CODE)


class Watch:
    """Looks after the readings of one service."""

    def __init__(
        self,
        consumers: Consumers,
        bootstrap: Sequence[str],
        meters: Meters,
        *,
        on_stall: Callable[[], None] = end_process,
        seconds: float = STALL_SECONDS,
    ) -> None:
        self._consumers = consumers
        self._bootstrap = bootstrap
        self._meters = meters
        self._on_stall = on_stall
        self._seconds = seconds
        self._stalled: list[str] = []

    def live(self) -> Status:
        """Whether every reading goes on."""
        return Status(
            ok=not self._stalled, detail_code="CONSUMER_STALLED" if self._stalled else "OK"
        )

    def ready(self) -> Status:
        """Whether every reading has been given its partitions."""
        joining = any(each.pulse.joining is not None for each in self._consumers.readings)
        return Status(ok=not joining, detail_code="NOT_CONSUMING" if joining else "OK")

    async def run(self) -> None:
        """Look every few seconds, for ever."""
        while True:
            await asyncio.sleep(min(EVERY_SECONDS, self._seconds / 4))
            await self.look()

    async def look(self) -> None:
        """Look once; ends the process when a reading is stalled."""
        silent = [each for each in self._consumers.readings if self._silent(each)]
        if silent and not await reachable(self._bootstrap):
            for reading in silent:
                reading.pulse.excused()
            silent = []
        self._stalled = [reading.group for reading in silent]
        for reading in self._consumers.readings:
            self._meters.stalled.labels(reading.group).set(reading in silent)
        if silent:
            _log.critical("CONSUMER_STALLED", group=self._stalled)
            self._on_stall()

    def _silent(self, reading: Reading) -> bool:
        now, pulse = time.monotonic(), reading.pulse
        if pulse.joining is not None:
            return now - pulse.joining > self._seconds
        polled = now - self._consumers.idle_seconds(reading)
        return now - max(pulse.beat, polled) > self._seconds


async def reachable(bootstrap: Sequence[str]) -> bool:
    """Whether any of the addresses accepts a connection."""
    for address in bootstrap:
        host, _, port = address.rpartition(":")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, writer = await asyncio.open_connection(host, int(port))
        except (OSError, ValueError):
            continue
        writer.close()
        return True
    return False
