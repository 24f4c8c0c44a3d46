"""A concern set right in a form: untouched it says what it said; what is not asked for stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake.domain.concern import Concern, Surroundings, coded
from services.intake.domain.correction import corrected, filled_of
from services.intake.domain.geography import KnownPlace, Outline, Position
from services.intake.domain.life import correct
from services.intake.domain.report import ConcernReport
from shared.contracts.codes import (
    Certainty,
    ConcernState,
    Flag,
    GroupBand,
    PlaceType,
    Recurrence,
    YesNoUnknown,
)
from shared.contracts.concerns import ConcernRegistered
from shared.web.pages import STATIC
from tests.intake.conftest import DISTRICT, NOW

PLACES = {
    place.id: KnownPlace(place.id, place.name, Position(place.lat, place.lon))
    for place in DISTRICT.places
}
OUTLINE = Outline.read((STATIC / "kungsholmen-schematic.geojson").read_text("utf-8"))
AROUND = Surroundings(DISTRICT, PLACES, OUTLINE, NOW)
REPORT: dict[str, Any] = {
    "category": "ENV.LITTER",
    "secondary": ("ENV.LIGHTING",),
    "place_id": "PL-HORN",
    "place_type": PlaceType.INDOOR,
    "observed_from": datetime(2026, 6, 5, 18, tzinfo=UTC),
    "observed_to": datetime(2026, 6, 5, 20, tzinfo=UTC),
    "certainty": Certainty.TOLD,
    "recurrence": Recurrence.ONGOING,
    "severity": 3,
    "group_band": GroupBand.SIX_TO_TEN,
    "flags": (Flag.ALCOHOL, Flag.DRUGS),
    "measures_taken": ("CLEANED",),
    "police_report": YesNoUnknown.NO,
    "wants_feedback": True,
}
AWAY = {"lat": 59.335, "lon": 18.03}  # no known place within reach


def registered(**changes: object) -> ConcernRegistered:
    said = {name: value for name, value in (REPORT | changes).items() if value is not None}
    return coded(ConcernReport.model_validate(said), agency="LIBRARIES", around=AROUND)


def again(kept: ConcernRegistered, **changes: object) -> ConcernRegistered:
    """What is kept after the form was sent with these changes."""
    filled = filled_of(kept).model_copy(update=changes)
    said = corrected(filled, kept, DISTRICT)
    return coded(said, agency="LIBRARIES", around=AROUND)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"place_id": None, "point": AWAY},
        {"place_id": None, "point": AWAY, "category": "ORD.FIGHT"},
        {"place_id": "PL-KRON", "category": "ORD.FIGHT"},
        {"place_id": None, "place_unknown": True},
        {"observed_to": None},
        {"wants_feedback": False, "flags": (), "secondary": ()},
        {"synthetic": True},
    ],
)
def test_a_form_sent_as_it_was_handed_out_changes_nothing(changes: dict[str, Any]) -> None:
    kept = registered(**changes)
    assert again(kept) == kept


@given(hours=st.integers(0, 24 * 300))
def test_the_hour_stays_the_hour_summer_and_winter(hours: int) -> None:
    begun = datetime(2025, 7, 1, tzinfo=UTC) + timedelta(hours=hours)
    kept = registered(observed_from=begun, observed_to=begun + timedelta(hours=2))
    assert again(kept) == kept


def test_what_is_changed_is_changed_and_nothing_else() -> None:
    kept = registered()
    after = again(kept, severity="0", certainty="SEEN", place_id="PL-KRON", flags=())
    before, now = kept.model_dump(), after.model_dump()
    changed = {name for name in before if before[name] != now[name]}
    assert changed == {"severity", "certainty", "place_id", "cell", "flags"}


def test_another_hour_takes_the_end_along() -> None:
    kept = registered()
    after = again(kept, date="2026-06-04", hour="9")
    assert after.observed_from == datetime(2026, 6, 4, 7, tzinfo=UTC)
    assert after.observed_to == datetime(2026, 6, 4, 9, tzinfo=UTC)


def test_a_category_that_was_second_and_becomes_first_is_said_once() -> None:
    after = again(registered(), category="ENV.LIGHTING")
    assert (after.category, after.secondary) == ("ENV.LIGHTING", ())


def test_a_cell_does_not_become_a_point() -> None:
    """Of what is about people only the cell is kept; nobody knows the point any more."""
    kept = registered(category="ORD.FIGHT", place_id=None, point=AWAY, secondary=())
    assert (kept.cell is None, kept.lat) == (False, None)
    with pytest.raises(ValidationError):
        corrected(
            filled_of(kept).model_copy(update={"category": "ENV.LITTER", "place_id": "POINT"}),
            kept,
            DISTRICT,
        )


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (59.32453, 17.98766),  # the middle of its cell lies outside the district
        (59.32952, 18.02954),  # the middle of its cell lies near a known place, the point did not
        (59.335, 18.03),
    ],
)
@pytest.mark.parametrize("category", ["ORD.FIGHT", "ENV.LITTER"])
def test_what_is_not_moved_stays_where_it_was(lat: float, lon: float, category: str) -> None:
    said = {"category": category, "place_id": None, "point": {"lat": lat, "lon": lon}}
    kept = registered(**said, secondary=())
    filled = filled_of(kept).model_copy(update={"severity": "0"})
    standing = Concern(status=ConcernState.REGISTERED, registered=kept)
    report = corrected(filled, kept, DISTRICT)
    after = correct(standing, report, [], around=AROUND, moved=False).kept.registered
    assert after == kept.model_copy(update={"severity": 0})


def test_a_point_that_never_was_is_none() -> None:
    kept = registered(place_id=None, place_unknown=True)
    with pytest.raises(ValidationError):
        corrected(filled_of(kept).model_copy(update={"place_id": "POINT"}), kept, DISTRICT)


def test_a_position_cannot_be_slipped_in_beside_the_form() -> None:
    kept = registered()
    filled = filled_of(kept).model_copy(update={"lat": "59.9", "lon": "18.1", "place_id": ""})
    with pytest.raises(ValidationError):
        corrected(filled, kept, DISTRICT)
    assert corrected(filled_of(kept), kept, DISTRICT).point is None


def test_a_text_is_written_or_stays() -> None:
    kept = registered()
    assert corrected(filled_of(kept), kept, DISTRICT).narrative is None
    filled = filled_of(kept).model_copy(update={"narrative": "Tre lampor."})
    assert corrected(filled, kept, DISTRICT).narrative == "Tre lampor."
