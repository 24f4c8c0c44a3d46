"""Counting in the district's own days."""

from datetime import UTC, date, datetime, time

from shared.contracts.calendar import ZONE, day_of


def days_since(day: date, moment: datetime) -> int:
    """How many local days lie between this day and this moment; negative before it."""
    return (day_of(moment) - day).days


def start_of(day: date) -> datetime:
    """The moment a local day begins, in UTC."""
    return datetime.combine(day, time.min, ZONE).astimezone(UTC)
