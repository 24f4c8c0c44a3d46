"""The rules at the door: given a report and the district, when it is taken in, then …"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.concern import Surroundings, diversion, divert, register
from services.intake.domain.geography import KnownPlace, Outline, Position, nearest
from services.intake.domain.report import ConcernReport
from shared.contracts.codes import ConcernState, DivertTarget, FindingType
from shared.contracts.concerns import ConcernQuarantined, ConcernRegistered
from shared.contracts.district import District
from shared.contracts.refusal import Refused

DISTRICT = District.load()
NOW = datetime(2026, 6, 5, 21, 40, tzinfo=UTC)
SQUARE = Outline((((18.0, 59.33), (18.02, 59.33), (18.02, 59.34), (18.0, 59.34)),))
HERE = KnownPlace("PL-HERE", "Here", Position(59.335, 18.01))
BESIDE = KnownPlace("PL-BESIDE", "Beside", Position(59.3355, 18.01))
GONE = KnownPlace("PL-GONE", "Gone", Position(59.3301, 18.001), retired=True)
AROUND = Surroundings(DISTRICT, {p.place_id: p for p in (HERE, BESIDE, GONE)}, SQUARE, NOW)


def report(**changes: object) -> ConcernReport:
    said: dict[str, Any] = {
        "category": "ENV.LIGHTING",
        "place_id": "PL-HERE",
        "place_type": "OUTDOOR",
        "observed_from": "2026-06-05T22:10:00+02:00",
        "certainty": "SEEN",
        "recurrence": "FIRST",
        "severity": 1,
    }
    return ConcernReport.model_validate(said | changes)


def registered(**changes: object) -> ConcernRegistered:
    return register(report(**changes), [], agency="GUARDS", around=AROUND).registered


def refused(around: Surroundings = AROUND, /, **changes: object) -> str:
    with pytest.raises(Refused) as answer:
        register(report(**changes), [], agency="GUARDS", around=around)
    return answer.value.refusal.code


def test_a_clean_report_is_registered_to_the_hour_under_its_agency() -> None:
    kept = register(
        report(observed_to="2026-06-05T23:50:00+02:00", narrative="x", external_reference="D-1"),
        [],
        agency="GUARDS",
        around=AROUND,
    )

    assert kept.status is ConcernState.REGISTERED
    assert kept.external_reference == "D-1"
    assert kept.event == kept.registered
    assert kept.registered.observed_from == datetime(2026, 6, 5, 20, tzinfo=UTC)
    assert kept.registered.observed_to == datetime(2026, 6, 5, 21, tzinfo=UTC)
    assert (kept.registered.source_agency, kept.registered.registered_at) == ("GUARDS", NOW)
    assert kept.registered.has_narrative
    assert kept.registered.cell == HERE.position.cell


def test_findings_quarantine_and_only_their_kinds_are_told() -> None:
    found = [FindingType.PHONE, FindingType.PERSONAL_NUMBER, FindingType.PHONE]
    kept = register(report(external_reference="x"), found, agency="GUARDS", around=AROUND)

    assert kept.status is ConcernState.QUARANTINED
    assert kept.external_reference is None
    assert isinstance(kept.event, ConcernQuarantined)
    assert {(one.type, one.count) for one in kept.event.findings} == {
        (FindingType.PHONE, 2),
        (FindingType.PERSONAL_NUMBER, 1),
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ongoing_danger": True}, "DIV.ONGOING_DANGER"),
        ({"category": "DIV.SUSPICION"}, "DIV.SUSPICION"),
        ({"secondary": ("DIV.CRIME",)}, "DIV.CRIME"),
        ({}, None),
    ],
)
def test_what_belongs_elsewhere_is_told_apart(changes: dict[str, object], code: str) -> None:
    assert diversion(report(**changes), DISTRICT) == code


def test_a_diversion_keeps_the_group_and_nothing_else() -> None:
    danger = divert(report(ongoing_danger=True), DISTRICT, "DIV.ONGOING_DANGER")
    crime = divert(report(category="DIV.CRIME"), DISTRICT, "DIV.CRIME")

    assert (danger.target, danger.category_group) == (DivertTarget.EMERGENCY_112, "ENV")
    assert (crime.target, crime.category_group) == (DivertTarget.POLICE_114_14, "DIV.CRIME")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": "ENV.NOTHING"}, "UNKNOWN_CATEGORY"),
        ({"secondary": ("ENV.NOTHING",)}, "UNKNOWN_CATEGORY"),
        ({"secondary": ("ENV.LIGHTING",)}, "CATEGORY_TWICE"),
        ({"measures_taken": ("MAGIC",)}, "UNKNOWN_MEASURE"),
        ({"place_id": None}, "PLACE_MISSING"),
        ({"place_unknown": True}, "SEVERAL_PLACES"),
        ({"point": {"lat": 59.335, "lon": 18.01}}, "SEVERAL_PLACES"),
        ({"place_id": "PL-NOWHERE"}, "UNKNOWN_PLACE"),
        ({"place_id": "PL-GONE"}, "UNKNOWN_PLACE"),
        ({"place_id": None, "point": {"lat": 59.36, "lon": 18.01}}, "OUTSIDE_DISTRICT"),
        ({"category": "FRD.OLDER_PEOPLE"}, "NO_PLACE_ALLOWED"),
        ({"secondary": ("SCH.ENVIRONMENT",)}, "NO_PLACE_ALLOWED"),
        ({"observed_from": NOW + timedelta(minutes=16)}, "IN_THE_FUTURE"),
        ({"observed_to": NOW + timedelta(minutes=16)}, "IN_THE_FUTURE"),
        ({"observed_from": NOW - timedelta(days=367)}, "TOO_OLD"),
        ({"observed_to": "2026-06-05T21:00:00+02:00"}, "ENDS_BEFORE_START"),
    ],
)
def test_a_broken_rule_is_named(changes: dict[str, object], code: str) -> None:
    assert refused(**changes) == f"CONCERN.{code}"


def test_a_retired_category_is_no_longer_taken() -> None:
    old = DISTRICT.categories["ENV.LIGHTING"].model_copy(update={"retired": True})
    categories = DISTRICT.categories | {"ENV.LIGHTING": old}
    district = DISTRICT.model_copy(update={"categories": categories})
    around = Surroundings(district, AROUND.places, SQUARE, NOW)

    assert refused(around) == "CONCERN.RETIRED_CATEGORY"


def test_a_clock_a_little_ahead_is_forgiven() -> None:
    assert registered(observed_from=NOW + timedelta(minutes=14)).observed_from <= NOW


def test_an_upcoming_event_lies_ahead_but_within_half_a_year() -> None:
    soon = registered(category="EVT.UPCOMING", observed_from=NOW + timedelta(days=20))

    assert soon.observed_from > NOW
    later = NOW + timedelta(days=181)
    assert refused(category="EVT.UPCOMING", observed_from=later) == "CONCERN.IN_THE_FUTURE"


@pytest.mark.parametrize("category", ["FRD.OLDER_PEOPLE", "SCH.ENVIRONMENT"])
def test_district_wide_categories_carry_no_place(category: str) -> None:
    kept = registered(category=category, place_id=None)

    assert (kept.place_id, kept.cell, kept.lat) == (None, None, None)


def test_a_point_gets_the_nearest_place_in_use_and_keeps_ten_metres() -> None:
    kept = registered(place_id=None, point={"lat": 59.335123, "lon": 18.010123})

    assert (kept.place_id, kept.lat, kept.lon) == ("PL-HERE", 59.3351, 18.0101)


def test_a_point_far_from_every_place_has_its_cell_only() -> None:
    kept = registered(place_id=None, point={"lat": 59.3301, "lon": 18.001})

    assert kept.place_id is None
    assert kept.cell == Position(59.3301, 18.001).cell


def test_where_persons_show_the_point_itself_is_dropped() -> None:
    kept = registered(
        category="ENV.LITTER",
        secondary=("ORD.LOUD_GATHERING",),
        place_id=None,
        point={"lat": 59.335, "lon": 18.01},
    )

    assert (kept.lat, kept.lon, kept.place_id) == (None, None, "PL-HERE")


def test_the_shipped_outline_holds_every_place_of_the_district_or_is_near_it() -> None:
    shipped = Path(__file__).parents[2] / "shared/web/static/kungsholmen-schematic.geojson"
    outline = Outline.read(shipped.read_text("utf-8"))
    places = [KnownPlace(p.id, p.name, Position(p.lat, p.lon)) for p in DISTRICT.places]

    for place in places:
        assert outline.contains(place.position) or nearest(places, place.position)
    assert not outline.contains(Position(59.3326, 18.0649))  # the central station
    assert outline.contains(Position(59.3320, 18.0300))


def test_distances_are_those_of_the_earth() -> None:
    north = HERE.position.metres_to(Position(59.345, 18.01))

    assert north == pytest.approx(1112, abs=1)
