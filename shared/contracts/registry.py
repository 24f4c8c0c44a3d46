"""Every event of the system by its type name."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

from shared.contracts import (
    assignments,
    closed_actions,
    concerns,
    deliveries,
    est,
    places,
    reports,
    sspf,
    statistics,
)
from shared.contracts.envelope import Event

FAMILIES = (
    concerns,
    sspf,
    statistics,
    assignments,
    closed_actions,
    est,
    places,
    deliveries,
    reports,
)


def _events_of(family: ModuleType) -> Iterator[type[Event]]:
    for name, thing in vars(family).items():
        declared = isinstance(thing, type) and thing.__module__ == family.__name__
        if declared and issubclass(thing, Event) and not name.startswith("_"):
            yield thing


EVENTS: Mapping[str, type[Event]] = MappingProxyType(
    {event.type_name(): event for family in FAMILIES for event in _events_of(family)}
)
