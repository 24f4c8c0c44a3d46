"""The views of one projection in MongoDB: which documents a batch touches, and writing it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from shared.bus.codec import CHUNK, Arrived
from shared.bus.folding import Folded, Folding, Hole, keys_to_look_up
from shared.bus.views import Counters, Key, View
from shared.contracts.envelope import Event, Received
from shared.store.client import Database, Document, ReplaceOne, Session, UpdateOne
from shared.store.errors import Conflict, translated

PARKED = "parked"
ONE_ANSWER = 10_000  # documents: a batch's are never fetched in portions
Moves = Mapping[str, tuple[Key, int]]


class ReadModel:
    """The views one topic is folded into."""

    def __init__(self, database: Database, views: Sequence[View]) -> None:
        self._database = database
        self._views = views

    async def fold(
        self, arrived: Sequence[Arrived], *, ahead: Sequence[Folded], trusting: bool
    ) -> list[Folded]:
        """What the events make of every view, from the documents as they will stand.

        `ahead` is what the batch under way changes: it is taken from there and not looked up.
        Trusting, a first event that is folded is taken to make a new row, unseen; writing that
        raises DuplicateId where it was a repeat, and then the batch is folded without trust.
        """
        found = []
        for view in self._views:
            mine = [each for each in arrived if each.received.event.aggregate == view.aggregate]
            if mine:
                before = next((each for each in ahead if each.view is view), Folded(view))
                found.append(await self._fold(before, mine, trusting=trusting))
        return found

    async def _fold(self, ahead: Folded, arrived: Sequence[Arrived], *, trusting: bool) -> Folded:
        view = ahead.view
        events: list[Received[Event]] = [each.received for each in arrived]
        keys = {received.meta.subject for received in events}
        rows, unfolded = ahead.rows_of(keys), ahead.unfolded_of(keys)
        begun = keys_to_look_up(view, events)
        wanted = (begun if trusting else keys) - rows.keys() - unfolded.keys()
        rows |= {row["_id"]: row for row in await self._find(view.name, wanted)}
        bare = begun - rows.keys() - unfolded.keys()
        unfolded |= {row["_id"]: row for row in await self._find(view.unfolded, bare)}
        folding = Folding(view, rows, unfolded)
        for number, each in enumerate(arrived, start=1):
            folding.take(each.received, each.record.partition, each.record.offset)
            if number % CHUNK == 0:  # the batch under way needs the loop too
                await asyncio.sleep(0)
        return folding.result()

    async def _find(self, collection: str, keys: Iterable[str]) -> list[Document]:
        wanted = list(keys)
        if not wanted:
            return []
        with translated():
            found = self._database[collection].find(_these(wanted), batch_size=ONE_ANSWER)
            return await found.to_list(None)

    async def write(self, folded: Folded, session: Session) -> None:
        """Store one view's part of a batch inside the session's transaction."""
        view, database = folded.view, self._database
        with translated():
            if folded.inserts:
                rows = database[view.name]
                await rows.insert_many(folded.inserts, ordered=False, session=session)
            if folded.replaces:
                await self._replace(view.name, folded.replaces, session)
            await self._write_unfolded(folded, session)
            for number, counters in enumerate(view.counters):
                await self._count(counters, _moves(folded, number), session)
            await self._park(folded.holes, session)

    async def _replace(self, name: str, rows: Sequence[Document], session: Session) -> None:
        writes = [ReplaceOne({"_id": row["_id"]}, row) for row in rows]
        done = await self._database[name].bulk_write(writes, ordered=False, session=session)
        if done.matched_count != len(rows):
            raise Conflict("ROW_GONE")

    async def _write_unfolded(self, folded: Folded, session: Session) -> None:
        collection = self._database[folded.view.unfolded]
        writes = [ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in folded.unfolded]
        if writes:
            await collection.bulk_write(writes, ordered=False, session=session)
        if folded.now_folded:
            await collection.delete_many({"_id": {"$in": folded.now_folded}}, session=session)

    async def _count(self, counters: Counters, moved: Moves, session: Session) -> None:
        """Move counters: plain inserts and updates, several times cheaper than upserts."""
        if not moved:
            return
        collection = self._database[counters.name]
        found = collection.find(_these(list(moved)), batch_size=ONE_ANSWER, session=session)
        stood = {each["_id"]: each["n"] for each in await found.to_list(None)}
        fresh = [_fresh(counters, *moved[id_], id_) for id_ in moved.keys() - stood.keys()]
        if fresh:
            await collection.insert_many(fresh, ordered=False, session=session)
        left = {id_: n + moved[id_][1] for id_, n in stood.items()}
        changed = [UpdateOne({"_id": id_}, {"$set": {"n": n}}) for id_, n in left.items() if n]
        if changed:
            await collection.bulk_write(changed, ordered=False, session=session)
        gone = [id_ for id_, n in left.items() if not n]
        if gone:  # a key nobody counts any more leaves no trace, as in a fresh projection
            await collection.delete_many({"_id": {"$in": gone}}, session=session)

    async def _park(self, holes: Sequence[Hole], session: Session) -> None:
        firsts = {(hole.view, hole.key): hole for hole in reversed(holes)}
        writes = [_parked(hole) for hole in firsts.values()]
        if writes:
            await self._database[PARKED].bulk_write(writes, ordered=False, session=session)


def _these(ids: Sequence[str]) -> Document:
    return {"_id": {"$in": ids}}


def _moves(folded: Folded, number: int) -> Moves:
    """How the counters of one kind move, by the id of their document."""
    return {
        "|".join((*key, f"p{partition}")): (key, n)
        for (counter, key, partition), n in folded.counts.items()
        if counter == number
    }


def _fresh(counters: Counters, key: Key, n: int, id_: str) -> Document:
    return {"_id": id_, **dict(zip(counters.dimensions, key, strict=True)), "n": n}


def _parked(hole: Hole) -> UpdateOne:
    first = {
        "view": hole.view,
        "key": hole.key,
        "partition": hole.partition,
        "offset": hole.offset,
        "expected": hole.expected,
        "sequence": hole.sequence,
        "reason": "HOLE",
    }
    return UpdateOne({"_id": f"{hole.view}|{hole.key}"}, {"$setOnInsert": first}, upsert=True)
