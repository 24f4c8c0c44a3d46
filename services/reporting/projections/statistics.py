"""Rows of published statistics: the newest figure, and those it superseded."""

from services.reporting.projections import Row, moment
from shared.contracts.envelope import Received
from shared.contracts.statistics import StatisticObserved, StatisticsImported

_FIGURE = ("value", "suppressed", "preliminary", "n", "taken_at", "fetched_on", "import_id")


def observed(row: Row, received: Received[StatisticObserved]) -> Row:
    """The figure as the publisher has it now; every other one is kept under `superseded`."""
    told = received.event.model_dump(mode="json") | {"taken_at": moment(received.meta.time)}
    older = told.pop("older") and "taken_at" in row
    earlier = [*row.get("superseded", [])]
    if "taken_at" in row:
        other = told if older else row
        earlier.append({name: other[name] for name in _FIGURE if name in other})
    return {**row, **({} if older else told), "superseded": earlier}


def imported(row: Row, received: Received[StatisticsImported]) -> Row:
    """One file and its account."""
    event = received.event.model_dump(mode="json")
    return {**row, **event, "taken_at": moment(received.meta.time)}
