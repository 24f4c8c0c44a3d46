"""The aggregates of one kind: typed states in a stream's documents, always of one district."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from services.coordination.domain.decision import State
from shared.contracts.envelope import Event, Provenance
from shared.store.client import ASCENDING, Document
from shared.store.errors import translated
from shared.store.stream import Loaded, Stream

S = TypeVar("S", bound=State)
Evolve = Callable[[S | None, Event, datetime], S]
Order = Sequence[tuple[str, int]]

OLDEST_FIRST: Order = (("_id", ASCENDING),)


@dataclass(frozen=True, slots=True)
class Stored(Generic[S]):
    """An aggregate as it stands; `extra` is what the document holds beside the state."""

    id: str
    version: int
    state: S
    loaded: Loaded | None = None

    @property
    def extra(self) -> Mapping[str, Any]:
        """What stands in the document beside the state."""
        return self.loaded.extra if self.loaded else {}


@dataclass(frozen=True, slots=True)
class Next(Generic[S]):
    """What an append shall store: the next state, its events, and fields beside the state."""

    state: S
    events: Sequence[Event] = ()
    extra: Document | None = None


class Aggregates(Generic[S]):
    """Loads, stores and finds the aggregates of one kind."""

    def __init__(self, stream: Stream, kind: type[S], evolve: Evolve[S]) -> None:
        self.stream = stream
        self.evolve = evolve
        self._kind = kind

    async def get(self, id: str, district: str) -> Stored[S] | None:  # noqa: A002 - the document's own word
        """The aggregate; None when there is none in this district."""
        with translated():
            found = await self.stream.collection.find_one(
                {"_id": id, "district": district}, {"outbox": 0}
            )
        return None if found is None else self._stored(found)

    async def append(
        self,
        id: str,  # noqa: A002 - the document's own word
        following: Next[S],
        *,
        expected: Stored[S] | None,
        why: Provenance,
    ) -> Stored[S]:
        """Store the next state with its events; raises what `Stream.append` raises."""
        version = await self.stream.append(
            id,
            expected=expected.loaded if expected else None,
            state=following.state.model_dump(mode="json"),
            events=following.events,
            provenance=why,
            extra=following.extra,
        )
        return Stored(id, version, following.state)

    async def find(
        self, where: Document, *, order: Order = OLDEST_FIRST, skip: int = 0, limit: int = 0
    ) -> list[Stored[S]]:
        """Those that fit, in order; `limit` 0 is all."""
        with translated():
            found = self.stream.collection.find(where, {"outbox": 0}).sort(list(order))
            documents = await found.skip(skip).limit(limit).to_list(None)
        return [self._stored(document) for document in documents]

    async def count(self, where: Document) -> int:
        """How many fit."""
        with translated():
            return int(await self.stream.collection.count_documents(where))

    async def index(self, *fields: str) -> None:
        """Make an index over these fields; harmless to repeat."""
        with translated():
            await self.stream.collection.create_index([(field, ASCENDING) for field in fields])

    def _stored(self, document: Document) -> Stored[S]:
        loaded = Loaded.of(document)
        return Stored(loaded.id, loaded.version, self._kind.model_validate(loaded.state), loaded)
