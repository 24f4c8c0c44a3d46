"""JSON that is safe to hand on: UTF-8, NFC, no NUL, bounded depth, arrays and numbers."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from shared.web.problem import Problem
from shared.web.validation import AGAIN, property_of

LARGEST = 2**63 - 1
SHOWN = 3  # so much of the way to what lies too deep
_COLON = b"\\u003"  # a colon may be written so
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a body may hold: bytes, levels of nesting, items of one array."""

    size: int = 64 * 1024
    depth: int = 16
    items: int = 200


BATCH = Limits(size=5 * 1024 * 1024, items=1000)


def guarded(body: bytes, limits: Limits) -> bytes:
    """The body, its texts in NFC; a 400 or 422 problem when it is not safe."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem(400, "bad-json", ("Inte giltig JSON", "Not valid JSON")) from error
    if not _harmless(value, limits):
        raise _beyond(value, limits)
    written = orjson.dumps(value)
    told = written if b"\\u" in body else body
    if body.count(b":") != written.count(b":") or _COLON in body:
        _refuse_twice(body)  # each name brings a colon with it: fewer remain where one was lost
    if unicodedata.is_normalized("NFC", told.decode()):
        return told  # what is composed as a whole is so in its parts
    return orjson.dumps(_composed(value))


def _refuse_twice(body: bytes) -> None:
    """A 400 problem when an object names a property twice: which was meant is not known."""
    try:
        json.loads(body, object_pairs_hook=_once)
    except RecursionError as error:  # what was kept is not that deep: the rest had another's name
        raise _twice("body") from error


def _once(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise _twice(property_of([name]))
        seen.add(name)


def _twice(name: str) -> Problem:
    title = "Samma egenskap två gånger", "The same property twice"
    return Problem(400, "name-given-twice", title, invalid=[(name, AGAIN)])


def _beyond(value: Any, limits: Limits) -> Problem:  # noqa: ANN401 - any JSON
    """The 422 problem, with the first place that is beyond the limits."""
    place, reason = next(_overstepped(value, limits))
    return Problem(
        422,
        "beyond-limits",
        ("Utanför gränserna", "Beyond the limits"),
        invalid=[(property_of(place) or "body", reason)],
    )


def _overstepped(value: Any, limits: Limits) -> Iterator[tuple[Place, str]]:  # noqa: ANN401
    todo: list[tuple[Any, Place]] = [(value, ())]
    while todo:
        one, place = todo.pop()
        if isinstance(one, str) and "\x00" in one:
            yield place, "innehåller NUL / contains NUL"
        elif isinstance(one, int | float) and abs(one) > LARGEST:
            yield place, "för stort tal / too large a number"
        elif isinstance(one, dict | list) and len(place) >= limits.depth:
            yield place[:SHOWN], f"djupare än {limits.depth} / deeper"
        elif isinstance(one, list):
            if len(one) > limits.items:
                yield place, f"fler än {limits.items} / more items"
            todo += [(each, (*place, number)) for number, each in enumerate(one)]
        elif isinstance(one, dict):
            todo += [(each, (*place, name)) for name, each in one.items()]
            todo += [(name, place) for name in one]


def _harmless(value: Any, limits: Limits) -> bool:  # noqa: ANN401 - any JSON
    todo: list[tuple[Any, int]] = [(value, 1)]
    while todo:
        one, depth = todo.pop()
        kind = type(one)
        if kind is str:
            if "\x00" in one:
                return False
        elif kind is dict:
            if depth > limits.depth:
                return False
            todo += [(item, depth + 1) for item in one.values()]
            todo += [(key, depth + 1) for key in one]
        elif kind is list:
            if depth > limits.depth or len(one) > limits.items:
                return False
            todo += [(item, depth + 1) for item in one]
        elif one is not None and abs(one) > LARGEST:
            return False
    return True


def _composed(value: Any) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case dict():
            return {_composed(key): _composed(item) for key, item in value.items()}
        case list():
            return [_composed(item) for item in value]
        case _:
            return value
