"""The files others read are the contracts: no drift, nothing broken, complete examples."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ConfigDict

from shared.contracts import EVENTS, schemas
from shared.contracts.compatibility import breaks
from shared.contracts.envelope import Event, encode
from shared.contracts.reports import ReportBuilt
from shared.contracts.schemas import (
    SERVICES,
    Incompatible,
    asyncapi,
    documents,
    example_of,
    export,
    json_schemas,
    released_breaks,
)
from shared.contracts.topics import NOTIFY_DELIVERIES, TOPICS
from tests.support.json_schema import be_a_schema, follow

DOCS = Path(__file__).parents[2] / "docs"
HOW = "run `./samlad schema export`"


@cache
def _published() -> Mapping[str, dict[str, Any]]:
    return json_schemas()


def test_the_committed_files_are_what_the_contracts_say() -> None:
    generated = documents()
    committed = {
        f"{folder}/{file.name}": file.read_text("utf-8")
        for folder in ("schemas", "asyncapi")
        for file in (DOCS / folder).glob("*.json")
    }
    assert committed.keys() == generated.keys(), HOW
    assert [path for path in generated if committed[path] != generated[path]] == [], HOW


def test_nothing_released_is_refused() -> None:
    assert released_breaks(DOCS) == []


def test_an_export_refuses_to_break_a_released_event(tmp_path: Path) -> None:
    written = export(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in written} == set(documents())
    narrower = tmp_path / "schemas" / "se.samlad.coordination.places.PlaceRegistered.v1.json"
    released = json.loads(narrower.read_text("utf-8"))
    released["properties"]["custodians"]["maxItems"] = 40
    narrower.write_text(json.dumps(released), "utf-8")
    gone = tmp_path / "schemas" / "se.samlad.coordination.places.PlaceBurnt.v1.json"
    gone.write_text("{}", "utf-8")
    with pytest.raises(Incompatible, match=r"PlaceBurnt\.v1: the event is gone.*lower maxItems"):
        export(tmp_path)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_every_example_is_valid_by_the_published_schema(event: type[Event]) -> None:
    schema = _published()[f"schemas/{event.type_name()}.json"]
    be_a_schema(schema)
    follow(schema, json.loads(encode(example_of(event))))


def test_an_event_without_example_is_noticed() -> None:
    class Mute(ReportBuilt):
        model_config = ConfigDict(json_schema_extra=lambda _: None)

    try:
        with pytest.raises(TypeError, match="Mute has no example"):
            example_of(Mute)
    finally:
        Event.known.pop(Mute.type_name())


@pytest.mark.parametrize("service", SERVICES)
def test_every_reference_of_an_asyncapi_document_leads_somewhere(service: str) -> None:
    document = asyncapi(service)
    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def references(document: object) -> list[str]:
    if isinstance(document, list):
        return [found for part in document for found in references(part)]
    if not isinstance(document, dict):
        return []
    own = [document["$ref"]] if "$ref" in document else []
    return own + [found for part in document.values() for found in references(part)]


def test_every_event_is_one_message_with_headers_key_and_example() -> None:
    told = [asyncapi(service)["components"] for service in SERVICES]
    messages = {
        name: (message, parts["schemas"]["Headers"])
        for parts in told
        for name, message in parts["messages"].items()
    }
    assert messages.keys() == EVENTS.keys()
    for message, headers in messages.values():
        be_a_schema(headers)
        follow(headers, message["examples"][0]["headers"])
        assert message["bindings"]["kafka"]["key"]


def test_every_topic_is_one_channel_of_its_owner() -> None:
    owners = {name: service for service in SERVICES for name in asyncapi(service)["channels"]}
    assert owners == {topic.name: topic.owner for topic in TOPICS}
    assert all(topic.name.startswith(f"{topic.owner}.") for topic in TOPICS)


def test_retention_is_told_in_kafkas_unit() -> None:
    assert NOTIFY_DELIVERIES.retention_ms == 400 * 24 * 3_600 * 1_000
    assert TOPICS[0].retention_ms == -1


def test_documents_are_made_the_same_every_time() -> None:
    assert documents() == documents()
    assert schemas.SERVICES == ("intake", "coordination", "notify", "reporting")


OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "pattern": "^A", "maxLength": 9, "minLength": 2},
        "effect": {"$ref": "#/$defs/Effect"},
        "many": {"type": "array", "maxItems": 3, "items": {"type": "integer", "minimum": 0}},
        "maybe": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
    },
    "required": ["code"],
    "$defs": {"Effect": {"enum": ["BETTER", "WORSE"], "type": "string"}},
}


def changed(**fields: dict[str, Any]) -> dict[str, Any]:
    return {**OLD, "properties": {**OLD["properties"], **fields}}


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (OLD, []),
        (changed(more={"type": "string"}), []),
        (changed(effect={"enum": ["BETTER", "WORSE", "SAME"], "type": "string"}), []),
        (changed(code={"type": "string"}), []),
        (changed(many={"type": "array"}), []),
        ({**OLD, "required": []}, []),
        ({**OLD, "required": ["code", "effect"]}, ["$.effect: newly required"]),
        ({**OLD, "properties": {}}, [f"$.{name}: removed" for name in OLD["properties"]]),
        (changed(effect={"enum": ["BETTER"], "type": "string"}), ["$.effect: codes are gone"]),
        (
            changed(code={"type": "string", "pattern": "^B", "maxLength": 8, "minLength": 3}),
            ["$.code: other pattern", "$.code: lower maxLength", "$.code: higher minLength"],
        ),
        (
            changed(code={**OLD["properties"]["code"], "enum": ["A1"]}),
            ["$.code: codes are gone"],
        ),
        (
            changed(many={"type": "array", "items": {"type": "integer", "minimum": 1}}),
            ["$.many[]: higher minimum"],
        ),
        (changed(maybe={"type": "string", "format": "date"}), ["$.maybe: a choice is gone"]),
        (
            changed(maybe={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
            ["$.maybe: a choice is gone"],
        ),
        (
            changed(code={"anyOf": [OLD["properties"]["code"], {"type": "null"}]}),
            [],
        ),
    ],
)
def test_a_change_breaks_what_it_no_longer_takes(new: dict[str, Any], found: list[str]) -> None:
    assert breaks(OLD, new) == found
