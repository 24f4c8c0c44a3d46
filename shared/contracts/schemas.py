"""The contracts as files for others: JSON Schemas and AsyncAPI 3.0, made from the events."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from shared.contracts.codes import Disclosure, Role
from shared.contracts.compatibility import breaks
from shared.contracts.envelope import Event, Provenance, encode, meta_of, to_headers
from shared.contracts.ids import AgencyCode, DistrictCode, aggregate_id
from shared.contracts.registry import EVENTS
from shared.contracts.topics import TOPICS, Topic

Document = dict[str, Any]

DIALECT = GenerateJsonSchema.schema_dialect
SERVICES = tuple(dict.fromkeys(topic.owner for topic in TOPICS))
SCHEMAS = "schemas"
ASYNCAPI = "asyncapi"
_MODE: JsonSchemaMode = "validation"
_EXAMPLE_ORIGIN = Provenance(
    time=datetime(2026, 6, 5, 8, 30, tzinfo=UTC),
    district=DistrictCode("KUNGSHOLMEN"),
    agency=AgencyCode("DISTRICT_COORD"),
    actor_role=Role.COORDINATOR,
    correlation_id="4a1f6e0c-2b7d-5e39-8c1a-9d3f5b7e6a20",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


class Incompatible(Exception):  # noqa: N818 - it names what the change is
    """A change would refuse events that were released."""


def json_schemas() -> dict[str, Document]:
    """The JSON Schema of every event, by its path under docs."""
    return {f"{SCHEMAS}/{name}.json": _schema(event) for name, event in EVENTS.items()}


def _schema(event: type[Event]) -> Document:
    schema = event.model_json_schema(mode=_MODE)
    return {"$schema": DIALECT, "$id": event.schema_uri(), **schema}


def example_of(event: type[Event]) -> Event:
    """The first example an event shows itself with."""
    extra = event.model_config["json_schema_extra"]
    if not isinstance(extra, dict):
        raise TypeError(f"{event.__name__} has no example")
    examples: Any = extra["examples"]
    return event.model_validate_json(json.dumps(examples[0]))


def example_headers(event: Event) -> dict[str, str]:
    """Headers as they could come with an event."""
    subject = (
        "PL-HORN"
        if event.aggregate == "place"
        else aggregate_id(event.aggregate, "DISTRICT_COORD", "example")
    )
    source = f"/{event.topic.owner}"
    meta = meta_of(event, source=source, subject=subject, sequence=1, why=_EXAMPLE_ORIGIN)
    return {name: value.decode() for name, value in to_headers(meta)}


def asyncapi(service: str) -> Document:
    """The AsyncAPI 3.0 document of what a service publishes."""
    topics = [topic for topic in TOPICS if topic.owner == service]
    events = [event for event in EVENTS.values() if event.topic in topics]
    _, schemas = models_json_schema(
        [(event, _MODE) for event in events], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": _info(service),
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, events) for topic in topics},
        "operations": {f"publish.{topic.name}": _operation(topic) for topic in topics},
        "components": {
            "messages": {event.type_name(): _message(event) for event in events},
            "schemas": {"Headers": _headers_schema(), **schemas["$defs"]},
        },
    }


def _info(service: str) -> Document:
    return {
        "title": f"Samlad {service}",
        "version": "1.0.0",
        "description": (
            f"Händelser som tjänsten {service} publicerar. "
            f"Events the service {service} publishes: CloudEvents 1.0, Kafka binary mode, "
            "one partition key per aggregate, no personal data."
        ),
        "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
    }


def _channel(topic: Topic, events: Iterable[type[Event]]) -> Document:
    names = [event.type_name() for event in events if event.topic is topic]
    return {
        "address": topic.name,
        "description": f"Widest circle of readers: {topic.disclosure}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {"retention.ms": topic.retention_ms},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operation(topic: Topic) -> Document:
    return {
        "action": "send",
        "summary": f"{topic.owner} alone publishes here",
        "channel": {"$ref": f"#/channels/{topic.name}"},
    }


def _message(event: type[Event]) -> Document:
    shown = example_of(event)
    key = {"type": "string", "maxLength": 36, "description": f"Id of the {event.aggregate}"}
    return {
        "name": event.type_name(),
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip(),
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "x-disclosure": event.disclosure.value,
        "x-aggregate": event.aggregate,
        "bindings": {"kafka": {"key": key, "bindingVersion": "0.5.0"}},
        "examples": [
            {"headers": example_headers(shown), "payload": json.loads(encode(shown))},
        ],
    }


_HEADERS: Mapping[str, Document] = {
    "ce_specversion": {"const": "1.0", "description": "CloudEvents version"},
    "ce_id": {"format": "uuid", "description": "Derived from aggregate, topic and sequence"},
    "ce_source": {"enum": [f"/{name}" for name in SERVICES], "description": "Publishing service"},
    "ce_type": {"enum": list(EVENTS), "description": "se.samlad.<topic>.<Name>.v<major>"},
    "ce_time": {"format": "date-time", "description": "When it happened, UTC"},
    "ce_subject": {"description": "Id of the aggregate; also the record's key"},
    "ce_dataschema": {"format": "uri", "description": "Name of the JSON Schema"},
    "ce_sequence": {
        "pattern": "^[1-9][0-9]*$",
        "description": "Number of the event within aggregate and topic, from 1, no holes",
    },
    "ce_correlationid": {"description": "The request it all began with"},
    "ce_causationid": {"description": "The event that caused it, if one did"},
    "ce_district": {"description": "District code"},
    "ce_agency": {"description": "Agency that acted"},
    "ce_actorrole": {"enum": list(Role), "description": "Role that acted, never who"},
    "ce_disclosure": {"enum": list(Disclosure), "description": "Who may read it"},
    "content-type": {"const": "application/json", "description": "Of the value"},
    "traceparent": {"description": "W3C trace context, if there is one"},
}
_OPTIONAL_HEADERS = ("ce_causationid", "traceparent")


def _headers_schema() -> Document:
    return {
        "type": "object",
        "properties": {name: {"type": "string", **schema} for name, schema in _HEADERS.items()},
        "required": [name for name in _HEADERS if name not in _OPTIONAL_HEADERS],
    }


def documents() -> dict[str, str]:
    """Every generated file under docs, as text."""
    parts = {f"{ASYNCAPI}/{service}.json": asyncapi(service) for service in SERVICES}
    return {path: _text(document) for path, document in (json_schemas() | parts).items()}


def _text(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def released_breaks(docs: Path) -> list[str]:
    """What the events of now no longer take of the schemas that were released."""
    schemas = json_schemas()
    found: list[str] = []
    for file in sorted((docs / SCHEMAS).glob("*.json")):
        new = schemas.get(f"{SCHEMAS}/{file.name}")
        if new is None:
            found.append(f"{file.stem}: the event is gone")
        else:
            old = json.loads(file.read_text("utf-8"))
            found.extend(f"{file.stem} {what}" for what in breaks(old, new))
    return found


def export(docs: Path) -> list[Path]:
    """Write every generated file under docs.

    Raises:
        Incompatible: an event that was released would no longer be taken.
    """
    if found := released_breaks(docs):
        raise Incompatible("; ".join(found))
    written = []
    for path, text in documents().items():
        target = docs / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        written.append(target)
    return written
