"""Drawings made on the server: an outline map and a bar chart, with title and description.

Presentation attributes make them whole in a report; classes let a page's style sheet follow the
reader's colour scheme. No style attributes: the content security policy forbids them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import cos, radians, sqrt
from typing import Any

from markupsafe import Markup

WIDTH = 480.0
MARGIN = 14.0
BAR, BAR_STEP, BAR_WORDS = 20.0, 58.0, 24.0
_NUMBER_WIDTH = 64.0
_LEAST_RADIUS, _MOST_RADIUS = 8.0, 20.0

_ids = count(1)

Geometry = Mapping[str, Any]
Look = tuple[str, Mapping[str, object]]
LAND: Look = ("svg-land", {"fill": "#f7f4ec", "stroke": "none"})
SHORE: Look = ("svg-shore", {"fill": "none", "stroke": "#5f6d78", "stroke_width": 1.5})
PART: Look = ("svg-part", {"fill": "none", "stroke": "#b9c5ce", "stroke_width": 1})
PARK: Look = ("svg-park", {"fill": "#d5e6c8", "stroke": "none"})
LOOKS: Mapping[str, Look] = {"island": LAND, "park": PARK, "district_land": PART}
ORDER = list(LOOKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPoint:
    """A place on the map: where, what it is called, how many, and where to read more."""

    lat: float
    lon: float
    words: str
    number: int | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is, how long, and how its number is written."""

    words: str
    value: float
    shown: str | None = None


def outline_map(geojson: Geometry, points: Sequence[MapPoint], title: str, desc: str) -> Markup:
    """The outline with its points; circles grow with the square root of their number."""
    project = _Projection.over(geojson)
    shapes = [_shape(feature, LOOKS[_kind(feature)], project) for feature in _ordered(geojson)]
    shores = [_shape(f, SHORE, project) for f in geojson["features"] if _kind(f) == "island"]
    most = max((point.number or 0 for point in points), default=0)
    larger_first = sorted(points, key=lambda point: -(point.number or 0))
    drawn = [_point(point, project, most) for point in larger_first]
    water = _tag("rect", "svg-water", width="100%", height="100%", fill="#dbe9f2")
    return _picture((WIDTH, project.height), (title, desc), [water, *shapes, *shores, *drawn])


def bar_chart(rows: Sequence[Bar], title: str, desc: str) -> Markup:
    """Horizontal bars from one zero line, each with its words and its number beside it."""
    longest = max((row.value for row in rows), default=0) or 1
    drawn = [_bar(row, place, longest) for place, row in enumerate(rows)]
    return _picture((WIDTH, len(rows) * BAR_STEP + MARGIN), (title, desc), drawn)


@dataclass(frozen=True, slots=True)
class _Projection:
    west: float
    north: float
    scale: float
    squeeze: float
    height: float

    @classmethod
    def over(cls, geojson: Geometry) -> "_Projection":
        west, south, east, north = geojson["bbox"]
        squeeze = cos(radians((south + north) / 2))
        scale = (WIDTH - 2 * MARGIN) / ((east - west) * squeeze)
        return cls(west, north, scale, squeeze, round((north - south) * scale + 2 * MARGIN, 1))

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        x = MARGIN + (lon - self.west) * self.squeeze * self.scale
        return round(x, 1), round(MARGIN + (self.north - lat) * self.scale, 1)


def _ordered(geojson: Geometry) -> list[Geometry]:
    drawn = [f for f in geojson["features"] if _kind(f) in LOOKS]
    return sorted(drawn, key=lambda feature: ORDER.index(_kind(feature)))


def _kind(feature: Geometry) -> str:
    return str(feature["properties"].get("kind"))


def _shape(feature: Geometry, look: Look, project: _Projection) -> Markup:
    name, attributes = look
    geometry = feature["geometry"]
    match geometry["type"]:
        case "Polygon":
            rings = geometry["coordinates"]
        case "MultiPolygon":
            rings = [ring for polygon in geometry["coordinates"] for ring in polygon]
        case _:
            return Markup()
    path = "".join("M" + "L".join(_pair(project.at(*p[:2])) for p in ring) + "Z" for ring in rings)
    return _tag("path", name, d=path, **attributes)


def _pair(at: tuple[float, float]) -> str:
    return f"{at[0]:g} {at[1]:g}"


def _point(point: MapPoint, project: _Projection, most: int) -> Markup:
    x, y = project.at(point.lon, point.lat)
    share = sqrt((point.number or 0) / most) if most else 0
    radius = round(_LEAST_RADIUS + (_MOST_RADIUS - _LEAST_RADIUS) * share, 1)
    circle = {"cx": x, "cy": y, "r": radius, "fill": "#0b5c8a", "stroke": "#ffffff"}
    parts = [_tag("circle", "svg-point", **circle, stroke_width=2, fill_opacity=0.92)]
    if point.number is not None:
        words = {"x": x, "y": y + 5, "font_size": 13, "fill": "#ffffff", "text_anchor": "middle"}
        parts.append(_text("svg-point-words", str(point.number), font_weight=700, **words))
    told = point.words if point.number is None else f"{point.words}: {point.number}"
    drawn = Markup("<g><title>{}</title>{}</g>").format(told, Markup().join(parts))
    return Markup('<a href="{}">{}</a>').format(point.href, drawn) if point.href else drawn


def _bar(row: Bar, place: int, longest: float) -> Markup:
    top = MARGIN / 2 + place * BAR_STEP
    room = WIDTH - 2 * MARGIN - _NUMBER_WIDTH
    width = round(max(room * row.value / longest, 1.0), 1)
    number = {"x": MARGIN + width + 8, "y": top + BAR_WORDS + BAR - 4, "font_weight": 700}
    bar = {"y": top + BAR_WORDS, "width": width, "height": BAR, "fill": "#0b5c8a"}
    ink = {"fill": "#17212a", "font_size": 16}
    return Markup().join([
        _text("svg-words", row.words, x=MARGIN, y=top + BAR_WORDS - 6, **ink),
        _tag("rect", "svg-bar", x=MARGIN, **bar),
        _text("svg-words", row.shown or f"{row.value:g}", **number, **ink),
    ])  # fmt: skip


def _picture(size: tuple[float, float], told: tuple[str, str], parts: Sequence[Markup]) -> Markup:
    number, drawn = next(_ids), Markup().join(parts)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:g} {:g}" role="{role}" '
        'aria-labelledby="svg{n}-title svg{n}-desc" font-family="system-ui, sans-serif">'
        '<title id="svg{n}-title">{}</title><desc id="svg{n}-desc">{}</desc>{}</svg>'
    ).format(*size, *told, drawn, n=number, role="group" if "<a " in drawn else "img")


def _tag(name: str, look: str, **attributes: object) -> Markup:
    return Markup('<{} class="{}"{}/>').format(name, look, _written(attributes))


def _text(look: str, words: str, **attributes: object) -> Markup:
    return Markup('<text class="{}"{}>{}</text>').format(look, _written(attributes), words)


def _written(attributes: Mapping[str, object]) -> Markup:
    pairs = ((name.replace("_", "-"), value) for name, value in attributes.items())
    return Markup().join(Markup(' {}="{}"').format(name, value) for name, value in pairs)
