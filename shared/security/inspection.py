"""The audit chain gone through from end to end: what is wrong with it, and where. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

from shared.security.audit import AuditKey, Head, Row, number_of

COMPARED: Final = 1_000  # so many numbers are tried for a line that is not at its own


class Fault(StrEnum):
    """What can be wrong with a line, or with the chain."""

    CHANGED = "CHANGED"
    MISSING = "MISSING"
    INSERTED = "INSERTED"
    MOVED = "MOVED"
    UNLINKED = "UNLINKED"
    CUT_OFF = "CUT_OFF"
    BASE_CHANGED = "BASE_CHANGED"
    HEAD_MISSING = "HEAD_MISSING"
    HEAD_CHANGED = "HEAD_CHANGED"
    HEAD_BEHIND = "HEAD_BEHIND"
    NOT_AS_NOTED = "NOT_AS_NOTED"


@dataclass(frozen=True, slots=True)
class Found:
    """One fault.

    Attributes:
        line: the number it is at; for a row whose id no line has, the number before it.
        until: the last number, where several in a row are concerned.
        belongs_at: the number a moved line was written as.
    """

    fault: Fault
    line: int
    until: int | None = None
    belongs_at: int | None = None


@dataclass(slots=True)
class Inspection:
    """Is shown every row in the order of the ids, then the heads; answers what is wrong.

    Attributes:
        base: up to where lines were disposed of by a decision.
        noted: a head that was written down elsewhere, which the chain must still hold.
        lines: how many rows were seen.
    """

    key: AuditKey
    noted: Head | None = None
    base: Head = field(default_factory=Head)
    lines: int = 0
    _last: int = 0
    _link: str | None = None  # of the row before, where that is as it was written
    _noted_link: str | None = None
    _suspects: dict[int, Row] = field(default_factory=dict)
    _gaps: list[tuple[int, int]] = field(default_factory=list)
    _found: list[Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._last, self._link = self.base.count, self.base.link

    def see(self, row: Row) -> None:
        """Look at the next row."""
        self.lines += 1
        number = number_of(row)
        if number is None or number <= self.base.count:
            left_over = number is not None and self.key.wrote(row, number)
            if not left_over:
                self._found.append(Found(Fault.INSERTED, number or self._last))
            return
        if number > self._last + 1:
            self._gaps.append((self._last + 1, number - 1))
            self._link = None
        self._judge(number, row)
        self._last = number

    def _judge(self, number: int, row: Row) -> None:
        if not self.key.wrote(row, number):
            self._suspects[number] = row
            self._link = None
            return
        if self._link not in {None, row["prev"]}:
            self._found.append(Found(Fault.UNLINKED, number))
        self._link = row["link"]
        if self.noted is not None and number == self.noted.count:
            self._noted_link = self._link

    def end(self, before: Row | None, after: Row | None) -> list[Found]:
        """What was found. The head was read `before` the rows and once more `after` them."""
        first, last = self._head(before), self._head(after)
        cut = (self._last + 1, first.count if first else 0)
        found = [*self._found, *self._misplaced(cut, last), *self._about_head(after, last)]
        if self.noted is not None and not self._as_noted(self.noted):
            found.append(Found(Fault.NOT_AS_NOTED, self.noted.count))
        return sorted(found, key=lambda each: (each.line, each.fault))

    def _head(self, kept: Row | None) -> Head | None:
        return None if kept is None else self.key.opened(kept)

    def _misplaced(self, cut: tuple[int, int], last: Head | None) -> Iterator[Found]:
        homes = self._homes(cut)
        taken = set(homes.values())
        for number in self._suspects:
            if number in homes:
                yield Found(Fault.MOVED, number, belongs_at=homes[number])
            elif number in taken or (last is not None and number > last.count):
                yield Found(Fault.INSERTED, number)
            else:
                yield Found(Fault.CHANGED, number)
        lost = [number for number in homes if number not in taken and number <= max(taken)]
        for gap in [*self._gaps, *((number, number) for number in lost)]:
            yield from _absent(Fault.MISSING, gap, taken)
        yield from _absent(Fault.CUT_OFF, cut, taken)

    def _homes(self, cut: tuple[int, int]) -> Mapping[int, int]:
        """Where the rows that are not at their number belong, as far as they are ours."""
        free = sorted({*self._suspects, *_numbers([*self._gaps, cut])})
        homes: dict[int, int] = {}
        for number, row in self._suspects.items():
            near = free if len(free) <= COMPARED else (number - 1, number + 1)
            home = next((each for each in near if self.key.wrote(row, each)), None)
            if home is not None:
                homes[number] = home
        return homes

    def _about_head(self, kept: Row | None, head: Head | None) -> Iterator[Found]:
        if kept is None:
            if self.lines or self.base.count:
                yield Found(Fault.HEAD_MISSING, self._last)
            return
        at_the_end = head is not None and head.count == self._last and self._link is not None
        if head is None or (at_the_end and head.link != self._link):
            yield Found(Fault.HEAD_CHANGED, self._last)
        elif head.count < self._last and self._link is not None:
            yield Found(Fault.HEAD_BEHIND, head.count)

    def _as_noted(self, noted: Head) -> bool:
        if noted.count <= self.base.count:
            return noted.count < self.base.count or noted == self.base
        return self._noted_link == noted.link


def _numbers(gaps: Iterable[tuple[int, int]]) -> Iterator[int]:
    for first, last in gaps:
        yield from range(first, min(last, first + COMPARED) + 1)


def _absent(fault: Fault, gap: tuple[int, int], elsewhere: set[int]) -> Iterator[Found]:
    """The runs of numbers in the gap whose lines do not stand elsewhere."""
    first, last = gap
    edges = [first - 1, *sorted(n for n in elsewhere if first <= n <= last), last + 1]
    for one, next_one in pairwise(edges):
        start, end = one + 1, next_one - 1
        if start <= end:
            yield Found(fault, start, end if end > start else None)
