"""A table with sums as a circulation: each cell is the flow of one arc, each sum a node.

Tables that agree on the shown cells differ by closed walks through hidden ones. The search finds
the cheapest such walk through a cell; shown cells on it are hidden on the way. Arcs and nodes go
by number: this is the one hot loop of reporting.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Cell: TypeAlias = tuple[str, str]
Node: TypeAlias = tuple[str, ...]
Step: TypeAlias = tuple[int, int, bool]
"""An arc raised (True) or lowered, and the node that leads to."""


@dataclass(frozen=True, slots=True)
class Arc:
    """One cell; `cost` is what the reader loses when it is hidden."""

    cell: Cell
    tail: Node
    head: Node
    cost: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between what a reader must take each cell to be, were it hidden."""

    least: Sequence[int]
    most: Sequence[int]


@dataclass(slots=True)
class Circulation:
    """The network, the true flow on it, and which cells are hidden so far."""

    arcs: Sequence[Arc]
    cells: Mapping[Cell, int]
    hidden: set[Cell]
    number: dict[Cell, int] = field(init=False)
    nodes: dict[Node, int] = field(init=False)
    steps: list[list[Step]] = field(init=False)
    price: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.number = {arc.cell: number for number, arc in enumerate(self.arcs)}
        met = dict.fromkeys(node for arc in self.arcs for node in (arc.tail, arc.head))
        self.nodes = {node: number for number, node in enumerate(met)}
        self.steps = [[] for _ in self.nodes]
        for number, arc in enumerate(self.arcs):
            tail, head = self.nodes[arc.tail], self.nodes[arc.head]
            self.steps[tail].append((number, head, True))
            self.steps[head].append((number, tail, False))
        self.price = [0 if arc.cell in self.hidden else arc.cost for arc in self.arcs]

    def move(self, cell: Cell, by: int, bounds: Bounds) -> dict[Cell, int] | None:
        """Change a cell by `by` so that all sums still hold, hiding what has to be hidden.

        Answers by how much each cell changed; None when there is no way within the bounds.
        """
        own = self.number[cell]
        arc, flow = self.arcs[own], [self.cells[each.cell] for each in self.arcs]
        ends = self.nodes[arc.head], self.nodes[arc.tail]
        start, goal = ends if by > 0 else ends[::-1]
        if not bounds.least[own] <= flow[own] + by <= bounds.most[own]:
            return None
        left = abs(by)
        while left:
            walk = self._walk(start, goal, _Rest(own, flow, bounds))
            if walk is None:
                return None
            left -= _push(walk, left, flow, bounds)
        flow[own] += by
        return self._hide(flow)

    def _hide(self, flow: Sequence[int]) -> dict[Cell, int]:
        moved = {}
        for number, arc in enumerate(self.arcs):
            change = flow[number] - self.cells[arc.cell]
            if change:
                moved[arc.cell] = change
                self.hidden.add(arc.cell)
                self.price[number] = 0
        return moved

    def _walk(self, start: int, goal: int, rest: "_Rest") -> list[Step] | None:
        """The cheapest walk that leaves the cell itself out (Dijkstra; ties by the arcs' order)."""
        flow, least, most = rest.flow, rest.bounds.least, rest.bounds.most
        best = {start: 0}
        came: dict[int, tuple[int, Step]] = {}
        heap = [(0, 0, start)]
        while heap:
            cost, _, node = heapq.heappop(heap)
            if node == goal:
                return _back(came, start, goal)
            if cost > best[node]:
                continue
            for step in self.steps[node]:
                number, to, up = step
                total = cost + self.price[number]
                room = flow[number] < most[number] if up else flow[number] > least[number]
                if room and number != rest.around and total < best.get(to, total + 1):
                    best[to], came[to] = total, (node, step)
                    heapq.heappush(heap, (total, len(came), to))
        return None


@dataclass(frozen=True, slots=True)
class _Rest:
    """What a walk has to mind: the cell it leaves out, the flow so far, and the bounds."""

    around: int
    flow: Sequence[int]
    bounds: Bounds


def _push(walk: Sequence[Step], left: int, flow: list[int], bounds: Bounds) -> int:
    """Send along the walk what it carries, at most `left`."""
    least, most = bounds.least, bounds.most
    room = min(most[n] - flow[n] if up else flow[n] - least[n] for n, _, up in walk)
    carried = min(left, room)
    for number, _, up in walk:
        flow[number] += carried if up else -carried
    return carried


def _back(came: Mapping[int, tuple[int, Step]], start: int, goal: int) -> list[Step]:
    walk, node = [], goal
    while node != start:
        node, step = came[node]
        walk.append(step)
    return walk
