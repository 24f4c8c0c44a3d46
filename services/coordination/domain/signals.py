"""What belongs together: similar concerns, and the problems they may be part of."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final

from shared.contracts.district import District
from shared.contracts.types import Code

_EARTH_METRES: Final = 6_371_000


@dataclass(frozen=True, slots=True)
class Point:
    """A position, WGS 84."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A registered concern, as far as coordination knows it."""

    id: str
    category: Code
    place_id: str | None
    cell: str | None
    point: Point | None
    observed_from: datetime
    registered_at: datetime
    source_agency: Code
    wants_feedback: bool
    severity: int
    recurrence: str
    has_narrative: bool = False
    synthetic: bool = False
    withdrawn: bool = False  # its agency took it back; where it was linked, it stays linked


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How like two concerns must be: within a window of time and a way in metres."""

    window: timedelta
    metres: int

    @classmethod
    def of(cls, district: District) -> "Likeness":
        """As the district decides."""
        return cls(window=timedelta(days=district.problem_signal_days), metres=district.near_metres)


def metres_between(one: Point, other: Point) -> float:
    """The way between two points as a bird flies."""
    lat, lon = radians(other.lat - one.lat), radians(other.lon - one.lon)
    across = cos(radians(one.lat)) * cos(radians(other.lat)) * sin(lon / 2) ** 2
    return 2 * _EARTH_METRES * asin(sqrt(sin(lat / 2) ** 2 + across))


def near(one: Concern, other: Concern, metres: int) -> bool:
    """The same place, the same cell of the map, or at most so many metres apart."""
    if one.place_id is not None and one.place_id == other.place_id:
        return True
    if one.cell is not None and one.cell == other.cell:
        return True
    if one.point is None or other.point is None:
        return False
    return metres_between(one.point, other.point) <= metres


def similar(one: Concern, other: Concern, likeness: Likeness) -> bool:
    """Two concerns of the same category, near each other, within the window."""
    return (
        one.id != other.id
        and one.category == other.category
        and abs(one.observed_from - other.observed_from) <= likeness.window
        and near(one, other, likeness.metres)
    )


def similar_to(
    concern: Concern, others: Iterable[Concern], likeness: Likeness
) -> tuple[Concern, ...]:
    """Those of the others that are similar, the latest first."""
    found = [other for other in others if similar(concern, other, likeness)]
    return tuple(sorted(found, key=lambda other: (other.observed_from, other.id), reverse=True))


def is_pattern(concerns: Sequence[Concern], likeness: Likeness) -> bool:
    """At least two concerns, each similar to another of them."""
    return bool(concerns) and all(
        any(similar(one, other, likeness) for other in concerns) for one in concerns
    )


def commonest_place(concerns: Iterable[Concern]) -> str | None:
    """The place most of them name; of equals the first by id."""
    places = Counter(concern.place_id for concern in concerns if concern.place_id is not None)
    return min(places, key=lambda place: (-places[place], place), default=None)
