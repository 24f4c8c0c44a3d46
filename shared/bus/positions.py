"""Where each partition stands: pure rules about which records of a poll may be applied.

A batch must start exactly at the fence's next offset. Lower: what is applied already is dropped.
Higher: something was skipped, unless a read that began exactly at the fence came out there: then
the log itself has a gap (compaction, transaction markers, retention).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.bus.codec import Record
from shared.store.fences import Fence


class Verdict(StrEnum):
    """What to do with one partition's records of a poll."""

    APPLY = "APPLY"
    NOT_HELD = "NOT_HELD"  # the fence has to be taken first
    BEHIND = "BEHIND"  # all of it is applied already: find out why we read here
    SKIPPED = "SKIPPED"  # records between the fence and the batch were never seen


@dataclass(slots=True)
class Held:
    """A partition this process has taken: its fence, and whether the next read begins there."""

    fence: Fence
    sought: bool = False


@dataclass(frozen=True, slots=True)
class Portion:
    """The records of one partition that are to be applied, and what was left out before them."""

    held: Held
    partition: int
    records: Sequence[Record]
    next: int
    dropped: int
    gap: int


def judge(held: Held, records: Sequence[Record]) -> Verdict:
    """Whether these records, in order, continue what has been applied."""
    if records[0].offset > held.fence.next and not held.sought:
        return Verdict.SKIPPED
    if records[-1].offset < held.fence.next:
        return Verdict.BEHIND
    return Verdict.APPLY


def portion(held: Held, records: Sequence[Record]) -> Portion:
    """What of these records is new; `gap` counts offsets the log does not have."""
    start = held.fence.next
    new = [record for record in records if record.offset >= start]
    return Portion(
        held=held,
        partition=records[0].partition,
        records=new,
        next=new[-1].offset + 1,
        dropped=len(records) - len(new),
        gap=max(0, records[0].offset - start),
    )


def by_partition(records: Iterable[Record]) -> dict[int, list[Record]]:
    """A poll's records by partition, each in the order of the log."""
    found: dict[int, list[Record]] = {}
    for record in records:
        found.setdefault(record.partition, []).append(record)
    return found
