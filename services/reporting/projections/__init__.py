"""What reporting remembers of the events: pure folds, one function per event.

A fold takes the row as it stands and one received event, and answers the row as it shall stand.
Rows hold codes, numbers and times in text (UTC, milliseconds), nothing of the wall clock: the
same events give the same bytes however they were batched and whenever they are folded again.
"""

from datetime import UTC, date, datetime
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]
Contribution: TypeAlias = dict[tuple[str, ...], int]

NO_PLACE = "-"


def moment(time: datetime) -> str:
    """A time as rows keep it: `2026-06-05T20:00:00.000Z`."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(value: date | None) -> str | None:
    """A day as rows keep it."""
    return None if value is None else value.isoformat()
