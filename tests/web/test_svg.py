import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from shared.web.pages import STATIC
from shared.web.svg import Bar, MapPoint, bar_chart, outline_map

SVG = "{http://www.w3.org/2000/svg}"
POINTS = [
    MapPoint(lat=59.3327, lon=18.0323, words="Fridhemsplan", number=16, href="/p/1?a=1&b=2"),
    MapPoint(lat=59.3276, lon=18.0266, words='"<Park> & co"', number=4),
    MapPoint(lat=59.3362, lon=18.0130, words="Stranden"),
]


@pytest.fixture(scope="module")
def outline() -> dict[str, Any]:
    text = (STATIC / "kungsholmen-schematic.geojson").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - drawn by us


def test_a_drawing_is_told_to_those_who_do_not_see_it(outline: dict[str, Any]) -> None:
    for svg in (outline_map(outline, POINTS, "Karta", "Tre platser"), bar_chart([], "K", "Inga")):
        root = parsed(svg)
        told = (root.attrib["aria-labelledby"]).split()
        assert [child.attrib["id"] for child in root[:2]] == told
        assert [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]


def test_a_drawing_has_presentation_attributes_and_no_styles(outline: dict[str, Any]) -> None:
    svg = outline_map(outline, POINTS, "Karta", "x") + bar_chart([Bar("a", 1)], "K", "x")
    assert "style=" not in svg
    assert "<style" not in svg
    assert "fill=" in svg
    assert not re.search(r"https?://(?!www\.w3\.org)", svg)


def test_points_stand_where_they_are_and_grow_with_the_root_of_their_number(
    outline: dict[str, Any],
) -> None:
    root = parsed(outline_map(outline, POINTS, "Karta", "x"))
    circles = list(root.iter(f"{SVG}circle"))
    large, small, none = (float(c.attrib["r"]) for c in circles)
    assert large > small > none
    east, west = float(circles[0].attrib["cx"]), float(circles[2].attrib["cx"])
    assert west < east
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for circle in circles:
        assert 0 < float(circle.attrib["cx"]) < width
        assert 0 < float(circle.attrib["cy"]) < height


def test_every_island_is_drawn(outline: dict[str, Any]) -> None:
    root = parsed(outline_map(outline, [], "Karta", "x"))
    assert sum(path.attrib["class"] == "svg-land" for path in root.iter(f"{SVG}path")) == 3


def test_words_are_text_and_never_markup(outline: dict[str, Any]) -> None:
    svg = outline_map(outline, POINTS, "<b>", "&")
    assert "<Park>" not in svg
    assert "<b>" not in svg
    assert parsed(svg).find(f"{SVG}a") is not None


def test_a_drawing_with_links_is_a_group_and_one_without_an_image(outline: dict[str, Any]) -> None:
    assert parsed(outline_map(outline, POINTS, "K", "x")).attrib["role"] == "group"
    assert parsed(outline_map(outline, POINTS[1:], "K", "x")).attrib["role"] == "img"


def test_other_shapes_of_an_outline_are_drawn_or_left_out() -> None:
    square = [[18.0, 59.0], [18.1, 59.0], [18.1, 59.1], [18.0, 59.0]]
    kinds = {"MultiPolygon": [[square], [square]], "LineString": square}
    features = [
        {"properties": {"kind": "island"}, "geometry": {"type": kind, "coordinates": places}}
        for kind, places in kinds.items()
    ]
    outline = {"bbox": [18.0, 59.0, 18.1, 59.1], "features": features}
    paths = list(parsed(outline_map(outline, [], "K", "x")).iter(f"{SVG}path"))
    assert [path.attrib["class"] for path in paths] == ["svg-land", "svg-shore"]
    assert paths[0].attrib["d"].count("M") == 2


def test_bars_share_one_scale_and_say_their_numbers() -> None:
    root = parsed(bar_chart([Bar("a", 10), Bar("b", 5), Bar("c", 0, "färre än 5")], "K", "x"))
    widths = [float(bar.attrib["width"]) for bar in root.iter(f"{SVG}rect")]
    assert widths[0] == pytest.approx(widths[1] * 2)
    assert widths[2] == 1.0
    assert [text.text for text in root.iter(f"{SVG}text")] == [
        "a",
        "10",
        "b",
        "5",
        "c",
        "färre än 5",
    ]


def test_two_drawings_on_one_page_do_not_share_ids() -> None:
    first, second = bar_chart([], "K", "x"), bar_chart([], "K", "x")
    assert parsed(first)[0].attrib["id"] != parsed(second)[0].attrib["id"]
