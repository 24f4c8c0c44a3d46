import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.domain.disclosure import ALL, Layout, Protected, protect
from shared.contracts.district import District
from tests.reporting.attackers import known_by_equations, possible_tables

SMALL = Layout.of(["A", "B"], {"G": ["G.1", "G.2"], "H": ["H.1"]})
TINY = [
    Layout.of(["A", "B"], {"G": ["G.1", "G.2"]}),
    Layout.of(["A", "B"], {"G": ["G.1"], "H": ["H.1"]}),
    Layout.of(["A"], {"G": ["G.1", "G.2"], "H": ["H.1", "H.2"]}),
]
K = 3


def district_layout() -> Layout:
    district = District.load()
    groups: dict[str, list[str]] = {}
    for code, category in district.categories.items():
        if category.person_derived:
            groups.setdefault(category.group, []).append(code)
    return Layout.of([place.id for place in district.places] + ["-"], groups)


DISTRICT = district_layout()


def week(seed: int, number: int) -> dict[tuple[str, str], int]:
    """Return a week as weeks are: clusters at few places, single reports everywhere."""
    rng = random.Random(seed)  # noqa: S311 - the same week each time
    codes = [code for _, code in DISTRICT.categories]
    counts: dict[tuple[str, str], int] = {}
    for _ in range(number):
        if rng.random() < 0.5:
            cell = rng.choice([("PL-HORN", "ORD.LOUD_GATHERING"), ("PL-FRID", "DRG.OPEN_USE")])
        else:
            cell = (rng.choice(DISTRICT.places), rng.choice(codes))
        counts[cell] = counts.get(cell, 0) + 1
    return counts


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TINY), st.lists(st.sampled_from([0, 1, 2, 3, 4]), min_size=4, max_size=4))
def test_who_knows_only_the_shown_figures_must_think_every_small_cell_large(
    layout: Layout, numbers: list[int]
) -> None:
    inner = product(layout.places, [code for _, code in layout.categories])
    counts = dict(zip(inner, numbers, strict=True))
    protected = protect(counts, layout, k=K)
    most = sum(numbers) + K
    largest: dict[tuple[str, str], int] = {}
    for table in possible_tables(protected, layout, lambda _: range(most + 1), most):
        for cell, n in table.items():
            largest[cell] = max(n, largest.get(cell, 0))
    assert all(largest[cell] >= K for cell in protected.hidden)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TINY), st.lists(st.sampled_from([0, 1, 2, 3, 4]), min_size=4, max_size=4))
def test_who_knows_the_method_too_is_left_with_two_values_of_every_hidden_cell(
    layout: Layout, numbers: list[int]
) -> None:
    """Of a withheld table nobody knows which cells are small: there is nothing to go on."""
    inner = product(layout.places, [code for _, code in layout.categories])
    counts = dict(zip(inner, numbers, strict=True))
    protected, truth = protect(counts, layout, k=K), layout.sums(counts)
    most = sum(numbers) + K
    values: dict[tuple[str, str], set[int]] = {cell: set() for cell in truth}

    def allowed(cell: tuple[str, str]) -> range:
        return range(K) if truth[cell] < K else range(K, most + 1)

    for table in possible_tables(protected, layout, allowed, most):
        for cell, n in table.items():
            values[cell].add(n)
    assert protected.withheld or all(len(values[cell]) > 1 for cell in protected.hidden)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([3, 20, 35, 60, 150]))
def test_in_a_whole_district_nothing_hidden_follows_and_what_is_shown_is_true(
    seed: int, number: int
) -> None:
    counts = week(seed, number)
    protected, truth = protect(counts, DISTRICT, k=5), DISTRICT.sums(counts)
    assert not known_by_equations(protected, DISTRICT)
    assert all(n == truth[cell] and n >= 5 for cell, n in protected.shown.items())
    assert protected.shown.keys() | protected.hidden == truth.keys()
    assert not protected.shown.keys() & protected.hidden
    assert not protected.withheld


