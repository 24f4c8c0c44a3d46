"""JSON-stat 2.0 datasets, as SCB's PxWebApi 2 answers them. Pure.

Each cell is a row of the account, numbered in the order of ``value``. The time dimension gives the
period, the geographic one the geography (by its code: ``region-0180``), the metric and all others
together the indicator. A cell without a value is hidden when ``status`` marks it, else nothing.
A dataset whose ``value`` is empty (an answer of metadata) names the codes of its geography.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import orjson

from services.intake.domain.pace import Rest, no_rest
from services.intake.domain.readers.gathering import Gathering
from services.intake.domain.readers.reading import (
    MOST_ROWS,
    TOO_MANY_ROWS,
    Figure,
    Reading,
    item,
    line,
    refused,
)
from shared.contracts.codes import StatisticCaution
from shared.contracts.refusal import Refused

SOURCE = "json-stat"
MOST_DIMENSIONS = 20
GEOGRAPHIC = ("region", "deso", "regso", "kommun", "lan", "län")
WHOLE = "hela-landet"
_TIME = re.compile(r"(?P<year>(?:19|20)[0-9][0-9])(?:(?P<kind>[MKQVWH])(?P<number>[0-9]{1,2}))?")
_KINDS = {"M": "{:02}", "K": "Q{}", "Q": "Q{}", "V": "W{:02}", "W": "W{:02}", "H": "H{}"}
_BOUNDS = {"M": 12, "K": 4, "Q": 4, "V": 53, "W": 53, "H": 2}


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension: its codes in order, what they are called, and the units of a metric."""

    id: str
    codes: tuple[str, ...]
    labels: Mapping[str, str]
    units: Mapping[str, Any]

    def label(self, code: str) -> str:
        """What the publisher calls it."""
        return self.labels.get(code, code)


@dataclass(frozen=True, slots=True)
class Roles:
    """Which dimension tells what."""

    time: int
    place: int | None
    metric: int | None


def read(content: bytes, rest: Rest = no_rest) -> Reading:
    """The whole dataset, or ``Refused`` naming the part or the cell."""
    dataset = _dataset(content)
    dimensions = _dimensions(dataset)
    roles = _roles(dataset, dimensions)
    gathering = Gathering(rest)
    if dataset.get("value") == []:
        return _key(gathering, dimensions, roles)
    size = prod(len(one.codes) for one in dimensions)
    if size > MOST_ROWS:
        raise Refused(TOO_MANY_ROWS)
    cells = zip(
        _values(dataset, size),
        product(*(one.codes for one in dimensions)),
        strict=True,
    )
    for number, ((value, hidden), codes) in enumerate(cells, start=1):
        _cell(gathering, (number, value, hidden), (dimensions, roles), codes)
    return gathering.done(SOURCE, StatisticCaution.OFFICIAL_STATISTICS)


def is_dataset(value: object) -> bool:
    """Whether this is what a JSON-stat 2 dataset looks like."""
    return isinstance(value, dict) and value.get("class") == "dataset" and "dimension" in value


