"""Weeks and days are those of Stockholm; stored times are UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.calendar import day_of, parse_week, week_bounds, week_of


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_week_begins_on_a_stockholm_monday() -> None:
    assert week_of(at("2026-05-31T21:59:59")) == "2026-W22"
    assert week_of(at("2026-05-31T22:00:00")) == "2026-W23"
    assert day_of(at("2026-05-31T22:00:00")) == date(2026, 6, 1)


def test_the_last_days_of_december_may_belong_to_the_next_year() -> None:
    assert week_of(at("2024-12-30T12:00:00")) == "2025-W01"
    assert week_of(at("2027-01-03T12:00:00")) == "2026-W53"


@pytest.mark.parametrize(("week", "hours"), [("2026-W13", 167), ("2026-W43", 169)])
def test_a_week_of_changing_clocks_is_an_hour_off(week: str, hours: int) -> None:
    start, end = week_bounds(week)
    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    "week", ["2026-W54", "2026W23", "2026-W00", "2025-W53", "", "x2026-W23", "٢٠٢٦-W٢٣"]
)
def test_what_is_no_week_is_refused(week: str) -> None:
    with pytest.raises(ValueError, match=r"week|Invalid"):
        parse_week(week)


@pytest.mark.parametrize("week", ["0001-W01", "1999-W52", "2200-W01", "9999-W52"])
def test_a_year_outside_sense_is_refused_before_anything_overflows(week: str) -> None:
    for read in (parse_week, week_bounds):
        with pytest.raises(ValueError, match="2000 to 2199"):
            read(week)


@pytest.mark.parametrize("week", ["2000-W01", "2199-W52"])
def test_the_first_and_the_last_week_have_both_ends(week: str) -> None:
    start, end = week_bounds(week)
    assert end - start == timedelta(days=7)


@given(st.datetimes(datetime(2000, 1, 3), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_every_moment_lies_in_its_own_week(moment: datetime) -> None:
    start, end = week_bounds(week_of(moment))
    assert start <= moment < end
