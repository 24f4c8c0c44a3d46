"""An EST cycle: one period of work. Open → Closed; one is open at a time."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from services.coordination.domain.decision import Decision, State, wrong_state
from shared.contracts.envelope import Event
from shared.contracts.est import EstCycleClosed, EstCycleOpened
from shared.contracts.refusal import UNPROCESSABLE, Refusal

LONGEST_DAYS: Final = 62

ANOTHER_OPEN: Final = Refusal(
    code="CYCLE_OPEN",
    sv="En EST-cykel pågår redan; avsluta den först",
    en="An EST cycle is open already; close it first",
)
IMPOSSIBLE_LENGTH: Final = Refusal(
    code="CYCLE_LENGTH",
    sv="En EST-cykel är mellan en dag och två månader",
    en="An EST cycle lasts between one day and two months",
    status=UNPROCESSABLE,
)


class CycleState(StrEnum):
    """Whether the period is being worked in."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class Cycle(State):
    """From a first day up to, not including, a last one."""

    begins: date
    ends: date
    state: CycleState = CycleState.OPEN


def evolve(state: Cycle | None, event: Event, _at: datetime) -> Cycle:
    """The cycle after this event."""
    if isinstance(event, EstCycleOpened):
        return Cycle(begins=event.from_date, ends=event.to_date)
    if state is None or not isinstance(event, EstCycleClosed):
        raise ValueError("a cycle begins with EstCycleOpened and ends with EstCycleClosed")
    return state.model_copy(update={"state": CycleState.CLOSED})


def open_cycle(begins: date, ends: date, *, another_open: bool) -> Decision:
    """Begin a period of work."""
    days = (ends - begins).days
    if not 1 <= days <= LONGEST_DAYS:
        return IMPOSSIBLE_LENGTH
    if another_open:
        return ANOTHER_OPEN
    return (EstCycleOpened(from_date=begins, to_date=ends, length_days=days),)


def close(state: Cycle) -> Decision:
    """End it."""
    if state.state is CycleState.CLOSED:
        return wrong_state("close", state.state)
    return (EstCycleClosed(),)
