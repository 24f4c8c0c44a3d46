"""JSON that is safe to hand on: UTF-8, NFC, no NUL, bounded depth, arrays and numbers."""

import unicodedata
from dataclasses import dataclass
from typing import Any

import orjson

from shared.web.problem import Problem

LARGEST = 2**63 - 1


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
        raise Problem(422, "beyond-limits", ("Utanför gränserna", "Beyond the limits"))
    told = orjson.dumps(value) if b"\\u" in body else body
    if unicodedata.is_normalized("NFC", told.decode()):
        return told  # what is composed as a whole is so in its parts
    return orjson.dumps(_composed(value))


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
