"""An agency's own concerns: what one may ask for, and how they stand in a table. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.intake.domain.concern import Concern
from services.intake.domain.geography import KnownPlace
from shared.contracts.codes import ConcernState
from shared.contracts.district import District

MOST_EXPORTED: Final = 10_000
NAME: Final = "rapporter"

# Heads of the table; those with a field of a report are read back by an import.
HEADS: Final[Mapping[str, str]] = {
    "concern_id": "Referens",
    "status": "Status",
    "registered_at": "Registrerad",
    "external_reference": "Eget ärendenummer",
    "category": "Kategori",
    "category_name": "Kategorins namn",
    "secondary": "Fler kategorier",
    "place_id": "Plats",
    "place_name": "Platsens namn",
    "lat": "Latitud",
    "lon": "Longitud",
    "place_type": "Slags plats",
    "observed_from": "Sett från",
    "observed_to": "Sett till",
    "certainty": "Säkerhet",
    "recurrence": "Återkommande",
    "severity": "Allvar",
    "group_band": "Antal inblandade",
    "flags": "Inslag",
    "measures_taken": "Redan gjort",
    "police_report": "Polisanmält",
    "wants_feedback": "Vill ha återkoppling",
    "has_narrative": "Har fritext",
    "findings": "Granskningen fann",
    "synthetic": "Påhittad",
}
ONLY_TOLD: Final = frozenset({
    "concern_id", "status", "registered_at", "category_name", "place_name", "has_narrative",
    "findings",
})  # fmt: skip

Value = str | int | float | bool | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of an agency's own concerns are asked for; all of them where nothing is said.

    Times are moments: from (included) and to (not included).
    """

    category: str | None = None
    place_id: str | None = None
    status: ConcernState | None = None
    observed_from: datetime | None = None
    observed_to: datetime | None = None
    registered_from: datetime | None = None
    registered_to: datetime | None = None
    external_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A concern with its reference."""

    concern_id: str
    concern: Concern


def values_of(kept: Kept, district: District, places: Mapping[str, KnownPlace]) -> dict[str, Value]:
    """One concern as a row: a value for every head. A narrative is never among them."""
    said = kept.concern.registered
    place = places.get(said.place_id or "")
    row: dict[str, Value] = {
        "concern_id": kept.concern_id,
        "status": kept.concern.status.value,
        "external_reference": kept.concern.external_reference,
        "category_name": district.label(said.category).sv,
        "place_name": place.name if place else None,
        "findings": _list([f"{found.type}:{found.count}" for found in kept.concern.findings]),
    }
    for name in HEADS.keys() - row.keys():
        value = getattr(said, name)
        row[name] = _list(value) if isinstance(value, tuple) else value
    return {name: row[name] for name in HEADS}


def position_of(kept: Kept, places: Mapping[str, KnownPlace]) -> tuple[float, float] | None:
    """(lon, lat): its own point where it has one, else that of its place, else none."""
    said = kept.concern.registered
    if said.lat is not None and said.lon is not None:
        return said.lon, said.lat
    place = places.get(said.place_id or "")
    return (place.position.lon, place.position.lat) if place else None


def _list(values: Sequence[str]) -> str | None:
    return ", ".join(values) or None
