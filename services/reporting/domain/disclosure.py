"""Disclosure control of the weekly table of places x categories: what may be shown.

The table has two directions. Places add up to the district; categories add up to groups, and
groups to everything. Every one of these figures is a *cell*. Of the categories that derive from
persons no cell below k is shown (zero included: hidden cells that are known not to be zero can be
counted, and 1 + 1 + 1 + 1 is the only way to 4), and no hidden cell may follow from the shown.

Why that holds. Such a table is a circulation in a network: each cell is the flow of one arc, and
each "these add up to that" a node that keeps nothing. Two tables agree on the shown cells if, and
only if, they differ by closed walks through hidden ones. For every cell below k two things are
made sure of, hiding the least costly further cells where needed:

* a reader who only knows the shown figures must think it possible that the cell is k or more;
* a reader who also knows the method, and which hidden cells are below k and which are not, is
  left with two values or more.

(Castro, "A shortest-paths heuristic for statistical data protection in positive tables", 2007.)
The result depends on the counts and k, on nothing else: not on order, time or chance. A week is
protected once: later editions keep what the first one told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from services.reporting.domain.circulation import Arc, Bounds, Cell, Circulation

ALL: Final = "*"
"""The sum over places (as a place) or over groups (as a category)."""

FAR: Final = 10**9
"""No bound."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The table's two directions: places, and groups with their categories."""

    places: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, places: Sequence[str], groups: Mapping[str, Sequence[str]]) -> "Layout":
        """The layout in its one order, whatever order it was given in."""
        tidy = {name: tuple(sorted(groups[name])) for name in sorted(groups) if groups[name]}
        names = [ALL, *tidy, *(code for codes in tidy.values() for code in codes)]
        if len(set(names)) != len(names) or ALL in places:
            raise ValueError("a group, a category and the sum need different names")
        return cls(tuple(sorted(set(places))), tidy)

    @property
    def categories(self) -> Iterator[tuple[str, str]]:
        """Each (group, category)."""
        return ((group, code) for group, codes in self.groups.items() for code in codes)

    def sums(self, counts: Mapping[Cell, int]) -> dict[Cell, int]:
        """Every cell of the table from its innermost counts."""
        cells = dict.fromkeys(self.cells(), 0)
        for (group, code), place in product(self.categories, self.places):
            n = counts.get((place, code), 0)
            for cell in product((place, ALL), (code, group, ALL)):
                cells[cell] += n
        return cells

    def cells(self) -> Iterator[Cell]:
        """All cells, innermost first."""
        codes = [code for _, code in self.categories]
        yield from product(self.places, [*codes, *self.groups, ALL])
        yield from product([ALL], [*codes, *self.groups, ALL])


@dataclass(frozen=True, slots=True)
class Protected:
    """A table that may be published: a shown cell has its true value, a hidden one has none."""

    shown: Mapping[Cell, int]
    hidden: frozenset[Cell]
    withheld: bool = False

    def value(self, place: str, category: str) -> int | None:
        """The cell's value; None when it is hidden."""
        return self.shown.get((place, category))


def protect(counts: Mapping[Cell, int], layout: Layout, *, k: int) -> Protected:
    """Hide every cell of 1..k-1, and what would give one away.

    `counts` holds the innermost cells. When no way of hiding leaves every hidden cell open, the
    whole table is withheld.
    """
    cells = layout.sums(counts)
    small = {cell for cell, n in cells.items() if n < k}
    table = Circulation(_network(layout), cells, set(small))
    _defeat_arithmetic(table, small, k)
    if not _defeat_method(table, k):
        return Protected({}, frozenset(cells), withheld=True)
    hidden = frozenset(table.hidden)
    return Protected({cell: n for cell, n in cells.items() if cell not in hidden}, hidden)


def _defeat_arithmetic(table: Circulation, small: set[Cell], k: int) -> None:
    """Let every small cell be k, for a reader who only knows that nothing is below zero.

    There is always a way: at the worst, the sums over the cell are hidden and grow with it.
    """
    anything = Bounds([0] * len(table.arcs), [FAR] * len(table.arcs))
    done: set[Cell] = set()
    for cell, n in table.cells.items():
        if cell in small and cell not in done:
            moved = table.move(cell, k - n, anything) or {}
            done.update(name for name, by in moved.items() if table.cells[name] + by >= k)


def _defeat_method(table: Circulation, k: int) -> bool:
    """Give every hidden cell a second value, for a reader who knows which are below k.

    Answers whether that could be done.
    """
    flow = [table.cells[arc.cell] for arc in table.arcs]
    known = Bounds([0 if n < k else k for n in flow], [k - 1 if n < k else FAR for n in flow])
    done: set[Cell] = set()
    for cell in table.cells:
        if cell in table.hidden and cell not in done:
            moved = table.move(cell, 1, known) or table.move(cell, -1, known)
            if moved is None:
                return False
            done.update(moved)
    return True


def _network(layout: Layout) -> list[Arc]:
    """Everything, place, place's group, category, group, everything: what flows in flows on.

    What is dearest to the reader is hidden last: the sum of all, the groups in the district, then
    a category at a place (the unit of work), categories in the district, sums of single places.
    """
    arcs = []
    for place, (group, code) in product(layout.places, layout.categories):
        arcs.append(Arc((place, code), (place, group), (ALL, code), 8))
    for place, group in product(layout.places, layout.groups):
        arcs.append(Arc((place, group), (place, ALL), (place, group), 1))
    arcs += [Arc((place, ALL), ("root",), (place, ALL), 2) for place in layout.places]
    arcs += [Arc((ALL, code), (ALL, code), (ALL, group), 4) for group, code in layout.categories]
    arcs += [Arc((ALL, group), (ALL, group), (ALL, ALL), 30) for group in layout.groups]
    return [*arcs, Arc((ALL, ALL), (ALL, ALL), ("root",), 400)]
