"""Folding a batch in memory: pure, one document per aggregate, counters as differences."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from shared.bus.views import Key, Row, View
from shared.contracts.envelope import Event, Received

FIRST_SEQUENCE = 1
Rows = Mapping[str, Row]


@dataclass(slots=True)
class Place:
    """One aggregate within a batch: how it stood, how it stands, and in which partition."""

    partition: int
    stood: bool  # a row was stored before this batch
    seq: int
    row: Row | None
    contributed: list[Mapping[Key, int]]
    was_unfolded: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Hole:
    """An event whose predecessor is missing: its key is parked, never guessed."""

    view: str
    key: str
    partition: int
    offset: int
    expected: int
    sequence: int


@dataclass(slots=True)
class Folded:
    """What a batch makes of one view; `counts` is {(counter, key, partition): difference}."""

    view: View
    inserts: list[Row] = field(default_factory=list)
    replaces: list[Row] = field(default_factory=list)
    unfolded: list[Row] = field(default_factory=list)
    now_folded: list[str] = field(default_factory=list)
    counts: dict[tuple[int, Key, int], int] = field(default_factory=dict)
    holes: list[Hole] = field(default_factory=list)
    applied: int = 0
    duplicates: int = 0

    def rows_of(self, keys: AbstractSet[str]) -> dict[str, Row]:
        """Copies of those rows this batch makes or changes: it may not have been written yet."""
        changed = (*self.inserts, *self.replaces)
        return {row["_id"]: deepcopy(row) for row in changed if row["_id"] in keys}

    def unfolded_of(self, keys: AbstractSet[str]) -> dict[str, Row]:
        """The same for aggregates of which nothing has been folded yet."""
        return {row["_id"]: dict(row) for row in self.unfolded if row["_id"] in keys}


class Folding:
    """One view's fold over one batch, given the documents it touches."""

    def __init__(self, view: View, rows: Rows, unfolded: Rows) -> None:
        self._view = view
        self._rows = rows
        self._unfolded = dict(unfolded)
        self._places: dict[str, Place] = {}
        self._out = Folded(view)

    def take(self, received: Received[Event], partition: int, offset: int) -> None:
        """Fold one event: next in order, or a duplicate, or behind a hole."""
        meta = received.meta
        place = self._places.get(meta.subject) or self._entered(meta.subject, partition)
        if meta.sequence <= place.seq:
            self._out.duplicates += 1
        elif meta.sequence != place.seq + 1:
            self._park(received, place, offset)
        else:
            self._apply(received, place)

    def result(self) -> Folded:
        """Everything the batch changes."""
        deltas: dict[tuple[int, Key, int], int] = defaultdict(int)
        for key, place in self._places.items():
            if place.moved:
                self._settle(key, place)
                self._count(place, deltas)
        self._out.counts = {entry: n for entry, n in deltas.items() if n}
        return self._out

    def _entered(self, key: str, partition: int) -> Place:
        row = self._rows.get(key)
        bare = self._unfolded.get(key) if row is None else None
        known = row or bare
        place = Place(
            partition=partition,
            stood=row is not None,
            seq=known["seq"] if known else FIRST_SEQUENCE - 1,
            row=row,
            contributed=self._contributions(row),
            was_unfolded=bare is not None,
        )
        self._places[key] = place
        return place

    def _apply(self, received: Received[Event], place: Place) -> None:
        meta = received.meta
        fold = self._view.folds.get(type(received.event))
        if fold is not None:
            row = place.row or {"_id": meta.subject, "seq": 0, "district": meta.district}
            place.row = fold(row, received)
        place.seq = meta.sequence
        place.moved = True
        if place.row is None:
            bare = {"_id": meta.subject, "seq": 0, "district": meta.district}
            self._unfolded.setdefault(meta.subject, bare)
        self._out.applied += 1

    def _settle(self, key: str, place: Place) -> None:
        if place.row is None:
            self._out.unfolded.append({**self._unfolded[key], "seq": place.seq})
            return
        place.row["seq"] = place.seq
        (self._out.replaces if place.stood else self._out.inserts).append(place.row)
        if place.was_unfolded:
            self._out.now_folded.append(key)

    def _count(self, place: Place, deltas: dict[tuple[int, Key, int], int]) -> None:
        after = self._contributions(place.row)
        for number, (before, now) in enumerate(zip(place.contributed, after, strict=True)):
            if before == now:
                continue
            for key, n in now.items():
                deltas[number, key, place.partition] += n
            for key, n in before.items():
                deltas[number, key, place.partition] -= n

    def _contributions(self, row: Row | None) -> list[Mapping[Key, int]]:
        return [{} if row is None else counters.of(row) for counters in self._view.counters]

    def _park(self, received: Received[Event], place: Place, offset: int) -> None:
        meta = received.meta
        hole = Hole(
            self._view.name, meta.subject, place.partition, offset, place.seq + 1, meta.sequence
        )
        self._out.holes.append(hole)


def keys_to_look_up(view: View, arrived: Iterable[Received[Any]]) -> set[str]:
    """All aggregates but those that begin here with an event that makes their row."""
    firsts: dict[str, Received[Any]] = {}
    for received in arrived:
        firsts.setdefault(received.meta.subject, received)
    return {
        key
        for key, received in firsts.items()
        if received.meta.sequence > FIRST_SEQUENCE or type(received.event) not in view.folds
    }
