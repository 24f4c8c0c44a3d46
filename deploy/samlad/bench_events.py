"""What the projector's bench projects: concerns and the lives of assignments, and two views."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.bus.views import Counters, Row, View
from shared.contracts.assignments import (
    AssignmentAccepted,
    AssignmentAssigned,
    AssignmentClosed,
    AssignmentCompleted,
    AssignmentProposed,
    AssignmentStarted,
    AssignmentVerified,
)
from shared.contracts.calendar import week_of
from shared.contracts.codes import Certainty, Effect, GroupBand, PlaceType, Recurrence, Role
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.envelope import Event, Provenance, Received, encode, meta_of, to_headers
from shared.contracts.ids import AgencyCode, DistrictCode, aggregate_id

SEASON = datetime(2026, 4, 27, 6, tzinfo=UTC)
PLACES = tuple(f"PL-{n:04}" for n in range(60))
HOT = [1 / rank for rank in range(1, len(PLACES) + 1)]  # concerns gather at few places
CATEGORIES = ("ENV.LITTER", "ENV.GRAFFITI", "ORD.FIGHT", "ORD.LOUD_GATHERING", "TRAF.SPEEDING")
OWNERS = ("DISTRICT_PARKS", "TRAFFIC_OFFICE", "SCHOOL_PROPERTIES", "METRO_OPERATOR")
EVENTS_OF_AN_ASSIGNMENT = 7
CONCERNS_PER_ASSIGNMENT = 7  # half of the events are concerns, half belong to assignments


@dataclass(frozen=True, slots=True)
class Told:
    """One event ready to be sent."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


def season(count: int, seed: int = 1) -> Iterator[Told]:
    """Tell about `count` events in a likely order: lives overlap, each in its own order."""
    assignments = count // (EVENTS_OF_AN_ASSIGNMENT + CONCERNS_PER_ASSIGNMENT)
    concerns = count - assignments * EVENTS_OF_AN_ASSIGNMENT
    dice = random.Random(seed)  # noqa: S311 - the same season each time
    timed = [(dice.random(), n, 0) for n in range(concerns)]
    for n in range(assignments):
        begin, span = dice.random(), dice.uniform(0.05, 0.3)
        step = span / EVENTS_OF_AN_ASSIGNMENT
        timed += [(begin + step * at, n, at) for at in range(1, EVENTS_OF_AN_ASSIGNMENT + 1)]
    for when, number, at in sorted(timed):
        yield _told(number, at, SEASON + timedelta(days=160 * when))


def _told(number: int, at: int, when: datetime) -> Told:
    event: Event = _assignment(number)[at - 1] if at else _concern(number, when)
    kind = "assignment" if at else "concern"
    key = aggregate_id(kind, AgencyCode("DISTRICT_COORD"), str(number))
    why = Provenance(
        time=when,
        district=DistrictCode("KUNGSHOLMEN"),
        agency=AgencyCode("DISTRICT_COORD"),
        actor_role=Role.COORDINATOR,
        correlation_id=key,
    )
    meta = meta_of(event, source="/bench", subject=key, sequence=max(at, 1), why=why)
    return Told(key.encode(), encode(event), to_headers(meta))


def _concern(number: int, when: datetime) -> ConcernRegistered:
    hour = when.replace(minute=0, second=0, microsecond=0)
    dice = random.Random(number)  # noqa: S311 - the same concern each time
    return ConcernRegistered(
        category=CATEGORIES[number % len(CATEGORIES)],
        place_id=dice.choices(PLACES, HOT)[0],
        place_type=PlaceType.OUTDOOR,
        observed_from=hour - timedelta(hours=3),
        observed_to=hour,
        certainty=Certainty.SEEN,
        recurrence=Recurrence.REPEATED,
        severity=number % 4,
        group_band=GroupBand.NONE,
        wants_feedback=bool(number % 2),
        has_narrative=bool(number % 3),
        source_agency="FIELD_WORKERS",
        registered_at=when,
        synthetic=True,
    )


def _assignment(number: int) -> tuple[Event, ...]:
    due = date(2026, 7, 1) + timedelta(days=number % 60)
    owner = OWNERS[number % len(OWNERS)]
    return (
        AssignmentProposed(
            problem_id=aggregate_id("problem", AgencyCode("DISTRICT_COORD"), str(number)),
            place_id=PLACES[number % len(PLACES)],
            category=CATEGORIES[number % len(CATEGORIES)],
            quick_fix=True,
            measure="BINS",
            owner=owner,
            due=due,
        ),
        AssignmentAssigned(owner=owner, due=due),
        AssignmentAccepted(),
        AssignmentStarted(
            baseline_count=number % 20, baseline_from=due, baseline_to=due + timedelta(days=28)
        ),
        AssignmentCompleted(completed_on=due),
        AssignmentVerified(),
        AssignmentClosed(effect=Effect.IMPROVED),
    )


STATES: Mapping[type[Event], tuple[str | None, str]] = {
    AssignmentProposed: (None, "PROPOSED"),
    AssignmentAssigned: ("PROPOSED", "ASSIGNED"),
    AssignmentAccepted: ("ASSIGNED", "ACCEPTED"),
    AssignmentStarted: ("ACCEPTED", "STARTED"),
    AssignmentCompleted: ("STARTED", "COMPLETED"),
    AssignmentVerified: ("COMPLETED", "VERIFIED"),
    AssignmentClosed: ("VERIFIED", "CLOSED"),
}


def changes(received: Received[Any]) -> Row:
    """Return the fields an event sets, the same whoever projects it."""
    event, meta = received.event, received.meta
    if isinstance(event, ConcernRegistered):
        return {
            "category": event.category,
            "place": event.place_id,
            "week": week_of(event.registered_at),
            "severity": event.severity,
            "recurrence": event.recurrence.value,
            "agency": event.source_agency,
            "registered_at": event.registered_at,
        }
    state = STATES[type(event)][1]
    fields: Row = {"state": state, f"{state.lower()}_at": meta.time}
    if isinstance(event, AssignmentProposed):
        fields |= {"place": event.place_id, "category": event.category, "measure": event.measure}
    if isinstance(event, AssignmentProposed | AssignmentAssigned):
        fields |= {"owner": event.owner, "due": event.due.isoformat()}
    if isinstance(event, AssignmentClosed):
        fields["effect"] = event.effect.value
    return fields


def counted(received: Received[Any]) -> dict[str, int]:
    """Return how an event moves the counters, as somebody who knows the states would write it."""
    event = received.event
    if isinstance(event, ConcernRegistered):
        return {f"{event.place_id}|{event.category}|{week_of(event.registered_at)}": 1}
    before, after = STATES[type(event)]
    return {after: 1} if before is None else {after: 1, before: -1}


def _fold(row: Row, received: Received[Any]) -> Row:
    row.update(changes(received))
    return row


VIEWS = (
    View(
        name="concerns",
        aggregate="concern",
        folds={ConcernRegistered: _fold},
        counters=(
            Counters(
                name="concern_counters",
                dimensions=("place", "category", "week"),
                of=lambda row: {(row["place"], row["category"], row["week"]): 1},
            ),
        ),
    ),
    View(
        name="assignments",
        aggregate="assignment",
        folds=dict.fromkeys(STATES, _fold),
        counters=(
            Counters(
                name="assignment_counters",
                dimensions=("state",),
                of=lambda row: {(row["state"],): 1},
            ),
        ),
    ),
)
