"""Another master key: every data key is wrapped anew, a batch at a time; what was sealed stays.

Whoever opens must know both keys while it goes on. A key that was wrapped anew is not wrapped
twice, so that a rotation that was broken off goes on where it stopped.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.intake.commands.trail import Act, Line, Trail
from services.intake.store.wrapped import Kind, Wrapped, WrappedKeys
from shared.contracts.envelope import Provenance
from shared.security.master import MasterKeys
from shared.security.vault import VaultCipher, VaultRefusedError, WrappedKey
from shared.telemetry.clock import Clock

AT_ONCE: Final = 200
SEEN_WITHIN: Final = timedelta(minutes=30)  # three rounds of the upkeep
SUBJECT: Final = "VAULT"


@dataclass(frozen=True, slots=True)
class Rotated:
    """What became of the keys: wrapped anew, and those that no key that is known opens."""

    rewrapped: int
    unreadable: int


class Rotation:
    """Wraps what stands with the current master key."""

    def __init__(self, keys: MasterKeys, wrapped: WrappedKeys, trail: Trail) -> None:
        self._master = keys.current.name
        self._cipher = VaultCipher(keys)
        self._wrapped = wrapped
        self._trail = trail

    async def strangers(self, wall: Clock) -> int:
        """How many running processes do not open with the current master key."""
        holders = await self._wrapped.holders(wall.now() - SEEN_WITHIN)
        return sum(self._master not in masters for masters in holders.values())

    async def run(self, why: Provenance, tell: Callable[[int, int], None]) -> Rotated:
        """Wrap everything anew; `tell` hears how many are done, and of how many."""
        left = await self._wrapped.count_others_than(self._master)
        await self._note(left, why)
        done = Rotated(0, 0)
        for kind in Kind:
            async for some in self._wrapped_anew(kind):
                done = Rotated(done.rewrapped + some.rewrapped, done.unreadable + some.unreadable)
                tell(done.rewrapped + done.unreadable, left)
        await self._note(done.rewrapped, why)
        return done

    async def _wrapped_anew(self, kind: Kind) -> AsyncIterator[Rotated]:
        after, under = "", self._master
        while batch := await self._wrapped.others_than(under, kind, after=after, limit=AT_ONCE):
            after = batch[-1].id
            anew = [(each, new) for each in batch if (new := self._anew(each)) is not None]
            await self._wrapped.replace(anew, under)
            yield Rotated(len(anew), len(batch) - len(anew))

    def _anew(self, each: Wrapped) -> bytes | None:
        try:
            return self._cipher.rewrapped(each.place, WrappedKey(each.key))
        except VaultRefusedError:
            return None

    async def _note(self, count: int, why: Provenance) -> None:
        line = Line(
            act=Act.VAULT_ROTATED, subject=SUBJECT, why=why, reference=self._master, count=count
        )
        await self._trail.note(line)
