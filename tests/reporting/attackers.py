"""Readers who want to know more than is shown. None of them shares code with the protection.

The sums of the table are written down here once more, from the words of the rule.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from services.reporting.domain.disclosure import ALL, Layout, Protected

Cell = tuple[str, str]
Sums = list[tuple[Cell, list[Cell]]]


def sums_of(layout: Layout) -> Sums:
    """Return every "this is the sum of those" of the table."""
    codes = [code for own in layout.groups.values() for code in own]
    names = [*codes, *layout.groups, ALL]
    down = [((ALL, name), [(place, name) for place in layout.places]) for name in names]
    across = [
        ((place, group), [(place, code) for code in own])
        for place in (*layout.places, ALL)
        for group, own in layout.groups.items()
    ]
    whole = [
        ((place, ALL), [(place, group) for group in layout.groups])
        for place in (*layout.places, ALL)
    ]
    return [*down, *across, *whole]


def known_by_equations(
    protected: Protected, layout: Layout, *, prime: int = 1_000_003
) -> set[Cell]:
    """Return the hidden cells that follow from the shown ones by arithmetic alone.

    Gaussian elimination over a prime field: a cell is known when the reduced system has a row
    with that cell only.
    """
    hidden = sorted(protected.hidden)
    column = {cell: number for number, cell in enumerate(hidden)}
    rows = [row for total, parts in sums_of(layout) if (row := _row(total, parts, column, prime))]
    return {hidden[next(iter(row))] for row in _reduced(rows, prime) if len(row) == 1}


def _row(total: Cell, parts: list[Cell], column: Mapping[Cell, int], prime: int) -> dict[int, int]:
    row = {column[part]: 1 for part in parts if part in column}
    if total in column:
        row[column[total]] = prime - 1
    return row


def _reduced(rows: list[dict[int, int]], prime: int) -> list[dict[int, int]]:
    pivots: dict[int, dict[int, int]] = {}
    for row in rows:
        left = row
        for pivot, by in pivots.items():
            left = _without(left, pivot, by, prime)
        if not left:
            continue
        first = min(left)
        inverse = pow(left[first], -1, prime)
        left = {at: value * inverse % prime for at, value in left.items()}
        pivots = {at: _without(other, first, left, prime) for at, other in pivots.items()}
        pivots[first] = left
    return list(pivots.values())


def _without(row: dict[int, int], pivot: int, by: dict[int, int], prime: int) -> dict[int, int]:
    factor = row.get(pivot, 0)
    if not factor:
        return row
    changed = dict(row)
    for at, value in by.items():
        changed[at] = (changed.get(at, 0) - factor * value) % prime
        if not changed[at]:
            del changed[at]
    return changed


def possible_tables(
    protected: Protected, layout: Layout, allowed: Callable[[Cell], range], most: int
) -> Iterator[dict[Cell, int]]:
    """Give every table with these shown cells whose hidden cells are as allowed.

    `most` bounds the sum of all, where that is hidden. Tries every table of innermost counts.
    """
    codes = [code for own in layout.groups.values() for code in own]
    inner = [(place, code) for place, code in product(layout.places, codes)]

    def further(number: int, table: dict[Cell, int], left: int) -> Iterator[dict[Cell, int]]:
        if number == len(inner):
            whole = layout.sums(table)
            if _fits(whole, protected, allowed):
                yield whole
            return
        cell = inner[number]
        shown = protected.shown.get(cell)
        for n in allowed(cell) if shown is None else [shown]:
            if n <= left:
                yield from further(number + 1, {**table, cell: n}, left - n)

    yield from further(0, {}, protected.shown.get((ALL, ALL), most))


def _fits(
    whole: Mapping[Cell, int], protected: Protected, allowed: Callable[[Cell], range]
) -> bool:
    return all(
        n == protected.shown[cell] if cell in protected.shown else n in allowed(cell)
        for cell, n in whole.items()
    )
