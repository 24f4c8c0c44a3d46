"""Rows of published statistics: the newest figure, and those it superseded."""

from services.reporting.projections import Row, moment
from shared.contracts.envelope import Received
from shared.contracts.statistics import StatisticObserved, StatisticsImported

_FIGURE = ("value", "suppressed", "preliminary", "n", "taken_at")


def observed(row: Row, received: Received[StatisticObserved]) -> Row:
    """The figure as the publisher has it now; an earlier one is kept under `superseded`."""
    earlier = [*row.get("superseded", [])]
    if "taken_at" in row:
        earlier.append({name: row[name] for name in _FIGURE})
    event = received.event.model_dump(mode="json")
    return {**row, **event, "taken_at": moment(received.meta.time), "superseded": earlier}


def imported(row: Row, received: Received[StatisticsImported]) -> Row:
    """One file and its account."""
    event = received.event.model_dump(mode="json")
    return {**row, **event, "taken_at": moment(received.meta.time)}
