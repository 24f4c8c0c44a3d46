"""Folding a batch: the pure part, against the simplest thing that could be right."""

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.folding import Folded, Folding, keys_to_look_up
from shared.bus.views import Row, View
from tests.bus.support import ASSIGNMENTS, CONCERNS, Sent, assignment, concern, quarantined

LIVES = [assignment(n) for n in range(3)]


class Store:
    """What MongoDB would hold, kept in memory and written as the projector writes it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.rows: dict[str, Row] = {}
        self.unfolded: dict[str, Row] = {}
        self.counters: Counter[tuple[tuple[str, ...], int]] = Counter()
        self.parked: set[str] = set()

    def fold(self, events: Iterable[Sent], ahead: Folded, *, trusting: bool = False) -> Folded:
        received = [each.received() for each in events]
        keys = {each.meta.subject for each in received}
        rows, unfolded = ahead.rows_of(keys), ahead.unfolded_of(keys)
        begun = keys_to_look_up(self.view, received)
        for key in (begun if trusting else keys) - rows.keys() - unfolded.keys():
            if key in self.rows:
                rows[key] = deepcopy(self.rows[key])
        for key in begun - rows.keys() - unfolded.keys():
            if key in self.unfolded:
                unfolded[key] = self.unfolded[key]
        folding = Folding(self.view, rows, unfolded)
        for offset, each in enumerate(received):
            folding.take(each, 0, offset)
        return folding.result()

    def batch(self, events: Iterable[Sent]) -> Folded:
        folded = self.fold(events, Folded(self.view))
        self.write(folded)
        return folded

    def write(self, folded: Folded) -> None:
        assert not {row["_id"] for row in folded.inserts} & self.rows.keys()
        assert {row["_id"] for row in folded.replaces} <= self.rows.keys()
        for row in (*folded.inserts, *folded.replaces):
            self.rows[row["_id"]] = row
        for row in folded.unfolded:
            self.unfolded[row["_id"]] = row
        for key in folded.now_folded:
            del self.unfolded[key]
        for (_, dimensions, partition), n in folded.counts.items():
            self.counters[dimensions, partition] += n
        self.counters = Counter({key: n for key, n in self.counters.items() if n})
        self.parked |= {hole.key for hole in folded.holes}


class Naive:
    """One event at a time; counters by looking at all rows."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.rows: dict[str, Row] = {}
        self.seqs: dict[str, int] = {}
        self.parked: set[str] = set()

    def take(self, sent: Sent) -> None:
        at = self.seqs.get(sent.key, 0)
        if sent.sequence > at + 1:
            self.parked.add(sent.key)
        if sent.sequence != at + 1:
            return
        self.seqs[sent.key] = sent.sequence
        fold = self.view.folds.get(type(sent.event))
        if fold is not None:
            empty: Row = {"_id": sent.key, "seq": 0, "district": "KUNGSHOLMEN"}
            self.rows[sent.key] = fold(self.rows.get(sent.key, empty), sent.received())
        if sent.key in self.rows:
            self.rows[sent.key]["seq"] = sent.sequence

    def counters(self) -> Counter[tuple[tuple[str, ...], int]]:
        found: Counter[tuple[tuple[str, ...], int]] = Counter()
        for row in self.rows.values():
            for counters in self.view.counters:
                found.update({(key, 0): n for key, n in counters.of(row).items()})
        return found


@given(
    order=st.lists(st.sampled_from([each for life in LIVES for each in life]), max_size=40),
    cuts=st.lists(st.integers(0, 40), max_size=6),
)
def test_any_order_in_any_batches_is_what_one_at_a_time_gives(
    order: list[Sent], cuts: list[int]
) -> None:
    store, naive = Store(ASSIGNMENTS), Naive(ASSIGNMENTS)
    for each in order:
        naive.take(each)
    bounds = [0, *sorted(cuts), len(order)]
    for begin, end in pairwise(bounds):
        store.batch(order[begin:end])
    assert store.rows == naive.rows
    assert [list(row) for row in store.rows.values()] == [
        list(naive.rows[key]) for key in store.rows
    ]
    assert store.counters == naive.counters()
    assert store.parked == naive.parked


