"""A place and who controls it. Active ⇄ Prioritised → Retired; always at least one custodian."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import singledispatch
from typing import Final

from services.coordination.domain.decision import UNCHANGED, Decision, State, wrong_state
from services.coordination.domain.signals import Point
from shared.contracts.envelope import Event
from shared.contracts.places import (
    PlaceControlChanged,
    PlaceDeprioritised,
    PlacePrioritised,
    PlaceRegistered,
    PlaceRetired,
)
from shared.contracts.refusal import Refusal
from shared.contracts.types import Code

STANDS: Final = Refusal(
    code="PLACE_STANDS",
    sv="Platsen finns redan med andra uppgifter",
    en="The place is already registered with other particulars",
)
IN_USE: Final = Refusal(
    code="PLACE_IN_USE",
    sv="Platsen har öppna problem",
    en="The place has open problems",
)


class PlaceState(StrEnum):
    """How much attention a place gets."""

    ACTIVE = "ACTIVE"
    PRIORITISED = "PRIORITISED"
    RETIRED = "RETIRED"


class Place(State):
    """A spot people know by name; the custodians may act there, the first foremost."""

    name: str
    lat: float
    lon: float
    part: Code
    custodians: tuple[Code, ...]
    state: PlaceState = PlaceState.ACTIVE

    @property
    def point(self) -> Point:
        """Where it is."""
        return Point(self.lat, self.lon)


def evolve(state: Place | None, event: Event, _at: datetime) -> Place:
    """The place after this event."""
    if isinstance(event, PlaceRegistered):
        return Place(**event.model_dump())
    if state is None:
        raise ValueError("a place begins with PlaceRegistered")
    return state.model_copy(update=_changes(event))


@singledispatch
def _changes(event: Event) -> dict[str, object]:
    raise TypeError(f"{type(event).__name__} is no event of a place")


@_changes.register
def _(event: PlaceControlChanged) -> dict[str, object]:
    return {"custodians": event.custodians}


@_changes.register
def _(_event: PlacePrioritised) -> dict[str, object]:
    return {"state": PlaceState.PRIORITISED}


@_changes.register
def _(_event: PlaceDeprioritised) -> dict[str, object]:
    return {"state": PlaceState.ACTIVE}


@_changes.register
def _(_event: PlaceRetired) -> dict[str, object]:
    return {"state": PlaceState.RETIRED}


def change_control(state: Place, custodians: Sequence[Code]) -> Decision:
    """Other agencies control it now."""
    if state.state is PlaceState.RETIRED:
        return wrong_state("control", state.state)
    if tuple(custodians) == state.custodians:
        return UNCHANGED
    return (PlaceControlChanged(custodians=tuple(custodians)),)


def prioritise(state: Place, motive: Code) -> Decision:
    """Give it more attention."""
    if state.state is not PlaceState.ACTIVE:
        return wrong_state("prioritise", state.state)
    return (PlacePrioritised(motive=motive),)


def deprioritise(state: Place, motive: Code) -> Decision:
    """Give it the usual attention again."""
    if state.state is not PlaceState.PRIORITISED:
        return wrong_state("deprioritise", state.state)
    return (PlaceDeprioritised(motive=motive),)


def retire(state: Place, reason: Code, *, open_problems: int) -> Decision:
    """Stop working with it under this id; not while a problem there is open."""
    if state.state is PlaceState.RETIRED:
        return wrong_state("retire", state.state)
    return IN_USE if open_problems else (PlaceRetired(reason=reason),)


def owner_for(custodians: Sequence[Code], preference: Sequence[Code]) -> Code:
    """Who gets a measure: the custodian the category prefers most; else the foremost one."""
    return next((agency for agency in preference if agency in custodians), custodians[0])