def test_the_attacker_finds_what_primary_suppression_alone_gives_away() -> None:
    counts = {("A", "G.1"): 2, ("A", "G.2"): 9, ("B", "G.1"): 7, ("B", "H.1"): 8}
    cells = SMALL.sums(counts)
    shown = {cell: n for cell, n in cells.items() if n >= K or n == 0}
    naive = Protected(shown, frozenset(cells.keys() - shown.keys()))
    assert known_by_equations(naive, SMALL) == {("A", "G.1")}


def test_the_order_in_which_things_come_does_not_matter() -> None:
    counts = week(4, 50)
    turned = dict(reversed(counts.items()))
    layout = Layout.of(
        list(reversed(DISTRICT.places)),
        {group: list(reversed(own)) for group, own in reversed(list(DISTRICT.groups.items()))},
    )
    assert protect(turned, layout, k=5) == protect(counts, DISTRICT, k=5)


def test_the_sum_groups_and_clusters_are_still_told() -> None:
    counts = {("PL-HORN", "ORD.LOUD_GATHERING"): 14, ("PL-FRID", "DRG.OPEN_USE"): 9}
    counts |= {("PL-KRON", "ROB.PERSON"): 2, ("PL-STAD", "THF.BIKE"): 4}
    protected = protect(counts, DISTRICT, k=5)
    assert protected.value(ALL, ALL) == 29
    assert protected.value(ALL, "ORD") == 14
    assert protected.value("PL-HORN", ALL) == 14
    assert protected.value("PL-KRON", "ROB.PERSON") is None


def test_nothing_reported_shows_nothing() -> None:
    protected = protect({}, DISTRICT, k=5)
    assert not protected.shown
    assert not protected.withheld


@pytest.mark.parametrize("counts", [{("A", "G.1"): 5}, {("A", "G.1"): 4}, {("A", "G.1"): 1}])
def test_a_table_of_one_cell_tells_nothing_or_is_withheld(
    counts: dict[tuple[str, str], int],
) -> None:
    alone = Layout.of(["A"], {"G": ["G.1"]})
    protected = protect(counts, alone, k=5)
    if counts["A", "G.1"] < 5:
        assert not protected.shown


def test_a_single_cell_of_k_one_step_from_its_bound_needs_no_hiding() -> None:
    alone = Layout.of(["A"], {"G": ["G.1"]})
    assert protect({("A", "G.1"): 5}, alone, k=5).value(ALL, ALL) == 5


def test_when_there_is_no_way_everything_is_withheld() -> None:
    """With k = 1 a hidden cell can only be zero for who knows the method."""
    alone = Layout.of(["A"], {"G": ["G.1"]})
    protected = protect({}, alone, k=1)
    assert protected.withheld
    assert not protected.shown
    assert protected.hidden == set(alone.cells())


def test_names_that_could_be_mixed_up_are_refused() -> None:
    with pytest.raises(ValueError, match="different names"):
        Layout.of(["A"], {"G": ["G"]})
    with pytest.raises(ValueError, match="different names"):
        Layout.of([ALL], {"G": ["G.1"]})


def test_a_group_without_categories_is_no_part_of_the_table() -> None:
    assert Layout.of(["A"], {"G": []}).groups == {}


def test_every_table_of_small_numbers_withstands_both_readers() -> None:
    """Exhaustive where it can be: two places, two categories, k = 2, counts up to 2."""
    layout = Layout.of(["A", "B"], {"G": ["G.1", "G.2"]})
    inner = list(product(layout.places, ["G.1", "G.2"]))
    for numbers in product(range(3), repeat=len(inner)):
        counts = dict(zip(inner, numbers, strict=True))
        protected, truth = protect(counts, layout, k=2), layout.sums(counts)
        tables = list(possible_tables(protected, layout, lambda _: range(9), 8))
        assert truth in tables
        for cell in protected.hidden:
            assert max(table[cell] for table in tables) >= 2
