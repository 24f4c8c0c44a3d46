"""How often somebody may ask: limits, and what has been counted against them.

Everything is counted in this process alone: two processes of a service let through twice as much.
A limit is written as the library `limits` has it, `2500/10 seconds`. What is counted slides, as two
counters tell it: the window before weighs less the longer the present one lasts. The counters of
two windows are all that is kept, and of at most `MOST` callers each: those beyond share one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Final, NamedTuple

from limits import parse_many

MOST: Final = 50_000
IN_DEMO: Final = 100  # the whole demo comes from one address
_REST: Final = b""
_HAIR: Final = 1e-6  # what sums of parts of a window may be wrong by


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many requests in so many seconds."""

    amount: int
    seconds: int

    @classmethod
    def of(cls, written: str, times: int = 1) -> "Rate":
        """The limit of the text, so many times as generous; ValueError when it is not one."""
        [item] = parse_many(written)
        if item.amount < 1:
            raise ValueError("a limit lets something through")
        return cls(item.amount * times, item.get_expiry())


class Standing(NamedTuple):
    """Whether one more is within the limit, how many are left, and seconds until there are more."""

    within: bool
    left: int
    seconds: int


class Windows:
    """What each caller has used of one limit."""

    def __init__(
        self, rate: Rate, clock: Callable[[], float] = monotonic, *, most: int = MOST
    ) -> None:
        self.rate = rate
        self._clock = clock
        self._most = most
        self._number = -1
        self._before: dict[bytes, int] = {}
        self._now: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._before) + len(self._now)

    def hit(self, who: bytes) -> Standing:
        """Count one request, if it is within the limit."""
        gone = self._turned()
        if len(self._now) >= self._most and who not in self._now:
            who = _REST
        count = self._now.get(who, 0)
        standing = self._standing(self._before.get(who, 0), count, gone)
        if standing.within:
            self._now[who] = count + 1
        return standing

    def standing(self, who: bytes) -> Standing:
        """How it stands, without counting."""
        gone = self._turned()
        return self._standing(self._before.get(who, 0), self._now.get(who, 0), gone)

    def _turned(self) -> float:
        """The part of the present window that is gone, once the past ones are dropped."""
        number, seconds = divmod(self._clock(), self.rate.seconds)
        if number != self._number:
            self._before = self._now if number == self._number + 1 else {}
            self._now = {}
            self._number = int(number)
        return seconds / self.rate.seconds

    def _standing(self, before: int, now: int, gone: float) -> Standing:
        left = self.rate.amount - ceil(before * (1 - gone) - _HAIR) - now
        if left > 0:
            return Standing(within=True, left=left - 1, seconds=self._until(1 - gone))
        return Standing(within=False, left=0, seconds=self._wait(before, now, gone))

    def _wait(self, before: int, now: int, gone: float) -> int:
        """Seconds until one more is within the limit."""
        room = self.rate.amount - 1
        if now <= room:
            return self._until((1 - (room - now) / before) - gone)
        return self._until((1 - gone) + (1 - room / now))

    def _until(self, part: float) -> int:
        return max(1, ceil(part * self.rate.seconds - _HAIR))
