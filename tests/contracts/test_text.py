"""No free text on the bus: `ReviewedText` is the one exception."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import (
    AwareDatetime,
    BaseModel,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic.fields import FieldInfo

from shared.contracts import EVENTS
from shared.contracts.envelope import Event
from shared.contracts.types import (
    Code,
    MethodVersion,
    Month,
    Period,
    Reviewed,
    ReviewedText,
    Term,
    UtcTime,
    Week,
)

HARMLESS = (bool, int, float, date, datetime, AwareDatetime, Enum, NoneType)
LONGEST = 80
Limits = tuple[Any, ...]
REVIEWED_FIELDS = {"PlaceRegistered.name"}


def strings(model: type[BaseModel], path: str) -> Iterator[tuple[str, Limits]]:
    """Every string a model can hold, with the constraints on it, however deep."""
    for name, field in model.model_fields.items():
        yield from within(field.annotation, tuple(field.metadata), f"{path}.{name}")


def within(kind: object, limits: Limits, path: str) -> Iterator[tuple[str, Limits]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from strings(kind, path)
    elif get_origin(kind) is Annotated:
        inner, *more = get_args(kind)
        yield from within(inner, (*limits, *more), path)
    elif get_origin(kind) in {Union, UnionType, tuple}:
        for part in get_args(kind):
            if part is not Ellipsis:
                yield from within(part, limits, path)
    elif not (isinstance(kind, type) and issubclass(kind, HARMLESS)):
        yield path, limits if kind is str else (kind,)


def flat(limits: Limits) -> list[Any]:
    return [
        part
        for limit in limits
        for part in (flat(tuple(limit.metadata)) if isinstance(limit, FieldInfo) else [limit])
    ]


def is_coded(limits: Limits) -> bool:
    constraints = [limit for limit in flat(limits) if hasattr(limit, "pattern")]
    bounds = [
        bound for limit in flat(limits) if (bound := getattr(limit, "max_length", None)) is not None
    ]
    return any(c.pattern for c in constraints) and bool(bounds) and min(bounds) <= LONGEST


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_every_string_is_a_code_an_id_or_reviewed(event: type[Event]) -> None:
    for path, limits in strings(event, event.__name__):
        reviewed = any(isinstance(limit, Reviewed) or limit is Reviewed for limit in flat(limits))
        assert reviewed == (path in REVIEWED_FIELDS), path
        assert reviewed or is_coded(limits), path


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_every_published_schema_says_the_same(event: type[Event]) -> None:
    for schema in string_schemas(event.model_json_schema()):
        coded = "pattern" in schema and schema["maxLength"] <= LONGEST
        listed = "enum" in schema or "const" in schema or schema.get("format") in FORMATS
        assert coded or listed or schema.get("x-reviewed-text"), schema


FORMATS = {"date", "date-time"}


def string_schemas(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, list):
        for part in schema:
            yield from string_schemas(part)
    elif isinstance(schema, dict):
        if schema.get("type") == "string":
            yield schema
        for name, part in schema.items():
            if name != "examples":
                yield from string_schemas(part)


class Leaky(BaseModel):
    free: str
    inside: tuple[str | None, ...]
    anything: Any
    unbounded: Annotated[str, StringConstraints(pattern="^a+$")]
    code: Code
    text: ReviewedText


def test_the_walk_finds_what_it_is_there_for() -> None:
    free = {path for path, limits in strings(Leaky, "L") if not is_coded(limits)}
    assert free == {"L.free", "L.inside", "L.anything", "L.unbounded", "L.text"}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_every_event_and_field_is_described(event: type[Event]) -> None:
    assert event.__doc__
    assert all(field.description for field in event.model_fields.values())
    assert event.model_config.get("frozen")
    assert event.model_config.get("extra") == "forbid"


@pytest.mark.parametrize("mark", ["\x00", "\n", "\x1f", "\x7f", "\x85", "\x9f", "\u2028", "\u2029"])
def test_reviewed_text_is_one_line_without_controls(mark: str) -> None:
    reviewed = TypeAdapter(ReviewedText)
    assert reviewed.validate_python("Kajen \u00a0 norra å") == "Kajen \u00a0 norra å"
    with pytest.raises(ValidationError):
        reviewed.validate_python(f"Kajen{mark}norra")


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:59:00-02:00"])
def test_a_time_beyond_the_calendar_in_utc_is_refused(time: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(UtcTime).validate_python(time)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Week, "2026-W18"),
        (Month, "2026-05"),
        (Term, "2026-VT"),
        (Period, "2026"),
        (MethodVersion, "1"),
    ],
)
def test_a_digit_is_one_of_ten(kind: Any, text: str) -> None:  # noqa: ANN401 - a parameter
    read = TypeAdapter[str](kind)
    assert read.validate_python(text) == text
    with pytest.raises(ValidationError):
        read.validate_python(text.replace("2", "\uff12").replace("1", "\u0661"))
