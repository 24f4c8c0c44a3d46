"""Waiting longer after each failure, up to a bound, and never in step with the neighbours."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_jitter = random.SystemRandom()


@dataclass(slots=True)
class BackOff:
    """Seconds to wait: doubling from `first` to `most`, each shortened by up to half."""

    first: float = 0.05
    most: float = 5.0
    failures: int = field(default=0, init=False)

    def next(self) -> float:
        """The wait after one more failure."""
        whole = min(self.most, self.first * 2.0 ** min(self.failures, 30))
        self.failures += 1
        return whole * _jitter.uniform(0.5, 1.0)

    async def wait(self) -> None:
        """Wait after one more failure."""
        await asyncio.sleep(self.next())

    def reset(self) -> None:
        """It went well: the next failure waits `first` again."""
        self.failures = 0


class StrayCancellation(Exception):  # noqa: N818 - what it was, not what went wrong
    """A library cancelled something of its own and let the cancellation out."""


@contextmanager
def own_cancellation_only() -> Iterator[None]:
    """Let a cancellation through that was meant for this task; any other is an error.

    aiokafka, closing while its broker is away, awaits tasks it has just cancelled. Taken for a
    cancellation of ours, that would end for ever what has to go on.

    Raises StrayCancellation.
    """
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise StrayCancellation from error
