"""Somebody who keeps every publication of a week and subtracts them learns nothing of persons."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.domain.picture import Picture
from services.reporting.domain.situation import Composed, Edition, Week, compose
from services.reporting.domain.table import Counted
from tests.reporting.support import DISTRICT

Counts = dict[tuple[str, str], int]
PLACES = [{"_id": p.id, "name": p.name, "lat": p.lat, "lon": p.lon} for p in DISTRICT.places]
RETIRED = {"_id": "PL-GONE", "name": "Borta", "lat": 59.3, "lon": 18.0, "retired": True}
PERSONS = [code for code, known in DISTRICT.categories.items() if known.person_derived]
CONDITIONS = [code for code in DISTRICT.categories if code not in PERSONS]
ANYWHERE = [*(place.id for place in DISTRICT.places), "PL-GONE", "-"]
FIRST: Counts = {
    ("PL-HORN", "ORD.LOUD_GATHERING"): 14,
    ("PL-FRID", "DRG.OPEN_USE"): 9,
    ("PL-FRID", "TRF.SPEED_RECKLESS"): 6,
    ("PL-KRON", "ROB.PERSON"): 2,
    ("PL-HORN", "ENV.LITTER"): 3,
    ("PL-FRID", "TRF.CROSSING"): 1,
}
LATE = st.lists(
    st.tuples(st.sampled_from(ANYWHERE), st.sampled_from([*PERSONS, "NEW.CODE"])), max_size=12
)
REPAIRS = st.lists(st.tuples(st.sampled_from(ANYWHERE), st.sampled_from(CONDITIONS)), max_size=6)


def edition(
    counts: Counts, before: Composed | None = None, *, preliminary: bool = False
) -> Composed:
    counted = Counted(
        counts=counts,
        places=[*PLACES, RETIRED],
        published=None if before is None else before.persons,
    )
    week = Week(week="2026-W23", counted=counted, agencies=4, quarantined=0, diverted=0)
    as_of = Edition("2026-06-09T12:00:00Z", preliminary=preliminary, synthetic=True)
    return compose(week, DISTRICT, as_of)


FIRST_EDITION = edition(FIRST)


def more(counts: Counts, late: list[tuple[str, str]]) -> Counts:
    return dict(Counter(counts) + Counter(late))


def numbers(shown: Picture) -> dict[tuple[str, str], int | None]:
    """Return every figure of the tables by where it stands."""
    found: dict[tuple[str, str], int | None] = {("*", "*"): shown.total}
    for group in shown.groups:
        found["*", group.code] = group.total
        found |= {("*", line.code): line.total for line in group.categories}
    for place in shown.places:
        found[place.place_id, "*"] = place.total
        found |= {(place.place_id, code): n for code, n in place.groups.items()}
    return found | {(cell.place_id, cell.category): cell.n for cell in shown.cells}


@settings(max_examples=8, deadline=None)
@given(LATE)
def test_reports_about_persons_that_come_later_change_no_edition(
    late: list[tuple[str, str]],
) -> None:
    first = FIRST_EDITION
    assert edition(more(FIRST, late), first).picture == first.picture


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from([cell for cell in FIRST if cell[1] in PERSONS]), max_size=12))
def test_reports_about_persons_that_are_taken_back_change_no_edition(
    taken_back: list[tuple[str, str]],
) -> None:
    first = FIRST_EDITION
    left = dict(+(Counter(FIRST) - Counter(taken_back)))
    assert edition(left, first).picture == first.picture


@settings(max_examples=8, deadline=None)
@given(LATE, REPAIRS)
def test_what_editions_differ_by_is_what_conditions_differ_by(
    late: list[tuple[str, str]], repairs: list[tuple[str, str]]
) -> None:
    first = FIRST_EDITION
    second = edition(more(FIRST, [*late, *repairs]), first)
    third = edition(more(FIRST, [*late, *late, *repairs]), second)
    assert third.picture == second.picture
    old, new = numbers(first.picture), numbers(second.picture)
    came = Counter(code for _, code in repairs)
    for cell in old:
        if cell[1] not in CONDITIONS:
            assert (old[cell] is None) is (new[cell] is None)
    told = {code: (new["*", code] or 0) - (old["*", code] or 0) for code in CONDITIONS}
    assert told == {code: came[code] for code in CONDITIONS}
    assert (new["*", "*"] or 0) - (old["*", "*"] or 0) == len(repairs)


@settings(max_examples=8, deadline=None)
@given(LATE)
def test_an_unfinished_week_looks_the_same_whoever_was_reported(
    late: list[tuple[str, str]],
) -> None:
    before = edition(FIRST, preliminary=True).picture
    assert edition(more(FIRST, late), preliminary=True).picture == before


@pytest.mark.parametrize("persons", range(1, 12))
def test_nothing_told_before_the_report_gives_its_hidden_cells_away(persons: int) -> None:
    """The sums of an unfinished week touch no person: they cannot be subtracted from the report."""
    counts = {("PL-KRON", "ROB.PERSON"): persons, ("PL-KRON", "ENV.LITTER"): 2}
    early, final = (
        numbers(edition(counts, preliminary=unfinished).picture) for unfinished in (True, False)
    )
    for cell, n in early.items():
        assert n is None or n == final[cell]
    assert early["*", "*"] is None


def test_a_place_or_category_that_comes_later_shows_its_conditions_only() -> None:
    first = FIRST_EDITION
    new = {**PLACES[0], "_id": "PL-NEW", "name": "Nytt"}
    counts = more(FIRST, [("PL-NEW", "ENV.LITTER"), ("PL-NEW", "ROB.PERSON")])
    counted = Counted(counts=counts, places=[*PLACES, new], published=first.persons)
    week = Week(week="2026-W23", counted=counted, agencies=4, quarantined=0, diverted=0)
    shown = numbers(
        compose(
            week, DISTRICT, Edition("2026-06-09T12:00:00Z", preliminary=False, synthetic=True)
        ).picture
    )
    assert shown["PL-NEW", "ENV"] == 1
    assert shown["PL-NEW", "ROB"] is None
    assert shown["PL-NEW", "*"] is None


def test_a_place_retired_since_stays_in_the_table_it_stood_in() -> None:
    first = FIRST_EDITION
    retired = [{**place, "retired": place["_id"] == "PL-STAD"} for place in PLACES]
    counted = Counted(counts=FIRST, places=retired, published=first.persons)
    week = Week(week="2026-W23", counted=counted, agencies=4, quarantined=0, diverted=0)
    again = compose(
        week, DISTRICT, Edition("2026-06-09T12:00:00Z", preliminary=False, synthetic=True)
    )
    assert numbers(again.picture) == numbers(first.picture)


def test_a_withheld_week_stays_withheld() -> None:
    strict = DISTRICT.model_copy(update={"k_anonymity": 1})
    counted = Counted(counts={})
    as_of = Edition("2026-06-09T12:00:00Z", preliminary=False, synthetic=True)
    week = Week(week="2026-W23", counted=counted, agencies=4, quarantined=0, diverted=0)
    first = compose(week, strict, as_of)
    later = Counted(counts=FIRST, published=first.persons)
    week = Week(week="2026-W23", counted=later, agencies=4, quarantined=0, diverted=0)
    second = compose(week, strict, as_of)
    assert first.picture.rule.withheld
    assert second.picture.rule.withheld
    assert not first.persons.shown
    assert not second.persons.shown


def test_editions_differ_where_conditions_do() -> None:
    editions = [FIRST_EDITION]
    for _ in range(3):
        counts = more(FIRST, [("PL-HORN", "ENV.LITTER")] * len(editions))
        editions.append(edition(counts, editions[-1]))
    totals = [numbers(one.picture)["PL-HORN", "ENV.LITTER"] for one in editions]
    assert all((after or 0) - (before or 0) == 1 for before, after in pairwise(totals))
