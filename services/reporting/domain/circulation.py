"""A table with sums as a circulation: each cell is the flow of one arc, each sum a node.

Tables that agree on the shown cells differ by closed walks through hidden ones. The search finds
the cheapest such walk through a cell; shown cells on it are hidden on the way.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Cell: TypeAlias = tuple[str, str]
Node: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arc:
    """One cell; `cost` is what the reader loses when it is hidden."""

    cell: Cell
    tail: Node
    head: Node
    cost: int


@dataclass(frozen=True, slots=True)
class Step:
    """A cell raised or lowered, as a move from one node of the network to another."""

    arc: Arc
    to: Node
    up: bool


Room: TypeAlias = Callable[[Cell, int, bool], int]
"""How far a cell of this value may be raised (or lowered) in the reader's eyes."""


@dataclass(slots=True)
class Circulation:
    """The network, the true flow on it, and which cells are hidden so far."""

    arcs: Sequence[Arc]
    cells: Mapping[Cell, int]
    hidden: set[Cell]
    by_cell: dict[Cell, Arc] = field(init=False)
    steps: dict[Node, list[Step]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_cell = {arc.cell: arc for arc in self.arcs}
        self.steps = {}
        for arc in self.arcs:
            self.steps.setdefault(arc.tail, []).append(Step(arc, arc.head, up=True))
            self.steps.setdefault(arc.head, []).append(Step(arc, arc.tail, up=False))

    def move(self, cell: Cell, by: int, room: Room) -> dict[Cell, int] | None:
        """Change a cell by `by` so that all sums still hold, hiding what has to be hidden.

        Answers by how much each cell changed; None when there is no way.
        """
        arc, moved = self.by_cell[cell], {cell: 0}
        start, goal = (arc.head, arc.tail) if by > 0 else (arc.tail, arc.head)
        left = min(abs(by), room(cell, self.cells[cell], by > 0))
        if left < abs(by):
            return None
        while left:
            walk = self._walk(start, goal, Rest(cell, moved, room))
            if walk is None:
                return None
            push = min([left, *(self._room(step, moved, room) for step in walk)])
            for step in walk:
                moved[step.arc.cell] = moved.get(step.arc.cell, 0) + (push if step.up else -push)
            left -= push
        moved[cell] = by
        self.hidden.update(name for name, change in moved.items() if change)
        return moved

    def _walk(self, start: Node, goal: Node, rest: "Rest") -> list[Step] | None:
        """The cheapest walk that leaves the cell itself out (Dijkstra; ties by the arcs' order)."""
        best: dict[Node, int] = {start: 0}
        came: dict[Node, tuple[Node, Step]] = {}
        heap: list[tuple[int, int, Node]] = [(0, 0, start)]
        while heap:
            cost, _, node = heapq.heappop(heap)
            if node == goal:
                return list(_back(came, start, goal))
            for step in self.steps[node] if cost == best[node] else ():
                cell = step.arc.cell
                total = (
                    cost if cell in self.hidden or rest.moved.get(cell) else cost + step.arc.cost
                )
                closer = step.to not in best or total < best[step.to]
                if closer and cell != rest.around and self._room(step, rest.moved, rest.room):
                    best[step.to], came[step.to] = total, (node, step)
                    heapq.heappush(heap, (total, len(came), step.to))
        return None

    def _room(self, step: Step, moved: Mapping[Cell, int], room: Room) -> int:
        cell = step.arc.cell
        return room(cell, self.cells[cell] + moved.get(cell, 0), step.up)


@dataclass(frozen=True, slots=True)
class Rest:
    """What a walk has to mind: the cell it leaves out, and what earlier walks have moved."""

    around: Cell
    moved: Mapping[Cell, int]
    room: Room


def _back(came: Mapping[Node, tuple[Node, Step]], start: Node, goal: Node) -> Iterator[Step]:
    node = goal
    while node != start:
        node, step = came[node]
        yield step
