"""Where each partition stands: pure rules about which records of a poll may be applied.

A batch must start exactly at the fence's next offset. Lower: what is applied already is dropped.
Higher: something was skipped, unless a read that began exactly at the fence came out there: then
the log itself has a gap (compaction, transaction markers, retention).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.bus.codec import Arrived, Poison
from shared.store.fences import Fence


class Verdict(StrEnum):
    """What to do with one partition's records of a poll."""

    APPLY = "APPLY"
    STALE = "STALE"  # polled before the fence was taken: it comes again
    NOT_HELD = "NOT_HELD"  # the fence has to be taken first
    BEHIND = "BEHIND"  # all of it is applied already: find out why we read here
    SKIPPED = "SKIPPED"  # records between the fence and the batch were never seen


@dataclass(slots=True)
class Held:
    """A partition this process has taken: its fence, and what has been sent on its way after it.

    `next` is the offset to go on with once the batch under way has landed.
    """

    fence: Fence
    since: int  # the how-manieth taking this was
    next: int
    sought: bool = True  # the next read begins at `next`


@dataclass(frozen=True, slots=True)
class Portion:
    """What of one partition's records is to be applied, and what was left out before it."""

    held: Held
    partition: int
    things: Sequence[Arrived | Poison]
    next: int
    dropped: int
    gap: int


def judge(held: Held | None, things: Sequence[Arrived | Poison], polled: int) -> Verdict:
    """Whether these records, in order, continue what has been applied.

    `polled` is how many times partitions had been taken when these records were polled.
    """
    if held is None:
        return Verdict.NOT_HELD
    if held.since > polled:
        return Verdict.STALE
    if things[0].record.offset > held.next and not held.sought:
        return Verdict.SKIPPED
    if things[-1].record.offset < held.next:
        return Verdict.BEHIND
    return Verdict.APPLY


def portion(held: Held, things: Sequence[Arrived | Poison]) -> Portion:
    """What of these records is new; `gap` counts offsets the log does not have."""
    start = held.next
    new = [thing for thing in things if thing.record.offset >= start]
    return Portion(
        held=held,
        partition=things[0].record.partition,
        things=new,
        next=new[-1].record.offset + 1,
        dropped=len(things) - len(new),
        gap=max(0, things[0].record.offset - start),
    )
