"""How one event lies in an outbox and in a log: written once, published byte for byte."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.contracts.codes import Disclosure, Role
from shared.contracts.envelope import (
    Event,
    Meta,
    Provenance,
    Received,
    encode,
    meta_of,
    to_headers,
)
from shared.store.client import Document

StoredEvent = Received[Event]
Sequences = Mapping[str, int]
LARGEST_EVENT = 512 * 1024  # bytes of JSON; what Kafka would refuse must not be stored either
_IN_META = ("source", "dataschema", "correlation_id", "causation_id", "district", "agency")


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that is stored and not known to be published."""

    aggregate_id: str
    entry: Document

    @property
    def id(self) -> str:
        """The event's id."""
        return str(self.entry["id"])

    @property
    def topic(self) -> str:
        """The name of the topic it goes to."""
        return str(self.entry["topic"])

    @property
    def name(self) -> str:
        """The event's name: its type without family and version."""
        return str(self.entry["type"]).split(".")[-2]

    @property
    def seq(self) -> int:
        """Its number among the events of its aggregate on its topic, from 1."""
        return int(self.entry["seq"])

    @property
    def key(self) -> bytes:
        """The Kafka key: the aggregate, so that its events stay in order."""
        return self.aggregate_id.encode()

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """The Kafka headers."""
        return to_headers(meta_from(self.aggregate_id, self.entry))

    @property
    def value(self) -> bytes:
        """The Kafka value: the very text that was validated and stored."""
        return str(self.entry["data"]).encode()


def to_entries(
    aggregate_id: str, seqs: Sequences, events: Sequence[Event], *, source: str, why: Provenance
) -> tuple[list[Document], dict[str, int]]:
    """The outbox entries of these events and the sequences after them."""
    counted, entries = dict(seqs), []
    number = sum(counted.values())
    told = replace(why, time=to_milliseconds(why.time))
    for event in events:
        topic = event.topic.name
        counted[topic] = counted.get(topic, 0) + 1
        number += 1
        meta = meta_of(
            event, source=source, subject=aggregate_id, sequence=counted[topic], why=told
        )
        entries.append(_entry(event, meta) | {"n": number})
    return entries, counted


def _entry(event: Event, meta: Meta) -> Document:
    told: Document = {name: getattr(meta, name) for name in _IN_META}
    told |= {"actor_role": meta.actor_role.value, "disclosure": meta.disclosure.value}
    told["traceparent"] = meta.traceparent
    data = encode(event)
    if len(data) > LARGEST_EVENT:
        raise ValueError(f"an event of more than {LARGEST_EVENT} bytes")
    return {
        "topic": event.topic.name,
        "seq": meta.sequence,
        "id": str(meta.id),
        "type": meta.type,
        "time": meta.time,
        "data": data.decode(),
        "meta": {name: value for name, value in told.items() if value is not None},
        "pub": False,
    }


def meta_from(aggregate_id: str, entry: Document) -> Meta:
    """The envelope of a stored entry."""
    told = entry["meta"]
    return Meta(
        id=entry["id"],
        source=told["source"],
        type=entry["type"],
        time=entry["time"],
        subject=aggregate_id,
        dataschema=told["dataschema"],
        sequence=entry["seq"],
        correlation_id=told["correlation_id"],
        causation_id=told.get("causation_id"),
        district=told["district"],
        agency=told["agency"],
        actor_role=Role(told["actor_role"]),
        disclosure=Disclosure(told["disclosure"]),
        traceparent=told.get("traceparent"),
    )


def to_event(aggregate_id: str, entry: Document) -> StoredEvent:
    """The event of a stored entry, as a consumer would receive it."""
    kind = Event.known[entry["type"]]
    return Received(meta_from(aggregate_id, entry), kind.model_validate_json(entry["data"]))


def to_log(row: Pending) -> Document:
    """The log's document of a published entry; its `_id` makes writing it again harmless."""
    kept = {name: value for name, value in row.entry.items() if name not in {"id", "pub"}}
    return {"_id": row.id, "aggregate": row.aggregate_id, **kept}


def from_log(document: Document) -> Pending:
    """The entry a log document was made from."""
    entry = {k: v for k, v in document.items() if k not in {"_id", "aggregate"}}
    return Pending(document["aggregate"], {**entry, "id": document["_id"]})


def to_milliseconds(time: datetime) -> datetime:
    """The time as MongoDB keeps it, so that what is stored and what is sent agree."""
    exact = time.astimezone(UTC)
    return exact.replace(microsecond=exact.microsecond // 1000 * 1000)
