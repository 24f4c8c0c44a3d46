"""Where something is: known places, the district's outline, and the grid cell. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

import h3

EARTH_RADIUS_M = 6_371_000
METRES_OF_A_DEGREE = 111_000  # of latitude, rounded down
CELL_RESOLUTION = 9
NEAR_PLACE_M = 250
Ring = Sequence[tuple[float, float]]  # (lon, lat), as GeoJSON writes them


@dataclass(frozen=True, slots=True)
class Position:
    """WGS 84, in degrees."""

    lat: float
    lon: float

    def metres_to(self, other: "Position") -> float:
        """Great-circle distance."""
        lat, other_lat = radians(self.lat), radians(other.lat)
        half = sin((other_lat - lat) / 2) ** 2
        half += cos(lat) * cos(other_lat) * sin(radians(other.lon - self.lon) / 2) ** 2
        return 2 * EARTH_RADIUS_M * asin(sqrt(half))

    @property
    def cell(self) -> str:
        """The hexagon of about 0.1 km² it lies in."""
        return str(h3.latlng_to_cell(self.lat, self.lon, CELL_RESOLUTION))

    @property
    def rounded(self) -> "Position":
        """To four decimals, about ten metres."""
        return Position(round(self.lat, 4), round(self.lon, 4))


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place of the district as coordination published it."""

    place_id: str
    name: str
    position: Position
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """The land of the district, as outer rings."""

    rings: tuple[Ring, ...]

    @classmethod
    def read(cls, geojson: str) -> "Outline":
        """The polygons of a GeoJSON feature collection."""
        shapes = (feature["geometry"] for feature in json.loads(geojson)["features"])
        return cls(
            tuple(
                tuple((lon, lat) for lon, lat, *_ in shape["coordinates"][0])
                for shape in shapes
                if shape["type"] == "Polygon"
            )
        )

    def contains(self, position: Position) -> bool:
        """Whether the position lies within one of the rings."""
        return any(_inside(ring, position) for ring in self.rings)


ANYWHERE = Outline((((-180, -90), (180, -90), (180, 90), (-180, 90)),))


def nearest(
    places: Iterable[KnownPlace], position: Position, within: float = NEAR_PLACE_M
) -> KnownPlace | None:
    """The nearest place in use within so many metres, or none."""
    degrees = within / METRES_OF_A_DEGREE
    near = [
        (metres, place.place_id, place)
        for place in places
        if abs(place.position.lat - position.lat) <= degrees  # else it is farther to the north
        and not place.retired
        and (metres := place.position.metres_to(position)) <= within
    ]
    return min(near)[2] if near else None


def centre_of(cell: str) -> Position:
    """The middle of a hexagon."""
    lat, lon = h3.cell_to_latlng(cell)
    return Position(lat, lon)


def _inside(ring: Ring, position: Position) -> bool:
    """Even-odd rule: a ray to the east crosses the ring an odd number of times."""
    inside, lat, lon = False, position.lat, position.lon
    lon_a, lat_a = ring[-1]
    for lon_b, lat_b in ring:
        if (lat_a > lat) != (lat_b > lat):
            inside ^= lon < lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a)
        lon_a, lat_a = lon_b, lat_b
    return inside
