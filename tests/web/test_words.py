from datetime import UTC, date, datetime

import pytest

from shared.web import words

LATE = datetime(2026, 5, 31, 22, 5, tzinfo=UTC)


def test_a_moment_is_told_on_stockholms_calendar() -> None:
    assert words.date_sv(LATE) == "1 juni 2026"
    assert words.time_sv(LATE) == "1 juni 2026 kl.\u00a000.05"
    assert words.weekday_sv(LATE) == "måndag 1 juni 2026"
    assert words.date_sv(date(2026, 12, 24)) == "24 december 2026"


def test_winter_and_summer_time_are_told_apart() -> None:
    assert words.time_sv(datetime(2026, 1, 15, 12, tzinfo=UTC)).endswith("13.00")
    assert words.time_sv(datetime(2026, 7, 15, 12, tzinfo=UTC)).endswith("14.00")


@pytest.mark.parametrize(
    ("written", "told"),
    [("2026-W23", "vecka 23, 2026"), ("2026-W01", "vecka 1, 2026"), ("annat", "annat")],
)
def test_weeks(written: str, told: str) -> None:
    assert words.week_sv(written) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0"), (1234, "1\u00a0234"), (1234567, "1\u00a0234\u00a0567"), (3.5, "3,5"), (-2, "-2")],
)
def test_numbers_have_a_decimal_comma_and_parted_thousands(number: float, told: str) -> None:
    assert words.number_sv(number) == told


def test_machines_get_iso() -> None:
    assert words.iso(LATE) == "2026-05-31T22:05:00+00:00"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Spara", "Spara"),
        ("Spara / Save", 'Spara <span lang="en" class="quiet">Save</span>'),
        ("<b> / <i>", '&lt;b&gt; <span lang="en" class="quiet">&lt;i&gt;</span>'),
        ("06/24", "06/24"),
    ],
)
def test_english_beside_swedish_is_marked_as_english(given: str, shown: str) -> None:
    assert words.said(given) == shown


def test_several_are_joined_with_the_swedish_and_the_english_apart() -> None:
    assert words.joined(["a / b", "c / d"]) == "a; c / b; d"
    assert words.joined(["a / b", "c"]) == "a; c / b"
    assert words.joined(["a"]) == "a"
    assert words.joined([]) == ""
