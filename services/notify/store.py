"""Every MongoDB query of notify, in the words of its domain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from services.notify.domain.delivery import Delivery, Origin
from services.notify.domain.live import Row
from shared.contracts.codes import DeliveryState, Role
from shared.contracts.envelope import Event, Provenance
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.store.client import (
    ASCENDING,
    DESCENDING,
    Client,
    Database,
    Document,
    ReplaceOne,
    of_one_moment,
)
from shared.store.errors import DuplicateId, WriteUncertain, translated
from shared.store.stream import Loaded, Stream
from shared.telemetry import log
from shared.telemetry.health import Status

SOURCE: Final = "/notify"
PLACES: Final = "places"
ASSIGNMENTS: Final = "assignments"
_NUMBER: Final = "live"
_THOUSAND: Final = 1000
_UNREADABLE_FOR: Final = timedelta(hours=1)

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery as it stands."""

    id: str
    delivery: Delivery
    loaded: Loaded


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the live stream and its number."""

    number: int
    row: Row


class Store:
    """Deliveries, the cards of assignments, names of places, and the live stream."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self.deliveries = Stream(database["deliveries"], source=SOURCE)
        self._cards = database[ASSIGNMENTS]
        self._places = database[PLACES]
        self._live = database["live"]
        self._numbers = database["numbers"]
        self._writer = uuid4().hex

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat."""
        await self.deliveries.prepare()
        rows = self.deliveries.collection
        with translated():
            await rows.create_index([("state.due_at", ASCENDING)], name="due", sparse=True)
            await rows.create_index(
                [("district", ASCENDING), ("state.status", ASCENDING), ("_id", ASCENDING)],
                name="by_state",
            )
            await rows.create_index(
                [("district", ASCENDING), ("state.requested_at", DESCENDING), ("_id", ASCENDING)],
                name="newest",
            )
            await self._live.create_index("glimpse.event_id", name="once", unique=True)

    async def answers(self) -> Status:
        """Whether MongoDB answers."""
        await self._client.ping()
        return Status(ok=True)

    # Deliveries

    async def add(
        self, delivery_id: str, delivery: Delivery, events: Sequence[Event], time: datetime
    ) -> bool:
        """A new delivery; False when it has been asked for before."""
        try:
            await self.deliveries.append(
                delivery_id,
                expected=None,
                state=_state(delivery),
                events=events,
                provenance=_provenance(delivery.origin, time),
            )
        except DuplicateId:
            return False
        return True

    async def due(self, now: datetime, limit: int) -> list[Held]:
        """Deliveries the sender has to look at, longest due first."""
        with translated():
            found = self.deliveries.collection.find({"state.due_at": {"$lte": now}}, {"outbox": 0})
            rows = await found.sort("state.due_at", ASCENDING).limit(limit).to_list(None)
        held = []
        for row in rows:
            try:
                held.append(_held(row))
            except (ValueError, KeyError, TypeError) as error:
                _log.error("delivery unreadable", exc_info=error)
                await self._put_off(row, now + _UNREADABLE_FOR)
        return held

    async def _put_off(self, row: Document, until: datetime) -> None:
        """A row nobody can read waits, so that it does not take the place of others."""
        with translated():
            await self.deliveries.collection.update_one(
                {"_id": row["_id"], "v": row.get("v")}, {"$set": {"state.due_at": until}}
            )

    async def held(self, delivery_id: str) -> Held | None:
        """One delivery as it stands."""
        loaded = await self.deliveries.load(delivery_id)
        return None if loaded is None else _held_as(loaded)

    def wrote(self, held: Held) -> bool:
        """Whether this process made it what it is."""
        return held.loaded.extra.get("writer") == self._writer

    async def put(
        self, held: Held, delivery: Delivery, events: Sequence[Event], time: datetime
    ) -> Held:
        """The delivery's next state, as it was written: nothing is read back.

        Raises Conflict when somebody else has moved it, Unavailable when it was not stored or
        nobody can tell.
        """
        state, why = _state(delivery), _provenance(delivery.origin, time)
        extra = held.loaded.extra | {"writer": self._writer}
        try:
            await self.deliveries.append(
                held.id,
                expected=held.loaded,
                state=state,
                events=events,
                provenance=why,
                extra=extra,
            )
        except WriteUncertain:
            if not await self._stands(held, state):
                raise
        after = self.deliveries.record(held.id, held.loaded, state, events, why, extra)
        return _held_as(Loaded.of(after))

    async def _stands(self, held: Held, state: Document) -> bool:
        now = await self.held(held.id)
        if now is None or now.loaded.version != held.loaded.version + 1:
            return False
        return self.wrote(now) and now.delivery == Delivery.model_validate(state)

    async def deliveries_of(
        self, district: str, state: DeliveryState | None, *, skip: int, limit: int
    ) -> list[Held]:
        """A page of a district's deliveries, newest first."""
        wanted: Document = {"district": district}
        if state is not None:
            wanted["state.status"] = state.value
        newest = [("state.requested_at", DESCENDING), ("_id", ASCENDING)]
        with translated():
            rows = self.deliveries.collection.find(wanted, {"outbox": 0}).sort(newest)
            found = await rows.skip(skip).limit(limit).to_list(None)
        return [_held(row) for row in found]

    async def totals(self, district: str) -> dict[DeliveryState, int]:
        """How many of a district's deliveries are in which state, each counted once."""
        by_state: list[Document] = [
            {"$match": {"district": district}},
            {"$group": {"_id": "$state.status", "n": {"$sum": 1}}},
            {"$sort": {"_id": ASCENDING}},
        ]
        counted = await of_one_moment(self.deliveries.collection, by_state)
        return {DeliveryState(row["_id"]): row["n"] for row in counted}

    # What others told

    async def cards(self, ids: Iterable[str]) -> dict[str, Document]:
        """The cards of these assignments, an empty one for each not yet known."""
        wanted = set(ids)
        with translated():
            found = await self._cards.find({"_id": {"$in": list(wanted)}}).to_list(None)
        return {one: {"_id": one} for one in wanted} | {row["_id"]: row for row in found}

    async def keep_cards(self, rows: Iterable[Document]) -> None:
        """Store cards."""
        writes = [ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in rows]
        if writes:
            with translated():
                await self._cards.bulk_write(writes, ordered=False)

    async def place_name(self, place_id: str) -> str | None:
        """What a place is called, if coordination has told."""
        with translated():
            found = await self._places.find_one({"_id": place_id}, {"name": 1})
        return None if found is None else found.get("name")

    # The live stream

    async def tell(self, rows: Sequence[Row]) -> int | None:
        """Add lines under the next numbers, each event once; answers the last number given.

        The number and the lines stand in one transaction: whoever has read a number has read,
        or can read, all before it.
        """
        async with self._client.transaction() as session:
            ids = [row.glimpse.event_id for row in rows]
            known = await self._live.distinct(
                "glimpse.event_id", {"glimpse.event_id": {"$in": ids}}, session=session
            )
            fresh = {r.glimpse.event_id: r for r in rows if r.glimpse.event_id not in known}
            if not fresh:
                return None
            counted = await self._numbers.find_one_and_update(
                {"_id": _NUMBER}, {"$inc": {"n": len(fresh)}}, upsert=True, session=session
            )
            first: int = 1 + (0 if counted is None else counted["n"])
            lines = [
                {"_id": first + place, **row.model_dump(mode="json")}
                for place, row in enumerate(fresh.values())
            ]
            await self._live.insert_many(lines, session=session)
        return first + len(fresh) - 1

    async def told_after(self, number: int, limit: int) -> list[Told]:
        """The lines after a number, in order."""
        with translated():
            found = self._live.find({"_id": {"$gt": number}}).sort("_id", ASCENDING)
            rows = await found.limit(limit).to_list(None)
        return [_told(row) for row in rows]

    async def told_span(self) -> tuple[int, int]:
        """The number before the oldest line that is kept, and the newest number."""
        with translated():
            counted = await self._numbers.find_one({"_id": _NUMBER})
            oldest = await self._live.find_one({}, {"_id": 1}, sort=[("_id", ASCENDING)])
        last = 0 if counted is None else counted["n"]
        return (last if oldest is None else oldest["_id"] - 1), last

    async def forget_told(self, up_to: int) -> None:
        """Remove lines up to a number."""
        with translated():
            await self._live.delete_many({"_id": {"$lte": up_to}})


def _state(delivery: Delivery) -> Document:
    state = delivery.model_dump(mode="json", exclude_none=True)
    moments: Mapping[str, datetime | None] = {
        "requested_at": delivery.requested_at,
        "due_at": delivery.due_at,
    }
    return state | {name: _kept(moment) for name, moment in moments.items() if moment is not None}


def _kept(moment: datetime) -> datetime:
    """The moment as MongoDB keeps it, to the millisecond: what was written can be known again."""
    return moment.replace(microsecond=moment.microsecond // _THOUSAND * _THOUSAND)


def _held(row: Document) -> Held:
    return _held_as(Loaded.of(row))


def _held_as(loaded: Loaded) -> Held:
    return Held(loaded.id, Delivery.model_validate(loaded.state), loaded)


def _told(row: Document) -> Told:
    return Told(row["_id"], Row.model_validate({k: v for k, v in row.items() if k != "_id"}))


def _provenance(origin: Origin, time: datetime) -> Provenance:
    return Provenance(
        time=time,
        district=DistrictCode(origin.district),
        agency=AgencyCode(origin.agency),
        actor_role=Role.SYSTEM,
        correlation_id=origin.correlation_id,
        causation_id=origin.event_id,
        traceparent=origin.traceparent,
    )
