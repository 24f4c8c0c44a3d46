"""Events are closed: named fields of bounded kinds, described, frozen, nothing else."""

import typing

import pytest
from pydantic.fields import FieldInfo

from shared.contracts.envelope import Event
from shared.contracts.registry import EVENTS

OPEN_KINDS = (typing.Any, object, dict, bytes)


def _kinds(annotation: object) -> set[object]:
    inner = typing.get_args(annotation)
    found = {annotation, typing.get_origin(annotation)}
    return found.union(*(_kinds(each) for each in inner))


def _fields() -> list[tuple[str, str, FieldInfo]]:
    return [
        (name, field, info)
        for name, event in EVENTS.items()
        for field, info in event.model_fields.items()
    ]


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.__name__)
def test_an_event_is_frozen_refuses_the_unknown_and_says_what_it_is(event: type[Event]) -> None:
    assert event.model_config.get("frozen")
    assert event.model_config.get("extra") == "forbid"
    assert event.__doc__


def test_no_field_of_an_event_takes_anything_at_all() -> None:
    for name, field, info in _fields():
        assert not _kinds(info.annotation) & set(OPEN_KINDS), f"{name}.{field}"


def test_every_event_has_an_owner_and_its_topic_belongs_to_it() -> None:
    for name, event in EVENTS.items():
        assert name.startswith(f"se.samlad.{event.topic.owner}."), name
