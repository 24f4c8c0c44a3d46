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
    if body.isascii() and b"\\u" not in body:
        return body
    return orjson.dumps(_composed(value))


def _harmless(value: Any, limits: Limits) -> bool:  # noqa: ANN401 - any JSON
    todo = [(value, 1)]
    while todo:
        one, depth = todo.pop()
        match one:
            case str() if "\x00" in one:
                return False
            case int() | float() if abs(one) > LARGEST:
                return False
            case dict():
                if depth > limits.depth:
                    return False
                todo += [(item, depth + 1) for item in one.values()]
                todo += [(key, depth + 1) for key in one]
            case list():
                if depth > limits.depth or len(one) > limits.items:
                    return False
                todo += [(item, depth + 1) for item in one]
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
