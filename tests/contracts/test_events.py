"""What an event refuses to say."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts.codes import FindingType, SspfLevel, YouthBand
from shared.contracts.concerns import ConcernCorrected, ConcernRegistered, ConcernReleased
from shared.contracts.intake_codes import ReleaseReason
from shared.contracts.refusal import Refusal, Refused
from shared.contracts.schemas import example_of
from shared.contracts.sspf import SspfMeetingOutcomeRecorded
from shared.contracts.statistics import StatisticObserved

CONCERN = example_of(ConcernRegistered).model_dump()
FIGURE = example_of(StatisticObserved).model_dump()


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat": 59.3405},
        {"lon": 18.0078},
        {"lat": 59.34051234, "lon": 18.0078},
        {"place_id": "Kalles port"},
        {"cell": "8a1f1d4c1d4ffff"},
        {"category": "skräp"},
        {"severity": 4},
        {"observed_from": datetime(2026, 6, 5)},  # noqa: DTZ001 - it shall be refused
        {"secondary": ("ENV.LITTER",) * 3},
        {"narrative": "x"},
    ],
)
def test_a_concern_is_coded_placed_coarsely_and_bounded(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ConcernRegistered.model_validate(CONCERN | wrong)


def test_a_concern_may_have_a_coarse_point() -> None:
    told = ConcernRegistered.model_validate(CONCERN | {"lat": 59.3405, "lon": 18.0078})
    assert (told.lat, told.lon) == (59.3405, 18.0078)


RELEASED: dict[str, Any] = {
    "findings": ({"type": FindingType.PERSONAL_NUMBER, "count": 1},),
    "source_agency": "LIBRARIES",
}


@pytest.mark.parametrize(
    ("said", "may"),
    [
        ({"redacted": True}, True),
        ({"redacted": False, "reason": ReleaseReason.FALSE_ALARM}, True),
        ({"redacted": False}, False),
        ({"redacted": True, "reason": ReleaseReason.FALSE_ALARM}, False),
    ],
)
def test_a_text_is_let_through_redacted_or_for_a_reason(said: dict[str, Any], *, may: bool) -> None:
    with nullcontext() if may else pytest.raises(ValidationError):
        ConcernReleased.model_validate(RELEASED | said)


def test_a_correction_tells_everything_a_registration_does() -> None:
    registered = ConcernRegistered.model_json_schema()["properties"]
    corrected = ConcernCorrected.model_json_schema()["properties"]
    assert {name: corrected.pop(name) for name in registered} == registered
    assert set(corrected) == {"corrected_at"}


def test_times_in_events_are_utc() -> None:
    local = datetime(2026, 6, 5, 22, tzinfo=timezone(timedelta(hours=2)))
    told = ConcernRegistered.model_validate(CONCERN | {"observed_from": local})
    assert told.observed_from.tzinfo is UTC
    assert told.observed_from.hour == 20


def test_events_do_not_change() -> None:
    with pytest.raises(ValidationError):
        example_of(ConcernRegistered).severity = 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "more",
    [{"place_id": "PL-THOR"}, {"school_area": "SA-WEST"}, {"themes": ("SCHOOL_ABSENCE",)}],
)
def test_a_mere_count_of_youths_says_nothing_else(more: dict[str, Any]) -> None:
    count: dict[str, Any] = {
        "month": "2026-05",
        "term": "2026-VT",
        "functions": ("SCHOOL",),
        "level": SspfLevel.INDIVIDUAL_COUNT_ONLY,
        "band": YouthBand.ONE_TO_FOUR,
    }
    assert SspfMeetingOutcomeRecorded.model_validate(count)
    assert SspfMeetingOutcomeRecorded.model_validate(count | more | {"level": SspfLevel.GROUP})
    with pytest.raises(ValidationError):
        SspfMeetingOutcomeRecorded.model_validate(count | more)


def test_there_is_nothing_behind_a_suppressed_figure() -> None:
    assert StatisticObserved.model_validate(FIGURE | {"suppressed": True, "value": None})
    with pytest.raises(ValidationError):
        StatisticObserved.model_validate(FIGURE | {"suppressed": True})
    with pytest.raises(ValidationError):
        StatisticObserved.model_validate(FIGURE | {"value": float("inf")})


def test_a_refusal_is_a_value_that_can_be_raised() -> None:
    refusal = Refusal("NOT_NOW", "Inte nu", "Not now")
    assert Refused(refusal).refusal is refusal
    assert refusal.status == 409
