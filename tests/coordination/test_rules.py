"""Places, cycles, pictures and what belongs together."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.coordination.domain import cycle, picture, place, signals
from services.coordination.domain.cycle import Cycle, CycleState
from services.coordination.domain.days import days_since, start_of
from services.coordination.domain.decision import Decision
from services.coordination.domain.picture import Count, Judgement, Picture
from services.coordination.domain.place import Place, PlaceState
from services.coordination.domain.signals import Likeness, Point, metres_between
from services.coordination.projections import fold_registered
from shared.contracts.codes import (
    Certainty,
    PictureState,
    PlaceType,
    Recurrence,
    Role,
    SituationLevel,
)
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.district import District
from shared.contracts.envelope import Event, Provenance, Received, meta_of
from shared.contracts.est import (
    EstCycleClosed,
    EstCycleOpened,
    SituationLevelChanged,
    SituationPictureAdopted,
    SituationPictureSuperseded,
)
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.contracts.places import PlaceControlChanged, PlaceRegistered, PlaceRetired
from shared.contracts.refusal import Refusal
from tests.coordination.test_problem import concern

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
LIKENESS = Likeness(window=timedelta(days=28), metres=250)
HORN = Point(59.3405, 18.0078)


def _events(answer: Decision) -> tuple[Event, ...]:
    assert not isinstance(answer, Refusal), answer
    return answer


def _code(answer: Decision) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


# places


def registered() -> Place:
    event = PlaceRegistered(
        name="Hornsbergs strand",
        lat=HORN.lat,
        lon=HORN.lon,
        part="STADSHAGEN",
        custodians=("DISTRICT_PARKS", "TRAFFIC_OFFICE"),
    )
    return place.evolve(None, event, NOW)


def placed(state: Place, answer: Decision) -> Place:
    for event in _events(answer):
        state = place.evolve(state, event, NOW)
    return state


def test_a_place_is_active_prioritised_and_active_again() -> None:
    state = registered()
    assert (state.state, state.point) == (PlaceState.ACTIVE, HORN)
    assert _code(place.deprioritise(state, "CALM_PERIOD")) == "WRONG_STATE"
    state = placed(state, place.prioritise(state, "CLUSTER_AT_PLACE"))
    assert state.state is PlaceState.PRIORITISED
    assert _code(place.prioritise(state, "SEASON")) == "WRONG_STATE"
    assert placed(state, place.deprioritise(state, "CALM_PERIOD")).state is PlaceState.ACTIVE


def test_control_changes_hands_and_the_same_hands_are_nothing_new() -> None:
    state = registered()
    assert place.change_control(state, state.custodians) == ()
    assert placed(state, place.change_control(state, ["PORT"])).custodians == ("PORT",)


def test_a_place_with_open_problems_is_not_retired_and_a_retired_one_rests() -> None:
    state = registered()
    assert _code(place.retire(state, "MERGED", open_problems=1)) == "PLACE_IN_USE"
    retired = placed(state, place.retire(state, "MERGED", open_problems=0))
    assert retired.state is PlaceState.RETIRED
    assert _code(place.retire(retired, "MERGED", open_problems=0)) == "WRONG_STATE"
    assert _code(place.change_control(retired, ["PORT"])) == "WRONG_STATE"


def test_the_owner_is_the_custodian_the_category_prefers_else_the_foremost() -> None:
    custodians = ("DISTRICT_PARKS", "TRAFFIC_OFFICE")
    assert place.owner_for(custodians, ["PORT", "TRAFFIC_OFFICE"]) == "TRAFFIC_OFFICE"
    assert place.owner_for(custodians, ["PORT"]) == "DISTRICT_PARKS"


def test_a_place_begins_registered_and_knows_its_own_events() -> None:
    with pytest.raises(ValueError, match="PlaceRegistered"):
        place.evolve(None, PlaceControlChanged(custodians=("PORT",)), NOW)
    with pytest.raises(TypeError, match="EstCycleClosed"):
        place.evolve(registered(), EstCycleClosed(), NOW)


# cycles


@pytest.mark.parametrize("days", [0, -1, 63])
def test_a_cycle_lasts_between_a_day_and_two_months(days: int) -> None:
    begins = date(2026, 6, 1)
    answer = cycle.open_cycle(begins, begins + timedelta(days=days), another_open=False)
    assert _code(answer) == "CYCLE_LENGTH"


def test_one_cycle_is_open_at_a_time_and_closes_once() -> None:
    begins, ends = date(2026, 6, 1), date(2026, 6, 15)
    assert _code(cycle.open_cycle(begins, ends, another_open=True)) == "CYCLE_OPEN"
    [opened] = _events(cycle.open_cycle(begins, ends, another_open=False))
    assert opened == EstCycleOpened(from_date=begins, to_date=ends, length_days=14)
    state = cycle.evolve(None, opened, NOW)
    assert state == Cycle(begins=begins, ends=ends)
    closed = cycle.evolve(state, _events(cycle.close(state))[0], NOW)
    assert closed.state is CycleState.CLOSED
    assert _code(cycle.close(closed)) == "WRONG_STATE"


@pytest.mark.parametrize("state", [None, Cycle(begins=NOW.date(), ends=NOW.date())])
def test_a_cycle_knows_its_own_events(state: Cycle | None) -> None:
    with pytest.raises(ValueError, match="a cycle begins"):
        cycle.evolve(state, PlaceRetired(reason="MERGED"), NOW)


# pictures


def compiled(level: SituationLevel = SituationLevel.YELLOW) -> Picture:
    [event] = picture.compile_week("2026-W23", Count(concerns=48, problems=6, open_assignments=11))
    judged = Judgement(level=level, motive="CLUSTER_AT_PLACE", role=Role.COORDINATOR)
    return picture.compiled(event, judged, NOW)


def pictured(state: Picture, answer: Decision) -> Picture:
    for event in _events(answer):
        state = picture.evolve(state, event, NOW)
    return state


def test_a_picture_is_adopted_once_and_then_never_changes() -> None:
    state = compiled()
    assert state.count.concerns == 48
    adopted = pictured(state, picture.adopt(state, None))
    assert (adopted.state, adopted.adopted_at) == (PictureState.ADOPTED, NOW)
    assert _code(picture.adopt(adopted, None)) == "WRONG_STATE"


def test_a_level_is_told_when_it_is_another_than_before() -> None:
    state = compiled()
    assert [type(one) for one in _events(picture.adopt(state, SituationLevel.YELLOW))] == [
        SituationPictureAdopted
    ]
    changed = _events(picture.adopt(state, SituationLevel.GREEN))[1]
    assert isinstance(changed, SituationLevelChanged)
    assert (changed.old, changed.new) == (SituationLevel.GREEN, SituationLevel.YELLOW)
    assert changed.assessor_role is Role.COORDINATOR


def test_only_a_picture_in_force_gives_way() -> None:
    by = "1d6f0b3c-52f7-5d1f-8f7b-3f0c5a9e2d44"
    assert picture.supersede(compiled(), by) == ()
    adopted = pictured(compiled(), picture.adopt(compiled(), None))
    superseded = pictured(adopted, picture.supersede(adopted, by))
    assert (superseded.state, superseded.superseded_by) == (PictureState.SUPERSEDED, by)
    assert picture.supersede(superseded, by) == ()


def test_a_picture_begins_compiled_and_knows_its_own_events() -> None:
    with pytest.raises(ValueError, match="compiled"):
        picture.evolve(None, SituationPictureSuperseded(by=ID), NOW)
    with pytest.raises(TypeError, match="PlaceRetired"):
        picture.evolve(compiled(), PlaceRetired(reason="MERGED"), NOW)


ID = "1d6f0b3c-52f7-5d1f-8f7b-3f0c5a9e2d44"


def test_days_are_those_of_stockholm() -> None:
    late_evening = datetime(2026, 6, 9, 22, 30, tzinfo=UTC)
    assert days_since(date(2026, 6, 9), late_evening) == 1
    assert start_of(date(2026, 6, 10)) == datetime(2026, 6, 9, 22, tzinfo=UTC)
    assert start_of(date(2026, 1, 10)) == datetime(2026, 1, 9, 23, tzinfo=UTC)


# what belongs together


def test_near_is_the_same_place_the_same_cell_or_250_metres() -> None:
    at_place, elsewhere = concern(0), concern(1, place_id="PL-HORN")
    assert signals.near(at_place, concern(1), 250)
    assert not signals.near(at_place, elsewhere, 250)
    in_cell = concern(0, place_id=None, cell="8908866c0b7ffff")
    assert signals.near(in_cell, concern(1, cell="8908866c0b7ffff"), 250)
    close = concern(0, place_id=None, point=HORN)
    assert signals.near(close, concern(1, place_id=None, point=Point(59.3415, 18.0078)), 250)
    assert not signals.near(close, concern(1, place_id=None, point=Point(59.3435, 18.0078)), 250)


def test_the_district_decides_what_is_alike() -> None:
    assert Likeness.of(District.load()) == LIKENESS


def test_metres_are_metres() -> None:
    a_minute_north = Point(HORN.lat + 1 / 60, HORN.lon)
    assert metres_between(HORN, a_minute_north) == pytest.approx(1853, abs=3)
    assert metres_between(HORN, HORN) == 0


def test_similar_ones_come_latest_first_and_without_itself() -> None:
    found = signals.similar_to(concern(2), [concern(n) for n in range(4)], LIKENESS)
    assert found == (concern(0), concern(1), concern(3))


def test_the_commonest_place_and_the_first_of_equals() -> None:
    two_of_one = [concern(0), concern(1, place_id="PL-HORN"), concern(2, place_id="PL-HORN")]
    assert signals.commonest_place(two_of_one) == "PL-HORN"
    assert signals.commonest_place(two_of_one[:2]) == "PL-HORN"
    assert signals.commonest_place([concern(0, place_id=None)]) is None


# the read model


def test_a_registered_concern_is_kept_as_triage_needs_it_and_nothing_else() -> None:
    event = ConcernRegistered(
        category="ENV.LITTER",
        place_id="PL-HORN",
        place_type=PlaceType.OUTDOOR,
        observed_from=NOW,
        certainty=Certainty.SEEN,
        recurrence=Recurrence.FIRST,
        severity=1,
        wants_feedback=True,
        has_narrative=True,
        source_agency="FIELD_WORKERS",
        registered_at=NOW,
        synthetic=True,
    )
    why = Provenance(
        time=NOW,
        district=DistrictCode("KUNGSHOLMEN"),
        agency=AgencyCode("FIELD_WORKERS"),
        actor_role=Role.REPORTER,
        correlation_id="test",
    )
    meta = meta_of(event, source="/intake", subject=ID, sequence=1, why=why)
    bare = {"_id": ID, "seq": 0, "district": "KUNGSHOLMEN"}
    row = fold_registered(dict(bare), Received(meta, event))
    assert bare.items() <= row.items()
    assert row["category"] == "ENV.LITTER"
    assert row["observed_from"] == NOW
    assert row["has_narrative"] is True
