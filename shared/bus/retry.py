"""Waiting longer after each failure, up to a bound, and never in step with the neighbours."""

import asyncio
import random
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
