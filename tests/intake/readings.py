"""What tests ask a reading: its figures by what they are about or where they stand."""

from collections.abc import Callable

import pytest

from services.intake.domain.readers.reading import Reading
from shared.contracts.refusal import Refusal, Refused


def about(reading: Reading) -> dict[tuple[str, str, str, str], float | None]:
    """Indicator, geography, period and unit -> value; None is suppressed."""
    return {one.key: one.value for one in reading.figures}


def standing(reading: Reading) -> dict[tuple[int, int], float | None]:
    """Row and column -> value."""
    return {(one.place.row, one.place.column): one.value for one in reading.figures}


def skips(reading: Reading) -> list[tuple[int, str]]:
    """The rows that were not taken, and why."""
    return [(one.place.row, str(one.reason)) for one in reading.skipped]


def refusal(read: Callable[[], object]) -> Refusal:
    """What the reader refuses with."""
    with pytest.raises(Refused) as refused:
        read()
    return refused.value.refusal
