"""What the tests of the store share: events with a topic of their own, a stream, who and why."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from pydantic import Field

from shared.contracts.codes import Disclosure, Role
from shared.contracts.envelope import Event, Provenance
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.contracts.topics import Topic
from shared.store.client import Collection, Document
from shared.store.stream import Loaded, Stream

NOON = datetime(2026, 6, 5, 12, 0, 0, 123_456, tzinfo=UTC)
FIRST = Topic("test.first", "test", None, Disclosure.AGENCY)
SECOND = Topic("test.second", "test", None, Disclosure.AGENCY)
WHY = Provenance(
    time=NOON,
    district=DistrictCode("KUNGSHOLMEN"),
    agency=AgencyCode("FIELD_WORKERS"),
    actor_role=Role.REPORTER,
    correlation_id="corr-1",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


class Opened(Event):
    """Something was opened."""

    topic: ClassVar[Topic] = FIRST
    aggregate: ClassVar[str] = "thing"
    disclosure: ClassVar[Disclosure] = Disclosure.AGENCY

    number: int = Field(description="Which")
    words: str = Field(default="", description="Filling")


class Noted(Event):
    """Something was noted on the other topic."""

    topic: ClassVar[Topic] = SECOND
    aggregate: ClassVar[str] = "thing"
    disclosure: ClassVar[Disclosure] = Disclosure.PARTNER

    number: int = Field(description="Which")


def later(hours: int) -> Provenance:
    """Return who and why, some hours later."""
    return replace(WHY, time=NOON + timedelta(hours=hours))


def stream_of(collection: Collection) -> Stream:
    """Return a stream over the collection."""
    return Stream(collection, source="/test")


def fresh(stream: Stream, *events: Event, state: Document | None = None) -> Document:
    """Return a new aggregate's document."""
    return stream.record(str(uuid4()), None, state or {}, events or (Opened(number=1),), WHY)


async def grown(stream: Stream, one: str, appends: Sequence[Sequence[Event]]) -> Loaded:
    """Append each of these to the aggregate, one hour after the other."""
    for hour, events in enumerate(appends):
        expected = await stream.load(one)
        await stream.append(
            one, expected=expected, state={"hour": hour}, events=events, provenance=later(hour)
        )
    loaded = await stream.load(one)
    assert loaded is not None
    return loaded