def _dataset(content: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _broken("giltig JSON", "valid JSON") from error
    if not is_dataset(value) or not str(value.get("version")).startswith("2."):
        raise _broken("en datamängd i JSON-stat 2", "a JSON-stat 2 dataset")
    return dict(value)


def _dimensions(dataset: dict[str, Any]) -> list[Dimension]:
    ids, size, told = dataset.get("id"), dataset.get("size"), dataset["dimension"]
    if not (isinstance(ids, list) and isinstance(size, list) and isinstance(told, dict)):
        raise _broken("id, size och dimension", "id, size and dimension")
    if not 0 < len(ids) == len(size) <= MOST_DIMENSIONS:
        raise _broken("lika många id som size", "as many ids as sizes")
    found = [_dimension(one, told.get(one)) for one in ids]
    if [len(one.codes) for one in found] != size:
        raise _broken("dimensioner som size säger", "dimensions as size says")
    return found


def _dimension(name: object, told: object) -> Dimension:
    category = told.get("category") if isinstance(told, dict) else None
    if not isinstance(category, dict) or not isinstance(name, str):
        raise _broken("category i varje dimension", "a category in every dimension")
    labels = category.get("label")
    index = category.get("index", list(labels) if isinstance(labels, dict) else None)
    if isinstance(index, dict):
        order: dict[str, Any] = index
        if sorted(map(str, order.values())) != sorted(map(str, range(len(order)))):
            raise _broken("index från noll i varje category", "an index from zero")
        index = sorted(order, key=lambda code: int(order[code]))
    if not isinstance(index, list) or not index:
        raise _broken("index i varje category", "an index in every category")
    named = labels if isinstance(labels, dict) else {}
    units = category.get("unit")
    return Dimension(
        id=name,
        codes=tuple(map(str, index)),
        labels={str(code): str(label) for code, label in named.items()},
        units=units if isinstance(units, dict) else {},
    )


def _roles(dataset: dict[str, Any], dimensions: Sequence[Dimension]) -> Roles:
    told = dataset.get("role")
    role: dict[str, Any] = told if isinstance(told, dict) else {}
    names = [one.id for one in dimensions]

    def where(kind: str, known: Sequence[str]) -> int | None:
        said = [names.index(one) for one in role.get(kind) or [] if one in names]
        meant = [place for place, name in enumerate(names) if name.lower() in known]
        return next(iter(said or meant), None)

    time = where("time", ("tid", "time"))
    if time is None:
        raise _broken("en tidsdimension", "a time dimension")
    return Roles(time, where("geo", GEOGRAPHIC), where("metric", ("contentscode",)))


def _values(dataset: dict[str, Any], size: int) -> Iterator[tuple[object, bool]]:
    values, status = dataset.get("value"), dataset.get("status")
    if isinstance(values, list) and len(values) != size:
        raise _broken("lika många värden som celler", "as many values as cells")
    if not isinstance(values, list | dict):
        raise _broken("värden", "values")
    for place in range(size):
        value = values[place] if isinstance(values, list) else values.get(str(place))
        mark = status.get(str(place)) if isinstance(status, dict) else status
        mark = mark[place] if isinstance(mark, list) and place < len(mark) else mark
        yield value, value is None and isinstance(mark, str)


def _cell(
    gathering: Gathering,
    told: tuple[int, object, bool],
    form: tuple[list[Dimension], Roles],
    codes: Sequence[str],
) -> None:
    (number, value, hidden), (dimensions, roles), place = told, form, item(told[0])
    gathering.row(place)
    if value is None and not hidden:
        return
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise refused("BAD_NUMBER", place, "värdet ska vara ett tal", "this should be a number")
    geography = WHOLE
    if roles.place is not None:
        geography = area(gathering, number, dimensions[roles.place], codes[roles.place])
    unit = ""
    if roles.metric is not None:
        base = dimensions[roles.metric].units.get(codes[roles.metric])
        unit = gathering.say(place, str(base.get("base", ""))) if isinstance(base, dict) else unit
    rest = (place for place in range(len(codes)) if place not in {roles.time, roles.place})
    first = sorted(rest, key=lambda place: (place != roles.metric, place))
    labels = [dimensions[each].label(codes[each]) for each in first]
    indicator = gathering.name(place, *(labels or [SOURCE]))
    period = period_of(number, codes[roles.time])
    shown = None if value is None else float(value)
    gathering.add(Figure(place, indicator, geography, period, unit or "vaerde", shown))


def area(gathering: Gathering, number: int, dimension: Dimension, code: str) -> str:
    """A geography by its code: names change, and two areas may share one."""
    named = gathering.say(item(number), f"{dimension.id} {code}")
    return gathering.code(item(number), named, f"{code} {dimension.label(code)}")


def period_of(number: int, code: str) -> str:
    """``2026M01`` as ``2026-01``; quarters (K), weeks (V) and half-years likewise."""
    found = _TIME.fullmatch(code)
    if found is None:
        raise _no_period(number)
    if found["kind"] is None:
        return found["year"]
    if not 0 < int(found["number"]) <= _BOUNDS[found["kind"]]:
        raise _no_period(number)
    return f"{found['year']}-{_KINDS[found['kind']].format(int(found['number']))}"


def _key(gathering: Gathering, dimensions: Sequence[Dimension], roles: Roles) -> Reading:
    if roles.place is None:
        raise _broken("värden", "values")
    dimension = dimensions[roles.place]
    for number, code in enumerate(dimension.codes, start=1):
        gathering.row(item(number))
        area(gathering, number, dimension, code)
    return gathering.key(SOURCE, StatisticCaution.OFFICIAL_STATISTICS)


def _no_period(number: int) -> Exception:
    sv, en = "tiden går inte att läsa", "the time cannot be read"
    return refused("BAD_PERIOD", item(number), sv, en)


def _broken(sv: str, en: str) -> Exception:
    words = f"filen ska vara JSON-stat 2 och ha {sv}", f"the file should be JSON-stat 2 with {en}"
    return refused("WRONG_FORM", line(1), *words)
