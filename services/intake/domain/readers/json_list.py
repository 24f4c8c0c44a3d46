"""Lists of JSON objects, as one array or one object per line. Pure."""

from collections.abc import Iterator
from typing import Any

import orjson

from services.intake.domain.readers.reading import (
    MOST_ROWS,
    TOO_MANY_ROWS,
    Place,
    item,
    line,
    refused,
)
from shared.contracts.refusal import Refused

Record = dict[str, Any]


def records(content: bytes) -> Iterator[tuple[Place, Record]]:
    """Every object with its place; refused when there is anything else."""
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return _array(content) if start == b"[" else _lines(content)


def _array(content: bytes) -> Iterator[tuple[Place, Record]]:
    value = _parsed(line(1), content.removeprefix(b"\xef\xbb\xbf"))
    if len(value) > MOST_ROWS:
        raise Refused(TOO_MANY_ROWS)
    for number, one in enumerate(value, start=1):
        yield item(number), _record(item(number), one)


def _lines(content: bytes) -> Iterator[tuple[Place, Record]]:
    if content.count(b"\n") > MOST_ROWS:
        raise Refused(TOO_MANY_ROWS)
    for number, one in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if one.strip():
            yield line(number), _record(line(number), _parsed(line(number), one))


def _parsed(place: Place, content: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise refused("BAD_JSON", place, "inte giltig JSON", "not valid JSON") from error


def _record(place: Place, value: object) -> Record:
    if not isinstance(value, dict):
        raise refused("WRONG_FORM", place, "här ska det stå ett objekt", "this should be an object")
    return value


def text(place: Place, record: Record, *names: str) -> str:
    """A short text of the object, in it or deeper; refused when it is missing."""
    value: object = record
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
        where = ".".join(names)
        raise refused("FIELD_MISSING", place, f"{where} saknas", f"{where} is missing")
    return str(value).strip()
