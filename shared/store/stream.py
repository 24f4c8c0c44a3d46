"""A stream of aggregates: state and outbox in one document, so that nothing is stored unpublished.

`{_id, v, district, state, seqs, outbox: [{topic, seq, id, type, time, data, meta, n, pub}], …}`:
`v` counts appends, `seqs` the events per topic, `n` all events of the aggregate. What has been
published moves to the append-only `<collection>_log`, which outlives the document.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.envelope import Event, Provenance
from shared.store.client import ASCENDING, Collection, Document
from shared.store.entries import Pending, StoredEvent, from_log, to_entries, to_event
from shared.store.errors import Conflict, translated

MOST_EVENTS: Final = 200
OWN_FIELDS: Final = frozenset({"_id", "v", "district", "state", "seqs", "outbox"})
PENDING: Final[Document] = {"outbox.pub": False}


@dataclass(frozen=True, slots=True)
class Loaded:
    """An aggregate as it stands: what a command decides from and `append` expects."""

    id: str
    version: int
    state: Document
    seqs: Mapping[str, int] = field(default_factory=dict)
    extra: Document = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> "Loaded":
        """The aggregate of a document of the stream's collection."""
        return cls(
            id=document["_id"],
            version=document["v"],
            state=document["state"],
            seqs={topic.replace("/", "."): n for topic, n in document["seqs"].items()},
            extra={k: v for k, v in document.items() if k not in OWN_FIELDS},
        )


class Stream:
    """The aggregates of one kind of one service; `source` is their CloudEvents source."""

    def __init__(self, collection: Collection, *, source: str) -> None:
        self.collection = collection
        self.log: Collection = collection.database[f"{collection.name}_log"]
        self.source = source
        self.on_append: Callable[[], None] = _nobody

    @property
    def name(self) -> str:
        """The collection's name."""
        return str(self.collection.name)

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat."""
        with translated():
            await self.collection.create_index(
                [("outbox.pub", ASCENDING)], name="unpublished", partialFilterExpression=PENDING
            )
            await self.log.create_index(
                [("aggregate", ASCENDING), ("topic", ASCENDING), ("seq", ASCENDING)],
                name="by_aggregate",
            )

    async def load(self, id: str) -> Loaded | None:  # noqa: A002 - the document's own word
        """The aggregate, or None when there is none."""
        with translated():
            found = await self.collection.find_one({"_id": id}, {"outbox": 0})
        return None if found is None else Loaded.of(found)

    def record(
        self,
        id: str,  # noqa: A002 - the document's own word
        expected: Loaded | None,
        state: Document,
        events: Sequence[Event],
        provenance: Provenance,
        extra: Document | None = None,
    ) -> Document:
        """The next document of the aggregate, holding in its outbox these events only. Pure."""
        if len(events) > MOST_EVENTS:
            raise ValueError(f"more than {MOST_EVENTS} events in one append")
        if extra is not None and not OWN_FIELDS.isdisjoint(extra):
            raise ValueError("extra fields may not replace the stream's own")
        seqs: Mapping[str, int] = {} if expected is None else expected.seqs
        entries, counted = to_entries(id, seqs, events, source=self.source, why=provenance)
        return {
            "_id": id,
            "v": 1 if expected is None else expected.version + 1,
            "district": str(provenance.district),
            "state": state,
            "seqs": {topic.replace(".", "/"): n for topic, n in counted.items()},
            "outbox": entries,
            **(extra or {}),
        }

    async def append(
        self,
        id: str,  # noqa: A002 - the document's own word
        *,
        expected: Loaded | None,
        state: Document,
        events: Sequence[Event],
        provenance: Provenance,
        extra: Document | None = None,
    ) -> int:
        """Store the state and its events together; answer the new version.

        Raises DuplicateId when a new aggregate stands already, Conflict when an expected one has
        moved, WriteUncertain when it may stand: load and decide again.
        """
        document = self.record(id, expected, state, events, provenance, extra)
        with translated():
            if expected is None:
                await self.collection.insert_one(document)
            else:
                await self._replace(document, expected)
        self.on_append()
        return int(document["v"])

    async def _replace(self, document: Document, expected: Loaded) -> None:
        set_now = {k: v for k, v in document.items() if k not in {"_id", "outbox"}}
        change: Document = {"$set": set_now, "$push": {"outbox": {"$each": document["outbox"]}}}
        done = await self.collection.update_one({"_id": expected.id, "v": expected.version}, change)
        if done.matched_count != 1:
            raise Conflict("VERSION")

    async def events_of(self, ids: Sequence[str]) -> list[StoredEvent]:
        """Every event of these aggregates, published or not, in the order they happened.

        At the same time the order of `ids` decides, and within one aggregate its own order.
        """
        return [to_event(row.aggregate_id, row.entry) for row in await self.entries_of(ids)]

    async def entries_of(self, ids: Sequence[str]) -> list[Pending]:
        """As `events_of`, each as it is stored: also one this version has no event for."""
        rank = {one: place for place, one in enumerate(ids)}
        with translated():
            # The outbox first: what moves to the log in between is then met twice, never missed.
            waiting = await self.collection.find(
                {"_id": {"$in": list(rank)}, **PENDING}, {"outbox": 1}
            ).to_list(None)
            logged = await self.log.find({"aggregate": {"$in": list(rank)}}).to_list(None)
        rows = {row.id: row for row in map(from_log, logged)}
        for document in waiting:
            for entry in document["outbox"]:
                rows.setdefault(entry["id"], Pending(document["_id"], entry))
        return sorted(
            rows.values(),
            key=lambda row: (row.entry["time"], rank[row.aggregate_id], row.entry["n"]),
        )


def _nobody() -> None:
    """Nobody waits to be woken."""
