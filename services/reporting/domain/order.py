"""Which reports can be ordered, and when an order is refused. Pure."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.contracts.calendar import parse_week, week_bounds
from shared.contracts.refusal import UNPROCESSABLE, Refusal

KEY_REUSED = Refusal(
    "KEY_REUSED",
    "Samma Idempotency-Key har använts för en annan rapport",
    "The same Idempotency-Key was used for another report",
    status=UNPROCESSABLE,
)
NO_WEEK = Refusal("NO_WEEK", "Veckan finns inte", "There is no such week", status=UNPROCESSABLE)
WEEK_AHEAD = Refusal(
    "WEEK_AHEAD", "Veckan har inte börjat", "The week has not begun", status=UNPROCESSABLE
)
WEEK_NOT_OVER = Refusal("WEEK_NOT_OVER", "Veckan är inte över", "The week is not over")
GRACE: Final = timedelta(hours=36)
"""What was seen on a Sunday may be reported until Tuesday noon."""


class ReportType(StrEnum):
    """The reports that can be built."""

    WEEKLY_SITUATION = "weekly-situation"


def refused(week: str, now: datetime) -> Refusal | None:
    """Why no report can be built for the week; None when it can."""
    try:
        begins, ends = week_bounds(week)
    except ValueError:
        return NO_WEEK
    if now < begins:
        return WEEK_AHEAD
    return WEEK_NOT_OVER if now < ends else None


def due(week: str, built: datetime | None, now: datetime) -> bool:
    """Whether a week's report builds itself now: late reports have had their time since.

    `built` is when its latest edition was built. What is no week is never due.
    """
    try:
        complete = week_bounds(week)[1] + GRACE
    except ValueError:
        return False
    return complete <= now and (built is None or built < complete)


def told(time: datetime) -> str:
    """A time as reports tell it: `2026-06-08T06:00:00Z`."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def days(week: str) -> tuple[str, str]:
    """The first and the last day of a week."""
    monday = parse_week(week)
    return monday.isoformat(), (monday + timedelta(days=6)).isoformat()
