"""Weeks and days of the district: ISO weeks in Europe/Stockholm, times in UTC."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_YEARS = range(2000, 2200)


def day_of(moment: datetime) -> date:
    """The local day of an aware moment."""
    return moment.astimezone(ZONE).date()


def week_of(moment: datetime) -> str:
    """The local ISO week of an aware moment: `2026-W23`."""
    iso = day_of(moment).isocalendar()
    return f"{iso.year}-W{iso.week:02d}"


def parse_week(week: str) -> date:
    """The Monday of a week.

    Raises:
        ValueError: it is no ISO week, or of no year from 2000 to 2199: their ends cannot all be
            told as moments.
    """
    found = _WEEK.fullmatch(week)
    if found is None:
        raise ValueError("a week is written 2026-W23")
    if int(found[1]) not in _YEARS:
        raise ValueError("a week is of a year from 2000 to 2199")
    return date.fromisocalendar(int(found[1]), int(found[2]), 1)


def week_bounds(week: str) -> tuple[datetime, datetime]:
    """When a week starts and when the next one does, in UTC.

    Raises:
        ValueError: it is no ISO week.
    """
    monday = parse_week(week)
    return _midnight(monday), _midnight(monday + timedelta(days=7))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)