@given(repeats=st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_repeats_within_and_across_batches_have_no_effect(repeats: list[int]) -> None:
    once, often = Store(ASSIGNMENTS), Store(ASSIGNMENTS)
    once.batch(LIVES[0])
    for each, times in zip(LIVES[0], repeats, strict=True):
        for _ in range(times + 1):
            often.batch([each] * (times + 1))
    assert often.rows == once.rows
    assert often.counters == once.counters


def test_a_first_event_makes_an_insert_and_the_next_batch_a_replace() -> None:
    store = Store(ASSIGNMENTS)
    first = store.batch(LIVES[0][:1])
    second = store.batch(LIVES[0][1:])
    assert (len(first.inserts), len(first.replaces)) == (1, 0)
    assert (len(second.inserts), len(second.replaces)) == (0, 1)
    assert second.replaces[0]["seq"] == 4


def test_counters_move_by_the_difference_only() -> None:
    store = Store(ASSIGNMENTS)
    store.batch(LIVES[0][:1])
    assert store.batch(LIVES[0][1:2]).counts == {
        (0, ("DISTRICT_PARKS", "ASSIGNED"), 0): 1,
        (0, ("DISTRICT_PARKS", "PROPOSED"), 0): -1,
    }
    assert store.batch(LIVES[0][1:2]).counts == {}


def test_a_fold_that_changes_the_row_it_gets_does_not_hide_the_difference() -> None:
    store = Store(ASSIGNMENTS)
    store.batch(LIVES[0][:2])
    assert store.batch(LIVES[0][2:3]).counts[0, ("DISTRICT_PARKS", "ASSIGNED"), 0] == -1


def test_a_hole_parks_the_key_and_nobody_else() -> None:
    store = Store(ASSIGNMENTS)
    folded = store.batch([LIVES[0][0], LIVES[0][2], LIVES[1][0], LIVES[0][3]])
    assert [(hole.key, hole.expected, hole.sequence) for hole in folded.holes] == [
        (LIVES[0][0].key, 2, 3),
        (LIVES[0][0].key, 2, 4),
    ]
    assert {row["seq"] for row in store.rows.values()} == {1}


def test_an_event_nobody_folds_keeps_its_place_in_the_order() -> None:
    known, other = concern(1), concern(2)
    store = Store(CONCERNS)
    store.batch([quarantined(known.key, 1), other])
    assert known.key not in store.rows
    assert store.unfolded[known.key]["seq"] == 1
    later = Sent(known.key, 2, known.event)
    folded = store.batch([later])
    assert folded.now_folded == [known.key]
    assert store.rows[known.key]["seq"] == 2
    assert store.unfolded == {}


def test_an_event_nobody_folds_moves_the_row_that_is_there() -> None:
    known = concern(1)
    store = Store(CONCERNS)
    store.batch([known, quarantined(known.key, 2)])
    assert store.rows[known.key]["seq"] == 2
    folded = store.batch([quarantined(known.key, 3)])
    assert folded.replaces[0]["seq"] == 3
    assert folded.counts == {}
    assert not folded.unfolded


def test_a_repeat_of_what_nobody_folds_does_not_set_its_place_back() -> None:
    known = concern(1)
    store = Store(CONCERNS)
    store.batch([quarantined(known.key, 1)])
    store.batch([quarantined(known.key, 2)])
    store.batch([quarantined(known.key, 1)])
    assert store.unfolded[known.key]["seq"] == 2
    assert not store.batch([Sent(known.key, 3, known.event)]).holes


@given(
    order=st.lists(
        st.sampled_from(
            [
                *(each for life in LIVES for each in life),
                quarantined("q"),
                Sent("q", 2, concern(1).event),
                quarantined("q", 3),
            ]
        ),
        max_size=40,
    ),
    cuts=st.lists(st.integers(0, 40), max_size=8),
)
def test_a_batch_folded_on_top_of_one_under_way_is_as_if_that_had_landed(
    order: list[Sent], cuts: list[int]
) -> None:
    bounds = [0, *sorted(cuts), len(order)]
    batches = [order[begin:end] for begin, end in pairwise(bounds)]
    for view in (ASSIGNMENTS, CONCERNS):
        landed, flying = Store(view), Store(view)
        ahead = Folded(view)
        for batch in batches:
            mine = [each for each in batch if each.event.aggregate == view.aggregate]
            landed.batch(mine)
            following = flying.fold(mine, ahead)
            flying.write(ahead)
            ahead = following
        flying.write(ahead)
        assert flying.rows == landed.rows
        assert flying.unfolded == landed.unfolded
        assert flying.counters == landed.counters


def test_only_aggregates_that_begin_with_a_row_are_not_looked_up() -> None:
    events = [LIVES[0][1].received(), LIVES[1][0].received(), LIVES[2][2].received()]
    assert keys_to_look_up(ASSIGNMENTS, events) == {LIVES[0][0].key, LIVES[2][0].key}
    assert keys_to_look_up(CONCERNS, [quarantined("q").received()]) == {"q"}
